//! `/api/v1/events`: what people record. All of a request is taken or nothing.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::attachments::may_open;
use crate::{
    api::{Judged, PreviewRow, Refused, TableColumns, TablePreview, Yes},
    domain::{Action, Draft, Habits, LedgerPosition, Refusal},
    ingest::{EventRow, Words, read_event_table, text_of_table},
    recording::{Recorded, RecordingError},
    server::{app::App, auth::Identity, params::Query, problem::Problem, writer::Job},
};

/// Events of one request.
const MOST: usize = 10_000;

type Rows = Vec<(usize, Result<Draft, Refusal>)>;

/// Records one event or several, given as JSON.
pub async fn events(
    State(app): State<Arc<App>>,
    identity: Identity,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let dry_run = Query::parse(query.as_deref(), &["dry_run"])?.flag("dry_run")?;
    let list = read(&body)?;
    made_by(&list, identity.name())?;
    let mut rows = drafts(&list);
    if let Some(version) = if_match(&headers)? {
        let [(_, Ok(draft))] = &mut rows[..] else {
            let why = "If-Match goes with one event; give each event its own \"version\"";
            return Err(Problem::invalid(why));
        };
        draft.version = Some(version);
    }
    let request = request(&headers, &body)?;
    let count = rows.len();
    let recorded = order(&app, &identity, rows, dry_run, request).await?.map_err(problem)?;
    if dry_run {
        let judged = Judged { at: recorded.at, dry_run: Yes, rows: count, marks: recorded.marks };
        return Ok(axum::Json(judged).into_response());
    }
    Ok((StatusCode::CREATED, axum::Json(recorded)).into_response())
}

/// Records the rows of a pasted table.
pub async fn table(
    State(app): State<Arc<App>>,
    identity: Identity,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let dry_run = Query::parse(query.as_deref(), &["dry_run"])?.flag("dry_run")?;
    let text = text_of_table(&body);
    let tabs = match headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) {
        Some(kind) if kind.starts_with("text/tab-separated-values") => Some(true),
        Some(kind) if kind.starts_with("text/csv") => Some(false),
        Some(kind) if kind.starts_with("text/plain") => None,
        _ => return Err(Problem::media_type("send text/csv or text/tab-separated-values")),
    };
    let words = {
        let view = &app.current()?.view;
        let snapshot = &view.snapshot;
        let words = Words::of(snapshot.law(), &app.words.codes);
        words.with_names(snapshot.project_names(), snapshot.unit_names(view.today))
    };
    let table = read_event_table(&text, tabs, &words).map_err(|why| Problem::invalid(why.to_string()))?;
    if table.rows.len() > MOST {
        return Err(Problem::too_large(format!("a request takes at most {MOST} rows")));
    }
    let rows: Rows = table.rows.iter().map(|row| (row.line, row.draft.clone())).collect();
    let request = request(&headers, &body)?;
    let outcome = order(&app, &identity, rows, dry_run, request).await?;
    if !dry_run {
        return Ok((StatusCode::CREATED, axum::Json(outcome.map_err(problem)?)).into_response());
    }
    let refused = match &outcome {
        Err(RecordingError::Refused(refused)) => refused.clone(),
        Err(RecordingError::Conflict(_)) | Ok(_) => Vec::new(),
        Err(_) => return Err(outcome.err().map_or_else(|| Problem::invalid("refused"), problem)),
    };
    let row = |row: EventRow| {
        let errors: Vec<_> = refused.iter().filter(|refusal| refusal.row == row.line).cloned().collect();
        let parcel = errors.iter().find_map(|refusal| refusal.parcel);
        PreviewRow { row: row.line, parcel, fields: row.fields, errors }
    };
    let body = TablePreview {
        at: app.current()?.view.snapshot.position(),
        dry_run: Yes,
        rows: table.rows.len(),
        columns: TableColumns { known: table.known, unknown: table.unknown },
        preview: table.rows.into_iter().map(row).collect(),
    };
    Ok(axum::Json(body).into_response())
}

/// The events of a body, each an object or none.
fn read(body: &[u8]) -> Result<Vec<Option<Map<String, Value>>>, Problem> {
    let value: Value = serde_json::from_slice(body)
        .map_err(|error| Problem::invalid(format!("the body is not JSON: {error}")))?;
    let list = match value {
        Value::Array(list) => list,
        one @ Value::Object(_) => vec![one],
        _ => return Err(Problem::invalid("the body must be an event or a list of events")),
    };
    if list.is_empty() || list.len() > MOST {
        return Err(Problem::too_large(format!("a request takes 1 to {MOST} events")));
    }
    let fields = |event| match event {
        Value::Object(fields) => Some(fields),
        _ => None,
    };
    Ok(list.into_iter().map(fields).collect())
}

