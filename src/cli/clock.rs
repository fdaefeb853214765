//! The only clock of the command line, in Vietnam's time.

use crate::domain::{Day, DayError};

/// Today in Vietnam (UTC+7, no summer time).
///
/// # Errors
/// A system clock outside the range of [`Day`].
pub fn today() -> Result<Day, DayError> {
    let now = jiff::Timestamp::now();
    let vietnam = jiff::tz::TimeZone::fixed(jiff::tz::offset(7));
    Day::from_date(vietnam.to_datetime(now).date())
}

/// Milliseconds since 1970-01-01T00:00Z.
pub fn now_millis() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Name of the person at the keyboard, for the ledger.
pub fn author() -> String {
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME"));
    user.ok().filter(|name| !name.is_empty()).unwrap_or_else(|| "cli".to_owned())
}
