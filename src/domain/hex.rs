//! Bytes as text.

use std::fmt::Write as _;

/// Bytes as hexadecimal digits, small letters.
///
/// ```
/// assert_eq!(matbang::domain::hex(&[0, 255]), "00ff");
/// ```
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes that hexadecimal digits stand for, if there are exactly as many as asked for.
///
/// ```
/// use matbang::domain::unhex;
/// assert_eq!(unhex("00fF"), Some([0, 255]));
/// assert_eq!(unhex::<2>("00f"), None);
/// assert_eq!(unhex::<1>("+f"), None);
/// ```
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes: Vec<u8> =
        pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect::<Option<_>>()?;
    if rest.is_empty() { bytes.try_into().ok() } else { None }
}
