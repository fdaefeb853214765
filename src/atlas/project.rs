//! Projects and units as the atlas keeps them.

use crate::domain::{AdminUnit, Project, ProjectId, UnitId};

use super::world::{Extent, World};

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
    pub point: Option<World>,
    /// Length of the alignment in metres on the ellipsoid.
    pub length_m: Option<f64>,
    /// Its parcels, by index.
    pub parcels: Vec<u32>,
    /// From–to along the alignment in metres, by parcel as in `parcels`; empty without an alignment.
    pub chainages: Vec<[f32; 2]>,
    /// Alignment in world units; empty without one.
    pub alignment: Vec<World>,
    /// Units that its parcels lie in, by index, rising.
    pub units: Vec<u16>,
}

impl ProjectEntry {
    /// The part of the alignment between two chainages in metres; nothing without an alignment.
    pub fn part(&self, [from, to]: [f64; 2]) -> Vec<World> {
        let sides = self.alignment.windows(2).map(|side| {
            let along = |v: fn(World) -> u32| f64::from(v(side[1])) - f64::from(v(side[0]));
            (side[0], side[1], along(|place| place.x).hypot(along(|place| place.y)))
        });
        let sides: Vec<_> = sides.collect();
        // Mercator steps are the same length in all directions and nearly so over one project.
        let scale = self.length_m.unwrap_or(0.0) / sides.iter().map(|side| side.2).sum::<f64>().max(1.0);
        let (mut part, mut before): (Vec<World>, f64) = (Vec::new(), 0.0);
        for (start, end, length) in sides {
            let after = before + length * scale;
            if after >= from && before <= to {
                let place = |metres: f64| {
                    let share = ((metres - before) / (after - before).max(1e-9)).clamp(0.0, 1.0);
                    let at = |a: u32, b: u32| {
                        (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u32
                    };
                    World { x: at(start.x, end.x), y: at(start.y, end.y) }
                };
                part.extend([place(from), place(to)]);
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
