//! Whole days, counted since 1970-01-01.

use std::{fmt, num::NonZeroU16};

/// A calendar day between 1970-01-01 and 2149-06-05 (65 534 days later), so
/// that a column of days fits 16 bits, and so does a day that may be missing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NonZeroU16);

/// Why a text or number is not a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// Neither `2026-11-24` nor `24/11/2026`.
    #[error("\"{0}\" is not a date; write 2026-11-24 or 24/11/2026")]
    Format(String),
    /// Before 1970 or after 2149.
    #[error("the date {0} is outside 1970-01-01 … 2149-06-05")]
    Range(String),
}

const EPOCH: jiff::civil::Date = jiff::civil::date(1970, 1, 1);

impl Day {
    /// The first day that can be represented: 1970-01-01.
    pub const FIRST: Self = Self(NonZeroU16::MIN);
    /// The last day that can be represented: 2149-06-05.
    pub const LAST: Self = Self(NonZeroU16::MAX);

    /// From days since 1970-01-01.
    ///
    /// # Errors
    /// [`DayError`] when the day lies outside the range of the type.
    pub fn from_number(number: i64) -> Result<Self, DayError> {
        let cell = u16::try_from(number).ok().and_then(Self::from_cell);
        cell.ok_or_else(|| DayError::Range(format!("day {number}")))
    }

    /// From a cell of a column in which [`u16::MAX`] means none.
    pub fn from_cell(cell: u16) -> Option<Self> {
        cell.checked_add(1).and_then(NonZeroU16::new).map(Self)
    }

    /// From a calendar date.
    ///
    /// # Errors
    /// [`DayError`] when the day lies outside the range of the type.
    pub fn from_date(date: jiff::civil::Date) -> Result<Self, DayError> {
        let days = (date - EPOCH).get_days();
        Self::from_number(i64::from(days)).map_err(|_| DayError::Range(date.to_string()))
    }

    /// Reads `2026-11-24` or, as Vietnamese papers write it, `24/11/2026`.
    ///
    /// ```
    /// use matbang::domain::Day;
    ///
    /// let day = Day::parse("24/11/2026")?;
    /// assert_eq!(day, Day::parse("2026-11-24")?);
    /// assert_eq!(day.plus(30).to_string(), "2026-12-24");
    /// assert_eq!(day.plus(30).since(day), 30);
    /// # Ok::<(), matbang::domain::DayError>(())
    /// ```
    ///
    /// # Errors
    /// [`DayError`] when the text is no `YYYY-MM-DD`, or lies outside the range of the type.
    pub fn parse(text: &str) -> Result<Self, DayError> {
        let text = text.trim();
        let date = text
            .parse::<jiff::civil::Date>()
            .or_else(|_| jiff::civil::Date::strptime("%d/%m/%Y", text))
            .map_err(|_| DayError::Format(text.to_owned()))?;
        Self::from_date(date)
    }

    /// Days since 1970-01-01.
    pub fn number(self) -> u16 {
        self.0.get() - 1
    }

    /// The calendar date.
    pub fn date(self) -> jiff::civil::Date {
        EPOCH.saturating_add(jiff::Span::new().days(i64::from(self.number())))
    }

    /// `days` later, or earlier if negative; stops at the ends of the range.
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        let number = (i32::from(self.number()) + days).clamp(0, i32::from(Self::LAST.number()));
        u16::try_from(number).ok().and_then(Self::from_cell).unwrap_or(Self::LAST)
    }

    /// Days from `earlier` to `self`; negative if `earlier` is later.
    pub fn since(self, earlier: Self) -> i32 {
        i32::from(self.0.get()) - i32::from(earlier.0.get())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_a_date_are_read() {
        let day = Day::parse("2026-11-24").unwrap();
        assert_eq!(day.number(), 20_781);
        assert_eq!(Day::parse("24/11/2026"), Ok(day));
        assert_eq!(day.to_string(), "2026-11-24");
        assert!(matches!(Day::parse("11-24-2026"), Err(DayError::Format(_))));
        assert!(matches!(Day::parse("1969-12-31"), Err(DayError::Range(_))));
    }

    #[test]
    fn days_add_and_subtract() {
        let day = Day::parse("2024-02-28").unwrap();
        assert_eq!(day.plus(2).to_string(), "2024-03-01");
        assert_eq!(day.plus(2).since(day), 2);
        assert_eq!(Day::FIRST.plus(-5), Day::FIRST);
    }
}
