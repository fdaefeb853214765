//! What all requests share.

use std::{path::PathBuf, sync::Arc, time::Duration};

use axum::http::HeaderMap;

use super::{
    auth::Auth,
    background::{blocking, in_background},
    basemap::Basemap,
    cache::{Answer, Cache, Touched},
    campaign_files::CampaignFiles,
    encoding::Encoding,
    files::Files,
    health::Health,
    listings::Listings,
    live::Live,
    making::Making,
    params::When,
    problem::Problem,
    reading::Reading,
    staging::Staging,
    views::Views,
    witness::Witness,
    wording::{StoreFacts, Wording},
    writer::Writer,
};
use crate::{
    analysis::View,
    domain::{Campaign, Event, LedgerPosition, Vocabulary, law::Law},
    query, report,
    store::{SecretHash, Store, StoreError},
};

pub use super::views::Current;

/// Makes an answer's bytes: boxed, so that asking for them is compiled once.
type Make = Box<dyn FnOnce(&App, &Current) -> Result<Vec<u8>, Problem> + Send>;

/// What the server is started with beside the store.
pub struct Services {
    /// Words for codes.
    pub words: Vocabulary,
    /// Words for columns and pages.
    pub columns: query::Words,
    /// Emulation campaigns.
    pub campaigns: Vec<Campaign>,
    /// Where an operator's own campaigns lie.
    pub campaigns_folder: PathBuf,
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
    /// Signs the ledger's end.
    pub witness: Witness,
    /// Files that wait to be imported.
    pub staging: Staging,
}

/// Files that are written for downloads at the same time.
const MOST_EXPORTS: usize = 8;

/// How long somebody is looked for who is not known here.
const LOOKS_FOR: Duration = Duration::from_secs(2);

/// Questions that never wait for a place: they are answered at once.
const CHEAP: [&str; 5] =
    ["/api/v1/parcels/", "/api/v1/projects/", "/api/v1/catalog", "/api/v1/procedures", "/tiles"];

/// Answers that are kept, and places for those that take long.
pub struct Answers {
    /// Answers.
    pub cache: Cache,
    /// Orders of rows that tables look at.
    pub listings: Listings,
    /// Answers that are being made.
    pub making: Making,
    /// Files that may be written for downloads at once.
    pub exports: Arc<tokio::sync::Semaphore>,
}

/// The state of the server.
pub struct App {
    views: Views,
    /// What is said in words.
    pub words: Wording,
    /// The files of an operator's own campaigns.
    pub campaign_files: CampaignFiles,
    /// Answers that are kept.
    pub answers: Answers,
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
    /// Reads them.
    pub reading: Reading,
    /// Accounts and how people come in.
    pub auth: Auth,
    /// Signs the ledger's end.
    pub witness: Witness,
    /// Milliseconds since 1970-01-01T00:00Z at which it was started.
    pub started_at: i64,
    /// Prometheus.
    pub metrics: metrics_exporter_prometheus::PrometheusHandle,
}

impl App {
    /// The state around an open store; it answers once a view is shown.
    ///
    /// # Errors
    /// [`StoreError`] when the accounts, settings or heads can't be read from the store.
    pub fn new(
        store: Arc<dyn Store>,
        law: Arc<Law>,
        services: Services,
        metrics: metrics_exporter_prometheus::PrometheusHandle,
    ) -> Result<Self, StoreError> {
        let Services {
            words,
            columns,
            campaigns,
            campaigns_folder,
            report_words,
            files,
            basemap,
            auth,
            reading,
            witness,
            staging,
        } = services;
        let health = Arc::<Health>::default();
        let writer = Writer::start(Arc::clone(&store), law, Arc::clone(&health));
        let about = StoreFacts::read(&*store)?;
        let campaign_files = CampaignFiles::new(campaigns_folder, Arc::clone(&store));
        Ok(Self {
            views: Views::new(store),
            words: Wording::new(words, columns, report_words, campaigns, about),
            campaign_files,
            answers: Answers {
                cache: Cache::new(256 << 20, 64 << 20),
                listings: Listings::default(),
                making: Making::default(),
                exports: Arc::new(tokio::sync::Semaphore::new(MOST_EXPORTS)),
            },
            live: Live::default(),
            health,
            writer,
            files,
            basemap,
            reading,
            staging,
            auth,
            witness,
            started_at: jiff::Timestamp::now().as_millisecond(),
            metrics,
        })
    }

    /// Whether other servers may be asked for what was begun here.
    pub fn is_shared(&self) -> bool {
        self.views.is_shared()
    }

    /// The current view.
    ///
    /// # Errors
    /// 503 while the atlas is being loaded.
    pub fn current(&self) -> Result<Arc<Current>, Problem> {
        self.views.current()
    }

    /// Makes `view` the current one and retires the answers that it changes.
    pub fn show(&self, view: View, touched: Option<&Touched>) {
        self.views.show(view, touched, &self.answers.cache);
    }

    /// Waits until the view shows `position`, so that who writes sees it; not for ever.
    pub async fn await_shown(&self, position: LedgerPosition) {
        self.views.await_shown(position).await;
    }

    /// The view that a query asks for: what was known `at` a position, on the day `as_of`; both are of now when left out.
    ///
    /// # Errors
    /// 400 for a position beyond the end; 503 while loading, or where too many ask for earlier states.
    pub async fn view(&self, when: When) -> Result<Arc<Current>, Problem> {
        self.views.view(when).await
    }

