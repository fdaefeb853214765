//! Shapefile by GDAL, in a zip archive with its code page and a table of the shortened names.

use std::{collections::BTreeSet, fs::File, io::Write, path::PathBuf};

use gdal::{
    Dataset, DriverManager,
    vector::{Defn, Feature, FieldDefn, Geometry, Layer, LayerOptions, OGRFieldType, OGRwkbGeometryType},
};

use super::{
    error::ExportError,
    job::Job,
    row::{Row, RowWriter},
    spool::Spool,
};
use crate::query::{Column, Kind, Value};

/// Letters that a field's name may have.
const LONGEST_NAME: usize = 10;
/// Bytes that a text may have.
const LONGEST_TEXT: usize = 254;
/// Bytes for texts that are not known beforehand; the library widens the field for longer ones.
const USUAL_TEXT: usize = 80;

/// A Shapefile.
pub struct Shapefile<'o> {
    out: &'o mut (dyn Write + Send),
    spool: Spool,
    dataset: Dataset,
    name: &'static str,
    fields: Vec<(String, &'static str)>,
}

#[allow(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
fn failed(error: gdal::errors::GdalError) -> ExportError {
    ExportError::of("Shapefile")(&error)
}

/// Names of ten letters, each once.
fn names(columns: &[&'static Column]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut name = |long: &str| {
        let mut short: String = long.chars().take(LONGEST_NAME).collect();
        let mut number = 2;
        while !taken.insert(short.clone()) {
            let end = number.to_string();
            short = long.chars().take(LONGEST_NAME - end.len()).chain(end.chars()).collect();
            number += 1;
        }
        short
    };
    std::iter::once("id").chain(columns.iter().map(|column| column.name)).map(&mut name).collect()
}

/// Bytes of the longest text of a column. A table of fixed width is as long as its widest text makes it, and
/// to narrow it afterwards is to write it twice.
fn widest(job: &Job<'_>, column: &Column) -> usize {
    let bytes = |value: Value<'_>| if let Value::Text(text) = value { text.len() } else { 0 };
    let (view, rows) = (job.view, job.of(&[]));
    let longest = match (column.dictionary, job.collection.len(view) as u32) {
        (Some(entries), _) => (0..(entries.len)(view)).map(|n| bytes((entries.value)(view, n))).max(),
        (None, 0) => Some(USUAL_TEXT),
        (None, count) => (0..count).map(|index| bytes((column.read)(&rows, index))).max(),
    };
    longest.unwrap_or_default().clamp(1, LONGEST_TEXT)
}

/// Type, width and decimals of a field; 0 leaves them to the library.
fn field(job: &Job<'_>, column: &Column) -> (u32, i32, i32) {
    match column.kind {
        Kind::Boolean => (OGRFieldType::OFTInteger, 1, 0),
        Kind::Integer => (OGRFieldType::OFTInteger64, 18, 0),
        // Areas are kept in tenths of a square metre.
        Kind::Number if column.unit == Some("m2") => (OGRFieldType::OFTReal, 16, 1),
        Kind::Number => (OGRFieldType::OFTReal, 0, 0),
        Kind::Text => (OGRFieldType::OFTString, widest(job, column) as i32, 0),
        Kind::Day => (OGRFieldType::OFTDate, 0, 0),
        Kind::Moment => (OGRFieldType::OFTString, 24, 0),
    }
}

