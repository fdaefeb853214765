//! Sums of cases by contestant, in one pass over the parcels on all processors.

use std::collections::HashMap;

use crate::{
    atlas::Snapshot,
    domain::{Campaign, Measure},
};

use super::{
    Span,
    cases::{Case, CaseReason, Facts, cases, steps},
    contest::{Contest, Place, in_scope},
};

/// Cases of one criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// Cases.
    pub cases: u64,
    /// Those that count.
    pub counted: u64,
    /// What there was to do: tenths of m², đồng, or cases.
    pub amount: u64,
    /// What was done.
    pub done: u64,
    /// What was planned to be done.
    pub due: u64,
}

impl Sum {
    fn add(&mut self, case: &Case) {
        self.merge(&Self {
            cases: 1,
            counted: u64::from(case.counts),
            amount: case.amount,
            done: case.done,
            due: case.due,
        });
    }

    fn merge(&mut self, other: &Self) {
        self.cases += other.cases;
        self.counted += other.counted;
        self.amount += other.amount;
        self.done += other.done;
        self.due += other.due;
    }
}

/// What the period found undone, and what was handed over of it; areas in tenths of m².
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Parcels.
    pub parcels: u64,
    /// Their area.
    pub area: u64,
    /// Parcels that were due by plan, or handed over.
    pub due_parcels: u64,
    /// Parcels handed over.
    pub done_parcels: u64,
    /// Their area.
    pub done_area: u64,
}

impl Work {
    fn add(&mut self, other: &Self) {
        self.parcels += other.parcels;
        self.area += other.area;
        self.due_parcels += other.due_parcels;
        self.done_parcels += other.done_parcels;
        self.done_area += other.done_area;
    }
}

/// Steps that were judged, and those of them that the law speaks against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Irregular {
    /// All that were judged.
    pub steps: u64,
    /// Before a stage that must come first, or without it.
    pub out_of_order: u64,
    /// After the legal deadline, or not at all.
    pub clock_broken: u64,
}

impl Irregular {
    /// Share of the steps that the law speaks against, 0 … 1.
    pub fn share(self) -> f64 {
        if self.steps == 0 { 0.0 } else { (self.out_of_order + self.clock_broken) as f64 / self.steps as f64 }
    }
}

/// Sums of a contestant.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    pub work: Work,
    pub irregular: Irregular,
    /// By criterion.
    pub sums: Vec<Sum>,
    /// By criterion that counts holders: holder and whether he counts, once a parcel.
    holders: Vec<Vec<(u32, bool)>>,
}

impl Tally {
    fn new(criteria: usize) -> Self {
        let (sums, holders) = (vec![Sum::default(); criteria], vec![Vec::new(); criteria]);
        Self { sums, holders, ..Self::default() }
    }

    fn add(&mut self, other: &Self) {
        self.work.add(&other.work);
        self.irregular.steps += other.irregular.steps;
        self.irregular.out_of_order += other.irregular.out_of_order;
        self.irregular.clock_broken += other.irregular.clock_broken;
        self.sums.iter_mut().zip(&other.sums).for_each(|(own, sum)| own.merge(sum));
        self.holders.iter_mut().zip(&other.holders).for_each(|(own, holders)| own.extend(holders));
    }

    /// Holders count once, and only when none of their parcels counts against them.
    fn count_holders(&mut self) {
        for (sum, holders) in self.sums.iter_mut().zip(&mut self.holders) {
            holders.sort_unstable();
            for parcels in holders.chunk_by(|a, b| a.0 == b.0) {
                let counted = u64::from(parcels.iter().all(|parcel| parcel.1));
                sum.merge(&Sum { cases: 1, counted, amount: 1, done: counted, due: 0 });
            }
        }
    }
}

/// A number apart for each parcel without a holder.
const NOBODY: u32 = 1 << 31;

/// The tallies of each contest, by contestant; contests of the same days share a pass.
pub fn tallies(
    snapshot: &Snapshot,
    campaign: &Campaign,
    contests: &[Option<Contest>],
) -> Vec<Option<Vec<Tally>>> {
    let scope = in_scope(snapshot, campaign.scope());
    let mut done: Vec<Option<Vec<Tally>>> = contests.iter().map(|_| None).collect();
    for first in 0..contests.len() {
        let Some(span) = contests[first].as_ref().map(|contest| contest.span) else { continue };
        if done[first].is_some() {
            continue;
        }
        let of_span = contests.iter().enumerate().filter_map(|(at, contest)| Some((at, contest.as_ref()?)));
        let together: Vec<(usize, &Contest)> = of_span.filter(|(_, contest)| contest.span == span).collect();
        let found = pass(snapshot, campaign, &scope, span, &together);
        together.iter().zip(found).for_each(|((at, _), tallies)| done[*at] = Some(tallies));
    }
    done
}

