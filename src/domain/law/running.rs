//! Clocks that run on a day: what is due, what expires, what is paid late.

use super::{Act, CaseFile, ClockKind, Law, Mark, RuleRef};
use crate::domain::{Day, Vnd};

/// A term that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunningClock {
    /// Place of the clock.
    pub clock: usize,
    /// The act that is due.
    pub act: Act,
    /// Day from which it counts.
    pub start: Day,
    /// Whether that day was said; else the term may end later.
    pub is_stated: bool,
    /// Last day in time; the first lawful day where that is later.
    pub due: Day,
    /// The minimum wait ends after the term: the term as the law counts it.
    pub over: Option<Day>,
}

/// A notice that expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    /// Day of its issue.
    pub issued: Day,
    /// Last day on which a decision may rest on it.
    pub until: Day,
}

/// What is paid late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LatePayment {
    /// Last day in time.
    pub due: Day,
    /// Days of interest so far.
    pub days: i32,
    /// đồng a day.
    pub a_day: Vnd,
    /// đồng so far.
    pub so_far: Vnd,
}

impl Law {
    /// The terms that run for a case on `today`, the most pressing first.
    pub fn running(&self, file: &CaseFile<'_>, today: Day) -> Vec<RunningClock> {
        let file = &file.until(today);
        let mut all: Vec<RunningClock> = self.terms_of(file, today).collect();
        all.sort_by_key(|one| (one.due, one.clock));
        all
    }

    /// The most pressing term that runs for a case on `today`.
    pub fn pressing(&self, file: &CaseFile<'_>, today: Day) -> Option<RunningClock> {
        let file = &file.until(today);
        self.terms_of(file, today).min_by_key(|one| (one.due, one.clock))
    }

    /// The terms that run for what came by `today`, in the order of the clocks. Of most cases it is seen by the acts
    /// that came, without a look at their days, that none does.
    fn terms_of(&self, file: &CaseFile<'_>, today: Day) -> impl Iterator<Item = RunningClock> {
        let came = file.acts();
        let may = move |at: &&usize| {
            let clock = &self.clocks[**at];
            came.meets(clock.begins) && !came.meets(clock.ends)
        };
        self.terms.iter().filter(may).filter_map(move |at| self.running_of(*at, file, today))
    }

    fn running_of(&self, at: usize, file: &CaseFile<'_>, today: Day) -> Option<RunningClock> {
        let clock = &self.clocks[at];
        let act = clock.to?;
        let regime = self.holding(file, act, today).regime;
        let bound = self.upper(at, file, today, regime)?;
        let floor = if clock.kind == ClockKind::Max { self.floor(file, act, today, regime) } else { None };
        let over = floor.filter(|floor| floor.day > bound.day);
        Some(RunningClock {
            clock: at,
            act,
            start: bound.start,
            is_stated: bound.is_stated,
            due: over.map_or(bound.day, |floor| floor.day),
            over: over.map(|_| bound.day),
        })
    }

    /// Whether the days off that a term meets wait to be confirmed.
    pub fn is_unsure(&self, running: &RunningClock) -> bool {
        !self.calendar.is_sure(running.start, running.due)
    }

    /// Whether the days off of the term behind a mark wait to be confirmed.
    pub fn is_mark_unsure(&self, file: &CaseFile<'_>, mark: &Mark) -> bool {
        let (RuleRef::Clock(at), Some(on)) = (mark.rule, mark.on) else { return false };
        let regime = self.holding(file, mark.act, on).regime;
        let term = self.upper(at, file, on, regime);
        term.is_some_and(|term| !self.calendar.is_sure(term.start, term.day))
    }

    /// The notice on which a recovery waits, and until when it holds; none once it was decided.
    pub fn expiry(&self, file: &CaseFile<'_>, today: Day) -> Option<Expiry> {
        let file = &file.until(today);
        let came = file.acts();
        if came.holds(Act::RecoveryDecided) || !(came.holds(Act::Notice) || came.holds(Act::NoticeReissued)) {
            return None;
        }
        let notice = self.notice(file, today)?;
        Some(Expiry { issued: notice.issued, until: notice.valid_until? })
    }

    /// The clock by which a notice expires.
    pub fn expiry_rule(&self) -> RuleRef {
        let own = |at: &&usize| self.clocks[**at].kind == ClockKind::Expiry && !self.clocks[**at].warns;
        let at = self.clocks_of[Act::RecoveryDecided.number()].iter().find(own);
        at.map_or(RuleRef::None, |at| RuleRef::Clock(*at))
    }

    /// What is owed for paying `amount` late, by `today` or the day of payment (LL 94.3b; LL13 93.2).
    pub fn late_payment(&self, file: &CaseFile<'_>, amount: Vnd, today: Day) -> Option<LatePayment> {
        let file = &file.until(today);
        let paid = [Act::Paid, Act::Deposited].into_iter().filter_map(|act| file.first(act)).min();
        let until = paid.filter(|on| *on <= today).unwrap_or(today);
        let due = self.payment_due(file, until)?;
        let days = until.since(due);
        let rate = self.late_interest.iter().rev().find(|one| one.from <= until)?.per_million_a_day;
        let interest = |days: u32| {
            let all = u128::from(amount.0) * u128::from(rate) * u128::from(days) / 1_000_000;
            u64::try_from(all).ok().map(Vnd)
        };
        let late = u32::try_from(days).ok().filter(|days| *days > 0)?;
        Some(LatePayment { due, days, a_day: interest(1)?, so_far: interest(late)? })
    }

    fn payment_due(&self, file: &CaseFile<'_>, on: Day) -> Option<Day> {
        let regime = self.holding(file, Act::Paid, on).regime;
        let of = |at: &&usize| self.clocks[**at].to == Some(Act::Paid);
        self.terms.iter().filter(of).find_map(|at| Some(self.upper(*at, file, on, regime)?.day))
    }
}
