//! What those ask who keep the server running: is it up, is it ready, how does it fare.

use std::sync::Arc;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use super::{app::App, problem::Problem};

pub async fn live() -> &'static str {
    "ok\n"
}

/// 200 once the atlas is loaded: reads go on from memory whatever the disk does. `writes` and `follows` say
/// whether what is recorded is kept, and shown.
pub async fn ready(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let at = app.current()?.view.snapshot.position();
    let (writes, follows) = (app.health.may_write(), app.health.is_following());
    let body = serde_json::json!({ "ready": true, "writes": writes, "follows": follows, "at": at });
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response())
}

pub async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render())
}
