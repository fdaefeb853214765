//! What those who keep the server look at: the ledger's end, the law, health.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::header,
    response::{IntoResponse, Response},
};

use crate::{
    api::{Condition, HeadAt, LedgerPage, law_book},
    domain::{LedgerPosition, hex},
    server::{app::App, params::Query, problem::Problem},
};

/// Events of one answer.
const MOST: usize = 500;

/// The last events of the ledger before a position, newest first. Notes stay out: they may name people.
pub async fn ledger(State(app): State<Arc<App>>, RawQuery(text): RawQuery) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &["before", "limit"])?;
    let before = query.read("before", |text| {
        text.parse::<u64>().map(LedgerPosition).map_err(|_| "must be a whole number")
    })?;
    let limit = query.read("limit", |text| match text.parse::<usize>() {
        Ok(limit) if (1..=MOST).contains(&limit) => Ok(limit),
        _ => Err(format!("must be a whole number from 1 to {MOST}")),
    })?;
    let (before, limit) = (before.unwrap_or(LedgerPosition(u64::MAX)), limit.unwrap_or(100));
    let events = app.with_store(move |store| store.events_before(before, limit)).await?;
    Ok(no_store(&LedgerPage::of(&app.current()?.view.snapshot, events)))
}

/// The hash of the ledger at a position: what a report or a copy says of it is held against this.
pub async fn head_at(State(app): State<Arc<App>>, Path(position): Path<String>) -> Result<Response, Problem> {
    let missing = || Problem::not_found(format!("the ledger has no position \"{position}\""));
    let asked = position.parse().map(LedgerPosition).map_err(|_| missing())?;
    let head = app.with_store(move |store| store.head_at(asked)).await?.ok_or_else(missing)?;
    let now = app.current()?.view.snapshot.position();
    Ok(no_store(&HeadAt { at: now, position: head.position, head: hex(&head.hash) }))
}

/// The law as the files have it: acts, clocks, order, authority and transitions with their articles.
pub async fn procedures(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let current = app.current()?;
    let snapshot = &current.view.snapshot;
    Ok(axum::Json(law_book(snapshot.law(), snapshot.position())).into_response())
}

/// How the server is.
pub async fn condition(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let (size, head) = app.with_store(|store| Ok((store.size()?, store.head()?))).await?;
    let current = app.current()?;
    let snapshot = &current.view.snapshot;
    let directory = app.auth.directory.load();
    Ok(no_store(&Condition {
        version: env!("CARGO_PKG_VERSION"),
        started_at: app.started_at,
        at: snapshot.position(),
        stored_at: head.position,
        head: hex(&head.hash),
        parcels: snapshot.parcels().len(),
        projects: snapshot.projects().len(),
        units: snapshot.units().len(),
        store_bytes: size,
        atlas_bytes: snapshot.bytes(),
        accounts: directory.accounts.len(),
        sessions: directory.sessions.len(),
    }))
}

fn no_store(body: &impl serde::Serialize) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response()
}
