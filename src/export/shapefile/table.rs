//! The table of a Shapefile (dBASE III): rows of fixed width, texts in UTF-8.

use std::{collections::BTreeSet, io::Write as _};

use crate::{
    domain::Day,
    export::{error::ExportError, job::Job, row::Row},
    query::{Column, Kind, Value},
};

/// Letters that a field's name may have.
pub const LONGEST_NAME: usize = 10;
/// Bytes that a text may have.
const LONGEST_TEXT: usize = 254;
/// Bytes that a row may have, by the two of them that tell it.
const LONGEST_ROW: usize = u16::MAX as usize;
/// Columns beside the id, by the two bytes that tell where rows begin.
const MOST_FIELDS: usize = 2046;

/// A field.
struct Field {
    name: String,
    /// C, N or D.
    code: u8,
    width: usize,
    decimals: usize,
}

/// The fields, and a row of them.
pub struct Table {
    fields: Vec<Field>,
    row: Vec<u8>,
}

impl Table {
    /// A table of the columns of `job`, the id before them.
    ///
    /// # Errors
    /// [`ExportError::TooMany`] where a row is wider than the format's rows.
    pub fn new(job: &Job<'_>) -> Result<Self, ExportError> {
        let id = Field { name: "id".to_owned(), code: b'N', width: 18, decimals: 0 };
        let names = names(&job.columns).into_iter().skip(1);
        let own = names.zip(&job.columns).map(|(name, column)| {
            let (code, width, decimals) = shape(job, column);
            Field { name, code, width, decimals }
        });
        let fields: Vec<Field> = std::iter::once(id).chain(own).collect();
        let table = Self { fields, row: Vec::new() };
        if table.fields.len() > MOST_FIELDS || table.width() > LONGEST_ROW {
            let why = "a Shapefile holds no table as wide as this; choose fewer columns or another format";
            return Err(ExportError::TooMany(why.to_owned()));
        }
        Ok(table)
    }

    /// The names of the fields, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| field.name.as_str())
    }

    /// Bytes of a row.
    pub fn width(&self) -> usize {
        1 + self.fields.iter().map(|field| field.width).sum::<usize>()
    }

    /// What stands before the rows, of which there are `count`, written on `day`.
    pub fn head(&self, count: u32, day: Day) -> Vec<u8> {
        let start = 32 * (1 + self.fields.len()) + 1;
        let date = day.date();
        let mut head =
            vec![0x03, (date.year() - 1900).clamp(0, 255) as u8, date.month() as u8, date.day() as u8];
        head.extend_from_slice(&count.to_le_bytes());
        head.extend_from_slice(&(start as u16).to_le_bytes());
        head.extend_from_slice(&(self.width() as u16).to_le_bytes());
        head.resize(32, 0);
        for field in &self.fields {
            let begin = head.len();
            head.extend_from_slice(field.name.as_bytes());
            head.resize(begin + 11, 0);
            head.push(field.code);
            head.resize(begin + 16, 0);
            head.extend_from_slice(&[field.width as u8, field.decimals as u8]);
            head.resize(begin + 32, 0);
        }
        head.push(0x0D);
        head
    }

    /// The bytes of a row.
    pub fn row(&mut self, row: &Row<'_, '_>) -> &[u8] {
        self.row.clear();
        self.row.push(b' ');
        let values = std::iter::once(Value::Integer(row.id as i64)).chain(row.values());
        for (field, value) in self.fields.iter().zip(values) {
            let begin = self.row.len();
            cell(field, &value, &mut self.row);
            let end = begin + field.width;
            if self.row.len() > end {
                // Half a number is another number: stars say that it has no room, and read as nothing.
                self.row.truncate(begin);
                self.row.resize(end, b'*');
            }
            let length = self.row.len() - begin;
            self.row.resize(end, b' ');
            if field.code == b'N' {
                self.row[begin..].rotate_left(length);
            }
        }
        &self.row
    }
}

/// A value at its field's beginning; nothing, which reads as blanks, where there is none.
fn cell(field: &Field, value: &Value<'_>, row: &mut Vec<u8>) {
    // Writing to memory does not fail.
    let _ = match value {
        Value::Boolean(flag) => write!(row, "{}", u8::from(*flag)),
        Value::Integer(number) => write!(row, "{number}"),
        Value::Number(number) if number.is_finite() => write!(row, "{number:.0$}", decimals(field, *number)),
        Value::Null | Value::Number(_) => Ok(()),
        Value::Text(text) => {
            // Readers end a text at a zero byte.
            row.extend(text[..text.floor_char_boundary(field.width)].bytes().filter(|byte| *byte != 0));
            Ok(())
        }
        Value::Day(day) => write!(row, "{}", day.date().strftime("%Y%m%d")),
        moment @ Value::Moment(_) => write!(row, "{moment}"),
    };
}

/// Decimals for which a number has room.
fn decimals(field: &Field, number: f64) -> usize {
    let whole = number.abs().max(1.0).log10() as usize + 2;
    field.decimals.min((field.width - 1).saturating_sub(whole))
}

/// Names of ten letters, each once, that of the id before them.
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

/// Code, width and decimals of a field.
fn shape(job: &Job<'_>, column: &Column) -> (u8, usize, usize) {
    match column.kind {
        Kind::Boolean => (b'N', 1, 0),
        Kind::Integer => (b'N', 18, 0),
        // Areas are kept in tenths of a square metre.
        Kind::Number if column.unit == Some("m2") => (b'N', 16, 1),
        Kind::Number => (b'N', 24, 15),
        Kind::Text => (b'C', widest(job, column), 0),
        Kind::Day => (b'D', 8, 0),
        Kind::Moment => (b'C', 24, 0),
    }
}

/// Bytes of the longest text of a column: a table of fixed width is as long as its widest text makes it.
fn widest(job: &Job<'_>, column: &Column) -> usize {
    let bytes = |value: Value<'_>| if let Value::Text(text) = value { text.len() } else { 0 };
    let (view, rows) = (job.view, job.of(&[]));
    let longest = match (column.dictionary, job.collection.len(view) as u32) {
        (Some(entries), _) => (0..(entries.len)(view)).map(|n| bytes((entries.value)(view, n))).max(),
        // What the ledger says is not known beforehand.
        (None, 0) => Some(LONGEST_TEXT),
        (None, count) => (0..count).map(|index| bytes((column.read)(&rows, index))).max(),
    };
    longest.unwrap_or_default().clamp(1, LONGEST_TEXT)
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

    #[test]
    fn values_stand_in_their_fields() {
        let written = |code, width, decimals, value: Value<'_>| {
            let field = Field { name: "x".to_owned(), code, width, decimals };
            let mut row = Vec::new();
            cell(&field, &value, &mut row);
            String::from_utf8(row).unwrap()
        };
        assert_eq!(written(b'N', 16, 1, Value::Number(518.0)), "518.0");
        assert_eq!(written(b'N', 24, 15, Value::Number(-0.25)), "-0.250000000000000");
        // Room for all of a large number comes before its decimals.
        assert_eq!(written(b'N', 24, 15, Value::Number(1.5e20)), "150000000000000000000.0");
        assert_eq!(written(b'N', 24, 15, Value::Number(f64::NAN)), "");
        assert_eq!(written(b'D', 8, 0, Value::Day(Day::parse("2026-11-28").unwrap())), "20261128");
        assert_eq!(written(b'C', 6, 0, Value::text("Nguyễn")), "Nguy", "no half letter");
        assert_eq!(written(b'C', 6, 0, Value::text("a\0b")), "ab");
        assert_eq!(written(b'N', 1, 0, Value::Null), "");
    }
}
