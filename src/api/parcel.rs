//! A parcel's sheet.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Bbox, CaseLaw, Clock, DayNumber, PastEvent, Point,
    clock::{branches, may_hand_over_early, next},
    history::{document, past_events},
    lawful,
};
use crate::{
    analysis::View,
    domain::{
        Blocker, BlockerKind, Branch, Code, Day, Event, LedgerPosition, ParcelId, SquareMetres, Stage,
        Standing,
    },
};

/// One of the nine stages of a parcel.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct ReachedStage {
    /// The stage.
    pub stage: Stage,
    /// The day on which it was reached; null where it is not.
    pub day: Option<DayNumber>,
    /// Where the law asks for it.
    pub article: Option<String>,
    /// Shown to who records in the unit; null to others.
    pub document: Option<String>,
}

/// What stands or stood in the way of a parcel.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct SheetBlocker {
    /// What.
    pub kind: BlockerKind,
    /// Since when.
    pub opened_day: DayNumber,
    /// Until when; null while it stands.
    pub closed_day: Option<DayNumber>,
}

impl From<&Blocker> for SheetBlocker {
    fn from(blocker: &Blocker) -> Self {
        Self {
            kind: blocker.kind,
            opened_day: blocker.opened.into(),
            closed_day: blocker.closed.map(Into::into),
        }
    }
}

/// A parcel's sheet.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of its own that people read")]
pub struct ParcelSheet {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Day.
    pub as_of: Day,
    /// Number.
    pub id: ParcelId,
    /// Code of the project.
    pub project: Code,
    /// Code of the unit in which it lies on the day.
    pub unit: Code,
    /// Name of that unit.
    pub unit_name: String,
    /// Sheet.
    pub sheet: String,
    /// Number on the sheet.
    pub parcel: String,
    /// Code of the land use.
    pub r#use: String,
    /// Recovered, m².
    pub area: SquareMetres,
    /// Of the whole cadastral parcel, m².
    pub total_area: SquareMetres,
    /// As the papers have it, m².
    pub declared_area: Option<SquareMetres>,
    /// Where it stands; null before its listing.
    pub stage: Option<Standing>,
    /// It is handed over.
    pub cleared: bool,
    /// A blocker stands in its way.
    pub blocked: bool,
    /// A legal deadline has passed.
    pub overdue: bool,
    /// Its planned day has passed.
    pub late: bool,
    /// Code of the law under which its project began.
    pub procedure: Code,
    /// Planned day of handover.
    pub planned_day: Option<DayNumber>,
    /// Position of its last event, to be sent with what is recorded of it.
    pub version: LedgerPosition,
    /// Stages that are not reached yet: those ahead first, then those that were passed over.
    pub next: Vec<Stage>,
    /// The land may be handed over before payment, by consent.
    pub may_hand_over_early: bool,
    /// It was handed over so.
    pub early_handover: bool,
    /// Side branches that hold.
    pub branches: Vec<Branch>,
    /// Day from which it counts, where it came from others.
    pub began_day: Option<DayNumber>,
    /// Day from which it no longer counts.
    pub ended_day: Option<DayNumber>,
    /// Day on which a plot or flat was given.
    pub resettled_day: Option<DayNumber>,
    /// The nine stages.
    pub stages: Vec<ReachedStage>,
    /// The next legal deadline; null where no term runs.
    pub clock: Option<Clock>,
    /// What the law says of it.
    pub law: CaseLaw,
    /// What stands or stood in its way.
    pub blockers: Vec<SheetBlocker>,
    /// Its events, as everybody may see them.
    pub history: Vec<PastEvent>,
    /// Extent.
    pub bbox: Bbox,
    /// A point inside it.
    pub point: Option<Point>,
}

/// The sheet of the parcel at `index` on `day`, with its events as whoever asks may see them.
pub fn parcel_sheet(view: &View, index: u32, history: &[Event], day: Day) -> ParcelSheet {
    let (snapshot, columns) = (&view.snapshot, view.snapshot.parcels());
    let unit = &snapshot.units()[view.unit_of(index)].unit;
    let (law, days) = (snapshot.law(), snapshot.days(index));
    let project = &snapshot.parcel(index).project().project;
    let shape = columns.arena().shape(index as usize);
    let marks = snapshot.marks(index);
    let stage = |stage: Stage| {
        let on = days.get(stage).filter(|on| *on <= day);
        ReachedStage {
            stage,
            day: on.map(Into::into),
            article: law.words(stage.into()).and_then(|words| words.article.clone()),
            document: on.and_then(|_| document(history, stage)),
        }
    };
    ParcelSheet {
        at: snapshot.position(),
        as_of: day,
        id: columns.id(index),
        project: project.code.clone(),
        unit: unit.code.clone(),
        unit_name: unit.name.clone(),
        sheet: columns.sheet(index).to_owned(),
        parcel: columns.number(index).to_owned(),
        r#use: columns.land_use(index).to_owned(),
        area: columns.recovered(index),
        total_area: columns.total(index),
        declared_area: columns.declared(index),
        stage: snapshot.stage_on(index, day),
        cleared: days.reached(Stage::HandedOver, day),
        blocked: snapshot.blocked_on(index, day),
        overdue: snapshot.overdue_on(index, day),
        late: snapshot.late_on(index, day),
        procedure: project.procedure.clone(),
        planned_day: snapshot.planned_day(index).map(Into::into),
        version: snapshot.version(index),
        next: next(days),
        may_hand_over_early: may_hand_over_early(days),
        early_handover: marks.is_some_and(|marks| marks.early),
        branches: branches(snapshot.branches(index), day),
        began_day: marks.and_then(|marks| marks.began).map(Into::into),
        ended_day: marks.and_then(|marks| marks.ended).map(Into::into),
        resettled_day: marks.and_then(|marks| marks.resettled).map(Into::into),
        stages: Stage::ALL.map(stage).into(),
        clock: Clock::of(view, index, day),
        law: lawful(view, index, day),
        blockers: snapshot.blockers(index).iter().filter(|b| b.opened <= day).map(Into::into).collect(),
        history: past_events(history, day),
        bbox: Bbox::around(shape.extent()),
        point: Point::within(&shape.to_geo()),
    }
}
