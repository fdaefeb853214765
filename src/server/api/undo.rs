//! `/api/v1/imports` (GET): what was imported; `/api/v1/imports/undo`: taking an import of parcels back.

use std::sync::Arc;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::{
    api::{PastImport, PastImports, Refused, UndoRequest, Undone, imported_parcels, is_untouched},
    domain::{Action, Draft, Event, Scope},
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
            || imported_parcels(snapshot, event)
                .is_none_or(|parcels| parcels.iter().any(|parcel| scope.holds(unit(*parcel))))
    };
    let imports = events.iter().filter(shown).filter_map(|event| PastImport::of(snapshot, event)).collect();
    Ok(axum::Json(PastImports { at: snapshot.position(), imports }).into_response())
}

/// Withdraws the parcels of an import, all or none, on the day from which they held.
pub async fn undo(
    State(app): State<Arc<App>>,
    identity: Identity,
    axum::Json(undo): axum::Json<UndoRequest>,
) -> Result<Response, Problem> {
    let position = undo.position;
    let missing = || Problem::not_found(format!("position {position} of the ledger is no import of parcels"));
    let events = app.with_store(move |store| store.import_at(position)).await?;
    let event = events.ok_or_else(missing)?;
    let current = app.current()?;
    let snapshot = &current.view.snapshot;
    let parcels = imported_parcels(snapshot, &event).ok_or_else(missing)?;
    let touched = parcels.iter().filter(|parcel| !is_untouched(snapshot, **parcel)).count();
    if touched > 0 {
        let detail =
            format!("{touched} of its {} parcels have a history already; correct those", parcels.len());
        return Err(Problem::refused(detail, Refused::none()));
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
    let answer = Undone { at: recorded.at, withdrawn: parcels.len() };
    Ok((StatusCode::CREATED, axum::Json(answer)).into_response())
}
