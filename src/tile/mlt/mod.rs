//! `MapLibre` Tiles (version 1 of the specification): column by column, a third of the bytes of Mapbox Vector Tiles that
//! say the same.
//!
//! Streams are varints, plain or as differences; general compression, which follows, does better with them than with
//! packed integers. Readers hold what is written against the Mapbox Vector Tile: see `tests/tiles.rs`.

mod features;
mod geometries;
mod rows;
mod streams;

pub use features::Table;
pub use rows::write;
