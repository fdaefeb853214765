//! Words and numbers as the reader writes them.

use std::collections::BTreeMap;

use super::ReportError;
use crate::domain::{Day, Label, Language};

/// The words that come with the program.
fn ours(language: Language) -> &'static str {
    match language {
        Language::Vi => include_str!("../../data/report/vi.toml"),
        Language::En => include_str!("../../data/report/en.toml"),
    }
}

/// The words of a report in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    language: Language,
    texts: BTreeMap<String, String>,
}

impl Words {
    /// The words that come with the program, and in their place those of an operator's `own` file (name, text).
    ///
    /// # Errors
    /// A file that is not a list of texts, or gives one that no report has.
    pub fn load(language: Language, own: Option<(&str, &str)>) -> Result<Self, ReportError> {
        let read = |file: &str, text: &str| {
            let wrong = |why: String| ReportError::Words { file: file.to_owned(), why };
            toml::from_str::<BTreeMap<String, String>>(text).map_err(|error| wrong(error.to_string()))
        };
        let mut texts = read(language.code(), ours(language))?;
        if let Some((file, text)) = own {
            for (key, text) in read(file, text)? {
                let Some(slot) = texts.get_mut(&key) else {
                    let why = format!(
                        "no report has the text \"{key}\"; look at data/report/{}.toml",
                        language.code()
                    );
                    return Err(ReportError::Words { file: file.to_owned(), why });
                };
                *slot = text;
            }
        }
        Ok(Self { language, texts })
    }

    /// Language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The text called `key`.
    pub fn text(&self, key: &str) -> String {
        self.texts.get(key).cloned().unwrap_or_default()
    }

    /// The text called `key` with `{name}` filled in.
    pub fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        let filled = |text: String, (name, value): &(&str, &str)| text.replace(&format!("{{{name}}}"), value);
        values.iter().fold(self.text(key), filled)
    }

    /// The label in the language.
    pub fn label(&self, label: &Label) -> String {
        self.language.of(label).to_owned()
    }

    /// A whole number.
    pub fn count(&self, count: u64) -> String {
        number(count as f64, 0, self.language)
    }

    /// A number with decimals.
    pub fn decimal(&self, value: f64, decimals: usize) -> String {
        number(value, decimals, self.language)
    }

    /// m² in hectares.
    pub fn hectares(&self, square_metres: f64) -> String {
        number(square_metres / 1e4, 2, self.language)
    }

    /// A share in percent.
    pub fn percent(&self, share: f64) -> String {
        percent(share, self.language)
    }
}

/// A number with decimals and groups of thousands.
pub fn number(value: f64, decimals: usize, language: Language) -> String {
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, ""));
    let (group, point) = match language {
        Language::Vi => ('.', ','),
        Language::En => (',', '.'),
    };
    let negative = value < 0.0 && plain.bytes().any(|digit| (b'1'..=b'9').contains(&digit));
    let mut text = if negative { "-".to_owned() } else { String::new() };
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    if !part.is_empty() {
        text.push(point);
        text.push_str(part);
    }
    text
}

/// A share in percent with one decimal; the sign as on screen, in Vietnamese behind a narrow space that does not break.
pub fn percent(share: f64, language: Language) -> String {
    let sign = match language {
        Language::Vi => "\u{202f}%",
        Language::En => "%",
    };
    format!("{}{sign}", number(share * 100.0, 1, language))
}

/// A day as dd/mm/yyyy.
pub fn day(day: Day) -> String {
    day.date().strftime("%d/%m/%Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_gaps() {
        let [vi, en] = Language::ALL.map(|language| Words::load(language, None).unwrap().texts);
        assert_eq!(vi.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
        let gaps = |text: &str| {
            let mut all: Vec<String> =
                text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect();
            all.sort();
            all
        };
        for (key, text) in &vi {
            assert_eq!(gaps(text), gaps(&en[key]), "{key}");
        }
    }

    #[test]
    fn numbers_are_written_as_the_reader_writes_them() {
        assert_eq!(number(1_234_567.25, 1, Language::Vi), "1.234.567,2");
        assert_eq!(number(1234.5, 1, Language::En), "1,234.5");
        assert_eq!(number(-0.04, 1, Language::Vi), "0,0");
        assert_eq!(number(-12.0, 0, Language::Vi), "-12");
        assert_eq!(percent(0.6154, Language::Vi), "61,5\u{202f}%");
        assert_eq!(percent(0.6154, Language::En), "61.5%");
    }

    #[test]
    fn an_operators_words_take_the_place_of_ours_and_unknown_ones_are_told() {
        let own = Words::load(Language::Vi, Some(("vi.toml", "issuer = \"SỞ XÂY DỰNG\""))).unwrap();
        assert_eq!(own.text("issuer"), "SỞ XÂY DỰNG");
        let error = Words::load(Language::Vi, Some(("vi.toml", "isuer = \"x\""))).unwrap_err();
        assert!(error.to_string().contains("\"isuer\""), "{error}");
    }
}
