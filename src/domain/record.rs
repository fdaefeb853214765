//! A parcel's record: what all its events together say, by replay.
//!
//! The one place that says what an event means. An event is in force unless a
//! correction names it; a correction can be corrected like any other event.
//! What is in force counts in the order of its days, then of its positions, so
//! that a back-dated event falls where it belongs.

use serde::{Deserialize, Serialize};

use super::{
    BlockerKind, Branch, Day, Event, EventKind, LedgerPosition, Stage, StageDays, Vnd,
    law::{Act, ActDetails, Fact},
};

/// Something that stands, or stood, in the way of a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocker {
    /// What it is.
    pub kind: BlockerKind,
    /// First day.
    pub opened: Day,
    /// Day on which it was settled.
    pub closed: Option<Day>,
}

impl Blocker {
    /// Whether it stood in the way on `day`.
    pub fn stands_on(&self, day: Day) -> bool {
        self.opened <= day && self.closed.is_none_or(|closed| day < closed)
    }
}

/// A time in a side branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchStay {
    /// Branch.
    pub branch: Branch,
    /// First day.
    pub entered: Day,
    /// Day on which it ended.
    pub left: Option<Day>,
}

impl BranchStay {
    /// Whether the parcel was in the branch on `day`.
    pub fn holds_on(&self, day: Day) -> bool {
        self.entered <= day && self.left.is_none_or(|left| day < left)
    }
}

/// What few parcels have beside their stages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Marks {
    /// Blockers in the order of their opening, past ones too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blockers: Vec<Blocker>,
    /// Side branches in the order of their days, past ones too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub branches: Vec<BranchStay>,
    /// Payments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<(Day, Vnd)>,
    /// Facts of the law by day: steps beside the stages, and stages that came again or with more than a day.
    /// Where an act is among them, all of its occurrences are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// The handover came before payment, by consent.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub early: bool,
    /// Day on which a plot or flat was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resettled: Option<Day>,
    /// Planned day of handover, where it was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned: Option<Day>,
    /// First day, where other parcels stood in its place before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub began: Option<Day>,
    /// First day on which it no longer counts: withdrawn, split or merged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Day>,
}

impl Marks {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether something shows that the household is to be resettled.
    pub fn resettles(&self) -> bool {
        self.resettled.is_some() || self.blockers.iter().any(|one| one.kind == BlockerKind::Resettlement)
    }

    /// Whether the parcel counts on `day`.
    pub fn exists_on(&self, day: Day) -> bool {
        self.began.is_none_or(|began| began <= day) && self.ended.is_none_or(|ended| day < ended)
    }
}

/// The state of a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// Day on which each stage was reached.
    pub days: StageDays,
    /// Compensation and support approved.
    pub approved: Vnd,
    /// The rest.
    pub marks: Marks,
    /// Position of the last event about the parcel, corrections too; 0 when there is none.
    pub version: LedgerPosition,
}

/// An event that no correction takes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce<'a> {
    /// Its position: of the correction, if it is one.
    pub position: LedgerPosition,
    /// Day on which it took effect.
    pub day: Day,
    /// What happened.
    pub kind: &'a EventKind,
}

/// The events in force, by day and position.
pub fn in_force(events: &[Event]) -> Vec<InForce<'_>> {
    let mut corrected: Vec<LedgerPosition> = events.iter().filter_map(corrects).collect();
    corrected.sort_unstable();
    let stands = |event: &&Event| corrected.binary_search(&event.position).is_err();
    let details =
        |event: &'_ &Event| -> bool { !matches!(event.body.kind, EventKind::Correction { by: None, .. }) };
    let force = |event: &&'_ Event| stands(event) && details(event);
    let mut all: Vec<InForce<'_>> = events
        .iter()
        .filter(force)
        .map(|event| {
            let kind = match &event.body.kind {
                EventKind::Correction { by: Some(by), .. } => by.as_ref(),
                kind => kind,
            };
            InForce { position: event.position, day: event.body.day, kind }
        })
        .collect();
    all.sort_by_key(|event| (event.day, event.position));
    all
}

fn corrects(event: &Event) -> Option<LedgerPosition> {
    match event.body.kind {
        EventKind::Correction { corrects, .. } => Some(corrects),
        _ => None,
    }
}

impl Record {
    /// Replays a parcel's `events`, positions rising; `listed` is the day of its listing.
    pub fn replay(listed: Option<Day>, events: &[Event]) -> Self {
        let mut record = Self::default();
        record.days.set(Stage::Listed, listed);
        record.version = events.last().map_or(LedgerPosition(0), |event| event.position);
        for event in in_force(events) {
            record.take(event.position, event.day, event.kind);
        }
        record
    }

    /// Takes one more event, which comes after all others by day and position; a correction does not.
    pub fn follow(&mut self, event: &Event) {
        self.version = event.position;
        self.take(event.position, event.body.day, &event.body.kind);
    }

    /// Takes a fact: the first day of a stage stays its day.
    fn fact(&mut self, at: LedgerPosition, day: Day, act: Act, details: &ActDetails) {
        let facts = &mut self.marks.facts;
        let first = act.stage().map(|stage| (stage, self.days.get(stage)));
        if let Some((stage, None)) = first {
            self.days.set(stage, Some(day));
        }
        if first.is_none_or(|(_, first)| first.is_some()) || !details.is_empty() {
            if let Some((_, Some(first))) = first
                && facts.iter().all(|fact| fact.act != act)
            {
                facts.push(Fact { act, day: first, at: LedgerPosition(0), details: ActDetails::default() });
            }
            facts.push(Fact { act, day, at, details: details.clone() });
            facts.sort_by_key(|fact| fact.day);
        }
        for stay in self.marks.branches.iter_mut().filter(|stay| stay.left.is_none()) {
            if stay.branch.is_ended_by(act) {
                stay.left = Some(day);
            }
        }
    }

