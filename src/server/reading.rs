//! Who may have files read, and for how long: two at a time, others wait a little.
//!
//! A reader is ended when the one who asked goes away: the request's future is
//! dropped then, and with it the [`Asker`].

use std::{sync::Arc, time::Duration};

use tokio::sync::Semaphore;

use super::{background::blocking, problem::Problem};
use crate::reader::{Cancellation, Reader};

/// Files that are read at once.
const AT_ONCE: usize = 2;
/// How long one waits for the others to be done.
const PATIENCE: Duration = Duration::from_secs(20);

/// Reads the files that people send.
#[derive(Debug)]
pub struct Reading {
    reader: Reader,
    seats: Arc<Semaphore>,
    patience: Duration,
}

/// Whoever waits for a file to be read; dropped when it leaves.
struct Asker(Cancellation);

impl Drop for Asker {
    fn drop(&mut self) {
        self.0.now();
    }
}

impl Reading {
    /// Reading by `reader`.
    pub fn new(reader: Reader) -> Self {
        Self { reader, seats: Arc::new(Semaphore::new(AT_ONCE)), patience: PATIENCE }
    }

    /// Does `work`, which has a file read, once it is this one's turn.
    ///
    /// # Errors
    /// 503 when too many readings wait already; else the error of `work`.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader, &Cancellation) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let seat = tokio::time::timeout(self.patience, Arc::clone(&self.seats).acquire_owned()).await;
        let Ok(Ok(seat)) = seat else { return Err(Problem::busy_reading()) };
        let (reader, cancellation) = (self.reader.clone(), Cancellation::default());
        let _asker = Asker(cancellation.clone());
        blocking(move || {
            let done = work(&reader, &cancellation);
            drop(seat);
            done
        })
        .await?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Limits;

    fn reading() -> Reading {
        let reader = Reader::new(Limits::upload(64, 1));
        Reading { patience: Duration::from_millis(20), ..Reading::new(reader) }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_third_waits_a_little_and_is_then_sent_away() {
        let reading = Arc::new(reading());
        let (release, held) = std::sync::mpsc::channel::<()>();
        let held = Arc::new(std::sync::Mutex::new(held));
        let (sat, mut seated) = tokio::sync::mpsc::unbounded_channel();
        let sitting: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                let (reading, held, sat) = (Arc::clone(&reading), Arc::clone(&held), sat.clone());
                tokio::spawn(async move {
                    let work = move |_: &Reader, _: &Cancellation| {
                        sat.send(()).unwrap();
                        held.lock().unwrap().recv().unwrap();
                        Ok(())
                    };
                    reading.run(work).await
                })
            })
            .collect();
        for _ in 0..AT_ONCE {
            seated.recv().await.unwrap();
        }
        let response =
            axum::response::IntoResponse::into_response(reading.run(|_, _| Ok(())).await.unwrap_err());
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()["retry-after"], "10");
        for _ in 0..AT_ONCE {
            release.send(()).unwrap();
        }
        for one in sitting {
            one.await.unwrap().unwrap();
        }
        reading.run(|_, _| Ok(())).await.unwrap();
    }
}
