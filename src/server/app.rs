//! What all requests share.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use axum::http::HeaderMap;
use tokio::sync::watch;

use super::{
    auth::Auth,
    basemap::Basemap,
    cache::{Answer, Cache, Touched},
    encoding::Encoding,
    files::Files,
    listings::Listings,
    live::Live,
    params::When,
    problem::Problem,
    reading::Reading,
    staging::Staging,
    writer::Writer,
};
use crate::{
    analysis::View,
    domain::{Campaign, Event, LedgerPosition, Vocabulary},
    query, report,
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

/// What the server is started with beside the store.
pub struct Equipment {
    /// Words for codes.
    pub words: Vocabulary,
    /// Words for columns and pages.
    pub columns: query::Words,
    /// Emulation campaigns.
    pub campaigns: Vec<Campaign>,
    /// Words of reports, Vietnamese and English.
    pub report_words: [report::Words; 2],
    /// Scans and photographs.
    pub files: Files,
    /// Base map, if there is one.
    pub basemap: Option<Basemap>,
    /// Accounts and how people come in.
    pub auth: Auth,
    /// Reads the files that people send.
    pub reading: Reading,
}

/// A view and its number: every change has a new one.
#[derive(Debug)]
pub struct Current {
    /// Number.
    pub number: u64,
    /// View.
    pub view: View,
}

/// Wakes the follower when this process wrote.
#[derive(Debug, Default, Clone)]
pub struct News(Arc<(Mutex<bool>, Condvar)>);

impl News {
    /// There is something new.
    pub fn tell(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_one();
    }

    /// Waits for something new, at most for `time`.
    pub fn wait(&self, time: Duration) {
        let told = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut told, _) =
            self.0.1.wait_timeout_while(told, time, |told| !*told).unwrap_or_else(PoisonError::into_inner);
        *told = false;
    }
}

/// How long an answer waits for the view to show what was written.
const SHOWN_WITHIN: Duration = Duration::from_secs(2);

/// Files that are written for downloads at the same time.
const MOST_EXPORTS: usize = 8;

