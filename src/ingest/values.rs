//! Values as people write them: numbers, days, yes and no, codes.

use crate::domain::{Code, Day, SquareMetres};

use super::fold::fold;

/// Reads a number as Vietnamese or international files write it: `1.234,5`,
/// `1234.5`, `1,234.5`, `1234,5`. A single separator is the decimal one,
/// several equal ones group thousands.
pub fn number(text: &str) -> Option<f64> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (dots, commas) = (text.matches('.').count(), text.matches(',').count());
    let plain = match (text.rfind('.'), text.rfind(',')) {
        (Some(dot), Some(comma)) if comma > dot => text.replace('.', "").replace(',', "."),
        (Some(_), Some(_)) => text.replace(',', ""),
        (Some(_), None) if dots > 1 => text.replace('.', ""),
        (None, Some(_)) if commas > 1 => text.replace(',', ""),
        _ => text.replace(',', "."),
    };
    plain.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Reads an area in m², with or without its unit.
///
/// # Errors
/// Not a number, or not above zero.
pub fn area(text: &str) -> Result<SquareMetres, String> {
    let bare = text.trim().trim_end_matches("m²").trim_end_matches("m2");
    let value = number(bare).ok_or_else(|| format!("\"{text}\" is not an area in m²"))?;
    if value < 0.0 {
        return Err(format!("the area \"{text}\" is below zero"));
    }
    Ok(SquareMetres::new(value))
}

/// Reads a day: 2026-11-24, 24/11/2026, 24-11-2026, 24.11.2026 or a time stamp.
///
/// # Errors
/// Another notation, or out of range.
pub fn day(text: &str) -> Result<Day, String> {
    let bare = text.trim().split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = bare.split(['-', '/', '.']).collect();
    let usual = match parts.as_slice() {
        [a, b, c] if a.len() <= 2 && c.len() == 4 => format!("{a}/{b}/{c}"),
        [a, b, c] => format!("{a}-{b}-{c}"),
        _ => bare.to_owned(),
    };
    Day::parse(&usual).map_err(|_| format!("\"{text}\" is not a date; write 2026-11-24 or 24/11/2026"))
}

/// Reads yes or no in both languages, as words, letters or digits.
///
/// # Errors
/// Neither.
pub fn yes(text: &str) -> Result<bool, String> {
    match fold(text).as_str() {
        "1" | "true" | "yes" | "y" | "x" | "co" | "dung" | "trongdiem" => Ok(true),
        "0" | "false" | "no" | "n" | "" | "khong" | "sai" => Ok(false),
        _ => Err(format!("\"{text}\" is neither yes nor no")),
    }
}

/// Reads a code.
///
/// # Errors
/// See [`Code::new`].
pub fn code(text: &str) -> Result<Code, String> {
    Code::new(text).map_err(|e| e.to_string())
}

/// Land-use code in capitals without marks or blanks: NTĐ is written NTD.
pub fn land_use(text: &str) -> String {
    text.to_uppercase().replace('Đ', "D").split_whitespace().collect::<Vec<_>>().join("+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_either_language_writes_them() {
        for text in ["1.234,5", "1,234.5", "1234.5", "1234,5", "1 234,5"] {
            assert_eq!(number(text), Some(1234.5), "{text}");
        }
        assert_eq!(number("1.234.567"), Some(1_234_567.0));
        assert_eq!(number("12 ha"), None);
        assert_eq!(area("250,5 m²"), Ok(SquareMetres::new(250.5)));
        assert!(area("-3").is_err());
    }

    #[test]
    fn days_are_read_in_all_usual_notations() {
        let expected = Day::parse("2026-11-04").unwrap();
        for text in
            ["2026-11-04", "04/11/2026", "4/11/2026", "2026/11/04", "04.11.2026", "2026-11-04T00:00:00"]
        {
            assert_eq!(day(text), Ok(expected), "{text}");
        }
        assert!(day("tháng 11").is_err());
    }

    #[test]
    fn land_uses_are_capitals_without_marks() {
        assert_eq!(land_use("ntđ"), "NTD");
        assert_eq!(land_use(" ont cln"), "ONT+CLN");
    }

    #[test]
    fn yes_and_no_have_many_words() {
        assert_eq!(yes("Có"), Ok(true));
        assert_eq!(yes("0"), Ok(false));
        assert!(yes("maybe").is_err());
    }
}
