//! The one writer: a thread that takes orders, groups those that wait into one
//! transaction, and answers once it is on disk.
//!
//! Whoever waits for a disk waits together: fifty officers cost one sync, not
//! fifty. An order that is refused leaves the group as it was; if the disk fails,
//! nothing of the group was kept and each is told so.

use std::sync::{Arc, mpsc};

use tokio::sync::oneshot;

use super::problem::Problem;
use crate::{
    domain::{Day, Draft, Procedure, Refusal, UnitId},
    store::{GeoPackage, Order, Recorded, RecordingError, Store, StoreError, Transaction, record},
};

/// Orders that may wait; beyond it callers are asked to come again.
const WAITING: usize = 1024;
/// Orders of one transaction at most.
const GROUP: usize = 128;

/// An order on its way to the writer.
pub struct Job {
    /// Drafts with their rows.
    pub drafts: Vec<(usize, Result<Draft, Refusal>)>,
    /// Who records.
    pub author: String,
    /// Where the author may write.
    pub may_write: Box<dyn Fn(UnitId) -> bool + Send>,
    /// Attachments that exist, of those that the drafts name.
    pub attached: Vec<String>,
    /// The day in Vietnam.
    pub today: Day,
    /// Judge only.
    pub dry_run: bool,
    /// Idempotency-Key and digest of the request.
    pub request: Option<(String, Vec<u8>)>,
}

type Outcome = Result<Recorded, RecordingError>;
type Waiting = (Job, oneshot::Sender<Outcome>);

/// The way to the writer.
pub struct Writer {
    jobs: mpsc::SyncSender<Waiting>,
}

impl Writer {
    /// Starts the thread on a connection of its own; `written` is called after each commit.
    pub fn start(store: GeoPackage, procedures: Vec<Procedure>, written: impl Fn() + Send + 'static) -> Self {
        let (jobs, waiting) = mpsc::sync_channel(WAITING);
        std::thread::spawn(move || work(store, &procedures, &waiting, &written));
        Self { jobs }
    }

    /// Has an order recorded; comes back when it is durable or refused.
    ///
    /// # Errors
    /// Too many are waiting, or what the recording says.
    pub async fn record(&self, job: Job) -> Result<Outcome, Problem> {
        let (reply, answer) = oneshot::channel();
        self.jobs.try_send((job, reply)).map_err(|_| Problem::busy())?;
        answer.await.map_err(|e| Problem::internal(&e))
    }
}

fn work(
    mut store: GeoPackage,
    procedures: &[Procedure],
    waiting: &mpsc::Receiver<Waiting>,
    written: &dyn Fn(),
) {
    while let Ok(first) = waiting.recv() {
        let mut group = vec![first];
        group.extend(waiting.try_iter().take(GROUP - 1));
        let started = std::time::Instant::now();
        metrics::histogram!("matbang_write_group").record(group.len() as f64);
        let (jobs, replies): (Vec<Job>, Vec<_>) = group.into_iter().unzip();
        match commit(&mut store, procedures, &jobs) {
            Ok(outcomes) => {
                written();
                replies.into_iter().zip(outcomes).for_each(|(reply, outcome)| drop(reply.send(outcome)));
            }
            Err(error) => {
                tracing::error!(%error, "nothing of this group of orders was kept");
                let error = Arc::new(error);
                for reply in replies {
                    drop(reply.send(Err(RecordingError::Store(StoreError::Shared(Arc::clone(&error))))));
                }
            }
        }
        metrics::histogram!("matbang_write_seconds").record(started.elapsed().as_secs_f64());
    }
}

fn commit(
    store: &mut GeoPackage,
    procedures: &[Procedure],
    jobs: &[Job],
) -> Result<Vec<Outcome>, StoreError> {
    let mut change = store.begin()?;
    let mut outcomes = Vec::with_capacity(jobs.len());
    let mut any = false;
    for job in jobs {
        match run(change.as_mut(), procedures, job) {
            Err(RecordingError::Store(StoreError::Exists(key))) if jobs.len() == 1 => {
                return Ok(vec![Err(RecordingError::Store(StoreError::Exists(key)))]);
            }
            Err(RecordingError::Store(error)) => return Err(error),
            outcome => {
                any |= outcome.is_ok() && !job.dry_run;
                outcomes.push(outcome);
            }
        }
    }
    if any {
        change.commit()?;
    }
    Ok(outcomes)
}

fn run(change: &mut dyn Transaction, procedures: &[Procedure], job: &Job) -> Outcome {
    let recorded_at = jiff::Timestamp::now().as_millisecond();
    record(
        change,
        &Order {
            drafts: &job.drafts,
            author: &job.author,
            recorded_at,
            today: job.today,
            procedures,
            may_write: &*job.may_write,
            attached: &|id| job.attached.iter().any(|known| known == id),
            dry_run: job.dry_run,
            request: job.request.as_ref().map(|(key, digest)| (key.as_str(), digest.as_slice())),
        },
    )
}
