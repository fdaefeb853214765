//! Windows-1258: Latin letters, those with horn, breve or circumflex, and
//! combining tone marks.

use unicode_normalization::UnicodeNormalization;

/// Where Windows-1258 differs from Latin-1 above 0x9F.
#[rustfmt::skip]
const LETTERS: [(u8, char); 16] = [
    (0xC3, 'Ă'), (0xE3, 'ă'), (0xD0, 'Đ'), (0xF0, 'đ'), (0xD5, 'Ơ'), (0xF5, 'ơ'), (0xDD, 'Ư'), (0xFD, 'ư'),
    (0xCC, '\u{300}'), (0xEC, '\u{301}'), (0xDE, '\u{303}'), (0xD2, '\u{309}'), (0xF2, '\u{323}'), (0xFE, '₫'), (0x80, '€'), (0x8C, 'Œ'),
];

/// Decodes bytes and composes letters and marks.
pub fn decode(bytes: &[u8]) -> String {
    let letter = |byte: &u8| {
        let found = LETTERS.iter().find(|(code, _)| code == byte);
        found.map_or(char::from(*byte), |(_, letter)| *letter)
    };
    bytes.iter().map(letter).nfc().collect()
}

/// Encodes composed letters; none if one has no bytes.
#[cfg(test)]
pub fn encode(text: &str) -> Option<Vec<u8>> {
    const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
    let byte = |c: char| {
        let special = LETTERS.iter().find(|(_, l)| *l == c).map(|(code, _)| *code);
        let taken = |byte: u8| LETTERS.iter().any(|(code, _)| *code == byte);
        special.or_else(|| u8::try_from(u32::from(c)).ok().filter(|byte| !taken(*byte)))
    };
    let mut bytes = Vec::new();
    for c in text.chars() {
        if let Some(byte) = byte(c) {
            bytes.push(byte);
            continue;
        }
        let parts: Vec<char> = std::iter::once(c).nfd().collect();
        let tone = *parts.iter().find(|p| TONES.contains(p))?;
        let base: String = parts.iter().copied().filter(|p| *p != tone).nfc().collect();
        bytes.push(byte(base.chars().next()?)?);
        bytes.push(byte(tone)?);
    }
    Some(bytes)
}
