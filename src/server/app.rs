//! What all requests share.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwapOption;
use axum::http::HeaderMap;

use super::{
    cache::{Answer, Cache, Touched},
    encoding::Encoding,
    problem::Problem,
};
use crate::{
    analysis::View,
    domain::{LedgerPosition, Vocabulary},
    store::{GeoPackage, Store, StoreError},
};

/// Facts about the store that do not change while it is served.
#[derive(Debug, Clone)]
pub struct About {
    /// Everything is made up.
    pub illustration: bool,
    /// Name of the province.
    pub province: Option<String>,
}

/// A view and its number: every change has a new one.
#[derive(Debug)]
pub struct Current {
    /// Number.
    pub number: u64,
    /// View.
    pub view: View,
}

/// Earlier positions of the ledger that are kept.
const PAST_VIEWS: usize = 4;

/// The state of the server.
pub struct App {
    current: ArcSwapOption<Current>,
    numbers: AtomicU64,
    past: Mutex<VecDeque<Arc<Current>>>,
    /// One connection for histories and earlier positions; never held across an await.
    store: Mutex<GeoPackage>,
    /// Words for codes.
    pub words: Vocabulary,
    /// Facts about the store.
    pub about: About,
    /// Answers.
    pub cache: Cache,
    /// Prometheus.
    pub metrics: metrics_exporter_prometheus::PrometheusHandle,
}

impl App {
    /// The state around an open store; it answers once a view is shown.
    ///
    /// # Errors
    /// A store that can't be read.
    pub fn new(
        store: GeoPackage,
        words: Vocabulary,
        metrics: metrics_exporter_prometheus::PrometheusHandle,
    ) -> Result<Self, StoreError> {
        let about = About {
            illustration: store.setting("illustration")?.as_deref() == Some("true"),
            province: store.setting("province")?,
        };
        Ok(Self {
            current: ArcSwapOption::empty(),
            numbers: AtomicU64::new(0),
            past: Mutex::default(),
            store: Mutex::new(store),
            words,
            about,
            cache: Cache::new(256 << 20, 64 << 20),
            metrics,
        })
    }

    /// The current view.
    ///
    /// # Errors
    /// 503 while the atlas is being loaded.
    pub fn current(&self) -> Result<Arc<Current>, Problem> {
        self.current.load_full().ok_or_else(Problem::starting)
    }

    /// Makes `view` the current one and retires the answers that it changes.
    pub fn show(&self, view: View, touched: Option<&Touched>) {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed) + 1;
        metrics::gauge!("matbang_ledger_position").set(view.snapshot.position().0 as f64);
        metrics::gauge!("matbang_parcels").set(view.snapshot.parcels().len() as f64);
        let current = Arc::new(Current { number, view });
        self.cache.turn(number, touched, || self.current.store(Some(current)));
        self.past.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Runs `work` with the store on a thread that may block.
    ///
    /// # Errors
    /// What `work` gives, as an internal problem.
    pub async fn with_store<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&GeoPackage) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let app = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            work(&app.store.lock().unwrap_or_else(PoisonError::into_inner))
        });
        done.await.map_err(|e| Problem::internal(&e))?.map_err(|e| Problem::internal(&e))
    }

    /// The view at an earlier position of the ledger, as of today.
    ///
    /// # Errors
    /// 400 for a position beyond the end; 503 while loading.
    pub async fn at(self: &Arc<Self>, position: LedgerPosition) -> Result<Arc<Current>, Problem> {
        let current = self.current()?;
        let head = current.view.snapshot.position();
        if position == head {
            return Ok(current);
        }
        if position > head {
            return Err(Problem::parameter("at", format!("the ledger ends at position {head}")));
        }
        let found = |past: &VecDeque<Arc<Current>>| {
            past.iter().find(|past| past.view.snapshot.position() == position).cloned()
        };
        if let Some(past) = found(&self.past.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(past);
        }
        let today = current.view.today;
        let view =
            self.with_store(move |store| Ok(View::new(Arc::new(store.load_at(position)?), today))).await?;
        // Number 0 is never current: what is made from the past is not kept as if it were of today.
        let made = Arc::new(Current { number: 0, view });
        let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        past.push_front(Arc::clone(&made));
        past.truncate(PAST_VIEWS);
        Ok(made)
    }

    /// A JSON answer that depends on nothing but the view and `key`: made once per change.
    ///
    /// # Errors
    /// What `make` gives; 503 while loading.
    pub async fn json(
        self: &Arc<Self>,
        headers: &HeaderMap,
        key: String,
        make: impl FnOnce(&Self, &View) -> Result<serde_json::Value, Problem> + Send + 'static,
    ) -> Result<Answer, Problem> {
        let bytes = move |app: &Self, view: &View| {
            let value = make(app, view)?;
            serde_json::to_vec(&value).map_err(|e| Problem::internal(&e))
        };
        self.answer(headers, key, "application/json", bytes).await
    }

    /// As [`App::json`], for bytes of any type.
    ///
    /// # Errors
    /// What `make` gives; 503 while loading.
    pub async fn answer(
        self: &Arc<Self>,
        headers: &HeaderMap,
        key: String,
        content_type: &'static str,
        make: impl FnOnce(&Self, &View) -> Result<Vec<u8>, Problem> + Send + 'static,
    ) -> Result<Answer, Problem> {
        let encoding = Encoding::negotiate(headers);
        let key = format!("{key} {encoding:?}");
        if let Some(answer) = self.cache.answer(&key) {
            return Ok(answer);
        }
        let (app, current) = (Arc::clone(self), self.current()?);
        let work = tokio::task::spawn_blocking(move || {
            let answer = Answer::new(&make(&app, &current.view)?, content_type, encoding);
            app.cache.keep_answer(current.number, key, &answer);
            Ok(answer)
        });
        work.await.map_err(|e| Problem::internal(&e))?
    }
}
