//! Working days: which days offices do not work, as data.
//!
//! The file is `data/calendar.toml`; an operator's own takes its place. The day on which a term
//! begins is not counted (Civil Code 91/2015/QH13, Article 147.1). This module knows nothing of
//! files: it takes their text.

use std::fmt;

use serde::Deserialize;

use super::{Day, Label};

/// The working days between [`Day::FIRST`] and [`Day::LAST`].
#[derive(Clone, PartialEq)]
pub struct Calendar {
    /// The working days, by number, rising.
    working: Vec<u16>,
    /// By day number, how many working days there are up to it, that day too.
    until: Vec<u16>,
    /// Days, from-to, of which it is not sure whether they are worked.
    unsure: Vec<(Day, Day)>,
    known_until: Day,
}

impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Calendar {{ {} working days, known until {} }}", self.working.len(), self.known_until)
    }
}

/// Why a text is not a calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Not TOML, or not of this shape; the parser says line and column.
    #[error("{0}")]
    Format(String),
    /// Not a day of a year.
    #[error("\"{0}\" is not a day of every year; write month and day, as in 09-02")]
    DayOfYear(String),
    /// A range that ends before it begins.
    #[error("the days off from {0} end on {1}, before they begin")]
    Range(Day, Day),
    /// No working day at all.
    #[error("a week needs at least one working day")]
    NoWork,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    weekend: Vec<Weekday>,
    known_until: Day,
    #[serde(default)]
    every_year: Vec<EveryYear>,
    #[serde(default)]
    days_off: Vec<DaysOff>,
    #[serde(default)]
    worked: Vec<Worked>,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

// Names and articles are for the reader of the file; that they are there is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EveryYear {
    day: String,
    /// First year.
    #[serde(default)]
    since: i16,
    #[serde(rename = "name")]
    _name: Label,
    #[serde(rename = "article")]
    _article: Option<String>,
    #[serde(default)]
    to_be_confirmed: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DaysOff {
    from: Day,
    to: Day,
    #[serde(rename = "name")]
    _name: Label,
    #[serde(rename = "article")]
    _article: Option<String>,
    #[serde(default)]
    to_be_confirmed: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Worked {
    day: Day,
    #[serde(default)]
    to_be_confirmed: bool,
}

/// The number of a day's place in the week; 1 January 1970 was a Thursday.
const FIRST_WEEKDAY: usize = Weekday::Thursday as usize;

impl Calendar {
    /// Reads and checks the text of a calendar file.
    ///
    /// # Errors
    /// Another shape, with line and column; days that are none; a week without work.
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let file: File = toml::from_str(text).map_err(|e| CalendarError::Format(e.to_string()))?;
        let mut off = [false; 7];
        file.weekend.iter().for_each(|day| off[*day as usize] = true);
        if off.iter().all(|off| *off) {
            return Err(CalendarError::NoWork);
        }
        let numbers = 0..=Day::LAST.number();
        let mut works: Vec<bool> =
            numbers.map(|number| !off[(usize::from(number) + FIRST_WEEKDAY) % 7]).collect();
        let mut unsure = Vec::new();
        for entry in &file.every_year {
            every_year(entry, |day| {
                works[usize::from(day.number())] = false;
                if entry.to_be_confirmed {
                    unsure.push((day, day));
                }
            })?;
        }
        for entry in &file.days_off {
            if entry.to < entry.from {
                return Err(CalendarError::Range(entry.from, entry.to));
            }
            works[usize::from(entry.from.number())..=usize::from(entry.to.number())].fill(false);
            unsure.extend(entry.to_be_confirmed.then_some((entry.from, entry.to)));
        }
        for entry in &file.worked {
            works[usize::from(entry.day.number())] = true;
            unsure.extend(entry.to_be_confirmed.then_some((entry.day, entry.day)));
        }
        let working =
            (0..=u16::MAX).zip(&works).filter(|(_, works)| **works).map(|(number, _)| number).collect();
        let mut sum = 0;
        let until = works.iter().map(|works| {
            sum += u16::from(*works);
            sum
        });
        Ok(Self { working, until: until.collect(), unsure, known_until: file.known_until })
    }

    /// Whether offices work on `day`.
    pub fn is_working(&self, day: Day) -> bool {
        let number = usize::from(day.number());
        self.until[number] != number.checked_sub(1).map_or(0, |before| self.until[before])
    }

    /// The `days`-th working day after `start`; stops at the last day that can be represented.
    ///
    /// ```
    /// use matbang::domain::{Day, calendar};
    ///
    /// let days_off = calendar(None)?;
    /// // A Friday, and the next working day.
    /// let friday = Day::parse("2026-11-27")?;
    /// assert_eq!(days_off.after(friday, 1).to_string(), "2026-11-30");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn after(&self, start: Day, days: u16) -> Day {
        let before = usize::from(self.until[usize::from(start.number())]);
        let Some(index) = (before + usize::from(days)).checked_sub(1).filter(|_| days > 0) else {
            return start;
        };
        self.working.get(index).and_then(|number| Day::from_cell(*number)).unwrap_or(Day::LAST)
    }

    /// `day`, or the first working day after it.
    #[must_use]
    pub fn at_or_after(&self, day: Day) -> Day {
        if self.is_working(day) { day } else { self.after(day, 1) }
    }

    /// Whether nothing between two days, these too, waits to be confirmed.
    pub fn is_sure(&self, from: Day, to: Day) -> bool {
        to <= self.known_until && !self.unsure.iter().any(|(first, last)| *first <= to && from <= *last)
    }
}

