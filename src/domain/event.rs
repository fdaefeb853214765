//! Events: what happened, as the ledger keeps it. Never edited; a mistake is
//! corrected by a further event.

use serde::{Deserialize, Serialize};

use super::{Day, LedgerPosition, ParcelId, Stage, Vnd};

/// What stands in the way of a parcel (vướng mắc).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum BlockerKind {
    /// Khiếu nại.
    Complaint,
    /// Đơn giá bồi thường.
    Price,
    /// Nguồn gốc đất.
    Origin,
    /// Mồ mả.
    Graves,
    /// Hạ tầng kỹ thuật.
    Utilities,
    /// Tái định cư.
    Resettlement,
}

impl BlockerKind {
    /// All kinds, in the order of lists.
    pub const ALL: [Self; 6] =
        [Self::Complaint, Self::Price, Self::Origin, Self::Graves, Self::Utilities, Self::Resettlement];

    /// The kind's code in files and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::Price => "price",
            Self::Origin => "origin",
            Self::Graves => "graves",
            Self::Utilities => "utilities",
            Self::Resettlement => "resettlement",
        }
    }
}

/// Which reference table an import filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportedLayer {
    /// Administrative units.
    Units,
    /// Projects.
    Projects,
    /// Parcels.
    Parcels,
}

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// Rows came into a reference table; the digest seals their content.
    Imported {
        /// Table.
        layer: ImportedLayer,
        /// Name of the file, without its folder.
        source: String,
        /// Smallest row number.
        first: u32,
        /// Largest row number.
        last: u32,
        /// Rows written.
        rows: u32,
        /// SHA-256 over the rows in order, hexadecimal.
        digest: String,
    },
    /// A parcel reached a stage.
    StageReached {
        /// Stage.
        stage: Stage,
    },
    /// Something stands in the way of a parcel.
    BlockerOpened {
        /// Blocker.
        blocker: BlockerKind,
    },
    /// It no longer does.
    BlockerClosed {
        /// Blocker.
        blocker: BlockerKind,
    },
    /// Compensation and support approved for a parcel.
    MoneyApproved {
        /// Amount.
        amount: Vnd,
    },
}

impl EventKind {
    /// The event's code in files and answers.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Imported { .. } => "imported",
            Self::StageReached { .. } => "stage_reached",
            Self::BlockerOpened { .. } => "blocker_opened",
            Self::BlockerClosed { .. } => "blocker_closed",
            Self::MoneyApproved { .. } => "money_approved",
        }
    }
}

/// An event that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Parcel it is about; none for imports.
    pub parcel: Option<ParcelId>,
    /// Day on which it took effect.
    pub day: Day,
    /// Milliseconds since 1970-01-01T00:00Z at which it was recorded.
    pub recorded_at: i64,
    /// Who recorded it.
    pub author: String,
    /// Reference of the document behind it.
    pub document: Option<String>,
    /// What happened.
    pub kind: EventKind,
}

/// An event of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place in the ledger, from 1.
    pub position: LedgerPosition,
    /// What was written.
    pub body: NewEvent,
}
