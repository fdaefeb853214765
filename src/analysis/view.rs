//! A snapshot on a day, with the figures that every reader asks for worked out once.

use std::sync::{Arc, LazyLock, OnceLock};

use super::{
    Filter, Front, History, LEAST_LENGTH_M, Survey, Tally,
    progress::{Progress, holders, length},
    project_fronts, standing,
    sums::Sums,
};
use crate::{
    atlas::{ProjectEntry, Snapshot},
    domain::Day,
};

/// Figures of a project or unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Progress.
    pub progress: Progress,
    /// Blocked parcels.
    pub blocked: Tally,
    /// Parcels past a legal deadline.
    pub overdue: Tally,
    /// Parcels past their planned day.
    pub late: Tally,
}

impl Figures {
    /// The figures of `parcels` on `day`; `projects` as for [`progress`](super::progress()).
    pub fn of(snapshot: &Snapshot, parcels: &[u32], projects: &[usize], day: Day) -> Self {
        let parcels = &*standing(snapshot, parcels, day);
        let sums = Sums::of(snapshot, parcels, day);
        sums.figures(snapshot, day, holders(snapshot, parcels, day), length(snapshot, projects, day))
    }
}

/// What is worked out when it is first asked for.
pub struct Later<T>(LazyLock<T, Box<dyn FnOnce() -> T + Send + Sync>>);

impl<T> std::ops::Deref for Later<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Later<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<'a, T> IntoIterator for &'a Later<Vec<T>> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn later<T>(make: impl FnOnce() -> T + Send + Sync + 'static) -> Later<T> {
    Later(LazyLock::new(Box::new(make)))
}

/// What tiles and summaries show: one state of the ledger, one day. Each part is worked out when it
/// is first asked for, so that a question about a fresh day costs no more than its own answer.
#[derive(Debug)]
pub struct View {
    /// State of the ledger.
    pub snapshot: Arc<Snapshot>,
    /// The day.
    pub today: Day,
    /// By project index.
    pub projects: Later<Vec<Figures>>,
    /// By unit index.
    pub units: Later<Vec<Figures>>,
    /// Stretches of the alignments, by project index, from their start on.
    pub fronts: Later<Vec<Vec<Front>>>,
    /// What the ledger says about times, worked out when a forecast is first asked for.
    history: OnceLock<History>,
}

impl View {
    /// Nothing is worked out yet.
    pub fn new(snapshot: Arc<Snapshot>, today: Day) -> Self {
        let survey: Arc<OnceLock<Survey>> = Arc::default();
        let (for_units, of_units) = (Arc::clone(&survey), Arc::clone(&snapshot));
        let (of_projects, of_fronts) = (Arc::clone(&snapshot), Arc::clone(&snapshot));
        Self {
            projects: later(move || by_project(&of_projects, surveyed(&survey, &of_projects, today))),
            units: later(move || by_unit(&of_units, surveyed(&for_units, &of_units, today))),
            fronts: later(move || {
                of_fronts.projects().iter().map(|entry| fronts(&of_fronts, entry, today)).collect()
            }),
            snapshot,
            today,
            history: OnceLock::new(),
        }
    }

    /// Works out what tiles need, so that nobody waits for it: O(parcels).
    #[must_use]
    pub fn ready(self) -> Self {
        let _ = (&*self.projects, &*self.units, &*self.fronts);
        self
    }

    /// What the ledger says about times on this day: O(parcels) when first asked for.
    pub fn history(&self) -> &History {
        self.history.get_or_init(|| History::of(&self.snapshot, self.today))
    }

    /// The next view on the same day: only the projects and units of `touched` parcels are worked out anew.
    #[must_use]
    pub fn next(&self, snapshot: Arc<Snapshot>, touched: &[u32]) -> Self {
        let (mut projects, mut units) = (self.projects.to_vec(), self.units.to_vec());
        let mut fronts = self.fronts.to_vec();
        let columns = snapshot.parcels();
        let mut stale: Vec<(usize, usize)> =
            touched.iter().map(|p| (columns.project(*p), columns.unit(*p))).collect();
        stale.sort_unstable();
        stale.dedup();
        for (project, unit) in stale {
            let parcels = &snapshot.projects()[project].parcels;
            fronts[project] = self::fronts(&snapshot, &snapshot.projects()[project], self.today);
            projects[project] = Figures::of(&snapshot, parcels, &[project], self.today);
            units[unit] = Figures::of(&snapshot, &snapshot.units()[unit].parcels, &[], self.today);
        }
        Self {
            snapshot,
            today: self.today,
            projects: later(move || projects),
            units: later(move || units),
            fronts: later(move || fronts),
            history: OnceLock::new(),
        }
    }
}

fn surveyed<'a>(survey: &'a OnceLock<Survey>, snapshot: &Snapshot, day: Day) -> &'a Survey {
    survey.get_or_init(|| Survey::of(snapshot, &Filter::default(), day, None, [None; 3]))
}

fn by_project(snapshot: &Snapshot, survey: &Survey) -> Vec<Figures> {
    let count = snapshot.projects().len();
    let holders = survey.holders(snapshot, count, |parcel| snapshot.parcels().project(parcel));
    let sums = survey.rows(count, |project, _| project).into_iter().zip(holders).enumerate();
    let day = survey.day;
    sums.map(|(index, (sums, holders))| sums.figures(snapshot, day, holders, length(snapshot, &[index], day)))
        .collect()
}

fn by_unit(snapshot: &Snapshot, survey: &Survey) -> Vec<Figures> {
    let count = snapshot.units().len();
    let holders = survey.holders(snapshot, count, |parcel| snapshot.parcels().unit(parcel));
    let sums = survey.rows(count, |_, unit| unit).into_iter().zip(holders);
    sums.map(|(sums, holders)| sums.figures(snapshot, survey.day, holders, None)).collect()
}

fn fronts(snapshot: &Snapshot, entry: &ProjectEntry, day: Day) -> Vec<Front> {
    project_fronts(snapshot, entry, day, LEAST_LENGTH_M)
}
