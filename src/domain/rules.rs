//! What may be recorded about a parcel: whatever happened, unless it contradicts itself.
//!
//! An unlawful act is recorded and marked ([`law`](super::law)); only what can't be so is refused: a day in the
//! future, an end before its start, what closes without having been open, what rests on a decision that was
//! never made. An event is judged by what it would make of the parcel's record: what contradicts itself after
//! it and did not before is why it is refused, so that an old fault does not block what comes after.

use super::{
    Day, Event, EventKind, Record, Refusal, Stage,
    law::{Act, Law},
    record::{InForce, in_force},
};

/// Judges whether `event` may follow a parcel's `events`; `listed` is the day of its listing. The parcel's record
/// with it.
///
/// # Errors
/// [`Refusal`] with the first reason against it.
pub fn judge(
    law: &Law,
    listed: Option<Day>,
    events: &[Event],
    event: &Event,
    today: Day,
) -> Result<Record, Refusal> {
    let day = event.body.day;
    if day > today {
        return Err(Refusal::new("in_future", format!("{day} is in the future")).field("date"));
    }
    let before = Record::replay(listed, events);
    let kind = match &event.body.kind {
        EventKind::Correction { corrects, by } => {
            correctable(events, *corrects, by.as_deref())?;
            by.as_deref()
        }
        kind => Some(kind),
    };
    if let (Some(ended), false) = (before.marks.ended, is_correction(event))
        && (day > ended || !is_withdrawn(events))
    {
        let why = format!("the parcel was withdrawn, split or merged on {ended}");
        return Err(Refusal { on: Some(ended), ..Refusal::new("parcel_ended", why) });
    }
    if let Some((act, details)) = kind.and_then(EventKind::act) {
        details.fits(act, day)?;
    }
    if let (Some(kind), false) = (kind, is_correction(event)) {
        fits(law, &before, kind, day)?;
    }
    let mut all = events.to_vec();
    all.push(event.clone());
    let after = Record::replay(listed, &all);
    let known = contradictions(&before, &in_force(events));
    let found = contradictions(&after, &in_force(&all));
    match found.into_iter().find(|refusal| !known.contains(refusal)) {
        Some(refusal) => Err(refusal),
        None => Ok(after),
    }
}

fn is_correction(event: &Event) -> bool {
    matches!(event.body.kind, EventKind::Correction { .. })
}

fn correctable(
    events: &[Event],
    corrects: super::LedgerPosition,
    by: Option<&EventKind>,
) -> Result<(), Refusal> {
    let refuse = |code, why: String| Err(Refusal::new(code, why).field("corrects"));
    let Some(wrong) = events.iter().find(|event| event.position == corrects) else {
        return refuse("not_correctable", format!("the parcel has no event {corrects}"));
    };
    let of =
        |event: &Event| matches!(event.body.kind, EventKind::Correction { corrects: c, .. } if c == corrects);
    if let Some(by) = events.iter().find(|event| of(event)) {
        let why = format!("event {corrects} was corrected by event {}; correct that one", by.position);
        return refuse("already_corrected", why);
    }
    let fixed = |kind: &EventKind| {
        matches!(
            kind,
            EventKind::ParcelSplit { .. }
                | EventKind::ParcelMerged { .. }
                | EventKind::ParcelFormed { .. }
                | EventKind::PlanChanged { .. }
                | EventKind::Imported { .. }
        )
    };
    if fixed(&wrong.body.kind) || by.is_some_and(fixed) {
        return refuse("not_correctable", format!("event {corrects} cannot be corrected by another"));
    }
    if let Some(EventKind::Correction { .. }) = by {
        return refuse("not_correctable", "a correction holds the right event, not a correction".to_owned());
    }
    Ok(())
}

/// Whether a parcel that ended was withdrawn, and neither split nor merged.
fn is_withdrawn(events: &[Event]) -> bool {
    in_force(events).iter().any(|event| matches!(event.kind, EventKind::ParcelWithdrawn))
}

