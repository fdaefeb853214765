//! The one writer: a thread that takes orders and imports, groups those that wait
//! into one transaction, and answers once it is on disk.
//!
//! Whoever waits for a disk waits together: fifty officers cost one sync, not
//! fifty. One that is refused or fails leaves the others of the group as they
//! were; if the disk fails, nothing of the group was kept and each is told so.
//! A fault of ours in one order is that order's error: the thread goes on.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc},
};

use tokio::sync::oneshot;

use super::{health::Health, problem::Problem};
use crate::{
    domain::{Day, Draft, Refusal, UnitId, law::Law},
    recording::{Recorded, RecordingError, Submission, record},
    store::{Store, StoreError, Transaction},
};

/// Orders that may wait; beyond it callers are asked to come again.
const WAITING: usize = 1024;
/// Orders of one transaction at most.
const GROUP: usize = 128;

/// Whether something may be done in communes.
type MayIn = Box<dyn Fn(&[UnitId]) -> bool + Send>;

/// An order on its way to the writer.
pub struct Job {
    /// Drafts with their rows.
    pub drafts: Vec<(usize, Result<Draft, Refusal>)>,
    /// Who records.
    pub author: String,
    /// Where the author may write.
    pub may_write: Box<dyn Fn(UnitId) -> bool + Send>,
    /// Whether the author may change the plan of a project with parcels in these communes.
    pub may_plan: MayIn,
    /// Attachments that exist, of those that the drafts name.
    pub attached: Vec<String>,
    /// Bytes of all files that events about a parcel may name together.
    pub most_attached: u64,
    /// The day in Vietnam.
    pub today: Day,
    /// Judge only.
    pub dry_run: bool,
    /// Idempotency-Key and digest of the request.
    pub request: Option<(String, Vec<u8>)>,
}

type Outcome = Result<Recorded, RecordingError>;
/// What an import writes.
type Writing = Box<dyn FnOnce(&mut dyn Transaction) -> Result<(), StoreError> + Send>;

/// What waits, and whom to answer.
enum Waiting {
    Order(Box<Job>, oneshot::Sender<Outcome>),
    Writing(Option<Writing>, oneshot::Sender<Result<(), StoreError>>),
}

/// What came of one that waited.
enum Done {
    Order(Outcome),
    Writing(Result<(), StoreError>),
}

impl Done {
    /// Whether it wrote something.
    fn wrote(&self, waiting: &Waiting) -> bool {
        match (self, waiting) {
            (Self::Order(outcome), Waiting::Order(job, _)) => outcome.is_ok() && !job.dry_run,
            (Self::Writing(outcome), _) => outcome.is_ok(),
            _ => false,
        }
    }
}

impl Waiting {
    fn answer(self, done: Done) {
        // Who has left does not hear it; what was written stays.
        match (self, done) {
            (Self::Order(_, reply), Done::Order(outcome)) => drop(reply.send(outcome)),
            (Self::Writing(_, reply), Done::Writing(outcome)) => drop(reply.send(outcome)),
            _ => {}
        }
    }

    fn fail(self, error: StoreError) {
        match self {
            Self::Order(_, reply) => drop(reply.send(Err(RecordingError::Store(error)))),
            Self::Writing(_, reply) => drop(reply.send(Err(error))),
        }
    }
}

/// The way to the writer.
pub struct Writer {
    jobs: mpsc::SyncSender<Waiting>,
}

impl Writer {
    /// Starts the thread; `health` is told how it fares.
    pub fn start(store: Arc<dyn Store>, law: Arc<Law>, health: Arc<Health>) -> Self {
        let (jobs, waiting) = mpsc::sync_channel(WAITING);
        std::thread::spawn(move || work(&*store, &law, &waiting, &health));
        Self { jobs }
    }

    /// Has an order recorded; comes back when it is durable or refused.
    ///
    /// # Errors
    /// 503 when too many are waiting, 500 when the writer has stopped. What is refused is an [`Outcome`].
    pub async fn record(&self, job: Job) -> Result<Outcome, Problem> {
        let (reply, answer) = oneshot::channel();
        self.jobs.try_send(Waiting::Order(Box::new(job), reply)).map_err(|_| Problem::busy())?;
        answer.await.map_err(|e| Problem::internal(&e))
    }

