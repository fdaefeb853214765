//! The ledger as the database holds it, line by line, some at a time.

use tokio_postgres::Row;

use super::{
    cells::{cell, day, number, position, signed},
    read::{self, EVENT, hash},
    session::Session,
};
use crate::{
    domain::{EventKind, ImportedLayer, LedgerPosition, ParcelId, ProjectId, SquareMetres, UnitId},
    store::{Head, Line, StoreError, ledger::encoding::ParcelRow},
};

/// Rows that are read at once: while they are sent, other questions may be asked.
const SOME: usize = 4096;

/// Tells all of it: before each import the rows that it wrote.
pub fn each(
    sql: &Session<'_>,
    take: &mut dyn FnMut(Line<'_>) -> Result<(), StoreError>,
) -> Result<Head, StoreError> {
    let select = format!(
        "SELECT {EVENT}, previous, hash, kind FROM ledger WHERE position > $1 ORDER BY position LIMIT {SOME}"
    );
    let mut seen = LedgerPosition(0);
    loop {
        let rows = sql.query(&select, &[&position(seen)])?;
        for row in &rows {
            let event = read::event(row)?;
            if cell::<&str>(row, 9)? != event.body.kind.code() {
                let why = "does not say what the body says".to_owned();
                let row = position(event.position);
                return Err(StoreError::Row { table: "ledger", row, column: "kind", why });
            }
            if let EventKind::Imported { layer, first, last, .. } = event.body.kind {
                sealed(sql, event.position, layer, (first, last), take)?;
            }
            take(Line::Event(&event, hash(row, 7, "previous")?, hash(row, 8, "hash")?))?;
            seen = event.position;
        }
        if rows.len() < SOME {
            return read::head(sql);
        }
    }
}

fn sealed(
    sql: &Session<'_>,
    at: LedgerPosition,
    layer: ImportedLayer,
    (first, last): (u32, u32),
    take: &mut dyn FnMut(Line<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    match layer {
        ImportedLayer::Units => {
            for (id, unit) in read::units_of(sql, at)? {
                take(Line::Unit(id, &unit))?;
            }
        }
        ImportedLayer::Projects => {
            for (id, project) in read::projects_of(sql, at)? {
                take(Line::Project(id, &project))?;
            }
        }
        ImportedLayer::Parcels => {
            let select = format!(
                "SELECT fid, project, unit, sheet, number, land_use, recovered_area, total_area,
                 declared_area, holder, planned_on, ST_AsBinary(geom, 'NDR') FROM parcels
                 WHERE fid BETWEEN $1 AND $2 ORDER BY fid LIMIT {SOME}"
            );
            let mut from = first;
            loop {
                let rows = sql.query(&select, &[&signed(from), &signed(last)])?;
                for row in &rows {
                    take(Line::Parcel(parcel(row)?))?;
                }
                match rows.last() {
                    Some(row) if rows.len() == SOME => from = number(row, 0)? + 1,
                    _ => break,
                }
            }
        }
    }
    Ok(())
}

fn parcel(row: &Row) -> Result<ParcelRow<'_>, StoreError> {
    Ok(ParcelRow {
        id: ParcelId(number(row, 0)?),
        project: ProjectId(number(row, 1)?),
        unit: UnitId(number(row, 2)?),
        sheet: cell(row, 3)?,
        number: cell(row, 4)?,
        land_use: cell(row, 5)?,
        recovered: SquareMetres::new(cell(row, 6)?),
        total: SquareMetres::new(cell(row, 7)?),
        declared: cell::<Option<f64>>(row, 8)?.map(SquareMetres::new),
        holder: cell::<Option<i32>>(row, 9)?.map(i32::unsigned_abs),
        planned: day(row, "parcels", 10, "planned_on")?,
        wkb: cell(row, 11)?,
    })
}
