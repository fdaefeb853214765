//! Units, projects and the law of a snapshot: few rows beside the parcels.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    arena::Arena,
    index::Index,
    project::{ProjectEntry, UnitEntry},
};
use crate::domain::{Day, law::Law};

/// Units, projects and the law.
#[derive(Debug)]
pub(super) struct Tables {
    pub law: Arc<Law>,
    /// Place of the law under which each project began.
    pub project_laws: Vec<usize>,
    pub units: Vec<Arc<UnitEntry>>,
    pub projects: Vec<Arc<ProjectEntry>>,
    /// Boundaries and extents by project index.
    pub project_places: Arc<RowIndex>,
    /// Boundaries and extents by unit index.
    pub unit_places: Arc<RowIndex>,
    /// The parcels' units by the number of reforms before a day, with such a day; worked out when first
    /// asked for.
    pub unit_columns: Mutex<UnitColumns>,
}

type UnitColumns = HashMap<usize, (Day, Arc<[u16]>)>;

/// Where the rows of a table lie.
#[derive(Debug, Default)]
pub(super) struct RowIndex {
    pub shapes: Arena,
    pub index: Index,
}

impl RowIndex {
    pub fn of_projects(projects: &[Arc<ProjectEntry>]) -> Self {
        let mut shapes = Arena::default();
        projects.iter().for_each(|entry| push_shape(&mut shapes, entry.project.boundary.as_ref()));
        Self { shapes, index: Index::new((0u32..).zip(projects.iter().map(|entry| entry.extent))) }
    }

    pub fn of_units(units: &[Arc<UnitEntry>]) -> Self {
        let mut shapes = Arena::default();
        units.iter().for_each(|entry| push_shape(&mut shapes, entry.unit.boundary.as_ref()));
        Self { shapes, index: Index::new((0u32..).zip(units.iter().map(|entry| entry.extent))) }
    }
}

fn push_shape(arena: &mut Arena, polygons: Option<&geo::MultiPolygon<f64>>) {
    polygons.into_iter().flatten().for_each(|polygon| arena.push_polygon(polygon));
    arena.end_shape();
}

impl Tables {
    pub fn unit_columns(&self) -> MutexGuard<'_, UnitColumns> {
        self.unit_columns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn new(
        law: Arc<Law>,
        project_laws: Vec<usize>,
        units: Vec<UnitEntry>,
        projects: Vec<ProjectEntry>,
    ) -> Self {
        let units: Vec<_> = units.into_iter().map(Arc::new).collect();
        let projects: Vec<_> = projects.into_iter().map(Arc::new).collect();
        Self {
            law,
            project_laws,
            project_places: Arc::new(RowIndex::of_projects(&projects)),
            unit_places: Arc::new(RowIndex::of_units(&units)),
            units,
            projects,
            unit_columns: Mutex::default(),
        }
    }
}
