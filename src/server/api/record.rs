//! `/api/v1/parcels/{id}/record`: all that was recorded about a parcel, for those who record.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::{
    domain::{Action, Event, EventKind, LedgerPosition, ParcelId},
    server::{app::App, auth::Identity, problem::Problem},
};

/// The events, with money, notes, scans and authors.
pub async fn record(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found(format!("no parcel has the number \"{id}\""));
    let parcel = id.parse().map(ParcelId).map_err(|_| missing())?;
    let current = app.current()?;
    let snapshot = &current.view.snapshot;
    let index = snapshot.parcels().find(parcel).ok_or_else(missing)?;
    let unit = snapshot.units()[snapshot.parcels().unit(index)].id;
    if !identity.scope(Action::WriteEvents, snapshot.units()).holds(unit) {
        return Err(Problem::forbidden("the parcel lies outside your units"));
    }
    let history = app.with_store(move |store| store.history(parcel)).await?;
    let corrected_by = |position: LedgerPosition| {
        let names = |event: &&Event| matches!(event.body.kind, EventKind::Correction { corrects, .. } if corrects == position);
        history.iter().find(names).map(|event| event.position)
    };
    let entry = |event: &Event| {
        let recorded = jiff::Timestamp::from_millisecond(event.body.recorded_at).ok();
        json!({
            "position": event.position,
            "date": event.body.day,
            "recorded_at": recorded.map(|at| at.to_string()),
            "author": event.body.author,
            "document": event.body.document,
            "note": event.body.note,
            "attachments": event.body.attachments,
            "what": event.body.kind,
            "corrected_by": corrected_by(event.position),
        })
    };
    let events: Vec<_> = history.iter().map(entry).collect();
    let version = history.last().map_or(LedgerPosition(0), |event| event.position);
    let body = json!({ "parcel": parcel, "version": version, "events": events });
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response())
}
