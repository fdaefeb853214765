//! Regimes and what a change of the law leaves to the earlier one.

use super::act::ActSet;
use super::{Act, CaseFile, MarkCode};
use crate::domain::{Day, Label};

/// A time with its own rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Regime {
    /// Id, as other files name it.
    pub id: String,
    /// First day.
    pub from: Day,
    /// Last day; none while it goes on.
    pub to: Option<Day>,
    /// Code of its law.
    pub law: String,
    /// Name on screens.
    pub name: Label,
}

/// A regime by its place in `regimes.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegimeNumber(pub u8);

/// Several regimes, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegimeSet(pub(super) u16);

impl RegimeSet {
    /// Whether `regime` is among them.
    pub fn holds(self, regime: RegimeNumber) -> bool {
        self.0 & (1 << regime.0) != 0
    }
}

/// What a change of the law leaves as it was.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "a row of a table: each is a column of its own")]
pub struct Transition {
    /// Id: T1 … T17.
    pub id: String,
    /// The day of the change.
    pub change: Day,
    pub(super) had: Vec<Act>,
    pub(super) had_not: Vec<Act>,
    /// The acts of `had`.
    pub(super) wants: ActSet,
    /// Earlier rows of the same day that take its place where they fit, by place.
    pub(super) above: Vec<usize>,
    /// Acts from the change on that it is about.
    pub(super) acts: Vec<Act>,
    pub(super) regime: Option<RegimeNumber>,
    /// By the province's choice for the project.
    pub(super) choice: bool,
    pub(super) mark: Option<MarkCode>,
    pub(super) lapses: Vec<Act>,
    /// The mark holds for acts up to this day.
    pub(super) until: Option<Day>,
    /// Nothing but the notice rests on the earlier law: no later notice.
    pub(super) only_notice: bool,
    pub(super) notice_before: Option<Day>,
    pub(super) notice_since: Option<Day>,
    pub(super) plan_since: Option<Day>,
    /// Fits once the notice has expired.
    pub(super) expired: bool,
    /// Read beside the others of its day.
    pub(super) beside: bool,
    /// Authority by the province's choice.
    pub pending: bool,
    /// Where it stands.
    pub article: String,
    /// In words.
    pub name: Label,
}

/// What holds for an act on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// The regime.
    pub regime: RegimeNumber,
    /// The transition that keeps an earlier one, by its place.
    pub by: Option<usize>,
    /// The transition that says that the law is silent.
    pub silent: Option<usize>,
}

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

impl super::Law {
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
