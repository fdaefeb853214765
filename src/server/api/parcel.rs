//! `/api/v1/parcels/{id}`: a parcel's sheet, with its history from the ledger.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use serde_json::{Value, json};

use super::bbox;
use crate::{
    analysis::View,
    domain::{
        Action, Branch, BranchStay, Day, Event, EventKind, InForce, ParcelId, Stage, StageDays, in_force,
    },
    export::figures,
    server::{app::App, auth::Identity, params::Query, problem::Problem},
};

/// The sheet.
pub async fn parcel(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(id): Path<String>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &["as_of", "at"])?;
    let at = query.at()?;
    let missing = Problem::not_found(format!("no parcel has the number \"{id}\""));
    let id = id.parse().map(ParcelId).map_err(|_| missing.clone())?;
    let records = {
        let snapshot = &app.current()?.view.snapshot;
        let index = snapshot.parcels().find(id).ok_or(missing.clone())?;
        let unit = snapshot.parcel(index).unit().id;
        identity.scope(Action::WriteEvents, snapshot.units()).holds(unit)
    };
    // Documents and times stand in the ledger on disk, not in memory; the page cache has them.
    let mut history = app.with_store(move |store| store.history(id)).await?;
    history.retain(|event| at.is_none_or(|at| event.position <= at));
    // The number of a decision on one household leads to its name: it is told to who records there.
    if !records {
        history.iter_mut().for_each(|event| event.body.document = None);
    }
    // The position of the last event names the history, so that an answer never mixes two states.
    let last = history.last().map_or(0, |event| event.position.0);
    let whose = if records { "records" } else { "looks" };
    let key = format!("/api/v1/parcels/{id} {last} {whose} {}", text.unwrap_or_default());
    let answer = app.json(&headers, key, at.into(), move |_, view| {
        let index = view.snapshot.parcels().find(id).ok_or(missing)?;
        Ok(make(view, index, &history, query.as_of(view.today)?))
    });
    Ok(answer.await?.respond(&headers))
}

fn make(view: &View, index: u32, history: &[Event], day: Day) -> Value {
    let (snapshot, columns) = (&view.snapshot, view.snapshot.parcels());
    let unit = &snapshot.units()[view.unit_of(index)].unit;
    let (law, days) = (snapshot.law(), snapshot.days(index));
    let project = &snapshot.parcel(index).project().project;
    let shape = columns.arena().shape(index as usize);
    let stage = |stage: Stage| {
        let on = days.get(stage).filter(|on| *on <= day);
        json!({
            "stage": stage,
            "day": on.map(Day::number),
            "article": law.words(stage.into()).and_then(|words| words.article.as_deref()),
            "document": on.and_then(|_| document(history, stage)),
        })
    };
    let blocker = |blocker: &crate::domain::Blocker| {
        json!({
            "kind": blocker.kind,
            "opened_day": blocker.opened.number(),
            "closed_day": blocker.closed.map(Day::number),
        })
    };
    json!({
        "at": snapshot.position(),
        "as_of": day.to_string(),
        "id": columns.id(index),
        "project": project.code.as_str(),
        "unit": unit.code.as_str(),
        "unit_name": unit.name,
        "sheet": columns.sheet(index),
        "parcel": columns.number(index),
        "use": columns.land_use(index),
        "area": columns.recovered(index),
        "total_area": columns.total(index),
        "declared_area": columns.declared(index),
        "stage": snapshot.stage_on(index, day),
        "cleared": days.reached(Stage::HandedOver, day),
        "blocked": snapshot.blocked_on(index, day),
        "overdue": snapshot.overdue_on(index, day),
        "late": snapshot.late_on(index, day),
        "procedure": project.procedure.as_str(),
        "planned_day": snapshot.planned_day(index).map(Day::number),
        "version": snapshot.version(index),
        "next": next(days),
        "may_hand_over_early": may_hand_over_early(days),
        "early_handover": snapshot.marks(index).is_some_and(|marks| marks.early),
        "branches": branches(snapshot.branches(index), day),
        "began_day": snapshot.marks(index).and_then(|marks| marks.began).map(Day::number),
        "ended_day": snapshot.marks(index).and_then(|marks| marks.ended).map(Day::number),
        "resettled_day": snapshot.marks(index).and_then(|marks| marks.resettled).map(Day::number),
        "stages": Stage::ALL.map(stage),
        "clock": clock(view, index, day),
        "law": figures::lawful(view, index, day),
        "blockers": snapshot.blockers(index).iter().filter(|b| b.opened <= day).map(blocker).collect::<Vec<_>>(),
        "history": history.iter().filter(|event| event.body.day <= day).filter_map(|event| entry(event, history)).collect::<Vec<_>>(),
        "bbox": bbox(shape.extent()),
        "point": point(&shape.to_geo()),
    })
}

