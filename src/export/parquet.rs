//! GeoParquet 1.1: WKB with a `bbox` column over it, so that readers skip what lies elsewhere.
//! Written group by group; a group is what is held in memory.

use std::{fmt::Write as _, io::Write, sync::Arc};

use parquet::{
    basic::{Compression, ZstdLevel},
    data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type},
    errors::ParquetError,
    file::{
        metadata::KeyValue,
        properties::{EnabledStatistics, WriterProperties},
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::{parser::parse_message_type, types::ColumnPath},
};
use serde_json::json;

use super::{
    crs::Crs,
    error::ExportError,
    job::Job,
    row::{Row, RowWriter},
};
use crate::query::{Column, Kind, Value};

/// Rows a group.
const GROUP: usize = 50_000;

/// The values of one column of a group that are there, and for each row whether one is.
enum Cells {
    Boolean(Vec<bool>),
    Integer(Vec<i64>),
    Number(Vec<f64>),
    Text(Vec<ByteArray>),
    Day(Vec<i32>),
}

struct Buffered {
    cells: Cells,
    there: Vec<i16>,
}

impl Buffered {
    fn new(kind: Kind) -> Self {
        let cells = match kind {
            Kind::Boolean => Cells::Boolean(Vec::new()),
            Kind::Integer | Kind::Moment => Cells::Integer(Vec::new()),
            Kind::Number => Cells::Number(Vec::new()),
            Kind::Text => Cells::Text(Vec::new()),
            Kind::Day => Cells::Day(Vec::new()),
        };
        Self { cells, there: Vec::new() }
    }

    fn push(&mut self, value: Value<'_>) {
        let there = match (&mut self.cells, value) {
            (Cells::Boolean(all), Value::Boolean(v)) => {
                all.push(v);
                true
            }
            (Cells::Integer(all), Value::Integer(v) | Value::Moment(v)) => {
                all.push(v);
                true
            }
            (Cells::Number(all), Value::Number(v)) => {
                all.push(v);
                true
            }
            (Cells::Text(all), Value::Text(v)) => {
                all.push(v.as_bytes().to_vec().into());
                true
            }
            (Cells::Day(all), Value::Day(v)) => {
                all.push(v.number().into());
                true
            }
            _ => false,
        };
        self.there.push(there.into());
    }

    fn write<W: Write + Send>(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        let there = std::mem::take(&mut self.there);
        match &mut self.cells {
            Cells::Boolean(all) => write::<BoolType, W>(group, &std::mem::take(all), Some(&there)),
            Cells::Integer(all) => write::<Int64Type, W>(group, &std::mem::take(all), Some(&there)),
            Cells::Number(all) => write::<DoubleType, W>(group, &std::mem::take(all), Some(&there)),
            Cells::Text(all) => write::<ByteArrayType, W>(group, &std::mem::take(all), Some(&there)),
            Cells::Day(all) => write::<Int32Type, W>(group, &std::mem::take(all), Some(&there)),
        }
    }
}

fn write<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[T::T],
    there: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let missing = || ParquetError::General("the schema has fewer columns than are written".to_owned());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column.typed::<T>().write_batch(values, there, None)?;
    column.close()
}

/// A GeoParquet file.
pub struct Parquet<'o> {
    writer: SerializedFileWriter<&'o mut (dyn Write + Send)>,
    ids: Vec<i64>,
    columns: Vec<Buffered>,
    shapes: Buffered,
    /// West, south, east, north of the group's shapes.
    edges: [Vec<f64>; 4],
    crs: Crs,
    linear: bool,
    bounds: [f64; 4],
    kinds: std::collections::BTreeSet<&'static str>,
}

fn failed(error: ParquetError) -> ExportError {
    match error {
        // The reader has gone, or the disk is full.
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(error) => ExportError::Io(*error),
            Err(other) => ExportError::of("GeoParquet")(&other),
        },
        other => ExportError::of("GeoParquet")(&other),
    }
}

