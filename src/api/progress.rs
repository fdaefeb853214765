//! Progress of any set of parcels, as a whole and in groups.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    analysis::{
        CountMeasure, Discretion, Filter, GroupBy, Grouping, Progress, Sums, Survey, Tally, View, length,
    },
    domain::{Day, LedgerPosition, SquareMetres},
};

/// What was handed over since a day.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct Change {
    /// That day.
    pub since: Day,
    /// m² handed over since then.
    pub area: f64,
}

/// What was handed over lately.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Changes {
    /// Within seven days.
    pub days7: Change,
    /// Within thirty days.
    pub days30: Change,
    /// Where asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Change")]
    pub since: Option<Change>,
}

/// Progress with what stands in the way and what changed.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct ProgressFigures {
    /// Progress.
    #[serde(flatten)]
    pub progress: Progress,
    /// Parcels in whose way a blocker stands.
    pub blocked: Tally,
    /// Parcels past a legal deadline.
    pub overdue: Tally,
    /// Parcels past their planned day.
    pub late: Tally,
    /// What was handed over lately.
    pub change: Changes,
}

/// Progress of one group.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct GroupProgress {
    /// Its figures.
    #[serde(flatten)]
    pub figures: ProgressFigures,
    /// Code of the group.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// `money` is null below five holders.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ProgressTable {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Day.
    pub as_of: Day,
    /// The day of `change.since`; null where none was asked for.
    pub since: Option<Day>,
    /// The whole.
    pub total: ProgressFigures,
    /// Null without `by`.
    pub rows: Option<Vec<GroupProgress>>,
}

/// Progress on the view's day of what `filter` lets through: the whole, the
/// groups when asked for, and the change since `since`; money with `discretion`.
pub fn progress(
    view: &View,
    filter: &Filter,
    (by, since): (Option<GroupBy>, Option<Day>),
    discretion: Discretion,
) -> ProgressTable {
    let (snapshot, day) = (&view.snapshot, view.today);
    let grouping = by.map(|by| Grouping::of(snapshot, by, day));
    let survey = Survey::of(snapshot, filter, day, [Some(day.plus(-7)), Some(day.plus(-30)), since]);
    let context = RowContext { view, since, discretion };
    // Alignments count only for projects that the filter takes whole.
    let projects = snapshot.projects();
    let taken = survey.rows(projects.len(), |project, _| project);
    let whole = |project: &usize| {
        let all = projects[*project].parcels.len() as u64;
        all > 0 && taken[*project].all.parcels == all
    };
    let wholes: Vec<usize> = (0..projects.len()).filter(whole).collect();
    ProgressTable {
        at: snapshot.position(),
        as_of: day,
        since,
        total: context.figures(&survey.total(), survey.holders(snapshot, 1, |_| 0)[0], &wholes),
        rows: grouping.map(|grouping| context.rows(&survey, &grouping, &wholes)),
    }
}

/// How figures are shown.
struct RowContext<'a> {
    view: &'a View,
    since: Option<Day>,
    discretion: Discretion,
}

impl RowContext<'_> {
    fn rows(&self, survey: &Survey, grouping: &Grouping, wholes: &[usize]) -> Vec<GroupProgress> {
        let (snapshot, count) = (&self.view.snapshot, grouping.names.len());
        let sums = survey.rows(count, |project, unit| grouping.row(project, unit));
        let holders = survey.holders(snapshot, count, |parcel| grouping.row_of(snapshot, parcel));
        // A unit cuts alignments into parts; the other groups take projects whole.
        let of_row = |row: usize| -> Vec<usize> {
            let own = |project: &&usize| !grouping.is_by_unit() && grouping.row(**project, 0) == row;
            wholes.iter().filter(own).copied().collect()
        };
        let mut order: Vec<usize> = (0..count).filter(|row| sums[*row].all.parcels > 0).collect();
        order.sort_by_key(|row| &grouping.names[*row]);
        let row = |row: usize| {
            let (code, name) = grouping.names[row].clone();
            GroupProgress { figures: self.figures(&sums[row], holders[row], &of_row(row)), code, name }
        };
        order.into_iter().map(row).collect()
    }

    fn figures(&self, sums: &Sums, holders: CountMeasure, projects: &[usize]) -> ProgressFigures {
        let (snapshot, day) = (&self.view.snapshot, self.view.today);
        let figures = sums.figures(snapshot, day, holders, length(snapshot, projects, day));
        let now = figures.progress.measures.area.done;
        // What was handed over in a period; what was withdrawn meanwhile no longer counts.
        let change = |index: usize, since: Day| Change { since, area: gained(sums.earlier[index], now) };
        ProgressFigures {
            progress: figures.progress.disclosed(self.discretion),
            blocked: figures.blocked,
            overdue: figures.overdue,
            late: figures.late,
            change: Changes {
                days7: change(0, day.plus(-7)),
                days30: change(1, day.plus(-30)),
                since: self.since.map(|since| change(2, since)),
            },
        }
    }
}

/// m² by which an area grew.
fn gained(then: SquareMetres, now: SquareMetres) -> f64 {
    (now.get() * 10.0 - then.get() * 10.0).round() / 10.0
}
