//! What counts for or against whom: one parcel, one measure, one case after another.

use crate::{
    atlas::Snapshot,
    domain::{
        Branch, Day, Marks, Measure, Stage, StageDays,
        law::{Act, CaseFile, Law, Mark, MarkCode, Pressing},
    },
};

use super::Span;

/// Why a case counts, or counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "snake_case")]
pub enum CaseReason {
    /// Handed over in the period.
    HandedOver,
    /// Not handed over by its end.
    Pending,
    /// On or before the day planned.
    InTime,
    /// After that day, or not at all.
    Late,
    /// All of what was approved is paid.
    Paid,
    /// Some of it is not.
    Unpaid,
    /// Settled within the days given.
    Settled,
    /// Settled later.
    SettledLate,
    /// Not settled, and the days are over.
    Unsettled,
    /// In order and within the legal days.
    Lawful,
    /// Too early, without what must come before it, or signed by who may not.
    OutOfOrder,
    /// After the legal deadline, or not at all.
    ClockBroken,
    /// Handed over by consent.
    Consented,
    /// Without the branch.
    Without,
    /// The branch was entered.
    Branch,
}

/// One case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// It counts for the one it belongs to.
    pub counts: bool,
    /// What there was to do: tenths of m², đồng, or 1.
    pub amount: u64,
    /// What was done of it.
    pub done: u64,
    /// What was planned to be done by the end of the span; for the handed-over area only.
    pub due: u64,
    /// Why.
    pub why: CaseReason,
    /// The act that it is about, if one is.
    pub act: Option<Act>,
    /// The branch that it is about, if one is.
    pub branch: Option<Branch>,
    /// Day on which it happened.
    pub on: Option<Day>,
    /// Day by which it was due.
    pub by: Option<Day>,
}

impl Case {
    fn one(counts: bool, why: CaseReason, on: Option<Day>, by: Option<Day>) -> Self {
        let done = u64::from(counts);
        Self { counts, amount: 1, done, due: 0, why, act: None, branch: None, on, by }
    }
}

/// What is known of a parcel by the end of a span.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    snapshot: &'a Snapshot,
    parcel: u32,
    span: Span,
    days: StageDays,
    marks: Option<&'a Marks>,
    planned: Option<Day>,
    handed_over: Option<Day>,
}

impl<'a> Facts<'a> {
    /// None when the parcel does not count at the end of the span.
    pub fn of(snapshot: &'a Snapshot, parcel: u32, span: Span) -> Option<Self> {
        let days = snapshot.days(parcel);
        if !days.reached(Stage::Listed, span.last) {
            return None;
        }
        let marks = snapshot.marks(parcel);
        if marks.is_some_and(|marks| !marks.exists_on(span.last)) {
            return None;
        }
        let handed_over = days.cleared_on().filter(|on| *on <= span.last);
        let columns = snapshot.parcels();
        let own = marks.and_then(|marks| marks.planned).or_else(|| columns.planned_day(parcel));
        let planned = own.or_else(|| snapshot.parcel(parcel).project().project.required_day);
        Some(Self { snapshot, parcel, span, days, marks, planned, handed_over })
    }

    /// Whether the span found the parcel not handed over: it is work.
    pub fn is_work(&self) -> bool {
        self.handed_over.is_none_or(|on| on >= self.span.first)
    }

    /// Whether the parcel is work that was to be handed over by the end of the span, or was.
    pub fn is_due(&self) -> bool {
        self.is_work()
            && (self.handed_over.is_some() || self.planned.is_some_and(|day| day <= self.span.last))
    }

    /// The day in the span on which the parcel was handed over.
    pub fn handed_over(&self) -> Option<Day> {
        self.handed_over.filter(|on| *on >= self.span.first)
    }

    /// Đồng paid up to `day` of `all` that was approved.
    fn paid(&self, all: u64, day: Day) -> u64 {
        let payments = self.marks.map_or(&[][..], |marks| &marks.payments);
        if payments.is_empty() {
            return if self.days.reached(Stage::Paid, day) { all } else { 0 };
        }
        payments.iter().filter(|(on, _)| *on <= day).map(|(_, amount)| amount.0).sum()
    }

