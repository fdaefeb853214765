//! `/api/v1/attachments`: scans and photographs behind events.
//!
//! A file is opened to who sent it and to who records where an event names it:
//! its name is no key, and who names it in an event must be able to open it.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    analysis::View,
    api::Attachment,
    domain::Action,
    server::{app::App, auth::Identity, problem::Problem},
    store::PLAN,
};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// Keeps a file.
pub async fn attach(
    State(app): State<Arc<App>>,
    identity: Identity,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let media_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_owned();
    let (name, at) = (identity.name().to_owned(), jiff::Timestamp::now().as_millisecond());
    let sender = name.clone();
    let sent = app.with_store(move |store| store.sent_since(&sender, at - DAY)).await?;
    let most = app.files.quota.of_day;
    if sent.saturating_add(body.len() as u64) > most {
        let why = format!("an account may send {} MB of scans and photographs within a day", most >> 20);
        return Err(Problem::quota(why));
    }
    let kept = app.files.keep(&media_type, body).await?;
    let (id, bytes) = (kept.id.clone(), kept.bytes as u64);
    app.with_store(move |store| store.note_upload(&id, &name, bytes, at)).await?;
    let answer = Attachment { id: kept.id, content_type: kept.content_type, bytes: kept.bytes };
    Ok((StatusCode::CREATED, axum::Json(answer)).into_response())
}

/// Whether a file may be opened: by who sent it, by who records where an event names it, and, behind a project's
/// plan, by whoever records.
///
/// # Errors
/// 503 or 500 when the store can't say who sent the file.
pub async fn may_open(app: &App, identity: &Identity, view: &View, id: &str) -> Result<bool, Problem> {
    let snapshot = &view.snapshot;
    let scope = identity.scope(Action::WriteEvents, snapshot.units());
    if scope == crate::domain::Scope::Everywhere {
        return Ok(true);
    }
    let file = id.to_owned();
    let known = app.with_store(move |store| store.attached(&file)).await?;
    let columns = snapshot.parcels();
    let inside = |parcel| {
        let unit = columns.find(parcel).map(|index| snapshot.parcel(index).unit().id);
        parcel == PLAN || unit.is_some_and(|unit| scope.holds(unit))
    };
    Ok(known.senders.iter().any(|sender| sender == identity.name()) || known.parcels.into_iter().any(inside))
}

/// Gives a file back.
pub async fn attachment(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    // Whether there is one that is not theirs is nobody's business.
    if !may_open(&app, &identity, &app.current()?.view, &id).await? {
        return Err(Problem::not_found("there is no such attachment"));
    }
    let (media_type, bytes) = app.files.read(&id).await?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if media_type == "application/pdf" {
        // Readers of PDF run what is in it: it is saved and opened by whoever wishes, never in a page of ours.
        let name = format!("attachment; filename=\"{id}\"");
        let name = HeaderValue::try_from(name).map_err(|e| Problem::internal(&e))?;
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok(response)
}
