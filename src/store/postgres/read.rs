//! Reading: the ledger, units and projects.

use tokio_postgres::{Row, types::ToSql};

use super::{
    cells::{Date, cell, day, first, number, position},
    session::{Session, Values},
};
use crate::{
    domain::{
        AdminUnit, Code, Event, LedgerPosition, Level, NewEvent, ParcelId, PlanCurve, Project, ProjectId,
        ProjectKind, Succession, UnitId,
    },
    store::{Head, StoreError, StoreResult, body::Body, shape},
};

/// 32 bytes of a hash.
pub fn hash(row: &Row, column: usize, name: &'static str) -> StoreResult<[u8; 32]> {
    let bytes: &[u8] = cell(row, column)?;
    bytes.try_into().map_err(|_| {
        let why = "is not 32 bytes".to_owned();
        StoreError::Row { table: "ledger", row: first(row), column: name, why }
    })
}

pub fn head(sql: &Session<'_>) -> StoreResult<Head> {
    let last = "SELECT position, hash FROM ledger ORDER BY position DESC LIMIT 1";
    let Some(row) = sql.one(last, &[])? else {
        return Ok(Head { position: LedgerPosition(0), hash: [0; 32] });
    };
    Ok(Head { position: LedgerPosition(cell::<i64>(&row, 0)?.unsigned_abs()), hash: hash(&row, 1, "hash")? })
}

/// Position and hash of an event, if there is one.
pub fn head_at(sql: &Session<'_>, at: LedgerPosition) -> StoreResult<Option<Head>> {
    let row = sql.one("SELECT position, hash FROM ledger WHERE position = $1", &[&position(at)])?;
    row.map(|row| Ok(Head { position: at, hash: hash(&row, 1, "hash")? })).transpose()
}

/// Columns of an event's row; [`event`] reads them.
pub const EVENT: &str = "position, recorded_at, day, author, parcel, document, body::text";

/// Events for which `condition` holds.
pub fn events(sql: &Session<'_>, condition: &str, values: Values<'_>) -> StoreResult<Vec<Event>> {
    let rows = sql.query(&format!("SELECT {EVENT} FROM ledger WHERE {condition}"), values)?;
    rows.iter().map(event).collect()
}

/// The question for a parcel's events, in order.
pub fn of_parcel() -> String {
    format!("SELECT {EVENT} FROM ledger WHERE parcel = $1 ORDER BY position")
}

/// A parcel's events, in order.
pub fn history(sql: &Session<'_>, parcel: ParcelId) -> StoreResult<Vec<Event>> {
    sql.query(&of_parcel(), &[&super::cells::signed(parcel.0)])?.iter().map(event).collect()
}

/// An event, from a row that begins with the columns of [`EVENT`].
pub fn event(row: &Row) -> StoreResult<Event> {
    let at: i64 = cell(row, 0)?;
    let fault = |column, why: String| StoreError::Row { table: "ledger", row: at, column, why };
    let body: Body = serde_json::from_str(cell(row, 6)?).map_err(|e| fault("body", e.to_string()))?;
    let event = NewEvent {
        parcel: cell::<Option<i32>>(row, 4)?.map(|parcel| ParcelId(parcel.unsigned_abs())),
        day: cell::<Date>(row, 2)?.day().map_err(|why| fault("day", why))?,
        recorded_at: cell(row, 1)?,
        author: cell(row, 3)?,
        document: cell(row, 5)?,
        note: body.note,
        attachments: body.attachments,
        kind: body.kind,
    };
    Ok(Event { position: LedgerPosition(at.unsigned_abs()), body: event })
}