    fn take(&mut self, at: LedgerPosition, day: Day, kind: &EventKind) {
        let marks = &mut self.marks;
        match kind {
            EventKind::StageReached { stage, details } => self.fact(at, day, (*stage).into(), details),
            EventKind::StepTaken { step, details } => {
                let open =
                    marks.branches.iter().any(|stay| stay.branch.act() == *step && stay.left.is_none());
                if let Some(branch) = Branch::begun_by(*step).filter(|_| !open) {
                    marks.branches.push(BranchStay { branch, entered: day, left: None });
                }
                self.fact(at, day, *step, details);
            }
            EventKind::EarlyHandover => {
                marks.early = true;
                self.fact(at, day, Act::HandedOver, &ActDetails::default());
            }
            EventKind::BlockerOpened { blocker } => {
                marks.blockers.push(Blocker { kind: *blocker, opened: day, closed: None });
            }
            EventKind::BlockerClosed { blocker } => {
                let open = |b: &&mut Blocker| b.kind == *blocker && b.closed.is_none();
                if let Some(found) = marks.blockers.iter_mut().rev().find(open) {
                    found.closed = Some(day);
                }
            }
            EventKind::BranchEntered { branch } => {
                marks.branches.push(BranchStay { branch: *branch, entered: day, left: None });
                self.fact(at, day, branch.act(), &ActDetails::default());
            }
            EventKind::BranchLeft { branch } => {
                let open = |stay: &&mut BranchStay| stay.branch == *branch && stay.left.is_none();
                if let Some(found) = marks.branches.iter_mut().rev().find(open) {
                    found.left = Some(day);
                }
            }
            EventKind::MoneyApproved { amount } => self.approved = *amount,
            EventKind::MoneyPaid { amount } => marks.payments.push((day, *amount)),
            EventKind::ResettlementAssigned { .. } => marks.resettled = Some(day),
            EventKind::PlannedDateChanged { planned } => marks.planned = Some(*planned),
            EventKind::ParcelWithdrawn | EventKind::ParcelSplit { .. } | EventKind::ParcelMerged { .. } => {
                marks.ended = Some(marks.ended.map_or(day, |ended| ended.min(day)));
            }
            EventKind::ParcelFormed { .. } => marks.began = Some(day),
            EventKind::Imported { .. } | EventKind::PlanChanged { .. } | EventKind::Correction { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{NewEvent, ParcelId};

    fn event(position: u64, day: i64, kind: EventKind) -> Event {
        let body = NewEvent {
            parcel: Some(ParcelId(1)),
            day: Day::from_number(day).unwrap(),
            recorded_at: 0,
            author: String::new(),
            document: None,
            note: None,
            attachments: Vec::new(),
            kind,
        };
        Event { position: LedgerPosition(position), body }
    }

    fn day(number: i64) -> Option<Day> {
        Day::from_number(number).ok()
    }

    #[test]
    fn a_correction_moves_an_event_takes_it_back_and_can_be_taken_back_itself() {
        let notice = EventKind::reached(Stage::Notice);
        let moved = EventKind::Correction { corrects: LedgerPosition(1), by: Some(Box::new(notice.clone())) };
        let gone = EventKind::Correction { corrects: LedgerPosition(2), by: None };
        let back = EventKind::Correction { corrects: LedgerPosition(3), by: Some(Box::new(notice.clone())) };
        let events = [event(1, 10, notice), event(2, 8, moved), event(3, 8, gone), event(4, 9, back)];
        let reached = |n: usize| Record::replay(day(1), &events[..n]).days.get(Stage::Notice);
        assert_eq!([reached(1), reached(2), reached(3), reached(4)], [day(10), day(8), None, day(9)]);
    }

    #[test]
    fn a_back_dated_blocker_falls_where_it_belongs() {
        let (kind, other) = (BlockerKind::Price, BlockerKind::Graves);
        let events = [
            event(1, 10, EventKind::BlockerOpened { blocker: kind }),
            event(2, 20, EventKind::BlockerClosed { blocker: kind }),
            event(3, 5, EventKind::BlockerOpened { blocker: other }),
        ];
        let record = Record::replay(day(1), &events);
        assert_eq!(record.marks.blockers[0].kind, other);
        assert_eq!(record.marks.blockers[1].closed, day(20));
        assert_eq!(record.version, LedgerPosition(3));
    }

    #[test]
    fn what_comes_again_keeps_its_first_day_and_all_its_occurrences() {
        let sent = ActDetails { sent: day(12), ..ActDetails::default() };
        let events = [
            event(1, 10, EventKind::reached(Stage::Notice)),
            event(2, 30, EventKind::StageReached { stage: Stage::Notice, details: sent.clone() }),
            event(
                3,
                20,
                EventKind::StepTaken { step: Act::EnforcementDecided, details: ActDetails::default() },
            ),
            event(4, 25, EventKind::StepTaken { step: Act::Complied, details: ActDetails::default() }),
        ];
        let record = Record::replay(day(1), &events);
        assert_eq!(record.days.get(Stage::Notice), day(10));
        let found: Vec<_> =
            record.marks.facts.iter().map(|fact| (fact.act, Some(fact.day), fact.at.0)).collect();
        assert_eq!(
            found,
            [
                (Act::Notice, day(10), 0),
                (Act::EnforcementDecided, day(20), 3),
                (Act::Complied, day(25), 4),
                (Act::Notice, day(30), 2)
            ]
        );
        assert_eq!(
            record.marks.branches,
            [BranchStay { branch: Branch::Enforcement, entered: day(20).unwrap(), left: day(25) }]
        );
    }
}
