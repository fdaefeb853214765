//! Splits and merges: parcels that take the place of others.
//!
//! The new parcels take over what is in force for the old ones as events of
//! their own, so that a parcel's state is always what its own events say.
//! Money is shared out by area, and added up when parcels become one.

use std::collections::HashSet;

use geo::{Area, BooleanOps, CoordsIter, GeodesicArea, MultiPolygon, unary_union};

use super::{Submission, Taken};
use crate::{
    domain::{
        Day, Draft, Event, EventKind, MOST_VERTICES, NewEvent, ParcelId, ParcelRef, Part, Record, Refusal,
        SquareMetres, Vnd, in_force,
    },
    store::{Entry, FormedParcel, ParcelState, StoreError, Transaction},
};

/// What a split or merge will write.
pub struct Reshape {
    /// Day of the old parcels' listing, which the new ones keep.
    pub listed: Day,
    parents: Vec<ParcelId>,
    parts: Vec<FormedParcel>,
    /// Share of the money, by part.
    shares: Vec<f64>,
    /// Events that the new parcels take over.
    carried: Vec<NewEvent>,
    event: NewEvent,
}

fn misfit(why: impl Into<String>) -> Refusal {
    Refusal::new("parts_do_not_fit", why)
}

/// How far the parts' area may be from the whole's: 2 % and a square metre.
fn close(parts: f64, whole: f64) -> bool {
    (parts - whole).abs() <= whole * 0.02 + 1.0
}

/// Judges a split of the parcel of `facts`.
pub fn split(
    change: &mut dyn Transaction,
    submission: &Submission<'_>,
    facts: &ParcelState,
    draft: &Draft,
    parts: &[Part],
) -> Result<Result<Reshape, Refusal>, StoreError> {
    if let Some(why) =
        taken(change, facts, parts.iter().map(|part| (part.sheet.as_deref(), part.number.as_str())))?
    {
        return Ok(Err(why.field("parts")));
    }
    let (whole, recovered, total) = change.shape(facts.id)?;
    if whole.coords_count() > MOST_VERTICES {
        let why =
            format!("the parcel has more than {MOST_VERTICES} vertices; bring its parts in by an import");
        return Ok(Err(misfit(why)));
    }
    let mut formed = Vec::new();
    for part in parts {
        match part_of(part, facts, &whole) {
            Ok(part) => formed.push(part),
            Err(why) => return Ok(Err(why)),
        }
    }
    let area: f64 = formed.iter().map(|part| part.recovered_area.get()).sum();
    if !close(area, recovered.get()) {
        let why = format!("the parts have {area:.1} m² together, the parcel has {:.1} m²", recovered.get());
        return Ok(Err(misfit(why).field("parts")));
    }
    if let Some(why) = overlap(&formed, &whole) {
        return Ok(Err(why));
    }
    let scale = total.get() / recovered.get().max(0.1);
    formed.iter_mut().for_each(|part| part.total_area = SquareMetres::new(part.recovered_area.get() * scale));
    let shares = formed.iter().map(|part| part.recovered_area.get() / area).collect();
    let events = change.history(facts.id)?;
    Ok(standing(facts, &events, draft.day).map(|()| Reshape {
        listed: facts.listed.unwrap_or(draft.day),
        parents: vec![facts.id],
        parts: formed,
        shares,
        carried: carried(&events),
        event: event(submission, draft),
    }))
}

fn part_of(part: &Part, facts: &ParcelState, whole: &MultiPolygon<f64>) -> Result<FormedParcel, Refusal> {
    let wrong = |why: &str| Err(misfit(format!("part {}: {why}", part.number)).field("parts"));
    let geometry = part.geometry.clone();
    let outside = geometry.difference(whole).unsigned_area();
    if outside > geometry.unsigned_area() * 0.02 {
        return wrong("it reaches out of the parcel that is split");
    }
    let computed = geometry.geodesic_area_signed().abs();
    let recovered_area = SquareMetres::new(part.recovered_area.unwrap_or(computed));
    if !close(recovered_area.get(), computed) {
        return wrong("its area is not that of its geometry");
    }
    let sheet = part.sheet.clone().unwrap_or_else(|| facts.sheet.clone());
    Ok(FormedParcel {
        sheet,
        number: part.number.clone(),
        recovered_area,
        total_area: recovered_area,
        geometry,
    })
}

