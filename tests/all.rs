//! All tests that drive the program from outside, in one program of their own: what they share is compiled once, and
//! what takes long runs beside what does not. One file's tests: `cargo test --profile tested --test all tiles::`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod accounts;
mod board;
mod both;
mod clients;
mod commands;
mod crash;
mod doors;
mod edge;
mod encrypted;
mod events;
mod failover;
mod figures;
mod files;
mod filters;
mod formats;
mod harness;
mod hostile;
mod import;
mod import_formats;
mod import_http;
mod import_places;
mod import_refusals;
mod import_runs;
mod layers;
mod ledger;
mod licences;
mod linking;
mod numbers;
mod ogc;
mod oidc;
mod openapi;
mod overview;
mod past;
mod people;
mod postgres;
mod privacy;
mod private;
mod query;
mod reader;
mod recording;
mod report;
#[path = "support/road.rs"]
mod road;
mod rooms;
mod servers;
mod store;
mod support;
mod tiles;
mod units;
mod witness;

#[test]
fn no_file_beside_this_one_is_forgotten() {
    let text = include_str!("all.rs");
    for file in std::fs::read_dir("tests").unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let is_program = path.extension().is_some_and(|end| end == "rs") && name != "all";
        assert!(!is_program || text.contains(&format!("mod {name};")), "tests/all.rs does not name {name}");
    }
}
