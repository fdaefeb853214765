//! What parcels add up to: whole numbers, so that neither order nor processors matter.

use super::{PlanSums, Tally, facts::ParcelFacts};
use crate::{
    atlas::Snapshot,
    domain::{Day, SquareMetres, Standing},
};

/// Days back for which it is known what was handed over by then.
pub const EARLIER: usize = 3;

/// Sums over parcels on a day; areas in tenths of m².
#[derive(Debug, Clone, Default)]
pub struct Sums {
    /// Parcels.
    pub all: Tally,
    /// Handed over.
    pub cleared: Tally,
    /// Planned to be by the day.
    pub planned: u64,
    pub(super) any_plan: bool,
    pub(super) approved: u64,
    pub(super) paid: u64,
    pub(super) last: Option<Day>,
    /// Blocked.
    pub blocked: Tally,
    /// Past a legal deadline.
    pub overdue: Tally,
    /// Past the planned day.
    pub late: Tally,
    /// By where they stand.
    pub stages: [Tally; Standing::COUNT],
    /// Handed over by each of the earlier days, and counting on them.
    pub earlier: [SquareMetres; EARLIER],
    pub(super) plan: PlanSums,
}

impl Sums {
    /// The sums of those of `parcels` that count on `day`.
    pub fn of(snapshot: &Snapshot, parcels: &[u32], day: Day) -> Self {
        let (mut sums, moment) = (Self::default(), snapshot.law().moment(day));
        for &parcel in parcels {
            if let Some(facts) = ParcelFacts::of(snapshot, parcel, moment) {
                sums.add(&facts, day);
            }
        }
        sums
    }

    /// Adds a parcel.
    pub fn add(&mut self, facts: &ParcelFacts, day: Day) {
        let one = Tally { parcels: 1, area: SquareMetres::from_tenths(facts.area) };
        self.all += one;
        if let Some(on) = facts.handed_over {
            self.cleared += one;
            self.last = self.last.max(Some(on));
        }
        self.any_plan |= facts.planned.is_some();
        self.planned += u64::from(facts.planned.is_some_and(|planned| planned <= day));
        self.approved += facts.approved;
        self.paid += facts.paid;
        for (holds, tally) in [
            (facts.blocked, &mut self.blocked),
            (facts.overdue, &mut self.overdue),
            (facts.late, &mut self.late),
        ] {
            if holds {
                *tally += one;
            }
        }
        if let Some(stage) = facts.stage {
            self.stages[stage.number()] += one;
        }
        self.plan.add(facts.project, facts.own_planned, facts.area);
    }

    /// Adds sums of other parcels.
    pub fn merge(&mut self, other: &Self) {
        self.all += other.all;
        self.cleared += other.cleared;
        self.planned += other.planned;
        self.any_plan |= other.any_plan;
        self.approved += other.approved;
        self.paid += other.paid;
        self.last = self.last.max(other.last);
        self.blocked += other.blocked;
        self.overdue += other.overdue;
        self.late += other.late;
        self.stages.iter_mut().zip(other.stages).for_each(|(own, tally)| *own += tally);
        self.earlier.iter_mut().zip(other.earlier).for_each(|(own, area)| *own += area);
        self.plan.merge(&other.plan);
    }
}
