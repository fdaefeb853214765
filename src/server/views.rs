//! Views: the one that is shown, and earlier states that are asked for.
//!
//! Readers take the current view and never wait. An earlier state is worked out
//! once, however many ask for it, in its turn, and made of the current one by
//! what was touched since; a few are kept.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwapOption;
use tokio::sync::{OnceCell, Semaphore, watch};

use super::{
    background::{blocking, in_background},
    cache::{Cache, Touched},
    joined::Joined,
    params::When,
    problem::Problem,
};
use crate::{
    analysis::View,
    atlas::Snapshot,
    domain::{Day, Event, LedgerPosition},
    store::{Store, StoreError},
};

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

/// How long the store is asked where the ledger ends.
const END_WITHIN: Duration = Duration::from_secs(2);

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

/// The views of a store.
pub struct Views {
    current: ArcSwapOption<Current>,
    numbers: AtomicU64,
    past: Mutex<VecDeque<((LedgerPosition, Day), Past)>>,
    past_turns: Semaphore,
    store: Arc<dyn Store>,
    /// Position of the view that is shown.
    shown: watch::Sender<u64>,
    /// The question where the ledger ends, and what was answered last.
    end: (Joined, AtomicU64),
}

impl Views {
    /// No view is shown yet.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            current: ArcSwapOption::empty(),
            numbers: AtomicU64::new(0),
            past: Mutex::default(),
            past_turns: Semaphore::new(PAST_AT_ONCE),
            store,
            shown: watch::Sender::new(0),
            end: (Joined::default(), AtomicU64::new(0)),
        }
    }

    /// Whether several servers share the store.
    pub fn is_shared(&self) -> bool {
        self.store.shared().is_some()
    }

    /// The current view.
    ///
    /// # Errors
    /// 503 while the atlas is being loaded.
    pub fn current(&self) -> Result<Arc<Current>, Problem> {
        self.current.load_full().ok_or_else(Problem::starting)
    }

    /// Makes `view` the current one and retires the answers that it changes.
    pub fn show(&self, view: View, touched: Option<&Touched>, cache: &Cache) {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed) + 1;
        metrics::gauge!("matbang_ledger_position").set(view.snapshot.position().0 as f64);
        metrics::gauge!("matbang_parcels").set(view.snapshot.parcels().len() as f64);
        let position = view.snapshot.position().0;
        let current = Arc::new(Current { number, view });
        cache.turn(number, touched, || self.current.store(Some(current)));
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
        &self,
        work: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let store = Arc::clone(&self.store);
        let done = blocking(move || work(&*store));
        done.await?.map_err(|e| Problem::store(&e))
    }

    /// Events after a position, some at a time; for threads that may block.
    ///
    /// # Errors
    /// What the store says, in words, where it can't be read.
    pub fn ledger_after(&self, position: LedgerPosition) -> Result<Vec<Event>, String> {
        self.store.events_after(position, EVENTS_AT_ONCE).map_err(|e| e.to_string())
    }

    /// The view that a query asks for: what was known `at` a position, on the day `as_of`.
    /// Both are of now when left out.
    ///
    /// # Errors
    /// 400 for a position beyond the end; 503 while loading.
    pub async fn view(&self, when: When) -> Result<Arc<Current>, Problem> {
        let mut current = self.current()?;
        if when.at.is_some_and(|at| at > current.view.snapshot.position()) {
            current = self.catch_up(when.at).await?;
        }
        let head = current.view.snapshot.position();
        let (position, day) = (when.at.unwrap_or(head), when.as_of.unwrap_or(current.view.today));
        if (position, day) == (head, current.view.today) {
            return Ok(current);
        }
        if position > head {
            return Err(Problem::parameter("at", format!("the ledger ends at position {head}")));
        }
        let past = self.past_cell((position, day));
        let made = past.get_or_try_init(|| self.past(current, position, day)).await;
        Ok(Arc::clone(made?))
    }

    /// The view once it shows a position that this server has not followed yet, if the ledger has it: who has recorded
    /// at one server sees it at whichever is asked next.
    async fn catch_up(&self, at: Option<LedgerPosition>) -> Result<Arc<Current>, Problem> {
        let (question, end) = &self.end;
        let ask = question.ask(async {
            let head = self.with_store(|store| store.head()).await?;
            end.store(head.position.0, Ordering::Release);
            Ok(())
        });
        tokio::time::timeout(END_WITHIN, ask).await.unwrap_or_else(|_| Err(Problem::away()))?;
        if let Some(at) = at.filter(|at| at.0 <= end.load(Ordering::Acquire)) {
            self.await_shown(at).await;
        }
        self.current()
    }

    /// Works out an earlier state, in its turn and beside everything else: what is recorded and looked at now comes first.
    async fn past(
        &self,
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
            let turn = tokio::time::timeout(PAST_WITHIN, self.past_turns.acquire()).await;
            let _turn = turn.map_err(|_| Problem::busy())?.map_err(|e| Problem::internal(&e))?;
            let store = Arc::clone(&self.store);
            let made = in_background(move || store.past(&now, position)).await?;
            Arc::new(made.map_err(|e| Problem::store(&e))?)
        };
        // Number 0 is never current: what is made from the past is not kept as if it were of today.
        Ok(Arc::new(Current { number: 0, view: View::new(snapshot, day) }))
    }

    /// The place of an earlier state; the one that was asked for the longest ago makes room.
    fn past_cell(&self, key: (LedgerPosition, Day)) -> Past {
        let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        let found = past.iter().position(|(other, _)| *other == key).and_then(|at| past.remove(at));
        let (_, cell) = found.unwrap_or_else(|| (key, Past::default()));
        past.push_front((key, Arc::clone(&cell)));
        past.truncate(PAST_VIEWS);
        cell
    }

    /// The snapshot of a position that is known on another day.
    fn past_snapshot(&self, position: LedgerPosition) -> Option<Arc<Snapshot>> {
        let past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        let known = past.iter().filter(|((other, _), _)| *other == position);
        known.filter_map(|(_, cell)| cell.get()).map(|known| Arc::clone(&known.view.snapshot)).next()
    }
}
