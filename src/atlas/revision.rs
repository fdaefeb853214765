//! A revision: another state of the ledger, made from a snapshot by what is
//! different in it. What is the same is shared, so it costs what it touches.
//!
//! It leads forwards (events, imports, new plans) and backwards (what was known
//! earlier): rows are never taken away from a ledger, so an earlier state holds
//! the first units, projects and parcels of a later one.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use super::{
    builder::law_of,
    chunk::{Chunk, Numbers},
    error::BuildError,
    pages::{Pages, State},
    parcels::Parcels,
    project::{ProjectEntry, UnitEntry},
    snapshot::Snapshot,
    tables::{RowIndex, Tables},
    world::Extent,
};
use crate::domain::{AdminUnit, LedgerPosition, ParcelId, Project, ProjectId, Record, UnitId};

impl State {
    /// The state that a record says.
    pub fn of(record: Record) -> Self {
        let marks = (!record.marks.is_empty()).then(|| Arc::new(record.marks));
        Self { days: record.days, money: record.approved, version: record.version, marks }
    }
}

/// Where new parcels lie, by index.
type Extents = Vec<(u32, Extent)>;

/// What is different in another state.
#[derive(Debug)]
pub struct Revision<'a> {
    base: &'a Snapshot,
    /// By index; those at the end may be new.
    units: BTreeMap<usize, (UnitId, AdminUnit)>,
    projects: BTreeMap<usize, (ProjectId, Project)>,
    known_units: usize,
    known_projects: usize,
    known_parcels: usize,
    added: Vec<Chunk>,
    states: Vec<(ParcelId, State)>,
}

impl<'a> Revision<'a> {
    /// Nothing is different yet.
    pub fn of(base: &'a Snapshot) -> Self {
        Self {
            base,
            units: BTreeMap::new(),
            projects: BTreeMap::new(),
            known_units: base.units().len(),
            known_projects: base.projects().len(),
            known_parcels: base.parcels().len(),
            added: Vec::new(),
            states: Vec::new(),
        }
    }

    /// A unit's row is this one; new units come with rising numbers.
    pub fn unit(&mut self, id: UnitId, unit: AdminUnit) {
        let known = self.base.units().binary_search_by_key(&id, |entry| entry.id);
        let index = known.unwrap_or(self.known_units);
        self.known_units = self.known_units.max(index + 1);
        self.units.insert(index, (id, unit));
    }

    /// A project's row is this one; new projects come with rising numbers.
    pub fn project(&mut self, id: ProjectId, project: Project) {
        let known = self.base.projects().binary_search_by_key(&id, |entry| entry.id);
        let index = known.unwrap_or(self.known_projects);
        self.known_projects = self.known_projects.max(index + 1);
        self.projects.insert(index, (id, project));
    }

    /// Units after this one are not known.
    pub fn last_unit(&mut self, id: UnitId) {
        self.known_units = self.base.units().partition_point(|entry| entry.id <= id);
    }

    /// Projects after this one are not known.
    pub fn last_project(&mut self, id: ProjectId) {
        self.known_projects = self.base.projects().partition_point(|entry| entry.id <= id);
    }

    /// Parcels after this one are not known.
    pub fn last_parcel(&mut self, id: ParcelId) {
        self.known_parcels = self.base.parcels().after(id) as usize;
    }

    /// A chunk for new parcels; all units and projects that they name were added before.
    pub fn chunk(&self) -> Chunk {
        let mut numbers = Numbers::default();
        let units = self.base.units().iter().map(|entry| entry.id).enumerate();
        let new = self.units.iter().map(|(index, (id, _))| (*index, *id));
        numbers.units.extend(units.chain(new).map(|(index, id)| (id, index as u16)));
        let projects = self.base.projects().iter().map(|entry| entry.id).enumerate();
        let new = self.projects.iter().map(|(index, (id, _))| (*index, *id));
        numbers.projects.extend(projects.chain(new).map(|(index, id)| (id, index as u16)));
        Chunk::new(Arc::new(numbers))
    }

    /// Adds parcels whose ids come after all others.
    pub fn add(&mut self, chunk: Chunk) {
        self.added.push(chunk);
    }

