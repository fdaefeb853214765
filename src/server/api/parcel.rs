//! `/api/v1/parcels/{id}`: a parcel's sheet, with its history from the ledger.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use crate::{
    api,
    domain::{Action, ParcelId},
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
    // The number of a decision on one household leads to its name: it is shown to who records there.
    if !records {
        history.iter_mut().for_each(|event| event.body.document = None);
    }
    // The position of the last event names the history, so that an answer never mixes two states.
    let last = history.last().map_or(0, |event| event.position.0);
    let whose = if records { "records" } else { "looks" };
    let key = format!("/api/v1/parcels/{id} {last} {whose} {}", text.unwrap_or_default());
    let answer = app.json(&headers, key, at.into(), move |_, view| {
        let index = view.snapshot.parcels().find(id).ok_or(missing)?;
        Ok(api::parcel_sheet(view, index, &history, query.as_of(view.today)?))
    });
    Ok(answer.await?.respond(&headers))
}
