//! A snapshot on a day, with the figures that every reader asks for worked out once.

use std::sync::{Arc, OnceLock};

use super::{
    Filter, Front, History, LEAST_LENGTH_M, Survey,
    deferred::{Deferred, DeferredRows},
    figures::Figures,
    progress::length,
    project_fronts,
};
use crate::{
    atlas::{ProjectEntry, Snapshot},
    domain::{Day, Level},
};

/// What tiles and summaries show: one state of the ledger, one day. Each part is worked out when it
/// is first asked for, so that a question about a fresh day costs no more than its own answer.
#[derive(Debug)]
pub struct View {
    /// State of the ledger.
    pub snapshot: Arc<Snapshot>,
    /// The day.
    pub today: Day,
    /// By project index.
    pub projects: DeferredRows<Figures>,
    /// By unit index, where the unit is a commune.
    communes: DeferredRows<Figures>,
    /// By unit index, where it is one above: all that lies below it on the day.
    upper: Deferred<Vec<Figures>>,
    /// By parcel index the unit, by index, in which it lies on the day.
    lies_in: Arc<[u16]>,
    /// Stretches of the alignments, by project index, from their start on.
    pub fronts: DeferredRows<Vec<Front>>,
    /// What the ledger says about times, worked out when a forecast is first asked for.
    history: OnceLock<History>,
}

impl View {
    /// Nothing is worked out yet.
    pub fn new(snapshot: Arc<Snapshot>, today: Day) -> Self {
        let survey: Arc<OnceLock<Survey>> = Arc::default();
        let (for_units, of_units) = (Arc::clone(&survey), Arc::clone(&snapshot));
        let (for_upper, of_upper) = (Arc::clone(&survey), Arc::clone(&snapshot));
        let (of_projects, of_fronts) = (Arc::clone(&snapshot), Arc::clone(&snapshot));
        Self {
            projects: DeferredRows::new(move || {
                by_project(&of_projects, surveyed(&survey, &of_projects, today))
            }),
            communes: DeferredRows::new(move || {
                by_commune(&of_units, surveyed(&for_units, &of_units, today))
            }),
            upper: Deferred::new(move || by_upper(&of_upper, surveyed(&for_upper, &of_upper, today))),
            lies_in: snapshot.units_on(today),
            fronts: DeferredRows::new(move || {
                of_fronts.projects().iter().map(|entry| fronts(&of_fronts, entry, today)).collect()
            }),
            snapshot,
            today,
            history: OnceLock::new(),
        }
    }

    /// Works out what tiles need, so that nobody waits for it: O(parcels) the first time, then what was touched.
    pub fn warm(&self) {
        self.projects.warm();
        self.communes.warm();
        self.fronts.warm();
    }

    /// As [`View::warm`].
    #[must_use]
    pub fn ready(self) -> Self {
        self.warm();
        self
    }

    /// Figures of a unit with what lies below it on the day.
    pub fn unit(&self, index: usize) -> &Figures {
        let commune = self.snapshot.units()[index].unit.level == Level::Commune;
        if commune { &self.communes[index] } else { &self.upper[index] }
    }

    /// The unit, by index, in which a parcel lies on the day, before and after reforms alike.
    pub fn unit_of(&self, parcel: u32) -> usize {
        usize::from(self.lies_in[parcel as usize])
    }

    /// As [`View::unit_of`], by parcel index.
    pub fn units_of(&self) -> &Arc<[u16]> {
        &self.lies_in
    }

    /// What the ledger says about times on this day: O(parcels) when first asked for.
    pub fn history(&self) -> &History {
        self.history.get_or_init(|| History::of(&self.snapshot, self.today))
    }

