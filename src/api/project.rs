//! A project's sheet.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Bbox, Curve, DayNumber, StageTally, parts::stages};
use crate::{
    analysis::{
        BlockerTally, Deadline, Discretion, Figures, Progress, Tally, View, blockers, deadlines, progress,
    },
    domain::{Code, Day, LedgerPosition, ProjectId, ProjectKind, Stage},
};

/// Deadlines that a sheet lists.
const LISTED: usize = 20;

/// A unit in which a project lies.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct SheetUnit {
    /// Code.
    pub code: Code,
    /// Name.
    pub name: String,
}

/// m² handed over within so many days.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct SheetChange {
    /// Within seven days.
    pub days7: f64,
    /// Within thirty days.
    pub days30: f64,
}

/// Metres of an alignment.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct SheetAlignment {
    /// In all.
    pub length_m: f64,
    /// Clear over the whole cross-section.
    pub cleared_m: f64,
}

/// A project's sheet.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProjectSheet {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Day.
    pub as_of: Day,
    /// Number.
    pub id: ProjectId,
    /// Code.
    pub code: Code,
    /// Name.
    pub name: String,
    /// What it builds.
    pub kind: ProjectKind,
    /// The provincial leaders follow it.
    pub key: bool,
    /// Investor.
    pub investor: Option<String>,
    /// Clearance body.
    pub body: Option<String>,
    /// Code of the law under which it began.
    pub procedure: Code,
    /// Required handover day.
    pub required_day: Option<DayNumber>,
    /// First day of its plan.
    pub plan_start_day: Option<DayNumber>,
    /// Extent.
    pub bbox: Option<Bbox>,
    /// Units in which it lies.
    pub units: Vec<SheetUnit>,
    /// Five measures, planned against actual.
    pub progress: Progress,
    /// What was handed over lately.
    pub change: SheetChange,
    /// By where parcels stand.
    pub stages: Vec<StageTally>,
    /// Its S-curve, day by day.
    pub series: Curve,
    /// What stands in the way.
    pub blockers: Vec<BlockerTally>,
    /// The most urgent legal deadlines.
    pub deadlines: Vec<Deadline>,
    /// Parcels in whose way a blocker stands.
    pub blocked: Tally,
    /// Parcels past a legal deadline.
    pub overdue: Tally,
    /// Parcels past their planned day.
    pub late: Tally,
    /// Null where it has none.
    pub alignment: Option<SheetAlignment>,
}

/// The sheet of the project at `index` on `day`; money with `discretion`.
pub fn project_sheet(view: &View, index: usize, day: Day, discretion: Discretion) -> ProjectSheet {
    let snapshot = &view.snapshot;
    let entry = &snapshot.projects()[index];
    let (project, parcels) = (&entry.project, &entry.parcels);
    let figures = Figures::of(snapshot, parcels, &[index], day);
    let unit = |number: &u16| {
        let unit = &snapshot.units()[usize::from(*number)].unit;
        SheetUnit { code: unit.code.clone(), name: unit.name.clone() }
    };
    let done = |days: i32| {
        let before = progress(snapshot, parcels, &[], day.plus(-days)).measures.area.done;
        ((figures.progress.measures.area.done.get() - before.get()) * 10.0).round() / 10.0
    };
    let (first, last) = span(view, index, day);
    let alignment = figures.progress.measures.length;
    ProjectSheet {
        at: snapshot.position(),
        as_of: day,
        id: entry.id,
        code: project.code.clone(),
        name: project.name.clone(),
        kind: project.kind,
        key: project.key,
        investor: project.investor.clone(),
        body: project.body.clone(),
        procedure: project.procedure.clone(),
        required_day: project.required_day.map(Into::into),
        plan_start_day: project.plan.points().first().map(|point| point.0.into()),
        bbox: Bbox::of(entry.extent),
        units: entry.units.iter().map(unit).collect(),
        progress: figures.progress.disclosed(discretion),
        change: SheetChange { days7: done(7), days30: done(30) },
        stages: stages(view, parcels, day),
        series: Curve::of(view, parcels, first, last),
        blockers: blockers(snapshot, parcels, day),
        deadlines: deadlines(snapshot, parcels, day).into_iter().take(LISTED).collect(),
        blocked: figures.blocked,
        overdue: figures.overdue,
        late: figures.late,
        alignment: alignment.map(|length| SheetAlignment { length_m: length.total, cleared_m: length.done }),
    }
}

/// From the first listing to the required day or the day asked for.
fn span(view: &View, index: usize, day: Day) -> (Day, Day) {
    let entry = &view.snapshot.projects()[index];
    let listed =
        entry.parcels.iter().filter_map(|parcel| view.snapshot.days(*parcel).get(Stage::Listed)).min();
    let last = entry.project.required_day.unwrap_or(day).max(day).max(view.today);
    (listed.unwrap_or(day), last)
}