impl<'o> Shapefile<'o> {
    /// Makes the fields.
    pub fn new(job: &Job<'_>, out: &'o mut (dyn Write + Send)) -> Result<Self, ExportError> {
        let (spool, name) = (Spool::new()?, job.collection.name());
        let driver = DriverManager::get_driver_by_name("ESRI Shapefile").map_err(failed)?;
        let path = spool.path(&format!("{name}.shp"));
        let mut dataset = driver.create_vector_only(&path).map_err(failed)?;
        let reference = job.crs.reference()?;
        let linear = job.collection.is_linear();
        let layer = dataset
            .create_layer(LayerOptions {
                name,
                srs: Some(&reference),
                ty: if linear { OGRwkbGeometryType::wkbLineString } else { OGRwkbGeometryType::wkbPolygon },
                options: Some(&["ENCODING=UTF-8", "2GB_LIMIT=YES"]),
            })
            .map_err(failed)?;
        let short = names(&job.columns);
        let kinds = job.columns.iter().map(|column| field(job, column));
        let kinds = std::iter::once((OGRFieldType::OFTInteger64, 18, 0)).chain(kinds);
        for (name, (kind, width, decimals)) in short.iter().zip(kinds) {
            let field = FieldDefn::new(name, kind).map_err(failed)?;
            if width > 0 {
                field.set_width(width);
                field.set_precision(decimals);
            }
            field.add_to_layer(&layer).map_err(failed)?;
        }
        let long = std::iter::once("id").chain(job.columns.iter().map(|column| column.name));
        Ok(Self { out, spool, name, fields: short.into_iter().zip(long).collect(), dataset })
    }

    fn add(layer: &Layer<'_>, row: &Row<'_, '_>) -> Result<(), gdal::errors::GdalError> {
        let defn = Defn::from_layer(layer);
        let mut feature = Feature::new(&defn)?;
        feature.set_field_integer64(0, row.id as i64)?;
        for (index, value) in row.values().enumerate() {
            let index = index + 1;
            match value {
                Value::Null => feature.set_field_null(index)?,
                Value::Boolean(v) => feature.set_field_integer(index, v.into())?,
                Value::Integer(v) => feature.set_field_integer64(index, v)?,
                Value::Number(v) => feature.set_field_double(index, v)?,
                // The library ends texts at a zero byte.
                Value::Text(v) => feature.set_field_string(index, &v.replace('\0', ""))?,
                time => feature.set_field_string(index, &time.to_string())?,
            }
        }
        if let Some(outline) = row.outline {
            let mut bytes = Vec::with_capacity(outline.coords.len() * 16 + 32);
            // Writing to memory does not fail.
            let _ = wkb::writer::write_geometry(
                &mut bytes,
                &outline.to_geo(),
                &wkb::writer::WriteOptions::default(),
            );
            feature.set_geometry(Geometry::from_wkb(&bytes)?)?;
        }
        feature.create(layer)
    }

    /// The short and long names as CSV.
    fn table(&self) -> String {
        let lines = self.fields.iter().map(|(short, long)| format!("{short},{long}\r\n"));
        std::iter::once("field,column\r\n".to_owned()).chain(lines).collect()
    }
}

impl RowWriter for Shapefile<'_> {
    fn row(&mut self, row: &Row<'_, '_>) -> Result<(), ExportError> {
        let layer = self.dataset.layer(0).map_err(failed)?;
        Self::add(&layer, row).map_err(failed)
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        let table = self.table();
        let Self { out, spool, mut dataset, name, .. } = *self;
        dataset.flush_cache().map_err(failed)?;
        dataset.close().map_err(failed)?;
        let mut zip = zip::ZipWriter::new_stream(out);
        // Tables of repeating codes shrink well at any level; a high one takes most of the time.
        let options = zip::write::SimpleFileOptions::default().large_file(true).compression_level(Some(1));
        let wrong = |e: zip::result::ZipError| ExportError::of("Shapefile")(&e);
        let parts = ["shp", "shx", "dbf", "prj", "cpg"].map(|end| format!("{name}.{end}"));
        for part in parts {
            let path: PathBuf = spool.path(&part);
            if path.exists() {
                zip.start_file(part, options).map_err(wrong)?;
                std::io::copy(&mut File::open(path)?, &mut zip)?;
            }
        }
        zip.start_file(format!("{name}.fields.csv"), options).map_err(wrong)?;
        zip.write_all(table.as_bytes())?;
        let out = zip.finish().map_err(wrong)?.into_inner();
        Ok(out.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Collection;

    #[test]
    fn names_are_short_and_each_comes_once() {
        for collection in Collection::ALL {
            let columns: Vec<&'static Column> = collection.columns().iter().collect();
            let names = names(&columns);
            assert!(names.iter().all(|name| name.len() <= LONGEST_NAME));
            assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), columns.len() + 1);
        }
    }
}
