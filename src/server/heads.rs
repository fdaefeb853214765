//! Signs the ledger's end while it grows, and tells the signed ends to whoever asks.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use super::{app::App, background::blocking, problem::Problem};
use crate::api::Heads;

/// The end is signed at most this often.
const EVERY: Duration = Duration::from_secs(10);

/// Signs whenever the ledger has grown, as long as the server runs.
pub async fn follow(app: Arc<App>) {
    if app.witness.public_key().is_none() {
        return;
    }
    loop {
        sign(&app).await;
        tokio::time::sleep(EVERY).await;
    }
}

/// Signs the ledger's end, if it is another one than the last that was signed.
pub async fn sign(app: &Arc<App>) {
    let Ok(head) = app.with_store(|store| store.head()).await else { return };
    let own = Arc::clone(app);
    let sign = move || own.witness.sign(&head, jiff::Timestamp::now().as_millisecond());
    // What ends by a fault is in the log already.
    if let Ok(Err(error)) = blocking(sign).await {
        tracing::error!(%error, "the signed end of the ledger could not be kept");
    }
}

/// The last signed ends of the ledger, newest first, and the key to hold them against.
pub async fn heads(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let at = app.current()?.view.snapshot.position();
    let body = Heads { at, key: app.witness.public_key(), heads: app.witness.signed() };
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response())
}
