//! A connection that is waited for with an end.
//!
//! A server, or whatever lies between, may fall silent without closing anything. After a while of silence it is asked by
//! another connection what it is doing: it may work on and be waited for further, be waiting itself for a standby that
//! does not answer, or not be there. Nobody waits for the last two.

use std::{
    collections::HashMap,
    future::poll_fn,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::Poll,
    time::{Duration, Instant},
};

use tokio_postgres::{
    AsyncMessage, Client, Config, Connection, Error, NoTls, SimpleQueryMessage, Socket, Statement,
    tls::TlsStream,
};
use tokio_stream::Stream;

use super::{
    address::{Address, Secrecy},
    tls,
};
use crate::store::StoreError;

/// How long silence is borne before it is asked about.
const SILENCE: Duration = Duration::from_secs(5);
/// How long a server is waited for that is connected to, where the address does not say.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often a silent server is asked about: one that is very busy may not get to it at once.
const TRIES: u32 = 2;
/// The same by who moves whole stores, and would rather wait than begin anew.
const PATIENT_TRIES: u32 = 24;

/// What is sent by the server besides answers.
type Messages = Pin<Box<dyn Stream<Item = Result<AsyncMessage, Error>> + Send>>;

struct MessageStream<T>(Connection<Socket, T>);

impl<T: TlsStream + Unpin> Stream for MessageStream<T> {
    type Item = Result<AsyncMessage, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut std::task::Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_message(context)
    }
}

/// The way to the servers of an address.
#[derive(Debug)]
pub struct Way {
    hosts: Vec<Config>,
    secrecy: Secrecy,
    /// The host that was the right one last.
    last: AtomicUsize,
}

/// What a silent server is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Works,
    AwaitsStandby,
    Nothing,
    /// It can't be asked.
    Unknown,
}

fn silent() -> StoreError {
    StoreError::Gone("it does not answer".to_owned())
}

/// What is said where a change waits for a standby.
pub fn no_standby() -> StoreError {
    StoreError::Gone("the standby without which nothing is acknowledged does not answer".to_owned())
}

impl Way {
    /// To the servers of an address.
    pub fn new(address: &Address) -> Self {
        Self { hosts: address.each_host(), secrecy: address.secrecy.clone(), last: AtomicUsize::new(0) }
    }

    /// Opens a connection to the first server that does, beginning with the one that did last.
    pub fn open(self: &Arc<Self>) -> Result<Wire, StoreError> {
        let begin = self.last.load(Ordering::Relaxed);
        let mut failed = StoreError::Gone("the address names no host".to_owned());
        for turn in 0..self.hosts.len() {
            let host = (begin + turn) % self.hosts.len();
            match self.open_at(host) {
                Ok(wire) => {
                    self.last.store(host, Ordering::Relaxed);
                    return Ok(wire);
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    fn open_at(self: &Arc<Self>, host: usize) -> Result<Wire, StoreError> {
        let config = self.hosts.get(host).ok_or_else(silent)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| StoreError::Gone(error.to_string()))?;
        let patience = config.get_connect_timeout().copied().unwrap_or(PATIENCE);
        let opened = match &self.secrecy {
            Secrecy::Plain => runtime.block_on(async {
                let (client, connection) = tokio::time::timeout(patience, config.connect(NoTls)).await??;
                Ok::<_, Failed>((client, Box::pin(MessageStream(connection)) as Messages))
            }),
            Secrecy::Tls(authorities) => {
                let tls = tls::connector(authorities.as_deref())?;
                runtime.block_on(async {
                    let (client, connection) = tokio::time::timeout(patience, config.connect(tls)).await??;
                    Ok((client, Box::pin(MessageStream(connection)) as Messages))
                })
            }
        };
        let (client, messages) = opened.map_err(|failed| failed.0)?;
        let line = Line {
            runtime,
            messages,
            calls: 0,
            way: Arc::clone(self),
            process: 0,
            awaits_standby: false,
            is_silent: false,
            tries: TRIES,
        };
        let mut wire = Wire { client, line, statements: HashMap::new() };
        let rows = wire.ask(async |client| Ok(client.simple_query("SELECT pg_backend_pid()").await?))?;
        let process = rows.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0)?.parse().ok(),
            _ => None,
        });
        wire.line.process = process.unwrap_or_default();
        Ok(wire)
    }

    /// What the server is doing for the connection with this number.
    fn doing(self: &Arc<Self>, process: i32) -> Doing {
        // A connection that is being opened has no number yet, and is not asked about.
        if process == 0 {
            return Doing::Nothing;
        }
        let Ok(mut wire) = self.open() else { return Doing::Unknown };
        // Who asks about silence is not asked about itself.
        wire.line.process = 0;
        if wire.await_standby(&[process]).is_ok_and(|waiting| waiting) {
            return Doing::AwaitsStandby;
        }
        let select = "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND state = 'active'";
        let works = wire.ask(async |client| Ok(!client.query(select, &[&process]).await?.is_empty()));
        match works {
            Ok(true) => Doing::Works,
            Ok(false) => Doing::Nothing,
            Err(_) => Doing::Unknown,
        }
    }
}

/// How long silence is borne.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// By who moves whole stores.
    Long,
    /// By anybody else.
    Usual,
}

/// Why a connection could not be opened.
struct Failed(StoreError);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(error.into())
    }
}

impl From<tokio::time::error::Elapsed> for Failed {
    fn from(_: tokio::time::error::Elapsed) -> Self {
        Self(silent())
    }
}

/// An open connection with what was prepared on it.
pub struct Wire {
    client: Client,
    line: Line,
    statements: HashMap<String, Statement>,
}

