//! One pass over all parcels on all processors: the sums of what a filter lets through, in cells of
//! one project and one unit each. Any grouping by project, unit, body or kind is a merge of cells.
//!
//! Sums are whole numbers, so that the answer is the same to the bit however the work was split.

use std::collections::BTreeMap;

use super::{
    Filter, Tally,
    facts::ParcelFacts,
    progress::CountMeasure,
    sums::{EARLIER, Sums},
};
use crate::{
    atlas::Snapshot,
    domain::{Day, SquareMetres},
};

const CHOSEN: u8 = 1;
const PENDING: u8 = 2;
const UNPLANNED: u8 = 4;
const PLANNED: u8 = 8;

/// The sums of what was chosen, by cell.
#[derive(Debug)]
pub struct Survey {
    /// The day.
    pub day: Day,
    cells: Vec<(usize, usize, Sums)>,
    /// By symbol of the land use.
    pub uses: Vec<Tally>,
    /// By parcel: what counts for its holder.
    states: Vec<u8>,
}

/// What one processor found.
struct Part {
    cells: Vec<(usize, usize, Sums)>,
    uses: Vec<Tally>,
}

impl Survey {
    /// The survey of what `filter` lets through on `day`, by the units of that day; `earlier` are the days
    /// for which it is known what was handed over by then.
    pub fn of(snapshot: &Snapshot, filter: &Filter, day: Day, earlier: [Option<Day>; EARLIER]) -> Self {
        let units = &*snapshot.units_on(day);
        let count = snapshot.parcels().len();
        let mut states = vec![0u8; count];
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let part = count.div_ceil(threads).max(1024);
        let parts: Vec<Part> = std::thread::scope(|scope| {
            let chunks = states.chunks_mut(part).enumerate();
            let work = Work { snapshot, filter, day, units, earlier };
            let some = |(number, states)| scope.spawn(move || work.run((number * part) as u32, states));
            let running: Vec<_> = chunks.map(some).collect();
            let join = |thread: std::thread::ScopedJoinHandle<'_, Part>| {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            running.into_iter().map(join).collect()
        });
        let mut uses = vec![Tally::default(); snapshot.parcels().land_uses().len()];
        let mut cells: BTreeMap<(usize, usize), Sums> = BTreeMap::new();
        for part in parts {
            uses.iter_mut().zip(part.uses).for_each(|(own, tally)| *own += tally);
            for (project, unit, sums) in part.cells {
                cells.entry((project, unit)).or_default().merge(&sums);
            }
        }
        let cells = cells.into_iter().map(|((project, unit), sums)| (project, unit, sums)).collect();
        Self { day, cells, uses, states }
    }

    /// The sums by row; `row` tells the row of a project and unit.
    pub fn rows(&self, count: usize, row: impl Fn(usize, usize) -> usize) -> Vec<Sums> {
        let mut rows = vec![Sums::default(); count];
        self.cells.iter().for_each(|(project, unit, sums)| rows[row(*project, *unit)].merge(sums));
        rows
    }

    /// The sum of all.
    pub fn total(&self) -> Sums {
        self.rows(1, |_, _| 0).pop().unwrap_or_default()
    }

    /// Whether a parcel was chosen.
    pub fn holds(&self, parcel: u32) -> bool {
        self.states[parcel as usize] & CHOSEN != 0
    }

    /// Holders by row; one counts in each row in which land of his lies, as cleared when all of it there is.
    pub fn holders(
        &self,
        snapshot: &Snapshot,
        count: usize,
        row: impl Fn(u32) -> usize + Sync,
    ) -> Vec<CountMeasure> {
        let held = snapshot.parcels().held();
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let part = held.len().div_ceil(threads).max(1024);
        let row = &row;
        let parts: Vec<Vec<(CountMeasure, bool)>> = std::thread::scope(|scope| {
            let some = |from: usize| {
                let holders = from..(from + part).min(held.len());
                move || self.some_holders(snapshot, count, row, holders)
            };
            let running: Vec<_> = (0..held.len()).step_by(part).map(|from| scope.spawn(some(from))).collect();
            let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            running.into_iter().map(join).collect()
        });
        let mut rows = vec![(CountMeasure { total: 0, done: 0, planned: Some(0) }, false); count];
        for (own, (other, any_plan)) in parts.iter().flat_map(|part| (0..count).map(|at| (at, part[at]))) {
            let (measure, planned) = &mut rows[own];
            measure.total += other.total;
            measure.done += other.done;
            measure.planned = measure.planned.zip(other.planned).map(|(a, b)| a + b);
            *planned |= any_plan;
        }
        let with_plan = |(measure, any_plan): (CountMeasure, bool)| CountMeasure {
            planned: measure.planned.filter(|_| any_plan),
            ..measure
        };
        rows.into_iter().map(with_plan).collect()
    }

