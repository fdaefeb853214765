//! Progress and what hinders it, of any set of parcels.

use super::{
    Tally,
    progress::{
        AreaMeasure, CountMeasure, FEWEST_HOLDERS, LengthMeasure, Measures, MoneyMeasure, Progress, holders,
        length,
    },
    standing,
    sums::Sums,
};
use crate::{
    atlas::Snapshot,
    domain::{Day, SquareMetres},
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

impl Sums {
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

/// Progress of `parcels` on `day`. `projects` are those whose alignment
/// counts, by index; give none for sets that cut projects into parts.
pub fn progress(snapshot: &Snapshot, parcels: &[u32], projects: &[usize], day: Day) -> Progress {
    Figures::of(snapshot, parcels, projects, day).progress
}
