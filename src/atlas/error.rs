//! What keeps rows from making an atlas.

use crate::domain::{ParcelId, ProjectId, UnitId};

/// Why rows do not make an atlas: the store holds what it never should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// A parcel names a project that is not there.
    #[error("parcel {0} names project {1}, which the store does not hold")]
    NoProject(ParcelId, ProjectId),
    /// A parcel names a unit that is not there.
    #[error("parcel {0} names unit {1}, which the store does not hold")]
    NoUnit(ParcelId, UnitId),
    /// A project names a law that is not there.
    #[error("project {0} names the law \"{1}\", which data/procedures/regimes.toml does not have")]
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
