//! Writes parcels that take the place of another: split or merged.

use rusqlite::{Connection, OptionalExtension};

use super::{
    parcels::{Inserts, Numbered, Numbers},
    reference,
};
use crate::{
    domain::{Code, Day, HolderId, PackedParcels, Parcel, ParcelId, ParcelKey, ProjectId, UnitId},
    store::{Entry, FormedParcel, StoreError, ledger::encoding::Seal},
};

/// What the new rows take over from the parcel before them.
struct Parent {
    project: ProjectId,
    unit: UnitId,
    holder: Option<HolderId>,
    planned: Option<Day>,
    key: ParcelKey,
    land_use: String,
}

/// Adds the rows: what seals them, and the number of the first.
pub fn form(
    sql: &Connection,
    entry: &Entry,
    parent: ParcelId,
    parcels: &[FormedParcel],
) -> Result<(Seal, u32), StoreError> {
    let parent = read(sql, parent)?;
    let (mut seal, first) = (Seal::default(), reference::next_number(sql, "parcels")?);
    let mut run = Numbered { parcels: PackedParcels::default(), numbers: Vec::new() };
    for (row, formed) in (first..).zip(parcels) {
        let parcel = Parcel {
            key: ParcelKey {
                sheet: formed.sheet.clone(),
                number: formed.number.clone(),
                ..parent.key.clone()
            },
            land_use: parent.land_use.clone(),
            total_area: formed.total_area,
            recovered_area: formed.recovered_area,
            declared_area: None,
            holder: None,
            planned_day: parent.planned,
            geometry: formed.geometry.clone(),
        };
        let Parent { project, unit, holder, .. } = parent;
        run.numbers.push(Numbers { id: ParcelId(row), project, unit, holder });
        run.parcels.push("", &parcel, None);
    }
    Inserts::new(sql, entry.day)?.run(&run)?;
    run.seal(&mut seal);
    Ok((seal, first))
}

fn read(sql: &Connection, id: ParcelId) -> Result<Parent, StoreError> {
    let find = "SELECT p.project, p.unit, p.holder, p.planned_on, p.land_use, j.code, u.code FROM parcels p
        JOIN projects j ON j.fid = p.project JOIN units u ON u.fid = p.unit WHERE p.fid = ?1";
    let code = |row: &rusqlite::Row<'_>, column: usize| {
        let text: String = row.get(column)?;
        Code::new(&text).map_err(|e| {
            rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(e))
        })
    };
    let parent = sql.query_row(find, [id.0], |row| {
        let planned: Option<String> = row.get(3)?;
        Ok(Parent {
            project: ProjectId(row.get(0)?),
            unit: UnitId(row.get(1)?),
            holder: row.get::<_, Option<u32>>(2)?.map(HolderId),
            planned: planned.and_then(|text| Day::parse(&text).ok()),
            land_use: row.get(4)?,
            key: ParcelKey {
                project: code(row, 5)?,
                unit: code(row, 6)?,
                sheet: String::new(),
                number: String::new(),
            },
        })
    });
    parent.optional()?.ok_or(StoreError::NoParcel(id))
}
