//! Numbers as people and programs write them: the one reader of all.
//!
//! ```text
//! JSON number ─────────────────────► Decimal
//! text ─► Reading ─► NumberColumn ─► Decimal
//! ```
//! A [`Decimal`] is exact. A text is read by the Vietnamese habit (`1.234,5`)
//! and by the international one (`1,234.5`); where both give a number and not
//! the same one, as in `1.200`, the [`NumberColumn`] that it stands in decides, or
//! nobody does. It knows nothing of files, fields and the land.

mod column;
mod reading;

use std::fmt;

use serde_json::Number;

pub use column::NumberColumn;
pub use reading::NumberReading;

/// What a number counts; decides which words may stand beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Quantity {
    /// Things, ids, positions: digits only.
    #[default]
    Count,
    /// Đồng: `1.500.000 đ`, `VND 1500000`, `1,5 tỷ đồng`.
    Money,
    /// Square metres: `250,5 m²`.
    Area,
}

/// How thousands and decimals are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// `1.234.567,89`.
    Vietnamese,
    /// `1,234,567.89`.
    International,
}

/// A number at least 0, exact: `digits` / 10^`places`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    digits: u128,
    decimals: u32,
}

/// Why something is not a number that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Something else, or grouped like no number.
    #[error("\"{0}\" is not a number; write it as 1500000, 1.500.000 or 1,500,000")]
    NotANumber(String),
    /// Below zero.
    #[error("\"{0}\" is below zero")]
    Negative(String),
    /// More than can be kept exactly.
    #[error("\"{0}\" is too large or too finely divided to be kept exactly")]
    TooLarge(String),
    /// Parts of what has no parts.
    #[error("\"{0}\" is not a whole number; it is not rounded")]
    Fraction(String),
    /// Two numbers, and nothing decides.
    #[error(
        "\"{text}\" can be read as {thousands} or as {decimal}; write it as only one can be read: {}, or {}",
        .thousands.unmistakable(), .decimal.unmistakable()
    )]
    Ambiguous {
        /// As written.
        text: String,
        /// With the separator between thousands.
        thousands: Decimal,
        /// With the separator before decimals.
        decimal: Decimal,
    },
    /// A column written by both habits.
    #[error("the column writes numbers in two ways: {0} has \"{1}\", {2} has \"{3}\"; write all in one")]
    TwoHabits(String, String, String, String),
}

impl NumberError {
    /// A word for the kind of error, which a program can tell apart.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotANumber(_) => "not_a_number",
            Self::Negative(_) => "below_zero",
            Self::TooLarge(_) => "too_large",
            Self::Fraction(_) => "not_whole",
            Self::Ambiguous { .. } => "ambiguous_number",
            Self::TwoHabits(..) => "two_habits",
        }
    }

    /// Both readings of what can be read in two ways; empty for anything else.
    pub fn readings(&self) -> Vec<String> {
        match self {
            Self::Ambiguous { thousands, decimal, .. } => vec![thousands.to_string(), decimal.to_string()],
            _ => Vec::new(),
        }
    }
}

/// So many digits, after the words for thousands and millions are counted in, stay exact in 128 bits.
const MOST_DIGITS: usize = 28;
/// Whole numbers up to here, 2^53, are exact in the floating point of JSON.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// Characters of a text that a message repeats.
const SHOWN: usize = 40;

impl Decimal {
    fn new(digits: u128, decimals: u32) -> Self {
        let (mut digits, mut decimals) = (digits, decimals);
        while decimals > 0 && digits.is_multiple_of(10) {
            (digits, decimals) = (digits / 10, decimals - 1);
        }
        Self { digits, decimals }
    }

