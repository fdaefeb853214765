//! S-curves of all that a filter lets through, day by day, and of each project, on the days when it changed.

use schemars::JsonSchema;
use serde::Serialize;

use super::{DayNumber, parts::time_span};
use crate::{
    analysis::{self, Filter, GroupBy, View, each_day, groups, steps},
    domain::{Code, Day, LedgerPosition, ProjectId, SquareMetres},
};

/// m² handed over and planned, by day.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Curve {
    /// Days.
    pub days: Vec<DayNumber>,
    /// m² handed over by then.
    pub actual: Vec<f64>,
    /// m² planned by then; null without a plan.
    pub planned: Option<Vec<f64>>,
}

impl Curve {
    /// Of `parcels` between two days.
    pub(super) fn of(view: &View, parcels: &[u32], first: Day, last: Day) -> Self {
        let days = each_day(first, last);
        let own = analysis::series(&view.snapshot, parcels, &days);
        Self {
            days: days.into_iter().map(Into::into).collect(),
            actual: tenths(own.actual),
            planned: own.planned.map(tenths),
        }
    }
}

/// m² handed over, on the days on which it changed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct StepCurve {
    /// m² in all.
    pub area: SquareMetres,
    /// Those on which something was handed over, rising; level in between.
    pub days: Vec<DayNumber>,
    /// m² handed over by then.
    pub actual: Vec<f64>,
}

impl StepCurve {
    fn of(view: &View, parcels: &[u32]) -> Self {
        let (days, actual) = steps(&view.snapshot, parcels)
            .into_iter()
            .map(|(day, area)| (DayNumber::from(day), area))
            .unzip();
        let area = parcels.iter().map(|parcel| view.snapshot.parcels().recovered(*parcel)).sum();
        Self { area, days, actual }
    }
}

/// The curve of a project.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct ProjectCurve {
    /// Code.
    pub code: Code,
    /// Number.
    pub id: ProjectId,
    /// Its curve.
    #[serde(flatten)]
    pub curve: StepCurve,
}

/// The curve of a group.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct GroupCurve {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Its curve.
    #[serde(flatten)]
    pub curve: StepCurve,
}

/// Days, m² handed over and planned of the whole; of each project on the days on which it changed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Series {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Days.
    pub days: Vec<DayNumber>,
    /// m².
    pub area: f64,
    /// m² handed over by then.
    pub actual: Vec<f64>,
    /// m² planned by then; null without a plan.
    pub planned: Option<Vec<f64>>,
    /// Of each project.
    pub projects: Vec<ProjectCurve>,
    /// One curve for each, where asked for by one of the groups.
    pub groups: Option<Vec<GroupCurve>>,
}

/// The curves of what `filter` lets through.
pub fn series(view: &View, filter: &Filter, by: Option<GroupBy>) -> Series {
    let snapshot = &view.snapshot;
    let chosen = filter.select(snapshot, view.today);
    let (first, last) = time_span(view);
    let days = each_day(first, last);
    let all = analysis::series(snapshot, &chosen, &days);
    let mut by_project = vec![Vec::new(); snapshot.projects().len()];
    chosen.iter().for_each(|parcel| by_project[snapshot.parcels().project(*parcel)].push(*parcel));
    let some = snapshot.projects().iter().zip(&by_project).filter(|(_, parcels)| !parcels.is_empty());
    let projects = some.map(|(entry, parcels)| ProjectCurve {
        code: entry.project.code.clone(),
        id: entry.id,
        curve: StepCurve::of(view, parcels),
    });
    let grouped = |by| {
        let all = groups(snapshot, &chosen, by, view.today).into_iter();
        all.map(|group| GroupCurve {
            curve: StepCurve::of(view, &group.parcels),
            code: group.code,
            name: group.name,
        })
        .collect()
    };
    Series {
        at: snapshot.position(),
        days: days.into_iter().map(Into::into).collect(),
        area: all.area,
        actual: tenths(all.actual),
        planned: all.planned.map(tenths),
        projects: projects.collect(),
        groups: by.map(grouped),
    }
}

/// m² with one decimal, as areas are kept.
fn tenths(areas: Vec<f64>) -> Vec<f64> {
    areas.into_iter().map(|area| (area * 10.0).round() / 10.0).collect()
}
