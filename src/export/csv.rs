//! CSV (RFC 4180): dates as 2026-01-31, numbers with a point, shapes as WKT or as longitude and latitude.

use std::io::Write;

use wkt::ToWkt;

use super::{
    error::ExportError,
    format::CsvShape,
    job::Job,
    row::{Row, RowWriter},
};

/// A CSV file.
pub struct Csv<'o> {
    writer: csv::Writer<&'o mut (dyn Write + Send)>,
    shape: CsvShape,
    cell: String,
}

impl<'o> Csv<'o> {
    /// Writes the names of the columns.
    pub fn new(job: &Job<'_>, out: &'o mut (dyn Write + Send)) -> Result<Self, ExportError> {
        if job.options.csv_bom {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let mut writer = csv::WriterBuilder::new().buffer_capacity(1 << 18).from_writer(out);
        let shape = job.options.csv_shape;
        let own: &[&str] = match shape {
            CsvShape::Wkt => &["WKT"],
            CsvShape::LonLat => &["lon", "lat"],
            CsvShape::None => &[],
        };
        let names = std::iter::once("id").chain(job.columns.iter().map(|column| column.name));
        writer.write_record(names.chain(own.iter().copied())).map_err(|e| ExportError::of("CSV")(&e))?;
        Ok(Self { writer, shape, cell: String::new() })
    }

    fn cell(&mut self, value: &dyn std::fmt::Display) -> Result<(), ExportError> {
        use std::fmt::Write;
        self.cell.clear();
        // Writing to memory does not fail.
        let _ = write!(self.cell, "{value}");
        self.writer.write_field(&self.cell).map_err(|e| ExportError::of("CSV")(&e))
    }
}

impl RowWriter for Csv<'_> {
    fn row(&mut self, row: &Row<'_, '_>) -> Result<(), ExportError> {
        self.cell(&row.id)?;
        for value in row.values() {
            self.cell(&value)?;
        }
        match self.shape {
            CsvShape::Wkt => {
                let text = row.outline.map(|outline| outline.to_geo().wkt_string()).unwrap_or_default();
                self.cell(&text)?;
            }
            CsvShape::LonLat => {
                let middle = row.outline.map(|outline| {
                    let [west, south, east, north] = outline.bounds();
                    [f64::midpoint(west, east), f64::midpoint(south, north)]
                });
                for axis in 0..2 {
                    let text = middle.map(|middle| format!("{:.7}", middle[axis])).unwrap_or_default();
                    self.cell(&text)?;
                }
            }
            CsvShape::None => {}
        }
        self.writer.write_record(None::<&[u8]>).map_err(|e| ExportError::of("CSV")(&e))
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        Ok(self.writer.flush()?)
    }
}