pub fn clock(view: &View, index: u32, day: Day) -> Option<Value> {
    let clock = view.snapshot.clock(index, day)?;
    let law = view.snapshot.law();
    let rule = &law.clocks()[clock.clock];
    Some(json!({
        "stage": clock.act,
        "due_day": clock.due.number(),
        "days_left": clock.due.since(day),
        "article": rule.article,
        "statutory_days": rule.days(),
        "statutory_working_days": rule.working_days(),
        "to_be_confirmed": law.is_unsure(&clock),
        "floor_over_max": clock.over.is_some(),
    }))
}

pub fn point(shape: &geo::MultiPolygon<f64>) -> Option<[f64; 2]> {
    geo::InteriorPoint::interior_point(shape).map(|point| [point.x(), point.y()])
}

/// Whether the land may be handed over before payment, by consent (Land Law 2024, 87.5g).
pub fn may_hand_over_early(days: StageDays) -> bool {
    let none = |stage: Stage| days.get(stage).is_none();
    !none(Stage::Notice) && none(Stage::Paid) && none(Stage::HandedOver)
}

/// The stages that are not reached yet: those ahead first, then those that were passed over.
pub fn next(days: StageDays) -> Vec<Stage> {
    let reached = |stage: &Stage| days.get(*stage).is_some();
    // Payment and decision run side by side: behind the plan's approval neither is passed over by the other.
    let before = |stage: &Stage| stage.number() <= Stage::PlanApproved.number();
    let last = Stage::ALL.into_iter().filter(before).rfind(reached).map_or(0, Stage::number);
    let ahead = |stage: &Stage| stage.number() > last;
    let open = Stage::ALL.into_iter().skip(1).filter(|stage| !reached(stage));
    let (first, then): (Vec<Stage>, Vec<Stage>) = open.partition(ahead);
    first.into_iter().chain(then).collect()
}

/// Side branches that hold on `day`.
pub fn branches(stays: &[BranchStay], day: Day) -> Vec<Branch> {
    stays.iter().filter(|stay| stay.holds_on(day)).map(|stay| stay.branch).collect()
}

/// The document of the last event in force that recorded this stage.
fn document(history: &[Event], stage: Stage) -> Option<&str> {
    let forced = in_force(history);
    let of = |event: &&InForce<'_>| match event.kind {
        EventKind::StageReached { stage: reached, .. } => *reached == stage,
        EventKind::EarlyHandover => stage == Stage::HandedOver,
        _ => false,
    };
    let position = forced.iter().rev().find(of)?.position;
    history.iter().find(|event| event.position == position)?.body.document.as_deref()
}

/// An event as everybody may see it: a holder's money, notes and scans are left out, and so was the document where it
/// is not told.
fn entry(event: &Event, history: &[Event]) -> Option<Value> {
    let (of, right) = match &event.body.kind {
        EventKind::Correction { corrects, by } => (Some(*corrects), by.as_deref()),
        kind => (None, Some(kind)),
    };
    let (mut stage, mut step, mut blocker, mut branch) = (None, None, None, None);
    match right {
        Some(EventKind::StageReached { stage: reached, .. }) => stage = Some(*reached),
        Some(EventKind::StepTaken { step: taken, .. }) => step = Some(*taken),
        Some(EventKind::EarlyHandover) => stage = Some(Stage::HandedOver),
        Some(EventKind::BlockerOpened { blocker: b } | EventKind::BlockerClosed { blocker: b }) => {
            blocker = Some(*b);
        }
        Some(EventKind::BranchEntered { branch: b } | EventKind::BranchLeft { branch: b }) => {
            branch = Some(*b);
        }
        Some(EventKind::MoneyApproved { .. } | EventKind::MoneyPaid { .. } | EventKind::Imported { .. }) => {
            return None;
        }
        _ => {}
    }
    // What was said of money stays unsaid when it is taken back.
    let corrected = history.iter().find(|other| Some(other.position) == of);
    if corrected.is_some_and(|event| entry(event, &[]).is_none()) {
        return None;
    }
    let names = |other: &&Event| matches!(other.body.kind, EventKind::Correction { corrects, .. } if corrects == event.position);
    let recorded = jiff::Timestamp::from_millisecond(event.body.recorded_at).ok();
    Some(json!({
        "position": event.position,
        "day": event.body.day.number(),
        "recorded_at": recorded.map(|at| at.to_string()),
        "kind": event.body.kind.code(),
        "corrects": of,
        "by": of.and(right).map(EventKind::code),
        "corrected_by": history.iter().find(names).map(|other| other.position),
        "stage": stage,
        "step": step,
        "said": right.and_then(EventKind::act).map(|(_, said)| said.public()).filter(|said| !said.is_empty()),
        "blocker": blocker,
        "branch": branch,
        "document": event.body.document,
    }))
}
