//! Bytes behind texts that were read as Latin-1 or Windows-1252.

/// UTF-8 that was read as Latin-1, put right; none if it is something else.
pub fn utf8_of_bytes(text: &str) -> Option<String> {
    String::from_utf8(bytes_of(text)?).ok()
}

/// As [`utf8_of_bytes`], of a text that was cut after a number of bytes: half a letter at its end is left out.
pub fn utf8_of_cut_bytes(text: &str) -> Option<String> {
    let bytes = bytes_of(text)?;
    match std::str::from_utf8(&bytes) {
        Ok(whole) => Some(whole.to_owned()),
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok().map(|text| text.trim_end().to_owned())
        }
        Err(_) => None,
    }
}

/// The bytes behind a text that was read as Latin-1 or Windows-1252; none if
/// it has characters of neither.
pub fn bytes_of(text: &str) -> Option<Vec<u8>> {
    text.chars().map(byte_of).collect()
}

/// Windows-1252 puts these at 0x80 … 0x9F, where Latin-1 has controls.
#[rustfmt::skip]
const WINDOWS_1252: [(char, u8); 27] = [
    ('€', 0x80), ('‚', 0x82), ('ƒ', 0x83), ('„', 0x84), ('…', 0x85), ('†', 0x86), ('‡', 0x87), ('ˆ', 0x88),
    ('‰', 0x89), ('Š', 0x8A), ('‹', 0x8B), ('Œ', 0x8C), ('Ž', 0x8E), ('‘', 0x91), ('’', 0x92), ('“', 0x93),
    ('”', 0x94), ('•', 0x95), ('–', 0x96), ('—', 0x97), ('˜', 0x98), ('™', 0x99), ('š', 0x9A), ('›', 0x9B),
    ('œ', 0x9C), ('ž', 0x9E), ('Ÿ', 0x9F),
];

fn byte_of(c: char) -> Option<u8> {
    let special = || WINDOWS_1252.iter().find(|(known, _)| *known == c).map(|(_, byte)| *byte);
    u8::try_from(u32::from(c)).ok().or_else(special)
}