/// Parts that lie on each other, or leave some of the parcel out.
fn overlap(parts: &[FormedParcel], whole: &MultiPolygon<f64>) -> Option<Refusal> {
    let sum: f64 = parts.iter().map(|part| part.geometry.unsigned_area()).sum();
    let union = unary_union(parts.iter().map(|part| &part.geometry));
    let covered = union.unsigned_area();
    if sum - covered > sum * 0.02 {
        return Some(misfit("the parts lie on each other").field("parts"));
    }
    let left = whole.difference(&union).unsigned_area();
    (left > whole.unsigned_area() * 0.02)
        .then(|| misfit("the parts leave some of the parcel out").field("parts"))
}

/// Why a number can't be given: two parts have it, or a parcel that counts.
fn taken<'p>(
    change: &mut dyn Transaction,
    facts: &ParcelState,
    numbers: impl Iterator<Item = (Option<&'p str>, &'p str)>,
) -> Result<Option<Refusal>, StoreError> {
    let mut own = HashSet::new();
    for (sheet, number) in numbers {
        let sheet = sheet.unwrap_or(&facts.sheet).to_owned();
        let refusal = |why: String| Ok(Some(Refusal::new("number_taken", why)));
        if !own.insert((sheet.clone(), number.to_owned())) {
            return refusal(format!("two parts have the number {number} on sheet {sheet}"));
        }
        let key = ParcelRef::Key {
            project: facts.project.clone(),
            unit: Some(facts.unit_code.clone()),
            sheet: sheet.clone(),
            number: number.to_owned(),
        };
        for id in change.find(&key)?.into_iter().map(|found| found.id) {
            let events = change.history(id)?;
            if Record::replay(None, &events).marks.ended.is_none() {
                return refusal(format!(
                    "another parcel has the number {number} on sheet {sheet}; give a free one"
                ));
            }
        }
    }
    Ok(None)
}

/// Judges a merge of the parcel of `facts` with others.
pub fn merge(
    change: &mut dyn Transaction,
    submission: &Submission<'_>,
    facts: &ParcelState,
    draft: &Draft,
    with: &[ParcelId],
    number: &str,
) -> Result<Result<Reshape, Refusal>, StoreError> {
    if let Some(why) = taken(change, facts, std::iter::once((None, number)))? {
        return Ok(Err(why.field("number")));
    }
    let (mut shape, mut recovered, mut total) = change.shape(facts.id)?;
    let events = change.history(facts.id)?;
    if let Err(why) = standing(facts, &events, draft.day) {
        return Ok(Err(why));
    }
    let record = Record::replay(facts.listed, &events);
    let (mut approved, mut parents) = (record.approved.0, vec![facts.id]);
    for id in with {
        let Some(other) = change.find(&ParcelRef::Id(*id))?.pop() else {
            return Ok(Err(
                Refusal::new("unknown_parcel", format!("no parcel has the number {id}")).field("with")
            ));
        };
        let theirs = change.history(*id)?;
        let own = Record::replay(other.listed, &theirs);
        if parents.contains(id)
            || other.project != facts.project
            || other.unit != facts.unit
            || own.days != record.days
        {
            let why =
                "parcels that become one must be of one project and commune and have reached the same stages";
            return Ok(Err(misfit(format!("parcel {id}: {why} on the same days")).field("with")));
        }
        if let Err(why) = standing(&other, &theirs, draft.day) {
            return Ok(Err(why));
        }
        let (geometry, area, whole) = change.shape(*id)?;
        if shape.coords_count() + geometry.coords_count() > MOST_VERTICES {
            return Ok(Err(misfit(format!("the parcels have more than {MOST_VERTICES} vertices together"))));
        }
        shape = shape.union(&geometry);
        recovered += area;
        total += whole;
        approved += own.approved.0;
        parents.push(*id);
    }
    let factor = approved as f64 / record.approved.0.max(1) as f64;
    let part = FormedParcel {
        sheet: facts.sheet.clone(),
        number: number.to_owned(),
        recovered_area: recovered,
        total_area: total,
        geometry: shape,
    };
    Ok(Ok(Reshape {
        listed: facts.listed.unwrap_or(draft.day),
        parents,
        parts: vec![part],
        shares: vec![factor],
        carried: carried(&events),
        event: event(submission, draft),
    }))
}

