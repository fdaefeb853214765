//! What a change asks of the store before it writes.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::blob;
use crate::{
    domain::{Day, LedgerPosition, ParcelId, ParcelRef, ProjectId, SquareMetres, UnitId},
    store::{IdempotentAnswer, ParcelState, StoreError},
};

const FACTS: &str = "SELECT p.fid, j.code, p.land_use, p.unit, u.code, p.sheet, p.number, p.d0, p.version";

fn facts(row: &Row<'_>) -> rusqlite::Result<ParcelState> {
    Ok(ParcelState {
        id: ParcelId(row.get(0)?),
        project: row.get(1)?,
        land_use: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
        unit: UnitId(row.get(3)?),
        unit_code: row.get(4)?,
        sheet: row.get(5)?,
        number: row.get(6)?,
        listed: row.get::<_, Option<i64>>(7)?.and_then(|day| Day::from_number(day).ok()),
        version: LedgerPosition(row.get::<_, i64>(8)?.unsigned_abs()),
    })
}

/// Parcels that `parcel` means; of a commune that there was none of before a reform, those of the units that became it.
pub fn find(sql: &Connection, parcel: &ParcelRef) -> Result<Vec<ParcelState>, StoreError> {
    let found = find_in(sql, parcel, "u.code = ?4")?;
    if found.is_empty() && matches!(parcel, ParcelRef::Key { unit: Some(_), .. }) {
        return find_in(sql, parcel, "instr(';' || u.successor_codes, ';' || ?4 || ':') > 0");
    }
    Ok(found)
}

fn find_in(sql: &Connection, parcel: &ParcelRef, named: &str) -> Result<Vec<ParcelState>, StoreError> {
    let found: rusqlite::Result<Vec<ParcelState>> = match parcel {
        ParcelRef::Id(id) => sql
            .prepare_cached(&format!(
                "{FACTS} FROM parcels p JOIN projects j ON j.fid = p.project JOIN units u ON u.fid = p.unit
                 WHERE p.fid = ?1"
            ))?
            .query_map([id.0], facts)?
            .collect(),
        ParcelRef::Key { project, unit, sheet, number } => {
            let named = if unit.is_some() { named } else { "?4 IS NULL" };
            // Units before parcels, as CROSS JOIN says: the key begins with project and unit.
            sql.prepare_cached(&format!(
                "{FACTS} FROM projects j CROSS JOIN units u CROSS JOIN parcels p
                 WHERE j.code = ?1 AND {named} AND p.project = j.fid AND p.unit = u.fid
                 AND p.sheet = ?2 AND p.number = ?3
                 AND (p.ended_on IS NULL OR NOT EXISTS (SELECT 1 FROM parcels q WHERE q.project = p.project
                 AND q.unit = p.unit AND q.sheet = p.sheet AND q.number = p.number AND q.ended_on IS NULL)) LIMIT 3"
            ))?
            .query_map(params![project, sheet, number, unit], facts)?
            .collect()
        }
    };
    Ok(found?)
}

pub fn project(sql: &Connection, code: &str) -> Result<Option<(ProjectId, Vec<UnitId>)>, StoreError> {
    let find = "SELECT fid FROM projects WHERE code = ?1";
    let Some(id): Option<u32> = sql.query_row(find, [code], |row| row.get(0)).optional()? else {
        return Ok(None);
    };
    let units = "SELECT DISTINCT unit FROM parcels WHERE project = ?1";
    let units: rusqlite::Result<Vec<UnitId>> =
        sql.prepare_cached(units)?.query_map([id], |row| row.get(0).map(UnitId))?.collect();
    Ok(Some((ProjectId(id), units?)))
}

pub fn shape(
    sql: &Connection,
    parcel: ParcelId,
) -> Result<(geo::MultiPolygon<f64>, SquareMetres, SquareMetres), StoreError> {
    let find = "SELECT geom, recovered_area, total_area FROM parcels WHERE fid = ?1";
    let row = |row: &Row<'_>| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, f64>(1)?, row.get::<_, f64>(2)?));
    let (geometry, recovered, total) =
        sql.query_row(find, [parcel.0], row).optional()?.ok_or(StoreError::NoParcel(parcel))?;
    let fault = |why| StoreError::Row { table: "parcels", row: i64::from(parcel.0), column: "geom", why };
    let polygons = blob::to_multi_polygon(&geometry).map_err(fault)?;
    Ok((polygons, SquareMetres::new(recovered), SquareMetres::new(total)))
}

pub fn answer(sql: &Connection, author: &str, key: &str) -> Result<Option<(Vec<u8>, String)>, StoreError> {
    let find = "SELECT digest, answer FROM requests WHERE author = ?1 AND key = ?2";
    Ok(sql.query_row(find, [author, key], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

/// Days for which an answer is kept.
const KEPT_DAYS: i64 = 7;

pub fn keep_answer(sql: &Connection, kept: &IdempotentAnswer<'_>) -> Result<(), StoreError> {
    let insert =
        "INSERT INTO requests (author, key, digest, answer, recorded_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    let IdempotentAnswer { author, key, digest, answer, recorded_at } = *kept;
    sql.prepare_cached(insert)?.execute(params![author, key, digest, answer, recorded_at])?;
    let forget = "DELETE FROM requests WHERE author = ?1 AND recorded_at < ?2";
    sql.prepare_cached(forget)?.execute(params![author, recorded_at - KEPT_DAYS * 86_400_000])?;
    Ok(())
}
