//! Builds a snapshot from the store's rows.
//!
//! Units and projects come first, parcels in the order of their ids. A
//! builder is used once; errors name the row.

use std::sync::Arc;

use super::{
    chunk::{Chunk, Numbers},
    error::BuildError,
    pages::Pages,
    parcels::Parcels,
    project::{ProjectEntry, UnitEntry},
    snapshot::Snapshot,
    tables::Tables,
    world::Extent,
};
use crate::domain::{AdminUnit, LedgerPosition, Marks, Project, ProjectId, UnitId, law::Law};

/// Collects rows.
#[derive(Debug)]
pub struct Builder {
    law: Arc<Law>,
    units: Vec<UnitEntry>,
    projects: Vec<ProjectEntry>,
    project_laws: Vec<usize>,
    numbers: Arc<Numbers>,
    parcels: Parcels,
    pages: Pages,
    extents: Vec<Extent>,
    marks: Vec<(u32, Arc<Marks>)>,
}

impl Builder {
    /// A builder that knows this law and expects about `parcels` rows.
    pub fn new(law: Arc<Law>, parcels: usize) -> Self {
        Self {
            law,
            units: Vec::new(),
            projects: Vec::new(),
            project_laws: Vec::new(),
            numbers: Arc::default(),
            parcels: Parcels::default(),
            pages: Pages::default(),
            extents: Vec::with_capacity(parcels),
            marks: Vec::new(),
        }
    }

    /// Adds a unit.
    ///
    /// # Errors
    /// [`BuildError`] when there are more than 65 535 units.
    pub fn unit(&mut self, id: UnitId, unit: AdminUnit) -> Result<(), BuildError> {
        let number = u16::try_from(self.units.len()).map_err(|_| BuildError::TooMany(65_536, "units"))?;
        Arc::make_mut(&mut self.numbers).units.insert(id, number);
        self.units.push(UnitEntry::new(id, unit));
        Ok(())
    }

    /// Adds a project.
    ///
    /// # Errors
    /// [`BuildError`] when there are more than 65 535 projects, or the project's law is unknown.
    pub fn project(&mut self, id: ProjectId, project: Project) -> Result<(), BuildError> {
        let number =
            u16::try_from(self.projects.len()).map_err(|_| BuildError::TooMany(65_536, "projects"))?;
        self.project_laws.push(law_of(&self.law, &project)?);
        Arc::make_mut(&mut self.numbers).projects.insert(id, number);
        self.projects.push(ProjectEntry::new(id, project));
        Ok(())
    }

    /// A chunk for parcels of the units and projects added so far.
    pub fn chunk(&self) -> Chunk {
        Chunk::new(Arc::clone(&self.numbers))
    }

    /// Joins a chunk whose ids come after all that were joined before.
    ///
    /// # Errors
    /// [`BuildError`] when ids are out of order or there are more land uses than an atlas can number.
    pub fn join(&mut self, chunk: &Chunk) -> Result<(), BuildError> {
        let first = self.parcels.len() as u32;
        self.parcels.join(chunk)?;
        self.extents.extend_from_slice(&chunk.extents);
        self.pages.extend(&chunk.days, &chunk.money, &chunk.versions);
        self.marks.extend(chunk.marks.iter().map(|(at, marks)| (first + at, Arc::clone(marks))));
        let rows = chunk.parcels.projects.iter().zip(&chunk.parcels.units).zip(&chunk.extents);
        for (index, ((&project, &unit), &extent)) in (first..).zip(rows) {
            self.projects[usize::from(project)].add(index, unit, extent);
            self.units[usize::from(unit)].add(index, extent);
        }
        Ok(())
    }

    /// The snapshot at this position of the ledger.
    pub fn finish(mut self, position: LedgerPosition, head: [u8; 32]) -> Snapshot {
        let extents = std::mem::take(&mut self.extents);
        let (parcels, projects) = (&self.parcels, &mut self.projects);
        // The R-tree takes longest; the rest is made beside it.
        let parcels = std::thread::scope(|scope| {
            let indexed = scope.spawn(|| parcels.clone().indexed((0u32..).zip(extents.iter().copied())));
            projects.iter_mut().for_each(|entry| entry.measure(parcels.arena()));
            indexed.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        let mut pages = self.pages;
        self.marks.into_iter().for_each(|(index, marks)| pages.mark(index, Some(marks)));
        let tables = Tables::new(self.law, self.project_laws, self.units, self.projects);
        Snapshot::new(position, head, tables, parcels, pages)
    }
}

/// Place of the law under which a project began.
pub(super) fn law_of(law: &Law, project: &Project) -> Result<usize, BuildError> {
    let index = law.law_index(project.procedure.as_str());
    index.ok_or_else(|| BuildError::NoProcedure(project.code.to_string(), project.procedure.to_string()))
}