/// Events that are read from the store at once.
const EVENTS_AT_ONCE: usize = 4096;

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
    /// Emulation campaigns.
    pub campaigns: Vec<Campaign>,
    /// Words for columns and pages.
    pub columns: query::Words,
    /// Files that may be written for downloads at once.
    pub exports: Arc<tokio::sync::Semaphore>,
    /// Words of reports, Vietnamese and English.
    pub report_words: [report::Words; 2],
    /// Facts about the store.
    pub about: About,
    /// Answers.
    pub cache: Cache,
    /// Orders of rows that tables look at.
    pub listings: Listings,
    /// Who listens to what happens.
    pub live: Live,
    /// Wakes the follower.
    pub news: News,
    /// The writer.
    pub writer: Writer,
    /// Scans and photographs.
    pub files: Files,
    /// Base map, if there is one.
    pub basemap: Option<Basemap>,
    /// Files that wait to be imported.
    pub staging: Staging,
    /// Reads them.
    pub reading: Reading,
    /// Accounts and how people come in.
    pub auth: Auth,
    /// Position of the view that is shown.
    shown: watch::Sender<u64>,
    /// Milliseconds since 1970-01-01T00:00Z at which it was started.
    pub started_at: i64,
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
        equipment: Equipment,
        metrics: metrics_exporter_prometheus::PrometheusHandle,
    ) -> Result<Self, StoreError> {
        let Equipment { words, columns, campaigns, report_words, files, basemap, auth, reading } = equipment;
        let news = News::default();
        let written = news.clone();
        let writer = Writer::start(store.reopen()?, store.procedures().to_vec(), move || written.tell());
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
            campaigns,
            columns,
            exports: Arc::new(tokio::sync::Semaphore::new(MOST_EXPORTS)),
            report_words,
            about,
            cache: Cache::new(256 << 20, 64 << 20),
            listings: Listings::default(),
            live: Live::default(),
            news,
            writer,
            files,
            basemap,
            reading,
            staging: Staging::default(),
            auth,
            shown: watch::Sender::new(0),
            started_at: jiff::Timestamp::now().as_millisecond(),
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
        let position = view.snapshot.position().0;
        let current = Arc::new(Current { number, view });
        self.cache.turn(number, touched, || self.current.store(Some(current)));
        self.shown.send_replace(position);
    }

    /// Waits until the view shows `position`, so that who writes sees it; not for ever.
    pub async fn await_shown(&self, position: LedgerPosition) {
        let mut shown = self.shown.subscribe();
        let reached = shown.wait_for(|now| *now >= position.0);
        // A view that is late shows it a little later: nothing is lost.
        let _ = tokio::time::timeout(SHOWN_WITHIN, reached).await;
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

    /// Events after a position, some at a time; for threads that may block.
    ///
    /// # Errors
    /// The disk's, in words.
    pub fn ledger_after(&self, position: LedgerPosition) -> Result<Vec<Event>, String> {
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        store.some_events_after(position, EVENTS_AT_ONCE).map_err(|e| e.to_string())
    }

    /// Takes the accounts as they are in the store now.
    ///
    /// # Errors
    /// The disk's.
    pub async fn refresh_accounts(self: &Arc<Self>) -> Result<(), Problem> {
        let directory = self.with_store(GeoPackage::directory).await?;
        self.auth.refresh(directory);
        Ok(())
    }

    /// The view that a query asks for: what was known `at` a position, on the day `as_of`.
    /// Both are of now when left out.
    ///
    /// # Errors
    /// 400 for a position beyond the end; 503 while loading.
    pub async fn view(self: &Arc<Self>, when: When) -> Result<Arc<Current>, Problem> {
        let current = self.current()?;
        let head = current.view.snapshot.position();
        let (position, day) = (when.at.unwrap_or(head), when.as_of.unwrap_or(current.view.today));
        if (position, day) == (head, current.view.today) {
            return Ok(current);
        }
        if position > head {
            return Err(Problem::parameter("at", format!("the ledger ends at position {head}")));
        }
        if let Some(past) = self.past_view(|past| past.snapshot.position() == position && past.today == day) {
            return Ok(past);
        }
        let known = if position == head { Some(Arc::clone(&current.view.snapshot)) } else { None };
        let known = known.or_else(|| {
            self.past_view(|past| past.snapshot.position() == position)
                .map(|past| Arc::clone(&past.view.snapshot))
        });
        let view = match known {
            Some(snapshot) => tokio::task::spawn_blocking(move || View::new(snapshot, day))
                .await
                .map_err(|e| Problem::internal(&e))?,
            None => {
                self.with_store(move |store| Ok(View::new(Arc::new(store.load_at(position)?), day))).await?
            }
        };
        // Number 0 is never current: what is made from the past is not kept as if it were of today.
        let made = Arc::new(Current { number: 0, view });
        let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        past.push_front(Arc::clone(&made));
        past.truncate(PAST_VIEWS);
        Ok(made)
    }

    fn past_view(&self, wanted: impl Fn(&View) -> bool) -> Option<Arc<Current>> {
        let past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        past.iter().find(|past| wanted(&past.view)).cloned()
    }

    /// A JSON answer that depends on nothing but the view of `when` and `key`, which tells it apart from
    /// others: made once per change.
    ///
    /// # Errors
    /// What `make` gives; 503 while loading.
    pub async fn json(
        self: &Arc<Self>,
        headers: &HeaderMap,
        key: String,
        when: When,
        make: impl FnOnce(&Self, &View) -> Result<serde_json::Value, Problem> + Send + 'static,
    ) -> Result<Answer, Problem> {
        let bytes = move |app: &Self, view: &View| {
            let value = make(app, view)?;
            serde_json::to_vec(&value).map_err(|e| Problem::internal(&e))
        };
        self.answer(headers, key, when, "application/json", bytes).await
    }

    /// As [`App::json`], for what must know the view's number.
    ///
    /// # Errors
    /// What `make` gives; 503 while loading.
    pub async fn json_of(
        self: &Arc<Self>,
        headers: &HeaderMap,
        key: String,
        when: When,
        make: impl FnOnce(&Current) -> Result<serde_json::Value, Problem> + Send + 'static,
    ) -> Result<Answer, Problem> {
        let bytes = move |_: &Self, current: &Current| {
            serde_json::to_vec(&make(current)?).map_err(|e| Problem::internal(&e))
        };
        self.answer_of(headers, key, when, "application/json", bytes).await
    }

    /// As [`App::json`], for bytes of any type.
    ///
    /// # Errors
    /// What `make` gives; 503 while loading.
    pub async fn answer(
        self: &Arc<Self>,
        headers: &HeaderMap,
        key: String,
        when: When,
        content_type: &'static str,
        make: impl FnOnce(&Self, &View) -> Result<Vec<u8>, Problem> + Send + 'static,
    ) -> Result<Answer, Problem> {
        let bytes = move |app: &Self, current: &Current| make(app, &current.view);
        self.answer_of(headers, key, when, content_type, bytes).await
    }

    async fn answer_of(
        self: &Arc<Self>,
        headers: &HeaderMap,
        key: String,
        when: When,
        content_type: &'static str,
        make: impl FnOnce(&Self, &Current) -> Result<Vec<u8>, Problem> + Send + 'static,
    ) -> Result<Answer, Problem> {
        let encoding = Encoding::negotiate(headers);
        let key = format!("{key} {encoding:?}");
        if let Some(answer) = self.cache.answer(&key) {
            return Ok(answer);
        }
        let (app, current) = (Arc::clone(self), self.view(when).await?);
        let work = tokio::task::spawn_blocking(move || {
            let answer = Answer::new(&make(&app, &current)?, content_type, encoding);
            app.cache.keep_answer(current.number, key, &answer);
            Ok(answer)
        });
        work.await.map_err(|e| Problem::internal(&e))?
    }
}
