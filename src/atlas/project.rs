//! Projects and units as the atlas keeps them.

use geo::{Geodesic, InteriorPoint, Length, LineString, MultiPolygon};

use super::{
    columns::Shapes,
    feet::Feet,
    parcels::Parcels,
    world::{Extent, WorldPoint},
};
use crate::domain::{AdminUnit, Project, ProjectId, UnitId};

/// A project with what is worked out once.
#[derive(Debug, Clone)]
pub struct ProjectEntry {
    /// Number.
    pub id: ProjectId,
    /// As recorded.
    pub project: Project,
    /// Around its boundary, alignment and parcels.
    pub extent: Extent,
    /// A place inside, for a label.
    pub point: Option<WorldPoint>,
    /// Length of the alignment in metres on the ellipsoid.
    pub length_m: Option<f64>,
    /// Its parcels, by index.
    pub parcels: Vec<u32>,
    /// From–to along the alignment in metres, by parcel as in `parcels`; empty without an alignment.
    pub chainages: Vec<[f32; 2]>,
    /// The same before ends that meet were brought together.
    pub(super) reaches: Vec<[f32; 2]>,
    /// Alignment in world units; empty without one.
    pub alignment: Vec<WorldPoint>,
    /// Units that its parcels lie in, by index, rising.
    pub units: Vec<u16>,
}

impl ProjectEntry {
    /// A project without parcels.
    pub(super) fn new(id: ProjectId, project: Project) -> Self {
        let mut extent = project.boundary.as_ref().map_or(Extent::EMPTY, extent_of);
        for coord in project.alignment.iter().flat_map(LineString::coords) {
            extent = extent.with(WorldPoint::from_degrees(coord.x, coord.y));
        }
        let point = project.boundary.as_ref().and_then(InteriorPoint::interior_point);
        let point = point.or_else(|| project.alignment.as_ref().and_then(InteriorPoint::interior_point));
        Self {
            id,
            extent,
            point: point.map(|p| WorldPoint::from_degrees(p.x(), p.y())),
            length_m: project.alignment.as_ref().map(|line| Geodesic.length(line)),
            alignment: project
                .alignment
                .iter()
                .flat_map(LineString::coords)
                .map(|c| WorldPoint::from_degrees(c.x, c.y))
                .collect(),
            project,
            parcels: Vec::new(),
            chainages: Vec::new(),
            reaches: Vec::new(),
            units: Vec::new(),
        }
    }

    /// Adds the parcel at `index`, which lies in a unit and reaches so far; chainages are measured later.
    pub(super) fn add(&mut self, index: u32, unit: u16, extent: Extent) {
        self.parcels.push(index);
        self.extent = self.extent.join(extent);
        if let Err(at) = self.units.binary_search(&unit) {
            self.units.insert(at, unit);
        }
    }

    /// This project with these parcels behind those that it has.
    pub(super) fn with_parcels(mut self, more: &[u32], parcels: &Parcels) -> Self {
        self.parcels.reserve_exact(more.len());
        for &index in more {
            let extent = parcels.arena().shape(index as usize).extent();
            self.add(index, parcels.unit(index) as u16, extent);
        }
        self.measure(parcels.arena());
        self
    }

    /// Measures how far each parcel that was added reaches along the alignment: between its vertices' feet
    /// on the line.
    pub(super) fn measure(&mut self, shapes: Shapes<'_>) {
        let (Some(length), true) = (self.length_m, self.alignment.len() > 1) else { return };
        // A Mercator step is the same length in all directions, so feet fall right.
        let feet = Feet::of(&self.alignment);
        let reach = |parcel: &u32| {
            let shape = shapes.shape(*parcel as usize);
            feet.reach(shape.vertices(), shape.extent()).map(|share| (share * length) as f32)
        };
        self.reaches.extend(self.parcels[self.reaches.len()..].iter().map(reach));
        self.chainages = meet(&self.reaches);
    }

