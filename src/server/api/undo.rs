//! `/api/v1/imports` (GET): what was imported; `/api/v1/imports/undo`: taking an import of parcels back.

use std::sync::Arc;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    atlas::Snapshot,
    domain::{Action, Draft, Event, EventKind, ImportedLayer, LedgerPosition, ParcelId, Scope},
    server::{app::App, auth::Identity, problem::Problem, writer::Job},
};

/// Imports that are listed, newest first.
const LISTED: usize = 200;

/// What was imported, newest first: units and projects, and parcels as far as any lie where the account manages.
/// Names of files and of who sent them elsewhere are not its business.
pub async fn imports(State(app): State<Arc<App>>, identity: Identity) -> Result<Response, Problem> {
    let events = app.with_store(|store| store.imports(LISTED)).await?;
    let current = app.current()?;
    let snapshot = &current.view.snapshot;
    let scope = identity.scope(Action::Manage, snapshot.units());
    let unit = |parcel: u32| snapshot.parcel(parcel).unit().id;
    let shown = |event: &&Event| {
        scope == Scope::Everywhere
            || event.body.author == identity.name()
            || standing(snapshot, event)
                .is_none_or(|parcels| parcels.iter().any(|parcel| scope.holds(unit(*parcel))))
    };
    let list: Vec<Value> = events.iter().filter(shown).filter_map(|event| entry(snapshot, event)).collect();
    Ok(axum::Json(json!({ "at": snapshot.position(), "imports": list })).into_response())
}

fn entry(snapshot: &Snapshot, event: &Event) -> Option<Value> {
    let EventKind::Imported { layer, source, rows, .. } = &event.body.kind else { return None };
    let state = match standing(snapshot, event) {
        Some(parcels) if parcels.iter().all(|parcel| untouched(snapshot, *parcel)) => "can_be_undone",
        Some(parcels) if parcels.iter().all(|parcel| withdrawn(snapshot, *parcel)) => "undone",
        _ => "in_use",
    };
    Some(json!({
        "position": event.position,
        "layer": layer,
        "source": source,
        "rows": rows,
        "day": event.body.day.to_string(),
        "recorded_at": event.body.recorded_at,
        "author": event.body.author,
        "state": state,
    }))
}

/// The parcels, by index, that an import of parcels brought; none for other imports.
fn standing(snapshot: &Snapshot, event: &Event) -> Option<Vec<u32>> {
    let EventKind::Imported { layer: ImportedLayer::Parcels, first, last, .. } = event.body.kind else {
        return None;
    };
    let parcels: Vec<u32> = (first..=last).filter_map(|id| snapshot.parcels().find(ParcelId(id))).collect();
    (!parcels.is_empty()).then_some(parcels)
}

/// Nothing was recorded of the parcel since it came.
fn untouched(snapshot: &Snapshot, parcel: u32) -> bool {
    snapshot.version(parcel).0 == 0
}

fn withdrawn(snapshot: &Snapshot, parcel: u32) -> bool {
    snapshot.marks(parcel).is_some_and(|marks| marks.ended.is_some())
}

/// Which import is to be taken back, and what the ledger is to say of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    position: LedgerPosition,
    note: Option<String>,
}

/// Withdraws the parcels of an import, all or none, on the day from which they held.
pub async fn undo(
    State(app): State<Arc<App>>,
    identity: Identity,
    axum::Json(undo): axum::Json<Undo>,
) -> Result<Response, Problem> {
    let position = undo.position;
    let missing = || Problem::not_found(format!("position {position} of the ledger is no import of parcels"));
    let events = app.with_store(move |store| store.import_at(position)).await?;
    let event = events.ok_or_else(missing)?;
    let current = app.current()?;
    let snapshot = &current.view.snapshot;
    let parcels = standing(snapshot, &event).ok_or_else(missing)?;
    let touched = parcels.iter().filter(|parcel| !untouched(snapshot, **parcel)).count();
    if touched > 0 {
        let detail =
            format!("{touched} of its {} parcels have a history already; correct those", parcels.len());
        return Err(Problem::refused(detail, json!([])));
    }
    let drafts = parcels.iter().map(|parcel| {
        let mut fields = serde_json::Map::new();
        fields.insert("parcel".to_owned(), json!(snapshot.parcels().id(*parcel)));
        fields.insert("kind".to_owned(), json!("parcel_withdrawn"));
        fields.insert("date".to_owned(), json!(event.body.day.to_string()));
        fields.extend(undo.note.as_ref().map(|note| ("note".to_owned(), json!(note))));
        Draft::read(&fields)
    });
    let scope = identity.scope(Action::Manage, snapshot.units());
    let job = Job {
        drafts: (1..).zip(drafts).collect(),
        author: identity.name().to_owned(),
        may_write: Box::new(move |unit| scope.holds(unit)),
        may_plan: Box::new(|_| false),
        attached: Vec::new(),
        most_attached: u64::MAX,
        today: current.view.today,
        dry_run: false,
        request: None,
    };
    let recorded = app.writer.record(job).await?.map_err(super::events::problem)?;
    app.await_shown(recorded.at).await;
    let answer = json!({ "at": recorded.at, "withdrawn": parcels.len() });
    Ok((StatusCode::CREATED, axum::Json(answer)).into_response())
}
