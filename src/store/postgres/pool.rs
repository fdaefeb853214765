//! Connections to the server: kept while nobody needs them, opened again when they are gone.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{
    address::Address,
    wire::{Way, Wire, no_standby},
};
use crate::store::StoreError;

/// Connections at most: a server has a hundred, and others come to it too.
const MOST: usize = 24;
/// Connections that are kept open while nobody needs them.
const IDLE: usize = 8;
/// How long one waits for a connection, and for who writes.
pub const WAITS: Duration = Duration::from_secs(10);

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
    way: Arc<Way>,
    /// Schemas in which names are looked for, as SQL says it.
    path: Mutex<String>,
    slots: Mutex<Slots>,
    free: Condvar,
}

#[derive(Default)]
struct Slots {
    idle: Vec<Wire>,
    taken: usize,
    /// Processes of the server whose changes wait for a standby.
    awaiting: Vec<i32>,
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
        let way = Arc::new(Way::new(&address));
        Self { address, way, path: Mutex::new(path), slots: Mutex::default(), free: Condvar::new() }
    }

    /// Has names looked for in the schema of PostGIS too, by connections from now on.
    pub fn look_in(&self, schema: &str) {
        let path = format!("{}, {}", quoted(&self.address.schema), quoted(schema));
        *self.path.lock().unwrap_or_else(PoisonError::into_inner) = path;
    }

    /// Opens a connection that stands beside the others.
    pub fn connect(&self) -> Result<Wire, StoreError> {
        let mut wire = self.way.open()?;
        let path = self.path.lock().unwrap_or_else(PoisonError::into_inner).clone();
        wire.batch(&format!(
            "SET search_path TO {path}; SET client_min_messages TO warning; SET datestyle TO ISO"
        ))?;
        Ok(wire)
    }

    fn slots(&self) -> std::sync::MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether changes end. While one waits for a standby, others would wait behind it, each with a connection of its
    /// own.
    ///
    /// # Errors
    /// [`StoreError::Gone`] when a change waits for its standby or the server can't be asked.
    pub fn ends_changes(&self) -> Result<(), StoreError> {
        let awaiting = self.slots().awaiting.clone();
        if awaiting.is_empty() {
            return Ok(());
        }
        if self.way.open()?.await_standby(&awaiting)? {
            return Err(no_standby());
        }
        self.slots().awaiting.retain(|process| !awaiting.contains(process));
        Ok(())
    }

    /// Another connection that nobody uses, if there is one.
    pub(super) fn another(&self) -> Option<Wire> {
        self.slots().idle.pop()
    }

    /// Takes a place, with a connection that is open if there is one.
    pub(super) fn take(&self) -> Result<Option<Wire>, StoreError> {
        let until = Instant::now() + WAITS;
        let mut slots = self.slots();
        while slots.taken >= MOST {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreError::Busy);
            }
            slots = self.free.wait_timeout(slots, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        slots.taken += 1;
        Ok(slots.idle.pop())
    }

    /// Closes connections that nobody uses.
    pub fn close_idle(&self) {
        self.slots().idle.clear();
    }
}

/// A place among the connections; it is free again when it is let go.
pub struct Slot<'a> {
    /// Whose place it is.
    pub of: &'a Pool,
    /// The connection, if it can be used again.
    pub kept: Option<Wire>,
}

impl Slot<'_> {
    /// The connection is of no use any more, and those that nobody uses are not either.
    pub fn is_lost(&mut self) {
        let mut slots = self.of.slots();
        slots.awaiting.extend(self.kept.as_ref().and_then(Wire::awaits_standby));
        slots.idle.clear();
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut slots = self.of.slots();
        slots.taken -= 1;
        let room = slots.idle.len() < IDLE;
        let usable = self.kept.take().filter(|wire| room && !wire.is_closed());
        slots.idle.extend(usable);
        drop(slots);
        self.of.free.notify_one();
    }
}
