//! Columns of a row, read into what they mean.

use rusqlite::{Row, types::ValueRef};

use crate::store::StoreError;

/// A column that may be empty, read with `parse`.
pub fn parsed<T, E: std::fmt::Display>(
    row: &Row<'_>,
    table: &'static str,
    (index, column): (usize, &'static str),
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, StoreError> {
    let text = match row.get_ref(index)? {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).unwrap_or_default(),
        _ => return Ok(None),
    };
    let fault = |e: E| StoreError::Row { table, row: row.get(0).unwrap_or(-1), column, why: e.to_string() };
    parse(text).map(Some).map_err(fault)
}

/// A column that must not be empty, read with `parse`.
pub fn needed<T, E: std::fmt::Display>(
    row: &Row<'_>,
    table: &'static str,
    (index, column): (usize, &'static str),
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<T, StoreError> {
    parsed(row, table, (index, column), parse)?.ok_or_else(|| StoreError::Row {
        table,
        row: row.get(0).unwrap_or(-1),
        column,
        why: "is empty".to_owned(),
    })
}

pub fn geometry<T>(
    row: &Row<'_>,
    table: &'static str,
    index: usize,
    parse: impl Fn(&[u8]) -> Result<T, String>,
) -> Result<Option<T>, StoreError> {
    match row.get_ref(index)? {
        ValueRef::Blob(bytes) => parse(bytes).map(Some).map_err(|why| StoreError::Row {
            table,
            row: row.get(0).unwrap_or(-1),
            column: "geom",
            why,
        }),
        _ => Ok(None),
    }
}
