//! How many parcels stand where: by stage, land use, blocker and deadline.

use std::collections::BTreeMap;

use serde::Serialize;

use super::spread::spread;
use crate::{
    atlas::Snapshot,
    domain::{
        BlockerKind, Day, SquareMetres, Standing,
        law::{Act, Pressing},
    },
};

/// Parcels and their recovered area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, schemars::JsonSchema)]
pub struct Tally {
    /// Parcels.
    pub parcels: u64,
    /// m².
    pub area: SquareMetres,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.parcels += other.parcels;
        self.area += other.area;
    }
}

impl Tally {
    fn add(&mut self, area: SquareMetres) {
        self.parcels += 1;
        self.area += area;
    }

    /// The tally of those of `parcels` for which `holds`.
    pub fn of(snapshot: &Snapshot, parcels: &[u32], holds: impl Fn(u32) -> bool) -> Self {
        let mut tally = Self::default();
        parcels.iter().filter(|p| holds(**p)).for_each(|p| tally.add(snapshot.parcels().recovered(*p)));
        tally
    }
}

/// Parcels by where they stood on `day`, all places of the scale by number.
/// Parcels of which nothing was known on that day count nowhere.
pub fn stage_tallies(snapshot: &Snapshot, parcels: &[u32], day: Day) -> [(Standing, Tally); Standing::COUNT] {
    let mut tallies = Standing::ALL.map(|standing| (standing, Tally::default()));
    for &parcel in parcels {
        if let Some(stage) = snapshot.stage_on(parcel, day) {
            tallies[stage.number()].1.add(snapshot.parcels().recovered(parcel));
        }
    }
    tallies
}

/// Parcels that one kind of blocker holds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct BlockerTally {
    /// Kind.
    pub kind: BlockerKind,
    /// Parcels and area.
    #[serde(flatten)]
    pub tally: Tally,
}

/// Blockers standing on `day`, the most parcels first.
pub fn blockers(snapshot: &Snapshot, parcels: &[u32], day: Day) -> Vec<BlockerTally> {
    let by = |kind: BlockerKind| {
        let stands = |parcel| {
            let holds = |b: &crate::domain::Blocker| b.kind == kind && b.stands_on(day);
            snapshot.exists_on(parcel, day) && snapshot.blockers(parcel).iter().any(holds)
        };
        BlockerTally { kind, tally: Tally::of(snapshot, parcels, stands) }
    };
    let mut all: Vec<_> = BlockerKind::ALL.map(by).into_iter().filter(|b| b.tally.parcels > 0).collect();
    all.sort_by_key(|blocker| std::cmp::Reverse(blocker.tally.parcels));
    all
}

/// The deadline that runs for a parcel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParcelClock {
    /// Parcel, by index.
    pub parcel: u32,
    /// What is due, and by when.
    pub term: Pressing,
    /// Days left, negative when overdue.
    pub days_left: i32,
}

/// The deadlines that run for `parcels` on `day`: the `first` most urgent ones lead, in their order. O(parcels) on all
/// processors.
pub fn clocks(snapshot: &Snapshot, parcels: &[u32], day: Day, first: usize) -> Vec<ParcelClock> {
    let moment = snapshot.law().moment(day);
    let running = |parcel: &u32| {
        let term = snapshot.pressing(*parcel, moment)?;
        Some(ParcelClock { parcel: *parcel, term, days_left: term.due.since(day) })
    };
    let mut all = spread(parcels, |run| run.iter().filter_map(running).collect());
    let urgency = |one: &ParcelClock| (one.term.due, one.parcel);
    if first > 0 && first < all.len() {
        all.select_nth_unstable_by_key(first - 1, urgency);
    }
    let leading = first.min(all.len());
    all[..leading].sort_unstable_by_key(urgency);
    all
}

/// Parcels with the same legal deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct Deadline {
    /// Act that is due.
    pub stage: Act,
    /// Last day in time, days since 1970-01-01.
    pub due_day: u16,
    /// Days left, negative when overdue.
    pub days_left: i32,
    /// Parcels.
    pub parcels: u64,
}

/// The deadlines that run on `day`, earliest first.
pub fn deadlines(snapshot: &Snapshot, parcels: &[u32], day: Day) -> Vec<Deadline> {
    let mut by_day: BTreeMap<(Day, Act), u64> = BTreeMap::new();
    let moment = snapshot.law().moment(day);
    for term in parcels.iter().filter_map(|parcel| snapshot.pressing(*parcel, moment)) {
        *by_day.entry((term.due, term.act)).or_default() += 1;
    }
    let deadline = |((due, stage), parcels): ((Day, Act), u64)| Deadline {
        stage,
        due_day: due.number(),
        days_left: due.since(day),
        parcels,
    };
    by_day.into_iter().map(deadline).collect()
}
