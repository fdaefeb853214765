//! All rows of the database, sent and received.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use tokio_postgres::{
    Row,
    types::{IsNull, ToSql, Type, to_sql_checked},
};

use super::{
    PostgreSql,
    cells::{Date, cell, ewkb},
    pool::Mode,
    read,
    session::Session,
};
use crate::store::{
    Head, StoreError, StoreResult,
    tables::{Cell, Kind, SETTINGS, TABLES, Table, TakeRow, Transfer, same},
};

/// Rows that are copied at once.
const RUN: usize = 4096;

impl Transfer for PostgreSql {
    fn send_rows(&self, take: &mut TakeRow<'_>) -> StoreResult<Head> {
        self.read(|sql| {
            sql.be_patient()?;
            for table in &TABLES {
                send(sql, table, take)?;
            }
            send(sql, &SETTINGS, take)?;
            read::head(sql)
        })
    }

    fn receive_rows(&self, send: &mut dyn FnMut(&mut TakeRow<'_>) -> StoreResult<Head>) -> StoreResult<Head> {
        let sql = self.pool.begin(Mode::Write(&self.first))?;
        sql.be_patient()?;
        for table in ["ledger", "units", "projects", "accounts", "briefings"] {
            if sql.one(&format!("SELECT 1 FROM {table} LIMIT 1"), &[])?.is_some() {
                return Err(StoreError::NotEmpty(table));
            }
        }
        // Reading a large file may take longer than a server that writes is waited for.
        sql.batch("SET LOCAL idle_in_transaction_session_timeout = 0; DELETE FROM settings")?;
        let mut run: (Option<&'static Table>, Vec<Vec<Cell>>) = (None, Vec::new());
        let sent = send(&mut |table, row| {
            if run.1.len() >= RUN || run.0.is_some_and(|before| before.name != table.name) {
                copy(&sql, run.0, &std::mem::take(&mut run.1))?;
            }
            run.0 = Some(table);
            run.1.push(row);
            Ok(())
        })?;
        copy(&sql, run.0, &run.1)?;
        for (table, column) in [("accesses", "id"), ("account_changes", "id"), ("grants", "rowid")] {
            sql.batch(&format!(
                "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), coalesce(max({column}), 0) + 1, false)
                 FROM {table}"
            ))?;
        }
        let head = same(sent, read::head(&sql)?)?;
        // What the server knows of tables that have just been filled would be that they are empty.
        sql.batch("ANALYZE units, projects, parcels, ledger, prior_states, holders")?;
        sql.commit(&self.last)?;
        Ok(head)
    }
}

fn send(sql: &Session<'_>, table: &'static Table, take: &mut TakeRow<'_>) -> StoreResult<()> {
    let column = |(name, kind): &(&str, Kind)| match kind {
        Kind::Small => format!("{name}::bigint"),
        Kind::Json => format!("{name}::text"),
        Kind::Area | Kind::Line => format!("ST_AsBinary({name}, 'NDR')"),
        _ => (*name).to_owned(),
    };
    let columns: Vec<String> = table.columns.iter().map(column).collect();
    let select = format!("SELECT {} FROM {} ORDER BY {}", columns.join(", "), table.name, table.order);
    sql.each(&select, &[], |row| {
        let cells = table.columns.iter().enumerate().map(|(index, (_, kind))| cell_of(row, index, *kind));
        take(table, cells.collect::<StoreResult<_>>()?)
    })
}

fn cell_of(row: &Row, index: usize, kind: Kind) -> StoreResult<Cell> {
    let value = match kind {
        Kind::Small | Kind::Big => cell::<Option<i64>>(row, index)?.map(Cell::Number),
        Kind::Real => cell::<Option<f64>>(row, index)?.map(Cell::Real),
        Kind::Text | Kind::Json => cell::<Option<String>>(row, index)?.map(Cell::Text),
        Kind::Date | Kind::Counted => {
            cell::<Option<Date>>(row, index)?.map(|date| Cell::Number(i64::from(date.0)))
        }
        Kind::Bool => cell::<Option<bool>>(row, index)?.map(Cell::Bool),
        Kind::Bytes | Kind::Area | Kind::Line => cell::<Option<Vec<u8>>>(row, index)?.map(Cell::Bytes),
    };
    Ok(value.unwrap_or(Cell::Null))
}

/// Copies rows into their table.
fn copy(sql: &Session<'_>, table: Option<&'static Table>, rows: &[Vec<Cell>]) -> StoreResult<()> {
    let Some(table) = table.filter(|_| !rows.is_empty()) else { return Ok(()) };
    let copy = format!("COPY {} ({}) FROM STDIN (FORMAT binary)", table.name, table.names());
    // Each cell writes the bytes of its own type.
    let types = vec![Type::BYTEA; table.columns.len()];
    sql.copy(&copy, &types, &mut |write| {
        for row in rows {
            let cells: Vec<Sent<'_>> =
                row.iter().zip(table.columns).map(|(cell, (_, kind))| Sent(cell, *kind)).collect();
            let cells: Vec<&(dyn ToSql + Sync)> = cells.iter().map(|cell| cell as _).collect();
            write(&cells)?;
        }
        Ok(())
    })
}

/// A cell as a copy takes it.
#[derive(Debug)]
struct Sent<'a>(&'a Cell, Kind);

impl ToSql for Sent<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self.1, self.0) {
            (_, Cell::Null) => return Ok(IsNull::Yes),
            (Kind::Small, Cell::Number(number)) => out.put_i32(i32::try_from(*number)?),
            (Kind::Date | Kind::Counted, Cell::Number(number)) => {
                return Date(i32::try_from(*number)?).to_sql(&Type::DATE, out);
            }
            (_, Cell::Number(number)) => out.put_i64(*number),
            (_, Cell::Real(number)) => out.put_f64(*number),
            (_, Cell::Text(text)) => out.put_slice(text.as_bytes()),
            (_, Cell::Bool(yes)) => out.put_u8(u8::from(*yes)),
            (Kind::Area | Kind::Line, Cell::Bytes(wkb)) => out.put_slice(&ewkb(wkb)?),
            (_, Cell::Bytes(bytes)) => out.put_slice(bytes),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