    /// Runs `work` with the store on a thread that may block.
    ///
    /// # Errors
    /// What `work` gives.
    pub async fn with_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.views.with_store(work).await
    }

    /// Events after a position, some at a time; for threads that may block.
    ///
    /// # Errors
    /// The text of a [`StoreError`] when the ledger can't be read.
    pub fn ledger_after(&self, position: LedgerPosition) -> Result<Vec<Event>, String> {
        self.views.ledger_after(position)
    }

    /// Takes the accounts as they are in the store now.
    ///
    /// # Errors
    /// 503 where the store is busy or can't be reached, 500 for what it says otherwise; the accounts stay as they were.
    pub async fn refresh_accounts(self: &Arc<Self>) -> Result<(), Problem> {
        let directory = self.with_store(|store| store.directory()).await?;
        self.auth.refresh(directory);
        Ok(())
    }

    /// Takes the accounts as they are in the store for a secret that this server does not know: somebody may have signed
    /// in at another server a moment ago. However many ask at once, the database is asked one question for all of them.
    ///
    /// # Errors
    /// As [`App::refresh_accounts`].
    pub async fn look_for(self: &Arc<Self>, secret: SecretHash) -> Result<(), Problem> {
        // Who is known to be nobody waits for no question.
        if self.auth.is_stranger(&secret) {
            return Ok(());
        }
        let news = async {
            let version = self.with_store(|store| store.accounts_version()).await?;
            if version != self.auth.directory.load().version {
                self.refresh_accounts().await?;
            }
            Ok::<_, Problem>(())
        };
        let look = async {
            self.auth.news.ask(news).await?;
            let directory = self.auth.directory.load();
            if !directory.sessions.contains_key(&secret) && !directory.tokens.contains_key(&secret) {
                self.auth.note_stranger(secret);
            }
            Ok(())
        };
        tokio::time::timeout(LOOKS_FOR, look).await.unwrap_or_else(|_| Err(Problem::away()))
    }

    /// A JSON answer that depends on nothing but the view of `when` and `key`, which tells it apart from
    /// others: made once per change.
    ///
    /// # Errors
    /// 503 while the atlas is being loaded or too many computations wait; else the error of `make`.
    pub async fn json<T: serde::Serialize>(
        self: &Arc<Self>,
        headers: &HeaderMap,
        key: String,
        when: When,
        make: impl FnOnce(&Self, &View) -> Result<T, Problem> + Send + 'static,
    ) -> Result<Answer, Problem> {
        let bytes = Box::new(move |app: &Self, current: &Current| {
            let answer = make(app, &current.view)?;
            serde_json::to_vec(&answer).map_err(|e| Problem::internal(&e))
        });
        self.answer_of(headers, key, when, "application/json", bytes).await
    }

    /// As [`App::json`], for what must know the view's number.
    ///
    /// # Errors
    /// 503 while the atlas is being loaded or too many computations wait; else the error of `make`.
    pub async fn json_of<T: serde::Serialize>(
        self: &Arc<Self>,
        headers: &HeaderMap,
        key: String,
        when: When,
        make: impl FnOnce(&Current) -> Result<T, Problem> + Send + 'static,
    ) -> Result<Answer, Problem> {
        let bytes = Box::new(move |_: &Self, current: &Current| {
            serde_json::to_vec(&make(current)?).map_err(|e| Problem::internal(&e))
        });
        self.answer_of(headers, key, when, "application/json", bytes).await
    }

    /// As [`App::json`], for bytes of any type.
    ///
    /// # Errors
    /// 503 while the atlas is being loaded or too many computations wait; else the error of `make`.
    pub async fn answer(
        self: &Arc<Self>,
        headers: &HeaderMap,
        key: String,
        when: When,
        content_type: &'static str,
        make: impl FnOnce(&Self, &View) -> Result<Vec<u8>, Problem> + Send + 'static,
    ) -> Result<Answer, Problem> {
        let bytes = Box::new(move |app: &Self, current: &Current| make(app, &current.view));
        self.answer_of(headers, key, when, content_type, bytes).await
    }

    async fn answer_of(
        self: &Arc<Self>,
        headers: &HeaderMap,
        key: String,
        when: When,
        content_type: &'static str,
        make: Make,
    ) -> Result<Answer, Problem> {
        let encoding = Encoding::negotiate(headers);
        let key = format!("{key} {encoding:?}");
        if let Some(answer) = self.answers.cache.answer(&key) {
            return Ok(answer);
        }
        let (app, current) = (Arc::clone(self), self.view(when).await?);
        // The view with its number, and for what is past its position and day, tell the question from later ones.
        let (number, view) = (current.number, &current.view);
        let question = format!("{key} {number} {} {}", view.snapshot.position(), view.today);
        let is_cheap = CHEAP.iter().any(|start| key.starts_with(start));
        let work = async move || {
            // What is shown now comes first. What is cheap takes no turn, so it gets no thread of its own either.
            let steps_back = current.number == 0 && !is_cheap;
            let work = move || {
                let answer = Answer::new(&make(&app, &current)?, content_type, encoding);
                app.answers.cache.keep_answer(current.number, key, &answer);
                Ok(answer)
            };
            if steps_back { in_background(work).await? } else { blocking(work).await? }
        };
        if is_cheap { work().await } else { self.answers.making.once(question, work).await }
    }
}
