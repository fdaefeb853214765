//! Checks the file: what `SQLite` says of it, the shapes of its parcels, and, by
//! the [replay](crate::store::replay) of its ledger, every row.

use std::sync::Arc;

use rusqlite::{Connection, Row};

use super::{attached, blob, foreign, lines, read, records, steps::OneState};
use crate::{
    domain::{Event, ParcelId, law::Law},
    store::{
        Head, Line, StoreError, Verification,
        replay::{self, Checked, KeptParcel, KeptState},
        rows::Reference,
        verify::Findings,
    },
};

/// Checks the file in the state that `one` sees; on a connection `beside` it, which sees the same, what needs no
/// ledger.
pub fn verify(
    one: &OneState<'_>,
    beside: Option<Connection>,
    law: Arc<Law>,
) -> Result<Verification, StoreError> {
    let sql = one.sql;
    let (mut findings, mut replay_findings) = (Findings::default(), Findings::default());
    std::thread::scope(|threads| {
        let Some(connection) = beside else {
            plain(sql, &mut findings)?;
            return replay::ledger(one, &mut replay_findings);
        };
        let plain = threads.spawn(move || {
            let mut findings = Findings::default();
            plain(&connection, &mut findings).map(|()| findings)
        });
        let replayed = replay::ledger(one, &mut replay_findings);
        findings = plain.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        replayed
    })?;
    for finding in replay_findings.0 {
        findings.add(finding.table, finding.row, finding.what);
    }
    let count = |table: &str| -> Result<u64, StoreError> {
        let n: i64 = sql.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        Ok(n.unsigned_abs())
    };
    let (units, projects, parcels) = (count("units")?, count("projects")?, count("parcels")?);
    if findings.0.is_empty()
        && let Err(error) = read::load(sql, Vec::new(), law)
    {
        findings.add("file", None, error.to_string());
    }
    Ok(Verification { head: read::head(sql)?, units, projects, parcels, findings: findings.0 })
}

/// What can be said without the ledger: the file is whole, what rows name is there, shapes are valid.
fn plain(sql: &Connection, findings: &mut Findings) -> Result<(), StoreError> {
    file(sql, findings)?;
    foreign::check(sql, findings)?;
    attached::check(sql, findings)?;
    let mut statement =
        sql.prepare("SELECT fid, recovered_area, total_area, geom FROM parcels ORDER BY fid")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let geometry = row.get_ref(3)?.as_blob().unwrap_or_default();
        replay::shape(row.get(0)?, blob::to_multi_polygon(geometry), (row.get(1)?, row.get(2)?), findings);
    }
    Ok(())
}

fn file(sql: &Connection, findings: &mut Findings) -> Result<(), StoreError> {
    let integrity: String = sql.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if integrity != "ok" {
        findings.add("file", None, integrity);
    }
    let mut statement = sql.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        let what = format!("a row of {table} names a row of {parent} that is not there");
        findings.add("file", row.get(1)?, what);
    }
    Ok(())
}

impl Checked for OneState<'_> {
    fn each_line(
        &self,
        take: &mut dyn FnMut(Line<'_>) -> Result<(), StoreError>,
    ) -> Result<Head, StoreError> {
        lines::each(self.sql, take)
    }

    fn events_of(&self, parcel: ParcelId) -> Result<Vec<Event>, StoreError> {
        records::events(self.sql, parcel)
    }

    fn kept_states(&self, from: i64) -> Result<Vec<KeptState>, StoreError> {
        let some = "SELECT position, parcel, version, state FROM prior_states WHERE position >= ?1
            ORDER BY position LIMIT 4096";
        let mut statement = self.sql.prepare_cached(some)?;
        let rows =
            statement.query_map([from], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn count_states(&self) -> Result<i64, StoreError> {
        Ok(self.sql.query_row("SELECT count(*) FROM prior_states", [], |row| row.get(0))?)
    }

    fn held(&self, table: Reference) -> Result<Vec<(i64, i64)>, StoreError> {
        let table = table.table();
        let select = format!("SELECT fid, since FROM {table} UNION ALL SELECT fid, since FROM {table}_past");
        let mut statement = self.sql.prepare(&select)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn each_parcel(
        &self,
        take: &mut dyn FnMut(KeptParcel) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.sql.prepare(PARCELS)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            take(parcel(row)?)?;
        }
        Ok(())
    }
}

const PARCELS: &str =
    "SELECT fid, cleared, money, version, ended_on, marks, d0, d1, d2, d3, d4, d5, d6, d7, d8
    FROM parcels ORDER BY fid";

fn parcel(row: &Row<'_>) -> rusqlite::Result<KeptParcel> {
    let mut days = [None; 9];
    for (column, day) in (6..).zip(&mut days) {
        *day = row.get(column)?;
    }
    Ok(KeptParcel {
        id: row.get(0)?,
        cleared: row.get(1)?,
        money: row.get(2)?,
        version: row.get(3)?,
        ended: row.get(4)?,
        marks: row.get(5)?,
        days,
    })
}
