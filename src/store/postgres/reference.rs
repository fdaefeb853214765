//! Rows of units and projects. A row that changes leaves what it was in the
//! table of the past, so that every position keeps its names, plans and boundaries.

use tokio_postgres::types::ToSql;

use super::{
    cells::{Date, cell, number, position, signed},
    read,
    session::Session,
};
use crate::{
    domain::{AdminUnit, Code, Day, LedgerPosition, Project, ProjectId, Succession, UnitId},
    store::{
        StoreError, StoreResult,
        joined::{self, Wrote},
        ledger::{
            check::change_plan,
            encoding::{area_wkb, line_wkb},
        },
    },
};

fn date(day: Option<Day>) -> Option<Date> {
    day.map(Date::from)
}

/// The unit with this code and level at the same time, if it is there, with the position from which its row holds.
fn known_unit(sql: &Session<'_>, unit: &AdminUnit) -> StoreResult<Option<(UnitId, AdminUnit, i64)>> {
    let select = format!(
        "SELECT {}, since FROM units WHERE code = $1 AND level = $2
            AND (valid_to IS NULL OR $3::date IS NULL OR valid_to >= $3)
            AND (valid_from IS NULL OR $4::date IS NULL OR valid_from <= $4)
            ORDER BY valid_from IS NULL, fid LIMIT 1",
        read::UNIT
    );
    let (from, to) = (date(unit.valid_from), date(unit.valid_to));
    let row = sql.one(&select, &[&unit.code.as_str(), &unit.level.code(), &from, &to])?;
    let Some(row) = row else { return Ok(None) };
    let (id, known) = read::unit(&row)?;
    Ok(Some((id, known, cell(&row, 10)?)))
}

/// Writes a unit at the position that the next event will have.
pub fn unit(sql: &Session<'_>, unit: &AdminUnit, at: LedgerPosition) -> StoreResult<Wrote> {
    let known = known_unit(sql, unit)?;
    let row = known.as_ref().map_or_else(|| unit.clone(), |(_, known, _)| joined::unit(known, unit));
    if let Some((id, known, since)) = &known {
        if row == *known {
            return Ok(Wrote::Known);
        }
        if *since < position(at) {
            let keep =
                "INSERT INTO units_past SELECT fid, code, name, level, parent_code, valid_from, valid_to,
                predecessor_codes, successor_codes, geom, since, $2 FROM units WHERE fid = $1";
            sql.execute(keep, &[&signed(id.0), &position(at)])?;
        }
    }
    let write = "INSERT INTO units
        (fid, code, name, level, parent_code, valid_from, valid_to, predecessor_codes, successor_codes, geom, since)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, ST_GeomFromWKB($10::bytea, 4326), $11)
        ON CONFLICT (fid) DO UPDATE SET name = excluded.name, parent_code = excluded.parent_code,
        valid_from = excluded.valid_from, valid_to = excluded.valid_to,
        predecessor_codes = excluded.predecessor_codes, successor_codes = excluded.successor_codes,
        geom = excluded.geom, since = excluded.since";
    let number = match &known {
        Some((id, ..)) => id.0,
        None => next_number(sql, "units")?,
    };
    sql.execute(
        write,
        &[
            &signed(number),
            &row.code.as_str(),
            &row.name,
            &row.level.code(),
            &row.parent.as_ref().map(Code::as_str),
            &date(row.valid_from),
            &date(row.valid_to),
            &Succession::write_list(&row.predecessors),
            &Succession::write_list(&row.successors),
            &row.boundary.as_ref().map(area_wkb),
            &position(at),
        ],
    )?;
    Ok(if known.is_some() { Wrote::Known } else { Wrote::New(number) })
}

/// The project whose column `by` is this, with the position from which its row holds.
fn known_project(
    sql: &Session<'_>,
    by: &str,
    value: &(dyn ToSql + Sync),
) -> StoreResult<Option<(ProjectId, Project, i64)>> {
    let select = format!(
        "SELECT {}, p.since FROM projects p LEFT JOIN alignments a USING (fid) WHERE p.{by} = $1",
        read::PROJECT
    );
    let Some(row) = sql.one(&select, &[value])? else { return Ok(None) };
    let (id, known) = read::project(&row)?;
    Ok(Some((id, known, cell(&row, 12)?)))
}

