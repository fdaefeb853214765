//! Answers that take long: each is made once however many ask for it, a few at a time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};

use super::{cache::Answer, problem::Problem};

/// How long one waits for a place.
const PATIENCE: Duration = Duration::from_secs(20);
/// Questions under way of which those that are answered are forgotten.
const SWEPT_AT: usize = 1024;

/// Answers that are being made.
pub struct Making {
    permits: Semaphore,
    under_way: Mutex<HashMap<String, Weak<OnceCell<Answer>>>>,
}

impl Default for Making {
    /// Two places for each processor: what waits for a disk leaves it to another.
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self { permits: Semaphore::new(2 * processors), under_way: Mutex::default() }
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
            let _permit = self.permit().await?;
            make().await
        });
        made.await.cloned()
    }

    /// A place for work that takes long.
    ///
    /// # Errors
    /// 503 when none gets free within the patience.
    pub async fn permit(&self) -> Result<SemaphorePermit<'_>, Problem> {
        let permit = tokio::time::timeout(PATIENCE, self.permits.acquire()).await;
        permit.map_err(|_| Problem::busy_answering())?.map_err(|e| Problem::internal(&e))
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
}