/// What can be said before the event is counted in.
fn fits(law: &Law, before: &Record, kind: &EventKind, day: Day) -> Result<(), Refusal> {
    match kind {
        EventKind::StageReached { stage, .. } => {
            let act = Act::from(*stage);
            let repeats = law.words(act).is_some_and(|words| words.repeats);
            let same_day = before.marks.facts.iter().any(|fact| fact.act == act && fact.day == day);
            let again = |on: &Day| !repeats || *on == day || same_day;
            if let Some(on) = before.days.get(*stage).filter(again) {
                let why =
                    format!("the stage \"{}\" was reached on {on}; correct that event instead", stage.code());
                return Err(Refusal::new("already_reached", why).field("stage").about(*stage, Some(on)));
            }
        }
        EventKind::StepTaken { step, .. } => {
            let repeats = law.words(*step).is_some_and(|words| words.repeats);
            let again = |on: &Day| !repeats || *on == day;
            let mut own = before.marks.facts.iter().filter(|fact| fact.act == *step).map(|fact| fact.day);
            if let Some(on) = own.find(again) {
                let why =
                    format!("the step \"{}\" was taken on {on}; correct that event instead", step.code());
                return Err(Refusal { on: Some(on), ..Refusal::new("already_reached", why).field("step") });
            }
        }
        EventKind::EarlyHandover => {
            if let Some(on) = before.days.get(Stage::HandedOver) {
                let why = format!("the land was handed over on {on}");
                return Err(Refusal::new("already_reached", why).about(Stage::HandedOver, Some(on)));
            }
            if before.days.reached(Stage::Paid, day) {
                let why = "compensation was paid before: this is an ordinary handover".to_owned();
                return Err(Refusal::new("stage_not_allowed", why).field("kind").about(Stage::Paid, None));
            }
        }
        _ => {}
    }
    Ok(())
}