    /// A number of JSON, as JSON says: `1500000.0` and `1.5e6` are 1 500 000.
    ///
    /// # Errors
    /// Below zero; beyond 2^53 where it is not written as a whole number.
    pub fn of_json(number: &Number) -> Result<Self, NumberError> {
        if let Some(whole) = number.as_u64() {
            return Ok(Self::new(whole.into(), 0));
        }
        let text = number.to_string();
        let value = number.as_f64().ok_or_else(|| NumberError::NotANumber(text.clone()))?;
        if value < 0.0 {
            return Err(NumberError::Negative(text));
        }
        if value > EXACT {
            return Err(NumberError::TooLarge(text));
        }
        // The shortest text that gives the same number back, never with an exponent.
        plain(&value.abs().to_string()).ok_or(NumberError::TooLarge(text))
    }

    /// A text that stands alone.
    ///
    /// # Errors
    /// As [`NumberColumn::number`].
    pub fn of_text(text: &str) -> Result<Self, NumberError> {
        NumberColumn::default().number(text)
    }

    /// The whole number; `text` is what was written, for the message.
    ///
    /// # Errors
    /// A fraction, or more than 64 bits hold.
    pub fn whole(self, text: &str) -> Result<u64, NumberError> {
        if self.decimals > 0 {
            return Err(NumberError::Fraction(shortened(text)));
        }
        u64::try_from(self.digits).map_err(|_| NumberError::TooLarge(shortened(text)))
    }

    /// The nearest floating-point number.
    pub fn get(self) -> f64 {
        // Reading decimal digits rounds once; dividing would round twice.
        self.to_string().parse().unwrap_or(f64::MAX)
    }

    /// The number as it can be read in one way only: not with three digits behind the dot.
    fn unmistakable(self) -> String {
        let zero = if self.decimals == 3 { "0" } else { "" };
        format!("{self}{zero}")
    }

    fn times_ten_to(self, power: u32) -> Self {
        let shift = power.min(self.decimals);
        Self::new(self.digits * 10_u128.pow(power - shift), self.decimals - shift)
    }
}

impl fmt::Display for Decimal {
    /// As JSON writes it: digits, and a dot before decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = 10_u128.pow(self.decimals);
        write!(f, "{}", self.digits / scale)?;
        if self.decimals > 0 {
            write!(f, ".{:0width$}", self.digits % scale, width = self.decimals as usize)?;
        }
        Ok(())
    }
}

/// Digits with at most one dot before decimals.
fn plain(text: &str) -> Option<Decimal> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    decimal(whole, decimals).filter(|_| !text.ends_with('.'))
}

fn decimal(whole: &str, decimals: &str) -> Option<Decimal> {
    let digits = format!("{whole}{decimals}");
    let right =
        !whole.is_empty() && digits.len() <= MOST_DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
    let digits = digits.parse().ok().filter(|_| right)?;
    Some(Decimal::new(digits, decimals.len() as u32))
}

fn shortened(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    text.chars().take(SHOWN).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Result<u64, &'static str> {
        let number: Number = serde_json::from_str(text).unwrap();
        Decimal::of_json(&number).and_then(|n| n.whole(text)).map_err(|why| why.code())
    }

    #[test]
    fn json_numbers_are_what_json_says() {
        for text in ["1500000", "1500000.0", "1.5e6", "15E5", "150000000e-2"] {
            assert_eq!(json(text), Ok(1_500_000), "{text}");
        }
        assert_eq!(json("9007199254740993"), Ok(9_007_199_254_740_993));
        assert_eq!(json("18446744073709551615"), Ok(u64::MAX));
        for (text, why) in [
            ("38.9", "not_whole"),
            ("1500000.5", "not_whole"),
            ("0.1", "not_whole"),
            ("-5", "below_zero"),
            ("-0.5", "below_zero"),
            ("9007199254740993.0", "too_large"),
            ("18446744073709551616", "too_large"),
            ("1e300", "too_large"),
            ("5e-324", "too_large"),
        ] {
            assert_eq!(json(text), Err(why), "{text}");
        }
        assert_eq!(json("-0.0"), Ok(0));
    }
}
