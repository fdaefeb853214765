//! Recording: drafts are judged against the ledger and taken all or not at all.
//!
//! Everything is judged before anything is written, inside one change that no
//! other writer can come between. It knows nothing of HTTP: who may write where
//! and which attachments exist is asked of the caller.

use std::collections::HashMap;

use super::{Entry, Facts, Head, KeptAnswer, StoreError, Transaction, digest_hex, reshape};
use crate::domain::{
    Change, Day, Draft, Event, EventKind, LedgerPosition, NewEvent, ParcelId, ParcelRef, Procedure, Record,
    Refusal, Stage, UnitId, judge,
};

/// What is to be recorded, by whom and when.
pub struct Order<'a> {
    /// Drafts with the rows they came from, or why a row could not be read.
    pub drafts: &'a [(usize, Result<Draft, Refusal>)],
    /// Who records.
    pub author: &'a str,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub recorded_at: i64,
    /// The day, to tell what is in the future.
    pub today: Day,
    /// The legal procedures.
    pub procedures: &'a [Procedure],
    /// Whether the author may write about parcels of a commune.
    pub may_write: &'a dyn Fn(UnitId) -> bool,
    /// Whether an attachment exists.
    pub attached: &'a dyn Fn(&str) -> bool,
    /// Judge only, write nothing.
    pub dry_run: bool,
    /// Key under which the request may be sent again, and the digest of what it asks.
    pub request: Option<(&'a str, &'a [u8])>,
}

/// A row that is refused.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RowRefusal {
    /// Number of the row, from 1.
    pub row: usize,
    /// The parcel, when it was found.
    pub parcel: Option<ParcelId>,
    /// Why.
    #[serde(flatten)]
    pub why: Refusal,
}

/// A row about a parcel that has changed since the writer saw it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Conflict {
    /// Number of the row, from 1.
    pub row: usize,
    /// Parcel.
    pub parcel: ParcelId,
    /// Its version now.
    pub version: LedgerPosition,
    /// The version that the writer saw.
    pub given: LedgerPosition,
    /// Where it stands now.
    pub stage: Option<Stage>,
}

/// An event that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Taken {
    /// Its position.
    pub position: LedgerPosition,
    /// Its parcel.
    pub parcel: Option<ParcelId>,
    /// The parcel's version after it.
    pub version: LedgerPosition,
}

/// What came of an order.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Recorded {
    /// The end of the ledger after it.
    pub at: LedgerPosition,
    /// Hash of the last event, hexadecimal.
    pub head: String,
    /// The events, in the order of the drafts; empty after a dry run.
    pub events: Vec<Taken>,
}

/// Why nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// Rows break a rule.
    #[error("{} of the rows are refused", .0.len())]
    Refused(Vec<RowRefusal>),
    /// Parcels have changed since the writer saw them.
    #[error("{} parcels have changed since they were seen", .0.len())]
    Conflict(Vec<Conflict>),
    /// The key was used for another request.
    #[error("this Idempotency-Key was used for another request")]
    KeyUsed,
    /// The disk's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A parcel as the order finds and leaves it.
struct Known {
    facts: Facts,
    events: Vec<Event>,
}

/// What will be appended.
pub(super) enum Step {
    Event(NewEvent),
    Reshape(Box<reshape::Reshape>),
}

struct Judging<'a, 'o> {
    change: &'a mut dyn Transaction,
    order: &'a Order<'o>,
    known: HashMap<ParcelId, Known>,
    next: u64,
    steps: Vec<Step>,
    conflicts: Vec<Conflict>,
}

/// Records an order inside `change`; the caller commits.
///
/// # Errors
/// See [`RecordingError`]; nothing was written then, except after one of the disk's, when the change must be given up.
pub fn record(change: &mut dyn Transaction, order: &Order<'_>) -> Result<Recorded, RecordingError> {
    if let Some((key, digest)) = order.request
        && let Some((before, answer)) = change.answer(order.author, key)?
    {
        if before != digest {
            return Err(RecordingError::KeyUsed);
        }
        return serde_json::from_str(&answer).map_err(|_| RecordingError::KeyUsed);
    }
    let next = change.head().position.0 + 1;
    let mut judging =
        Judging { change, order, known: HashMap::new(), next, steps: Vec::new(), conflicts: Vec::new() };
    let mut refused = Vec::new();
    for (row, draft) in order.drafts {
        let (parcel, why) = match draft {
            Ok(draft) => judging.draft(*row, draft)?,
            Err(why) => (None, Some(why.clone())),
        };
        refused.extend(why.map(|why| RowRefusal { row: *row, parcel, why }));
    }
    if !refused.is_empty() {
        return Err(RecordingError::Refused(refused));
    }
    if !judging.conflicts.is_empty() {
        return Err(RecordingError::Conflict(judging.conflicts));
    }
    let (steps, change) = (judging.steps, judging.change);
    if order.dry_run {
        return Ok(recorded(change.head(), Vec::new()));
    }
    let taken = write(change, order, steps)?;
    let done = recorded(change.head(), taken);
    if let Some((key, digest)) = order.request {
        let answer = serde_json::to_string(&done).map_err(|_| RecordingError::KeyUsed)?;
        let (author, recorded_at) = (order.author, order.recorded_at);
        change.keep_answer(&KeptAnswer { author, key, digest, answer: &answer, recorded_at })?;
    }
    Ok(done)
}