    /// The parcels that were added.
    pub fn new_parcels(&self) -> impl Iterator<Item = ParcelId> + '_ {
        self.added.iter().flat_map(|chunk| chunk.parcels.ids.iter().map(|id| ParcelId(*id)))
    }

    /// Brings a parcel into this state; what the snapshot does not hold is left out.
    pub fn state(&mut self, id: ParcelId, state: State) {
        self.states.push((id, state));
    }

    /// The snapshot at `position`; the one that it was made from stays as it is.
    ///
    /// # Errors
    /// A project whose law is not known, or more rows than an atlas can name.
    pub fn finish(self, position: LedgerPosition, head: [u8; 32]) -> Result<Snapshot, BuildError> {
        let (parcels, extents, mut pages) = self.parcels()?;
        let mut rest = || {
            pages.set_all(in_order(self.states.as_slice(), &parcels));
            self.tables(&parcels)
        };
        let (tables, indexed) = if extents.is_empty() {
            (rest()?, None)
        } else {
            // The R-tree of new parcels takes longest; the rest is made beside it.
            std::thread::scope(|scope| {
                let indexed = scope.spawn(|| parcels.clone().indexed(extents.into_iter()));
                let tables = rest()?;
                let indexed = indexed.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                Ok::<_, BuildError>((tables, Some(indexed)))
            })?
        };
        let parcels = indexed.unwrap_or(parcels);
        let same_units = self.units.is_empty() && tables.units.len() == self.base.units().len();
        let snapshot = Snapshot { position, head, tables, parcels, pages };
        if same_units && !Arc::ptr_eq(&snapshot.tables, &self.base.tables) {
            snapshot.take_units(self.base);
        }
        Ok(snapshot)
    }

    /// The parcels without the new ones' places in the index, those places, and what changes of parcels.
    fn parcels(&self) -> Result<(Parcels, Extents, Pages), BuildError> {
        let base = self.base;
        let mut pages = base.pages.first(self.known_parcels);
        if self.added.iter().all(|chunk| chunk.parcels.ids.is_empty()) {
            return Ok((base.parcels.first(self.known_parcels), Vec::new(), pages));
        }
        if let Some(&lowest) = self.added.iter().find_map(|chunk| chunk.parcels.ids.first())
            && self.known_parcels != base.parcels.len()
        {
            return Err(BuildError::Order(ParcelId(lowest)));
        }
        let (mut parcels, mut extents) = (base.parcels.clone(), Vec::new());
        for chunk in &self.added {
            let first = parcels.len() as u32;
            parcels.join(chunk)?;
            pages.extend(&chunk.days, &chunk.money, &chunk.versions);
            for (at, marks) in &chunk.marks {
                pages.mark(first + at, Some(Arc::clone(marks)));
            }
            extents.extend((first..).zip(chunk.extents.iter().copied()));
        }
        Ok((parcels, extents, pages))
    }

    fn tables(&self, parcels: &Parcels) -> Result<Arc<Tables>, BuildError> {
        let before = &self.base.tables;
        let moved = self.moved(parcels);
        let same = |known: usize, had: usize| known == had;
        if self.units.is_empty()
            && self.projects.is_empty()
            && moved.is_empty()
            && same(self.known_units, before.units.len())
            && same(self.known_projects, before.projects.len())
        {
            return Ok(Arc::clone(before));
        }
        let units = self.new_units(&moved, parcels);
        let projects = self.new_projects(&moved, parcels);
        let law = |entry: &Arc<ProjectEntry>| law_of(&before.law, &entry.project);
        let project_laws = projects.iter().map(law).collect::<Result<_, _>>()?;
        let unit_places =
            shared(&before.units, &units, |a, b| a.extent == b.extent && a.unit.boundary == b.unit.boundary);
        let project_places = shared(&before.projects, &projects, |a, b| {
            a.extent == b.extent && a.project.boundary == b.project.boundary
        });
        Ok(Arc::new(Tables {
            law: Arc::clone(&before.law),
            project_laws,
            unit_places: if unit_places {
                Arc::clone(&before.unit_places)
            } else {
                Arc::new(RowIndex::of_units(&units))
            },
            project_places: if project_places {
                Arc::clone(&before.project_places)
            } else {
                Arc::new(RowIndex::of_projects(&projects))
            },
            units,
            projects,
            unit_columns: Mutex::default(),
        }))
    }

    /// Units and projects that have other parcels now, by index.
    fn moved(&self, parcels: &Parcels) -> Moved {
        let (before, now) = (self.base.parcels().len(), parcels.len());
        let known = if now > before { parcels } else { self.base.parcels() };
        let mut moved = Moved { grows: now > before, known: now, ..Moved::default() };
        for index in before.min(now) as u32..before.max(now) as u32 {
            moved.units.entry(known.unit(index)).or_default().push(index);
            moved.projects.entry(known.project(index)).or_default().push(index);
        }
        moved
    }

    fn new_units(&self, moved: &Moved, parcels: &Parcels) -> Vec<Arc<UnitEntry>> {
        let entry = |index: usize| {
            let (before, changed) = (self.base.tables.units.get(index), self.units.get(&index));
            let parts = moved.units.get(&index);
            Some(match (before, changed, parts) {
                (Some(entry), None, None) => Arc::clone(entry),
                (Some(entry), None, Some(more)) if moved.grows => {
                    Arc::new((**entry).clone().with_parcels(more, parcels))
                }
                _ => {
                    let (id, unit) = changed.cloned().or_else(|| before.map(|e| (e.id, e.unit.clone())))?;
                    let list = moved.listed(before.map_or(&[], |entry| &entry.parcels), parts);
                    Arc::new(UnitEntry::new(id, unit).with_parcels(&list, parcels))
                }
            })
        };
        (0..self.known_units).filter_map(entry).collect()
    }

    fn new_projects(&self, moved: &Moved, parcels: &Parcels) -> Vec<Arc<ProjectEntry>> {
        let entry = |index: usize| {
            let (before, changed) = (self.base.tables.projects.get(index), self.projects.get(&index));
            let parts = moved.projects.get(&index);
            Some(match (before, changed, parts) {
                (Some(entry), None, None) => Arc::clone(entry),
                (Some(entry), None, Some(more)) if moved.grows => {
                    Arc::new((**entry).clone().with_parcels(more, parcels))
                }
                // Words and plans alone move nothing.
                (Some(entry), Some((_, project)), None) if same_place(&entry.project, project) => {
                    Arc::new(ProjectEntry { project: project.clone(), ..(**entry).clone() })
                }
                _ => {
                    let row = changed.cloned().or_else(|| before.map(|e| (e.id, e.project.clone())));
                    let (id, project) = row?;
                    let list = moved.listed(before.map_or(&[], |entry| &entry.parcels), parts);
                    Arc::new(ProjectEntry::new(id, project).with_parcels(&list, parcels))
                }
            })
        };
        (0..self.known_projects).filter_map(entry).collect()
    }
}

