//! Judging: each draft of an order against the rules and what the ledger holds, those before it included.

use std::collections::HashMap;

use super::{Conflict, RecordingError, RowMark, RowRefusal, Step, Submission, reshape};
use crate::{
    domain::{
        Change, Draft, Event, EventKind, LedgerPosition, NewEvent, ParcelId, ParcelRef, Record, Refusal,
        Standing,
        law::{CaseFile, Fact, MarkCode},
    },
    store::{ParcelState, StoreError, Transaction},
};

/// A parcel as the order finds and leaves it.
struct Known {
    facts: ParcelState,
    events: Vec<Event>,
}

struct Judging<'a, 'o> {
    change: &'a mut dyn Transaction,
    submission: &'a Submission<'o>,
    known: HashMap<ParcelId, Known>,
    next: u64,
    steps: Vec<Step>,
    conflicts: Vec<Conflict>,
    marks: Vec<RowMark>,
    /// Files that the order names so far, by parcel.
    files: HashMap<ParcelId, Vec<String>>,
}

/// What an order's drafts will append, and what the law says against it.
///
/// # Errors
/// [`RecordingError`] when rows are refused, parcels have changed since they were read, or the store can't be read.
pub fn judge(
    change: &mut dyn Transaction,
    submission: &Submission<'_>,
) -> Result<(Vec<Step>, Vec<RowMark>), RecordingError> {
    let next = change.head().position.0 + 1;
    let mut judging = Judging {
        change,
        submission,
        known: HashMap::new(),
        next,
        steps: Vec::new(),
        conflicts: Vec::new(),
        marks: Vec::new(),
        files: HashMap::new(),
    };
    let mut refused = Vec::new();
    for (row, draft) in submission.drafts {
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
    Ok((judging.steps, judging.marks))
}

type Judged = (Option<ParcelId>, Option<Refusal>);

impl Judging<'_, '_> {
    fn draft(&mut self, row: usize, draft: &Draft) -> Result<Judged, StoreError> {
        if let Some(id) = draft.attachments.iter().find(|id| !(self.submission.attached)(id)) {
            let why = format!("there is no attachment \"{id}\"; send it first");
            return Ok((None, Some(Refusal::new("unknown_attachment", why).field("attachments"))));
        }
        let Some(reference) = &draft.parcel else { return self.plan(draft) };
        let facts = match self.found(reference)? {
            Ok(facts) => facts,
            Err(why) => return Ok((None, Some(why))),
        };
        let id = facts.id;
        if !(self.submission.may_write)(facts.unit) {
            let why =
                format!("the parcel lies in commune {}, which is not yours to write about", facts.unit_code);
            return Ok((Some(id), Some(Refusal::new("outside_units", why).field("unit"))));
        }
        if let Some(given) = draft.version.filter(|given| *given != facts.version) {
            let events = self.events(&facts)?;
            let stage = self.stage(&Record::replay(facts.listed, &events));
            self.conflicts.push(Conflict { row, parcel: id, version: facts.version, given, stage });
            return Ok((Some(id), None));
        }
        if let Some(why) = self.attach(id, draft)? {
            return Ok((Some(id), Some(why)));
        }
        let why = match &draft.change {
            Change::Event(kind) => self.event(row, &facts, draft, kind)?,
            Change::Split(parts) => self.reshaped(draft, |change, submission| {
                reshape::split(change, submission, &facts, draft, parts)
            })?,
            Change::Merge { with, number } => self.reshaped(draft, |change, submission| {
                reshape::merge(change, submission, &facts, draft, with, number)
            })?,
            Change::Plan { .. } => None,
        };
        Ok((Some(id), why))
    }

    /// Why a parcel can't take the files of a draft: with those that it has they would be too many.
    fn attach(&mut self, parcel: ParcelId, draft: &Draft) -> Result<Option<Refusal>, StoreError> {
        if draft.attachments.is_empty() {
            return Ok(None);
        }
        let files = self.files.entry(parcel).or_default();
        files.extend(draft.attachments.iter().cloned());
        let bytes = self.change.bytes_attached(parcel, files)?;
        let most = self.submission.most_attached;
        Ok((bytes > most).then(|| {
            let why = format!(
                "the files of the parcel would have {} MB, and {} MB are kept of one",
                bytes.div_ceil(1 << 20),
                most >> 20
            );
            Refusal::new("too_many_files", why).field("attachments")
        }))
    }

    fn found(&mut self, reference: &ParcelRef) -> Result<Result<ParcelState, Refusal>, StoreError> {
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

    fn events(&mut self, facts: &ParcelState) -> Result<Vec<Event>, StoreError> {
        if let Some(known) = self.known.get(&facts.id) {
            return Ok(known.events.clone());
        }
        let events = self.change.history(facts.id)?;
        self.known.insert(facts.id, Known { facts: facts.clone(), events: events.clone() });
        Ok(events)
    }

    fn stage(&self, record: &Record) -> Option<Standing> {
        record.days.standing(self.submission.today)
    }

    /// What the law says against an act that is recorded: it is taken all the same.
    fn mark(&mut self, row: usize, facts: &ParcelState, event: &Event, after: &Record) {
        let law = self.submission.law;
        let kind = match &event.body.kind {
            EventKind::Correction { by: Some(by), .. } => by.as_ref(),
            kind => kind,
        };
        let marks = &after.marks;
        if let EventKind::MoneyPaid { .. } = kind
            && marks.payments.iter().map(|(_, amount)| amount.0).sum::<u64>() > after.approved.0
        {
            let mark = law.describe_code(MarkCode::Overpaid, self.submission.today);
            self.marks.push(RowMark { row, parcel: facts.id, mark });
        }
        let Some((act, details)) = kind.act() else { return };
        let file = CaseFile {
            land: law.land_group(&facts.land_use),
            early: marks.early,
            resettles: marks.resettles(),
            choice: law.choice(|| facts.project.as_str()),
            ..CaseFile::new(after.days, &marks.facts)
        };
        let mut found = Vec::new();
        law.marks_of(&file, &Fact { act, day: event.body.day, at: event.position, details }, &mut found);
        let marks = found.iter().map(|mark| law.describe(mark, self.submission.today));
        self.marks.extend(marks.map(|mark| RowMark { row, parcel: facts.id, mark }));
    }

    fn event(
        &mut self,
        row: usize,
        facts: &ParcelState,
        draft: &Draft,
        kind: &EventKind,
    ) -> Result<Option<Refusal>, StoreError> {
        let events = self.events(facts)?;
        let body = self.body(Some(facts.id), draft, kind.clone());
        let event = Event { position: LedgerPosition(self.next), body };
        let after = match crate::domain::judge(
            self.submission.law,
            facts.listed,
            &events,
            &event,
            self.submission.today,
        ) {
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
        self.mark(row, facts, &event, &after);
        if let Some(known) = self.known.get_mut(&facts.id) {
            known.events.push(event.clone());
        }
        self.steps.push(Step::Event(event.body));
        Ok(None)
    }

    /// Whether a parcel that counts bears the number of this one, which does not.
    fn number_taken(&mut self, facts: &ParcelState) -> Result<bool, StoreError> {
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
            recorded_at: self.submission.recorded_at,
            author: self.submission.author.to_owned(),
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
            &Submission<'_>,
        ) -> Result<Result<reshape::Reshape, Refusal>, StoreError>,
    ) -> Result<Option<Refusal>, StoreError> {
        if self.submission.drafts.len() > 1 {
            let why = "a split or merge must be sent alone";
            return Ok(Some(Refusal::new("stage_not_allowed", why).field("kind")));
        }
        if draft.day > self.submission.today {
            return Ok(Some(
                Refusal::new("in_future", format!("{} is in the future", draft.day)).field("date"),
            ));
        }
        match make(self.change, self.submission)? {
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
        if !(self.submission.may_plan)(&units) {
            let why = "a project's plan is changed by managers of all communes in which it has parcels, and by \
                       administrators";
            return Ok((None, Some(Refusal::new("outside_units", why).field("project"))));
        }
        if draft.day > self.submission.today {
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