/// One pass, split among the processors.
fn pass(
    snapshot: &Snapshot,
    campaign: &Campaign,
    scope: &[bool],
    span: Span,
    contests: &[(usize, &Contest)],
) -> Vec<Vec<Tally>> {
    let count = snapshot.parcels().len() as u32;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u32;
    let part = count.div_ceil(threads).max(1024);
    let units = contests.iter().find_map(|(_, contest)| contest.units());
    let work = |from: u32| {
        let parcels = from..(from + part).min(count);
        move || some(snapshot, campaign, scope, span, units, parcels)
    };
    let parts: Vec<_> = std::thread::scope(|threads| {
        let running: Vec<_> =
            (0..count).step_by(part as usize).map(|from| threads.spawn(work(from))).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        running.into_iter().map(join).collect()
    });
    let empty = |contest: &Contest| vec![Tally::new(campaign.criteria().len()); contest.contestants.len()];
    let mut all: Vec<Vec<Tally>> = contests.iter().map(|(_, contest)| empty(contest)).collect();
    for (place, found) in parts.into_iter().flat_map(|places: Places| places.tallies) {
        for (own, (_, contest)) in all.iter_mut().zip(contests) {
            if let Some(row) = contest.row_of(place) {
                own[row].add(&found);
            }
        }
    }
    all.iter_mut().flatten().for_each(Tally::count_holders);
    all
}

/// Tallies of parcels for which the same contestants count: what a parcel adds is added once, whoever takes part.
struct Places {
    criteria: usize,
    known: HashMap<Place, usize>,
    tallies: Vec<(Place, Tally)>,
    last: usize,
}

impl Places {
    fn new(criteria: usize) -> Self {
        Self { criteria, known: HashMap::new(), tallies: Vec::new(), last: 0 }
    }

    /// The tally of a place; parcels beside each other are mostly of one.
    fn at(&mut self, place: Place) -> &mut Tally {
        if self.tallies.get(self.last).is_none_or(|(last, _)| *last != place) {
            self.last = *self.known.entry(place).or_insert_with(|| {
                self.tallies.push((place, Tally::new(self.criteria)));
                self.tallies.len() - 1
            });
        }
        &mut self.tallies[self.last].1
    }
}

fn some(
    snapshot: &Snapshot,
    campaign: &Campaign,
    scope: &[bool],
    span: Span,
    units: Option<&[u16]>,
    parcels: std::ops::Range<u32>,
) -> Places {
    let mut places = Places::new(campaign.criteria().len());
    for parcel in parcels {
        let project = snapshot.parcels().project(parcel);
        if !scope[project] {
            continue;
        }
        if let Some(facts) = Facts::of(snapshot, parcel, span) {
            let unit = units.map_or(0, |units| units[parcel as usize]);
            one(snapshot, campaign, &facts, parcel, places.at(Place { unit, project }));
        }
    }
    places
}

/// What one parcel adds.
fn one(snapshot: &Snapshot, campaign: &Campaign, facts: &Facts<'_>, parcel: u32, own: &mut Tally) {
    if facts.is_work() {
        let area = snapshot.parcels().recovered(parcel).tenths();
        let done = u64::from(facts.handed_over().is_some());
        let due_parcels = u64::from(facts.is_due());
        own.work.add(&Work { parcels: 1, area, due_parcels, done_parcels: done, done_area: done * area });
    }
    let mut lawful = Sum::default();
    steps(facts, |case| {
        lawful.add(&case);
        own.irregular.steps += 1;
        match case.why {
            CaseReason::OutOfOrder => own.irregular.out_of_order += 1,
            CaseReason::ClockBroken => own.irregular.clock_broken += 1,
            _ => {}
        }
    });
    for (at, criterion) in campaign.criteria().iter().enumerate() {
        match criterion.measure {
            Measure::LawfulSteps => own.sums[at].merge(&lawful),
            Measure::ConsentingHolders => cases(facts, criterion.measure, |case| {
                let holder = snapshot.parcels().holder(parcel).map_or(NOBODY | parcel, |holder| holder.0);
                own.holders[at].push((holder, case.counts));
            }),
            measure => {
                let sum = &mut own.sums[at];
                cases(facts, measure, |case| sum.add(&case));
            }
        }
    }
}
