//! `/api/v1/parcels/{id}/record`: all that was recorded about a parcel, for those who record.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};

use crate::{
    api::parcel_record,
    domain::{Action, ParcelId},
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
    let unit = snapshot.parcel(index).unit().id;
    if !identity.scope(Action::WriteEvents, snapshot.units()).holds(unit) {
        return Err(Problem::forbidden("the parcel lies outside your units"));
    }
    let history = app.with_store(move |store| store.history(parcel)).await?;
    let body = parcel_record(&current.view, index, history);
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response())
}
