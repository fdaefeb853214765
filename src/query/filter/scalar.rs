//! What has a value, how values are compared and what is worked out from them.

use std::{cmp::Ordering, collections::BTreeMap};

use super::{source::Source, text::Fold};
use crate::query::{
    column::{Column, Kind},
    value::Value,
};

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// =
    Equal,
    /// <>
    NotEqual,
    /// <
    Less,
    /// <=
    LessOrEqual,
    /// >
    Greater,
    /// >=
    GreaterOrEqual,
}

impl Comparison {
    pub fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// Arithmetic of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// +
    Add,
    /// -
    Subtract,
    /// *
    Multiply,
    /// /
    Divide,
    /// %
    Remainder,
    /// ^
    Power,
    /// div: the whole part of the quotient.
    Whole,
}

impl Arithmetic {
    /// How it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "−",
            Self::Multiply => "×",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::Power => "^",
            Self::Whole => "div",
        }
    }

    /// Nothing where there is no number: division by zero.
    fn result(self, a: f64, b: f64) -> Option<f64> {
        let result = match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::Remainder => a % b,
            Self::Power => a.powf(b),
            Self::Whole => (a / b).trunc(),
        };
        result.is_finite().then_some(result)
    }
}

/// What has a value.
#[derive(Debug, Clone)]
pub enum Scalar {
    /// A column's value.
    Column(&'static Column),
    /// Always the same.
    Constant(Value<'static>),
    /// Two numbers.
    Arithmetic(Arithmetic, Box<(Scalar, Scalar)>),
    /// A text without case or marks.
    Folded(Fold, Box<Scalar>),
}

impl Scalar {
    /// What it holds; none for NULL.
    pub fn kind(&self) -> Option<Kind> {
        match self {
            Self::Column(column) => Some(column.kind),
            Self::Arithmetic(..) => Some(Kind::Number),
            Self::Folded(..) => Some(Kind::Text),
            Self::Constant(value) => match value {
                Value::Null => None,
                Value::Boolean(_) => Some(Kind::Boolean),
                Value::Integer(_) | Value::Number(_) => Some(Kind::Number),
                Value::Text(_) => Some(Kind::Text),
                Value::Day(_) => Some(Kind::Day),
                Value::Moment(_) => Some(Kind::Moment),
            },
        }
    }

    /// Its value for a feature.
    pub fn value<'s>(&'s self, source: &'s impl Source) -> Value<'s> {
        match self {
            Self::Column(column) => source.value(column),
            Self::Constant(value) => borrowed(value),
            Self::Arithmetic(how, both) => {
                let (a, b) = (both.0.value(source).number(), both.1.value(source).number());
                let result = a.zip(b).and_then(|(a, b)| how.result(a, b));
                result.map_or(Value::Null, Value::Number)
            }
            Self::Folded(fold, inner) => match inner.value(source) {
                Value::Text(text) => Value::Text(fold.apply(&text).into()),
                other => other,
            },
        }
    }

    pub fn columns(&self, found: &mut BTreeMap<&'static str, &'static Column>) {
        match self {
            Self::Column(column) => drop(found.insert(column.name, column)),
            Self::Constant(_) => {}
            Self::Arithmetic(_, both) => {
                both.0.columns(found);
                both.1.columns(found);
            }
            Self::Folded(_, inner) => inner.columns(found),
        }
    }
}

fn borrowed<'s>(value: &'s Value<'static>) -> Value<'s> {
    match value {
        Value::Text(text) => Value::text(text),
        other => other.clone(),
    }
}