/// What can't be so in a record.
fn contradictions(record: &Record, events: &[InForce<'_>]) -> Vec<Refusal> {
    let mut found = Vec::new();
    steps(record, &mut found);
    pairs(events, &mut found);
    if let Some(refusal) = events.iter().find_map(|event| zero(event.kind)) {
        found.push(refusal);
    }
    found
}

/// What rests on a decision needs the decision: force, and a notice that is issued again.
fn steps(record: &Record, found: &mut Vec<Refusal>) {
    let first = |act: Act| {
        let by_fact = record.marks.facts.iter().find(|fact| fact.act == act).map(|fact| fact.day);
        by_fact.or_else(|| act.stage().and_then(|stage| record.days.get(stage)))
    };
    for (act, needs) in [
        (Act::Enforced, Act::EnforcementDecided),
        (Act::InventoryEnforced, Act::InventoryEnforcement),
        (Act::InventoryEnforcement, Act::MandatoryInventory),
        (Act::NoticeReissued, Act::Notice),
    ] {
        let Some(on) = first(act) else { continue };
        if first(needs).is_none_or(|before| before > on) {
            let why = format!("\"{}\" on {on} can't be without \"{}\" before it", act.code(), needs.code());
            found.push(Refusal { on: first(needs), ..Refusal::new("without_its_ground", why).field("step") });
        }
    }
}

/// What was closed must have been open, and what is opened must not be.
fn pairs(events: &[InForce<'_>], found: &mut Vec<Refusal>) {
    let (mut blockers, mut open_branches) = (Vec::new(), Vec::new());
    for event in events {
        match event.kind {
            EventKind::BlockerOpened { blocker } => {
                if blockers.contains(blocker) {
                    let why =
                        format!("a blocker \"{}\" stands open already on {}", blocker.code(), event.day);
                    found.push(Refusal::new("blocker_already_open", why).field("blocker"));
                }
                blockers.push(*blocker);
            }
            EventKind::BlockerClosed { blocker } => {
                if let Some(at) = blockers.iter().rposition(|b| b == blocker) {
                    blockers.remove(at);
                    continue;
                }
                let why = format!("no blocker \"{}\" stood open on {}", blocker.code(), event.day);
                let code =
                    if opens_later(events, event) { "closed_before_opened" } else { "blocker_not_open" };
                found.push(Refusal::new(code, why).field("blocker"));
            }
            EventKind::BranchEntered { branch } => {
                if open_branches.contains(branch) {
                    let why =
                        format!("the branch \"{}\" was entered already by {}", branch.code(), event.day);
                    found.push(Refusal::new("branch_already_entered", why).field("branch"));
                }
                open_branches.push(*branch);
            }
            EventKind::BranchLeft { branch } => {
                if let Some(at) = open_branches.iter().rposition(|b| b == branch) {
                    open_branches.remove(at);
                    continue;
                }
                let why = format!("the parcel was not in the branch \"{}\" on {}", branch.code(), event.day);
                found.push(Refusal::new("branch_not_entered", why).field("branch"));
            }
            _ => {}
        }
    }
}

fn opens_later(events: &[InForce<'_>], closed: &InForce<'_>) -> bool {
    let EventKind::BlockerClosed { blocker } = closed.kind else { return false };
    let opens =
        |event: &InForce<'_>| matches!(event.kind, EventKind::BlockerOpened { blocker: b } if b == blocker);
    events.iter().any(|event| event.day > closed.day && opens(event))
}

fn zero(kind: &EventKind) -> Option<Refusal> {
    let (EventKind::MoneyApproved { amount } | EventKind::MoneyPaid { amount }) = kind else { return None };
    let wrong = amount.0 == 0 || amount.0 > 1_000_000_000_000_000;
    wrong.then(|| {
        Refusal::new("amount_not_positive", "the amount must be above 0 and below 10^15").field("amount")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{BlockerKind, LedgerPosition, NewEvent, ParcelId, Vnd, law::ActDetails};

    const TODAY: &str = "2026-01-31";

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    /// Judges events one after another from a listing on 2025-01-01; the last answer.
    fn recorded(events: &[(&str, EventKind)]) -> Result<Record, &'static str> {
        let law = crate::domain::law(&[]).unwrap();
        let mut before: Vec<Event> = Vec::new();
        let mut last = Ok(Record::default());
        for (on, kind) in events {
            let body = NewEvent {
                parcel: Some(ParcelId(1)),
                day: day(on),
                recorded_at: 0,
                author: String::new(),
                document: None,
                note: None,
                attachments: Vec::new(),
                kind: kind.clone(),
            };
            let event = Event { position: LedgerPosition(before.len() as u64 + 1), body };
            last = judge(&law, Some(day("2025-01-01")), &before, &event, day(TODAY)).map_err(|why| why.code);
            if last.is_err() {
                break;
            }
            before.push(event);
        }
        last
    }

    fn reached(stage: Stage) -> EventKind {
        EventKind::reached(stage)
    }

    fn step(step: Act) -> EventKind {
        EventKind::StepTaken { step, details: ActDetails::default() }
    }

    #[test]
    fn what_happened_is_taken_in_any_order_and_only_contradictions_are_refused() {
        use Stage::{Inventory, Meeting, Notice, Paid, RecoveryDecided};
        type Case<'a> = (&'a [(&'a str, EventKind)], Option<&'a str>);
        let ended = ActDetails { until: Some(day("2025-02-01")), ..ActDetails::default() };
        let effect = ActDetails { effect: Some(day("2025-02-01")), ..ActDetails::default() };
        let cases: &[Case<'_>] = &[
            (&[("2025-02-01", reached(Notice)), ("2025-01-20", reached(Inventory))], None),
            (&[("2025-02-01", reached(Paid))], None),
            (&[("2025-02-01", reached(RecoveryDecided)), ("2025-02-05", reached(Paid))], None),
            (&[("2024-12-31", reached(Notice))], None),
            (&[("2025-02-01", reached(Notice)), ("2025-02-20", reached(Meeting))], None),
            (&[("2026-02-01", reached(Notice))], Some("in_future")),
            // A notice may be issued anew, a decision may not.
            (&[("2025-02-01", reached(Notice)), ("2025-03-02", reached(Notice))], None),
            (&[("2025-02-01", reached(Notice)), ("2025-02-01", reached(Notice))], Some("already_reached")),
            (
                &[("2025-02-01", reached(RecoveryDecided)), ("2025-02-02", reached(RecoveryDecided))],
                Some("already_reached"),
            ),
            (
                &[("2025-03-01", EventKind::StepTaken { step: Act::PersuasionPlan, details: ended })],
                Some("ends_before_start"),
            ),
            (
                &[("2025-03-01", EventKind::StageReached { stage: Stage::PlanApproved, details: effect })],
                Some("ends_before_start"),
            ),
            (&[("2025-03-01", step(Act::Enforced))], Some("without_its_ground")),
            (&[("2025-03-01", step(Act::NoticeReissued))], Some("without_its_ground")),
            (&[("2025-03-01", step(Act::EnforcementDecided)), ("2025-03-02", step(Act::Enforced))], None),
            (
                &[("2025-03-01", step(Act::EnforcementDecided)), ("2025-02-02", step(Act::Enforced))],
                Some("without_its_ground"),
            ),
        ];
        for (events, expected) in cases {
            assert_eq!(recorded(events).err(), *expected, "{events:?}");
        }
    }

    #[test]
    fn land_may_be_handed_over_early_and_paid_for_later() {
        let mut story =
            vec![("2025-02-01", reached(Stage::Notice)), ("2025-02-10", EventKind::EarlyHandover)];
        assert!(recorded(&story).unwrap().marks.early);
        story.push(("2025-03-01", reached(Stage::Inventory)));
        assert!(recorded(&story).is_ok());
        let paid = [("2025-02-01", reached(Stage::Paid)), ("2025-02-10", EventKind::EarlyHandover)];
        assert_eq!(recorded(&paid).err(), Some("stage_not_allowed"));
    }

    #[test]
    fn what_closes_was_open() {
        let (opened, closed) = (
            EventKind::BlockerOpened { blocker: BlockerKind::Price },
            EventKind::BlockerClosed { blocker: BlockerKind::Price },
        );
        let open = ("2025-02-01", opened.clone());
        assert_eq!(recorded(&[("2025-02-01", closed.clone())]).err(), Some("blocker_not_open"));
        assert_eq!(
            recorded(&[open.clone(), ("2025-01-20", closed.clone())]).err(),
            Some("closed_before_opened")
        );
        assert_eq!(recorded(&[open.clone(), ("2025-03-01", opened)]).err(), Some("blocker_already_open"));
        assert!(recorded(&[open, ("2025-03-01", closed)]).is_ok());
        // Interest and adjustments make it possible that more is paid than was approved.
        let approved = ("2025-03-01", EventKind::MoneyApproved { amount: Vnd(100) });
        let paid = |amount| ("2025-03-02", EventKind::MoneyPaid { amount: Vnd(amount) });
        assert!(recorded(&[approved.clone(), paid(60), paid(41)]).is_ok());
        assert_eq!(recorded(&[approved, paid(0)]).err(), Some("amount_not_positive"));
    }

    #[test]
    fn the_way_back_is_a_correction_and_a_parcel_that_ended_takes_nothing_else() {
        let notice = ("2025-02-01", reached(Stage::Notice));
        let gone = |position| EventKind::Correction { corrects: LedgerPosition(position), by: None };
        let taken_back = [notice.clone(), ("2025-02-02", gone(1))];
        assert_eq!(recorded(&taken_back).unwrap().days.get(Stage::Notice), None);
        let twice = [notice.clone(), ("2025-02-02", gone(1)), ("2025-02-02", gone(1))];
        assert_eq!(recorded(&twice).err(), Some("already_corrected"));
        assert_eq!(recorded(&[("2025-02-02", gone(7))]).err(), Some("not_correctable"));
        // Taking back the decision would leave the enforcement without its ground.
        let force = [
            ("2025-02-01", step(Act::EnforcementDecided)),
            ("2025-03-01", step(Act::Enforced)),
            ("2025-03-02", gone(1)),
        ];
        assert_eq!(recorded(&force).err(), Some("without_its_ground"));
        let ended = [("2025-02-01", EventKind::ParcelWithdrawn), ("2025-03-01", reached(Stage::Notice))];
        assert_eq!(recorded(&ended).err(), Some("parcel_ended"));
        let before = [("2025-03-01", EventKind::ParcelWithdrawn), ("2025-02-01", reached(Stage::Notice))];
        assert!(recorded(&before).is_ok(), "it happened before the parcel was withdrawn");
    }
}
