//! TCVN 5712:1993 VN3, called ABC: one byte a letter, used by the `.VnTime` fonts.
//!
//! Capitals with a tone mark have no bytes of their own: the capital fonts
//! (`.VnTimeH`) draw the same bytes as capitals. A text that is otherwise all in
//! capitals is therefore raised as a whole after decoding.

/// Byte and letter.
#[rustfmt::skip]
const LETTERS: [(u8, char); 74] = [
    (0xA1, 'Ă'), (0xA2, 'Â'), (0xA3, 'Ê'), (0xA4, 'Ô'), (0xA5, 'Ơ'), (0xA6, 'Ư'), (0xA7, 'Đ'),
    (0xA8, 'ă'), (0xA9, 'â'), (0xAA, 'ê'), (0xAB, 'ô'), (0xAC, 'ơ'), (0xAD, 'ư'), (0xAE, 'đ'),
    (0xB5, 'à'), (0xB6, 'ả'), (0xB7, 'ã'), (0xB8, 'á'), (0xB9, 'ạ'), (0xBB, 'ằ'), (0xBC, 'ẳ'),
    (0xBD, 'ẵ'), (0xBE, 'ắ'), (0xC6, 'ặ'), (0xC7, 'ầ'), (0xC8, 'ẩ'), (0xC9, 'ẫ'), (0xCA, 'ấ'),
    (0xCB, 'ậ'), (0xCC, 'è'), (0xCE, 'ẻ'), (0xCF, 'ẽ'), (0xD0, 'é'), (0xD1, 'ẹ'), (0xD2, 'ề'),
    (0xD3, 'ể'), (0xD4, 'ễ'), (0xD5, 'ế'), (0xD6, 'ệ'), (0xD7, 'ì'), (0xD8, 'ỉ'), (0xDC, 'ĩ'),
    (0xDD, 'í'), (0xDE, 'ị'), (0xDF, 'ò'), (0xE1, 'ỏ'), (0xE2, 'õ'), (0xE3, 'ó'), (0xE4, 'ọ'),
    (0xE5, 'ồ'), (0xE6, 'ổ'), (0xE7, 'ỗ'), (0xE8, 'ố'), (0xE9, 'ộ'), (0xEA, 'ờ'), (0xEB, 'ở'),
    (0xEC, 'ỡ'), (0xED, 'ớ'), (0xEE, 'ợ'), (0xEF, 'ù'), (0xF1, 'ủ'), (0xF2, 'ũ'), (0xF3, 'ú'),
    (0xF4, 'ụ'), (0xF5, 'ừ'), (0xF6, 'ử'), (0xF7, 'ữ'), (0xF8, 'ứ'), (0xF9, 'ự'), (0xFA, 'ỳ'),
    (0xFB, 'ỷ'), (0xFC, 'ỹ'), (0xFD, 'ý'), (0xFE, 'ỵ'),
];

/// Decodes bytes; those that mean nothing stay what they are in Latin-1.
pub fn decode(bytes: &[u8]) -> String {
    let letter = |byte: &u8| {
        let found = LETTERS.iter().find(|(code, _)| code == byte);
        found.map_or(char::from(*byte), |(_, letter)| *letter)
    };
    let text: String = bytes.iter().map(letter).collect();
    if is_in_capitals(bytes) { text.to_uppercase() } else { text }
}

/// No small ASCII letter, and a word with two capital ones.
fn is_in_capitals(bytes: &[u8]) -> bool {
    let two =
        bytes.split(|b| *b == b' ').any(|word| word.iter().filter(|b| b.is_ascii_uppercase()).count() > 1);
    two && !bytes.iter().any(u8::is_ascii_lowercase)
}

/// Encodes composed letters; none if one has no byte.
#[cfg(test)]
pub fn encode(text: &str) -> Option<Vec<u8>> {
    let byte = |c: char| {
        let lower = || c.to_lowercase().next().unwrap_or(c);
        let find = |letter: char| LETTERS.iter().find(|(_, l)| *l == letter).map(|(code, _)| *code);
        if c.is_ascii() { Some(c as u8) } else { find(c).or_else(|| find(lower())) }
    };
    text.chars().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latin1(text: &str) -> Vec<u8> {
        text.chars().map(|c| c as u8).collect()
    }

    #[test]
    fn names_of_the_province_are_read() {
        let names = [
            ("Hµ Nam", "Hà Nam"),
            ("ThÞ x· Duy Tiªn", "Thị xã Duy Tiên"),
            ("Phñ Lý", "Phủ Lý"),
            ("Kim B¶ng", "Kim Bảng"),
            ("Lý Nh©n", "Lý Nhân"),
            ("B×nh Lôc", "Bình Lục"),
            ("®Êt", "đất"),
        ];
        for (written, meant) in names {
            assert_eq!(decode(&latin1(written)), meant);
        }
    }

    #[test]
    fn capital_fonts_give_capitals() {
        assert_eq!(decode(&latin1("Hµ NAM")), "HÀ NAM");
        assert_eq!(decode(&latin1("Hµ")), "Hà");
    }

    #[test]
    fn no_byte_and_no_letter_stands_twice() {
        for (i, (byte, letter)) in LETTERS.iter().enumerate() {
            assert!(LETTERS[i + 1..].iter().all(|(b, l)| b != byte && l != letter));
        }
    }
}
