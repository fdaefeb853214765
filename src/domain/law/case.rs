//! What is known of a parcel when the law looks at it.

use super::act::ActSet;
use super::{Act, ActDetails, Basis, Fact, LandGroup, Path, RegimeNumber};
use crate::domain::{Day, LedgerPosition, StageDays};

/// A parcel's file as the law sees it: the days of its stages, and the facts beside them.
#[derive(Debug, Clone, Copy)]
pub struct CaseFile<'a> {
    /// First days of the stages.
    pub days: StageDays,
    /// Facts by day. Where an act is among them, all of its occurrences are; other stages have just their day.
    pub facts: &'a [Fact],
    /// Kind of land by its use; what the notice says comes first.
    pub land: Option<LandGroup>,
    /// The land was handed over before payment, by consent.
    pub early: bool,
    /// Something beside the facts shows that the household is to be resettled.
    pub resettles: bool,
    /// The province's choice for the project.
    pub choice: Option<RegimeNumber>,
}

impl<'a> CaseFile<'a> {
    /// A file in which nothing is known beside the days of the stages.
    pub fn new(days: StageDays, facts: &'a [Fact]) -> Self {
        Self { days, facts, land: None, early: false, resettles: false, choice: None }
    }

    /// The file as it was known on `day`.
    #[must_use]
    pub fn until(&self, day: Day) -> Self {
        let facts = &self.facts[..self.facts.partition_point(|fact| fact.day <= day)];
        Self { days: self.days.until(day), facts, ..*self }
    }

    /// The acts that came.
    pub(super) fn acts(&self) -> ActSet {
        ActSet::of_stages(self.days.mask()).and(ActSet::of(self.facts.iter().map(|fact| &fact.act)))
    }

    /// The acts that came, in the order of their numbers.
    pub fn acts_that_came(&self) -> impl Iterator<Item = Act> + use<> {
        let came = self.acts();
        Act::ALL.iter().copied().filter(move |act| came.holds(*act))
    }

    fn stage_day(&self, act: Act) -> Option<Day> {
        act.stage().and_then(|stage| self.days.get(stage))
    }

    /// The occurrences of an act, by day.
    fn facts_of(&self, act: Act) -> impl DoubleEndedIterator<Item = &'a Fact> + use<'a> {
        self.facts.iter().filter(move |fact| fact.act == act)
    }

    /// The first day of an act.
    pub fn first(&self, act: Act) -> Option<Day> {
        self.facts_of(act).next().map(|fact| fact.day).or_else(|| self.stage_day(act))
    }

    /// The last day of an act up to `by`.
    pub fn last(&self, act: Act, by: Day) -> Option<Day> {
        let mut facts = self.facts_of(act).peekable();
        if facts.peek().is_none() {
            return self.stage_day(act).filter(|on| *on <= by);
        }
        facts.rev().map(|fact| fact.day).find(|on| *on <= by)
    }

    /// Whether an act came by `day`.
    pub fn came(&self, act: Act, day: Day) -> bool {
        self.first(act).is_some_and(|on| on <= day)
    }

    /// The last occurrence of an act up to `by`.
    pub fn fact(&self, act: Act, by: Day) -> Option<Fact> {
        let mut facts = self.facts_of(act).rev();
        match facts.find(|fact| fact.day <= by) {
            Some(fact) => Some(fact.clone()),
            None if self.facts_of(act).next().is_some() => None,
            None => self.stage_day(act).filter(|on| *on <= by).map(|day| plain(act, day)),
        }
    }

    /// All occurrences of an act up to `by`, by day.
    pub fn occurrences(&self, act: Act, by: Day) -> impl Iterator<Item = Fact> + use<'a> {
        let facts = self.facts_of(act);
        let has_facts = self.facts_of(act).next().is_some();
        let stage = self.stage_day(act).filter(|_| !has_facts).map(|day| plain(act, day));
        stage.into_iter().chain(facts.cloned()).filter(move |fact| fact.day <= by)
    }

    /// The day of the last occurrence up to `by` that counts for a clock, and whether it was said.
    pub(super) fn basis(&self, (act, basis): (Act, Basis), by: Day) -> Option<(Day, bool)> {
        let mut any = false;
        for fact in self.facts_of(act).rev() {
            any = true;
            if fact.day <= by {
                return Some(fact.on(basis));
            }
        }
        let day = self.stage_day(act).filter(|on| !any && *on <= by)?;
        Some((day, basis == Basis::Day))
    }

    /// The first day of the procedure that is known, the listing aside.
    pub(super) fn first_of_all(&self) -> Option<Day> {
        let fact = self.facts.first().map(|fact| fact.day);
        self.days.first_beside_listing().into_iter().chain(fact).min()
    }

    /// Kind of land on `day`: what the last notice says, else by its use.
    pub fn land_on(&self, day: Day) -> Option<LandGroup> {
        let details = |fact: &&Fact| {
            matches!(fact.act, Act::Notice | Act::NoticeReissued)
                && fact.day <= day
                && fact.details.land.is_some()
        };
        self.facts.iter().rev().find(details).and_then(|fact| fact.details.land).or(self.land)
    }

    /// Whether the household is to be resettled, as known on `day`, and whether that was said: a plan says so, or a
    /// condition of resettlement was met. Of farm land it is taken that it is not; of other land nobody knows.
    pub fn resettlement(&self, day: Day) -> (Option<bool>, bool) {
        let mut plans = self.facts_of(Act::PlanApproved).rev().filter(|fact| fact.day <= day);
        if let Some(details) = plans.find_map(|fact| fact.details.resettlement) {
            return (Some(details), true);
        }
        if self.resettles || self.facts_of(Act::Resettled).next().is_some_and(|fact| fact.day <= day) {
            return (Some(true), true);
        }
        ((self.land_on(day) == Some(LandGroup::Farm)).then_some(false), false)
    }

    /// Whether someone did not agree at the last meeting on the plan; none when it was not counted.
    pub fn disagreed(&self, day: Day) -> Option<bool> {
        let meeting = self.facts_of(Act::Consulted).rev().find(|fact| fact.day <= day)?;
        meeting.details.disagree.map(|count| count > 0)
    }

    /// By which way a recovery of `day` goes: as it says, else by the plan, else by a confirmed agreement.
    pub fn path(&self, day: Day) -> Path {
        let decided = self.facts_of(Act::RecoveryDecided).rev().find(|fact| fact.day <= day);
        if let Some(path) = decided.and_then(|fact| fact.details.path) {
            return path;
        }
        let confirmed = || {
            self.facts_of(Act::AgreementConfirmed)
                .any(|fact| fact.day <= day && fact.details.is_agreed() == Some(true))
        };
        if !self.came(Act::PlanApproved, day) && confirmed() { Path::Agreed } else { Path::Normal }
    }

    /// What was said with the last occurrence of an act up to `by`.
    pub(super) fn details(&self, act: Act, by: Day) -> Option<&'a ActDetails> {
        self.facts_of(act).rev().find(|fact| fact.day <= by).map(|fact| &fact.details)
    }

    /// Days of pauses between two days, the first not counted.
    pub(super) fn paused(&self, from: Day, to: Day) -> i32 {
        let within = |fact: &Fact| {
            let end = fact.details.until.unwrap_or(to).min(to);
            end.since(fact.day.max(from)).max(0)
        };
        self.facts_of(Act::Paused).filter(|fact| fact.day <= to).map(within).sum()
    }
}

fn plain(act: Act, day: Day) -> Fact {
    Fact { act, day, at: LedgerPosition(0), details: ActDetails::default() }
}
