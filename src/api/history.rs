//! A parcel's events as everybody may see them.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;

use super::{
    DayNumber, Happening,
    moment::{Moment, moment},
    record::corrected_by,
};
use crate::domain::{
    self, BlockerKind, Branch, Day, Event, InForce, LedgerPosition, Stage, in_force,
    law::{Act, ActDetails},
};

/// What an event of the ledger tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct EventCode(&'static str);

impl From<&domain::EventKind> for EventCode {
    fn from(kind: &domain::EventKind) -> Self {
        Self(kind.code())
    }
}

impl JsonSchema for EventCode {
    fn schema_name() -> Cow<'static, str> {
        "EventKind".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({
            "description": "What an event of the ledger tells.",
            "type": "string",
            "enum": kinds(),
        })
    }
}

/// The codes of all kinds of event.
pub(super) fn kinds() -> Vec<Value> {
    // What it refers to is not to be kept with what refers to a kind.
    let forms = Happening::json_schema(&mut SchemaGenerator::default());
    let forms = forms.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    forms.filter_map(|form| form.pointer("/properties/kind/const").cloned()).collect()
}

/// An event as everybody may see it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PastEvent {
    /// Its position.
    pub position: LedgerPosition,
    /// Day on which it took effect.
    pub day: DayNumber,
    /// When it was recorded.
    #[schemars(with = "Moment")]
    pub recorded_at: Option<String>,
    /// What it tells.
    pub kind: EventCode,
    /// Position of the event that it corrects.
    pub corrects: Option<LedgerPosition>,
    /// What is right instead.
    pub by: Option<EventCode>,
    /// Position of the event that corrects it.
    pub corrected_by: Option<LedgerPosition>,
    /// The stage that was reached.
    pub stage: Option<Stage>,
    /// An act beside the nine.
    pub step: Option<Act>,
    /// What everybody may see of what was said.
    pub details: Option<ActDetails>,
    /// The blocker that it is about.
    pub blocker: Option<BlockerKind>,
    /// The side branch that it is about.
    pub branch: Option<Branch>,
    /// Shown to who records in the unit; null to others.
    pub document: Option<String>,
}

/// Events up to `day` as everybody may see them.
pub(super) fn past_events(history: &[Event], day: Day) -> Vec<PastEvent> {
    let until = history.iter().filter(|event| event.body.day <= day);
    until.filter_map(|event| entry(event, history)).collect()
}

/// The document of the last event in force that recorded this stage.
pub(super) fn document(history: &[Event], stage: Stage) -> Option<String> {
    let forced = in_force(history);
    let of = |event: &&InForce<'_>| match event.kind {
        domain::EventKind::StageReached { stage: reached, .. } => *reached == stage,
        domain::EventKind::EarlyHandover => stage == Stage::HandedOver,
        _ => false,
    };
    let position = forced.iter().rev().find(of)?.position;
    history.iter().find(|event| event.position == position)?.body.document.clone()
}

/// An event as everybody may see it: a holder's money, notes and scans are left out, and so was the document where it
/// is not told.
fn entry(event: &Event, history: &[Event]) -> Option<PastEvent> {
    use domain::EventKind as Kind;
    let (of, right) = match &event.body.kind {
        Kind::Correction { corrects, by } => (Some(*corrects), by.as_deref()),
        kind => (None, Some(kind)),
    };
    let (mut stage, mut step, mut blocker, mut branch) = (None, None, None, None);
    match right {
        Some(Kind::StageReached { stage: reached, .. }) => stage = Some(*reached),
        Some(Kind::StepTaken { step: taken, .. }) => step = Some(*taken),
        Some(Kind::EarlyHandover) => stage = Some(Stage::HandedOver),
        Some(Kind::BlockerOpened { blocker: b } | Kind::BlockerClosed { blocker: b }) => blocker = Some(*b),
        Some(Kind::BranchEntered { branch: b } | Kind::BranchLeft { branch: b }) => branch = Some(*b),
        Some(Kind::MoneyApproved { .. } | Kind::MoneyPaid { .. } | Kind::Imported { .. }) => return None,
        _ => {}
    }
    // What was said of money stays unsaid when it is taken back.
    let corrected = history.iter().find(|other| Some(other.position) == of);
    if corrected.is_some_and(|event| entry(event, &[]).is_none()) {
        return None;
    }
    Some(PastEvent {
        position: event.position,
        day: event.body.day.into(),
        recorded_at: moment(event.body.recorded_at),
        kind: (&event.body.kind).into(),
        corrects: of,
        by: of.and(right).map(Into::into),
        corrected_by: corrected_by(history, event.position),
        stage,
        step,
        details: right
            .and_then(Kind::act)
            .map(|(_, details)| details.public())
            .filter(|details| !details.is_empty()),
        blocker,
        branch,
        document: event.body.document.clone(),
    })
}
