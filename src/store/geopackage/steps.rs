//! Steps from one snapshot to another: forwards by what has happened since,
//! backwards by the states that are kept before each event.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::{
    beside,
    connections::Connections,
    read::{self, signed},
    states, strands,
};
use crate::{
    atlas::{Revision, Snapshot, State},
    domain::{EventKind, ImportedLayer, LedgerPosition, ParcelId},
    store::{Step, StoreError},
};

/// The next snapshot and what has happened; none when nothing has.
pub fn forward(sql: &Connection, shown: &Snapshot) -> Result<Option<Step>, StoreError> {
    let (from, head) = (shown.position(), read::head(sql)?);
    if head.position == from && head.hash == shown.head() {
        return Ok(None);
    }
    if head.position < from || read::hash_at(sql, from)? != shown.head() {
        return Err(StoreError::Replaced);
    }
    let events = read::events(sql, "position > ?1 ORDER BY position", signed(from))?;
    let imported = |layer| {
        events
            .iter()
            .any(|event| matches!(&event.body.kind, EventKind::Imported { layer: of, .. } if *of == layer))
    };
    let mut revision = Revision::of(shown);
    let (mut units, mut projects) = (Vec::new(), Vec::new());
    if imported(ImportedLayer::Units) {
        for (id, unit) in read::units_since(sql, from)? {
            units.push(id);
            revision.unit(id, unit);
        }
    }
    let planned = events.iter().any(|event| matches!(event.body.kind, EventKind::PlanChanged { .. }));
    if planned || imported(ImportedLayer::Projects) {
        for (id, project) in read::projects_since(sql, from)? {
            projects.push(id);
            revision.project(id, project);
        }
    }
    let last = last_id(shown);
    if imported(ImportedLayer::Parcels) {
        strands::after(sql, last, &mut revision)?;
    }
    let mut parcels: BTreeSet<ParcelId> = events.iter().filter_map(|event| event.body.parcel).collect();
    for id in parcels.range(..=last) {
        revision.state(*id, strands::state(sql, *id)?);
    }
    parcels.extend(revision.new_parcels());
    let snapshot = revision.finish(head.position, head.hash)?;
    Ok(Some(Step { events, snapshot, parcels: parcels.into_iter().collect(), units, projects }))
}

fn last_id(snapshot: &Snapshot) -> ParcelId {
    let count = snapshot.parcels().len() as u32;
    if count == 0 { ParcelId(0) } else { snapshot.parcels().id(count - 1) }
}

/// What was known at `position`.
pub fn back(
    sql: &Connection,
    connections: &Connections,
    now: &Snapshot,
    position: LedgerPosition,
) -> Result<Snapshot, StoreError> {
    let head = read::head(sql)?;
    if position > now.position() || now.position() > head.position {
        return Err(StoreError::NoPosition { asked: position, head: now.position() });
    }
    let mut revision = Revision::of(now);
    rows(sql, now, position, &mut revision)?;
    let last = read::last_parcel(sql, position)?;
    revision.last_parcel(last);
    let others =
        if states::is_many(position, head.position) { beside(connections, head)? } else { Vec::new() };
    let find = |id: ParcelId| if id <= last { now.parcels().find(id) } else { None };
    states::at(sql, others, (position, head.position), &find, |id, state: State| revision.state(id, state))?;
    Ok(revision.finish(position, read::hash_at(sql, position)?)?)
}

/// Units and projects as they were: those that were there then and have changed since.
fn rows(
    sql: &Connection,
    now: &Snapshot,
    position: LedgerPosition,
    revision: &mut Revision<'_>,
) -> Result<(), StoreError> {
    for (id, unit) in read::units_before(sql, position)? {
        revision.unit(id, unit);
    }
    for (id, project) in read::projects_before(sql, position)? {
        revision.project(id, project);
    }
    // Rows are never taken away: those that came later are the last ones.
    let first_of = |table: &str| -> Result<Option<u32>, StoreError> {
        let select = format!(
            "SELECT min(fid) FROM {table} t WHERE since > ?1 AND NOT EXISTS (
             SELECT 1 FROM {table}_past p WHERE p.fid = t.fid AND p.since <= ?1)"
        );
        Ok(sql.prepare_cached(&select)?.query_row([signed(position)], |row| row.get(0))?)
    };
    if let Some(first) = first_of("units")? {
        let before = now.units().iter().map(|entry| entry.id).filter(|id| id.0 < first).max();
        revision.last_unit(before.unwrap_or(crate::domain::UnitId(0)));
    }
    if let Some(first) = first_of("projects")? {
        let before = now.projects().iter().map(|entry| entry.id).filter(|id| id.0 < first).max();
        revision.last_project(before.unwrap_or(crate::domain::ProjectId(0)));
    }
    Ok(())
}
