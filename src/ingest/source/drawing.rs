//! What GDAL leaves as a drawing has it: letters written by their numbers, and texts that stand elsewhere than where
//! they begin.
//!
//! Source: Autodesk DXF Reference, TEXT (group codes 10 and 20, 11 and 21, 72 and 73).

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

/// Puts letters in the place of `\U+1EDD`.
pub fn unescape(text: &mut String) {
    if !text.contains("\\U+") {
        return;
    }
    let mut parts = text.split("\\U+");
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let letter = part.get(..4).and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
        if let Some(letter) = letter {
            decoded.push(letter);
            decoded.push_str(&part[4..]);
        } else {
            decoded.push_str("\\U+");
            decoded.push_str(part);
        }
    }
    *text = decoded;
}

/// Words of a text and the place where it begins, bit by bit.
type Beginning = (String, [u64; 2]);

/// Where texts of a DXF stand that are aligned otherwise than at their beginning. Several may share words and
/// beginning, as where a program writes no beginning: they stand in the order of the file.
#[derive(Debug, Default)]
pub struct Aligned(HashMap<Beginning, Vec<[f64; 2]>>);

impl Aligned {
    /// Reads the entities of the drawing at `path`, line by line; nothing of a file that is no text.
    pub fn of(path: &Path) -> Self {
        let mut found = Self::default();
        let Ok(file) = File::open(path) else { return found };
        // As GDAL is told to read it: each byte a letter.
        let mut lines = BufReader::new(file).split(b'\n').map_while(Result::ok).map(|line| {
            let text: String = line.iter().map(|byte| char::from(*byte)).collect();
            text.trim().to_owned()
        });
        let mut text: Option<Text> = None;
        // Texts of blocks stand where the block is put, not where it is drawn.
        let (mut begins, mut in_entities) = (false, false);
        while let (Some(code), Some(value)) = (lines.next(), lines.next()) {
            if code == "0" {
                found.keep(text.take());
                text = (in_entities && value == "TEXT").then(Text::default);
                begins = value == "SECTION";
                in_entities &= value != "ENDSEC";
            } else if begins && code == "2" {
                in_entities = value == "ENTITIES";
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
            self.0.entry((text.words, [x.to_bits(), y.to_bits()])).or_default().push([to_x, to_y]);
        }
    }

    /// The texts from the first on.
    pub fn walk(&self) -> Walk<'_> {
        Walk { aligned: self, seen: HashMap::new() }
    }
}

/// A reading of the texts in the order of the file.
pub struct Walk<'a> {
    aligned: &'a Aligned,
    seen: HashMap<&'a Beginning, usize>,
}

impl Walk<'_> {
    /// Where the next text with these words that begins at `place` stands, if elsewhere.
    pub fn point(&mut self, words: &str, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        if self.aligned.0.is_empty() {
            return None;
        }
        let beginning = (words.to_owned(), [x.to_bits(), y.to_bits()]);
        let (known, points) = self.aligned.0.get_key_value(&beginning)?;
        let next = self.seen.entry(known).or_default();
        let point = points.get(*next).copied();
        *next += 1;
        point
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
        let text =
            |at: &str, more: &str| format!("0\nTEXT\n10\n0.0\n20\n0.0\n1\n101\n11\n{at}\n21\n6.5\n{more}");
        let section = |name: &str, inside: &str| format!("0\nSECTION\n2\n{name}\n{inside}0\nENDSEC\n");
        let centred = "72\n1\n73\n2\n";
        // Two of the same words that begin nowhere are two; that of a block is not among them.
        let blocks = section("BLOCKS", &text("9.5", centred));
        let both = [text("5.5", centred), text("7.5", centred)].concat();
        std::fs::write(&path, format!("{blocks}{}0\nEOF\n", section("ENTITIES", &both))).unwrap();
        let aligned = Aligned::of(&path);
        let mut walk = aligned.walk();
        let points: Vec<_> = (0..3).map(|_| walk.point("101", [0.0, 0.0])).collect();
        assert_eq!(points, [Some([5.5, 6.5]), Some([7.5, 6.5]), None]);
        assert_eq!(aligned.walk().point("102", [0.0, 0.0]), None);
        std::fs::write(&path, section("ENTITIES", &text("5.5", "72\n0\n"))).unwrap();
        assert_eq!(Aligned::of(&path).walk().point("101", [0.0, 0.0]), None);
    }
}
