//! Takes connections until told to stop.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{Router, extract::ConnectInfo, http::Request, response::Response};
use hyper::{body::Incoming as Raw, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
    time::timeout,
};
use tower::Service as _;

use super::{
    forwarded,
    patience::{Incoming, Watched},
    slots::Slots,
    tls::Tls,
};

/// TLS is agreed upon after so long.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Where no more connections can be opened, the next one is tried after so long.
const NO_MORE: Duration = Duration::from_millis(100);
/// Said to who holds too many connections.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// What holds for all connections.
pub struct Edge {
    /// Servers in front that are believed, beside those on this machine.
    pub proxies: Vec<IpAddr>,
    /// Encryption, if this server sees to it itself.
    pub tls: Option<Tls>,
    /// How long somebody is waited for who neither sends nor takes; a connection that is not in use is closed then.
    pub patience: Duration,
    slots: Arc<Slots>,
}

impl Edge {
    /// Encrypted by `tls`, if at all; behind `proxies`.
    pub fn new(proxies: Vec<IpAddr>, tls: Option<Tls>, patience: Duration) -> Self {
        Self { proxies, tls, patience, slots: Arc::default() }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_loopback() || self.proxies.contains(&address)
    }
}

/// Serves `router` until `stop` says true; then requests under way end.
pub async fn listen(listener: TcpListener, router: Router, edge: Arc<Edge>, mut stop: watch::Receiver<bool>) {
    let (alive, mut ended) = mpsc::channel::<Infallible>(1);
    let follower = edge.tls.is_some().then(|| {
        let edge = Arc::clone(&edge);
        tokio::spawn(async move {
            if let Some(tls) = &edge.tls {
                tls.follow().await;
            }
        })
    });
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stop) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(NO_MORE).await;
                continue;
            }
        };
        let Some(slot) = edge.slots.take(peer.ip(), edge.trusts(peer.ip())) else {
            metrics::counter!("matbang_connections_refused_total").increment(1);
            if edge.tls.is_none() {
                let _ = stream.try_write(FULL);
            }
            continue;
        };
        let (router, edge, stop, alive) = (router.clone(), Arc::clone(&edge), stop.clone(), alive.clone());
        tokio::spawn(async move {
            connection(stream, peer, router, &edge, stop).await;
            drop((slot, alive));
        });
    }
    drop((listener, alive));
    if let Some(follower) = follower {
        follower.abort();
    }
    let _ = ended.recv().await;
}

/// Until it is time to stop.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    drop(stop.wait_for(|stop| *stop).await);
}

/// One connection, to its end.
async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    edge: &Edge,
    stop: watch::Receiver<bool>,
) {
    // Small answers must not wait for more to be sent along.
    let _ = stream.set_nodelay(true);
    match &edge.tls {
        None => converse(stream, peer, router, edge, stop).await,
        Some(tls) => match timeout(HANDSHAKE, tls.acceptor().accept(stream)).await {
            Ok(Ok(stream)) => converse(stream, peer, router, edge, stop).await,
            Ok(Err(error)) => tracing::debug!(%error, "no TLS was agreed upon"),
            Err(_) => tracing::debug!("TLS was not agreed upon in time"),
        },
    }
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    router: Router,
    edge: &Edge,
    mut stop: watch::Receiver<bool>,
) {
    let (trusted, encrypted, patience) = (edge.trusts(peer.ip()), edge.tls.is_some(), edge.patience);
    let service = service_fn(move |mut request: Request<Raw>| {
        forwarded::settle(request.headers_mut(), trusted, encrypted);
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = router.clone().call(request.map(|body| Incoming::watched(body, patience)));
        async move { answer.await as Result<Response, Infallible> }
    });
    let conversation = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .serve_connection(TokioIo::new(Watched::new(stream, patience)), service);
    let mut conversation = std::pin::pin!(conversation);
    let done = tokio::select! {
        done = conversation.as_mut() => done,
        () = stopped(&mut stop) => {
            conversation.as_mut().graceful_shutdown();
            conversation.await
        }
    };
    if let Err(error) = done {
        tracing::debug!(%error, %peer, "a connection ended early");
    }
}
