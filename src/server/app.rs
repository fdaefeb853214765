//! What all requests share.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use axum::http::HeaderMap;
use tokio::sync::{OnceCell, Semaphore, watch};

use super::{
    auth::Auth,
    basemap::Basemap,
    cache::{Answer, Cache, Touched},
    encoding::Encoding,
    files::Files,
    health::Health,
    listings::Listings,
    live::Live,
    params::When,
    problem::Problem,
    staging::Staging,
    writer::Writer,
};
use crate::{
    analysis::View,
    atlas::Snapshot,
    domain::{Campaign, Day, Event, LedgerPosition, Procedure, Vocabulary},
    query, report,
    store::{Store, StoreError},
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
}

/// A view and its number: every change has a new one.
#[derive(Debug)]
pub struct Current {
    /// Number.
    pub number: u64,
    /// View.
    pub view: View,
}

/// How long an answer waits for the view to show what was written.
const SHOWN_WITHIN: Duration = Duration::from_secs(2);

/// Files that are written for downloads at the same time.
const MOST_EXPORTS: usize = 8;

/// Events that are read from the store at once.
const EVENTS_AT_ONCE: usize = 4096;

/// Earlier states, on a day each, that are kept: each shares what is the same with the one shown.
const PAST_VIEWS: usize = 6;

/// Earlier states that are worked out at the same time; others wait for their turn.
const PAST_AT_ONCE: usize = 2;

/// How long one waits for that turn.
const PAST_WITHIN: Duration = Duration::from_secs(10);

/// An earlier state on a day: worked out once, however many ask.
type Past = Arc<OnceCell<Arc<Current>>>;

/// The state of the server.
pub struct App {
    current: ArcSwapOption<Current>,
    numbers: AtomicU64,
    past: Mutex<VecDeque<((LedgerPosition, Day), Past)>>,
    past_places: Semaphore,
    store: Arc<dyn Store>,
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
    /// How the writer and the follower fare.
    pub health: Arc<Health>,
    /// The writer.
    pub writer: Writer,
    /// Scans and photographs.
    pub files: Files,
    /// Base map, if there is one.
    pub basemap: Option<Basemap>,
    /// Files that wait to be imported.
    pub staging: Staging,
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
        store: Arc<dyn Store>,
        procedures: Arc<[Procedure]>,
        equipment: Equipment,
        metrics: metrics_exporter_prometheus::PrometheusHandle,
    ) -> Result<Self, StoreError> {
        let Equipment { words, columns, campaigns, report_words, files, basemap, auth } = equipment;
        let health = Arc::<Health>::default();
        let writer = Writer::start(Arc::clone(&store), procedures, Arc::clone(&health));
        let about = About {
            illustration: store.setting("illustration")?.as_deref() == Some("true"),
            province: store.setting("province")?,
        };
        Ok(Self {
            current: ArcSwapOption::empty(),
            numbers: AtomicU64::new(0),
            past: Mutex::default(),
            past_places: Semaphore::new(PAST_AT_ONCE),
            store,
            words,
            campaigns,
            columns,
            exports: Arc::new(tokio::sync::Semaphore::new(MOST_EXPORTS)),
            report_words,
            about,
            cache: Cache::new(256 << 20, 64 << 20),
            listings: Listings::default(),
            live: Live::default(),
            health,
            writer,
            files,
            basemap,
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
    /// What `work` gives: 503 where another writer does not end, 507 where the disk is full, else an internal problem.
    pub async fn with_store<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let store = Arc::clone(&self.store);
        let done = tokio::task::spawn_blocking(move || work(&*store));
        done.await.map_err(|e| Problem::internal(&e))?.map_err(|e| Problem::store(&e))
    }

    /// Events after a position, some at a time; for threads that may block.
    ///
    /// # Errors
    /// The disk's, in words.
    pub fn ledger_after(&self, position: LedgerPosition) -> Result<Vec<Event>, String> {
        self.store.events_after(position, EVENTS_AT_ONCE).map_err(|e| e.to_string())
    }

    /// Takes the accounts as they are in the store now.
    ///
    /// # Errors
    /// The disk's.
    pub async fn refresh_accounts(self: &Arc<Self>) -> Result<(), Problem> {
        let directory = self.with_store(|store| store.directory()).await?;
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
        let past = self.past_place((position, day));
        let made = past.get_or_try_init(|| self.past(current, position, day)).await;
        Ok(Arc::clone(made?))
    }

    /// Works out an earlier state, in its turn and on a thread that may block.
    async fn past(
        self: &Arc<Self>,
        current: Arc<Current>,
        position: LedgerPosition,
        day: Day,
    ) -> Result<Arc<Current>, Problem> {
        let now = Arc::clone(&current.view.snapshot);
        let snapshot = if position == now.position() {
            now
        } else if let Some(known) = self.past_snapshot(position) {
            known
        } else {
            let turn = tokio::time::timeout(PAST_WITHIN, self.past_places.acquire()).await;
            let _turn = turn.map_err(|_| Problem::busy())?.map_err(|e| Problem::internal(&e))?;
            Arc::new(self.with_store(move |store| store.past(&now, position)).await?)
        };
        // Number 0 is never current: what is made from the past is not kept as if it were of today.
        Ok(Arc::new(Current { number: 0, view: View::new(snapshot, day) }))
    }

    /// The place of an earlier state; the one that was asked for the longest ago makes room.
    fn past_place(&self, key: (LedgerPosition, Day)) -> Past {
        let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        let found = past.iter().position(|(other, _)| *other == key).and_then(|at| past.remove(at));
        let (_, place) = found.unwrap_or_else(|| (key, Past::default()));
        past.push_front((key, Arc::clone(&place)));
        past.truncate(PAST_VIEWS);
        place
    }

    /// The snapshot of a position that is known on another day.
    fn past_snapshot(&self, position: LedgerPosition) -> Option<Arc<Snapshot>> {
        let past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        let known = past.iter().filter(|((other, _), _)| *other == position);
        known.filter_map(|(_, place)| place.get()).map(|known| Arc::clone(&known.view.snapshot)).next()
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