fn every_year(entry: &EveryYear, mut found: impl FnMut(Day)) -> Result<(), CalendarError> {
    let wrong = || CalendarError::DayOfYear(entry.day.clone());
    let (month, day) = entry.day.split_once('-').ok_or_else(wrong)?;
    let (month, day): (i8, i8) = month.parse().ok().zip(day.parse().ok()).ok_or_else(wrong)?;
    // In a leap year each day of a year is one.
    jiff::civil::Date::new(2024, month, day).map_err(|_| wrong())?;
    let dates = (1970..=2149)
        .filter(|year| *year >= entry.since)
        .filter_map(|year| jiff::civil::Date::new(year, month, day).ok());
    dates.filter_map(|date| Day::from_date(date).ok()).for_each(&mut found);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = include_str!("../../data/calendar.toml");

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    /// Friday 13 February 2026 is the last working day before the Lunar New Year; the offices open
    /// again on Monday 23. Ten working days on from Tuesday 10: 11, 12, 13, 23, 24, 25, 26, 27 February,
    /// 2, 3 March.
    #[test]
    fn ten_working_days_over_the_lunar_new_year_end_on_the_third_of_march() {
        let calendar = Calendar::parse(OURS).unwrap();
        assert_eq!(calendar.after(day("2026-02-10"), 10), day("2026-03-03"));
        assert_eq!(calendar.after(day("2026-02-13"), 1), day("2026-02-23"));
        assert_eq!(calendar.after(day("2026-02-15"), 1), day("2026-02-23"));
        assert_eq!(calendar.after(day("2026-02-10"), 0), day("2026-02-10"));
        assert_eq!(calendar.at_or_after(day("2026-02-14")), day("2026-02-23"));
        assert_eq!(calendar.at_or_after(day("2026-02-13")), day("2026-02-13"));
        assert!(calendar.is_working(day("2025-04-26")) && !calendar.is_working(day("2025-05-02")));
        assert!(!calendar.is_working(day("2030-09-02")) && !calendar.is_working(day("2026-04-27")));
        // The holiday of 24 November is one from 2026 on; Saturday 22 August 2026 is worked for Monday 31.
        assert!(calendar.is_working(day("2025-11-24")) && !calendar.is_working(day("2026-11-24")));
        assert!(calendar.is_working(day("2026-08-22")) && !calendar.is_working(day("2026-08-31")));
        assert_eq!(calendar.after(Day::LAST, 5), Day::LAST);
    }

    #[test]
    fn what_is_not_decided_yet_is_said() {
        let calendar = Calendar::parse(OURS).unwrap();
        assert!(calendar.is_sure(day("2026-02-10"), day("2026-03-03")));
        assert!(calendar.is_sure(day("2026-08-25"), day("2026-09-01")));
        assert!(!calendar.is_sure(day("2026-11-20"), day("2026-11-25")));
        assert!(!calendar.is_sure(day("2026-12-28"), day("2027-01-05")));
    }

    #[test]
    fn a_wrong_file_says_what_is_wrong() {
        let why =
            |from: &str, to: &str| Calendar::parse(&OURS.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(why("day = \"09-02\"", "day = \"02-30\"").contains("02-30"));
        assert!(why("to = \"2024-02-14\"", "to = \"2024-02-01\"").contains("before they begin"));
        assert!(why("\"sunday\"", "\"someday\"").contains("line "));
        let all = "\"monday\", \"tuesday\", \"wednesday\", \"thursday\", \"friday\", \"saturday\"";
        assert_eq!(
            Calendar::parse(&OURS.replacen("\"saturday\"", all, 1)).unwrap_err(),
            CalendarError::NoWork
        );
    }
}
