//! Answers that take long: each is made once however many ask for it, a few at a time, and large ones are sent to so
//! many at once that memory stays bounded.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, LazyLock, Mutex, PoisonError, Weak},
    task::{Context, Poll},
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use super::{cache::Answer, problem::Problem};

/// How long one waits for a place.
const PATIENCE: Duration = Duration::from_secs(20);
/// Questions under way of which those that are answered are forgotten.
const SWEPT_AT: usize = 1024;
/// Bytes from which an answer is a large one; memory is counted in these.
const LARGE: usize = 1 << 20;
/// Memory of large answers that are being sent, in [`LARGE`].
const SENT: usize = 256;
/// Bytes of a large answer that are given to a connection at a time.
const PIECE: usize = 1 << 16;

static SENDING: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(SENT)));

/// Answers that are being made.
pub struct Making {
    places: Semaphore,
    under_way: Mutex<HashMap<String, Weak<OnceCell<Answer>>>>,
}

impl Default for Making {
    /// Two places for each processor: what waits for a disk leaves it to another.
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self { places: Semaphore::new(2 * processors), under_way: Mutex::default() }
    }
}

impl Making {
    /// The answer to a question, made by one of those who ask; when that one leaves, another goes on.
    ///
    /// # Errors
    /// What `make` gives; 503 where too many other questions are being answered.
    pub async fn once<F: Future<Output = Result<Answer, Problem>>>(
        &self,
        question: String,
        make: impl FnOnce() -> F,
    ) -> Result<Answer, Problem> {
        let cell = self.cell(question);
        let made = cell.get_or_try_init(|| async {
            let _place = self.place().await?;
            make().await
        });
        made.await.cloned()
    }

    /// A place for work that takes long.
    ///
    /// # Errors
    /// 503 where none gets free.
    pub async fn place(&self) -> Result<SemaphorePermit<'_>, Problem> {
        let place = tokio::time::timeout(PATIENCE, self.places.acquire()).await;
        place.map_err(|_| Problem::busy_answering())?.map_err(|e| Problem::internal(&e))
    }

    fn cell(&self, question: String) -> Arc<OnceCell<Answer>> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if under_way.len() > SWEPT_AT {
            under_way.retain(|_, cell| cell.strong_count() > 0);
        }
        if let Some(known) = under_way.get(&question).and_then(Weak::upgrade) {
            return known;
        }
        let cell = Arc::new(OnceCell::new());
        under_way.insert(question, Arc::downgrade(&cell));
        cell
    }
}

/// The body of an answer; a large one keeps its place until all of it was taken.
///
/// # Errors
/// 503 where so many large ones are being sent that memory would run out.
pub fn body(bytes: Bytes) -> Result<Body, Problem> {
    let places = (bytes.len() / LARGE).min(SENT) as u32;
    if places == 0 {
        return Ok(Body::from(bytes));
    }
    let held = Arc::clone(&SENDING).try_acquire_many_owned(places);
    Ok(Body::new(Sent { left: bytes, _held: held.map_err(|_| Problem::busy_answering())? }))
}

/// A large answer on its way.
struct Sent {
    left: Bytes,
    _held: OwnedSemaphorePermit,
}

impl http_body::Body for Sent {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        let most = self.left.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.left.split_to(most)))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::server::encoding::Encoding;

    fn answer() -> Answer {
        Answer::new(b"{}", "application/json", Encoding::Identity)
    }

    #[tokio::test]
    async fn a_question_of_many_is_answered_once_and_an_asker_who_leaves_stops_nobody() {
        let (making, made) = (Arc::<Making>::default(), Arc::<AtomicU32>::default());
        let ask = |takes: Duration| {
            let (making, made) = (Arc::clone(&making), Arc::clone(&made));
            tokio::spawn(async move {
                let make = || async {
                    tokio::time::sleep(takes).await;
                    made.fetch_add(1, Ordering::Relaxed);
                    Ok(answer())
                };
                making.once("q".into(), make).await
            })
        };
        let leaves = ask(Duration::from_hours(1));
        tokio::task::yield_now().await;
        let others: Vec<_> = (0..20).map(|_| ask(Duration::from_millis(10))).collect();
        tokio::task::yield_now().await;
        leaves.abort();
        for other in others {
            other.await.unwrap().unwrap();
        }
        assert_eq!(made.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn large_answers_are_sent_within_bounds_and_small_ones_always() {
        let large = Bytes::from(vec![1; 100 * LARGE]);
        let held = [body(large.clone()).unwrap(), body(large.clone()).unwrap()];
        assert!(body(large.clone()).is_err());
        assert!(body(Bytes::from_static(b"{}")).is_ok());
        drop(held);
        let whole = axum::body::to_bytes(body(large.clone()).unwrap(), usize::MAX).await.unwrap();
        assert_eq!(whole, large);
        assert_eq!(SENDING.available_permits(), SENT);
    }
}