fn recorded(head: Head, events: Vec<Taken>) -> Recorded {
    Recorded { at: head.position, head: digest_hex(&head.hash), events }
}

fn write(
    change: &mut dyn Transaction,
    order: &Order<'_>,
    steps: Vec<Step>,
) -> Result<Vec<Taken>, StoreError> {
    let mut taken = Vec::with_capacity(steps.len());
    for step in steps {
        match step {
            Step::Event(event) => {
                let position = change.append(std::slice::from_ref(&event))?.position;
                taken.push(Taken { position, parcel: event.parcel, version: position });
            }
            Step::Reshape(reshape) => {
                let entry = Entry {
                    source: "split-or-merge".to_owned(),
                    author: order.author.to_owned(),
                    recorded_at: order.recorded_at,
                    day: reshape.listed,
                    units_on: order.today,
                };
                taken.extend(reshape.write(change, &entry)?);
            }
        }
    }
    // The version that counts is the last one of each parcel.
    let last: HashMap<_, _> = taken.iter().map(|taken| (taken.parcel, taken.position)).collect();
    taken.iter_mut().for_each(|taken| taken.version = last[&taken.parcel]);
    Ok(taken)
}

type Judged = (Option<ParcelId>, Option<Refusal>);

impl Judging<'_, '_> {
    fn draft(&mut self, row: usize, draft: &Draft) -> Result<Judged, StoreError> {
        if let Some(id) = draft.attachments.iter().find(|id| !(self.order.attached)(id)) {
            let why = format!("there is no attachment \"{id}\"; send it first");
            return Ok((None, Some(Refusal::new("unknown_attachment", why).field("attachments"))));
        }
        let Some(reference) = &draft.parcel else { return self.plan(draft) };
        let facts = match self.found(reference)? {
            Ok(facts) => facts,
            Err(why) => return Ok((None, Some(why))),
        };
        let id = facts.id;
        if !(self.order.may_write)(facts.unit) {
            let why =
                format!("the parcel lies in commune {}, which is not yours to write about", facts.unit_code);
            return Ok((Some(id), Some(Refusal::new("outside_units", why).field("unit"))));
        }
        if let Some(given) = draft.version.filter(|given| *given != facts.version) {
            let events = self.events(&facts)?;
            let stage = self.stage(&facts, &Record::replay(facts.listed, &events));
            self.conflicts.push(Conflict { row, parcel: id, version: facts.version, given, stage });
            return Ok((Some(id), None));
        }
        let why = match &draft.change {
            Change::Event(kind) => self.event(&facts, draft, kind)?,
            Change::Split(parts) => {
                self.reshaped(draft, |change, order| reshape::split(change, order, &facts, draft, parts))?
            }
            Change::Merge { with, number } => self.reshaped(draft, |change, order| {
                reshape::merge(change, order, &facts, draft, with, number)
            })?,
            Change::Plan { .. } => None,
        };
        Ok((Some(id), why))
    }

    fn found(&mut self, reference: &ParcelRef) -> Result<Result<Facts, Refusal>, StoreError> {
        if let ParcelRef::Id(id) = reference
            && let Some(known) = self.known.get(id)
        {
            return Ok(Ok(known.facts.clone()));
        }
        let mut found = self.change.find(reference)?;
        let unknown = |why: String| Ok(Err(Refusal::new("unknown_parcel", why).field("parcel")));
        match (found.len(), reference) {
            (1, _) => Ok(Ok(found.remove(0))),
            (0, ParcelRef::Id(id)) => unknown(format!("no parcel has the number {id}")),
            (0, ParcelRef::Key { project, sheet, number, .. }) => {
                unknown(format!("project {project} has no parcel {number} on sheet {sheet} there"))
            }
            _ => unknown(
                "several communes have a parcel of this number on such a sheet; name the commune".to_owned(),
            ),
        }
    }

    fn events(&mut self, facts: &Facts) -> Result<Vec<Event>, StoreError> {
        if let Some(known) = self.known.get(&facts.id) {
            return Ok(known.events.clone());
        }
        let events = self.change.history(facts.id)?;
        self.known.insert(facts.id, Known { facts: facts.clone(), events: events.clone() });
        Ok(events)
    }

