//! Reads the parcels: by runs of ids, on as many connections as there are,
//! each run into a strand of its own. The strands are joined in order.

use std::{
    collections::BTreeMap,
    sync::{
        atomic::{AtomicI64, Ordering},
        mpsc,
    },
};

use rusqlite::{Connection, Row};

use super::{blob, read::parsed};
use crate::{
    atlas::{Builder, ParcelRow, Strand},
    domain::{
        Day, HolderId, LedgerPosition, Marks, ParcelId, ProjectId, SquareMetres, Stage, StageDays, UnitId,
        Vnd,
    },
    store::StoreError,
};

/// What of the parcels is read.
#[derive(Debug, Clone, Copy)]
pub enum Scope {
    /// All rows, as they are.
    Everything,
    /// Rows up to `last`, with nothing but the day of their listing: a replay brings the rest.
    Listing {
        /// Last id.
        last: i64,
    },
}

/// Ids a strand: small enough that threads end together, large enough that joining is cheap.
const RUN: i64 = 16_384;

const PARCELS: &str =
    "SELECT fid, project, unit, sheet, number, land_use, recovered_area, total_area, declared_area,
    holder, planned_on, money, d0, d1, d2, d3, d4, d5, d6, d7, d8, geom, version, marks FROM parcels
    WHERE fid BETWEEN ?1 AND ?2 ORDER BY fid";

/// Adds the parcels to `builder`, reading on `sql` and beside it on `others`.
pub fn read(
    sql: &Connection,
    others: Vec<Connection>,
    builder: &mut Builder,
    scope: Scope,
) -> Result<(), StoreError> {
    let ends = "SELECT min(fid), max(fid) FROM parcels";
    let (first, last): (Option<i64>, Option<i64>) =
        sql.query_row(ends, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (Some(first), Some(mut last)) = (first, last) else { return Ok(()) };
    if let Scope::Listing { last: until } = scope {
        last = last.min(until);
    }
    let run_from = |run: i64| Some(first + run * RUN).filter(|from| *from <= last);
    let next = AtomicI64::new(0);
    let strand = builder.strand();
    let (send, receive) = mpsc::sync_channel(2 * others.len() + 2);
    std::thread::scope(|threads| {
        for connection in others {
            let (send, next, empty) = (send.clone(), &next, strand.another());
            threads.spawn(move || {
                loop {
                    let run = next.fetch_add(1, Ordering::Relaxed);
                    let Some(from) = run_from(run) else { return };
                    let to = (from + RUN - 1).min(last);
                    let made = fill(&connection, empty.another(), (from, to), scope);
                    // Nobody listens any more after an error.
                    if send.send((run, made)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        // Dropped with this closure: after an error the threads must not wait for room.
        let receive = receive;
        let mut waiting = BTreeMap::new();
        let mut joined = 0;
        while let Some(from) = run_from(joined) {
            let mut made = match receive.recv() {
                Ok((run, made)) => {
                    waiting.insert(run, made);
                    waiting.remove(&joined)
                }
                // No other thread: read here.
                Err(_) => match waiting.remove(&joined) {
                    Some(made) => Some(made),
                    None => Some(fill(sql, strand.another(), (from, (from + RUN - 1).min(last)), scope)),
                },
            };
            while let Some(strand) = made {
                builder.join(&strand?)?;
                joined += 1;
                made = waiting.remove(&joined);
            }
        }
        Ok(())
    })
}

fn fill(
    sql: &Connection,
    mut strand: Strand,
    (from, to): (i64, i64),
    scope: Scope,
) -> Result<Strand, StoreError> {
    let mut statement = sql.prepare_cached(PARCELS)?;
    let mut rows = statement.query([from, to])?;
    while let Some(row) = rows.next()? {
        add(row, &mut strand, scope)?;
    }
    Ok(strand)
}

fn add(row: &Row<'_>, strand: &mut Strand, scope: Scope) -> Result<(), StoreError> {
    let id: u32 = row.get(0)?;
    let fault = |column, why: String| StoreError::Row { table: "parcels", row: i64::from(id), column, why };
    let text = |index: usize| row.get_ref(index).map(|v| v.as_str().unwrap_or_default());
    let (stages, money) = match scope {
        Scope::Everything => (&Stage::ALL[..], row.get::<_, i64>(11)?),
        Scope::Listing { .. } => (&Stage::ALL[..1], 0),
    };
    let mut days = StageDays::default();
    for stage in stages {
        let number: Option<i64> = row.get(12 + stage.number())?;
        let day = number.map(Day::from_number).transpose().map_err(|e| fault("d0…d8", e.to_string()))?;
        days.set(*stage, day);
    }
    let blob = row.get_ref(21)?.as_blob().map_err(|e| fault("geom", e.to_string()))?;
    let (version, marks) = match scope {
        Scope::Everything => (row.get::<_, i64>(22)?, marks(row, id)?),
        Scope::Listing { .. } => (0, None),
    };
    strand.parcel(&ParcelRow {
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
        money: Vnd(money.unsigned_abs()),
        days,
        version: LedgerPosition(version.unsigned_abs()),
        marks: marks.as_ref(),
        wkb: blob::wkb(blob).map_err(|why| fault("geom", why))?,
    })?;
    Ok(())
}

fn marks(row: &Row<'_>, id: u32) -> Result<Option<Marks>, StoreError> {
    let Some(text) = row.get_ref(23)?.as_str_or_null().unwrap_or_default() else { return Ok(None) };
    let fault = |why: serde_json::Error| StoreError::Row {
        table: "parcels",
        row: i64::from(id),
        column: "marks",
        why: why.to_string(),
    };
    serde_json::from_str(text).map(Some).map_err(fault)
}
