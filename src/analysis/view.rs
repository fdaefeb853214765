//! A snapshot on a day, with the figures that every reader asks for worked out once.

use std::sync::{Arc, OnceLock};

use super::{
    Front, History, LEAST_LENGTH_M, Tally,
    progress::{Progress, progress},
    project_fronts, standing,
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
    /// The figures of `parcels` on `day`; `projects` as for [`progress`].
    pub fn of(snapshot: &Snapshot, parcels: &[u32], projects: &[usize], day: Day) -> Self {
        let parcels = &*standing(snapshot, parcels, day);
        Self {
            progress: progress(snapshot, parcels, projects, day),
            blocked: Tally::of(snapshot, parcels, |parcel| snapshot.blocked_on(parcel, day)),
            overdue: Tally::of(snapshot, parcels, |parcel| snapshot.overdue_on(parcel, day)),
            late: Tally::of(snapshot, parcels, |parcel| snapshot.late_on(parcel, day)),
        }
    }
}

/// What tiles and summaries show: one state of the ledger, one day.
#[derive(Debug)]
pub struct View {
    /// State of the ledger.
    pub snapshot: Arc<Snapshot>,
    /// The day.
    pub today: Day,
    /// By project index.
    pub projects: Vec<Figures>,
    /// By unit index.
    pub units: Vec<Figures>,
    /// Stretches of the alignments, by project index, from their start on.
    pub fronts: Vec<Vec<Front>>,
    /// What the ledger says about times, worked out when a forecast is first asked for.
    history: OnceLock<History>,
}

impl View {
    /// Works the figures out: O(parcels).
    pub fn new(snapshot: Arc<Snapshot>, today: Day) -> Self {
        let project =
            |(index, entry): (usize, &ProjectEntry)| Figures::of(&snapshot, &entry.parcels, &[index], today);
        let unit = |entry: &crate::atlas::UnitEntry| Figures::of(&snapshot, &entry.parcels, &[], today);
        let (projects, units) = std::thread::scope(|scope| {
            let units = scope.spawn(|| snapshot.units().iter().map(unit).collect());
            let projects = snapshot.projects().iter().enumerate().map(project).collect();
            (projects, units.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        let fronts = snapshot.projects().iter().map(|entry| fronts(&snapshot, entry, today)).collect();
        Self { snapshot, today, projects, units, fronts, history: OnceLock::new() }
    }

    /// What the ledger says about times on this day: O(parcels) when first asked for.
    pub fn history(&self) -> &History {
        self.history.get_or_init(|| History::of(&self.snapshot, self.today))
    }

    /// The next view on the same day: only the projects and units of `touched` parcels are worked out anew.
    #[must_use]
    pub fn next(&self, snapshot: Arc<Snapshot>, touched: &[u32]) -> Self {
        let (mut projects, mut units) = (self.projects.clone(), self.units.clone());
        let mut fronts = self.fronts.clone();
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
        Self { snapshot, today: self.today, projects, units, fronts, history: OnceLock::new() }
    }
}

fn fronts(snapshot: &Snapshot, entry: &ProjectEntry, day: Day) -> Vec<Front> {
    project_fronts(snapshot, entry, day, LEAST_LENGTH_M)
}
