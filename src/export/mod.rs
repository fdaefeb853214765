//! Features as other programs take them.
//!
//! ```text
//! Job (view, collection, columns, CRS, which rows) ─► rows ─► one writer a format ─► bytes
//! ```
//! Every format gets the same rows through [`RowWriter`], one at a time, so
//! that memory does not grow with their number. Formats whose files are not
//! written from front to back are made in a temporary file first. No personal
//! data in any, but what the columns of events show to who may see it.

mod crs;
mod csv;
mod error;
mod flatgeobuf;
mod format;
mod geojson;
mod geopackage;
mod job;
mod kml;
mod parquet;
mod people;
mod row;
mod shapefile;
mod speech;
mod spool;
mod writers;
mod xlsx;

pub use crate::query::Collection;
pub use crs::{Crs, Reprojector};
pub use error::ExportError;
pub use format::{CsvShape, Format, Options};
pub use geojson::{feature, write_collection};
pub use job::{Job, Picked};
pub use kml::escaped;
pub use people::People;
pub use row::{Row, RowWriter};
