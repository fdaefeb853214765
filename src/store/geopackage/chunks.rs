//! Reads the parcels of the file.

use std::sync::Arc;

use rusqlite::{Connection, Row};

use super::{blob, cells::parsed};
use crate::{
    atlas::{Builder, Chunk, ParcelRow, State},
    domain::{
        Day, HolderId, LedgerPosition, Marks, ParcelId, ProjectId, SquareMetres, Stage, StageDays, UnitId,
        Vnd,
    },
    store::{
        StoreError,
        chunks::{self, Parcels},
    },
};

const PARCELS: &str =
    "SELECT fid, project, unit, sheet, number, land_use, recovered_area, total_area, declared_area,
    holder, planned_on, money, d0, d1, d2, d3, d4, d5, d6, d7, d8, geom, version, marks FROM parcels
    WHERE fid BETWEEN ?1 AND ?2 ORDER BY fid";

/// Adds the parcels to `builder`, reading on `sql` and beside it on `others`.
pub fn read(sql: &Connection, others: Vec<Connection>, builder: &mut Builder) -> Result<(), StoreError> {
    let ends = "SELECT min(fid), max(fid) FROM parcels";
    let (first, last): (Option<i64>, Option<i64>) =
        sql.query_row(ends, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (Some(first), Some(last)) = (first, last) else { return Ok(()) };
    chunks::read(sql, others, (first, last), builder)
}

impl Parcels for Connection {
    fn fill(&self, chunk: Chunk, range: (i64, i64)) -> Result<Chunk, StoreError> {
        fill(self, chunk, range)
    }
}

/// The state of a parcel as its row says it.
pub fn state(sql: &Connection, id: ParcelId) -> Result<State, StoreError> {
    let select =
        "SELECT fid, money, version, marks, d0, d1, d2, d3, d4, d5, d6, d7, d8 FROM parcels WHERE fid = ?1";
    let mut statement = sql.prepare_cached(select)?;
    let mut rows = statement.query([id.0])?;
    let row = rows.next()?.ok_or(StoreError::NoParcel(id))?;
    Ok(State {
        days: days(row, 4)?,
        money: Vnd(row.get::<_, i64>(1)?.unsigned_abs()),
        version: LedgerPosition(row.get::<_, i64>(2)?.unsigned_abs()),
        marks: marks(row, 3)?.map(Arc::new),
    })
}

/// The days of the stages, in the columns from `first` on.
fn days(row: &Row<'_>, first: usize) -> Result<StageDays, StoreError> {
    let mut days = StageDays::default();
    for stage in Stage::ALL {
        let number: Option<i64> = row.get(first + stage.number())?;
        let day = number.map(Day::from_number).transpose().map_err(|e| StoreError::Row {
            table: "parcels",
            row: row.get(0).unwrap_or(-1),
            column: "d0…d8",
            why: e.to_string(),
        })?;
        days.set(stage, day);
    }
    Ok(days)
}

/// The chunk with the parcels from one number to another added.
pub fn fill(sql: &Connection, mut chunk: Chunk, (from, to): (i64, i64)) -> Result<Chunk, StoreError> {
    let mut statement = sql.prepare_cached(PARCELS)?;
    let mut rows = statement.query([from, to])?;
    while let Some(row) = rows.next()? {
        add(row, &mut chunk)?;
    }
    Ok(chunk)
}

fn add(row: &Row<'_>, chunk: &mut Chunk) -> Result<(), StoreError> {
    let id: u32 = row.get(0)?;
    let fault = |column, why: String| StoreError::Row { table: "parcels", row: i64::from(id), column, why };
    let text = |index: usize| row.get_ref(index).map(|v| v.as_str().unwrap_or_default());
    let days = days(row, 12)?;
    let blob = row.get_ref(21)?.as_blob().map_err(|e| fault("geom", e.to_string()))?;
    let marks = marks(row, 23)?;
    chunk.parcel(&ParcelRow {
        id: ParcelId(id),
        project: ProjectId(row.get(1)?),
        unit: UnitId(row.get(2)?),
        sheet: text(3)?,
        number: text(4)?,
        land_use: text(5)?,
        recovered: SquareMetres::new(row.get(6)?),
        total: SquareMetres::new(row.get(7)?),
        declared: row.get::<_, Option<f64>>(8)?.map(SquareMetres::new),
        holder: row.get::<_, Option<u32>>(9)?.map(HolderId),
        planned: parsed(row, "parcels", (10, "planned_on"), Day::parse)?,
        money: Vnd(row.get::<_, i64>(11)?.unsigned_abs()),
        days,
        version: LedgerPosition(row.get::<_, i64>(22)?.unsigned_abs()),
        marks: marks.as_ref(),
        wkb: blob::wkb(blob).map_err(|why| fault("geom", why))?,
    })?;
    Ok(())
}

fn marks(row: &Row<'_>, column: usize) -> Result<Option<Marks>, StoreError> {
    let Some(text) = row.get_ref(column)?.as_str_or_null().unwrap_or_default() else { return Ok(None) };
    let fault = |why: serde_json::Error| StoreError::Row {
        table: "parcels",
        row: row.get(0).unwrap_or(-1),
        column: "marks",
        why: why.to_string(),
    };
    serde_json::from_str(text).map(Some).map_err(fault)
}
