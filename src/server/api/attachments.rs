//! `/api/v1/attachments`: scans and photographs behind events.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::server::{app::App, problem::Problem};

/// Keeps a file.
pub async fn attach(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let media_type =
        headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_owned();
    let kept = app.files.keep(&media_type, body).await?;
    let answer = json!({ "id": kept.id, "content_type": kept.content_type, "bytes": kept.bytes });
    Ok((StatusCode::CREATED, axum::Json(answer)).into_response())
}

/// Gives a file back.
pub async fn attachment(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Response, Problem> {
    let (media_type, bytes) = app.files.read(&id).await?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    // A PDF is shown or saved, but never runs as a page of ours.
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok(response)
}
