//! Builds a snapshot from the store's rows.
//!
//! Units and projects come first, parcels in the order of their ids. A
//! builder is used once; errors name the row.

use std::sync::Arc;

use geo::{Geodesic, InteriorPoint, Length, LineLocatePoint, LineString, Point};
use geo_traits::{CoordTrait, LineStringTrait, PolygonTrait};

use super::{
    arena::Arena,
    index::Index,
    pages::Pages,
    parcels::Parcels,
    project::{ProjectEntry, UnitEntry},
    snapshot::{Snapshot, Tables},
    strand::{Numbers, Strand},
    world::{Extent, World},
};
use crate::domain::{
    AdminUnit, Day, LedgerPosition, Marks, ParcelId, PlanCurve, Procedure, Project, ProjectId, UnitId,
};

/// Why rows do not make an atlas: the store holds what it never should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// A parcel names a project that is not there.
    #[error("parcel {0} names project {1}, which the store does not hold")]
    NoProject(ParcelId, ProjectId),
    /// A parcel names a unit that is not there.
    #[error("parcel {0} names unit {1}, which the store does not hold")]
    NoUnit(ParcelId, UnitId),
    /// A project names a procedure that is not there.
    #[error("project {0} names the procedure \"{1}\", which no file in data/procedures describes")]
    NoProcedure(String, String),
    /// A geometry that is not a polygon.
    #[error("the geometry of parcel {0} is not a polygon: {1}")]
    Geometry(ParcelId, String),
    /// Ids must rise.
    #[error("parcel {0} does not come after the one before it")]
    Order(ParcelId),
    /// More than an atlas can name.
    #[error("more than {0} {1} do not fit an atlas")]
    TooMany(usize, &'static str),
}

/// Collects rows.
#[derive(Debug, Default)]
pub struct Builder {
    procedures: Vec<Procedure>,
    units: Vec<UnitEntry>,
    projects: Vec<ProjectEntry>,
    project_procedures: Vec<usize>,
    numbers: Arc<Numbers>,
    parcels: Parcels,
    pages: Pages,
    extents: Vec<Extent>,
    marks: Vec<(u32, Arc<Marks>)>,
}

impl Builder {
    /// A builder that knows these procedures and expects about `parcels` rows.
    pub fn new(procedures: Vec<Procedure>, parcels: usize) -> Self {
        let mut builder = Self { procedures, ..Self::default() };
        builder.extents.reserve_exact(parcels);
        builder
    }

    /// Adds a unit.
    ///
    /// # Errors
    /// More than 65 535 units.
    pub fn unit(&mut self, id: UnitId, unit: AdminUnit) -> Result<(), BuildError> {
        let number = u16::try_from(self.units.len()).map_err(|_| BuildError::TooMany(65_536, "units"))?;
        let extent = unit.boundary.as_ref().map_or(Extent::EMPTY, extent_of);
        Arc::make_mut(&mut self.numbers).units.insert(id, number);
        self.units.push(UnitEntry { id, unit, extent, parcels: Vec::new() });
        Ok(())
    }

    /// Adds a project.
    ///
    /// # Errors
    /// More than 65 535 projects, or a procedure that is not known.
    pub fn project(&mut self, id: ProjectId, project: Project) -> Result<(), BuildError> {
        let number =
            u16::try_from(self.projects.len()).map_err(|_| BuildError::TooMany(65_536, "projects"))?;
        let known = |p: &Procedure| p.code() == &project.procedure;
        let procedure = self.procedures.iter().position(known).ok_or_else(|| {
            BuildError::NoProcedure(project.code.to_string(), project.procedure.to_string())
        })?;
        let mut extent = project.boundary.as_ref().map_or(Extent::EMPTY, extent_of);
        for coord in project.alignment.iter().flat_map(LineString::coords) {
            extent = extent.with(World::from_degrees(coord.x, coord.y));
        }
        let point = project.boundary.as_ref().and_then(InteriorPoint::interior_point);
        let point = point.or_else(|| project.alignment.as_ref().and_then(InteriorPoint::interior_point));
        Arc::make_mut(&mut self.numbers).projects.insert(id, number);
        self.project_procedures.push(procedure);
        self.projects.push(ProjectEntry {
            id,
            extent,
            point: point.map(|p| World::from_degrees(p.x(), p.y())),
            length_m: project.alignment.as_ref().map(|line| Geodesic.length(line)),
            alignment: project
                .alignment
                .iter()
                .flat_map(LineString::coords)
                .map(|c| World::from_degrees(c.x, c.y))
                .collect(),
            project,
            parcels: Vec::new(),
            chainages: Vec::new(),
            units: Vec::new(),
        });
        Ok(())
    }

    /// A strand for parcels of the units and projects added so far.
    pub fn strand(&self) -> Strand {
        Strand::new(Arc::clone(&self.numbers))
    }

    /// Joins a strand whose ids come after all that were joined before.
    ///
    /// # Errors
    /// Ids out of order, or more land uses than an atlas can name.
    pub fn join(&mut self, strand: &Strand) -> Result<(), BuildError> {
        let Some(&lowest) = strand.parcels.ids.first() else { return Ok(()) };
        if self.parcels.ids.last().is_some_and(|last| *last >= lowest) {
            return Err(BuildError::Order(ParcelId(lowest)));
        }
        let first = self.parcels.ids.len() as u32;
        self.parcels.append(&strand.parcels)?;
        self.extents.extend_from_slice(&strand.extents);
        self.pages.extend(&strand.days, &strand.money, &strand.versions);
        self.marks.extend(strand.marks.iter().map(|(at, marks)| (first + at, Arc::clone(marks))));
        let places = strand.parcels.projects.iter().zip(&strand.parcels.units).zip(&strand.extents);
        for (index, ((&project, &unit), &extent)) in (first..).zip(places) {
            let entry = &mut self.projects[usize::from(project)];
            entry.parcels.push(index);
            entry.extent = entry.extent.join(extent);
            if let Err(at) = entry.units.binary_search(&unit) {
                entry.units.insert(at, unit);
            }
            let entry = &mut self.units[usize::from(unit)];
            entry.parcels.push(index);
            if entry.unit.boundary.is_none() {
                entry.extent = entry.extent.join(extent);
            }
        }
        Ok(())
    }

