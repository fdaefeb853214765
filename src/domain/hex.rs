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
