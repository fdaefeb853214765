//! Liveness, readiness, metrics.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use super::{app::App, problem::Problem};
use crate::store::StoreError;

/// How the threads behind the answers fare.
#[derive(Debug)]
pub struct Health {
    writes: AtomicBool,
    follows: AtomicBool,
    /// Whether the store could be reached when it was last asked.
    reaches: AtomicBool,
}

impl Default for Health {
    fn default() -> Self {
        Self { writes: AtomicBool::new(true), follows: AtomicBool::new(true), reaches: AtomicBool::new(true) }
    }
}

impl Health {
    /// The writer has written, or could have.
    pub fn wrote(&self) {
        self.writes.store(true, Ordering::Relaxed);
    }

    /// Whether the store can be reached.
    pub fn reaches(&self, reaches: bool) {
        self.reaches.store(reaches, Ordering::Relaxed);
    }

    /// The writer could not write; waiting for somebody else is no fault.
    pub fn could_not_write(&self, error: &StoreError) {
        if error.is_gone() {
            return self.reaches(false);
        }
        self.writes.store(error.is_busy(), Ordering::Relaxed);
    }

    /// Whether recording works.
    pub fn may_write(&self) -> bool {
        self.writes.load(Ordering::Relaxed) && self.reaches.load(Ordering::Relaxed)
    }

    /// Whether the view follows the ledger.
    pub fn follows(&self, follows: bool) {
        self.follows.store(follows, Ordering::Relaxed);
        metrics::gauge!("matbang_following").set(f64::from(u8::from(follows)));
    }
}

pub async fn live() -> &'static str {
    "ok\n"
}

/// 200 once the atlas is loaded: reads go on from memory whatever the disk does. `writes` and `follows` say
/// whether what is recorded is kept, and shown.
pub async fn ready(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let at = app.current()?.view.snapshot.position();
    let (writes, follows) = (app.health.may_write(), app.health.follows.load(Ordering::Relaxed));
    let body = serde_json::json!({ "ready": true, "writes": writes, "follows": follows, "at": at });
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response())
}

pub async fn metrics(State(app): State<Arc<App>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render())
}
