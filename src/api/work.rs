//! The parcels that somebody may write about, most pressing first.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Bbox, Clock, DayNumber, Point,
    clock::{branches, may_hand_over_early, next},
    folded,
};
use crate::{
    analysis::{Filter, View},
    domain::{
        BlockerKind, Branch, Code, Day, LedgerPosition, ParcelId, Scope, SquareMetres, Stage, Standing,
    },
};

/// What stands in the way of a parcel.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct StandingBlocker {
    /// What.
    pub kind: BlockerKind,
    /// Since when.
    pub opened_day: DayNumber,
}

/// Who holds a parcel.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct NamedHolder {
    /// Name.
    pub name: String,
}

/// Who holds a parcel, as far as it may be shown.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct HolderEntry(pub Option<NamedHolder>);

/// A parcel with what may come next.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WorkParcel {
    /// Number.
    pub id: ParcelId,
    /// Position of its last event, to be sent with what is recorded of it.
    pub version: LedgerPosition,
    /// Code of the project.
    pub project: Code,
    /// Code of the unit in which it lies on the day.
    pub unit: Code,
    /// Sheet.
    pub sheet: String,
    /// Number on the sheet.
    pub parcel: String,
    /// Code of the land use.
    pub r#use: String,
    /// Recovered, m².
    pub area: SquareMetres,
    /// Where it stands; null before its listing.
    pub stage: Option<Standing>,
    /// Since when it stands there.
    pub stage_day: Option<DayNumber>,
    /// Stages that are not reached yet: those ahead first, then those that were passed over.
    pub next: Vec<Stage>,
    /// The land may be handed over before payment, by consent.
    pub may_hand_over_early: bool,
    /// What stands in its way.
    pub blockers: Vec<StandingBlocker>,
    /// Side branches that hold.
    pub branches: Vec<Branch>,
    /// The next legal deadline; null where no term runs.
    pub clock: Option<Clock>,
    /// Planned day of handover.
    pub planned_day: Option<DayNumber>,
    /// A legal deadline has passed.
    pub overdue: bool,
    /// Its planned day has passed.
    pub late: bool,
    /// A point inside it.
    pub point: Option<Point>,
    /// Extent.
    pub bbox: Bbox,
    /// Only where holders were asked for; null where the account may not see them, or nobody is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub holder: Option<HolderEntry>,
}

impl WorkParcel {
    fn of(view: &View, parcel: u32, day: Day) -> Self {
        let (snapshot, columns) = (&view.snapshot, view.snapshot.parcels());
        let own = snapshot.parcel(parcel);
        let days = snapshot.days(parcel);
        let stage = snapshot.stage_on(parcel, day);
        let shape = columns.arena().shape(parcel as usize);
        let blockers = snapshot.blockers(parcel).iter().filter(|blocker| blocker.stands_on(day));
        Self {
            id: own.id(),
            version: snapshot.version(parcel),
            project: own.project().project.code.clone(),
            unit: snapshot.units()[view.unit_of(parcel)].unit.code.clone(),
            sheet: own.sheet().to_owned(),
            parcel: own.number().to_owned(),
            r#use: own.land_use().to_owned(),
            area: own.recovered(),
            stage,
            stage_day: stage.and_then(|stage| stage.since(days)).map(Into::into),
            next: next(days),
            may_hand_over_early: may_hand_over_early(days),
            blockers: blockers
                .map(|b| StandingBlocker { kind: b.kind, opened_day: b.opened.into() })
                .collect(),
            branches: branches(snapshot.branches(parcel), day),
            clock: Clock::of(view, parcel, day),
            planned_day: snapshot.planned_day(parcel).map(Into::into),
            overdue: snapshot.overdue_on(parcel, day),
            late: snapshot.late_on(parcel, day),
            point: Point::within(&shape.to_geo()),
            bbox: Bbox::around(shape.extent()),
            holder: None,
        }
    }
}

/// Parcels to write about.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Work {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Parcels in all.
    pub total: usize,
    /// Those of this page.
    pub parcels: Vec<WorkParcel>,
}

/// The parcels of `scope` that `filter` and all words of `text` let through: `limit` of them behind the first `offset`.
pub fn work(
    view: &View,
    scope: &Scope,
    filter: &Filter,
    text: &str,
    (limit, offset): (usize, usize),
) -> Work {
    let (snapshot, day) = (&view.snapshot, view.today);
    let columns = snapshot.parcels();
    let mine: Vec<bool> = snapshot.units().iter().map(|entry| scope.holds(entry.id)).collect();
    let words: Vec<String> = folded(text).split([' ', '/', ',']).map(str::to_owned).collect();
    let words: Vec<&String> = words.iter().filter(|word| !word.is_empty()).collect();
    let called = |parcel: u32| {
        let project = &snapshot.parcel(parcel).project().project;
        let (sheet, number) = (columns.sheet(parcel), columns.number(parcel));
        words.iter().all(|word| {
            folded(sheet) == **word
                || folded(number) == **word
                || folded(project.code.as_str()).contains(*word)
                || folded(&project.name).contains(*word)
        })
    };
    let mut chosen = filter.select(snapshot, day);
    chosen.retain(|parcel| mine[columns.unit(*parcel)] && (words.is_empty() || called(*parcel)));
    chosen.sort_by_cached_key(|parcel| pressing(view, *parcel, day));
    let shown = chosen.iter().skip(offset).take(limit);
    Work {
        at: snapshot.position(),
        total: chosen.len(),
        parcels: shown.map(|parcel| WorkParcel::of(view, *parcel, day)).collect(),
    }
}

/// Handed over last; before that by the nearest deadline, legal or planned.
fn pressing(view: &View, parcel: u32, day: Day) -> (bool, Day, u32) {
    let snapshot = &view.snapshot;
    let done = snapshot.days(parcel).reached(Stage::HandedOver, day);
    let legal = snapshot.pressing(parcel, snapshot.law().moment(day)).map(|term| term.due);
    let due = legal.into_iter().chain(snapshot.planned_day(parcel)).min().unwrap_or(Day::LAST);
    (done, due, parcel)
}

/// Personal data.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Holder {
    /// Name; null where nobody is known.
    pub name: Option<String>,
}

/// A parcel found by who holds it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HolderResult {
    /// Number.
    pub id: ParcelId,
    /// Code of the project.
    pub project: Code,
    /// Sheet.
    pub sheet: String,
    /// Number on the sheet.
    pub parcel: String,
    /// Name of the holder.
    pub holder: String,
    /// Extent.
    pub bbox: Bbox,
}

impl HolderResult {
    /// The parcel at `index` with the name of its holder.
    pub fn of(view: &View, index: u32, holder: String) -> Self {
        let own = view.snapshot.parcel(index);
        Self {
            id: own.id(),
            project: own.project().project.code.clone(),
            sheet: own.sheet().to_owned(),
            parcel: own.number().to_owned(),
            holder,
            bbox: Bbox::around(view.snapshot.parcels().arena().shape(index as usize).extent()),
        }
    }
}

/// Parcels found by who holds them.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct HolderResults {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Parcels.
    pub results: Vec<HolderResult>,
}
