//! Periods of the calendar over which work is compared: months, quarters, half years, years.

use std::fmt;

use super::Day;

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKind {
    /// A month.
    Month,
    /// Three months.
    Quarter,
    /// Six months.
    HalfYear,
    /// Twelve months.
    Year,
}

impl PeriodKind {
    fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        }
    }
}

/// A month, quarter, half year or year of the calendar, written `2026-06`, `2026-Q2`, `2026-H1`, `2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    kind: PeriodKind,
    /// Months since January of the year 0.
    start: i32,
}

/// Why a text is not a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a period; write 2026-06, 2026-Q2, 2026-H1 or 2026")]
pub struct PeriodError(pub String);

impl Period {
    /// The period of this kind that holds `day`.
    pub fn holding(kind: PeriodKind, day: Day) -> Self {
        let date = day.date();
        let months = i32::from(date.year()) * 12 + i32::from(date.month()) - 1;
        Self { kind, start: months - months.rem_euclid(kind.months()) }
    }

    /// Reads `2026-06`, `2026-Q2`, `2026-H1` or `2026`.
    ///
    /// ```
    /// use matbang::domain::Period;
    ///
    /// let quarter = Period::parse("2026-Q2")?;
    /// assert_eq!(quarter.first().to_string(), "2026-04-01");
    /// assert_eq!(quarter.last().to_string(), "2026-06-30");
    /// # Ok::<(), matbang::domain::PeriodError>(())
    /// ```
    ///
    /// # Errors
    /// [`PeriodError`] when the notation is another, or the year lies outside 1970 … 2148.
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let error = || PeriodError(text.to_owned());
        let (year, part) = text.trim().split_once('-').unwrap_or((text.trim(), ""));
        let year: i32 = year.parse().ok().filter(|year| (1970..=2148).contains(year)).ok_or_else(error)?;
        let number = |text: &str, most: i32| {
            text.parse::<i32>().ok().filter(|n| (1..=most).contains(n)).map(|n| n - 1).ok_or_else(error)
        };
        let (kind, number) = match part.as_bytes() {
            [] if !text.contains('-') => (PeriodKind::Year, 0),
            [b'Q', ..] => (PeriodKind::Quarter, number(&part[1..], 4)?),
            [b'H', ..] => (PeriodKind::HalfYear, number(&part[1..], 2)?),
            [_, _] => (PeriodKind::Month, number(part, 12)?),
            _ => return Err(error()),
        };
        Ok(Self { kind, start: year * 12 + number * kind.months() })
    }

    /// How long it is.
    pub fn kind(self) -> PeriodKind {
        self.kind
    }

    /// Its first day.
    pub fn first(self) -> Day {
        first_of(self.start)
    }

    /// Its last day.
    pub fn last(self) -> Day {
        first_of(self.start + self.kind.months()).plus(-1)
    }

    /// The period of the same kind before it.
    #[must_use]
    pub fn before(self) -> Self {
        Self { start: self.start - self.kind.months(), ..self }
    }

    /// The period of the same kind after it.
    #[must_use]
    pub fn after(self) -> Self {
        Self { start: self.start + self.kind.months(), ..self }
    }
}

/// The first day of a month counted from January of the year 0; the ends of what can be represented outside of it.
fn first_of(months: i32) -> Day {
    let (year, month) = (months.div_euclid(12) as i16, months.rem_euclid(12) as i8 + 1);
    let date = jiff::civil::Date::new(year, month, 1).ok().and_then(|date| Day::from_date(date).ok());
    date.unwrap_or(if year < 1970 { Day::FIRST } else { Day::LAST })
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.start.div_euclid(12), self.start.rem_euclid(12));
        match self.kind {
            PeriodKind::Month => write!(f, "{year}-{:02}", month + 1),
            PeriodKind::Quarter => write!(f, "{year}-Q{}", month / 3 + 1),
            PeriodKind::HalfYear => write!(f, "{year}-H{}", month / 6 + 1),
            PeriodKind::Year => write!(f, "{year}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_written_and_follow_each_other() {
        for (text, first, last, before) in [
            ("2026-06", "2026-06-01", "2026-06-30", "2026-05"),
            ("2026-Q1", "2026-01-01", "2026-03-31", "2025-Q4"),
            ("2025-H2", "2025-07-01", "2025-12-31", "2025-H1"),
            ("2024", "2024-01-01", "2024-12-31", "2023"),
        ] {
            let period = Period::parse(text).unwrap();
            assert_eq!((period.first().to_string(), period.last().to_string()), (first.into(), last.into()));
            assert_eq!((period.to_string(), period.before().to_string()), (text.into(), before.into()));
            assert_eq!(period.before().after(), period);
            assert_eq!(Period::holding(period.kind(), period.last()), period);
        }
        for wrong in ["2026-Q5", "2026-13", "26", "2026-", "2026-H0", "Q1-2026", "2026-6"] {
            assert!(Period::parse(wrong).is_err(), "{wrong}");
        }
    }
}