/// The other end of a connection.
struct Line {
    runtime: tokio::runtime::Runtime,
    messages: Messages,
    /// Notifications that nobody has asked about yet.
    calls: usize,
    way: Arc<Way>,
    /// Number of the server's process behind it.
    process: i32,
    /// Its last change waits for a standby.
    awaits_standby: bool,
    /// It did not answer, and neither did others.
    is_silent: bool,
    /// How often it is asked about before it is given up.
    tries: u32,
}

impl Line {
    /// Waits for an answer as long as the server works on it.
    fn run<T>(&mut self, answer: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let mut answer = pin!(answer);
        let mut unknown = 0;
        loop {
            let (messages, calls) = (&mut self.messages, &mut self.calls);
            let done = self.runtime.block_on(async {
                let mut silence = pin!(tokio::time::sleep(SILENCE));
                let mut heard = Instant::now();
                poll_fn(|context| {
                    let is_open = take(messages, calls, context);
                    if let Poll::Ready(answer) = answer.as_mut().poll(context) {
                        return Poll::Ready(Some(answer));
                    }
                    if !is_open {
                        return Poll::Ready(Some(Err(StoreError::Gone("the connection is lost".to_owned()))));
                    }
                    if silence.as_mut().poll(context).is_pending() {
                        heard = Instant::now();
                        return Poll::Pending;
                    }
                    // Time has passed since something came: as much as is borne?
                    let quiet = heard.elapsed();
                    if quiet >= SILENCE {
                        return Poll::Ready(None);
                    }
                    silence.as_mut().reset(tokio::time::Instant::now() + SILENCE.saturating_sub(quiet));
                    let _ = silence.as_mut().poll(context);
                    Poll::Pending
                })
                .await
            });
            if let Some(done) = done {
                return done;
            }
            match self.way.doing(self.process) {
                Doing::Works => unknown = 0,
                Doing::Unknown if unknown + 1 < self.tries => unknown += 1,
                Doing::AwaitsStandby => {
                    self.awaits_standby = true;
                    return Err(no_standby());
                }
                Doing::Nothing | Doing::Unknown => {
                    self.is_silent = true;
                    return Err(silent());
                }
            }
        }
    }
}

/// Takes what has come; whether more may come.
fn take(messages: &mut Messages, calls: &mut usize, context: &mut std::task::Context<'_>) -> bool {
    loop {
        match messages.as_mut().poll_next(context) {
            Poll::Ready(Some(Ok(AsyncMessage::Notification(_)))) => *calls += 1,
            Poll::Ready(Some(Ok(_))) => {}
            // The answer that is waited for says why.
            Poll::Ready(Some(Err(_)) | None) => return false,
            Poll::Pending => return true,
        }
    }
}

impl Wire {
    /// Asks something, and waits for the answer as long as the server works on it.
    ///
    /// # Errors
    /// [`StoreError::Gone`] when the server is silent or the connection is lost; else the error that the server
    /// reports.
    pub fn ask<T>(
        &mut self,
        question: impl AsyncFnOnce(&Client) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.line.run(question(&self.client))
    }

    /// Waits for something that was begun on this connection.
    ///
    /// # Errors
    /// As [`Wire::ask`].
    pub fn wait<T>(&mut self, answer: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        self.line.run(answer)
    }

    /// Runs statements without parameters.
    ///
    /// # Errors
    /// As [`Wire::ask`].
    pub fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.ask(async |client| Ok(client.batch_execute(sql).await?))
    }

    /// The statement as the server knows it; shown once a connection.
    ///
    /// # Errors
    /// As [`Wire::ask`].
    pub fn prepared(&mut self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(known) = self.statements.get(sql) {
            return Ok(known.clone());
        }
        let statement = self.ask(async |client| Ok(client.prepare(sql).await?))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Whether any of these of the server's processes waits for a standby.
    ///
    /// # Errors
    /// As [`Wire::ask`].
    pub fn await_standby(&mut self, processes: &[i32]) -> Result<bool, StoreError> {
        let select = "SELECT 1 FROM pg_stat_activity WHERE pid = ANY($1) AND wait_event = 'SyncRep'";
        self.ask(async |client| Ok(!client.query(select, &[&processes]).await?.is_empty()))
    }

    /// Waits for calls (`NOTIFY`), at most for `time`; those that came are taken.
    ///
    /// # Errors
    /// A connection that is lost.
    pub fn listen(&mut self, time: Duration) -> Result<(), StoreError> {
        let line = &mut self.line;
        let (messages, calls) = (&mut line.messages, &mut line.calls);
        let listening = poll_fn(|context| {
            let is_open = take(messages, calls, context);
            if *calls > 0 || !is_open { Poll::Ready(is_open) } else { Poll::Pending }
        });
        let heard = line.runtime.block_on(async { tokio::time::timeout(time, listening).await });
        line.calls = 0;
        if heard.unwrap_or(true) {
            Ok(())
        } else {
            Err(StoreError::Gone("the connection is lost".to_owned()))
        }
    }

    /// Whether it can't be used any more.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Has a silent server waited for as by who moves whole stores, or as by anybody else.
    pub fn bears(&mut self, patience: Patience) {
        self.line.tries = match patience {
            Patience::Long => PATIENT_TRIES,
            Patience::Usual => TRIES,
        };
    }

    /// Whether it did not answer, and the server could not be asked why.
    pub fn is_silent(&self) -> bool {
        self.line.is_silent
    }

    /// The server's process, if its last change waits for a standby.
    pub fn awaits_standby(&self) -> Option<i32> {
        self.line.awaits_standby.then_some(self.line.process)
    }
}
