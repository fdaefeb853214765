//! Reading: the ledger, and the rows that make an atlas.

use rusqlite::{Connection, OptionalExtension, Row, types::ValueRef};

use super::{blob, records, strands};
use crate::{
    atlas::{Builder, Snapshot},
    domain::{
        AdminUnit, Code, Day, Event, EventKind, ImportedLayer, LedgerPosition, Level, NewEvent, ParcelId,
        PlanCurve, Procedure, Project, ProjectId, ProjectKind, Succession, UnitId,
    },
    store::{Head, StoreError},
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
        events.push(event(row)?.0);
    }
    Ok(events)
}

/// The body of an event as the ledger keeps it: JSON, so that a later kind needs no new column.
#[derive(serde::Serialize, serde::Deserialize)]
struct Body<K = EventKind> {
    #[serde(flatten)]
    kind: K,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<String>,
}

/// The text of an event's body.
pub fn body_text(event: &NewEvent) -> Result<String, serde_json::Error> {
    let (note, attachments) = (event.note.clone(), event.attachments.clone());
    serde_json::to_string(&Body { kind: &event.kind, note, attachments })
}

/// An event and the text of its body, from a row that begins with the ledger's columns.
pub fn event(row: &Row<'_>) -> Result<(Event, String), StoreError> {
    let position: i64 = row.get(0)?;
    let fault = |column, why: String| StoreError::Row { table: "ledger", row: position, column, why };
    let body: String = row.get(6)?;
    let said: Body = serde_json::from_str(&body).map_err(|e| fault("body", e.to_string()))?;
    let event = NewEvent {
        parcel: row.get::<_, Option<u32>>(4)?.map(ParcelId),
        day: Day::from_number(row.get(2)?).map_err(|e| fault("day", e.to_string()))?,
        recorded_at: row.get(1)?,
        author: row.get(3)?,
        document: row.get(5)?,
        note: said.note,
        attachments: said.attachments,
        kind: said.kind,
    };
    Ok((Event { position: LedgerPosition(position.unsigned_abs()), body: event }, body))
}

