//! Understanding the text of a file.
//!
//! Text in the 8-bit fonts of the 1990s still fills attribute tables, in files
//! that claim something else. The encoding that turns most words into
//! Vietnamese syllables is taken for the whole file; the caller may overrule
//! it. All text leaves as Unicode NFC.

mod cp1258;
pub mod latin;
mod syllable;
mod tcvn3;
mod vni;

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

use latin::{bytes_of, utf8_of_bytes};

use super::columns::Binding;
use super::options::Encoding;
use super::report::{EncodingReport, Sample};
use super::source::SourceRow;

/// So many different texts decide; a file's encoding shows in far fewer.
const SCORED_TEXTS: usize = 5000;
/// So many texts are shown.
const SHOWN_TEXTS: usize = 5;
/// Below this share of well-formed words the operator is told to look.
const DOUBTFUL: f64 = 0.5;

/// Candidates, the likelier first: a draw goes to the one in front.
const CANDIDATES: [Encoding; 4] = [Encoding::Utf8, Encoding::Tcvn3, Encoding::Vni, Encoding::Cp1258];

/// What was found out about the text.
pub struct Decoded {
    /// For the report.
    pub report: EncodingReport,
    /// For the operator.
    pub warnings: Vec<String>,
}

/// What of the texts of a file was seen, to tell its encoding by.
#[derive(Debug, Default)]
pub struct TextEvidence {
    /// To be scored: different texts that are not plain ASCII.
    scored: BTreeSet<String>,
    /// To be shown; none of a personal field.
    shown: BTreeSet<String>,
}

impl TextEvidence {
    /// Takes note of the texts of rows as they stand in the file.
    pub fn see(&mut self, rows: &[SourceRow], binding: &Binding) {
        for row in rows {
            for (cell, text) in row.cells.iter().enumerate() {
                let Some(text) = text.as_ref().filter(|text| !text.is_ascii()) else { continue };
                if self.scored.len() < SCORED_TEXTS && !self.scored.contains(text) {
                    self.scored.insert(text.clone());
                }
                if self.shown.len() < SHOWN_TEXTS && binding.is_public(cell) {
                    self.shown.insert(text.clone());
                }
            }
        }
    }

    /// The encoding that is `wanted`, or else fits best.
    pub fn encoding(&self, wanted: Encoding) -> Encoding {
        if wanted == Encoding::Auto { best(&self.scored) } else { wanted }
    }

    /// What is to be told of texts that are read in `encoding`.
    pub fn told(&self, encoding: Encoding, wanted: Encoding) -> Decoded {
        let sample = |text: &String| Sample { before: text.clone(), after: read(text, encoding) };
        let report = EncodingReport {
            used: encoding.name().into(),
            chosen: wanted != Encoding::Auto,
            sample: self.shown.iter().map(sample).collect(),
            score: score(&self.scored, encoding),
        };
        Decoded { warnings: warnings(&report, self.scored.is_empty()), report }
    }
}

/// Decodes all cells of rows in place.
pub fn decode_in(rows: &mut [SourceRow], encoding: Encoding) {
    for cell in rows.iter_mut().flat_map(|row| row.cells.iter_mut()).flatten() {
        if !cell.is_ascii() {
            *cell = read(cell, encoding);
        }
    }
}

/// Decodes all cells in place, by `wanted` or by what fits best.
pub fn decode(rows: &mut [SourceRow], binding: &Binding, wanted: Encoding) -> Decoded {
    let mut evidence = TextEvidence::default();
    evidence.see(rows, binding);
    let encoding = evidence.encoding(wanted);
    decode_in(rows, encoding);
    evidence.told(encoding, wanted)
}

fn warnings(report: &EncodingReport, plain: bool) -> Vec<String> {
    let mut warnings = Vec::new();
    let percent = (report.score * 100.0).round();
    if !report.chosen && report.used != Encoding::Utf8.name() {
        warnings.push(format!(
            "the text was read as {} ({percent} % of the words with marks are Vietnamese); --encoding overrules",
            report.used
        ));
    }
    if !plain && report.score < DOUBTFUL {
        warnings.push(format!(
            "read as {}, only {percent} % of the words with marks are Vietnamese; look at the sample, and choose with --encoding",
            report.used
        ));
    }
    warnings
}

fn best(texts: &BTreeSet<String>) -> Encoding {
    // Bytes that are UTF-8 throughout are hardly anything else.
    if !texts.is_empty() && texts.iter().all(|text| utf8_of_bytes(text).is_some()) {
        return Encoding::Utf8;
    }
    let mut found = (Encoding::Utf8, score(texts, Encoding::Utf8));
    for candidate in CANDIDATES {
        let score = score(texts, candidate);
        if score > found.1 {
            found = (candidate, score);
        }
    }
    found.0
}