    /// The part of the alignment between two chainages in metres; nothing without an alignment.
    pub fn part(&self, [from, to]: [f64; 2]) -> Vec<WorldPoint> {
        let sides = self.alignment.windows(2).map(|side| {
            let along = |v: fn(WorldPoint) -> u32| f64::from(v(side[1])) - f64::from(v(side[0]));
            (side[0], side[1], along(|point| point.x).hypot(along(|point| point.y)))
        });
        let sides: Vec<_> = sides.collect();
        // Mercator steps are the same length in all directions and nearly so over one project.
        let scale = self.length_m.unwrap_or(0.0) / sides.iter().map(|side| side.2).sum::<f64>().max(1.0);
        let (mut part, mut before): (Vec<WorldPoint>, f64) = (Vec::new(), 0.0);
        for (start, end, length) in sides {
            let after = before + length * scale;
            if after >= from && before <= to {
                let point = |metres: f64| {
                    let share = ((metres - before) / (after - before).max(1e-9)).clamp(0.0, 1.0);
                    let at = |a: u32, b: u32| {
                        (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u32
                    };
                    WorldPoint { x: at(start.x, end.x), y: at(start.y, end.y) }
                };
                part.extend([point(from), point(to)]);
            }
            before = after;
        }
        part.dedup();
        part
    }
}

/// A unit with what is worked out once.
#[derive(Debug, Clone)]
pub struct UnitEntry {
    /// Number.
    pub id: UnitId,
    /// As recorded.
    pub unit: AdminUnit,
    /// Around its boundary, or its parcels where it has none.
    pub extent: Extent,
    /// Its parcels, by index.
    pub parcels: Vec<u32>,
}

impl UnitEntry {
    /// A unit without parcels.
    pub(super) fn new(id: UnitId, unit: AdminUnit) -> Self {
        let extent = unit.boundary.as_ref().map_or(Extent::EMPTY, extent_of);
        Self { id, unit, extent, parcels: Vec::new() }
    }

    /// Adds the parcel at `index`, which reaches so far.
    pub(super) fn add(&mut self, index: u32, extent: Extent) {
        self.parcels.push(index);
        if self.unit.boundary.is_none() {
            self.extent = self.extent.join(extent);
        }
    }

    /// This unit with these parcels behind those that it has.
    pub(super) fn with_parcels(mut self, more: &[u32], parcels: &Parcels) -> Self {
        self.parcels.reserve_exact(more.len());
        more.iter().for_each(|index| self.add(*index, parcels.arena().shape(*index as usize).extent()));
        self
    }
}

/// Ends nearer than this along the alignment are the same place, metres: surveys leave gaps and
/// overlaps between neighbours.
const SAME_PLACE_M: f32 = 0.5;

/// Brings ends that are the same place together, whatever the parcels' state, so that
/// no sliver between two neighbours counts as clear land.
fn meet(reaches: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let mut ends: Vec<f32> = reaches.iter().flatten().copied().collect();
    ends.sort_unstable_by(f32::total_cmp);
    let mut points: Vec<f32> = Vec::new();
    for end in ends {
        if points.last().is_none_or(|point| end - point >= SAME_PLACE_M) {
            points.push(end);
        }
    }
    let point = |end: f32| points[points.partition_point(|point| *point <= end).max(1) - 1];
    let met = |&[from, to]: &[f32; 2]| {
        let (start, end) = (point(from), point(to));
        // What is narrower than a sliver stays as it is.
        if start < end { [start, end] } else { [from, to] }
    };
    reaches.iter().map(met).collect()
}

fn extent_of(polygons: &MultiPolygon<f64>) -> Extent {
    let coords = polygons.iter().flat_map(|polygon| polygon.exterior().coords());
    coords.fold(Extent::EMPTY, |extent, c| extent.with(WorldPoint::from_degrees(c.x, c.y)))
}