fn schema(columns: &[&'static Column]) -> String {
    let mut text = "message features { required int64 id;".to_owned();
    for column in columns {
        let (before, after) = match column.kind {
            Kind::Boolean => ("boolean", ""),
            Kind::Integer => ("int64", ""),
            Kind::Number => ("double", ""),
            Kind::Text => ("binary", " (STRING)"),
            Kind::Day => ("int32", " (DATE)"),
            Kind::Moment => ("int64", " (TIMESTAMP(MILLIS,true))"),
        };
        let _ = write!(text, " optional {before} {}{after};", column.name);
    }
    text.push_str(
        " optional binary geometry; optional group bbox { required double xmin; required double ymin; \
         required double xmax; required double ymax; } }",
    );
    text
}

impl<'o> Parquet<'o> {
    /// Writes the magic number.
    pub fn new(job: &Job<'_>, out: &'o mut (dyn Write + Send)) -> Result<Self, ExportError> {
        let schema = parse_message_type(&schema(&job.columns)).map_err(failed)?;
        let level = ZstdLevel::try_new(1).map_err(failed)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_column_statistics_enabled(ColumnPath::from("geometry"), EnabledStatistics::None)
            .set_column_dictionary_enabled(ColumnPath::from("geometry"), false)
            .set_created_by(format!("matbang {}", env!("CARGO_PKG_VERSION")))
            .build();
        let writer =
            SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties)).map_err(failed)?;
        Ok(Self {
            writer,
            ids: Vec::new(),
            columns: job.columns.iter().map(|column| Buffered::new(column.kind)).collect(),
            shapes: Buffered::new(Kind::Text),
            edges: Default::default(),
            crs: job.crs,
            linear: job.collection.is_linear(),
            bounds: [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY],
            kinds: std::collections::BTreeSet::new(),
        })
    }

    fn shape(&mut self, row: &Row<'_, '_>) -> Result<(), ExportError> {
        let Some(outline) = row.outline else {
            self.shapes.push(Value::Null);
            return Ok(());
        };
        let geometry = outline.to_geo();
        self.kinds.insert(match geometry {
            geo::Geometry::LineString(_) => "LineString",
            geo::Geometry::Polygon(_) => "Polygon",
            _ => "MultiPolygon",
        });
        let mut bytes = Vec::with_capacity(outline.coords.len() * 16 + 32);
        wkb::writer::write_geometry(&mut bytes, &geometry, &wkb::writer::WriteOptions::default())
            .map_err(|e| ExportError::of("GeoParquet")(&e))?;
        if let Cells::Text(all) = &mut self.shapes.cells {
            all.push(bytes.into());
        }
        self.shapes.there.push(1);
        let bounds = outline.bounds();
        for (all, edge) in self.edges.iter_mut().zip(bounds) {
            all.push(edge);
        }
        let [w, s, e, n] = self.bounds;
        self.bounds = [w.min(bounds[0]), s.min(bounds[1]), e.max(bounds[2]), n.max(bounds[3])];
        Ok(())
    }

    fn group(&mut self) -> Result<(), ExportError> {
        if self.ids.is_empty() {
            return Ok(());
        }
        let mut group = self.writer.next_row_group().map_err(failed)?;
        write::<Int64Type, _>(&mut group, &std::mem::take(&mut self.ids), None).map_err(failed)?;
        for column in &mut self.columns {
            column.write(&mut group).map_err(failed)?;
        }
        let there = self.shapes.there.clone();
        self.shapes.write(&mut group).map_err(failed)?;
        for edge in &mut self.edges {
            write::<DoubleType, _>(&mut group, &std::mem::take(edge), Some(&there)).map_err(failed)?;
        }
        group.close().map_err(failed)?;
        Ok(())
    }

    /// The `geo` key of the file (GeoParquet 1.1.0).
    fn metadata(&self) -> Result<String, ExportError> {
        let kinds: Vec<_> = if self.kinds.is_empty() {
            vec![if self.linear { "LineString" } else { "Polygon" }]
        } else {
            self.kinds.iter().copied().collect()
        };
        let corner = |edge: &str| json!(["bbox", edge]);
        let mut column = json!({
            "encoding": "WKB",
            "geometry_types": kinds,
            "edges": "planar",
            "covering": { "bbox": {
                "xmin": corner("xmin"), "ymin": corner("ymin"), "xmax": corner("xmax"), "ymax": corner("ymax"),
            } },
        });
        if !self.linear {
            column["orientation"] = json!("counterclockwise");
        }
        if self.bounds[0] <= self.bounds[2] {
            column["bbox"] = json!(self.bounds);
        }
        if self.crs != Crs::Crs84 {
            let text = self.crs.reference()?.to_projjson().map_err(|e| ExportError::of("GeoParquet")(&e))?;
            column["crs"] = serde_json::from_str(&text)?;
        }
        Ok(json!({ "version": "1.1.0", "primary_column": "geometry", "columns": { "geometry": column } })
            .to_string())
    }
}

impl RowWriter for Parquet<'_> {
    fn row(&mut self, row: &Row<'_, '_>) -> Result<(), ExportError> {
        self.ids.push(row.id as i64);
        for (column, value) in self.columns.iter_mut().zip(row.values()) {
            column.push(value);
        }
        self.shape(row)?;
        if self.ids.len() == GROUP { self.group() } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        self.group()?;
        let geo = self.metadata()?;
        self.writer.append_key_value_metadata(KeyValue::new("geo".to_owned(), geo));
        self.writer.close().map_err(failed)?;
        Ok(())
    }
}
