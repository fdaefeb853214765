//! Rows of units and projects. A row that changes leaves what it was in the
//! table of the past, so that every position keeps its names, plans and boundaries.

use rusqlite::{Connection, OptionalExtension, params};

use super::{
    blob,
    read::{self, signed},
};
use crate::{
    domain::{AdminUnit, Day, LedgerPosition, Project, ProjectId, Succession, UnitId},
    store::{
        StoreError,
        joined::{self, Wrote},
    },
};

fn text(day: Option<Day>) -> Option<String> {
    day.map(|day| day.to_string())
}

/// The unit with this code and level at the same time, if it is there.
fn known_unit(sql: &Connection, unit: &AdminUnit) -> Result<Option<(UnitId, AdminUnit, i64)>, StoreError> {
    let select = format!(
        "SELECT {}, since FROM units WHERE code = ?1 AND level = ?2
            AND (valid_to IS NULL OR ?3 IS NULL OR valid_to >= ?3)
            AND (valid_from IS NULL OR ?4 IS NULL OR valid_from <= ?4)
            ORDER BY valid_from IS NULL, fid LIMIT 1",
        read::UNIT
    );
    let mut statement = sql.prepare_cached(&select)?;
    let (from, to) = (text(unit.valid_from), text(unit.valid_to));
    let mut rows = statement.query(params![unit.code.as_str(), unit.level.code(), from, to])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let (id, known) = read::unit(row)?;
    Ok(Some((id, known, row.get(10)?)))
}

/// Writes a unit at the position that the next event will have.
pub fn unit(sql: &Connection, unit: &AdminUnit, position: LedgerPosition) -> Result<Wrote, StoreError> {
    let known = known_unit(sql, unit)?;
    let row = known.as_ref().map_or_else(|| unit.clone(), |(_, known, _)| joined::unit(known, unit));
    if let Some((id, known, since)) = &known {
        if row == *known {
            return Ok(Wrote::Known);
        }
        if *since < signed(position) {
            let keep =
                format!("INSERT INTO units_past SELECT {}, since, ?2 FROM units WHERE fid = ?1", read::UNIT);
            sql.prepare_cached(&keep)?.execute(params![id.0, signed(position)])?;
        }
    }
    let write = "INSERT INTO units
        (fid, code, name, level, parent_code, valid_from, valid_to, predecessor_codes, successor_codes, geom, since)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        ON CONFLICT (fid) DO UPDATE SET name = excluded.name, parent_code = excluded.parent_code,
        valid_from = excluded.valid_from, valid_to = excluded.valid_to,
        predecessor_codes = excluded.predecessor_codes, successor_codes = excluded.successor_codes,
        geom = excluded.geom, since = excluded.since";
    let number = match &known {
        Some((id, ..)) => id.0,
        None => next_number(sql, "units")?,
    };
    sql.prepare_cached(write)?.execute(params![
        number,
        row.code.as_str(),
        row.name,
        row.level.code(),
        row.parent.as_ref().map(crate::domain::Code::as_str),
        text(row.valid_from),
        text(row.valid_to),
        Succession::write_list(&row.predecessors),
        Succession::write_list(&row.successors),
        row.boundary.as_ref().map(blob::multi_polygon),
        signed(position),
    ])?;
    Ok(if known.is_some() { Wrote::Known } else { Wrote::New(number) })
}

/// The project whose column `by` is this, with the position from which its row holds.
fn known_project(
    sql: &Connection,
    by: &str,
    value: &dyn rusqlite::ToSql,
) -> Result<Option<(ProjectId, Project, i64)>, StoreError> {
    let select = format!(
        "SELECT {}, p.since FROM projects p LEFT JOIN alignments a USING (fid) WHERE p.{by} = ?1",
        read::PROJECT
    );
    let mut statement = sql.prepare_cached(&select)?;
    let mut rows = statement.query([value])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let (id, known) = read::project(row)?;
    Ok(Some((id, known, row.get(12)?)))
}

/// Writes a project at the position that the next event will have; what it leaves open stays.
pub fn project(sql: &Connection, new: &Project, position: LedgerPosition) -> Result<Wrote, StoreError> {
    let known = known_project(sql, "code", &new.code.as_str())?;
    let Some((id, before, since)) = known else {
        return write_project(sql, None, new, position).map(Wrote::New);
    };
    let row = joined::project(&before, new);
    replace(sql, (id, &before, since), &row, position)?;
    Ok(Wrote::Known)
}

