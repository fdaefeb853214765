//! The ledger as the file holds it, line by line.

use rusqlite::{Connection, Row};

use super::{blob, cells::parsed, read};
use crate::{
    domain::{Day, EventKind, ImportedLayer, LedgerPosition, ParcelId, ProjectId, SquareMetres, UnitId},
    store::{Head, Line, StoreError, ledger::encoding::ParcelRow},
};

/// Tells all of it: before each import the rows that it wrote.
pub fn each(
    sql: &Connection,
    take: &mut dyn FnMut(Line<'_>) -> Result<(), StoreError>,
) -> Result<Head, StoreError> {
    let mut statement = sql.prepare(
        "SELECT position, recorded_at, day, author, parcel, document, body, previous, hash, kind FROM ledger
         ORDER BY position",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let event = read::event(row)?;
        if row.get_ref(9)?.as_str() != Ok(event.body.kind.code()) {
            let why = "does not say what the body says".to_owned();
            return Err(StoreError::Row {
                table: "ledger",
                row: read::signed(event.position),
                column: "kind",
                why,
            });
        }
        if let EventKind::Imported { layer, first, last, .. } = event.body.kind {
            sealed(sql, event.position, layer, (first, last), take)?;
        }
        let hash = |column: usize, name: &'static str| {
            row.get::<_, [u8; 32]>(column).map_err(|_| StoreError::Row {
                table: "ledger",
                row: read::signed(event.position),
                column: name,
                why: "is not 32 bytes".to_owned(),
            })
        };
        take(Line::Event(&event, hash(7, "previous")?, hash(8, "hash")?))?;
    }
    read::head(sql)
}

fn sealed(
    sql: &Connection,
    position: LedgerPosition,
    layer: ImportedLayer,
    (first, last): (u32, u32),
    take: &mut dyn FnMut(Line<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    match layer {
        ImportedLayer::Units => {
            for (id, unit) in read::units_of(sql, position)? {
                take(Line::Unit(id, &unit))?;
            }
        }
        ImportedLayer::Projects => {
            for (id, project) in read::projects_of(sql, position)? {
                take(Line::Project(id, &project))?;
            }
        }
        ImportedLayer::Parcels => {
            let select = "SELECT fid, project, unit, sheet, number, land_use, recovered_area, total_area,
                declared_area, holder, planned_on, geom FROM parcels WHERE fid BETWEEN ?1 AND ?2 ORDER BY fid";
            let mut statement = sql.prepare_cached(select)?;
            let mut rows = statement.query([first, last])?;
            while let Some(row) = rows.next()? {
                take(Line::Parcel(parcel(row)?))?;
            }
        }
    }
    Ok(())
}

fn parcel<'r>(row: &'r Row<'_>) -> Result<ParcelRow<'r>, StoreError> {
    let id: u32 = row.get(0)?;
    let fault = |why: String| StoreError::Row { table: "parcels", row: i64::from(id), column: "geom", why };
    let text = |index: usize| row.get_ref(index).map(|value| value.as_str().unwrap_or_default());
    let blob = row.get_ref(11)?.as_blob().map_err(|e| fault(e.to_string()))?;
    Ok(ParcelRow {
        id: ParcelId(id),
        project: ProjectId(row.get(1)?),
        unit: UnitId(row.get(2)?),
        sheet: text(3)?,
        number: text(4)?,
        land_use: text(5)?,
        recovered: SquareMetres::new(row.get(6)?),
        total: SquareMetres::new(row.get(7)?),
        declared: row.get::<_, Option<f64>>(8)?.map(SquareMetres::new),
        holder: row.get(9)?,
        planned: parsed(row, "parcels", (10, "planned_on"), Day::parse)?,
        wkb: blob::wkb(blob).map_err(fault)?,
    })
}
