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
    domain::{Day, Level},
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
    /// By unit index, where the unit is a commune.
    communes: Later<Vec<Figures>>,
    /// By unit index, where it is one above: all that lies below it on the day.
    upper: Later<Vec<Figures>>,
    /// By parcel index the unit, by index, in which it lies on the day.
    lies_in: Arc<[u16]>,
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
        let (for_upper, of_upper) = (Arc::clone(&survey), Arc::clone(&snapshot));
        let (of_projects, of_fronts) = (Arc::clone(&snapshot), Arc::clone(&snapshot));
        Self {
            projects: later(move || by_project(&of_projects, surveyed(&survey, &of_projects, today))),
            communes: later(move || by_commune(&of_units, surveyed(&for_units, &of_units, today))),
            upper: later(move || by_upper(&of_upper, surveyed(&for_upper, &of_upper, today))),
            lies_in: snapshot.units_on(today),
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
        let _ = (&*self.projects, &*self.communes, &*self.fronts);
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
    /// out anew; those that are new are among them. Where they hold much of all parcels, everything is.
    #[must_use]
    pub fn next(&self, snapshot: Arc<Snapshot>, stale_projects: &[usize], stale_units: &[usize]) -> Self {
        let lies_in = snapshot.units_on(self.today);
        let Some(held) = held(&lies_in, stale_units, snapshot.units().len()) else {
            return Self::new(snapshot, self.today).ready();
        };
        let (mut projects, mut communes) = (self.projects.to_vec(), self.communes.to_vec());
        let mut fronts = self.fronts.to_vec();
        for &project in stale_projects {
            let entry = &snapshot.projects()[project];
            put(&mut fronts, project, self::fronts(&snapshot, entry, self.today));
            put(&mut projects, project, Figures::of(&snapshot, &entry.parcels, &[project], self.today));
        }
        for (&unit, parcels) in stale_units.iter().zip(&held) {
            put(&mut communes, unit, Figures::of(&snapshot, parcels, &[], self.today));
        }
        let (of_upper, today) = (Arc::clone(&snapshot), self.today);
        Self {
            snapshot,
            today: self.today,
            projects: later(move || projects),
            communes: later(move || communes),
            upper: later(move || by_upper(&of_upper, &whole(&of_upper, today))),
            lies_in,
            fronts: later(move || fronts),
            history: OnceLock::new(),
        }
    }
}

/// Parcels up to which it does not matter how figures are worked out anew.
const SMALL: usize = 10_000;

/// Puts a value in its place, which may be the next one.
fn put<T>(list: &mut Vec<T>, index: usize, value: T) {
    match list.get_mut(index) {
        Some(place) => *place = value,
        None => list.push(value),
    }
}

fn surveyed<'a>(survey: &'a OnceLock<Survey>, snapshot: &Snapshot, day: Day) -> &'a Survey {
    survey.get_or_init(|| whole(snapshot, day))
}

fn whole(snapshot: &Snapshot, day: Day) -> Survey {
    Survey::of(snapshot, &Filter::default(), day, [None; 3])
}

/// The parcels of each of these units, by index rising; none where they are much of all.
fn held(lies_in: &[u16], units: &[usize], count: usize) -> Option<Vec<Vec<u32>>> {
    let mut place = vec![usize::MAX; count];
    units.iter().enumerate().for_each(|(at, unit)| place[*unit] = at);
    let mut held = vec![Vec::new(); units.len()];
    let mut all = 0;
    for (parcel, unit) in (0u32..).zip(lies_in) {
        if let Some(list) = held.get_mut(place[usize::from(*unit)]) {
            list.push(parcel);
            all += 1;
        }
    }
    (all <= lies_in.len() / 2 || lies_in.len() <= SMALL).then_some(held)
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
