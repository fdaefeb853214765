//! What a check reads of the database.

use std::sync::Arc;

use super::{
    cells::{Date, cell, number, position, signed},
    lines, load,
    pool::Pool,
    read,
    session::Session,
};
use crate::{
    atlas::{Revision, State},
    domain::{AdminUnit, Event, LedgerPosition, ParcelId, Project, ProjectId, UnitId, law::Law},
    store::{
        Head, Line, StoreResult, Verification,
        replay::{self, Checked, KeptParcel, KeptState},
        rows::{Reference, Rows},
        shape,
        states::Wanted,
        verify::Findings,
    },
};

impl Rows for Session<'_> {
    fn head(&self) -> StoreResult<Head> {
        read::head(self)
    }

    fn hash_at(&self, at: LedgerPosition) -> StoreResult<[u8; 32]> {
        Ok(read::head_at(self, at)?.map_or([0; 32], |head| head.hash))
    }

    fn events_since(&self, at: LedgerPosition) -> StoreResult<Vec<Event>> {
        // With an end: a range without one is taken for a third of the ledger, and all of it read.
        let condition = "position > $1 AND position <= (SELECT max(position) FROM ledger) ORDER BY position";
        read::events(self, condition, &[&position(at)])
    }

    fn imports_until(&self, at: LedgerPosition) -> StoreResult<Vec<Event>> {
        read::events(self, "kind = 'imported' AND position <= $1 ORDER BY position", &[&position(at)])
    }

    fn units_since(&self, after: LedgerPosition) -> StoreResult<Vec<(UnitId, AdminUnit)>> {
        read::units_since(self, after)
    }

    fn projects_since(&self, after: LedgerPosition) -> StoreResult<Vec<(ProjectId, Project)>> {
        read::projects_since(self, after)
    }

    fn units_before(&self, at: LedgerPosition) -> StoreResult<Vec<(UnitId, AdminUnit)>> {
        read::units_before(self, at)
    }

    fn projects_before(&self, at: LedgerPosition) -> StoreResult<Vec<(ProjectId, Project)>> {
        read::projects_before(self, at)
    }

    fn first_after(&self, table: Reference, at: LedgerPosition) -> StoreResult<Option<u32>> {
        let table = table.table();
        let select = format!(
            "SELECT min(fid) FROM {table} t WHERE since > $1 AND NOT EXISTS (
             SELECT 1 FROM {table}_past p WHERE p.fid = t.fid AND p.since <= $1)"
        );
        let row = self.row(&select, &[&position(at)])?;
        Ok(cell::<Option<i32>>(&row, 0)?.map(i32::unsigned_abs))
    }

    fn parcels_after(&self, last: ParcelId, revision: &mut Revision<'_>) -> StoreResult<()> {
        load::after(self, last, revision)
    }

    fn states(&self, parcels: &[ParcelId], take: &mut dyn FnMut(ParcelId, State)) -> StoreResult<()> {
        load::states_now(self, parcels, take)
    }

    fn states_at(
        &self,
        range: (LedgerPosition, LedgerPosition),
        wanted: Wanted<'_>,
        take: &mut dyn FnMut(ParcelId, State),
    ) -> StoreResult<()> {
        load::states(self, range, wanted, take)
    }
}

impl Checked for Session<'_> {
    fn each_line(&self, take: &mut dyn FnMut(Line<'_>) -> StoreResult<()>) -> StoreResult<Head> {
        lines::each(self, take)
    }

    fn events_of(&self, parcel: ParcelId) -> StoreResult<Vec<Event>> {
        read::history(self, parcel)
    }

    fn kept_states(&self, from: i64) -> StoreResult<Vec<KeptState>> {
        let some = "SELECT position, parcel, version, state FROM prior_states WHERE position >= $1
            ORDER BY position LIMIT 4096";
        let rows = self.query(some, &[&from])?;
        rows.iter().map(|row| Ok((cell(row, 0)?, (number(row, 1)?, cell(row, 2)?, cell(row, 3)?)))).collect()
    }

    fn count_states(&self) -> StoreResult<i64> {
        cell(&self.row("SELECT count(*) FROM prior_states", &[])?, 0)
    }

    fn held(&self, table: Reference) -> StoreResult<Vec<(i64, i64)>> {
        let table = table.table();
        let select = format!("SELECT fid, since FROM {table} UNION ALL SELECT fid, since FROM {table}_past");
        let rows = self.query(&select, &[])?;
        rows.iter().map(|row| Ok((i64::from(number(row, 0)?), cell(row, 1)?))).collect()
    }

    fn each_parcel(&self, take: &mut dyn FnMut(KeptParcel) -> StoreResult<()>) -> StoreResult<()> {
        let select = "SELECT fid, cleared, money, version, ended_on::text, marks::text,
            d0, d1, d2, d3, d4, d5, d6, d7, d8 FROM parcels ORDER BY fid";
        self.each(select, &[], |row| {
            let mut days = [None; 9];
            for (column, day) in (6..).zip(&mut days) {
                *day = cell::<Option<Date>>(row, column)?.map(|date| i64::from(date.0));
            }
            take(KeptParcel {
                id: number(row, 0)?,
                cleared: cell(row, 1)?,
                money: cell(row, 2)?,
                version: cell(row, 3)?,
                ended: cell(row, 4)?,
                marks: cell(row, 5)?,
                days,
            })
        })
    }
}

/// Checks the database in one state; on another connection beside it the shapes.
pub fn verify(pool: &Pool, sql: &Session<'_>, law: Arc<Law>) -> StoreResult<Verification> {
    let (mut findings, mut replay_findings) = (Findings::default(), Findings::default());
    sql.be_patient()?;
    let mut others = load::beside(pool, sql)?;
    std::thread::scope(|threads| {
        let Some(other) = others.pop() else {
            shapes(sql, &mut findings)?;
            return replay::ledger(sql, &mut replay_findings);
        };
        let plain = threads.spawn(move || {
            let mut findings = Findings::default();
            shapes(&other, &mut findings).map(|()| findings)
        });
        let replayed = replay::ledger(sql, &mut replay_findings);
        findings = plain.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        replayed
    })?;
    drop(others);
    for finding in replay_findings.0 {
        findings.add(finding.table, finding.row, finding.what);
    }
    let select = "SELECT (SELECT count(*) FROM units), (SELECT count(*) FROM projects),
        (SELECT count(*) FROM parcels)";
    let counts = sql.row(select, &[])?;
    let count = |column| cell::<i64>(&counts, column).map(i64::unsigned_abs);
    let (units, projects, parcels) = (count(0)?, count(1)?, count(2)?);
    if findings.0.is_empty()
        && let Err(error) = load::load(pool, sql, law)
    {
        findings.add("file", None, error.to_string());
    }
    Ok(Verification { head: read::head(sql)?, units, projects, parcels, findings: findings.0 })
}

fn shapes(sql: &Session<'_>, findings: &mut Findings) -> StoreResult<()> {
    let select = "SELECT fid, recovered_area, total_area, ST_AsBinary(geom, 'NDR') FROM parcels ORDER BY fid";
    super::attached::check(sql, findings)?;
    sql.each(select, &[], |row| {
        let geometry = shape::to_multi_polygon(cell(row, 3)?);
        let areas = (cell(row, 1)?, cell(row, 2)?);
        replay::shape(i64::from(signed(number(row, 0)?)), geometry, areas, findings);
        Ok(())
    })
}
