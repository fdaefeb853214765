//! Who takes or sends too slowly is not waited for.

use std::{
    future::Future as _,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep},
};

/// Times of patience that are waited in all before the rate is looked at.
const LOOKED_AT: u32 = 2;
/// Bytes that move at least in a second of waiting.
const LEAST: u64 = 1024;

/// How what somebody is waited for moves.
#[derive(Debug)]
struct Pace {
    /// Nothing at all moves for so long: given up.
    patience: Duration,
    alarm: Option<(Instant, Pin<Box<Sleep>>)>,
    waited: Duration,
    moved: u64,
}

impl Pace {
    fn new(patience: Duration) -> Self {
        Self { patience, alarm: None, waited: Duration::ZERO, moved: 0 }
    }

    /// Nothing moves now; ready when that has lasted too long.
    fn wait(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let patience = self.patience;
        let begin = || (Instant::now(), Box::pin(tokio::time::sleep(patience)));
        let alarm = self.alarm.get_or_insert_with(begin);
        alarm.1.as_mut().poll(context)
    }

    /// Bytes have moved; false where they move too slowly.
    fn goes_on(&mut self, bytes: usize) -> bool {
        if let Some((since, _)) = self.alarm.take() {
            self.waited += since.elapsed();
        }
        self.moved += bytes as u64;
        if self.waited < LOOKED_AT * self.patience {
            return true;
        }
        let enough = u128::from(self.moved) * 1000 >= u128::from(LEAST) * self.waited.as_millis();
        (self.waited, self.moved) = (Duration::ZERO, 0);
        enough
    }
}

fn too_slow() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the other side is too slow")
}

/// A connection whose other side must take what is sent.
#[derive(Debug)]
pub struct Watched<S> {
    inner: S,
    pace: Pace,
}

impl<S> Watched<S> {
    /// Watches a connection; whoever takes nothing for `patience` is given up.
    pub fn new(inner: S, patience: Duration) -> Self {
        Self { inner, pace: Pace::new(patience) }
    }
}

impl<S: Unpin> Watched<S> {
    fn paced(&mut self, context: &mut Context<'_>, done: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match done {
            Poll::Pending => {
                ready!(self.pace.wait(context));
                Poll::Ready(Err(too_slow()))
            }
            Poll::Ready(Ok(bytes)) if !self.pace.goes_on(bytes) => Poll::Ready(Err(too_slow())),
            done @ Poll::Ready(_) => done,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.paced(context, done)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.inner).poll_write_vectored(context, bytes);
        self.paced(context, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.inner).poll_flush(context).map_ok(|()| 0);
        self.paced(context, done).map_ok(drop)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.inner).poll_shutdown(context).map_ok(|()| 0);
        self.paced(context, done).map_ok(drop)
    }
}

/// What is sent to the server, by somebody who must go on sending.
#[derive(Debug)]
pub struct Incoming<B> {
    inner: B,
    pace: Pace,
}

impl<B> Incoming<B>
where
    B: http_body::Body<Data = Bytes, Error: std::error::Error + Send + Sync> + Send + Unpin + 'static,
{
    /// The body, given up when nothing of it comes for `patience`, or it comes too slowly.
    pub fn watched(inner: B, patience: Duration) -> Body {
        if inner.is_end_stream() {
            return Body::empty();
        }
        Body::new(Self { inner, pace: Pace::new(patience) })
    }
}

impl<B> http_body::Body for Incoming<B>
where
    B: http_body::Body<Data = Bytes, Error: std::error::Error + Send + Sync> + Unpin + 'static,
{
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match Pin::new(&mut self.inner).poll_frame(context) {
            Poll::Pending => {
                ready!(self.pace.wait(context));
                Poll::Ready(Some(Err(too_slow().into())))
            }
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                let in_time = self.pace.goes_on(bytes);
                Poll::Ready(Some(if in_time { Ok(frame) } else { Err(too_slow().into()) }))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    const PATIENCE: Duration = Duration::from_millis(200);

    #[tokio::test]
    async fn who_takes_nothing_is_given_up() {
        let (here, there) = tokio::io::duplex(16);
        let error = Watched::new(here, PATIENCE).write_all(&[0; 64]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        drop(there);
    }

    /// What the sender sees of somebody who takes pieces, each after a pause.
    async fn taken(piece: usize, pause: Duration) -> io::Result<()> {
        let (here, mut there) = tokio::io::duplex(piece);
        tokio::spawn(async move {
            let mut buffer = vec![0; piece];
            while there.read_exact(&mut buffer).await.is_ok() {
                tokio::time::sleep(pause).await;
            }
        });
        Watched::new(here, PATIENCE).write_all(&vec![0; 100 * piece]).await
    }

    #[tokio::test]
    async fn who_takes_a_little_now_and_then_is_given_up_too_and_a_slow_network_is_not() {
        // 320 bytes a second, and some 100 000.
        assert!(taken(32, Duration::from_millis(100)).await.is_err());
        taken(1024, Duration::from_millis(10)).await.unwrap();
    }

    #[tokio::test]
    async fn who_begins_to_send_and_stops_is_given_up() {
        let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, io::Error>>(1);
        sender.send(Ok(Bytes::from_static(b"{"))).await.unwrap();
        let stream = tokio_stream::wrappers::ReceiverStream::new(receiver);
        let body = Incoming::watched(Body::from_stream(stream), PATIENCE);
        assert!(axum::body::to_bytes(body, 100).await.is_err());
        drop(sender);
    }
}
