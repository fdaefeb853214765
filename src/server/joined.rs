//! A question that many ask at once is asked for all of them.
//!
//! An answer serves everybody who came before the question was asked, so whoever comes in crowds costs as many questions
//! as can be asked one after the other while they come, and waits for two at most.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Semaphore;

/// The place of one question.
pub struct Joined {
    place: Semaphore,
    /// Questions that were begun.
    begun: AtomicU64,
    /// Number of the last that was answered.
    answered: AtomicU64,
}

impl Default for Joined {
    fn default() -> Self {
        Self { place: Semaphore::new(1), begun: AtomicU64::new(0), answered: AtomicU64::new(0) }
    }
}

impl Joined {
    /// Comes back once the question was asked and answered after this was called, by this caller or another.
    ///
    /// # Errors
    /// The error of `ask`; those who waited behind it ask again.
    pub async fn ask<E>(&self, ask: impl Future<Output = Result<(), E>>) -> Result<(), E> {
        let arrived = self.begun.load(Ordering::Acquire);
        // A semaphore that is never closed.
        let Ok(_permit) = self.place.acquire().await else { return Ok(()) };
        if self.answered.load(Ordering::Acquire) > arrived {
            return Ok(());
        }
        let number = self.begun.fetch_add(1, Ordering::AcqRel) + 1;
        ask.await?;
        self.answered.store(number, Ordering::Release);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn a_crowd_costs_two_questions_and_each_is_answered_by_one_begun_after_it_came() {
        let (joined, asked) = (Arc::new(Joined::default()), Arc::new(AtomicU64::new(0)));
        let question = || {
            let (joined, asked) = (Arc::clone(&joined), Arc::clone(&asked));
            async move {
                let before = asked.load(Ordering::SeqCst);
                let ask = async {
                    asked.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                    Ok::<_, ()>(())
                };
                joined.ask(ask).await.unwrap();
                assert!(asked.load(Ordering::SeqCst) > before);
            }
        };
        let first = tokio::spawn(question());
        tokio::task::yield_now().await;
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        // These came while the first was being asked: it does not answer them, the next answers all.
        let crowd: Vec<_> = (0..1000).map(|_| tokio::spawn(question())).collect();
        first.await.unwrap();
        for one in crowd {
            one.await.unwrap();
        }
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        question().await;
        assert_eq!(asked.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn who_waits_behind_one_that_failed_asks_again() {
        let joined = Joined::default();
        assert_eq!(joined.ask(async { Err("away") }).await, Err("away"));
        let mut asked = false;
        let ask = async {
            asked = true;
            Ok::<_, &str>(())
        };
        assert_eq!(joined.ask(ask).await, Ok(()));
        assert!(asked);
    }
}