/// A column that may be empty, read with `parse`.
fn parsed<T, E: std::fmt::Display>(
    row: &Row,
    table: &'static str,
    (index, column): (usize, &'static str),
    parse: impl Fn(&str) -> Result<T, E>,
) -> StoreResult<Option<T>> {
    let Some(text) = cell::<Option<&str>>(row, index)? else { return Ok(None) };
    let fault = |e: E| StoreError::Row { table, row: first(row), column, why: e.to_string() };
    parse(text).map(Some).map_err(fault)
}

/// A column that must not be empty, read with `parse`.
fn needed<T, E: std::fmt::Display>(
    row: &Row,
    table: &'static str,
    (index, column): (usize, &'static str),
    parse: impl Fn(&str) -> Result<T, E>,
) -> StoreResult<T> {
    let why = || "is empty".to_owned();
    parsed(row, table, (index, column), parse)?.ok_or_else(|| StoreError::Row {
        table,
        row: first(row),
        column,
        why: why(),
    })
}

fn geometry<T>(
    row: &Row,
    table: &'static str,
    index: usize,
    parse: impl Fn(&[u8]) -> Result<T, String>,
) -> StoreResult<Option<T>> {
    let Some(wkb) = cell::<Option<&[u8]>>(row, index)? else { return Ok(None) };
    parse(wkb).map(Some).map_err(|why| StoreError::Row { table, row: first(row), column: "geom", why })
}

fn known<T>(found: Option<T>, text: &str) -> Result<T, String> {
    found.ok_or_else(|| format!("\"{text}\" is not known"))
}

/// Columns of a unit's row; [`unit`] reads them.
pub const UNIT: &str = "fid, code, name, level, parent_code, valid_from, valid_to, predecessor_codes,
    successor_codes, ST_AsBinary(geom, 'NDR')";

pub fn unit(row: &Row) -> StoreResult<(UnitId, AdminUnit)> {
    let unit = AdminUnit {
        code: needed(row, "units", (1, "code"), Code::new)?,
        name: cell(row, 2)?,
        level: needed(row, "units", (3, "level"), |text| known(Level::from_code(text), text))?,
        parent: parsed(row, "units", (4, "parent_code"), Code::new)?,
        valid_from: day(row, "units", 5, "valid_from")?,
        valid_to: day(row, "units", 6, "valid_to")?,
        predecessors: needed(row, "units", (7, "predecessor_codes"), Succession::parse_list)?,
        successors: needed(row, "units", (8, "successor_codes"), Succession::parse_list)?,
        boundary: geometry(row, "units", 9, shape::to_multi_polygon)?,
    };
    Ok((UnitId(number(row, 0)?), unit))
}

/// Columns of a project's row `p` with its alignment `a`; [`project`] reads them.
pub const PROJECT: &str = "p.fid, p.code, p.name, p.kind, p.key_project, p.investor, p.body, p.procedure,
    p.required_on, p.plan, ST_AsBinary(p.geom, 'NDR'), ST_AsBinary(a.geom, 'NDR')";

/// The same columns of an earlier state of a project.
const PROJECT_PAST: &str = "fid, code, name, kind, key_project, investor, body, procedure, required_on, plan,
    ST_AsBinary(geom, 'NDR'), ST_AsBinary(alignment, 'NDR')";

pub fn project(row: &Row) -> StoreResult<(ProjectId, Project)> {
    let project = Project {
        code: needed(row, "projects", (1, "code"), Code::new)?,
        name: cell(row, 2)?,
        kind: needed(row, "projects", (3, "kind"), |text| known(ProjectKind::from_code(text), text))?,
        key: cell(row, 4)?,
        investor: cell(row, 5)?,
        body: cell(row, 6)?,
        procedure: needed(row, "projects", (7, "procedure"), Code::new)?,
        required_day: day(row, "projects", 8, "required_on")?,
        plan: needed(row, "projects", (9, "plan"), PlanCurve::parse)?,
        boundary: geometry(row, "projects", 10, shape::to_multi_polygon)?,
        alignment: geometry(row, "projects", 11, shape::to_line_string)?,
    };
    Ok((ProjectId(number(row, 0)?), project))
}

/// Units whose row holds from a position after `after`, in the order of their numbers.
pub fn units_since(sql: &Session<'_>, after: LedgerPosition) -> StoreResult<Vec<(UnitId, AdminUnit)>> {
    collect(sql, &format!("SELECT {UNIT} FROM units WHERE since > $1 ORDER BY fid"), after, unit)
}

/// Projects whose row holds from a position after `after`, in the order of their numbers.
pub fn projects_since(sql: &Session<'_>, after: LedgerPosition) -> StoreResult<Vec<(ProjectId, Project)>> {
    let select = format!(
        "SELECT {PROJECT} FROM projects p LEFT JOIN alignments a USING (fid) WHERE p.since > $1 ORDER BY p.fid"
    );
    collect(sql, &select, after, project)
}

/// Units as they were at a position, of those that have changed after it.
pub fn units_before(sql: &Session<'_>, at: LedgerPosition) -> StoreResult<Vec<(UnitId, AdminUnit)>> {
    let select = format!("SELECT {UNIT} FROM units_past WHERE since <= $1 AND until > $1 ORDER BY fid");
    collect(sql, &select, at, unit)
}

/// Projects as they were at a position, of those that have changed after it.
pub fn projects_before(sql: &Session<'_>, at: LedgerPosition) -> StoreResult<Vec<(ProjectId, Project)>> {
    let select =
        format!("SELECT {PROJECT_PAST} FROM projects_past WHERE since <= $1 AND until > $1 ORDER BY fid");
    collect(sql, &select, at, project)
}

/// Units that the event at a position wrote, whether they hold still or not.
pub fn units_of(sql: &Session<'_>, at: LedgerPosition) -> StoreResult<Vec<(UnitId, AdminUnit)>> {
    let select = format!(
        "SELECT {UNIT} FROM units WHERE since = $1 UNION ALL SELECT {UNIT} FROM units_past WHERE since = $1
         ORDER BY 1"
    );
    collect(sql, &select, at, unit)
}

/// Projects that the event at a position wrote, whether they hold still or not.
pub fn projects_of(sql: &Session<'_>, at: LedgerPosition) -> StoreResult<Vec<(ProjectId, Project)>> {
    let select = format!(
        "SELECT {PROJECT} FROM projects p LEFT JOIN alignments a USING (fid) WHERE p.since = $1
         UNION ALL SELECT {PROJECT_PAST} FROM projects_past WHERE since = $1 ORDER BY 1"
    );
    collect(sql, &select, at, project)
}

fn collect<T>(
    sql: &Session<'_>,
    select: &str,
    at: LedgerPosition,
    read: impl Fn(&Row) -> StoreResult<T>,
) -> StoreResult<Vec<T>> {
    let at = position(at);
    let value: &(dyn ToSql + Sync) = &at;
    sql.query(select, &[value])?.iter().map(read).collect()
}