    /// Changes the pledge of a project that was added; what is none stays as it is.
    pub fn plan(&mut self, id: ProjectId, plan: Option<PlanCurve>, required: Option<Day>) {
        let Some(entry) = self.projects.iter_mut().find(|entry| entry.id == id) else { return };
        if let Some(plan) = plan {
            entry.project.plan = plan;
        }
        entry.project.required_day = required.or(entry.project.required_day);
    }

    /// The snapshot at this position of the ledger.
    pub fn finish(mut self, position: LedgerPosition, head: [u8; 32]) -> Snapshot {
        let extents = std::mem::take(&mut self.extents);
        self.parcels.arena.shrink();
        // The R-tree takes longest; the rest is made beside it.
        self.parcels.index = std::thread::scope(|scope| {
            let index = scope.spawn(|| Index::new((0u32..).zip(extents.iter().copied())));
            for entry in &mut self.projects {
                entry.chainages = chainages(entry, &self.parcels.arena);
            }
            index.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        let mut pages = self.pages;
        self.marks.into_iter().for_each(|(index, marks)| pages.mark(index, Some(marks)));
        let (mut project_shapes, mut unit_shapes) = (Arena::default(), Arena::default());
        self.projects.iter().for_each(|entry| push_geo(&mut project_shapes, entry.project.boundary.as_ref()));
        self.units.iter().for_each(|entry| push_geo(&mut unit_shapes, entry.unit.boundary.as_ref()));
        let tables = Tables {
            project_shapes,
            unit_shapes,
            project_index: Index::new((0u32..).zip(self.projects.iter().map(|entry| entry.extent))),
            unit_index: Index::new((0u32..).zip(self.units.iter().map(|entry| entry.extent))),
            procedures: self.procedures,
            project_procedures: self.project_procedures,
            units: self.units,
            projects: self.projects,
            unit_columns: std::sync::Mutex::default(),
        };
        Snapshot::new(position, head, tables, self.parcels, pages)
    }
}

/// Each parcel's reach along the alignment: between its vertices' feet on the line.
fn chainages(entry: &ProjectEntry, arena: &Arena) -> Vec<[f32; 2]> {
    let (Some(length), true) = (entry.length_m, entry.alignment.len() > 1) else { return Vec::new() };
    // A Mercator step is the same length in all directions, so feet fall right.
    let line: LineString<f64> = entry.alignment.iter().map(|p| (f64::from(p.x), f64::from(p.y))).collect();
    let reach = |parcel: &u32| {
        let places = arena.shape(*parcel as usize).places().iter();
        let feet = places.filter_map(|p| line.line_locate_point(&Point::new(f64::from(p.x), f64::from(p.y))));
        let (from, to) = feet.fold((1.0f64, 0.0f64), |(from, to), foot| (from.min(foot), to.max(foot)));
        [(from * length) as f32, (to.max(from) * length) as f32]
    };
    meet(entry.parcels.iter().map(reach).collect())
}

/// Ends nearer than this along the alignment are the same place, metres: surveys leave gaps and
/// overlaps between neighbours.
const SAME_PLACE_M: f32 = 0.5;

/// Brings ends that are the same place together, whatever the parcels' state, so that
/// no sliver between two neighbours counts as clear land.
fn meet(reaches: Vec<[f32; 2]>) -> Vec<[f32; 2]> {
    let mut ends: Vec<f32> = reaches.iter().flatten().copied().collect();
    ends.sort_unstable_by(f32::total_cmp);
    let mut places: Vec<f32> = Vec::new();
    for end in ends {
        if places.last().is_none_or(|place| end - place >= SAME_PLACE_M) {
            places.push(end);
        }
    }
    let place = |end: f32| places[places.partition_point(|place| *place <= end).max(1) - 1];
    let met = |[from, to]: [f32; 2]| {
        let (start, end) = (place(from), place(to));
        // What is narrower than a sliver stays as it is.
        if start < end { [start, end] } else { [from, to] }
    };
    reaches.into_iter().map(met).collect()
}

fn extent_of(polygons: &geo::MultiPolygon<f64>) -> Extent {
    let coords = polygons.iter().flat_map(|polygon| polygon.exterior().coords());
    coords.fold(Extent::EMPTY, |extent, coord| extent.with(World::from_degrees(coord.x, coord.y)))
}

fn push_geo(arena: &mut Arena, polygons: Option<&geo::MultiPolygon<f64>>) {
    polygons.into_iter().flatten().for_each(|polygon| push_polygon(arena, polygon));
    arena.end_shape();
}

/// Writes the rings of one polygon, outer ring first.
pub(super) fn push_polygon(arena: &mut Arena, polygon: &impl PolygonTrait<T = f64>) {
    if let Some(ring) = polygon.exterior() {
        arena.push_ring(ring.coords().map(|c| World::from_degrees(c.x(), c.y())), false);
    }
    for ring in polygon.interiors() {
        arena.push_ring(ring.coords().map(|c| World::from_degrees(c.x(), c.y())), true);
    }
}