/// Changes a project's pledge at the position that the event will have; whether the project is there.
pub fn plan(
    sql: &Connection,
    id: ProjectId,
    plan: Option<&str>,
    required: Option<Day>,
    position: LedgerPosition,
) -> Result<bool, StoreError> {
    let Some((id, before, since)) = known_project(sql, "fid", &id.0)? else { return Ok(false) };
    let mut row = before.clone();
    crate::store::ledger::check::change_plan(&mut row, plan, required).map_err(|why| StoreError::Row {
        table: "projects",
        row: i64::from(id.0),
        column: "plan",
        why: why.to_string(),
    })?;
    replace(sql, (id, &before, since), &row, position)?;
    Ok(true)
}

fn replace(
    sql: &Connection,
    (id, before, since): (ProjectId, &Project, i64),
    row: &Project,
    position: LedgerPosition,
) -> Result<(), StoreError> {
    if row == before {
        return Ok(());
    }
    if since < signed(position) {
        let keep = format!(
            "INSERT INTO projects_past SELECT {}, p.since, ?2 FROM projects p LEFT JOIN alignments a USING (fid)
             WHERE p.fid = ?1",
            read::PROJECT
        );
        sql.prepare_cached(&keep)?.execute(params![id.0, signed(position)])?;
    }
    write_project(sql, Some(id), row, position).map(|_| ())
}

fn write_project(
    sql: &Connection,
    id: Option<ProjectId>,
    row: &Project,
    position: LedgerPosition,
) -> Result<u32, StoreError> {
    let write = "INSERT INTO projects
        (fid, code, name, kind, key_project, investor, body, procedure, required_on, plan, geom, since)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        ON CONFLICT (fid) DO UPDATE SET name = excluded.name, kind = excluded.kind,
        key_project = excluded.key_project, investor = excluded.investor, body = excluded.body,
        procedure = excluded.procedure, required_on = excluded.required_on, plan = excluded.plan,
        geom = excluded.geom, since = excluded.since";
    let code = row.code.as_str();
    let number = match id {
        Some(id) => id.0,
        None => next_number(sql, "projects")?,
    };
    sql.prepare_cached(write)?.execute(params![
        number,
        code,
        row.name,
        row.kind.code(),
        row.key,
        row.investor,
        row.body,
        row.procedure.as_str(),
        text(row.required_day),
        row.plan.write(),
        row.boundary.as_ref().map(blob::multi_polygon),
        signed(position),
    ])?;
    if let Some(line) = &row.alignment {
        let write = "INSERT INTO alignments (fid, code, name, geom) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (fid) DO UPDATE SET name = excluded.name, geom = excluded.geom";
        sql.prepare_cached(write)?.execute(params![number, code, row.name, blob::line_string(line)])?;
    }
    Ok(number)
}

/// The number that the next row of a table gets: rows are never taken away, so it follows the last one.
pub fn next_number(sql: &Connection, table: &str) -> Result<u32, StoreError> {
    let last = format!("SELECT coalesce(max(fid), 0) + 1 FROM {table}");
    Ok(sql.prepare_cached(&last)?.query_row([], |row| row.get(0))?)
}

/// Number of the project with this code.
pub fn project_number(sql: &Connection, code: &str) -> Result<Option<i64>, StoreError> {
    let find = "SELECT fid FROM projects WHERE code = ?1";
    Ok(sql.prepare_cached(find)?.query_row([code], |row| row.get(0)).optional()?)
}

/// Number of the unit that has the code on `day`, else of the last one that had it.
pub fn unit_number(sql: &Connection, code: &str, day: Day) -> Result<Option<i64>, StoreError> {
    let find = "SELECT fid FROM units WHERE code = ?1
        ORDER BY coalesce(valid_from, '') <= ?2 AND coalesce(valid_to, '9') >= ?2 DESC, valid_from DESC LIMIT 1";
    Ok(sql.prepare_cached(find)?.query_row([code, &day.to_string()], |row| row.get(0)).optional()?)
}
