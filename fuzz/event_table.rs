//! Tables of events as people paste them.
#![no_main]
#![allow(clippy::expect_used, missing_docs, reason = "a target ends by panicking")]

mod support;

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use matbang::{
    domain::vocabulary,
    ingest::{Words, read_event_table, text_of_table},
};

fuzz_target!(|bytes: &[u8]| {
    static WORDS: OnceLock<Words> = OnceLock::new();
    let words =
        WORDS.get_or_init(|| Words::of(&support::laws(), &vocabulary().expect("the program's own words")));
    let text = text_of_table(bytes);
    let Ok(table) = read_event_table(&text, None, words) else { return };
    let lines: Vec<usize> = table.rows.iter().map(|row| row.line).collect();
    assert!(lines.is_sorted_by(|a, b| a < b), "lines rise: {lines:?}");
    let count = text.split(['\n', '\r']).count();
    assert!(lines.iter().all(|line| *line <= count), "a line of the table: {lines:?}");
    // What was read is read the same again.
    let again: Vec<_> = table.clone().again(words).rows.into_iter().map(|row| row.draft).collect();
    assert_eq!(again, table.rows.into_iter().map(|row| row.draft).collect::<Vec<_>>());
});
