//! Large answers on their way: to so many at once that memory stays bounded.

use std::{
    pin::Pin,
    sync::{Arc, LazyLock},
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::Problem;

/// Bytes from which an answer is a large one; memory is counted in these.
const LARGE: usize = 1 << 20;
/// Memory of large answers that are being sent, in [`LARGE`].
const SENT: usize = 256;
/// Bytes of a large answer that are given to a connection at a time.
const PIECE: usize = 1 << 16;

static SENDING: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(SENT)));

/// The body of an answer; a large one keeps its place until all of it was taken.
///
/// # Errors
/// 503 where so many large ones are being sent that memory would run out.
pub fn body(bytes: Bytes) -> Result<Body, Problem> {
    let permits = (bytes.len() / LARGE).min(SENT) as u32;
    if permits == 0 {
        return Ok(Body::from(bytes));
    }
    let held = Arc::clone(&SENDING).try_acquire_many_owned(permits);
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
    use super::*;

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