/// An entry that waited for a network belongs to who made it, whoever is signed in when it is sent.
fn made_by(list: &[Option<Map<String, Value>>], name: &str) -> Result<(), Problem> {
    let author =
        |event: &Option<Map<String, Value>>| Some(event.as_ref()?.get("author")?.as_str()?.to_owned());
    match list.iter().filter_map(author).find(|author| author != name) {
        Some(author) => Err(Problem::other_author(&author, name)),
        None => Ok(()),
    }
}

/// The events as drafts; their numbers are read as one table's.
fn drafts(list: &[Option<Map<String, Value>>]) -> Rows {
    let known = (1..).zip(list).filter_map(|(row, event)| Some((row, event.as_ref()?)));
    let habits = Habits::of(known, |_| false);
    let draft = |(row, event): (usize, &Option<Map<String, Value>>)| match event {
        Some(fields) => (row, Draft::read_among(fields, &habits)),
        None => (row, Err(Refusal::new("invalid_value", "an event must be an object"))),
    };
    (1..).zip(list).map(draft).collect()
}

/// The version in `If-Match: "123"`.
fn if_match(headers: &HeaderMap) -> Result<Option<LedgerPosition>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let number =
        value.to_str().ok().map(|text| text.trim().trim_matches('"')).and_then(|text| text.parse().ok());
    let why = "must be the parcel's version in quotes, as in \"290000\"";
    number.map(|n| Some(LedgerPosition(n))).ok_or_else(|| Problem::parameter("If-Match", why))
}

fn request(headers: &HeaderMap, body: &[u8]) -> Result<Option<(String, Vec<u8>)>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str() {
        Ok(key) if (1..=100).contains(&key.len()) => {
            Ok(Some((key.to_owned(), Sha256::digest(body).to_vec())))
        }
        _ => Err(Problem::parameter("Idempotency-Key", "must have 1 to 100 characters")),
    }
}

/// Has the rows recorded, and waits until the view shows them.
async fn order(
    app: &Arc<App>,
    identity: &Identity,
    drafts: Rows,
    dry_run: bool,
    request: Option<(String, Vec<u8>)>,
) -> Result<Result<Recorded, RecordingError>, Problem> {
    let current = app.current()?;
    let named: BTreeSet<&String> = drafts
        .iter()
        .filter_map(|(_, draft)| draft.as_ref().ok())
        .flat_map(|draft| &draft.attachments)
        .collect();
    let mut attached = Vec::new();
    for id in named {
        // Whoever names a file in an event of theirs would have it opened to them.
        if app.files.holds(id).await? && may_open(app, identity, &current.view, id).await? {
            attached.push(id.clone());
        }
    }
    let units = current.view.snapshot.units();
    let (scope, plans) = (identity.scope(Action::WriteEvents, units), identity.scope(Action::Manage, units));
    let job = Job {
        drafts,
        author: identity.name().to_owned(),
        may_write: Box::new(move |unit| scope.holds(unit)),
        may_plan: Box::new(move |communes| plans.holds_all(communes)),
        attached,
        most_attached: app.files.quota.of_parcel,
        today: current.view.today,
        dry_run,
        request,
    };
    let outcome = app.writer.record(job).await?;
    if let (Ok(recorded), false) = (&outcome, dry_run) {
        app.await_shown(recorded.at).await;
    }
    Ok(outcome)
}

pub(super) fn problem(error: RecordingError) -> Problem {
    match error {
        RecordingError::Refused(refused) => {
            let detail = format!("{} of the rows break a rule; nothing was recorded", refused.len());
            Problem::refused(detail, Refused::Rows(refused))
        }
        RecordingError::Conflict(conflicts) => {
            let detail = "parcels have changed since they were seen; nothing was recorded";
            Problem::conflict(detail, conflicts)
        }
        RecordingError::KeyUsed => {
            Problem::parameter("Idempotency-Key", "was used for another request; take a new one")
        }
        RecordingError::Store(error @ crate::store::StoreError::Exists(_)) => {
            Problem::refused(error.to_string(), Refused::none())
        }
        RecordingError::Store(error) => Problem::store(&error),
        RecordingError::Fault => Problem::internal(&error),
    }
}