    /// The next view on the same day: only the figures of these projects and communes, by index rising, are worked
    /// out anew, when they are first asked for; those that are new are among them. Where they hold much of all
    /// parcels, everything is.
    #[must_use]
    pub fn next(&self, snapshot: Arc<Snapshot>, stale_projects: &[usize], stale_units: &[usize]) -> Self {
        // By the units that parcels are recorded in: nothing but speed hangs on it.
        let held: usize = stale_units.iter().map(|unit| snapshot.units()[*unit].parcels.len()).sum();
        if held > snapshot.parcels().len() / 2 && snapshot.parcels().len() > SMALL {
            return Self::new(snapshot, self.today);
        }
        let today = self.today;
        let (mut projects, mut communes) = (self.projects.clone(), self.communes.clone());
        let mut fronts = self.fronts.clone();
        for &project in stale_projects {
            let (of_fronts, of_figures) = (Arc::clone(&snapshot), Arc::clone(&snapshot));
            fronts.put(project, move || self::fronts(&of_fronts, &of_fronts.projects()[project], today));
            projects.put(project, move || {
                Figures::of(&of_figures, &of_figures.projects()[project].parcels, &[project], today)
            });
        }
        let lies_in = snapshot.units_on(today);
        let (of, units, count) = (Arc::clone(&lies_in), stale_units.to_vec(), snapshot.units().len());
        // One pass for all of them, when the first is asked for.
        let held = Arc::new(Deferred::new(move || lying_in(&of, &units, count)));
        for (index, &unit) in stale_units.iter().enumerate() {
            let (of, held) = (Arc::clone(&snapshot), Arc::clone(&held));
            communes.put(unit, move || Figures::of(&of, &held[index], &[], today));
        }
        let of_upper = Arc::clone(&snapshot);
        Self {
            snapshot,
            today,
            projects,
            communes,
            upper: Deferred::new(move || by_upper(&of_upper, &whole(&of_upper, today))),
            lies_in,
            fronts,
            history: OnceLock::new(),
        }
    }
}

/// Parcels up to which it does not matter how figures are worked out anew.
const SMALL: usize = 10_000;

fn surveyed<'a>(survey: &'a OnceLock<Survey>, snapshot: &Snapshot, day: Day) -> &'a Survey {
    survey.get_or_init(|| whole(snapshot, day))
}

fn whole(snapshot: &Snapshot, day: Day) -> Survey {
    Survey::of(snapshot, &Filter::default(), day, [None; 3])
}

/// The parcels, by index, that lie in each of these units, of `count`.
fn lying_in(lies_in: &[u16], units: &[usize], count: usize) -> Vec<Vec<u32>> {
    let mut index_of = vec![None; count];
    units.iter().enumerate().for_each(|(index, unit)| index_of[*unit] = Some(index));
    let mut held = vec![Vec::new(); units.len()];
    for (parcel, unit) in (0u32..).zip(lies_in) {
        if let Some(index) = index_of[usize::from(*unit)] {
            held[index].push(parcel);
        }
    }
    held
}

fn by_project(snapshot: &Snapshot, survey: &Survey) -> Vec<Figures> {
    let count = snapshot.projects().len();
    let holders = survey.holders(snapshot, count, |parcel| snapshot.parcels().project(parcel));
    let sums = survey.rows(count, |project, _| project).into_iter().zip(holders).enumerate();
    let day = survey.day;
    sums.map(|(index, (sums, holders))| sums.figures(snapshot, day, holders, length(snapshot, &[index], day)))
        .collect()
}

fn by_commune(snapshot: &Snapshot, survey: &Survey) -> Vec<Figures> {
    let units = snapshot.units_on(survey.day);
    let count = snapshot.units().len();
    let holders = survey.holders(snapshot, count, |parcel| usize::from(units[parcel as usize]));
    let sums = survey.rows(count, |_, unit| unit).into_iter().zip(holders);
    sums.map(|(sums, holders)| sums.figures(snapshot, survey.day, holders, None)).collect()
}

/// Units above communes: each level by itself, since a holder counts once in each.
fn by_upper(snapshot: &Snapshot, survey: &Survey) -> Vec<Figures> {
    let (day, count) = (survey.day, snapshot.units().len());
    let lies_in = snapshot.units_on(day);
    let level = |level: Level| -> Vec<Figures> {
        let above: Vec<usize> = (0..count).map(|unit| snapshot.above(unit, level, day)).collect();
        let holders = survey.holders(snapshot, count, |parcel| above[usize::from(lies_in[parcel as usize])]);
        let sums = survey.rows(count, |_, unit| above[unit]).into_iter().zip(holders);
        sums.map(|(sums, holders)| sums.figures(snapshot, day, holders, None)).collect()
    };
    let (districts, provinces) = (level(Level::District), level(Level::Province));
    let figures = |unit: usize| match snapshot.units()[unit].unit.level {
        Level::Province => provinces[unit],
        _ => districts[unit],
    };
    (0..count).map(figures).collect()
}

fn fronts(snapshot: &Snapshot, entry: &ProjectEntry, day: Day) -> Vec<Front> {
    project_fronts(snapshot, entry, day, LEAST_LENGTH_M)
}
