//! What a change asks of the store before it writes.

use tokio_postgres::Row;

use super::{
    cells::{Date, cell, day, number, signed},
    read,
    session::Session,
};
use crate::{
    domain::{Day, Event, LedgerPosition, ParcelId, ParcelRef, ProjectId, SquareMetres, UnitId},
    store::{ParcelState, StoreError, StoreResult, shape},
};

const FACTS: &str = "SELECT p.fid, j.code, p.land_use, p.unit, u.code, p.sheet, p.number, p.d0, p.version";

fn facts(row: &Row) -> StoreResult<ParcelState> {
    Ok(ParcelState {
        id: ParcelId(number(row, 0)?),
        project: cell(row, 1)?,
        land_use: cell(row, 2)?,
        unit: UnitId(number(row, 3)?),
        unit_code: cell(row, 4)?,
        sheet: cell(row, 5)?,
        number: cell(row, 6)?,
        listed: cell::<Option<Date>>(row, 7)?.and_then(|date| date.day().ok()),
        version: LedgerPosition(cell::<i64>(row, 8)?.unsigned_abs()),
    })
}

fn by_number() -> String {
    format!(
        "{FACTS} FROM parcels p JOIN projects j ON j.fid = p.project JOIN units u ON u.fid = p.unit
         WHERE p.fid = $1"
    )
}

/// The parcel with this number, and its events in order; both by one way to the server.
pub fn find_with_events(sql: &Session<'_>, id: ParcelId) -> StoreResult<(Option<ParcelState>, Vec<Event>)> {
    let number = signed(id.0);
    let of_parcel = read::of_parcel();
    let answers = sql.query_all(&[(&by_number(), &[&number]), (&of_parcel, &[&number])])?;
    let mut answers = answers.into_iter();
    let (found, events) = (answers.next().unwrap_or_default(), answers.next().unwrap_or_default());
    let events = events.iter().map(read::event).collect::<StoreResult<_>>()?;
    Ok((found.first().map(facts).transpose()?, events))
}

/// Parcels that `parcel` means; of a commune that there was none of before a reform, those of the units that became it.
pub fn find(sql: &Session<'_>, parcel: &ParcelRef) -> StoreResult<Vec<ParcelState>> {
    let found = find_in(sql, parcel, "u.code = $4")?;
    if found.is_empty() && matches!(parcel, ParcelRef::Key { unit: Some(_), .. }) {
        return find_in(sql, parcel, "strpos(';' || u.successor_codes, ';' || $4 || ':') > 0");
    }
    Ok(found)
}

fn find_in(sql: &Session<'_>, parcel: &ParcelRef, named: &str) -> StoreResult<Vec<ParcelState>> {
    let rows = match parcel {
        ParcelRef::Id(id) => sql.query(&by_number(), &[&signed(id.0)])?,
        ParcelRef::Key { project, unit, sheet, number } => {
            let named = if unit.is_some() { named } else { "$4::text IS NULL" };
            sql.query(
                &format!(
                    "{FACTS} FROM projects j JOIN parcels p ON p.project = j.fid JOIN units u ON u.fid = p.unit
                     WHERE j.code = $1 AND {named} AND p.sheet = $2 AND p.number = $3
                     AND (p.ended_on IS NULL OR NOT EXISTS (SELECT 1 FROM parcels q WHERE q.project = p.project
                     AND q.unit = p.unit AND q.sheet = p.sheet AND q.number = p.number AND q.ended_on IS NULL))
                     LIMIT 3"
                ),
                &[project, sheet, number, unit],
            )?
        }
    };
    rows.iter().map(facts).collect()
}

/// The project with this code and the communes of its parcels.
pub fn project(sql: &Session<'_>, code: &str) -> StoreResult<Option<(ProjectId, Vec<UnitId>)>> {
    let Some(id) = super::reference::project_number(sql, code)? else { return Ok(None) };
    let units =
        sql.query("SELECT DISTINCT unit FROM parcels WHERE project = $1 ORDER BY unit", &[&signed(id)])?;
    let units = units.iter().map(|row| number(row, 0).map(UnitId)).collect::<StoreResult<_>>()?;
    Ok(Some((ProjectId(id), units)))
}

/// A parcel's recovered part and area, and the area of the whole parcel.
pub fn shape(
    sql: &Session<'_>,
    parcel: ParcelId,
) -> StoreResult<(geo::MultiPolygon<f64>, SquareMetres, SquareMetres)> {
    let find = "SELECT ST_AsBinary(geom, 'NDR'), recovered_area, total_area FROM parcels WHERE fid = $1";
    let row = sql.one(find, &[&signed(parcel.0)])?.ok_or(StoreError::NoParcel(parcel))?;
    let fault = |why| StoreError::Row { table: "parcels", row: i64::from(parcel.0), column: "geom", why };
    let polygons = shape::to_multi_polygon(cell(&row, 0)?).map_err(fault)?;
    Ok((polygons, SquareMetres::new(cell(&row, 1)?), SquareMetres::new(cell(&row, 2)?)))
}

/// Days of the listing of these parcels, of those that are there.
pub fn listed(sql: &Session<'_>, parcels: &[i32]) -> StoreResult<Vec<(ParcelId, Option<Day>)>> {
    let rows = sql.query("SELECT fid, d0 FROM parcels WHERE fid = ANY($1)", &[&parcels])?;
    rows.iter().map(|row| Ok((ParcelId(number(row, 0)?), day(row, "parcels", 1, "d0")?))).collect()
}

/// The digest and answer of an earlier request.
pub fn answer(sql: &Session<'_>, author: &str, key: &str) -> StoreResult<Option<(Vec<u8>, String)>> {
    let find = "SELECT digest, answer FROM requests WHERE author = $1 AND key = $2";
    let row = sql.one(find, &[&author, &key])?;
    row.map(|row| Ok((cell(&row, 0)?, cell(&row, 1)?))).transpose()
}
