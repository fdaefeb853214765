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