    /// Has something else written, such as an import, in its turn; comes back when it is durable.
    ///
    /// # Errors
    /// 503 when too many are waiting, 500 when the writer has stopped; inside, the error of `work` or of the store.
    pub async fn write(
        &self,
        work: impl FnOnce(&mut dyn Transaction) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<Result<(), StoreError>, Problem> {
        let (reply, answer) = oneshot::channel();
        self.jobs.try_send(Waiting::Writing(Some(Box::new(work)), reply)).map_err(|_| Problem::busy())?;
        answer.await.map_err(|e| Problem::internal(&e))
    }
}

fn work(store: &dyn Store, law: &Law, waiting: &mpsc::Receiver<Waiting>, health: &Health) {
    while let Ok(first) = waiting.recv() {
        let mut group = vec![first];
        group.extend(waiting.try_iter().take(GROUP - 1));
        let started = std::time::Instant::now();
        metrics::histogram!("matbang_write_group").record(group.len() as f64);
        let outcome = catch_unwind(AssertUnwindSafe(|| commit(store, law, &mut group)));
        let outcome =
            outcome.unwrap_or_else(|_| Err(StoreError::Backend("a fault of this program".to_owned())));
        match outcome {
            Ok(done) => {
                health.wrote();
                group.into_iter().zip(done).for_each(|(waiting, done)| waiting.answer(done));
            }
            Err(error) => {
                tracing::error!(%error, "nothing of this group of orders was kept");
                health.could_not_write(&error);
                let error = Arc::new(error);
                group.into_iter().for_each(|waiting| waiting.fail(StoreError::Shared(Arc::clone(&error))));
            }
        }
        metrics::histogram!("matbang_write_seconds").record(started.elapsed().as_secs_f64());
    }
}

fn commit(store: &dyn Store, law: &Law, group: &mut [Waiting]) -> Result<Vec<Done>, StoreError> {
    let mut all = Vec::with_capacity(group.len());
    store.change(&mut |change| {
        for waiting in &mut *group {
            let done = match waiting {
                Waiting::Order(job, _) => Done::Order(order(change, law, job)?),
                Waiting::Writing(work, _) => Done::Writing(write(change, work.take())?),
            };
            all.push(done);
        }
        Ok(all.iter().zip(&*group).any(|(done, waiting)| done.wrote(waiting)))
    })?;
    Ok(all)
}

/// Records one order of a group. What ends the whole group is an engine that can't give it up.
fn order(change: &mut dyn Transaction, law: &Law, job: &Job) -> Result<Outcome, StoreError> {
    let outcome = catch_unwind(AssertUnwindSafe(|| run(change, law, job)));
    let Ok(outcome) = outcome else {
        tracing::error!("an order was given up: a fault of this program");
        change.drop_order()?;
        return Ok(Err(RecordingError::Fault));
    };
    match outcome {
        Err(RecordingError::Store(error)) if error.ends_change() => Err(error),
        outcome => Ok(outcome),
    }
}

fn write(change: &mut dyn Transaction, work: Option<Writing>) -> Result<Result<(), StoreError>, StoreError> {
    let Some(work) = work else { return Ok(Ok(())) };
    change.open_order()?;
    let outcome = catch_unwind(AssertUnwindSafe(|| work(change)));
    let outcome = outcome.unwrap_or_else(|_| Err(StoreError::Backend("a fault of this program".to_owned())));
    match outcome {
        Ok(()) => change.keep_order().map(Ok),
        Err(error) if error.ends_change() => Err(error),
        Err(error) => change.drop_order().map(|()| Err(error)),
    }
}

fn run(change: &mut dyn Transaction, law: &Law, job: &Job) -> Outcome {
    let recorded_at = jiff::Timestamp::now().as_millisecond();
    record(
        change,
        &Submission {
            drafts: &job.drafts,
            author: &job.author,
            recorded_at,
            today: job.today,
            law,
            may_write: &*job.may_write,
            may_plan: &*job.may_plan,
            attached: &|id| job.attached.iter().any(|known| known == id),
            most_attached: job.most_attached,
            dry_run: job.dry_run,
            request: job.request.as_ref().map(|(key, digest)| (key.as_str(), digest.as_slice())),
        },
    )
}