/// Writes a project at the position that the next event will have; what it leaves open stays.
pub fn project(sql: &Session<'_>, new: &Project, at: LedgerPosition) -> StoreResult<Wrote> {
    let known = known_project(sql, "code", &new.code.as_str())?;
    let Some((id, before, since)) = known else {
        return write_project(sql, None, new, at).map(Wrote::New);
    };
    let row = joined::project(&before, new);
    replace(sql, (id, &before, since), &row, at)?;
    Ok(Wrote::Known)
}

/// Changes a project's pledge at the position that the event will have; whether the project is there.
pub fn plan(
    sql: &Session<'_>,
    id: ProjectId,
    plan: Option<&str>,
    required: Option<Day>,
    at: LedgerPosition,
) -> StoreResult<bool> {
    let Some((id, before, since)) = known_project(sql, "fid", &signed(id.0))? else { return Ok(false) };
    let mut row = before.clone();
    change_plan(&mut row, plan, required).map_err(|why| StoreError::Row {
        table: "projects",
        row: i64::from(id.0),
        column: "plan",
        why: why.to_string(),
    })?;
    replace(sql, (id, &before, since), &row, at)?;
    Ok(true)
}

fn replace(
    sql: &Session<'_>,
    (id, before, since): (ProjectId, &Project, i64),
    row: &Project,
    at: LedgerPosition,
) -> StoreResult<()> {
    if row == before {
        return Ok(());
    }
    if since < position(at) {
        let keep = "INSERT INTO projects_past SELECT p.fid, p.code, p.name, p.kind, p.key_project, p.investor, p.body,
            p.procedure, p.required_on, p.plan, p.geom, a.geom, p.since, $2
            FROM projects p LEFT JOIN alignments a USING (fid) WHERE p.fid = $1";
        sql.execute(keep, &[&signed(id.0), &position(at)])?;
    }
    write_project(sql, Some(id), row, at).map(|_| ())
}

fn write_project(
    sql: &Session<'_>,
    id: Option<ProjectId>,
    row: &Project,
    at: LedgerPosition,
) -> StoreResult<u32> {
    let write = "INSERT INTO projects
        (fid, code, name, kind, key_project, investor, body, procedure, required_on, plan, geom, since)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ST_GeomFromWKB($11::bytea, 4326), $12)
        ON CONFLICT (fid) DO UPDATE SET name = excluded.name, kind = excluded.kind,
        key_project = excluded.key_project, investor = excluded.investor, body = excluded.body,
        procedure = excluded.procedure, required_on = excluded.required_on, plan = excluded.plan,
        geom = excluded.geom, since = excluded.since";
    let code = row.code.as_str();
    let number = match id {
        Some(id) => id.0,
        None => next_number(sql, "projects")?,
    };
    sql.execute(
        write,
        &[
            &signed(number),
            &code,
            &row.name,
            &row.kind.code(),
            &row.key,
            &row.investor,
            &row.body,
            &row.procedure.as_str(),
            &date(row.required_day),
            &row.plan.write(),
            &row.boundary.as_ref().map(area_wkb),
            &position(at),
        ],
    )?;
    if let Some(line) = &row.alignment {
        let write = "INSERT INTO alignments (fid, code, name, geom)
            VALUES ($1, $2, $3, ST_GeomFromWKB($4::bytea, 4326))
            ON CONFLICT (fid) DO UPDATE SET name = excluded.name, geom = excluded.geom";
        sql.execute(write, &[&signed(number), &code, &row.name, &line_wkb(line)])?;
    }
    Ok(number)
}

/// The number that the next row of a table gets: rows are never taken away, so it follows the last one.
pub fn next_number(sql: &Session<'_>, table: &str) -> StoreResult<u32> {
    number(&sql.row(&format!("SELECT coalesce(max(fid), 0) + 1 FROM {table}"), &[])?, 0)
}

/// Number of the project with this code.
pub fn project_number(sql: &Session<'_>, code: &str) -> StoreResult<Option<u32>> {
    let row = sql.one("SELECT fid FROM projects WHERE code = $1", &[&code])?;
    row.map(|row| number(&row, 0)).transpose()
}

/// Number of the unit that has the code on `day`, else of the last one that had it.
pub fn unit_number(sql: &Session<'_>, code: &str, day: Day) -> StoreResult<Option<u32>> {
    let find = "SELECT fid FROM units WHERE code = $1
        ORDER BY coalesce(valid_from <= $2, true) AND coalesce(valid_to >= $2, true) DESC,
        valid_from DESC NULLS LAST, fid LIMIT 1";
    sql.one(find, &[&code, &Date::from(day)])?.map(|row| number(&row, 0)).transpose()
}
