//! Values of columns.

use std::{borrow::Cow, cmp::Ordering};

use crate::domain::Day;

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// What a column says about a feature.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// Yes or no.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A text.
    Text(Cow<'a, str>),
    /// A calendar day.
    Day(Day),
    /// Milliseconds since 1970-01-01T00:00Z.
    Moment(i64),
}

impl<'a> Value<'a> {
    /// A text that lives as long as what it was read from.
    pub fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// A day, if there is one.
    pub fn day(day: Option<Day>) -> Self {
        day.map_or(Self::Null, Self::Day)
    }

    /// A text, if there is one.
    pub fn maybe(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    /// The number, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The instant in milliseconds since 1970, if it is a day (its midnight) or a moment.
    pub fn instant(&self) -> Option<i64> {
        match self {
            Self::Day(day) => Some(i64::from(day.number()) * DAY),
            Self::Moment(at) => Some(*at),
            _ => None,
        }
    }

    /// Whether there is nothing.
    pub fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// The order of two values of one kind; none when one of them is missing.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Boolean(a), Self::Boolean(b)) => Some(a.cmp(b)),
            (Self::Day(a), Self::Day(b)) => Some(a.cmp(b)),
            (Self::Integer(a), Self::Integer(b)) => Some(a.cmp(b)),
            (a, b) => match (a.number(), b.number()) {
                (Some(a), Some(b)) => a.partial_cmp(&b),
                _ => Some(a.instant()?.cmp(&b.instant()?)),
            },
        }
    }

    /// A value that needs nothing to live on.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Boolean(v) => Value::Boolean(v),
            Self::Integer(v) => Value::Integer(v),
            Self::Number(v) => Value::Number(v),
            Self::Text(v) => Value::Text(Cow::Owned(v.into_owned())),
            Self::Day(v) => Value::Day(v),
            Self::Moment(v) => Value::Moment(v),
        }
    }
}

impl std::fmt::Display for Value<'_> {
    /// As texts and tables show it; nothing for what is missing.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Boolean(v) => write!(f, "{v}"),
            Self::Integer(v) => write!(f, "{v}"),
            Self::Number(v) => write!(f, "{v}"),
            Self::Text(v) => f.write_str(v),
            Self::Day(v) => write!(f, "{v}"),
            Self::Moment(v) => match jiff::Timestamp::from_millisecond(*v) {
                Ok(at) => write!(f, "{at}"),
                Err(_) => Ok(()),
            },
        }
    }
}

impl serde::Serialize for Value<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Boolean(v) => serializer.serialize_bool(*v),
            Self::Integer(v) => serializer.serialize_i64(*v),
            Self::Number(v) => serializer.serialize_f64(*v),
            Self::Text(v) => serializer.serialize_str(v),
            Self::Day(_) | Self::Moment(_) => serializer.collect_str(self),
        }
    }
}
