//! GeoJSON (RFC 7946), whole or one feature a line.

use std::io::Write;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value as Json;

use super::{
    crs::Crs,
    error::ExportError,
    job::{Job, Picked},
    row::{Row, RowWriter},
};
use crate::query::{Outline, Personal};

/// Bytes gathered before they are handed on.
const CHUNK: usize = 1 << 18;

/// A feature as GeoJSON.
struct Feature<'f, 'r, 'a> {
    row: &'f Row<'r, 'a>,
    crs: Crs,
    members: &'f [(&'static str, Json)],
}

impl Serialize for Feature<'_, '_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", "Feature")?;
        map.serialize_entry("id", &self.row.id)?;
        map.serialize_entry("properties", &Properties(self.row))?;
        map.serialize_entry("geometry", &self.row.outline.map(|outline| Shape { outline, crs: self.crs }))?;
        for (name, value) in self.members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

struct Properties<'f, 'r, 'a>(&'f Row<'r, 'a>);

impl Serialize for Properties<'_, '_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.columns.len()))?;
        for (column, value) in self.0.columns.iter().zip(self.0.values()) {
            map.serialize_entry(column.name, &value)?;
        }
        map.end()
    }
}

struct Shape<'o> {
    outline: &'o Outline,
    crs: Crs,
}

impl Serialize for Shape<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (scale, turned) = (10f64.powi(self.crs.digits()), self.crs.is_latitude_first());
        let position = |[x, y]: [f64; 2]| {
            let [x, y] = [x, y].map(|v| (v * scale).round() / scale);
            if turned { [y, x] } else { [x, y] }
        };
        let line = |line: &[[f64; 2]]| line.iter().copied().map(position).collect::<Vec<_>>();
        let mut map = serializer.serialize_map(Some(2))?;
        if self.outline.is_line() {
            map.serialize_entry("type", "LineString")?;
            map.serialize_entry("coordinates", &line(&self.outline.coords))?;
            return map.end();
        }
        let polygons = self.outline.polygons();
        let mut polygons: Vec<Vec<_>> =
            polygons.iter().map(|rings| rings.iter().map(|ring| line(ring)).collect()).collect();
        if polygons.len() == 1 {
            map.serialize_entry("type", "Polygon")?;
            map.serialize_entry("coordinates", &polygons.remove(0))?;
        } else {
            map.serialize_entry("type", "MultiPolygon")?;
            map.serialize_entry("coordinates", &polygons)?;
        }
        map.end()
    }
}

/// A `FeatureCollection`.
pub struct Collected<'o> {
    out: &'o mut (dyn Write + Send),
    buffer: Vec<u8>,
    crs: Crs,
    empty: bool,
}

impl<'o> Collected<'o> {
    /// Writes the members of the collection before its features.
    pub fn new(job: &Job<'_>, out: &'o mut (dyn Write + Send)) -> Result<Self, ExportError> {
        let mut buffer = Vec::with_capacity(CHUNK + (1 << 14));
        buffer.extend_from_slice(b"{\"type\":\"FeatureCollection\"");
        for (name, value) in &job.options.members {
            buffer.push(b',');
            serde_json::to_writer(&mut buffer, name)?;
            buffer.push(b':');
            serde_json::to_writer(&mut buffer, value)?;
        }
        if !job.crs.is_geographic() {
            // Of GeoJSON 2008: RFC 7946 has WGS 84 only, and readers take metres for degrees unless they are told.
            let urn = format!("urn:ogc:def:crs:EPSG::{}", job.crs.epsg());
            let crs = serde_json::json!({ "type": "name", "properties": { "name": urn } });
            buffer.extend_from_slice(b",\"crs\":");
            serde_json::to_writer(&mut buffer, &crs)?;
        }
        buffer.extend_from_slice(b",\"features\":[");
        Ok(Self { out, buffer, crs: job.crs, empty: true })
    }
}

impl RowWriter for Collected<'_> {
    fn row(&mut self, row: &Row<'_, '_>) -> Result<(), ExportError> {
        if !std::mem::take(&mut self.empty) {
            self.buffer.push(b',');
        }
        serde_json::to_writer(&mut self.buffer, &Feature { row, crs: self.crs, members: &[] })?;
        flush_above(CHUNK, &mut self.buffer, self.out)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        self.buffer.extend_from_slice(b"]}");
        flush_above(0, &mut self.buffer, self.out)?;
        Ok(self.out.flush()?)
    }
}

/// One feature a line.
pub struct Sequence<'o> {
    out: &'o mut (dyn Write + Send),
    buffer: Vec<u8>,
    crs: Crs,
}

impl<'o> Sequence<'o> {
    /// Begins.
    pub fn new(job: &Job<'_>, out: &'o mut (dyn Write + Send)) -> Self {
        Self { out, buffer: Vec::with_capacity(CHUNK + (1 << 14)), crs: job.crs }
    }
}

impl RowWriter for Sequence<'_> {
    fn row(&mut self, row: &Row<'_, '_>) -> Result<(), ExportError> {
        serde_json::to_writer(&mut self.buffer, &Feature { row, crs: self.crs, members: &[] })?;
        self.buffer.push(b'\n');
        flush_above(CHUNK, &mut self.buffer, self.out)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        flush_above(0, &mut self.buffer, self.out)?;
        Ok(self.out.flush()?)
    }
}

/// Hands a full buffer on.
pub(super) fn flush_above(size: usize, buffer: &mut Vec<u8>, out: &mut dyn Write) -> Result<(), ExportError> {
    if buffer.len() > size {
        out.write_all(buffer)?;
        buffer.clear();
    }
    Ok(())
}

/// Writes a `FeatureCollection` of all columns that are shown unasked, with these `members`.
///
/// # Errors
/// The error of `out`; a part may have been written.
pub fn write_collection(
    view: &crate::analysis::View,
    collection: crate::query::Collection,
    indexes: &[u32],
    out: &mut (dyn Write + Send),
) -> Result<(), ExportError> {
    let columns =
        collection.columns().iter().filter(|column| !column.on_request && !column.personal).collect();
    let personal = &Personal::Nowhere;
    let job =
        Job { view, collection, columns, crs: Crs::Crs84, personal, options: super::Options::default() };
    job.write(super::Format::GeoJson, Picked::Indexes(indexes), out).map(drop)
}

/// One feature, with `members` beside those of the standard.
///
/// # Errors
/// A `serde_json` error, which values of columns do not cause.
pub fn feature(
    job: &Job<'_>,
    picked: Picked<'_>,
    members: &[(&'static str, Json)],
) -> Result<Option<Vec<u8>>, ExportError> {
    struct One<'m>(Option<Vec<u8>>, Crs, &'m [(&'static str, Json)]);
    impl RowWriter for One<'_> {
        fn row(&mut self, row: &Row<'_, '_>) -> Result<(), ExportError> {
            self.0 = Some(serde_json::to_vec(&Feature { row, crs: self.1, members: self.2 })?);
            Ok(())
        }

        fn finish(self: Box<Self>) -> Result<(), ExportError> {
            Ok(())
        }
    }
    let mut one = One(None, job.crs, members);
    job.rows(picked, &mut one)?;
    Ok(one.0)
}