/// Share of the words with letters beyond ASCII that are syllables; 1 without such words.
fn score(texts: &BTreeSet<String>, encoding: Encoding) -> f64 {
    let (mut words, mut syllables) = (0_u32, 0_u32);
    for text in texts {
        let read = read(text, encoding);
        let special =
            read.split(|c: char| c.is_ascii() && !c.is_ascii_alphabetic()).filter(|w| !w.is_ascii());
        for word in special {
            words += 1;
            syllables += u32::from(syllable::is_syllable(word));
        }
    }
    if words == 0 { 1.0 } else { f64::from(syllables) / f64::from(words) }
}

/// One text in one encoding. Text with characters that no byte stands for is
/// Unicode already and stays what it is.
fn read(text: &str, encoding: Encoding) -> String {
    let decoded = match encoding {
        Encoding::Utf8 | Encoding::Auto => utf8_of_bytes(text),
        Encoding::Tcvn3 => bytes_of(text).map(|bytes| tcvn3::decode(&bytes)),
        Encoding::Vni => bytes_of(text).map(|bytes| vni::decode(&bytes)),
        Encoding::Cp1258 => bytes_of(text).map(|bytes| cp1258::decode(&bytes)),
    };
    decoded.as_deref().unwrap_or(text).nfc().collect()
}

/// The text of bytes that nothing tells about: UTF-8, or the 8-bit encoding
/// that turns most words into Vietnamese syllables.
pub fn of_bytes(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let latin1: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let cells = latin1.split([';', ',', '\t', '\r', '\n']).filter(|cell| !cell.is_ascii());
    let scored: BTreeSet<String> = cells.take(SCORED_TEXTS).map(str::to_owned).collect();
    read(&latin1, best(&scored))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WORDS: &str = "Hà Nam Thị xã Duy Tiên Phủ Lý Kim Bảng Bình Lục đất trồng lúa nước Đường tỉnh quốc gia \
        Nguyễn Trường ươm ngưỡng khuỷu ỷ lại Ăn Ấp Ơn huyện nghĩa trang hộ gia đình kênh mương bãi ngập ẵm ễnh ỡm ỹ";

    fn latin1(bytes: &[u8]) -> String {
        bytes.iter().map(|b| char::from(*b)).collect()
    }

    fn encoded(text: &str, encoding: Encoding) -> Option<Vec<u8>> {
        match encoding {
            Encoding::Tcvn3 => tcvn3::encode(text),
            Encoding::Vni => vni::encode(text),
            Encoding::Cp1258 => cp1258::encode(text),
            Encoding::Utf8 | Encoding::Auto => Some(text.as_bytes().to_vec()),
        }
    }

    fn words() -> impl Strategy<Value = Vec<&'static str>> {
        let words: Vec<&str> = WORDS.split_whitespace().collect();
        prop::collection::vec(prop::sample::select(words), 12..30)
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded_again(words in words()) {
            for encoding in CANDIDATES {
                for word in &words {
                    // TCVN3 has no capitals with tones: only as first letter are they lost.
                    if encoding == Encoding::Tcvn3 && *word == "Ấp" { continue }
                    let bytes = encoded(word, encoding).expect("every word has bytes");
                    prop_assert_eq!(read(&latin1(&bytes), encoding), *word);
                }
            }
        }

        #[test]
        fn the_encoding_is_found_from_a_dozen_words(words in words()) {
            for encoding in CANDIDATES {
                let bytes = words.iter().map(|word| latin1(&encoded(word, encoding).unwrap()));
                let texts: BTreeSet<String> = bytes.filter(|text| !text.is_ascii()).collect();
                if texts.len() > 5 {
                    prop_assert_eq!(best(&texts), encoding);
                }
            }
        }
    }

    #[test]
    fn capitals_come_through_every_encoding() {
        for text in ["THỊ XÃ DUY TIÊN", "QUYẾT ĐỊNH", "XÃ LÝ NHÂN"] {
            for encoding in CANDIDATES {
                assert_eq!(read(&latin1(&encoded(text, encoding).unwrap()), encoding), text);
            }
        }
    }

    #[test]
    fn unicode_stays_unicode() {
        let texts: BTreeSet<String> = ["Hà Nam", "Lý Nhân", "Phủ Lý"].map(String::from).into();
        assert_eq!(best(&texts), Encoding::Utf8);
        assert_eq!(read("Ha\u{300} Nam", Encoding::Utf8), "Hà Nam");
        assert_eq!(read("Phủ Lý", Encoding::Tcvn3), "Phủ Lý");
    }
}
