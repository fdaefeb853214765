//! All rows of the file, sent and received.

use rusqlite::{Connection, Row, types::Value};

use super::{GeoPackage, blob, keys, read};
use crate::{
    domain::Day,
    store::{
        Head, StoreError, StoreResult, shape,
        tables::{Cell, Kind, SETTINGS, TABLES, Table, TakeRow, Transfer, same},
    },
};

impl Transfer for GeoPackage {
    fn send_rows(&self, take: &mut TakeRow<'_>) -> StoreResult<Head> {
        self.read(|sql| {
            for table in &TABLES {
                if table.name != keys::TABLE || keys::is_there(sql)? {
                    send(sql, table, "", take)?;
                }
            }
            send(sql, &SETTINGS, "WHERE name <> 'schema'", take)?;
            read::head(sql)
        })
    }

    fn receive_rows(&self, send: &mut dyn FnMut(&mut TakeRow<'_>) -> StoreResult<Head>) -> StoreResult<Head> {
        self.write(|sql| {
            for table in ["ledger", "units", "projects", "accounts", "briefings"] {
                let some = format!("SELECT count(*) FROM {table}");
                if sql.query_row(&some, [], |row| row.get::<_, i64>(0))? > 0 {
                    return Err(StoreError::NotEmpty(table));
                }
            }
            sql.execute("DELETE FROM settings WHERE name <> 'schema'", [])?;
            let sent = send(&mut |table, row| insert(sql, table, row))?;
            for table in ["units", "projects", "alignments", "parcels"] {
                read::bound_contents(sql, table, None)?;
            }
            same(sent, read::head(sql)?)
        })
    }
}

fn send(sql: &Connection, table: &'static Table, condition: &str, take: &mut TakeRow<'_>) -> StoreResult<()> {
    let select = format!("SELECT {} FROM {} {condition} ORDER BY {}", table.names(), table.name, table.order);
    let mut statement = sql.prepare(&select)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let cells = table.columns.iter().enumerate();
        let cells = cells.map(|(index, (name, kind))| cell(row, table.name, (index, name), *kind));
        take(table, cells.collect::<StoreResult<_>>()?)?;
    }
    Ok(())
}

fn cell(
    row: &Row<'_>,
    table: &'static str,
    (index, column): (usize, &'static str),
    kind: Kind,
) -> StoreResult<Cell> {
    let fault = |why: String| StoreError::Row { table, row: row.get(0).unwrap_or(-1), column, why };
    let value = match (kind, row.get::<_, Value>(index)?) {
        (_, Value::Null) => Cell::Null,
        (Kind::Bool, Value::Integer(number)) => Cell::Bool(number != 0),
        (Kind::Real, Value::Integer(number)) => Cell::Real(number as f64),
        (Kind::Date, Value::Text(text)) => {
            let day = Day::parse(&text).map_err(|error| fault(error.to_string()))?;
            Cell::Number(i64::from(day.number()))
        }
        (Kind::Area | Kind::Line, Value::Blob(bytes)) => {
            Cell::Bytes(blob::wkb(&bytes).map_err(fault)?.to_vec())
        }
        (_, Value::Integer(number)) => Cell::Number(number),
        (_, Value::Real(number)) => Cell::Real(number),
        (_, Value::Text(text)) => Cell::Text(text),
        (_, Value::Blob(bytes)) => Cell::Bytes(bytes),
    };
    Ok(value)
}

fn insert(sql: &Connection, table: &'static Table, row: Vec<Cell>) -> StoreResult<()> {
    let marks = vec!["?"; table.columns.len()].join(", ");
    let insert = format!("INSERT INTO {} ({}) VALUES ({marks})", table.name, table.names());
    let values = row.into_iter().zip(table.columns).map(|(cell, (column, kind))| {
        let fault = |why: String| StoreError::Row { table: table.name, row: -1, column, why };
        value(cell, *kind).map_err(fault)
    });
    let values = values.collect::<StoreResult<Vec<Value>>>()?;
    sql.prepare_cached(&insert)?.execute(rusqlite::params_from_iter(values))?;
    Ok(())
}

fn value(cell: Cell, kind: Kind) -> Result<Value, String> {
    Ok(match (kind, cell) {
        (_, Cell::Null) => Value::Null,
        (Kind::Date, Cell::Number(number)) => {
            Value::Text(Day::from_number(number).map_err(|error| error.to_string())?.to_string())
        }
        (Kind::Area, Cell::Bytes(wkb)) => Value::Blob(blob::multi_polygon(&shape::to_multi_polygon(&wkb)?)),
        (Kind::Line, Cell::Bytes(wkb)) => Value::Blob(blob::line_string(&shape::to_line_string(&wkb)?)),
        (_, Cell::Number(number)) => Value::Integer(number),
        (_, Cell::Real(number)) => Value::Real(number),
        (_, Cell::Text(text)) => Value::Text(text),
        (_, Cell::Bool(yes)) => Value::Integer(i64::from(yes)),
        (_, Cell::Bytes(bytes)) => Value::Blob(bytes),
    })
}
