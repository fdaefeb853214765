//! Filters as text.
#![no_main]
#![allow(clippy::expect_used, missing_docs, reason = "a target ends by panicking")]

mod filter;
mod support;

use libfuzzer_sys::fuzz_target;
use matbang::query::Language;

fuzz_target!(|text: &str| filter::check(text, &format!("NOT ({text})"), Language::Text));
