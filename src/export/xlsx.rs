//! Excel, row by row into a temporary file: typed cells, the header fixed, and a sheet that explains the columns.

use std::io::Write;

use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook, XlsxError};

use super::{
    error::ExportError,
    job::Job,
    row::{Row, RowWriter},
    spool::Spool,
};
use crate::query::{Value, words};

/// Rows of a sheet, the header among them.
const MOST_ROWS: u32 = 1_048_576;

/// What is told when a sheet does not hold all rows.
pub fn too_many() -> ExportError {
    ExportError::TooMany(format!(
        "an Excel sheet holds {MOST} rows and more were asked for; choose fewer by a filter, or take csv, gpkg or parquet"
    ))
}

/// Features that a sheet holds.
pub const MOST: u32 = MOST_ROWS - 1;

/// An Excel file.
pub struct Xlsx<'o> {
    out: &'o mut (dyn Write + Send),
    workbook: Workbook,
    row: u32,
    day: CellFormat,
    moment: CellFormat,
    _spool: Spool,
}

fn failed(error: XlsxError) -> ExportError {
    match error {
        XlsxError::IoError(error) => ExportError::Io(error),
        other => ExportError::of("Excel")(&other),
    }
}

impl<'o> Xlsx<'o> {
    /// Writes the header.
    pub fn new(job: &Job<'_>, out: &'o mut (dyn Write + Send)) -> Result<Self, ExportError> {
        let spool = Spool::new()?;
        let mut workbook = Workbook::new();
        workbook.set_tempdir(spool.folder()).map_err(failed)?;
        let bold = CellFormat::new().set_bold();
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(failed)?;
        sheet.set_name(job.collection.name()).map_err(failed)?;
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
        let names = std::iter::once("id").chain(job.columns.iter().map(|column| column.name));
        for (place, name) in (0u16..).zip(names) {
            sheet.write_string_with_format(0, place, name, &bold).map_err(failed)?;
        }
        let words = words().map_err(|e| ExportError::of("Excel")(&e))?;
        let titles = words.columns.get(job.collection.name());
        let sheet = workbook.add_worksheet().set_name("columns").map_err(failed)?;
        for (line, column) in (0u32..).zip(&job.columns) {
            sheet.write_string(line, 0, column.name).map_err(failed)?;
            if let Some(title) = titles.and_then(|titles| titles.get(column.name)) {
                sheet.write_string(line, 1, &title.vi).map_err(failed)?;
                sheet.write_string(line, 2, &title.en).map_err(failed)?;
            }
            sheet.write_string(line, 3, column.unit.unwrap_or_default()).map_err(failed)?;
        }
        let day = CellFormat::new().set_num_format("yyyy-mm-dd");
        let moment = CellFormat::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        Ok(Self { out, workbook, row: 1, day, moment, _spool: spool })
    }
}

impl RowWriter for Xlsx<'_> {
    fn row(&mut self, row: &Row<'_, '_>) -> Result<(), ExportError> {
        if self.row >= MOST_ROWS {
            return Err(too_many());
        }
        let line = self.row;
        self.row += 1;
        let sheet = self.workbook.worksheet_from_index(0).map_err(failed)?;
        sheet.write_number(line, 0, row.id as f64).map_err(failed)?;
        for (place, value) in (1u16..).zip(row.values()) {
            match value {
                Value::Null => {}
                Value::Boolean(v) => drop(sheet.write_boolean(line, place, v).map_err(failed)?),
                Value::Integer(v) => drop(sheet.write_number(line, place, v as f64).map_err(failed)?),
                Value::Number(v) => drop(sheet.write_number(line, place, v).map_err(failed)?),
                Value::Text(v) => drop(sheet.write_string(line, place, v).map_err(failed)?),
                Value::Day(day) => {
                    let date = day.date();
                    let cell = ExcelDateTime::from_ymd(
                        date.year().unsigned_abs(),
                        date.month() as u8,
                        date.day() as u8,
                    )
                    .map_err(failed)?;
                    sheet.write_date_with_format(line, place, &cell, &self.day).map_err(failed)?;
                }
                Value::Moment(at) => {
                    let cell = ExcelDateTime::from_timestamp(at / 1000).map_err(failed)?;
                    sheet.write_datetime_with_format(line, place, &cell, &self.moment).map_err(failed)?;
                }
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        self.workbook.save_to_writer(&mut *self.out).map_err(failed)?;
        Ok(self.out.flush()?)
    }
}
