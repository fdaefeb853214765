//! Which regime holds for an act: that of its day, unless a transition keeps an earlier one.

use super::{Act, CaseFile, Holding, Law, MarkCode, Regime, RegimeNumber, Transition};
use crate::domain::Day;

impl Transition {
    pub(super) fn fits(&self, file: &CaseFile<'_>, day: Day) -> bool {
        let before = self.change.plus(-1);
        let first = |act: &Act| file.first(*act);
        let notice = file.last(Act::Notice, before);
        self.change <= day
            && self.had.iter().all(|act| first(act).is_some_and(|on| on <= before))
            && !self.had_not.iter().any(|act| first(act).is_some_and(|on| on <= before))
            && self.notice_before.is_none_or(|limit| notice.is_some_and(|on| on < limit))
            && self.notice_since.is_none_or(|limit| notice.is_some_and(|on| on >= limit))
            && self
                .plan_since
                .is_none_or(|limit| file.last(Act::PlanApproved, before).is_some_and(|on| on >= limit))
            && (!self.choice || file.choice.is_some())
            && (!self.only_notice
                || file
                    .last(Act::Notice, day)
                    .max(file.last(Act::NoticeReissued, day))
                    .is_some_and(|on| on <= before))
    }
}

impl Law {
    /// The regime of a day, by the calendar alone; the first one before there was any.
    pub fn regime_on(&self, day: Day) -> RegimeNumber {
        let at = self.regimes.iter().rposition(|regime| regime.from <= day).unwrap_or(0);
        RegimeNumber(at as u8)
    }

    /// A regime.
    pub fn regime(&self, number: RegimeNumber) -> &Regime {
        &self.regimes[usize::from(number.0)]
    }

    /// The regime that holds for `act` on `day`: that of the day, unless a transition keeps an earlier one.
    pub fn holding(&self, file: &CaseFile<'_>, act: Act, day: Day) -> Holding {
        let mut held = Holding { regime: self.regime_on(day), by: None, silent: None };
        let Some(first) = file.first_of_all() else { return held };
        let came = file.acts();
        // Most rows are put aside by the acts that came, without a look at their days.
        let fits = |row: &Transition| came.holds_all(row.wants) && row.fits(file, day);
        let mut settled = None;
        for at in self.about[act.number()].iter().copied() {
            let row = &self.transitions[at];
            // Without an act before the change nothing was under way.
            if row.change > day || first >= row.change || settled == Some(row.change) {
                continue;
            }
            if !fits(row) || row.above.iter().any(|before| fits(&self.transitions[*before])) {
                continue;
            }
            if !row.beside {
                settled = Some(row.change);
            }
            let regime = if row.choice { file.choice } else { row.regime };
            if let Some(regime) = regime {
                (held.regime, held.by) = (regime, Some(at));
            }
            if row.mark == Some(MarkCode::NoText) && row.until.is_none_or(|until| day <= until) {
                held.silent = Some(at);
            }
        }
        held
    }

    /// The transitions that hold for a case on `day`, in the order of the file.
    pub fn transitions_of(&self, file: &CaseFile<'_>, day: Day) -> Vec<&Transition> {
        let file = &file.until(day);
        let mut settled: Vec<Day> = Vec::new();
        let mut found = Vec::new();
        for row in &self.transitions {
            let expired = || {
                self.notice(file, day)
                    .is_some_and(|notice| notice.valid_until.is_some_and(|until| until < day))
            };
            if !row.fits(file, day)
                || (!row.beside && settled.contains(&row.change))
                || (row.expired && !expired() && file.last(Act::NoticeReissued, day).is_none())
            {
                continue;
            }
            if !row.beside {
                settled.push(row.change);
            }
            found.push(row);
        }
        found
    }

    /// The day from which a notice of `day` no longer holds, by a transition.
    pub(super) fn lapses(&self, file: &CaseFile<'_>, notice: Day, day: Day) -> Option<&Transition> {
        self.transitions
            .iter()
            .filter(|row| {
                row.lapses.contains(&Act::Notice) && notice < row.notice_before.unwrap_or(row.change)
            })
            .find(|row| row.fits(file, day))
    }
}