/// A column that may be empty, read with `parse`.
pub(super) fn parsed<T, E: std::fmt::Display>(
    row: &Row<'_>,
    table: &'static str,
    (index, column): (usize, &'static str),
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, StoreError> {
    let text = match row.get_ref(index)? {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).unwrap_or_default(),
        _ => return Ok(None),
    };
    let fault = |e: E| StoreError::Row { table, row: row.get(0).unwrap_or(-1), column, why: e.to_string() };
    parse(text).map(Some).map_err(fault)
}

/// A column that must not be empty, read with `parse`.
fn needed<T, E: std::fmt::Display>(
    row: &Row<'_>,
    table: &'static str,
    (index, column): (usize, &'static str),
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<T, StoreError> {
    parsed(row, table, (index, column), parse)?.ok_or_else(|| StoreError::Row {
        table,
        row: row.get(0).unwrap_or(-1),
        column,
        why: "is empty".to_owned(),
    })
}

fn geometry<T>(
    row: &Row<'_>,
    table: &'static str,
    index: usize,
    parse: impl Fn(&[u8]) -> Result<T, String>,
) -> Result<Option<T>, StoreError> {
    match row.get_ref(index)? {
        ValueRef::Blob(bytes) => parse(bytes).map(Some).map_err(|why| StoreError::Row {
            table,
            row: row.get(0).unwrap_or(-1),
            column: "geom",
            why,
        }),
        _ => Ok(None),
    }
}

fn known<T>(found: Option<T>, text: &str) -> Result<T, String> {
    found.ok_or_else(|| format!("\"{text}\" is not known"))
}

pub const UNITS: &str = "SELECT fid, code, name, level, parent_code, valid_from, valid_to, predecessor_codes,
    successor_codes, geom FROM units ORDER BY fid";

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

pub const PROJECTS: &str =
    "SELECT p.fid, p.code, p.name, p.kind, p.key_project, p.investor, p.body, p.procedure,
    p.required_on, p.plan, p.geom, a.geom FROM projects p LEFT JOIN alignments a USING (fid) ORDER BY p.fid";

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

/// Everything at the end of the ledger, or as known at an earlier position by replay.
///
/// Units and projects are those of today at any position: their rows are
/// brought up to date in place, only parcels and what happened to them go back.
///
/// `others` see the same state of the store as `sql`; they read parcels beside it.
pub fn load(
    sql: &Connection,
    others: Vec<Connection>,
    procedures: &[Procedure],
    until: Option<LedgerPosition>,
) -> Result<Snapshot, StoreError> {
    let expected: i64 = sql.query_row("SELECT count(*) FROM parcels", [], |row| row.get(0))?;
    let mut builder = Builder::new(procedures.to_vec(), expected.unsigned_abs() as usize);
    let mut statement = sql.prepare(UNITS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, unit) = unit(row)?;
        builder.unit(id, unit)?;
    }
    let mut statement = sql.prepare(PROJECTS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, project) = project(row)?;
        builder.project(id, project)?;
    }
    let head = match until {
        None => head(sql)?,
        Some(position) => head_at(sql, position)?,
    };
    let scope = match until {
        None => strands::Scope::Everything,
        Some(_) => strands::Scope::Listing { last: last_parcel(sql, head.position)? },
    };
    strands::read(sql, others, &mut builder, scope)?;
    plans(sql, &mut builder, head.position)?;
    let snapshot = builder.finish(head.position, head.hash);
    if until.is_none() {
        return Ok(snapshot);
    }
    let mut known = Vec::new();
    records::each(sql, head.position, |id, record| {
        known.push((id, record));
        Ok(())
    })?;
    Ok(snapshot.with_records(known, head.position, head.hash))
}

fn head_at(sql: &Connection, position: LedgerPosition) -> Result<Head, StoreError> {
    let find = "SELECT hash FROM ledger WHERE position = ?1";
    let hash = sql.query_row(find, [position.0 as i64], |row| row.get(0)).optional()?;
    Ok(Head { position, hash: hash.unwrap_or([0; 32]) })
}

/// The last parcel that imports up to `position` wrote.
fn last_parcel(sql: &Connection, position: LedgerPosition) -> Result<i64, StoreError> {
    let imports = events(sql, "kind = 'imported' AND position <= ?1 ORDER BY position", position.0 as i64)?;
    let last = imports.iter().filter_map(|event| match event.body.kind {
        EventKind::Imported { layer: ImportedLayer::Parcels, last, .. } => Some(i64::from(last)),
        _ => None,
    });
    Ok(last.max().unwrap_or(0))
}

/// Pledges that changed since the last import of projects.
fn plans(sql: &Connection, builder: &mut Builder, until: LedgerPosition) -> Result<(), StoreError> {
    let imports = events(sql, "kind = 'imported' AND position <= ?1 ORDER BY position", until.0 as i64)?;
    let of_projects = |event: &&Event| {
        matches!(event.body.kind, EventKind::Imported { layer: ImportedLayer::Projects, .. })
    };
    let imported = imports.iter().rfind(of_projects).map_or(LedgerPosition(0), |event| event.position);
    let changes = events(sql, "kind = 'plan_changed' AND position <= ?1 ORDER BY position", until.0 as i64)?;
    for event in changes.into_iter().filter(|event| event.position > imported) {
        if let EventKind::PlanChanged { project, plan, required } = event.body.kind {
            let fault = |why: crate::domain::PlanError| StoreError::Row {
                table: "ledger",
                row: event.position.0 as i64,
                column: "body",
                why: why.to_string(),
            };
            let plan = plan.as_deref().map(PlanCurve::parse).transpose().map_err(fault)?;
            builder.plan(project, plan, required);
        }
    }
    Ok(())
}

/// Tells `gpkg_contents` where each layer lies.
pub fn bound_contents(sql: &Connection) -> Result<(), StoreError> {
    let now = "strftime('%Y-%m-%dT%H:%M:%fZ','now')";
    for table in ["units", "projects", "alignments", "parcels"] {
        let mut bounds: Option<[f64; 4]> = None;
        let mut statement =
            sql.prepare(&format!("SELECT substr(geom, 9, 32) FROM {table} WHERE geom NOT NULL"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let Ok(envelope) = row.get::<_, [u8; 32]>(0) else { continue };
            let edge = |n: usize| f64::from_le_bytes(std::array::from_fn(|i| envelope[n * 8 + i]));
            let (w, e, s, n) = (edge(0), edge(1), edge(2), edge(3));
            let before = bounds.unwrap_or([w, s, e, n]);
            bounds = Some([before[0].min(w), before[1].min(s), before[2].max(e), before[3].max(n)]);
        }
        let [w, s, e, n] = bounds.map_or([None; 4], |b| b.map(Some));
        let update = format!(
            "UPDATE gpkg_contents SET min_x=?1, min_y=?2, max_x=?3, max_y=?4, last_change={now} WHERE table_name=?5"
        );
        sql.execute(&update, rusqlite::params![w, s, e, n, table])?;
    }
    Ok(())
}
