//! Vietnamese without its marks, for comparing words.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Small letters without tone marks, đ as d: "Phủ Lý" and "phu ly" are the same.
///
/// ```
/// assert_eq!(matbang::domain::plain("Đường Phủ Lý").collect::<String>(), "duong phu ly");
/// ```
pub fn plain(text: &str) -> impl Iterator<Item = char> {
    let bare = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    bare.map(|c| if c == 'đ' { 'd' } else { c })
}
