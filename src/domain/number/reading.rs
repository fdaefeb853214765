//! What a text may mean as a number, by each habit.

use unicode_normalization::UnicodeNormalization;

use super::{Decimal, Habit, MOST_DIGITS, NumberError, Quantity, decimal, plain, shortened};

/// What a text may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberReading {
    /// The same by every habit.
    Plain(Decimal),
    /// A number by one habit only.
    Only(Habit, Decimal),
    /// Two numbers, by the habit.
    Either {
        /// By the Vietnamese habit.
        vietnamese: Decimal,
        /// By the international habit.
        international: Decimal,
    },
}

impl NumberReading {
    /// What `text` may mean.
    ///
    /// # Errors
    /// [`NumberError`] when the text is no number by any habit, is below zero or has too many digits.
    pub fn of(text: &str, quantity: Quantity) -> Result<Self, NumberError> {
        let (bare, power) = without_words(text, quantity);
        let unread = || NumberError::NotANumber(shortened(text));
        if let Some(positive) = bare.strip_prefix(['-', '−', '–']) {
            let digit = positive.trim_start().starts_with(|c: char| c.is_ascii_digit());
            return Err(if digit { NumberError::Negative(shortened(text)) } else { unread() });
        }
        if bare.chars().filter(char::is_ascii_digit).count() > MOST_DIGITS {
            return Err(NumberError::TooLarge(shortened(text)));
        }
        let reading = scientific(&bare).or_else(|| grouped(&bare)).ok_or_else(unread)?;
        Ok(reading.map(|number| number.times_ten_to(power)))
    }

    fn map(self, change: impl Fn(Decimal) -> Decimal) -> Self {
        match self {
            Self::Plain(number) => Self::Plain(change(number)),
            Self::Only(habit, number) => Self::Only(habit, change(number)),
            Self::Either { vietnamese, international } => {
                Self::Either { vietnamese: change(vietnamese), international: change(international) }
            }
        }
    }

    /// The number by a habit; none where it is none by that one.
    pub fn by(self, habit: Habit) -> Option<Decimal> {
        match (self, habit) {
            (Self::Plain(number), _) => Some(number),
            (Self::Only(only, number), habit) => (only == habit).then_some(number),
            (Self::Either { vietnamese, .. }, Habit::Vietnamese) => Some(vietnamese),
            (Self::Either { international, .. }, Habit::International) => Some(international),
        }
    }

    /// That nothing decides between the two readings of `text`.
    pub fn undecided(vietnamese: Decimal, international: Decimal, text: &str) -> NumberError {
        let thousands_first = vietnamese.get() >= international.get();
        let (thousands, decimal) =
            if thousands_first { (vietnamese, international) } else { (international, vietnamese) };
        NumberError::Ambiguous { text: shortened(text), thousands, decimal }
    }
}

/// The text without currency, unit and words for thousands, millions and billions, and ten to which power those are.
fn without_words(text: &str, quantity: Quantity) -> (String, u32) {
    const CURRENCY: [&str; 6] = ["đồng", "dong", "vnđ", "vnd", "₫", "đ"];
    const POWERS: [(&str, u32); 8] = [
        ("tỷ", 9),
        ("tỉ", 9),
        ("ty", 9),
        ("triệu", 6),
        ("trieu", 6),
        ("nghìn", 3),
        ("nghin", 3),
        ("ngàn", 3),
    ];
    let text: String = text.nfc().collect::<String>().to_lowercase();
    let mut bare = text.trim();
    let mut power = 0;
    match quantity {
        Quantity::Count => {}
        Quantity::Area => {
            bare = ["m²", "m2"].iter().find_map(|unit| bare.strip_suffix(unit)).unwrap_or(bare);
        }
        Quantity::Money => {
            let after = CURRENCY.iter().find_map(|word| bare.strip_suffix(word));
            let before = || CURRENCY.iter().find_map(|word| bare.strip_prefix(word));
            bare = after.or_else(before).unwrap_or(bare).trim();
            if let Some((rest, ten)) =
                POWERS.iter().find_map(|(word, ten)| Some((bare.strip_suffix(word)?, *ten)))
            {
                (bare, power) = (rest, ten);
            }
        }
    }
    (bare.trim().to_owned(), power)
}

/// `1.5E7`, as programs write it: always with a decimal dot.
fn scientific(text: &str) -> Option<NumberReading> {
    let (mantissa, exponent) = text.split_once('e')?;
    let (number, exponent) = (plain(mantissa)?, exponent.parse::<i32>().ok()?);
    if exponent.unsigned_abs() > 15 {
        return None;
    }
    let number = match u32::try_from(exponent) {
        Ok(power) => number.times_ten_to(power),
        Err(_) => Decimal::new(number.digits, number.decimals + exponent.unsigned_abs()),
    };
    Some(NumberReading::Only(Habit::International, number))
}

