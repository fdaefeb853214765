//! Connections to the server: kept while nobody needs them, opened again when they are gone.

use std::{
    collections::HashMap,
    sync::{Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use postgres::{Client, NoTls, Statement};

use super::{
    address::{Address, Secrecy},
    session::Session,
    tls,
};
use crate::store::StoreError;

/// Connections at most: a server has a hundred, and others come to it too.
const MOST: usize = 24;
/// Connections that are kept open while nobody needs them.
const IDLE: usize = 8;
/// How long one waits for a connection, and for who writes.
pub const WAITS: Duration = Duration::from_secs(10);

/// An open connection with what was prepared on it.
pub struct Live {
    pub client: Client,
    pub statements: HashMap<String, Statement>,
}

/// How a transaction sees the store.
#[derive(Debug, Clone, Copy)]
pub enum Mode<'a> {
    /// One state, for reading.
    Read,
    /// The state that another transaction has exported.
    ReadAs(&'a str),
    /// For writing, by the statements that begin it.
    Write(&'a str),
}

/// The connections of a store.
#[derive(Debug)]
pub struct Pool {
    pub address: Address,
    /// Schemas in which names are looked for, as SQL says it.
    path: Mutex<String>,
    places: Mutex<Slots>,
    free: Condvar,
}

#[derive(Default)]
struct Slots {
    idle: Vec<Live>,
    taken: usize,
}

impl std::fmt::Debug for Slots {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} idle, {} taken", self.idle.len(), self.taken)
    }
}

/// A name as SQL takes it.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Pool {
    /// No connection is open yet.
    pub fn new(address: Address) -> Self {
        let path = quoted(&address.schema);
        Self { address, path: Mutex::new(path), places: Mutex::default(), free: Condvar::new() }
    }

    /// Has names looked for in the schema of PostGIS too, by connections from now on.
    pub fn look_in(&self, schema: &str) {
        let path = format!("{}, {}", quoted(&self.address.schema), quoted(schema));
        *self.path.lock().unwrap_or_else(PoisonError::into_inner) = path;
    }

    /// Opens a connection that stands beside the others.
    pub fn connect(&self) -> Result<Live, StoreError> {
        let config = &self.address.config;
        let opened = match &self.address.secrecy {
            Secrecy::Plain => config.connect(NoTls),
            Secrecy::Tls(authorities) => config.connect(tls::connector(authorities.as_deref())?),
        };
        let mut client = opened?;
        let path = self.path.lock().unwrap_or_else(PoisonError::into_inner).clone();
        client.batch_execute(&format!(
            "SET search_path TO {path}; SET client_min_messages TO warning; SET datestyle TO ISO"
        ))?;
        Ok(Live { client, statements: HashMap::new() })
    }

    /// Begins a transaction on a connection that answers.
    pub fn begin(&self, mode: Mode<'_>) -> Result<Session<'_>, StoreError> {
        let mut place = Slot { of: self, kept: None };
        let mut idle = self.take()?;
        let begin = match mode {
            Mode::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY".to_owned(),
            Mode::ReadAs(state) => {
                format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '{state}'")
            }
            Mode::Write(first) => format!("BEGIN ISOLATION LEVEL READ COMMITTED; {first}"),
        };
        loop {
            let was_idle = idle.is_some();
            let mut live = match idle.take() {
                Some(live) => live,
                None => self.connect()?,
            };
            match live.client.batch_execute(&begin) {
                Ok(()) => {
                    place.kept = Some(live);
                    return Ok(Session::new(place));
                }
                Err(error) => match StoreError::from(error) {
                    // It was lost while nobody used it: the next one, or a new one.
                    StoreError::Gone(_) if was_idle => {
                        idle = self.places.lock().unwrap_or_else(PoisonError::into_inner).idle.pop();
                    }
                    error => {
                        if !live.client.is_closed() && live.client.batch_execute("ROLLBACK").is_ok() {
                            place.kept = Some(live);
                        }
                        return Err(error);
                    }
                },
            }
        }
    }

    /// Takes a place, with a connection that is open if there is one.
    fn take(&self) -> Result<Option<Live>, StoreError> {
        let until = Instant::now() + WAITS;
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        while places.taken >= MOST {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreError::Busy);
            }
            places = self.free.wait_timeout(places, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        places.taken += 1;
        Ok(places.idle.pop())
    }

    /// Closes connections that nobody uses.
    pub fn close_idle(&self) {
        self.places.lock().unwrap_or_else(PoisonError::into_inner).idle.clear();
    }
}

/// A place among the connections; it is free again when it is let go.
pub struct Slot<'a> {
    of: &'a Pool,
    /// The connection, if it can be used again.
    pub kept: Option<Live>,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut places = self.of.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.taken -= 1;
        let room = places.idle.len() < IDLE;
        let usable = self.kept.take().filter(|live| room && !live.client.is_closed());
        places.idle.extend(usable);
        drop(places);
        self.of.free.notify_one();
    }
}
