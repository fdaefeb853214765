//! Bytes of tables in whatever encoding.
#![no_main]
#![allow(clippy::expect_used, missing_docs, reason = "a target ends by panicking")]

use libfuzzer_sys::fuzz_target;
use matbang::ingest::text_of_table;

fuzz_target!(|bytes: &[u8]| {
    let text = text_of_table(bytes);
    if let Ok(own) = std::str::from_utf8(bytes)
        && !own.contains('\0')
    {
        assert_eq!(text.trim_start_matches('\u{feff}'), own.trim_start_matches('\u{feff}'));
    }
});
