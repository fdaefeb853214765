//! What parcels add up to: whole numbers, so that neither order nor processors matter.

use super::{
    Figures, PlanSums, Tally,
    progress::{AreaMeasure, CountMeasure, FEWEST_HOLDERS, LengthMeasure, Measures, MoneyMeasure, Progress},
};
use crate::{
    atlas::Snapshot,
    domain::{
        Day, SquareMetres, Stage, Standing,
        law::{Moment, Pressing},
    },
};

/// What is known of a parcel on a day, looked up once.
#[derive(Debug, Clone, Copy)]
pub struct ParcelFacts {
    /// Project, by index.
    pub project: usize,
    /// Recovered area, tenths of m².
    pub area: u64,
    /// Where it stands; nowhere before anything is known.
    pub stage: Option<Standing>,
    /// Day of the handover, if it was by then.
    pub handed_over: Option<Day>,
    /// Day of the handover, later ones too.
    pub cleared_on: Option<Day>,
    /// Planned day: its own, else its project's.
    pub planned: Option<Day>,
    /// Planned day of its own.
    pub own_planned: Option<Day>,
    /// Đồng approved.
    pub approved: u64,
    /// Đồng paid.
    pub paid: u64,
    /// Something stands in the way.
    pub blocked: bool,
    /// Past a legal deadline.
    pub overdue: bool,
    /// Past the planned day.
    pub late: bool,
}

impl ParcelFacts {
    /// None when the parcel does not count at the moment.
    pub fn of(snapshot: &Snapshot, parcel: u32, moment: Moment) -> Option<Self> {
        let (marks, day) = (snapshot.marks(parcel), moment.day);
        if marks.is_some_and(|marks| !marks.exists_on(day)) {
            return None;
        }
        let (columns, days) = (snapshot.parcels(), snapshot.days(parcel));
        let project = columns.project(parcel);
        let own_planned = marks.and_then(|marks| marks.planned).or_else(|| columns.planned_day(parcel));
        let planned = own_planned.or_else(|| snapshot.projects()[project].project.required_day);
        let pressing = snapshot.pressing_of(parcel, moment, |law| {
            law.pressing(&snapshot.file_of(parcel, days, marks), day).map(Pressing::from)
        });
        let amount = snapshot.money(parcel).0;
        let payments = marks.map_or(&[][..], |marks| &marks.payments);
        let paid = if payments.is_empty() {
            if days.reached(Stage::Paid, day) { amount } else { 0 }
        } else {
            payments.iter().filter(|(on, _)| *on <= day).map(|(_, amount)| amount.0).sum()
        };
        let cleared_on = days.cleared_on();
        let handed_over = cleared_on.filter(|on| *on <= day);
        Some(Self {
            project,
            area: columns.recovered(parcel).tenths(),
            stage: days.standing(day),
            handed_over,
            cleared_on,
            planned,
            own_planned,
            approved: if days.reached(Stage::PlanApproved, day) { amount } else { 0 },
            paid,
            blocked: marks.is_some_and(|marks| marks.blockers.iter().any(|blocker| blocker.stands_on(day))),
            overdue: pressing.is_some_and(|running| running.due < day),
            late: handed_over.is_none() && planned.is_some_and(|planned| planned < day),
        })
    }
}

/// Days back for which it is told what was handed over by then.
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
    any_plan: bool,
    approved: u64,
    paid: u64,
    last: Option<Day>,
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
    plan: PlanSums,
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

    /// The figures; `holders` and `length` are counted apart, for they do not add up.
    pub fn figures(
        &self,
        snapshot: &Snapshot,
        day: Day,
        holders: CountMeasure,
        length: Option<LengthMeasure>,
    ) -> Figures {
        let (total, done) = (self.all.area, self.cleared.area);
        let plan = self.plan.line(snapshot);
        let planned_area = plan.as_ref().map(|plan| SquareMetres::new(plan.area_on(day)));
        let finished = self.last.filter(|_| self.cleared.parcels == self.all.parcels);
        let money = MoneyMeasure { approved: self.approved, paid: self.paid, rounded_to: None };
        let progress = Progress {
            share: done.share_of(total),
            planned_share: planned_area.map(|area| area.share_of(total).min(1.0)),
            days_ahead: plan.as_ref().map(|plan| plan.days_ahead(done.get(), day, finished)),
            measures: Measures {
                area: AreaMeasure { total, done, planned: planned_area },
                parcels: CountMeasure {
                    total: self.all.parcels,
                    done: self.cleared.parcels,
                    planned: self.any_plan.then_some(self.planned),
                },
                money: (holders.total >= FEWEST_HOLDERS).then_some(money),
                holders,
                length,
            },
        };
        Figures { progress, blocked: self.blocked, overdue: self.overdue, late: self.late }
    }
}
