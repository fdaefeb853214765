//! What may be recorded about a parcel: the procedure's moves and the order of days.
//!
//! An event is judged by what it would make of the parcel's record: what the
//! record says against the procedure after it and did not say before is why it
//! is refused. So a back-dated event or a correction that fits is taken, and an
//! old irregularity does not block what comes after.

use super::{
    Branch, Day, Event, EventKind, Misstep, Procedure, Record, Stage,
    record::{InForce, in_force},
};

/// Why an event is refused.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Refusal {
    /// Code of the reason, for programs.
    pub code: &'static str,
    /// Field that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Stage that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// Day that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<Day>,
    /// The numbers that a text may mean, where it may mean two.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<String>,
    /// The reason, for people.
    pub detail: String,
}

impl Refusal {
    /// A refusal about no field in particular.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, field: None, stage: None, on: None, readings: Vec::new(), detail: detail.into() }
    }

    /// The refusal with the field that it is about.
    #[must_use]
    pub fn field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    fn about(mut self, stage: Stage, on: Option<Day>) -> Self {
        (self.stage, self.on) = (Some(stage), on);
        self
    }
}

/// Judges whether `event` may follow a parcel's `events`; `listed` is the day of its listing.
///
/// # Errors
/// The first reason against it.
pub fn judge(
    procedure: &Procedure,
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
    if let Some(listed) = listed.filter(|listed| day < *listed && kind.is_some()) {
        let why = format!("{day} is before the day of the listing, {listed}");
        return Err(Refusal::new("before_listed", why).field("date").about(Stage::Listed, Some(listed)));
    }
    if let (Some(ended), false) = (before.marks.ended, is_correction(event)) {
        let why = format!("the parcel was withdrawn, split or merged on {ended}");
        return Err(Refusal { on: Some(ended), ..Refusal::new("parcel_ended", why) });
    }
    if let (Some(kind), false) = (kind, is_correction(event)) {
        fits(procedure, &before, kind, day)?;
    }
    let mut all = events.to_vec();
    all.push(event.clone());
    let after = Record::replay(listed, &all);
    let known = irregularities(procedure, &before, &in_force(events));
    let found = irregularities(procedure, &after, &in_force(&all));
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

/// What can be said before the event is counted in.
fn fits(procedure: &Procedure, before: &Record, kind: &EventKind, day: Day) -> Result<(), Refusal> {
    match kind {
        EventKind::StageReached { stage } => {
            if let Some(on) = before.days.get(*stage) {
                let why =
                    format!("the stage \"{}\" was reached on {on}; correct that event instead", stage.code());
                return Err(Refusal::new("already_reached", why).field("stage").about(*stage, Some(on)));
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
    if let EventKind::BranchEntered { branch } = kind
        && !procedure.branches().iter().any(|rule| rule.branch == *branch)
    {
        let why = format!("this procedure has no branch \"{}\"", branch.code());
        return Err(Refusal::new("branch_not_allowed", why).field("branch"));
    }
    Ok(())
}

/// What a record says against the procedure.
pub fn irregularities(procedure: &Procedure, record: &Record, events: &[InForce<'_>]) -> Vec<Refusal> {
    let mut found = Vec::new();
    stages(procedure, record, &mut found);
    branches(procedure, record, &mut found);
    pairs(events, &mut found);
    if let Some(refusal) = events.iter().find_map(|event| zero(event.kind)) {
        found.push(refusal);
    }
    let paid: u64 = record.marks.payments.iter().map(|(_, amount)| amount.0).sum();
    if paid > record.approved.0 {
        // Amounts are personal data: the reason does not tell them.
        found.push(Refusal::new("paid_more_than_approved", "more is paid than was approved").field("amount"));
    }
    found
}

fn stages(procedure: &Procedure, record: &Record, found: &mut Vec<Refusal>) {
    let days = record.days;
    procedure.missteps(days, record.marks.early, |stage, misstep| {
        let code = stage.code();
        found.push(match misstep {
            Misstep::Unknown => {
                let why = format!("this procedure has no stage \"{code}\"");
                Refusal::new("stage_not_allowed", why).field("stage").about(stage, None)
            }
            Misstep::TooEarly => {
                let why = "land can be handed over early from the notice of recovery on";
                Refusal::new("stage_not_allowed", why).field("kind").about(stage, None)
            }
            Misstep::Unfollowed => {
                let rule = procedure.stages().iter().find(|rule| rule.stage == stage);
                let before: Vec<&str> =
                    rule.iter().flat_map(|rule| &rule.follows).map(|stage| stage.code()).collect();
                let why = format!("\"{code}\" may follow {}, which was not reached", before.join(" or "));
                Refusal::new("stage_not_allowed", why).field("stage").about(stage, None)
            }
            Misstep::Before(before, on) => {
                let day = days.get(stage).unwrap_or(on);
                let other = before.code();
                let why = format!("\"{code}\" on {day} is before \"{other}\" on {on}, which comes before it");
                Refusal::new("before_previous_stage", why).field("date").about(before, Some(on))
            }
        });
    });
}

fn branches(procedure: &Procedure, record: &Record, found: &mut Vec<Refusal>) {
    let rule = |branch: Branch| procedure.branches().iter().find(move |rule| rule.branch == branch);
    for stay in &record.marks.branches {
        let Some(rule) = rule(stay.branch) else { continue };
        if !record.days.reached(rule.from, stay.entered) {
            let why =
                format!("\"{}\" can begin once \"{}\" was reached", stay.branch.code(), rule.from.code());
            found.push(Refusal::new("branch_not_allowed", why).field("branch").about(rule.from, None));
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
    use crate::domain::{BlockerKind, LedgerPosition, NewEvent, ParcelId, Vnd, procedures};

    const TODAY: &str = "2026-01-31";

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    /// Judges events one after another from a listing on 2025-01-01; the last answer.
    fn tell(events: &[(&str, EventKind)]) -> Result<Record, &'static str> {
        let law = procedures(&[]).unwrap().remove(0);
        let mut told: Vec<Event> = Vec::new();
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
            let event = Event { position: LedgerPosition(told.len() as u64 + 1), body };
            last = judge(&law, Some(day("2025-01-01")), &told, &event, day(TODAY)).map_err(|why| why.code);
            if last.is_err() {
                break;
            }
            told.push(event);
        }
        last
    }

    fn reached(stage: Stage) -> EventKind {
        EventKind::StageReached { stage }
    }

    #[test]
    fn moves_follow_the_procedure_and_days_follow_each_other() {
        use Stage::{Inventory, Meeting, Notice, Paid};
        type Case<'a> = (&'a [(&'a str, EventKind)], Option<&'a str>);
        let cases: &[Case<'_>] = &[
            (&[("2025-02-01", reached(Notice)), ("2025-03-01", reached(Inventory))], None),
            (
                &[("2025-02-01", reached(Notice)), ("2025-01-20", reached(Inventory))],
                Some("before_previous_stage"),
            ),
            (&[("2025-02-01", reached(Paid))], Some("stage_not_allowed")),
            (&[("2024-12-31", reached(Notice))], Some("before_listed")),
            (&[("2026-02-01", reached(Notice))], Some("in_future")),
            (&[("2025-02-01", reached(Notice)), ("2025-02-02", reached(Notice))], Some("already_reached")),
            // The meeting was not recorded in time; its day fits.
            (&[("2025-02-01", reached(Notice)), ("2025-01-20", reached(Meeting))], None),
            (
                &[("2025-02-01", reached(Notice)), ("2025-02-20", reached(Meeting))],
                Some("before_previous_stage"),
            ),
        ];
        for (events, expected) in cases {
            assert_eq!(tell(events).err(), *expected, "{events:?}");
        }
    }

    #[test]
    fn land_may_be_handed_over_early_and_paid_for_later() {
        let mut story =
            vec![("2025-02-01", reached(Stage::Notice)), ("2025-02-10", EventKind::EarlyHandover)];
        assert!(tell(&story).unwrap().marks.early);
        story.push(("2025-03-01", reached(Stage::Inventory)));
        assert!(tell(&story).is_ok());
        assert_eq!(tell(&[("2025-01-10", EventKind::EarlyHandover)]).err(), Some("stage_not_allowed"));
    }

    #[test]
    fn what_closes_was_open_and_no_more_is_paid_than_was_approved() {
        let (opened, closed) = (
            EventKind::BlockerOpened { blocker: BlockerKind::Price },
            EventKind::BlockerClosed { blocker: BlockerKind::Price },
        );
        let open = ("2025-02-01", opened.clone());
        assert_eq!(tell(&[("2025-02-01", closed.clone())]).err(), Some("blocker_not_open"));
        assert_eq!(tell(&[open.clone(), ("2025-01-20", closed.clone())]).err(), Some("closed_before_opened"));
        assert_eq!(tell(&[open.clone(), ("2025-03-01", opened)]).err(), Some("blocker_already_open"));
        assert!(tell(&[open, ("2025-03-01", closed)]).is_ok());
        let approved = ("2025-03-01", EventKind::MoneyApproved { amount: Vnd(100) });
        let paid = |amount| ("2025-03-02", EventKind::MoneyPaid { amount: Vnd(amount) });
        assert!(tell(&[approved.clone(), paid(60), paid(40)]).is_ok());
        assert_eq!(tell(&[approved, paid(60), paid(41)]).err(), Some("paid_more_than_approved"));
    }

    #[test]
    fn the_way_back_is_a_correction_and_a_parcel_that_ended_takes_nothing_else() {
        let notice = ("2025-02-01", reached(Stage::Notice));
        let gone = |position| EventKind::Correction { corrects: LedgerPosition(position), by: None };
        let taken_back = [notice.clone(), ("2025-02-02", gone(1))];
        assert_eq!(tell(&taken_back).unwrap().days.get(Stage::Notice), None);
        let twice = [notice.clone(), ("2025-02-02", gone(1)), ("2025-02-02", gone(1))];
        assert_eq!(tell(&twice).err(), Some("already_corrected"));
        assert_eq!(tell(&[("2025-02-02", gone(7))]).err(), Some("not_correctable"));
        // Taking back the notice would leave the inventory without what it follows.
        let under = [notice, ("2025-03-01", reached(Stage::Inventory)), ("2025-03-02", gone(1))];
        assert_eq!(tell(&under).err(), Some("stage_not_allowed"));
        let ended = [("2025-02-01", EventKind::ParcelWithdrawn), ("2025-03-01", reached(Stage::Notice))];
        assert_eq!(tell(&ended).err(), Some("parcel_ended"));
    }
}
