//! Rows as an engine reads them, and what is made of them whatever the engine:
//! steps from one snapshot to another, forwards by what has happened since,
//! backwards by the states that are kept before each event.

use std::collections::BTreeSet;

use super::{Head, Step, StoreError, StoreResult, states::Wanted};
use crate::{
    atlas::{Revision, Snapshot, State},
    domain::{
        AdminUnit, Event, EventKind, ImportedLayer, LedgerPosition, ParcelId, Project, ProjectId, UnitId,
    },
};

/// A table whose rows keep what they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reference {
    Units,
    Projects,
}

impl Reference {
    /// Name of the table; that of its past has `_past` behind it.
    pub fn table(self) -> &'static str {
        match self {
            Self::Units => "units",
            Self::Projects => "projects",
        }
    }
}

/// What an engine reads, in one state of the store.
pub(super) trait Rows {
    /// The end of the ledger.
    fn head(&self) -> StoreResult<Head>;
    /// Hash of the ledger up to a position; zeros before its first event.
    fn hash_at(&self, position: LedgerPosition) -> StoreResult<[u8; 32]>;
    /// All events after a position, in order.
    fn events_since(&self, position: LedgerPosition) -> StoreResult<Vec<Event>>;
    /// All imports up to a position, in order.
    fn imports_until(&self, position: LedgerPosition) -> StoreResult<Vec<Event>>;
    /// Units whose row holds from a position after this one, in the order of their numbers.
    fn units_since(&self, after: LedgerPosition) -> StoreResult<Vec<(UnitId, AdminUnit)>>;
    /// Projects whose row holds from a position after this one, in the order of their numbers.
    fn projects_since(&self, after: LedgerPosition) -> StoreResult<Vec<(ProjectId, Project)>>;
    /// Units as they were at a position, of those that have changed after it.
    fn units_before(&self, position: LedgerPosition) -> StoreResult<Vec<(UnitId, AdminUnit)>>;
    /// Projects as they were at a position, of those that have changed after it.
    fn projects_before(&self, position: LedgerPosition) -> StoreResult<Vec<(ProjectId, Project)>>;
    /// Number of the first row that was not there at a position.
    fn first_after(&self, table: Reference, position: LedgerPosition) -> StoreResult<Option<u32>>;
    /// Adds the parcels behind this one.
    fn parcels_after(&self, last: ParcelId, revision: &mut Revision<'_>) -> StoreResult<()>;
    /// The states of parcels as their rows say them.
    ///
    /// # Errors
    /// Besides: [`StoreError::NoParcel`] when a parcel has no row.
    fn states(&self, parcels: &[ParcelId], take: &mut dyn FnMut(ParcelId, State)) -> StoreResult<()>;
    /// The state at a position of each parcel, of those that are `wanted`, that an event after it up to
    /// `head` touches.
    fn states_at(
        &self,
        range: (LedgerPosition, LedgerPosition),
        wanted: Wanted<'_>,
        take: &mut dyn FnMut(ParcelId, State),
    ) -> StoreResult<()>;
}

/// The next snapshot and what has happened; none when nothing has.
pub(super) fn forward(rows: &impl Rows, shown: &Snapshot) -> StoreResult<Option<Step>> {
    let (from, head) = (shown.position(), rows.head()?);
    if head.position == from && head.hash == shown.head() {
        return Ok(None);
    }
    if head.position < from || rows.hash_at(from)? != shown.head() {
        return Err(StoreError::Replaced);
    }
    let events = rows.events_since(from)?;
    let imported = |layer| {
        events
            .iter()
            .any(|event| matches!(&event.body.kind, EventKind::Imported { layer: of, .. } if *of == layer))
    };
    let mut revision = Revision::of(shown);
    let (mut units, mut projects) = (Vec::new(), Vec::new());
    if imported(ImportedLayer::Units) {
        for (id, unit) in rows.units_since(from)? {
            units.push(id);
            revision.unit(id, unit);
        }
    }
    let planned = events.iter().any(|event| matches!(event.body.kind, EventKind::PlanChanged { .. }));
    if planned || imported(ImportedLayer::Projects) {
        for (id, project) in rows.projects_since(from)? {
            projects.push(id);
            revision.project(id, project);
        }
    }
    let last = last_id(shown);
    if imported(ImportedLayer::Parcels) {
        rows.parcels_after(last, &mut revision)?;
    }
    let mut parcels: BTreeSet<ParcelId> = events.iter().filter_map(|event| event.body.parcel).collect();
    let known: Vec<ParcelId> = parcels.range(..=last).copied().collect();
    rows.states(&known, &mut |id, state| revision.state(id, state))?;
    parcels.extend(revision.new_parcels());
    let snapshot = revision.finish(head.position, head.hash)?;
    Ok(Some(Step { events, snapshot, parcels: parcels.into_iter().collect(), units, projects }))
}

fn last_id(snapshot: &Snapshot) -> ParcelId {
    let count = snapshot.parcels().len() as u32;
    if count == 0 { ParcelId(0) } else { snapshot.parcels().id(count - 1) }
}

/// What was known at `position`.
pub(super) fn back(rows: &impl Rows, now: &Snapshot, position: LedgerPosition) -> StoreResult<Snapshot> {
    let head = rows.head()?;
    if position > now.position() || now.position() > head.position {
        return Err(StoreError::NoPosition { asked: position, head: now.position() });
    }
    let mut revision = Revision::of(now);
    reference(rows, now, position, &mut revision)?;
    let last = last_parcel(rows, position)?;
    revision.last_parcel(last);
    let wanted = |id: ParcelId| id <= last;
    rows.states_at((position, head.position), &wanted, &mut |id, state| revision.state(id, state))?;
    Ok(revision.finish(position, rows.hash_at(position)?)?)
}

/// The last parcel that imports up to `position` wrote.
fn last_parcel(rows: &impl Rows, position: LedgerPosition) -> StoreResult<ParcelId> {
    let imports = rows.imports_until(position)?;
    let last = imports.iter().filter_map(|event| match event.body.kind {
        EventKind::Imported { layer: ImportedLayer::Parcels, last, .. } => Some(last),
        _ => None,
    });
    Ok(ParcelId(last.max().unwrap_or(0)))
}

/// Units and projects as they were: those that were there then and have changed since.
fn reference(
    rows: &impl Rows,
    now: &Snapshot,
    position: LedgerPosition,
    revision: &mut Revision<'_>,
) -> StoreResult<()> {
    for (id, unit) in rows.units_before(position)? {
        revision.unit(id, unit);
    }
    for (id, project) in rows.projects_before(position)? {
        revision.project(id, project);
    }
    // Rows are never taken away: those that came later are the last ones.
    if let Some(first) = rows.first_after(Reference::Units, position)? {
        let before = now.units().iter().map(|entry| entry.id).filter(|id| id.0 < first).max();
        revision.last_unit(before.unwrap_or(UnitId(0)));
    }
    if let Some(first) = rows.first_after(Reference::Projects, position)? {
        let before = now.projects().iter().map(|entry| entry.id).filter(|id| id.0 < first).max();
        revision.last_project(before.unwrap_or(ProjectId(0)));
    }
    Ok(())
}
