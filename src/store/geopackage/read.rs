//! Reading: the ledger, and the rows that make an atlas.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row};

use super::{
    blob,
    cells::{geometry, needed, parsed},
    chunks,
};
use crate::{
    atlas::{Builder, Snapshot},
    domain::{
        AdminUnit, Code, Day, Event, LedgerPosition, Level, NewEvent, ParcelId, PlanCurve, Project,
        ProjectId, ProjectKind, Succession, UnitId, law::Law,
    },
    store::{Head, StoreError, body::Body},
};

pub fn head(sql: &Connection) -> Result<Head, StoreError> {
    let last = "SELECT position, hash FROM ledger ORDER BY position DESC LIMIT 1";
    let found = sql.query_row(last, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 32]>(1)?)));
    let (position, hash) = found.optional()?.unwrap_or((0, [0; 32]));
    Ok(Head { position: LedgerPosition(position.unsigned_abs()), hash })
}

/// Events for which `condition`, with one parameter, holds.
pub fn events(sql: &Connection, condition: &str, parameter: i64) -> Result<Vec<Event>, StoreError> {
    let select = "SELECT position, recorded_at, day, author, parcel, document, body FROM ledger WHERE ";
    let mut statement = sql.prepare_cached(&format!("{select}{condition}"))?;
    let mut rows = statement.query([parameter])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(event(row)?);
    }
    Ok(events)
}

/// An event, from a row that begins with the ledger's columns.
pub fn event(row: &Row<'_>) -> Result<Event, StoreError> {
    let position: i64 = row.get(0)?;
    let fault = |column, why: String| StoreError::Row { table: "ledger", row: position, column, why };
    let body: Body = serde_json::from_str(row.get_ref(6)?.as_str().unwrap_or_default())
        .map_err(|e| fault("body", e.to_string()))?;
    let event = NewEvent {
        parcel: row.get::<_, Option<u32>>(4)?.map(ParcelId),
        day: Day::from_number(row.get(2)?).map_err(|e| fault("day", e.to_string()))?,
        recorded_at: row.get(1)?,
        author: row.get(3)?,
        document: row.get(5)?,
        note: body.note,
        attachments: body.attachments,
        kind: body.kind,
    };
    Ok(Event { position: LedgerPosition(position.unsigned_abs()), body: event })
}

fn known<T>(found: Option<T>, text: &str) -> Result<T, String> {
    found.ok_or_else(|| format!("\"{text}\" is not known"))
}

/// Columns of a unit's row; [`unit`] reads them.
pub const UNIT: &str = "fid, code, name, level, parent_code, valid_from, valid_to, predecessor_codes,
    successor_codes, geom";

pub fn unit(row: &Row<'_>) -> Result<(UnitId, AdminUnit), StoreError> {
    let unit = AdminUnit {
        code: needed(row, "units", (1, "code"), Code::new)?,
        name: row.get(2)?,
        level: needed(row, "units", (3, "level"), |text| known(Level::from_code(text), text))?,
        parent: parsed(row, "units", (4, "parent_code"), Code::new)?,
        valid_from: parsed(row, "units", (5, "valid_from"), Day::parse)?,
        valid_to: parsed(row, "units", (6, "valid_to"), Day::parse)?,
        predecessors: needed(row, "units", (7, "predecessor_codes"), Succession::parse_list)?,
        successors: needed(row, "units", (8, "successor_codes"), Succession::parse_list)?,
        boundary: geometry(row, "units", 9, blob::to_multi_polygon)?,
    };
    Ok((UnitId(row.get(0)?), unit))
}

/// Columns of a project's row `p` with its alignment `a`; [`project`] reads them.
pub const PROJECT: &str = "p.fid, p.code, p.name, p.kind, p.key_project, p.investor, p.body, p.procedure,
    p.required_on, p.plan, p.geom, a.geom";

/// The same columns of an earlier state of a project.
const PROJECT_PAST: &str = "fid, code, name, kind, key_project, investor, body, procedure, required_on, plan,
    geom, alignment";

pub fn project(row: &Row<'_>) -> Result<(ProjectId, Project), StoreError> {
    let project = Project {
        code: needed(row, "projects", (1, "code"), Code::new)?,
        name: row.get(2)?,
        kind: needed(row, "projects", (3, "kind"), |text| known(ProjectKind::from_code(text), text))?,
        key: row.get(4)?,
        investor: row.get(5)?,
        body: row.get(6)?,
        procedure: needed(row, "projects", (7, "procedure"), Code::new)?,
        required_day: parsed(row, "projects", (8, "required_on"), Day::parse)?,
        plan: needed(row, "projects", (9, "plan"), PlanCurve::parse)?,
        boundary: geometry(row, "projects", 10, blob::to_multi_polygon)?,
        alignment: geometry(row, "projects", 11, blob::to_line_string)?,
    };
    Ok((ProjectId(row.get(0)?), project))
}

/// Units whose row holds from a position after `after`, in the order of their numbers.
pub fn units_since(sql: &Connection, after: LedgerPosition) -> Result<Vec<(UnitId, AdminUnit)>, StoreError> {
    let select = format!("SELECT {UNIT} FROM units WHERE since > ?1 ORDER BY fid");
    collect(sql, &select, &[signed(after)], unit)
}

/// Projects whose row holds from a position after `after`, in the order of their numbers.
pub fn projects_since(
    sql: &Connection,
    after: LedgerPosition,
) -> Result<Vec<(ProjectId, Project)>, StoreError> {
    let select = format!(
        "SELECT {PROJECT} FROM projects p LEFT JOIN alignments a USING (fid) WHERE p.since > ?1 ORDER BY p.fid"
    );
    collect(sql, &select, &[signed(after)], project)
}

