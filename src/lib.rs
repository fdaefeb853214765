//! Matbang: a province's land clearance, parcel by parcel.
//!
//! ```text
//! cadastral files ─ reader (ingest) ─► store (GeoPackage + ledger) ─ load ─► atlas (snapshot, R-trees)
//!                                                                             │
//!                                             tiles · features · analysis ◄───┘ ─► server ─► web app
//! ```
//! Layers depend one way: `domain ← analysis, atlas ← query ← tile, store, ingest,
//! export, report ← reader ← import ← api ← server ← cli`; `tests/layers.rs` holds them to it.
pub mod analysis;
pub mod api;
pub mod atlas;
pub mod cli;
pub mod demo;
pub mod domain;
pub mod export;
pub mod import;
pub mod ingest;
pub mod query;
pub mod reader;
pub mod recording;
pub mod report;
pub mod server;
pub mod store;
pub mod tile;