    /// The parcel's file as of the end of the span.
    fn file(&self) -> CaseFile<'a> {
        self.snapshot.file_of(self.parcel, self.days, self.marks).until(self.span.last)
    }

    /// Whether a legal term had passed by the end of the span without its act: the most pressing one passes first, and
    /// is known already for most parcels.
    fn term_passed(&self) -> bool {
        let law = self.snapshot.law();
        let find = |law: &Law| law.pressing(&self.file(), self.span.last).map(Pressing::from);
        let most = self.snapshot.pressing_of(self.parcel, law.moment(self.span.last), find);
        most.is_some_and(|term| self.span.passed(term.due))
    }

    /// The last day of the span.
    pub fn last(&self) -> Day {
        self.span.last
    }

    fn entered(&self, branch: Branch) -> Option<Day> {
        let stays = self.marks.map_or(&[][..], |marks| &marks.branches);
        let own = |stay: &&crate::domain::BranchStay| stay.branch == branch && stay.entered <= self.span.last;
        stays.iter().find(own).map(|stay| stay.entered)
    }

    /// Whether a mandatory inventory or an enforcement was begun by the end of the span.
    pub fn forced(&self) -> Option<(Branch, Day)> {
        let branch = |branch| Some((branch, self.entered(branch)?));
        branch(Branch::MandatoryInventory).or_else(|| branch(Branch::Enforcement))
    }
}

/// The cases of a parcel under a measure.
pub fn cases(facts: &Facts<'_>, measure: Measure, mut found: impl FnMut(Case)) {
    match measure {
        Measure::HandedOverArea => area(facts).into_iter().for_each(found),
        Measure::OnPlannedDay => planned(facts).into_iter().for_each(found),
        Measure::MoneyPaid => money(facts).into_iter().for_each(found),
        Measure::BlockersSettled(kind, days) => {
            let blockers = facts.marks.map_or(&[][..], |marks| &marks.blockers);
            for blocker in blockers.iter().filter(|blocker| blocker.kind == kind) {
                settled(facts.span, *blocker, days).into_iter().for_each(&mut found);
            }
        }
        Measure::LawfulSteps => steps(facts, found),
        Measure::ConsentingHolders => consent(facts).into_iter().for_each(found),
        Measure::WithoutBranch(branch) => without(facts, branch).into_iter().for_each(found),
    }
}

fn area(facts: &Facts<'_>) -> Option<Case> {
    if !facts.is_work() {
        return None;
    }
    let area = facts.snapshot.parcels().recovered(facts.parcel).tenths();
    let planned = facts.planned;
    let on = facts.handed_over();
    Some(Case {
        counts: on.is_some(),
        amount: area,
        done: if on.is_some() { area } else { 0 },
        due: if planned.is_some_and(|day| day <= facts.span.last) { area } else { 0 },
        why: if on.is_some() { CaseReason::HandedOver } else { CaseReason::Pending },
        act: Some(Act::HandedOver),
        branch: None,
        on,
        by: planned,
    })
}

fn planned(facts: &Facts<'_>) -> Option<Case> {
    let planned = facts.planned.filter(|_| facts.is_work())?;
    let on = facts.handed_over();
    let in_time = on.is_some_and(|on| on <= planned);
    let fell_due = planned >= facts.span.first && facts.span.passed(planned);
    let why = if in_time { CaseReason::InTime } else { CaseReason::Late };
    (in_time || fell_due)
        .then(|| Case { act: Some(Act::HandedOver), ..Case::one(in_time, why, on, Some(planned)) })
}

