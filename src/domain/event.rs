//! Events: what happened, as the ledger keeps it. Never edited; a mistake is
//! corrected by a further event.

use serde::{Deserialize, Serialize};

use super::{
    Day, LedgerPosition, ParcelId, ProjectId, Stage, Vnd,
    law::{Act, ActDetails},
};

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

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

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

/// A side branch of the procedure, beside the stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Branch {
    /// Kiểm đếm bắt buộc.
    MandatoryInventory,
    /// Cưỡng chế.
    Enforcement,
    /// Tiền gửi vào tài khoản.
    Deposit,
}

impl Branch {
    /// All branches, in the order of lists.
    pub const ALL: [Self; 3] = [Self::MandatoryInventory, Self::Enforcement, Self::Deposit];

    /// The branch's code in files and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::MandatoryInventory => "mandatory_inventory",
            Self::Enforcement => "enforcement",
            Self::Deposit => "deposit",
        }
    }

    /// The branch with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|branch| branch.code() == code)
    }

    /// The act of the law that begins it.
    pub fn act(self) -> Act {
        match self {
            Self::MandatoryInventory => Act::MandatoryInventory,
            Self::Enforcement => Act::EnforcementDecided,
            Self::Deposit => Act::Deposited,
        }
    }

    /// The branch that an act begins, if it begins one.
    pub fn begun_by(act: Act) -> Option<Self> {
        Self::ALL.into_iter().find(|branch| branch.act() == act)
    }

    /// Whether an act ends it.
    pub fn is_ended_by(self, act: Act) -> bool {
        match self {
            Self::MandatoryInventory => matches!(act, Act::Inventory | Act::InventoryEnforced),
            Self::Enforcement => matches!(act, Act::Enforced | Act::Complied | Act::HandedOver),
            Self::Deposit => act == Act::Paid,
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

impl ImportedLayer {
    /// The table's code in files and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Units => "units",
            Self::Projects => "projects",
            Self::Parcels => "parcels",
        }
    }
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
        /// What the law asks for beside its day.
        #[serde(default, skip_serializing_if = "ActDetails::is_empty", alias = "said")]
        details: ActDetails,
    },
    /// A step of the procedure beside the stages was taken.
    StepTaken {
        /// Step.
        step: Act,
        /// What the law asks for beside its day.
        #[serde(default, skip_serializing_if = "ActDetails::is_empty", alias = "said")]
        details: ActDetails,
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
    /// Compensation and support approved for a parcel; a later amount replaces it.
    MoneyApproved {
        /// Amount.
        amount: Vnd,
    },
    /// Part of it, or all, was paid.
    MoneyPaid {
        /// Amount of this payment.
        amount: Vnd,
    },
    /// The land was handed over before payment, by consent.
    EarlyHandover,
    /// A side branch began.
    BranchEntered {
        /// Branch.
        branch: Branch,
    },
    /// It ended.
    BranchLeft {
        /// Branch.
        branch: Branch,
    },
    /// A plot or flat was given in place of a lost home.
    ResettlementAssigned {
        /// Name of the plot or flat.
        plot: String,
    },
    /// The parcel is planned to be handed over on another day.
    PlannedDateChanged {
        /// That day.
        planned: Day,
    },
    /// The project no longer recovers the parcel.
    ParcelWithdrawn,
    /// The parcel became several.
    ParcelSplit {
        /// Those.
        into: Vec<ParcelId>,
    },
    /// The parcel became one with others.
    ParcelMerged {
        /// That one.
        into: ParcelId,
    },
    /// The parcel came from others; before this day those stood in its place.
    ParcelFormed {
        /// Those.
        from: Vec<ParcelId>,
    },
    /// A project's pledge changed.
    PlanChanged {
        /// Project.
        project: ProjectId,
        /// Plan curve in the notation `date=share;…`; none = as before.
        plan: Option<String>,
        /// Required handover day; none = as before.
        required: Option<Day>,
    },
    /// An earlier event was wrong.
    Correction {
        /// Its position.
        corrects: LedgerPosition,
        /// What is right, on this event's day; none = it did not happen.
        by: Option<Box<EventKind>>,
    },
}

impl EventKind {
    /// A stage, with nothing said beside its day.
    pub fn reached(stage: Stage) -> Self {
        Self::StageReached { stage, details: ActDetails::default() }
    }

    /// The act of the law that it tells, with what was said; none where it tells another thing.
    pub fn act(&self) -> Option<(Act, ActDetails)> {
        match self {
            Self::StageReached { stage, details } => Some(((*stage).into(), details.clone())),
            Self::StepTaken { step, details } => Some((*step, details.clone())),
            Self::BranchEntered { branch } => Some((branch.act(), ActDetails::default())),
            Self::EarlyHandover => Some((Act::HandedOver, ActDetails::default())),
            _ => None,
        }
    }

    /// The kind of blocker that it is about, if it is about one.
    pub fn blocker(&self) -> Option<BlockerKind> {
        match self {
            Self::BlockerOpened { blocker } | Self::BlockerClosed { blocker } => Some(*blocker),
            _ => None,
        }
    }

    /// The event's code in files and answers.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Imported { .. } => "imported",
            Self::StageReached { .. } => "stage_reached",
            Self::StepTaken { .. } => "step_taken",
            Self::BlockerOpened { .. } => "blocker_opened",
            Self::BlockerClosed { .. } => "blocker_closed",
            Self::MoneyApproved { .. } => "money_approved",
            Self::MoneyPaid { .. } => "money_paid",
            Self::EarlyHandover => "early_handover",
            Self::BranchEntered { .. } => "branch_entered",
            Self::BranchLeft { .. } => "branch_left",
            Self::ResettlementAssigned { .. } => "resettlement_assigned",
            Self::PlannedDateChanged { .. } => "planned_date_changed",
            Self::ParcelWithdrawn => "parcel_withdrawn",
            Self::ParcelSplit { .. } => "parcel_split",
            Self::ParcelMerged { .. } => "parcel_merged",
            Self::ParcelFormed { .. } => "parcel_formed",
            Self::PlanChanged { .. } => "plan_changed",
            Self::Correction { .. } => "correction",
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
    /// What else is to be said.
    pub note: Option<String>,
    /// Ids of scans and photographs kept beside the store.
    pub attachments: Vec<String>,
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
