//! What a store knows of a scan or photograph beside the file itself.

use crate::domain::ParcelId;

/// What stands for a project's plan where a parcel would stand.
pub const PLAN: ParcelId = ParcelId(0);

/// Who sent a file, and what it was recorded about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attached {
    /// Accounts that sent it.
    pub senders: Vec<String>,
    /// Parcels of the events that name it; [`PLAN`] for a project's plan.
    pub parcels: Vec<ParcelId>,
}
