//! VNI for Windows: a plain letter and, after it, a byte for its marks.
//!
//! Used by the VNI-Times fonts and the drawings of southern offices. Capital
//! marks follow capital letters, 0x20 below the small ones.

use unicode_normalization::UnicodeNormalization;

const CIRCUMFLEX: char = '\u{302}';
const BREVE: char = '\u{306}';
const GRAVE: char = '\u{300}';
const ACUTE: char = '\u{301}';
const TILDE: char = '\u{303}';
const HOOK: char = '\u{309}';
const DOT: char = '\u{323}';

/// Byte of small marks, the letters it may follow, and the marks it adds. The
/// tones may also follow ơ and ư, which have bytes of their own.
const MARKS: [(u8, &str, &[char]); 17] = [
    (0xF8, "aeiouyơư", &[GRAVE]),
    (0xF9, "aeiouyơư", &[ACUTE]),
    (0xFB, "aeiouyơư", &[HOOK]),
    (0xF5, "aeiouyơư", &[TILDE]),
    (0xEF, "aeiouyơư", &[DOT]),
    (0xE2, "aeo", &[CIRCUMFLEX]),
    (0xE0, "aeo", &[CIRCUMFLEX, GRAVE]),
    (0xE1, "aeo", &[CIRCUMFLEX, ACUTE]),
    (0xE5, "aeo", &[CIRCUMFLEX, HOOK]),
    (0xE3, "aeo", &[CIRCUMFLEX, TILDE]),
    (0xE4, "aeo", &[CIRCUMFLEX, DOT]),
    (0xEA, "a", &[BREVE]),
    (0xE8, "a", &[BREVE, GRAVE]),
    (0xE9, "a", &[BREVE, ACUTE]),
    (0xFA, "a", &[BREVE, HOOK]),
    (0xFC, "a", &[BREVE, TILDE]),
    (0xEB, "a", &[BREVE, DOT]),
];

/// Letters that are bytes of their own, small.
#[rustfmt::skip]
const LETTERS: [(u8, char); 9] = [
    (0xF4, 'ơ'), (0xF6, 'ư'), (0xF1, 'đ'), (0xED, 'í'), (0xEC, 'ì'), (0xE6, 'ỉ'), (0xF3, 'ĩ'), (0xF2, 'ị'),
    (0xEE, 'ỵ'),
];

/// Decodes bytes; those that mean nothing stay what they are in Latin-1.
pub fn decode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut last: Option<char> = None;
    for &byte in bytes {
        if let Some(marks) = last.and_then(|letter| marks(letter, byte)) {
            text.extend(marks);
            last = None;
        } else {
            let letter = letter(byte);
            text.push(letter);
            last = Some(letter);
        }
    }
    text.nfc().collect()
}

/// Small form of a byte of marks or letters, if it is one of either case.
fn small(byte: u8) -> u8 {
    if (0xC0..=0xDF).contains(&byte) { byte + 0x20 } else { byte }
}

fn marks(letter: char, byte: u8) -> Option<&'static [char]> {
    let plain = letter.to_lowercase().next()?;
    let found = MARKS.iter().find(|(code, letters, _)| *code == small(byte) && letters.contains(plain));
    found.map(|(_, _, marks)| *marks)
}

fn letter(byte: u8) -> char {
    let Some((_, letter)) = LETTERS.iter().find(|(code, _)| *code == small(byte)) else {
        return char::from(byte);
    };
    if small(byte) == byte { *letter } else { letter.to_uppercase().next().unwrap_or(*letter) }
}

/// Encodes composed letters; none if one has no bytes.
#[cfg(test)]
pub fn encode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for c in text.chars() {
        let lower = c.to_lowercase().next()?;
        let shift = if c.is_uppercase() { 0x20 } else { 0 };
        if c.is_ascii() {
            bytes.push(c as u8);
        } else if let Some((code, _)) = LETTERS.iter().find(|(_, l)| *l == lower) {
            bytes.push(code - shift);
        } else {
            bytes.extend(encode_marked(lower, c.is_uppercase())?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
fn encode_marked(lower: char, capital: bool) -> Option<[u8; 2]> {
    let shift = if capital { 0x20 } else { 0 };
    for (code, letters, marks) in MARKS {
        for base in letters.chars() {
            let composed: String = std::iter::once(base).chain(marks.iter().copied()).nfc().collect();
            if composed == lower.to_string() {
                let first = match LETTERS.iter().find(|(_, l)| *l == base) {
                    Some((byte, _)) => byte - shift,
                    None if capital => base.to_ascii_uppercase() as u8,
                    None => base as u8,
                };
                return Some([first, code - shift]);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_province_are_read() {
        let names = [
            ("Haø Nam", "Hà Nam"),
            ("Thò xaõ Duy Tieân", "Thị xã Duy Tiên"),
            ("Phuû Lyù", "Phủ Lý"),
            ("HAØ NAM", "HÀ NAM"),
            ("ñöôøng", "đường"),
            ("Ñaát", "Đất"),
        ];
        for (written, meant) in names {
            let bytes: Vec<u8> = written.chars().map(|c| c as u8).collect();
            assert_eq!(decode(&bytes), meant);
        }
    }
}
