//! FlatGeobuf with its packed Hilbert R-tree: features wait in a temporary file until all are known,
//! 56 bytes of each stay in memory.

use std::io::Write;

use flatgeobuf::{ColumnType, FgbCrs, FgbWriter, FgbWriterOptions, GeometryType};
use geo::{LineString, MultiPolygon};
use geozero::{ColumnValue, PropertyProcessor};

use super::{
    error::ExportError,
    job::Job,
    row::{Row, RowWriter},
};
use crate::query::{Kind, Value};

/// A FlatGeobuf file.
pub struct FlatGeobuf<'o> {
    out: &'o mut (dyn Write + Send),
    writer: FgbWriter<'static>,
    /// The same without an index: a tree of nothing can't be read.
    empty: Option<FgbWriter<'static>>,
    linear: bool,
}

impl<'o> FlatGeobuf<'o> {
    /// Describes the columns.
    pub fn new(job: &Job<'_>, out: &'o mut (dyn Write + Send)) -> Result<Self, ExportError> {
        let (writer, empty) = (writer(job, true)?, Some(writer(job, false)?));
        Ok(Self { out, writer, empty, linear: job.collection.is_linear() })
    }
}

fn writer(job: &Job<'_>, write_index: bool) -> Result<FgbWriter<'static>, ExportError> {
    let linear = job.collection.is_linear();
    let kind = if linear { GeometryType::LineString } else { GeometryType::MultiPolygon };
    let wkt = job.crs.reference()?.to_wkt().map_err(|e| ExportError::of("FlatGeobuf")(&e))?;
    let options = FgbWriterOptions {
        crs: FgbCrs { org: Some("EPSG"), code: job.crs.epsg() as i32, wkt: Some(&wkt), ..FgbCrs::default() },
        write_index,
        ..FgbWriterOptions::default()
    };
    let mut writer = FgbWriter::create_with_options(job.collection.name(), kind, options)
        .map_err(|e| ExportError::of("FlatGeobuf")(&e))?;
    writer.add_column("id", ColumnType::Long, |_, _| {});
    for column in &job.columns {
        let kind = match column.kind {
            Kind::Boolean => ColumnType::Bool,
            Kind::Integer => ColumnType::Long,
            Kind::Number => ColumnType::Double,
            Kind::Text => ColumnType::String,
            Kind::Day | Kind::Moment => ColumnType::DateTime,
        };
        writer.add_column(column.name, kind, |_, _| {});
    }
    Ok(writer)
}

impl RowWriter for FlatGeobuf<'_> {
    fn row(&mut self, row: &Row<'_, '_>) -> Result<(), ExportError> {
        self.empty = None;
        let shape = row.outline.map(crate::query::Outline::to_geo);
        let shape = match (shape, self.linear) {
            (Some(geo::Geometry::Polygon(polygon)), _) => MultiPolygon(vec![polygon]).into(),
            (Some(other), _) => other,
            (None, true) => geo::Geometry::LineString(LineString(Vec::new())),
            (None, false) => MultiPolygon(Vec::new()).into(),
        };
        let mut failed = None;
        let added = self.writer.add_feature_geom(shape, |feature| {
            let mut set = |index: usize, name: &str, value: &ColumnValue<'_>| {
                if let Err(error) = feature.property(index, name, value) {
                    failed = Some(ExportError::of("FlatGeobuf")(&error));
                }
            };
            set(0, "id", &ColumnValue::Long(row.id as i64));
            for (index, (column, value)) in row.columns.iter().zip(row.values()).enumerate() {
                let name = column.name;
                match value {
                    Value::Null => {}
                    Value::Boolean(v) => set(index + 1, name, &ColumnValue::Bool(v)),
                    Value::Integer(v) => set(index + 1, name, &ColumnValue::Long(v)),
                    Value::Number(v) => set(index + 1, name, &ColumnValue::Double(v)),
                    Value::Text(v) => set(index + 1, name, &ColumnValue::String(&v)),
                    time @ (Value::Day(_) | Value::Moment(_)) => {
                        set(index + 1, name, &ColumnValue::DateTime(&time.to_string()));
                    }
                }
            }
        });
        added.map_err(|e| ExportError::of("FlatGeobuf")(&e))?;
        failed.map_or(Ok(()), Err)
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        let Self { out, writer, empty, .. } = *self;
        let writer = empty.unwrap_or(writer);
        let mut out = std::io::BufWriter::with_capacity(1 << 18, out);
        writer.write(&mut out).map_err(|e| ExportError::of("FlatGeobuf")(&e))?;
        Ok(out.flush()?)
    }
}
