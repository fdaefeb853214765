//! KML 2.2 (OGC 12-007r2): typed data by a schema, shapes in WGS 84.

use std::io::Write;

use super::{
    error::ExportError,
    geojson::flush_above,
    job::Job,
    row::{Row, RowWriter},
};
use crate::query::{Column, Kind, Outline, Value};

const CHUNK: usize = 1 << 18;

/// A KML file.
pub struct Kml<'o> {
    out: &'o mut (dyn Write + Send),
    buffer: Vec<u8>,
    schema: &'static str,
}

/// Text as XML holds it; control characters, which it can't hold, are left out.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(letter),
            control if control.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

fn kind(column: &Column) -> &'static str {
    match column.kind {
        Kind::Boolean => "bool",
        // KML's int has 32 bits.
        Kind::Integer | Kind::Number => "double",
        Kind::Text | Kind::Day | Kind::Moment => "string",
    }
}

impl<'o> Kml<'o> {
    /// Writes the schema.
    pub fn new(job: &Job<'_>, out: &'o mut (dyn Write + Send)) -> Result<Self, ExportError> {
        let schema = job.collection.name();
        let mut buffer = Vec::with_capacity(CHUNK + (1 << 14));
        write!(
            buffer,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Document>\
             <name>{schema}</name>\n<Schema name=\"{schema}\" id=\"{schema}\">"
        )?;
        buffer.extend_from_slice(b"<SimpleField name=\"id\" type=\"double\"/>");
        for column in &job.columns {
            write!(buffer, "<SimpleField name=\"{}\" type=\"{}\"/>", column.name, kind(column))?;
        }
        buffer.extend_from_slice(b"</Schema>\n");
        Ok(Self { out, buffer, schema })
    }

    fn coordinates(&mut self, line: &[[f64; 2]]) -> Result<(), ExportError> {
        self.buffer.extend_from_slice(b"<coordinates>");
        for [lon, lat] in line {
            write!(self.buffer, "{lon},{lat} ")?;
        }
        self.buffer.extend_from_slice(b"</coordinates>");
        Ok(())
    }

    fn shape(&mut self, outline: &Outline) -> Result<(), ExportError> {
        if outline.is_line() {
            self.buffer.extend_from_slice(b"<LineString>");
            self.coordinates(&outline.coords)?;
            self.buffer.extend_from_slice(b"</LineString>");
            return Ok(());
        }
        self.buffer.extend_from_slice(b"<MultiGeometry>");
        for polygon in outline.polygons() {
            self.buffer.extend_from_slice(b"<Polygon>");
            for (index, ring) in polygon.into_iter().enumerate() {
                let name = if index == 0 { "outer" } else { "inner" };
                write!(self.buffer, "<{name}BoundaryIs><LinearRing>")?;
                self.coordinates(ring)?;
                write!(self.buffer, "</LinearRing></{name}BoundaryIs>")?;
            }
            self.buffer.extend_from_slice(b"</Polygon>");
        }
        self.buffer.extend_from_slice(b"</MultiGeometry>");
        Ok(())
    }
}

impl RowWriter for Kml<'_> {
    fn row(&mut self, row: &Row<'_, '_>) -> Result<(), ExportError> {
        let schema = self.schema;
        let name = row.columns.iter().position(|column| column.name == "name");
        let name = name.and_then(|index| row.values().nth(index)).map(|value| escaped(&value.to_string()));
        let name = name.unwrap_or_else(|| row.id.to_string());
        write!(self.buffer, "<Placemark id=\"{schema}.{}\"><name>{name}</name>", row.id)?;
        write!(self.buffer, "<ExtendedData><SchemaData schemaUrl=\"#{schema}\">")?;
        write!(self.buffer, "<SimpleData name=\"id\">{}</SimpleData>", row.id)?;
        for (column, value) in row.columns.iter().zip(row.values()).filter(|(_, value)| !value.is_null()) {
            let text = match value {
                // Both notations are XML's; some readers know only digits.
                Value::Boolean(flag) => u8::from(flag).to_string(),
                other => escaped(&other.to_string()),
            };
            write!(self.buffer, "<SimpleData name=\"{}\">{text}</SimpleData>", column.name)?;
        }
        self.buffer.extend_from_slice(b"</SchemaData></ExtendedData>");
        if let Some(outline) = row.outline {
            self.shape(outline)?;
        }
        self.buffer.extend_from_slice(b"</Placemark>\n");
        flush_above(CHUNK, &mut self.buffer, self.out)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        self.buffer.extend_from_slice(b"</Document></kml>\n");
        flush_above(0, &mut self.buffer, self.out)?;
        Ok(self.out.flush()?)
    }
}
