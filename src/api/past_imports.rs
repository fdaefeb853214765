//! What was imported, taking it back, and the illustrative province.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    atlas::Snapshot,
    domain::{Day, Event, EventKind, ImportedLayer, LedgerPosition, ParcelId},
};

/// What may be done about an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum ImportState {
    /// Nothing happened to it: it can be taken back.
    CanBeUndone,
    /// It was taken back.
    Undone,
    /// Something hangs on it.
    InUse,
}

/// A file that was imported.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PastImport {
    /// Position of its event.
    pub position: LedgerPosition,
    /// What it became.
    pub layer: ImportedLayer,
    /// Name of the file.
    pub source: String,
    /// Rows written.
    pub rows: u32,
    /// Day from which they hold.
    pub day: Day,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub recorded_at: i64,
    /// Who imported it.
    pub author: String,
    /// What may be done about it.
    pub state: ImportState,
}

impl PastImport {
    /// Of an event, if it is an import.
    pub fn of(snapshot: &Snapshot, event: &Event) -> Option<Self> {
        let EventKind::Imported { layer, source, rows, .. } = &event.body.kind else { return None };
        let withdrawn = |parcel: &u32| snapshot.marks(*parcel).is_some_and(|marks| marks.ended.is_some());
        let state = match imported_parcels(snapshot, event) {
            Some(parcels) if parcels.iter().all(|parcel| is_untouched(snapshot, *parcel)) => {
                ImportState::CanBeUndone
            }
            Some(parcels) if parcels.iter().all(withdrawn) => ImportState::Undone,
            _ => ImportState::InUse,
        };
        Some(Self {
            position: event.position,
            layer: *layer,
            source: source.clone(),
            rows: *rows,
            day: event.body.day,
            recorded_at: event.body.recorded_at,
            author: event.body.author.clone(),
            state,
        })
    }
}

/// The parcels, by index, that an import of parcels brought; none for other imports.
pub fn imported_parcels(snapshot: &Snapshot, event: &Event) -> Option<Vec<u32>> {
    let EventKind::Imported { layer: ImportedLayer::Parcels, first, last, .. } = event.body.kind else {
        return None;
    };
    let parcels: Vec<u32> = (first..=last).filter_map(|id| snapshot.parcels().find(ParcelId(id))).collect();
    (!parcels.is_empty()).then_some(parcels)
}

/// Nothing was recorded of the parcel since it came.
pub fn is_untouched(snapshot: &Snapshot, parcel: u32) -> bool {
    snapshot.version(parcel).0 == 0
}

/// What was imported, newest first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct PastImports {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// The imports.
    pub imports: Vec<PastImport>,
}

/// Which import is to be taken back, and what the ledger is to say of it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct UndoRequest {
    /// Position of its event.
    pub position: LedgerPosition,
    /// What the ledger is to say.
    pub note: Option<String>,
}

/// An import that was taken back.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Undone {
    /// Position of the ledger after it.
    pub at: LedgerPosition,
    /// Parcels that were withdrawn.
    pub withdrawn: usize,
}

/// What an illustrative province is to be like.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct DemoRequest {
    /// Parcels, 100 to 40 000.
    #[serde(default = "usual")]
    #[schemars(range(min = 100, max = 40_000))]
    pub parcels: usize,
}

fn usual() -> usize {
    10_000
}

/// An illustrative province that was made.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct DemoFilled {
    /// Units.
    pub units: usize,
    /// Projects.
    pub projects: usize,
    /// Parcels.
    pub parcels: usize,
    /// Position of the ledger after it.
    pub position: LedgerPosition,
}
