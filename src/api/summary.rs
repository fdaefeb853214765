//! Where we are, for any filter and day.

use schemars::JsonSchema;
use serde::Serialize;

use super::StageTally;
use crate::{
    analysis::{CountMeasure, Discretion, Filter, Progress, Sums, Survey, Tally, View, length},
    domain::{Code, Day, LedgerPosition, ProjectKind, SquareMetres, Standing},
};

/// A project or a unit of a summary.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SummaryRow {
    /// Its code.
    pub code: Code,
    /// Share of the area handed over.
    pub share: f64,
    /// Share planned by the day.
    pub planned_share: Option<f64>,
    /// Days ahead of the plan, negative when behind.
    pub days_ahead: Option<i32>,
    /// Parcels.
    pub parcels: u64,
    /// Parcels handed over.
    pub cleared_parcels: u64,
    /// m².
    pub area: SquareMetres,
    /// m² handed over.
    pub cleared_area: SquareMetres,
    /// Parcels in whose way a blocker stands.
    pub blocked: u64,
    /// Parcels past a legal deadline.
    pub overdue: u64,
    /// Parcels past their planned day.
    pub late: u64,
}

impl SummaryRow {
    fn of(view: &View, code: &Code, sums: &Sums, day: Day) -> Self {
        // Holders are not shown here.
        let nobody = CountMeasure { total: 0, done: 0, planned: None };
        let figures = sums.figures(&view.snapshot, day, nobody, None);
        let measures = &figures.progress.measures;
        Self {
            code: code.clone(),
            share: figures.progress.share,
            planned_share: figures.progress.planned_share,
            days_ahead: figures.progress.days_ahead,
            parcels: measures.parcels.total,
            cleared_parcels: measures.parcels.done,
            area: measures.area.total,
            cleared_area: measures.area.done,
            blocked: figures.blocked.parcels,
            overdue: figures.overdue.parcels,
            late: figures.late.parcels,
        }
    }
}

/// Parcels of one land use.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct UseTally {
    /// Code of the land use.
    pub r#use: String,
    /// Parcels and area.
    #[serde(flatten)]
    pub tally: Tally,
}

/// Parcels of one kind of project.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct KindTally {
    /// Kind.
    pub kind: ProjectKind,
    /// Parcels and area.
    #[serde(flatten)]
    pub tally: Tally,
    /// m² handed over.
    pub cleared_area: SquareMetres,
}

/// `money` is null below five holders.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Summary {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Day.
    pub as_of: Day,
    /// The whole.
    pub total: Progress,
    /// By where parcels stand.
    pub stages: Vec<StageTally>,
    /// Parcels in whose way a blocker stands.
    pub blocked: Tally,
    /// Parcels past a legal deadline.
    pub overdue: Tally,
    /// Parcels past their planned day.
    pub late: Tally,
    /// By land use, in alphabetical order.
    pub uses: Vec<UseTally>,
    /// By project.
    pub projects: Vec<SummaryRow>,
    /// By unit.
    pub units: Vec<SummaryRow>,
    /// By kind of project.
    pub kinds: Vec<KindTally>,
}

/// The summary on `day` of what `filter` lets through; money with `discretion`.
pub fn summary(view: &View, filter: &Filter, day: Day, discretion: Discretion) -> Summary {
    let snapshot = &view.snapshot;
    let survey = Survey::of(snapshot, filter, day, [None; 3]);
    let by_project = survey.rows(snapshot.projects().len(), |project, _| project);
    let by_unit = survey.rows(snapshot.units().len(), |_, unit| unit);
    // Alignments count only for projects that the filter takes whole.
    let whole = |project: &usize| {
        let all = snapshot.projects()[*project].parcels.len() as u64;
        all > 0 && by_project[*project].all.parcels == all
    };
    let linear: Vec<usize> = (0..by_project.len()).filter(whole).collect();
    let sums = survey.total();
    let holders = survey.holders(snapshot, 1, |_| 0)[0];
    let total = sums.figures(snapshot, day, holders, length(snapshot, &linear, day));
    let project = |(index, sums): (usize, &Sums)| {
        SummaryRow::of(view, &snapshot.projects()[index].project.code, sums, day)
    };
    let unit =
        |(index, sums): (usize, &Sums)| SummaryRow::of(view, &snapshot.units()[index].unit.code, sums, day);
    let some = |(_, sums): &(usize, &Sums)| sums.all.parcels > 0;
    let stages = Standing::ALL.into_iter();
    Summary {
        at: snapshot.position(),
        as_of: day,
        total: total.progress.disclosed(discretion),
        stages: stages.map(|stage| StageTally { stage, tally: sums.stages[stage.number()] }).collect(),
        blocked: total.blocked,
        overdue: total.overdue,
        late: total.late,
        uses: uses(view, &survey),
        projects: by_project.iter().enumerate().filter(some).map(project).collect(),
        units: by_unit.iter().enumerate().filter(some).map(unit).collect(),
        kinds: kinds(view, &by_project),
    }
}

fn uses(view: &View, survey: &Survey) -> Vec<UseTally> {
    let names = view.snapshot.parcels().land_uses();
    let some = (0u32..).zip(&survey.uses).filter(|(_, tally)| tally.parcels > 0);
    let mut named: Vec<_> = some.map(|(symbol, tally)| (names.text(symbol), *tally)).collect();
    named.sort_by_key(|(code, _)| *code);
    named.into_iter().map(|(code, tally)| UseTally { r#use: code.to_owned(), tally }).collect()
}

fn kinds(view: &View, by_project: &[Sums]) -> Vec<KindTally> {
    let kind = |kind: ProjectKind| {
        let mut sums = Sums::default();
        let of = by_project.iter().zip(view.snapshot.projects());
        of.filter(|(_, entry)| entry.project.kind == kind).for_each(|(own, _)| sums.merge(own));
        KindTally { kind, tally: sums.all, cleared_area: sums.cleared.area }
    };
    ProjectKind::ALL.into_iter().map(kind).filter(|entry| entry.tally.parcels != 0).collect()
}
