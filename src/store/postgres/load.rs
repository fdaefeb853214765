//! Reads the parcels, on several connections that see the same state.

use std::{collections::BTreeSet, sync::Arc};

use tokio_postgres::Row;

use super::{
    cells::{cell, day, first, number, position, signed},
    copied::{self, CopiedCells, big, real, small, text},
    pool::{Mode, Pool},
    read,
    session::Session,
};
use crate::{
    atlas::{Builder, Chunk, ParcelRow, Revision, Snapshot, State},
    domain::{
        HolderId, LedgerPosition, Marks, ParcelId, ProjectId, SquareMetres, Stage, StageDays, UnitId, Vnd,
        law::Law,
    },
    store::{
        StoreError,
        chunks::{self, Parcels},
    },
};

/// Connections at most that read beside each other.
const READERS: usize = 8;

const PARCELS: &str =
    "fid, project, unit, sheet, number, land_use, recovered_area, total_area, declared_area, holder,
    planned_on, money, d0, d1, d2, d3, d4, d5, d6, d7, d8, geom, version, marks";

/// Sessions beside `sql`, a processor each, that see its state; fewer where no connection can be had.
pub fn beside<'a>(pool: &'a Pool, sql: &Session<'_>) -> Result<Vec<Session<'a>>, StoreError> {
    let state: String = cell(&sql.row("SELECT pg_export_snapshot()", &[])?, 0)?;
    let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(READERS);
    let mut sessions = Vec::new();
    for _ in 0..count {
        match pool.begin(Mode::ReadAs(&state)) {
            Ok(session) => sessions.push(session),
            Err(StoreError::Busy | StoreError::Gone(_)) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(sessions)
}

/// Everything at the end of the ledger.
pub fn load(pool: &Pool, sql: &Session<'_>, law: Arc<Law>) -> Result<Snapshot, StoreError> {
    let ends = sql.row("SELECT min(fid), max(fid) FROM parcels", &[])?;
    let ends: (Option<i32>, Option<i32>) = (cell(&ends, 0)?, cell(&ends, 1)?);
    // Numbers are given one after the other: so many there are, and counting them would read them all.
    let expected = ends.1.unwrap_or_default() - ends.0.unwrap_or_default() + i32::from(ends.0.is_some());
    let mut builder = Builder::new(law, expected.unsigned_abs() as usize);
    let all = LedgerPosition(0);
    for (id, unit) in read::units_since(sql, all)? {
        builder.unit(id, unit)?;
    }
    for (id, project) in read::projects_since(sql, all)? {
        builder.project(id, project)?;
    }
    let head = read::head(sql)?;
    if let (Some(first), Some(last)) = ends {
        chunks::read(sql, beside(pool, sql)?, (i64::from(first), i64::from(last)), &mut builder)?;
    }
    Ok(builder.finish(head.position, head.hash))
}

impl Parcels for Session<'_> {
    fn fill(&self, mut chunk: Chunk, (from, to): (i64, i64)) -> Result<Chunk, StoreError> {
        let edge = |number: i64| i32::try_from(number).unwrap_or(i32::MAX);
        let (from, to) = (edge(from), edge(to));
        let select = format!("SELECT {PARCELS} FROM parcels WHERE fid BETWEEN {from} AND {to} ORDER BY fid");
        copied::each(self, &select, |cells| add(cells, &mut chunk))?;
        Ok(chunk)
    }
}

/// Parcels after `last`, in a chunk of `revision`.
pub fn after(sql: &Session<'_>, last: ParcelId, revision: &mut Revision<'_>) -> Result<(), StoreError> {
    let chunk = sql.fill(revision.chunk(), (i64::from(last.0) + 1, i64::MAX))?;
    revision.add(chunk);
    Ok(())
}

/// The states of parcels as their rows say them.
pub fn states_now(
    sql: &Session<'_>,
    parcels: &[ParcelId],
    take: &mut dyn FnMut(ParcelId, State),
) -> Result<(), StoreError> {
    if parcels.is_empty() {
        return Ok(());
    }
    let select = "SELECT fid, money, version, marks::text, d0, d1, d2, d3, d4, d5, d6, d7, d8 FROM parcels
        WHERE fid = ANY($1)";
    let numbers: Vec<i32> = parcels.iter().map(|id| signed(id.0)).collect();
    let rows = sql.query(select, &[&numbers])?;
    let mut missing: BTreeSet<ParcelId> = parcels.iter().copied().collect();
    for row in &rows {
        let id = ParcelId(number(row, 0)?);
        missing.remove(&id);
        let state = State {
            days: days(row, 4)?,
            money: Vnd(cell::<i64>(row, 1)?.unsigned_abs()),
            version: LedgerPosition(cell::<i64>(row, 2)?.unsigned_abs()),
            marks: marks(row, 3)?.map(Arc::new),
        };
        take(id, state);
    }
    missing.first().map_or(Ok(()), |id| Err(StoreError::NoParcel(*id)))
}

/// The days of the stages, in the columns from `first` on.
fn days(row: &Row, first: usize) -> Result<StageDays, StoreError> {
    let mut days = StageDays::default();
    for stage in Stage::ALL {
        days.set(stage, day(row, "parcels", first + stage.number(), "d0…d8")?);
    }
    Ok(days)
}

fn add(cells: &CopiedCells<'_, 24>, chunk: &mut Chunk) -> Result<(), StoreError> {
    let id = small(cells[0])?.unsigned_abs();
    let cell_at = |column| ("parcels", i64::from(id), column);
    let mut days = StageDays::default();
    for stage in Stage::ALL {
        days.set(stage, copied::day(cells[12 + stage.number()], cell_at("d0…d8"))?);
    }
    let fault = |why: serde_json::Error| StoreError::Row {
        table: "parcels",
        row: i64::from(id),
        column: "marks",
        why: why.to_string(),
    };
    let marks: Option<Marks> = cells[23].map(serde_json::from_slice).transpose().map_err(fault)?;
    chunk.parcel(&ParcelRow {
        id: ParcelId(id),
        project: ProjectId(small(cells[1])?.unsigned_abs()),
        unit: UnitId(small(cells[2])?.unsigned_abs()),
        sheet: text(cells[3])?,
        number: text(cells[4])?,
        land_use: text(cells[5])?,
        recovered: SquareMetres::new(real(cells[6])?),
        total: SquareMetres::new(real(cells[7])?),
        declared: cells[8].map(|cell| real(Some(cell))).transpose()?.map(SquareMetres::new),
        holder: cells[9].map(|cell| small(Some(cell))).transpose()?.map(|id| HolderId(id.unsigned_abs())),
        planned: copied::day(cells[10], cell_at("planned_on"))?,
        money: Vnd(big(cells[11])?.unsigned_abs()),
        days,
        version: LedgerPosition(big(cells[22])?.unsigned_abs()),
        marks: marks.as_ref(),
        // With the number of its reference system in it, which a reader of WKB knows.
        wkb: cells[21].unwrap_or_default(),
    })?;
    Ok(())
}

fn marks(row: &Row, column: usize) -> Result<Option<Marks>, StoreError> {
    let Some(text) = cell::<Option<&str>>(row, column)? else { return Ok(None) };
    let fault = |why: serde_json::Error| StoreError::Row {
        table: "parcels",
        row: first(row),
        column: "marks",
        why: why.to_string(),
    };
    serde_json::from_str(text).map(Some).map_err(fault)
}

/// The state at a position of each parcel, of those that are `wanted`, that an event after it up to another touches.
pub fn states(
    sql: &Session<'_>,
    (after, until): (LedgerPosition, LedgerPosition),
    wanted: crate::store::states::Wanted<'_>,
    take: &mut dyn FnMut(ParcelId, State),
) -> Result<(), StoreError> {
    let select = "SELECT parcel, version, state FROM prior_states
        WHERE position > $1 AND position <= $2 AND version <= $1";
    sql.each(select, &[&position(after), &position(until)], |row| {
        let id = ParcelId(number(row, 0)?);
        if wanted(id) {
            let fault =
                |why| StoreError::Row { table: "prior_states", row: i64::from(id.0), column: "state", why };
            let version = LedgerPosition(cell::<i64>(row, 1)?.unsigned_abs());
            let record = crate::store::states::decode(cell(row, 2)?, version).map_err(fault)?;
            take(id, State::of(record));
        }
        Ok(())
    })
}