fn money(facts: &Facts<'_>) -> Option<Case> {
    let approved = facts.days.get(Stage::PlanApproved).filter(|on| *on <= facts.span.last)?;
    let all = facts.snapshot.money(facts.parcel).0;
    let before = facts.paid(all, facts.span.first.plus(-1));
    let amount = all.saturating_sub(before);
    if amount == 0 {
        return None;
    }
    let done = facts.paid(all, facts.span.last).saturating_sub(before).min(amount);
    let paid = done == amount;
    Some(Case {
        counts: paid,
        amount,
        done,
        due: 0,
        why: if paid { CaseReason::Paid } else { CaseReason::Unpaid },
        act: Some(Act::Paid),
        branch: None,
        on: facts.days.get(Stage::Paid).filter(|on| *on <= facts.span.last),
        by: Some(approved),
    })
}

fn settled(span: Span, blocker: crate::domain::Blocker, days: u16) -> Option<Case> {
    if blocker.opened > span.last || blocker.closed.is_some_and(|closed| closed < span.first) {
        return None;
    }
    let by = blocker.opened.plus(i32::from(days));
    match blocker.closed.filter(|closed| *closed <= span.last) {
        Some(on) if on <= by => Some(Case::one(true, CaseReason::Settled, Some(on), Some(by))),
        Some(on) => Some(Case::one(false, CaseReason::SettledLate, Some(on), Some(by))),
        None => span.passed(by).then(|| Case::one(false, CaseReason::Unsettled, None, Some(by))),
    }
}

/// Each act that came in the span, and the terms that passed in it without their acts.
pub fn steps(facts: &Facts<'_>, mut found: impl FnMut(Case)) {
    let Facts { span, days, snapshot, .. } = *facts;
    let law = snapshot.law();
    let own = facts.marks.map_or(&[][..], |marks| &marks.facts);
    let came = days.any_within(span.first, span.last) || own.iter().any(|fact| span.holds(fact.day));
    let passed = facts.term_passed();
    if !(came || passed) {
        return;
    }
    let file = facts.file();
    if came {
        let mut marks = Vec::new();
        for act in file.acts_that_came().filter(|act| *act != Act::Listed && *act != Act::Paused) {
            for fact in file.occurrences(act, span.last) {
                if !span.holds(fact.day) {
                    continue;
                }
                marks.clear();
                law.marks_of(&file, &fact, &mut marks);
                let against = |mark: &&Mark| law.is_unlawful(mark.code) && !law.is_mark_unsure(&file, mark);
                let worst = marks.iter().filter(against).min_by_key(|mark| mark.code);
                let why = match worst.map(|mark| mark.code) {
                    None => CaseReason::Lawful,
                    Some(MarkCode::L) => CaseReason::ClockBroken,
                    Some(_) => CaseReason::OutOfOrder,
                };
                let by = worst.and_then(|mark| mark.bound);
                found(Case {
                    act: Some(act),
                    ..Case::one(why == CaseReason::Lawful, why, Some(fact.day), by)
                });
            }
        }
    }
    if !passed {
        return;
    }
    for running in law.running(&file, span.last) {
        // A term whose days off wait to be confirmed is held against nobody.
        if span.passed(running.due) && running.due >= span.first && !law.is_unsure(&running) {
            let case = Case::one(false, CaseReason::ClockBroken, None, Some(running.due));
            found(Case { act: Some(running.act), ..case });
        }
    }
}

fn consent(facts: &Facts<'_>) -> Option<Case> {
    let (handed_over, forced) = (facts.handed_over(), facts.forced());
    match forced {
        Some((branch, on)) if handed_over.is_some() || facts.span.holds(on) => {
            Some(Case { branch: Some(branch), ..Case::one(false, CaseReason::Branch, Some(on), None) })
        }
        Some(_) => None,
        None => handed_over.map(|on| Case::one(true, CaseReason::Consented, Some(on), None)),
    }
}

fn without(facts: &Facts<'_>, branch: Branch) -> Option<Case> {
    let handed_over = facts.handed_over();
    match facts.entered(branch) {
        Some(on) if handed_over.is_some() || facts.span.holds(on) => {
            Some(Case { branch: Some(branch), ..Case::one(false, CaseReason::Branch, Some(on), None) })
        }
        Some(_) => None,
        None => handed_over.map(|on| Case::one(true, CaseReason::Without, Some(on), None)),
    }
}