    fn procedure(&self, facts: &Facts) -> Option<&Procedure> {
        self.order.procedures.iter().find(|procedure| procedure.code().as_str() == facts.procedure)
    }

    fn stage(&self, facts: &Facts, record: &Record) -> Option<Stage> {
        self.procedure(facts)?.stage_on(record.days, self.order.today)
    }

    fn event(
        &mut self,
        facts: &Facts,
        draft: &Draft,
        kind: &EventKind,
    ) -> Result<Option<Refusal>, StoreError> {
        let events = self.events(facts)?;
        let body = self.body(Some(facts.id), draft, kind.clone());
        let event = Event { position: LedgerPosition(self.next), body };
        let Some(procedure) = self.procedure(facts) else {
            return Ok(Some(Refusal::new("unknown_project", "the project's procedure is not known")));
        };
        let after = match judge(procedure, facts.listed, &events, &event, self.order.today) {
            Ok(after) => after,
            Err(why) => return Ok(Some(why)),
        };
        // Only a correction brings back what has ended.
        let corrects = matches!(kind, EventKind::Correction { .. });
        let ended = corrects && Record::replay(facts.listed, &events).marks.ended.is_some();
        if ended && after.marks.ended.is_none() && self.number_taken(facts)? {
            let why = format!(
                "another parcel has the number {} on sheet {} by now; withdraw that one first",
                facts.number, facts.sheet
            );
            return Ok(Some(Refusal::new("number_taken", why).field("corrects")));
        }
        self.next += 1;
        if let Some(known) = self.known.get_mut(&facts.id) {
            known.events.push(event.clone());
        }
        self.steps.push(Step::Event(event.body));
        Ok(None)
    }

    /// Whether a parcel that counts bears the number of this one, which does not.
    fn number_taken(&mut self, facts: &Facts) -> Result<bool, StoreError> {
        let key = ParcelRef::Key {
            project: facts.project.clone(),
            unit: Some(facts.unit_code.clone()),
            sheet: facts.sheet.clone(),
            number: facts.number.clone(),
        };
        // One that counts is found alone; without one, all that have ended are found.
        Ok(matches!(self.change.find(&key)?.as_slice(), [one] if one.id != facts.id))
    }

    fn body(&self, parcel: Option<ParcelId>, draft: &Draft, kind: EventKind) -> NewEvent {
        NewEvent {
            parcel,
            day: draft.day,
            recorded_at: self.order.recorded_at,
            author: self.order.author.to_owned(),
            document: draft.document.clone(),
            note: draft.note.clone(),
            attachments: draft.attachments.clone(),
            kind,
        }
    }

    /// A split or merge makes new parcels, so it comes alone.
    fn reshaped(
        &mut self,
        draft: &Draft,
        make: impl FnOnce(
            &mut dyn Transaction,
            &Order<'_>,
        ) -> Result<Result<reshape::Reshape, Refusal>, StoreError>,
    ) -> Result<Option<Refusal>, StoreError> {
        if self.order.drafts.len() > 1 {
            let why = "a split or merge must be sent alone";
            return Ok(Some(Refusal::new("stage_not_allowed", why).field("kind")));
        }
        if draft.day > self.order.today {
            return Ok(Some(
                Refusal::new("in_future", format!("{} is in the future", draft.day)).field("date"),
            ));
        }
        match make(self.change, self.order)? {
            Ok(reshape) => {
                self.steps.push(Step::Reshape(Box::new(reshape)));
                Ok(None)
            }
            Err(why) => Ok(Some(why)),
        }
    }

    fn plan(&mut self, draft: &Draft) -> Result<Judged, StoreError> {
        let Change::Plan { project, plan, required } = &draft.change else {
            let why = "name the parcel";
            return Ok((None, Some(Refusal::new("missing_field", why).field("parcel"))));
        };
        let Some((id, units)) = self.change.project(project)? else {
            let why = format!("no project has the code \"{project}\"");
            return Ok((None, Some(Refusal::new("unknown_project", why).field("project"))));
        };
        if !units.iter().all(|unit| (self.order.may_write)(*unit)) {
            let why =
                "the project goes beyond your units; its plan is changed by who may write in all of them";
            return Ok((None, Some(Refusal::new("outside_units", why).field("project"))));
        }
        if draft.day > self.order.today {
            let why = format!("{} is in the future", draft.day);
            return Ok((None, Some(Refusal::new("in_future", why).field("date"))));
        }
        let kind = EventKind::PlanChanged { project: id, plan: plan.clone(), required: *required };
        let body = self.body(None, draft, kind);
        self.next += 1;
        self.steps.push(Step::Event(body));
        Ok((None, None))
    }
}
