//! GeoJSON (RFC 7946) and newline-delimited GeoJSON, streamed.

use std::io::Write;

use geojson::FeatureWriter;
use serde_json::{Value, json};

use super::feature::{Collection, feature};
use crate::analysis::View;

/// Why features could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// GeoJSON's own.
    #[error("the GeoJSON could not be written: {0}")]
    GeoJson(#[from] geojson::Error),
    /// The disk's or the reader's.
    #[error("the features could not be written: {0}")]
    Io(#[from] std::io::Error),
    /// JSON's own.
    #[error("the features could not be written: {0}")]
    Json(#[from] serde_json::Error),
}

/// Writes a `FeatureCollection` with these `members` beside its features;
/// memory does not grow with its size.
///
/// # Errors
/// What `out` gives.
pub fn write_collection(
    view: &View,
    collection: Collection,
    indexes: impl Iterator<Item = u32>,
    members: &[(&str, Value)],
    mut out: impl Write,
) -> Result<(), ExportError> {
    let mut indexes = indexes.peekable();
    if indexes.peek().is_none() {
        // The writer leaves "features" out when there are members but no feature.
        let mut empty = json!({ "type": "FeatureCollection", "features": [] });
        members.iter().for_each(|(name, value)| empty[*name] = value.clone());
        serde_json::to_writer(&mut out, &empty)?;
        return Ok(out.flush()?);
    }
    let mut writer = FeatureWriter::from_writer(out);
    for (name, value) in members {
        writer.write_foreign_member(name, value)?;
    }
    for index in indexes {
        writer.write_feature(&feature(view, collection, index))?;
    }
    writer.finish()?;
    writer.flush()?;
    Ok(())
}

/// Writes one feature a line.
///
/// # Errors
/// What `out` gives.
pub fn write_sequence(
    view: &View,
    collection: Collection,
    indexes: impl Iterator<Item = u32>,
    mut out: impl Write,
) -> Result<(), ExportError> {
    for index in indexes {
        serde_json::to_writer(&mut out, &feature(view, collection, index))?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}
