//! What happens, as it happens.

use schemars::JsonSchema;
use serde::Serialize;

use super::Bbox;
use crate::{
    analysis::View,
    domain::{Code, Event, LedgerPosition, ParcelId, Stage, Standing},
};

/// What happened to a parcel, and how it stands now.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LiveEvent {
    /// Position of the event.
    pub at: LedgerPosition,
    /// The parcel.
    pub parcel: ParcelId,
    /// Code of its project.
    pub project: Code,
    /// Where it stands; null before its listing.
    pub stage: Option<Standing>,
    /// It is handed over.
    pub cleared: bool,
    /// A blocker stands in its way.
    pub blocked: bool,
    /// Position of its last event.
    pub version: LedgerPosition,
    /// Extent.
    pub bbox: Bbox,
}

impl LiveEvent {
    /// Of an event that the view knows; none where it is about no parcel.
    pub fn of(view: &View, event: &Event) -> Option<Self> {
        let (snapshot, columns) = (&view.snapshot, view.snapshot.parcels());
        let id = event.body.parcel?;
        let index = columns.find(id)?;
        Some(Self {
            at: event.position,
            parcel: id,
            project: snapshot.parcel(index).project().project.code.clone(),
            stage: snapshot.stage_on(index, view.today),
            cleared: snapshot.days(index).reached(Stage::HandedOver, view.today),
            blocked: snapshot.blocked_on(index, view.today),
            version: snapshot.version(index),
            bbox: Bbox::around(columns.arena().shape(index as usize).extent()),
        })
    }
}

/// A position alone, as messages called `position` and `reload` hold it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct LivePosition {
    /// Position of the ledger.
    pub at: LedgerPosition,
}
