//! All that was recorded about a parcel, for those who record.

use schemars::JsonSchema;
use serde::Serialize;

use super::moment::{Moment, moment};
use crate::{
    analysis::View,
    domain::{
        BlockerKind, Branch, Day, Event, EventKind, ImportedLayer, LedgerPosition, ParcelId, ProjectId,
        SquareMetres, Stage, Vnd, in_force,
        law::{Act, ActDetails, FarmLoss, LandGroup},
    },
};

/// An event with all that was recorded.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct RecordedEvent {
    /// Its position.
    pub position: LedgerPosition,
    /// Day on which it took effect.
    pub date: Day,
    /// When it was recorded.
    #[schemars(with = "Moment")]
    pub recorded_at: Option<String>,
    /// Who recorded it.
    pub author: String,
    /// Reference of the document behind it.
    pub document: Option<String>,
    /// What else is to be said.
    pub note: Option<String>,
    /// Ids of scans and photographs.
    pub attachments: Vec<String>,
    /// What happened.
    pub what: Happening,
    /// Position of the event that corrects it.
    pub corrected_by: Option<LedgerPosition>,
}

/// Events in order.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ParcelRecord {
    /// Number.
    pub parcel: ParcelId,
    /// Position of its last event.
    pub version: LedgerPosition,
    /// Farm land recovered from the household in its commune, m².
    pub farm_recovered: SquareMetres,
    /// Null where the household's whole is not known.
    pub farm_loss: Option<FarmLoss>,
    /// Events.
    pub events: Vec<RecordedEvent>,
}

/// The position of the event that corrects the one at `position`.
pub(super) fn corrected_by(history: &[Event], position: LedgerPosition) -> Option<LedgerPosition> {
    let names = |event: &&Event| matches!(event.body.kind, EventKind::Correction { corrects, .. } if corrects == position);
    history.iter().find(names).map(|event| event.position)
}

/// The record of the parcel at `index`, by its events.
pub fn parcel_record(view: &View, index: u32, history: Vec<Event>) -> ParcelRecord {
    // The whole stands with the last plan that tells it (NĐ88 19.1b).
    let facts = in_force(&history).into_iter().filter_map(|event| event.kind.act());
    let mut whole =
        facts.filter_map(|(act, details)| details.farm_total.filter(|_| act == Act::PlanApproved));
    let whole = whole.next_back().map(|whole| SquareMetres::new(f64::from(whole)));
    let farm_recovered = recovered_farm_land(view, index);
    let corrections: Vec<_> = history.iter().map(|event| corrected_by(&history, event.position)).collect();
    let version = history.last().map_or(LedgerPosition(0), |event| event.position);
    let entry = |(event, corrected_by): (Event, Option<LedgerPosition>)| RecordedEvent {
        position: event.position,
        date: event.body.day,
        recorded_at: moment(event.body.recorded_at),
        author: event.body.author,
        document: event.body.document,
        note: event.body.note,
        attachments: event.body.attachments,
        what: event.body.kind.into(),
        corrected_by,
    };
    ParcelRecord {
        parcel: view.snapshot.parcels().id(index),
        version,
        farm_recovered,
        farm_loss: FarmLoss::of(farm_recovered, whole),
        events: history.into_iter().zip(corrections).map(entry).collect(),
    }
}

/// Farm land that the project recovers from a parcel's holder in its commune, m².
fn recovered_farm_land(view: &View, index: u32) -> SquareMetres {
    let (snapshot, columns) = (&view.snapshot, view.snapshot.parcels());
    let farm = |parcel: u32| snapshot.law().land_group(columns.land_use(parcel)) == Some(LandGroup::Farm);
    let with = |parcel: &u32| {
        columns.holder(*parcel) == columns.holder(index)
            && columns.project(*parcel) == columns.project(index)
            && view.unit_of(*parcel) == view.unit_of(index)
            && snapshot.exists_on(*parcel, view.today)
            && farm(*parcel)
    };
    if columns.holder(index).is_none() {
        return if farm(index) { columns.recovered(index) } else { SquareMetres::ZERO };
    }
    let own = &snapshot.parcel(index).project().parcels;
    own.iter().filter(|parcel| with(parcel)).map(|parcel| columns.recovered(*parcel)).sum()
}