/// States by index, rising; of several about one parcel the last counts, and unknown parcels are left out.
fn in_order(states: &[(ParcelId, State)], parcels: &Parcels) -> Vec<(u32, State)> {
    let found = (0u32..).zip(states).filter_map(|(state, (id, _))| Some((parcels.find(*id)?, state)));
    // Sorting a million costs more than a place for each parcel.
    let rows = if states.len() < parcels.len() / 16 { sorted(found) } else { placed(found, parcels.len()) };
    rows.into_iter().map(|(index, state)| (index, states[state as usize].1.clone())).collect()
}

/// The last place of each index, indexes rising; places come rising.
fn sorted(found: impl Iterator<Item = (u32, u32)>) -> Vec<(u32, u32)> {
    let mut rows: Vec<_> = found.collect();
    rows.sort_unstable();
    rows.reverse();
    rows.dedup_by_key(|(index, _)| *index);
    rows.reverse();
    rows
}

/// As [`sorted`], where the indexes are less than `count`.
fn placed(found: impl Iterator<Item = (u32, u32)>, count: usize) -> Vec<(u32, u32)> {
    let mut rows = vec![u32::MAX; count];
    found.for_each(|(index, state)| rows[index as usize] = state);
    (0u32..).zip(rows).filter(|(_, state)| *state != u32::MAX).collect()
}

/// Units and projects that have other parcels now, with those that came, or are not known yet.
#[derive(Default)]
struct Moved {
    /// They came.
    grows: bool,
    /// So many parcels are known now.
    known: usize,
    units: BTreeMap<usize, Vec<u32>>,
    projects: BTreeMap<usize, Vec<u32>>,
}

impl Moved {
    fn is_empty(&self) -> bool {
        self.units.is_empty() && self.projects.is_empty()
    }

    /// The parcels of a row: those it had, up to the last known, and those that came.
    fn listed(&self, own: &[u32], parts: Option<&Vec<u32>>) -> Vec<u32> {
        let kept = own.iter().copied().filter(|index| (*index as usize) < self.known);
        let came = parts.into_iter().flatten().copied().filter(|_| self.grows);
        kept.chain(came).collect()
    }
}

fn same_place(a: &Project, b: &Project) -> bool {
    a.boundary == b.boundary && a.alignment == b.alignment
}

/// Whether all rows lie where they lay before.
fn shared<T>(before: &[Arc<T>], now: &[Arc<T>], same: impl Fn(&T, &T) -> bool) -> bool {
    before.len() == now.len() && before.iter().zip(now).all(|(a, b)| Arc::ptr_eq(a, b) || same(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_states_of_a_parcel_the_last_counts_however_many_there_are() {
        let found = || [5, 3, 5, 0, 3, 7].into_iter().zip(0u32..);
        assert_eq!(sorted(found()), [(0, 3), (3, 4), (5, 2), (7, 5)]);
        assert_eq!(placed(found(), 9), sorted(found()));
    }
}
