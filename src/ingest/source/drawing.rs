//! What GDAL leaves as a drawing has it: letters written by their numbers, and texts that stand elsewhere than where
//! they begin.
//!
//! Source: Autodesk DXF Reference, TEXT (group codes 10 and 20, 11 and 21, 72 and 73).

use std::{collections::HashMap, path::Path};

/// Bytes of a drawing that is looked through.
const MOST_BYTES: u64 = 512 << 20;

/// Puts letters in the place of `\U+1EDD`.
pub fn unescape(text: &mut String) {
    if !text.contains("\\U+") {
        return;
    }
    let mut parts = text.split("\\U+");
    let mut told = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let letter = part.get(..4).and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
        if let Some(letter) = letter {
            told.push(letter);
            told.push_str(&part[4..]);
        } else {
            told.push_str("\\U+");
            told.push_str(part);
        }
    }
    *text = told;
}

/// Where texts of a DXF stand that are aligned otherwise than at their beginning, by the words and the beginning
/// that are told with them.
#[derive(Debug, Default)]
pub struct Aligned(HashMap<(String, [u64; 2]), [f64; 2]>);

impl Aligned {
    /// Reads the entities of the drawing at `path`; nothing of a file that is no text.
    pub fn of(path: &Path) -> Self {
        let size = std::fs::metadata(path).map_or(0, |file| file.len());
        if size > MOST_BYTES {
            return Self::default();
        }
        let Ok(bytes) = std::fs::read(path) else { return Self::default() };
        // As GDAL is told to read it: each byte a letter.
        let mut lines = bytes.split(|byte| *byte == b'\n').map(|line| {
            let text: String = line.iter().map(|byte| char::from(*byte)).collect();
            text.trim().to_owned()
        });
        let mut found = Self::default();
        let mut text: Option<Text> = None;
        while let (Some(code), Some(value)) = (lines.next(), lines.next()) {
            if code == "0" {
                found.keep(text.take());
                text = (value == "TEXT").then(Text::default);
            } else if let Some(text) = &mut text {
                text.take(&code, value);
            }
        }
        found.keep(text);
        found
    }

    fn keep(&mut self, text: Option<Text>) {
        let Some(text) = text.filter(|text| text.is_aligned) else { return };
        if let ([Some(x), Some(y)], [Some(to_x), Some(to_y)]) = (text.begins, text.stands) {
            self.0.insert((text.words, [x.to_bits(), y.to_bits()]), [to_x, to_y]);
        }
    }

    /// Where the text with these words that begins at `place` stands, if elsewhere.
    pub fn place(&self, words: &str, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&(words.to_owned(), [x.to_bits(), y.to_bits()])).copied()
    }
}

#[derive(Default)]
struct Text {
    words: String,
    begins: [Option<f64>; 2],
    stands: [Option<f64>; 2],
    is_aligned: bool,
}

impl Text {
    fn take(&mut self, code: &str, value: String) {
        match code {
            "1" => self.words = value,
            "10" => self.begins[0] = value.parse().ok(),
            "20" => self.begins[1] = value.parse().ok(),
            "11" => self.stands[0] = value.parse().ok(),
            "21" => self.stands[1] = value.parse().ok(),
            // Stretched between two points (3 and 5) a text begins at the first.
            "72" => self.is_aligned |= !matches!(&*value, "0" | "3" | "5"),
            "73" => self.is_aligned |= value != "0",
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_written_by_numbers_are_letters() {
        let mut text = r"T\U+1EDD b\U+1EA3n \U+0111\U+1ED3 s\U+1ED1: 12".to_owned();
        unescape(&mut text);
        assert_eq!(text, "Tờ bản đồ số: 12");
        let mut odd = r"a\U+12".to_owned();
        unescape(&mut odd);
        assert_eq!(odd, r"a\U+12");
    }

    #[test]
    fn a_text_in_the_middle_stands_at_its_second_point() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.dxf");
        let text = |more: &str| format!("0\nTEXT\n10\n0.0\n20\n0.0\n1\n101\n11\n5.5\n21\n6.5\n{more}");
        std::fs::write(&path, text("72\n1\n73\n2\n0\nEOF\n")).unwrap();
        assert_eq!(Aligned::of(&path).place("101", [0.0, 0.0]), Some([5.5, 6.5]));
        assert_eq!(Aligned::of(&path).place("102", [0.0, 0.0]), None);
        std::fs::write(&path, text("72\n0\n0\nEOF\n")).unwrap();
        assert_eq!(Aligned::of(&path).place("101", [0.0, 0.0]), None);
    }
}