/// Units as they were at `position`, of those that have changed after it.
pub fn units_before(
    sql: &Connection,
    position: LedgerPosition,
) -> Result<Vec<(UnitId, AdminUnit)>, StoreError> {
    let select = format!("SELECT {UNIT} FROM units_past WHERE since <= ?1 AND until > ?1 ORDER BY fid");
    collect(sql, &select, &[signed(position)], unit)
}

/// Projects as they were at `position`, of those that have changed after it.
pub fn projects_before(
    sql: &Connection,
    position: LedgerPosition,
) -> Result<Vec<(ProjectId, Project)>, StoreError> {
    let select =
        format!("SELECT {PROJECT_PAST} FROM projects_past WHERE since <= ?1 AND until > ?1 ORDER BY fid");
    collect(sql, &select, &[signed(position)], project)
}

/// Units that the event at `position` wrote, whether they hold still or not.
pub fn units_of(sql: &Connection, position: LedgerPosition) -> Result<Vec<(UnitId, AdminUnit)>, StoreError> {
    let select = format!(
        "SELECT {UNIT} FROM units WHERE since = ?1 UNION ALL SELECT {UNIT} FROM units_past WHERE since = ?1
         ORDER BY fid"
    );
    collect(sql, &select, &[signed(position)], unit)
}

/// Projects that the event at `position` wrote, whether they hold still or not.
pub fn projects_of(
    sql: &Connection,
    position: LedgerPosition,
) -> Result<Vec<(ProjectId, Project)>, StoreError> {
    let select = format!(
        "SELECT {PROJECT} FROM projects p LEFT JOIN alignments a USING (fid) WHERE p.since = ?1
         UNION ALL SELECT {PROJECT_PAST} FROM projects_past WHERE since = ?1 ORDER BY 1"
    );
    collect(sql, &select, &[signed(position)], project)
}

fn collect<T>(
    sql: &Connection,
    select: &str,
    parameters: &[i64],
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = sql.prepare_cached(select)?;
    let mut rows = statement.query(rusqlite::params_from_iter(parameters))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// A position as the engine counts.
pub fn signed(position: LedgerPosition) -> i64 {
    i64::try_from(position.0).unwrap_or(i64::MAX)
}

/// Everything at the end of the ledger. `others` see the same state of the store as `sql`; they read
/// parcels beside it.
pub fn load(sql: &Connection, others: Vec<Connection>, law: Arc<Law>) -> Result<Snapshot, StoreError> {
    let expected: i64 = sql.query_row("SELECT count(*) FROM parcels", [], |row| row.get(0))?;
    let mut builder = Builder::new(law, expected.unsigned_abs() as usize);
    let all = LedgerPosition(0);
    for (id, unit) in units_since(sql, all)? {
        builder.unit(id, unit)?;
    }
    for (id, project) in projects_since(sql, all)? {
        builder.project(id, project)?;
    }
    let head = head(sql)?;
    chunks::read(sql, others, &mut builder)?;
    Ok(builder.finish(head.position, head.hash))
}

/// Position and hash of an event, if there is one.
pub fn head_at(sql: &Connection, position: LedgerPosition) -> Result<Option<Head>, StoreError> {
    let find = "SELECT hash FROM ledger WHERE position = ?1";
    let hash = sql.query_row(find, [signed(position)], |row| row.get(0)).optional()?;
    Ok(hash.map(|hash| Head { position, hash }))
}

/// Tells `gpkg_contents` where a layer lies. Of parcels, which never move, those from `first_parcel` on are new.
pub fn bound_contents(sql: &Connection, table: &str, first_parcel: Option<u32>) -> Result<(), StoreError> {
    let mut bounds: Option<[f64; 4]> = None;
    if first_parcel.is_some() {
        let known = "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?1";
        let edge = |row: &Row<'_>, n: usize| row.get::<_, Option<f64>>(n);
        let edges = sql.query_row(known, [table], |row| {
            Ok((edge(row, 0)?, edge(row, 1)?, edge(row, 2)?, edge(row, 3)?))
        })?;
        if let (Some(w), Some(s), Some(e), Some(n)) = edges {
            bounds = Some([w, s, e, n]);
        }
    }
    let select = format!("SELECT substr(geom, 9, 32) FROM {table} WHERE fid >= ?1 AND geom NOT NULL");
    let mut statement = sql.prepare_cached(&select)?;
    let mut rows = statement.query([first_parcel.unwrap_or(0)])?;
    while let Some(row) = rows.next()? {
        let Ok(envelope) = row.get::<_, [u8; 32]>(0) else { continue };
        let edge = |n: usize| f64::from_le_bytes(std::array::from_fn(|i| envelope[n * 8 + i]));
        let (w, e, s, n) = (edge(0), edge(1), edge(2), edge(3));
        let before = bounds.unwrap_or([w, s, e, n]);
        bounds = Some([before[0].min(w), before[1].min(s), before[2].max(e), before[3].max(n)]);
    }
    let [w, s, e, n] = bounds.map_or([None; 4], |b| b.map(Some));
    let update = "UPDATE gpkg_contents SET min_x = ?1, min_y = ?2, max_x = ?3, max_y = ?4,
        last_change = strftime('%Y-%m-%dT%H:%M:%fZ','now') WHERE table_name = ?5";
    sql.execute(update, rusqlite::params![w, s, e, n, table])?;
    Ok(())
}
