//! Signs the ledger's end while it grows, for a file elsewhere and for whoever asks.

use std::{
    collections::VecDeque,
    io::Write as _,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{app::App, problem::Problem};
use crate::{
    api::Heads,
    store::ledger::witness::{HeadKey, SignedHead},
};

/// The end is signed at most this often.
const EVERY: Duration = Duration::from_secs(10);
/// Signed heads that are told.
const TOLD: usize = 100;

/// What signs, and where it is kept.
#[derive(Debug, Default)]
pub struct Witness {
    key: Option<HeadKey>,
    file: Option<PathBuf>,
    signed: Mutex<VecDeque<SignedHead>>,
}

impl Witness {
    /// Signs by `key`, if there is one, and adds lines to `file`.
    pub fn new(key: Option<HeadKey>, file: Option<PathBuf>) -> Self {
        Self { key, file, signed: Mutex::default() }
    }

    fn last(&self) -> Option<SignedHead> {
        self.signed.lock().unwrap_or_else(PoisonError::into_inner).front().cloned()
    }

    /// Adds a line to the file, on the disk before it is told.
    fn keep(&self, signed: SignedHead) -> std::io::Result<()> {
        if let Some(path) = &self.file {
            let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
            writeln!(file, "{}", json!(signed))?;
            file.sync_data()?;
        }
        let mut all = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_front(signed);
        all.truncate(TOLD);
        Ok(())
    }

    /// Signs whenever the ledger has grown, as long as the server runs.
    pub async fn follow(app: Arc<App>) {
        if app.witness.key.is_none() {
            return;
        }
        loop {
            Self::sign(&app).await;
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Signs the ledger's end, if it is another one than the last that was signed.
    pub async fn sign(app: &Arc<App>) {
        let Ok(head) = app.with_store(|store| store.head()).await else { return };
        let own = Arc::clone(app);
        let done = tokio::task::spawn_blocking(move || {
            let Some(key) = &own.witness.key else { return Ok(()) };
            if own.witness.last().is_some_and(|last| last.position == head.position) {
                return Ok(());
            }
            own.witness.keep(key.sign(head.position, &head.hash, jiff::Timestamp::now().as_millisecond()))
        });
        match done.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the signed end of the ledger could not be kept"),
            Err(error) => tracing::error!(%error, "the end of the ledger could not be signed"),
        }
    }
}

/// The last signed ends of the ledger, newest first, and the key to hold them against.
pub async fn heads(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let at = app.current()?.view.snapshot.position();
    let signed = app.witness.signed.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let body = Heads { at, key: app.witness.key.as_ref().map(HeadKey::public), heads: signed.into() };
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response())
}
