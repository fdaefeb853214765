//! Workable fronts (mặt bằng liên tục): where one can build, what is in the
//! way, and which few parcels would open the most.
//!
//! Patchy land can't be built on: a contractor needs a stretch of some length,
//! or a site of some area, in one piece.

mod areal;
mod choice;
mod linear;
mod neighbours;

pub use areal::{ArealFronts, Cluster, Patch, SingleGain, areal_fronts};
pub use choice::{Choice, choices};
pub use linear::{
    BestParcels, Front, FrontState, LinearFronts, cleared_length, front_id, linear_fronts, project_fronts,
};

/// Length from which a clear stretch is workable, metres.
pub const LEAST_LENGTH_M: f64 = 500.0;

/// Area from which a cleared patch is workable, m²: a hectare.
pub const LEAST_AREA_M2: f64 = 10_000.0;
