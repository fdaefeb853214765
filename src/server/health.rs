//! Liveness, readiness, metrics.

use std::sync::Arc;

use axum::{extract::State, http::header, response::IntoResponse};

use super::{app::App, problem::Problem};

pub async fn live() -> &'static str {
    "ok\n"
}

pub async fn ready(State(app): State<Arc<App>>) -> Result<&'static str, Problem> {
    app.current()?;
    Ok("ready\n")
}

pub async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render())
}
