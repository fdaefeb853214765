//! Vietnamese without its marks, for comparing names.

use crate::domain::plain;

/// Lower case, no marks, đ as d, letters and digits only: "Số tờ" and
/// `SO_TO` both become "soto".
pub fn fold(text: &str) -> String {
    plain(text).filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_case_and_separators_do_not_count() {
        assert_eq!(fold("Số tờ"), "soto");
        assert_eq!(fold("SO_TO"), "soto");
        assert_eq!(fold("Diện tích (m²)"), "dientichm²");
        assert_eq!(fold("Đơn vị GPMB"), "donvigpmb");
    }
}