/// Digits in groups: the last separator stands before decimals, or all stand between thousands.
fn grouped(text: &str) -> Option<NumberReading> {
    let mark = |c: char| match c {
        '.' | ',' => Some(c),
        c if c.is_whitespace() => Some(' '),
        _ => None,
    };
    let groups: Vec<&str> = text.split(|c| mark(c).is_some()).collect();
    let marks: Vec<char> = text.chars().filter_map(mark).collect();
    if groups.iter().any(|group| group.is_empty() || !group.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let thousands = thousands(&groups, &marks);
    let fraction = match marks.split_last() {
        Some((last @ ('.' | ','), before)) if !before.contains(last) => {
            let (decimals, whole) = groups.split_last()?;
            thousands_digits(whole, before).and_then(|whole| decimal(&whole, decimals))
        }
        _ => None,
    };
    let last = match marks.last() {
        None | Some(' ') => return thousands.map(NumberReading::Plain),
        Some(mark) => *mark,
    };
    // A dot parts thousands by the one habit and decimals by the other; a comma the other way round.
    let (vietnamese, international) = if last == '.' { (thousands, fraction) } else { (fraction, thousands) };
    match (vietnamese, international) {
        (Some(vietnamese), Some(international)) => Some(NumberReading::Either { vietnamese, international }),
        (Some(number), None) => Some(NumberReading::Only(Habit::Vietnamese, number)),
        (None, number) => number.map(|number| NumberReading::Only(Habit::International, number)),
    }
}

fn thousands(groups: &[&str], marks: &[char]) -> Option<Decimal> {
    decimal(&thousands_digits(groups, marks)?, "")
}

/// The digits of groups of three behind a first one of one to three, all parted by the same mark.
fn thousands_digits(groups: &[&str], marks: &[char]) -> Option<String> {
    let (first, rest) = groups.split_first()?;
    let one_mark = marks.windows(2).all(|pair| pair[0] == pair[1]);
    let threes = rest.iter().all(|group| group.len() == 3);
    let begins = rest.is_empty() || (first.len() <= 3 && !first.starts_with('0'));
    (one_mark && threes && begins).then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match NumberReading::of(text, Quantity::Money) {
            Ok(NumberReading::Plain(number)) => number.to_string(),
            Ok(NumberReading::Only(Habit::Vietnamese, number)) => format!("vi {number}"),
            Ok(NumberReading::Only(Habit::International, number)) => format!("en {number}"),
            Ok(NumberReading::Either { vietnamese, international }) => {
                format!("vi {vietnamese} en {international}")
            }
            Err(why) => why.code().to_owned(),
        }
    }

    #[test]
    fn each_notation_is_what_it_says() {
        for (text, expected) in [
            ("1500000", "1500000"),
            (" 1 500 000 ", "1500000"),
            ("1\u{a0}500\u{202f}000", "1500000"),
            ("007", "7"),
            ("1.234.567,89", "vi 1234567.89"),
            ("1,234,567.89", "en 1234567.89"),
            ("1 234,5", "vi 1234.5"),
            ("1 234.567", "en 1234.567"),
            ("1500000.00", "en 1500000"),
            ("1234.567", "en 1234.567"),
            ("0.500", "en 0.5"),
            ("12,5", "vi 12.5"),
            ("1.200", "vi 1200 en 1.2"),
            ("1,200", "vi 1.2 en 1200"),
            ("1.5E7", "en 15000000"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn money_may_have_its_words() {
        for (text, expected) in [
            ("1.500.000 đồng", "vi 1500000"),
            ("1.500.000đ", "vi 1500000"),
            ("1,500,000 VND", "en 1500000"),
            ("VNĐ 1500000", "1500000"),
            ("1,5 tỷ đồng", "vi 1500000000"),
            ("2 tỉ", "2000000000"),
            ("1.5 TRIỆU", "en 1500000"),
            ("1.500 triệu", "vi 1500000000 en 1500000"),
            ("1 ty\u{309} d\u{300}ong", "not_a_number"),
            ("2 t\u{79}\u{309}", "2000000000"),
            ("1 tỷ 200 triệu", "not_a_number"),
            ("đồng", "not_a_number"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert!(NumberReading::of("12 đồng", Quantity::Count).is_err());
        assert!(NumberReading::of("250,5 m²", Quantity::Area).is_ok());
    }

    #[test]
    fn what_is_no_number_is_refused_with_its_reason() {
        for (text, why) in [
            ("", "not_a_number"),
            ("NaN", "not_a_number"),
            ("inf", "not_a_number"),
            ("12 34", "not_a_number"),
            ("1.", "not_a_number"),
            (".5", "not_a_number"),
            ("1.20.000", "not_a_number"),
            ("1.200.00", "not_a_number"),
            ("1,200.000,5", "not_a_number"),
            ("20.11.2026", "not_a_number"),
            ("1e99", "not_a_number"),
            ("-5", "below_zero"),
            ("− 1.200.000", "below_zero"),
            ("99999999999999999999999999999", "too_large"),
        ] {
            assert_eq!(read(text), why, "{text}");
        }
    }
}
