//! CSV (RFC 4180): dates as 2026-01-31, numbers with a point, shapes as WKT or as longitude and latitude.

use std::io::Write;

use wkt::ToWkt;

use super::{
    error::ExportError,
    format::CsvShape,
    job::Job,
    people::{People, Totals, harmless},
    row::{Row, RowWriter},
};
use crate::query::Value;

/// A CSV file.
pub struct Csv<'o> {
    writer: csv::Writer<&'o mut (dyn Write + Send)>,
    shape: CsvShape,
    cell: String,
    /// A spreadsheet opens it: nothing may run.
    spreadsheet: bool,
    people: Option<(Box<People>, Totals)>,
    rows: u32,
}

impl<'o> Csv<'o> {
    /// Writes the names of the columns.
    pub fn new(job: &Job<'_>, out: &'o mut (dyn Write + Send)) -> Result<Self, ExportError> {
        let spreadsheet = job.options.csv_bom || job.options.people.is_some();
        if spreadsheet {
            out.write_all("\u{feff}".as_bytes())?;
        }
        if let Some(people) = &job.options.people {
            return Self::for_people(job, people, out);
        }
        let mut writer = csv::WriterBuilder::new().buffer_capacity(1 << 18).from_writer(out);
        let shape = job.options.csv_shape;
        let own: &[&str] = match shape {
            CsvShape::Wkt => &["WKT"],
            // Degrees have other names than metres.
            CsvShape::LonLat if job.crs.is_geographic() => &["lon", "lat"],
            CsvShape::LonLat => &["x", "y"],
            CsvShape::None => &[],
        };
        let names = std::iter::once("id").chain(job.columns.iter().map(|column| column.name));
        writer.write_record(names.chain(own.iter().copied())).map_err(|e| ExportError::of("CSV")(&e))?;
        Ok(Self { writer, shape, cell: String::new(), spreadsheet, people: None, rows: 0 })
    }

    fn for_people(
        job: &Job<'_>,
        people: &People,
        out: &'o mut (dyn Write + Send),
    ) -> Result<Self, ExportError> {
        let mut builder = csv::WriterBuilder::new();
        builder.buffer_capacity(1 << 18).delimiter(people.separator()).flexible(true);
        let mut writer = builder.from_writer(out);
        let failed = |e: csv::Error| ExportError::of("CSV")(&e);
        for line in &people.above {
            writer.write_record([harmless(line.clone())]).map_err(failed)?;
        }
        writer.write_record([""]).map_err(failed)?;
        let heads = job.columns.iter().map(|column| people.head(job.collection, column));
        writer.write_record(heads).map_err(failed)?;
        let people = Some((Box::new(people.clone()), Totals::new(&job.columns)));
        let (shape, cell) = (CsvShape::None, String::new());
        Ok(Self { writer, shape, cell, spreadsheet: true, people, rows: 0 })
    }

    fn cell(&mut self, value: &dyn std::fmt::Display) -> Result<(), ExportError> {
        use std::fmt::Write;
        self.cell.clear();
        // Writing to memory does not fail.
        let _ = write!(self.cell, "{value}");
        if self.spreadsheet {
            self.cell = harmless(std::mem::take(&mut self.cell));
        }
        self.writer.write_field(&self.cell).map_err(|e| ExportError::of("CSV")(&e))
    }
}

impl RowWriter for Csv<'_> {
    fn row(&mut self, row: &Row<'_, '_>) -> Result<(), ExportError> {
        if let Some((people, totals)) = &mut self.people {
            self.rows += 1;
            for (index, (column, value)) in row.columns.iter().zip(row.values()).enumerate() {
                totals.add(index, &value);
                let cell = people.cell(&people.in_words(row.rows.view, column, value));
                self.writer.write_field(cell).map_err(|e| ExportError::of("CSV")(&e))?;
            }
            return self.writer.write_record(None::<&[u8]>).map_err(|e| ExportError::of("CSV")(&e));
        }
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
        if let Some((people, totals)) = self.people.take() {
            let sum = |sum: Option<f64>| sum.map_or_else(String::new, |sum| people.cell(&Value::Number(sum)));
            // The first cell says what the row is.
            let cells = std::iter::once(people.total(self.rows)).chain(totals.sums().skip(1).map(sum));
            self.writer.write_record(cells).map_err(|e| ExportError::of("CSV")(&e))?;
        }
        Ok(self.writer.flush()?)
    }
}