/// What an event says.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happening {
    /// Rows came into a reference table.
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
    /// The parcel reached a stage.
    StageReached {
        /// Stage.
        stage: Stage,
        /// What the law asks for beside its day.
        #[serde(skip_serializing_if = "ActDetails::is_empty")]
        details: ActDetails,
    },
    /// A step of the procedure beside the stages was taken.
    StepTaken {
        /// Step.
        step: Act,
        /// What the law asks for beside its day.
        #[serde(skip_serializing_if = "ActDetails::is_empty")]
        details: ActDetails,
    },
    /// Something stands in its way.
    BlockerOpened {
        /// Blocker.
        blocker: BlockerKind,
    },
    /// It no longer does.
    BlockerClosed {
        /// Blocker.
        blocker: BlockerKind,
    },
    /// Compensation and support approved; a later amount replaces it.
    MoneyApproved {
        /// Đồng.
        amount: Vnd,
    },
    /// Part of it, or all, was paid.
    MoneyPaid {
        /// Đồng.
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
    /// It is planned to be handed over on another day.
    PlannedDateChanged {
        /// That day.
        planned: Day,
    },
    /// The project no longer recovers it.
    ParcelWithdrawn,
    /// It became several.
    ParcelSplit {
        /// Those.
        into: Vec<ParcelId>,
    },
    /// It became one with others.
    ParcelMerged {
        /// That one.
        into: ParcelId,
    },
    /// It came from others.
    ParcelFormed {
        /// Those.
        from: Vec<ParcelId>,
    },
    /// A project's pledge changed.
    PlanChanged {
        /// Number of the project.
        project: ProjectId,
        /// Plan curve, as in `2026-01-01=0.2;2026-06-30=1`; null = as before.
        plan: Option<String>,
        /// Required handover day; null = as before.
        required: Option<Day>,
    },
    /// An earlier event was wrong.
    Correction {
        /// Its position.
        corrects: LedgerPosition,
        /// What is right; null = it did not happen.
        by: Option<Box<Happening>>,
    },
}

impl From<EventKind> for Happening {
    fn from(kind: EventKind) -> Self {
        match kind {
            EventKind::Imported { layer, source, first, last, rows, digest } => {
                Self::Imported { layer, source, first, last, rows, digest }
            }
            EventKind::StageReached { stage, details } => Self::StageReached { stage, details },
            EventKind::StepTaken { step, details } => Self::StepTaken { step, details },
            EventKind::BlockerOpened { blocker } => Self::BlockerOpened { blocker },
            EventKind::BlockerClosed { blocker } => Self::BlockerClosed { blocker },
            EventKind::MoneyApproved { amount } => Self::MoneyApproved { amount },
            EventKind::MoneyPaid { amount } => Self::MoneyPaid { amount },
            EventKind::EarlyHandover => Self::EarlyHandover,
            EventKind::BranchEntered { branch } => Self::BranchEntered { branch },
            EventKind::BranchLeft { branch } => Self::BranchLeft { branch },
            EventKind::ResettlementAssigned { plot } => Self::ResettlementAssigned { plot },
            EventKind::PlannedDateChanged { planned } => Self::PlannedDateChanged { planned },
            EventKind::ParcelWithdrawn => Self::ParcelWithdrawn,
            EventKind::ParcelSplit { into } => Self::ParcelSplit { into },
            EventKind::ParcelMerged { into } => Self::ParcelMerged { into },
            EventKind::ParcelFormed { from } => Self::ParcelFormed { from },
            EventKind::PlanChanged { project, plan, required } => {
                Self::PlanChanged { project, plan, required }
            }
            EventKind::Correction { corrects, by } => {
                Self::Correction { corrects, by: by.map(|by| Box::new((*by).into())) }
            }
        }
    }
}