/// A parcel that ended can't change shape, nor can one on a day before what happened to it.
fn standing(facts: &ParcelState, events: &[Event], day: Day) -> Result<(), Refusal> {
    let record = Record::replay(facts.listed, events);
    if let Some(ended) = record.marks.ended {
        return Err(Refusal::new("parcel_ended", format!("parcel {} ended on {ended}", facts.id)));
    }
    if facts.listed.is_some_and(|listed| day < listed) {
        return Err(Refusal::new("before_listed", "before the day of the listing").field("date"));
    }
    Ok(())
}

fn carried(events: &[Event]) -> Vec<NewEvent> {
    let body =
        |position| events.iter().find(|event| event.position == position).map(|event| event.body.clone());
    let of = |force: crate::domain::InForce<'_>| {
        Some(NewEvent { kind: force.kind.clone(), ..body(force.position)? })
    };
    in_force(events).into_iter().filter_map(of).collect()
}

fn event(submission: &Submission<'_>, draft: &Draft) -> NewEvent {
    NewEvent {
        parcel: None,
        day: draft.day,
        recorded_at: submission.recorded_at,
        author: submission.author.to_owned(),
        document: draft.document.clone(),
        note: draft.note.clone(),
        attachments: draft.attachments.clone(),
        kind: EventKind::ParcelWithdrawn,
    }
}

impl Reshape {
    /// Writes the new parcels, what they take over, and the end of the old ones.
    pub(super) fn write(self, change: &mut dyn Transaction, entry: &Entry) -> Result<Vec<Taken>, StoreError> {
        let first = change.form(entry, self.parents[0], &self.parts)?.first;
        let children: Vec<ParcelId> = (first..).take(self.parts.len()).map(ParcelId).collect();
        let mut events = Vec::new();
        for (child, share) in children.iter().zip(&self.shares) {
            let formed = EventKind::ParcelFormed { from: self.parents.clone() };
            events.push(NewEvent { parcel: Some(*child), kind: formed, ..self.event.clone() });
            let taken_over = self.carried.iter().map(|event| NewEvent {
                parcel: Some(*child),
                recorded_at: self.event.recorded_at,
                kind: shared(&event.kind, *share),
                ..event.clone()
            });
            events.extend(taken_over);
        }
        for parent in &self.parents {
            let kind = match children[..] {
                [into] => EventKind::ParcelMerged { into },
                _ => EventKind::ParcelSplit { into: children.clone() },
            };
            events.push(NewEvent { parcel: Some(*parent), kind, ..self.event.clone() });
        }
        let mut taken = Vec::with_capacity(events.len());
        for event in events {
            let position = change.append(std::slice::from_ref(&event))?.position;
            taken.push(Taken { position, parcel: event.parcel, version: position });
        }
        Ok(taken)
    }
}

fn shared(kind: &EventKind, share: f64) -> EventKind {
    let part = |amount: &Vnd| Vnd((amount.0 as f64 * share).round() as u64);
    match kind {
        EventKind::MoneyApproved { amount } => EventKind::MoneyApproved { amount: part(amount) },
        EventKind::MoneyPaid { amount } => EventKind::MoneyPaid { amount: part(amount) },
        kind => kind.clone(),
    }
}
