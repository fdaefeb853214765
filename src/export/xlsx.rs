//! Excel, row by row into a temporary file: typed cells, the header fixed, and a sheet that explains the columns.

use std::io::Write;

use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, FormatAlign, FormatBorder, Workbook, XlsxError};

use super::{
    error::ExportError,
    job::Job,
    people::{People, Totals},
    row::{Row, RowWriter},
    spool::Spool,
};
use crate::query::{Kind, Value, words};

/// Rows of a sheet, the header among them.
const MOST_ROWS: u32 = 1_048_576;

/// The message when a sheet does not hold all rows.
pub fn too_many() -> ExportError {
    ExportError::TooMany(format!(
        "an Excel sheet holds {MOST} rows and more were asked for; choose fewer by a filter, or take csv, gpkg or parquet"
    ))
}

/// Features that a sheet holds.
pub const MOST: u32 = MOST_ROWS - 1;

/// Rows that a table for people needs beside its own: what stands above, a line between, the total.
const FOR_PEOPLE: u32 = 2;

/// Features that a sheet of this job holds.
pub fn most(job: &Job<'_>) -> u32 {
    let beside = |people: &People| people.above.len() as u32 + FOR_PEOPLE;
    MOST - job.options.people.as_deref().map_or(0, beside)
}

/// An Excel file.
pub struct Xlsx<'o> {
    out: &'o mut (dyn Write + Send),
    workbook: Workbook,
    row: u32,
    day: CellFormat,
    moment: CellFormat,
    people: Option<(Box<People>, Totals)>,
    /// Rows for people so far.
    rows: u32,
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
        if let Some(people) = &job.options.people {
            let row = head_for_people(&mut workbook, job, people).map_err(failed)?;
            let framed = || CellFormat::new().set_num_format("dd/mm/yyyy").set_align(FormatAlign::Top);
            let moment = framed().set_num_format("dd/mm/yyyy hh:mm");
            let totals = Totals::new(&job.columns);
            let people = Some((people.clone(), totals));
            return Ok(Self { out, workbook, row, day: framed(), moment, people, rows: 0, _spool: spool });
        }
        let bold = CellFormat::new().set_bold();
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(failed)?;
        sheet.set_name(job.collection.name()).map_err(failed)?;
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
        let names = std::iter::once("id").chain(job.columns.iter().map(|column| column.name));
        for (index, name) in (0u16..).zip(names) {
            sheet.write_string_with_format(0, index, name, &bold).map_err(failed)?;
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
        Ok(Self { out, workbook, row: 1, day, moment, people: None, rows: 0, _spool: spool })
    }

    fn cell(&mut self, line: u32, index: u16, value: Value<'_>) -> Result<(), ExportError> {
        let sheet = self.workbook.worksheet_from_index(0).map_err(failed)?;
        match value {
            Value::Null => {}
            Value::Boolean(v) => drop(sheet.write_boolean(line, index, v).map_err(failed)?),
            Value::Integer(v) => drop(sheet.write_number(line, index, v as f64).map_err(failed)?),
            Value::Number(v) => drop(sheet.write_number(line, index, v).map_err(failed)?),
            Value::Text(v) => drop(sheet.write_string(line, index, v).map_err(failed)?),
            Value::Day(day) => {
                let date = day.date();
                let (y, m, d) = (date.year().unsigned_abs(), date.month() as u8, date.day() as u8);
                let cell = ExcelDateTime::from_ymd(y, m, d).map_err(failed)?;
                sheet.write_date_with_format(line, index, &cell, &self.day).map_err(failed)?;
            }
            Value::Moment(at) => {
                let cell = ExcelDateTime::from_timestamp(at / 1000).map_err(failed)?;
                sheet.write_datetime_with_format(line, index, &cell, &self.moment).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// The last row for people: how many there are, and sums.
    fn total(&mut self, people: &People, totals: &Totals, rows: u32) -> Result<(), ExportError> {
        let bold = CellFormat::new().set_bold();
        let line = self.row;
        let sheet = self.workbook.worksheet_from_index(0).map_err(failed)?;
        sheet.write_string_with_format(line, 0, people.total(rows), &bold).map_err(failed)?;
        for (index, sum) in (0u16..).zip(totals.sums()) {
            // The first cell says what the row is.
            if let (Some(sum), true) = (sum, index > 0) {
                sheet.write_number_with_format(line, index, sum, &bold).map_err(failed)?;
            }
        }
        Ok(())
    }
}

/// What stands above the rows for people; gives the first row's place.
fn head_for_people(workbook: &mut Workbook, job: &Job<'_>, people: &People) -> Result<u32, XlsxError> {
    let bold = CellFormat::new().set_bold();
    let head = CellFormat::new()
        .set_bold()
        .set_text_wrap()
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::Top);
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    let title: String = people.above.first().map_or("", String::as_str).chars().take(31).collect();
    sheet.set_name(title)?;
    for (index, column) in (0u16..).zip(&job.columns) {
        let width = match column.kind {
            Kind::Text if column.name.ends_with("_name") || column.name == "stage" => 30.0,
            Kind::Text => 16.0,
            _ => 12.0,
        };
        sheet.set_column_width(index, width)?;
    }
    let mut row = 0;
    for line in &people.above {
        if row == 0 {
            sheet.write_string_with_format(row, 0, line, &bold)?;
        } else {
            sheet.write_string(row, 0, line)?;
        }
        row += 1;
    }
    row += 1;
    for (index, column) in (0u16..).zip(&job.columns) {
        sheet.write_string_with_format(row, index, people.head(job.collection, column), &head)?;
    }
    sheet.set_freeze_panes(row + 1, 0)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(row, row)?;
    Ok(row + 1)
}

impl RowWriter for Xlsx<'_> {
    fn row(&mut self, row: &Row<'_, '_>) -> Result<(), ExportError> {
        if self.row >= MOST_ROWS {
            return Err(too_many());
        }
        let line = self.row;
        self.row += 1;
        if let Some((people, mut totals)) = self.people.take() {
            self.rows += 1;
            for (index, (column, value)) in (0u16..).zip(row.columns.iter().zip(row.values())) {
                totals.add(index.into(), &value);
                self.cell(line, index, people.in_words(row.rows.view, column, value))?;
            }
            self.people = Some((people, totals));
            return Ok(());
        }
        self.cell(line, 0, Value::Integer(row.id as i64))?;
        for (index, value) in (1u16..).zip(row.values()) {
            self.cell(line, index, value)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        if let Some((people, totals)) = self.people.take() {
            self.total(&people, &totals, self.rows)?;
        }
        self.workbook.save_to_writer(&mut *self.out).map_err(failed)?;
        Ok(self.out.flush()?)
    }
}
