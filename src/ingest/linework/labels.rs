//! What the texts inside a parcel say: number, land use, area.
//!
//! Cadastral drawings write the parcel number as digits with an optional
//! letter, the land use as its code, the area with a decimal, or all of it in
//! one label: "LUC 123/456.7", number over area. The sheet's title may name
//! the sheet: "Tờ bản đồ số 12".

use crate::domain::Decimal;
use crate::ingest::fold::fold;
use crate::ingest::values;

/// Land-use codes in use (Circulars 28/2004, 27/2018 and 08/2024).
const LAND_USES: [&str; 60] = [
    "LUC", "LUK", "LUN", "LUA", "BHK", "HNK", "NHK", "CHN", "COC", "CLN", "LNC", "LNQ", "LNK", "NTS", "TSN",
    "TSL", "RSX", "RPH", "RDD", "LMU", "NKH", "CNT", "ONT", "ODT", "TSC", "TSK", "DTS", "SKC", "SKK", "SKN",
    "SKT", "SKX", "SKS", "TMD", "DGT", "DTL", "NTD", "DGD", "DYT", "DVH", "DTT", "DXH", "DKH", "DNL", "DBV",
    "DCH", "DDT", "DDL", "DRA", "DSH", "DKV", "TIN", "TON", "MNC", "SON", "BCS", "DCS", "NCS", "CQP", "CAN",
];

/// What the texts inside one face say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Label {
    /// Whole numbers with an optional letter; more than one is a riddle.
    pub numbers: Vec<String>,
    /// Land-use code.
    pub land_use: Option<String>,
    /// Areas in m², as written.
    pub areas: Vec<String>,
}

impl Label {
    /// Adds what one text says.
    pub fn add(&mut self, text: &str) {
        for word in text.split(|c: char| c.is_whitespace() || "/|\\()".contains(c)).filter(|w| !w.is_empty())
        {
            if is_parcel_number(word) {
                self.numbers.push(word.to_owned());
            } else if is_area(word) {
                self.areas.push(word.to_owned());
            } else if is_land_use(word) {
                self.land_use = Some(values::land_use(word));
            }
        }
    }

    /// The parcel number and area, with the computed area as judge: of two
    /// whole numbers the one that comes nearest to it is the area.
    ///
    /// # Errors
    /// Several numbers none of which can be the area.
    pub fn decide(&self, computed_m2: f64) -> Result<(Option<String>, Option<String>), String> {
        let area = self.areas.first().cloned();
        let mut numbers = self.numbers.clone();
        numbers.dedup();
        match (numbers.as_slice(), area) {
            ([], area) => Ok((None, area)),
            ([number], area) => Ok((Some(number.clone()), area)),
            ([a, b], None) => {
                let off = |text: &String| {
                    let value = Decimal::of_text(text).map_or(f64::INFINITY, Decimal::get);
                    (value - computed_m2).abs() / computed_m2.max(1.0)
                };
                let (number, area) = if off(a) < off(b) { (b, a) } else { (a, b) };
                if off(area) < 0.05 {
                    Ok((Some(number.clone()), Some(area.clone())))
                } else {
                    Err(riddle(&numbers))
                }
            }
            _ => Err(riddle(&numbers)),
        }
    }
}

fn riddle(numbers: &[String]) -> String {
    format!("several texts inside could be its number: {}; is a boundary line missing?", numbers.join(", "))
}

/// Digits, at most five, and at most one letter after them.
fn is_parcel_number(word: &str) -> bool {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    word.len() - digits.len() <= 1
        && (1..=5).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
}

fn is_area(word: &str) -> bool {
    let word = word.trim_end_matches("m2").trim_end_matches("m²");
    let parts: Vec<&str> = word.split(['.', ',']).collect();
    parts.len() == 2 && parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
}

fn is_land_use(word: &str) -> bool {
    values::land_use(word).split(['+', '-']).all(|code| LAND_USES.contains(&code))
}

/// The sheet number that a title like "Tờ bản đồ số: 12" gives.
pub fn sheet_of_title(text: &str) -> Option<String> {
    let folded = fold(text);
    let digits = folded.trim_start_matches(|c: char| !c.is_ascii_digit());
    let words = &folded[..folded.len() - digits.len()];
    let is_title = matches!(
        words,
        "toso" | "tobandoso" | "tobando" | "sohieuto" | "sotobando" | "soto" | "tobandodiachinhso"
    );
    (is_title && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(texts: &[&str]) -> Label {
        let mut label = Label::default();
        for text in texts {
            label.add(text);
        }
        label
    }

    #[test]
    fn a_stacked_label_says_everything() {
        let expected = (Some("123".to_owned()), Some("456.7".to_owned()));
        for texts in [&["LUC 123/456.7"][..], &["LUC", "123", "456.7"], &["123\n456.7\nLUC"]] {
            let label = label(texts);
            assert_eq!(label.land_use.as_deref(), Some("LUC"));
            assert_eq!(label.decide(450.0), Ok(expected.clone()));
        }
    }

    #[test]
    fn of_two_whole_numbers_the_one_like_the_area_is_the_area() {
        let both = label(&["412", "ntđ", "37a", "Ông Ba"]);
        assert_eq!(both.land_use.as_deref(), Some("NTD"));
        assert_eq!(both.decide(410.0), Ok((Some("37a".into()), Some("412".into()))));
        assert!(both.decide(900.0).is_err());
        assert!(label(&["1", "2", "3"]).decide(2.0).is_err());
    }

    #[test]
    fn a_title_names_the_sheet() {
        assert_eq!(sheet_of_title("Tờ bản đồ số: 12").as_deref(), Some("12"));
        assert_eq!(sheet_of_title("12"), None);
        assert_eq!(sheet_of_title("Tờ trình 12"), None);
    }
}