    fn some_holders(
        &self,
        snapshot: &Snapshot,
        count: usize,
        row: &impl Fn(u32) -> usize,
        holders: std::ops::Range<usize>,
    ) -> Vec<(CountMeasure, bool)> {
        let held = snapshot.parcels().held();
        let mut rows = vec![(CountMeasure { total: 0, done: 0, planned: Some(0) }, false); count];
        let mut own: Vec<(usize, u8)> = Vec::new();
        for holder in holders {
            own.clear();
            let chosen = held.parcels(holder).iter().filter(|parcel| self.holds(**parcel));
            own.extend(chosen.map(|parcel| (row(*parcel), self.states[*parcel as usize])));
            own.sort_unstable();
            for parcels in own.chunk_by(|a, b| a.0 == b.0) {
                let all = parcels.iter().fold(0, |all, parcel| all | parcel.1);
                let (measure, any_plan) = &mut rows[parcels[0].0];
                measure.total += 1;
                measure.done += u64::from(all & PENDING == 0);
                measure.planned = measure.planned.map(|planned| planned + u64::from(all & UNPLANNED == 0));
                *any_plan |= all & PLANNED != 0;
            }
        }
        rows
    }
}

#[derive(Clone, Copy)]
struct Work<'a> {
    snapshot: &'a Snapshot,
    filter: &'a Filter,
    day: Day,
    units: &'a [u16],
    earlier: [Option<Day>; EARLIER],
}

impl Work<'_> {
    fn run(self, first: u32, states: &mut [u8]) -> Part {
        let Self { snapshot, day, .. } = self;
        let (columns, chooser) = (snapshot.parcels(), self.filter.chooser(snapshot));
        let moment = snapshot.law().moment(day);
        let unit_count = snapshot.units().len();
        let mut cell_of = vec![u32::MAX; snapshot.projects().len() * unit_count];
        let mut part = Part { cells: Vec::new(), uses: vec![Tally::default(); columns.land_uses().len()] };
        for (parcel, state) in (first..).zip(states) {
            if !chooser.may(parcel) {
                continue;
            }
            let Some(facts) = ParcelFacts::of(snapshot, parcel, moment).filter(|facts| chooser.holds(facts))
            else {
                continue;
            };
            *state = CHOSEN
                | if facts.handed_over.is_none() { PENDING } else { 0 }
                | if facts.planned.is_none_or(|planned| planned > day) { UNPLANNED } else { 0 }
                | if facts.planned.is_some() { PLANNED } else { 0 };
            let unit = usize::from(self.units[parcel as usize]);
            let key = facts.project * unit_count + unit;
            if cell_of[key] == u32::MAX {
                cell_of[key] = part.cells.len() as u32;
                part.cells.push((facts.project, unit, Sums::default()));
            }
            let sums = &mut part.cells[cell_of[key] as usize].2;
            sums.add(&facts, day);
            self.earlier(parcel, &facts, sums);
            part.uses[columns.land_use_symbol(parcel) as usize] +=
                Tally { parcels: 1, area: SquareMetres::from_tenths(facts.area) };
        }
        part
    }

    fn earlier(self, parcel: u32, facts: &ParcelFacts, sums: &mut Sums) {
        let Some(on) = facts.cleared_on else { return };
        for (before, sum) in self.earlier.iter().zip(&mut sums.earlier) {
            if before.is_some_and(|before| on <= before && self.snapshot.exists_on(parcel, before)) {
                *sum += SquareMetres::from_tenths(facts.area);
            }
        }
    }
}
