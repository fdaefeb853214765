//! The store in a PostgreSQL database with PostGIS, which several servers share.
//!
//! One schema holds the same rows as the GeoPackage file. Who writes to the
//! ledger holds a lock until the transaction ends, so that its order is total;
//! others are called when it has ended. Readers see one state each and wait for
//! nobody. A connection that is lost is opened again by whoever comes next.

mod accounts;
mod address;
mod attached;
mod briefings;
mod cells;
mod copied;
mod dump;
mod error;
mod factors;
mod holders;
mod keys;
mod lines;
mod load;
mod maintenance;
mod parcels;
mod pool;
mod questions;
mod read;
mod reference;
mod schema;
mod session;
mod shared;
mod tls;
mod transfer;
mod tries;
mod unsent;
mod verify;
mod watch;
mod wire;
mod write;

use std::{
    sync::{Arc, atomic::AtomicU32},
    time::Duration,
};

use super::{
    ChangeWork, Head, Ledger, Line, Load, Record, Step, StoreError, StoreResult, Transaction, rows,
    tries::TriesHere,
};
use crate::{
    atlas::Snapshot,
    domain::{Event, LedgerPosition, ParcelId, law::Law},
};
use address::Address;
pub use address::shown;
use cells::{cell, position};
pub use dump::{bring_back, dump};
use pool::{Mode, Pool, WAITS};
use schema::{NEWEST, Standing};
use session::Session;
use watch::Watch;

/// An open store.
#[derive(Debug)]
pub struct PostgreSql {
    pool: Pool,
    watch: Watch,
    /// The server follows another one and takes nothing.
    is_standby: bool,
    /// Statements that begin a change of the ledger, and those before the end of any.
    first: String,
    last: String,
    /// What this server has counted: who comes too often here need not be looked up.
    tries: TriesHere,
    /// How often tries were counted, which are swept now and then.
    counted: AtomicU32,
}

impl PostgreSql {
    /// Opens the store at an address.
    ///
    /// # Errors
    /// An address that can't be understood, a database that can't be reached, has no PostGIS or no store.
    pub fn open(text: &str) -> StoreResult<Self> {
        let store = Self::at(text)?;
        let path = store.pool.address.shown.clone();
        match schema::standing(&store.pool)? {
            Standing::Applied(NEWEST) => Ok(store),
            Standing::Applied(number) => {
                let why = format!(
                    "its tables are number {number}, this program needs number {NEWEST}; `matbang serve` brings \
                     them up"
                );
                Err(StoreError::NotAStore { path, why })
            }
            Standing::Missing => {
                let schema = &store.pool.address.schema;
                let why = format!(
                    "there is no store in the schema \"{schema}\"; fill one with `matbang demo`, `matbang import` or \
                     `matbang copy`"
                );
                Err(StoreError::Open { path, why })
            }
        }
    }

    /// Opens the store at an address, or makes an empty one where none is.
    ///
    /// # Errors
    /// As [`PostgreSql::open`], or a role that may not make tables.
    pub fn open_or_create(text: &str) -> StoreResult<Self> {
        let store = Self::at(text)?;
        if schema::standing(&store.pool)? != Standing::Applied(NEWEST) {
            schema::bring_up(&store.pool)?;
        }
        Ok(store)
    }

    /// Whether there is a store at an address.
    ///
    /// # Errors
    /// As [`PostgreSql::open`].
    pub fn is_there(text: &str) -> StoreResult<bool> {
        let store = Self::at(text)?;
        Ok(schema::standing(&store.pool)? != Standing::Missing)
    }

    fn at(text: &str) -> StoreResult<Self> {
        let pool = Pool::new(Address::parse(text)?);
        let shown = pool.address.shown.clone();
        let unreachable = |error: StoreError| match error {
            StoreError::Gone(why) | StoreError::Backend(why) => StoreError::Open { path: shown, why },
            other => other,
        };
        schema::find_postgis(&pool).map_err(unreachable)?;
        let session = pool.begin(Mode::Read)?;
        let is_standby = cell(&session.row("SELECT pg_is_in_recovery()", &[])?, 0)?;
        drop(session);
        let wait = WAITS.as_millis();
        let schema = pool.address.schema.replace('\'', "''");
        // A server that stops in the middle of a change does not stop the others.
        let first = format!(
            "SET LOCAL lock_timeout = {wait}; SET LOCAL idle_in_transaction_session_timeout = '60s';
             SELECT pg_advisory_xact_lock(hashtextextended('matbang ledger {schema}', 0))"
        );
        let last = format!("NOTIFY {}", watch::channel(&pool.address.schema));
        Ok(Self {
            pool,
            watch: Watch::default(),
            is_standby,
            first,
            last,
            tries: TriesHere::default(),
            counted: AtomicU32::new(0),
        })
    }

    /// Asks in one state of the store.
    fn read<T>(&self, ask: impl FnOnce(&Session<'_>) -> StoreResult<T>) -> StoreResult<T> {
        ask(&self.pool.begin(Mode::Read)?)
    }

    /// Writes beside the ledger, all or nothing.
    fn write<T>(&self, work: impl FnOnce(&Session<'_>) -> StoreResult<T>) -> StoreResult<T> {
        let wait = format!("SET LOCAL lock_timeout = {}", WAITS.as_millis());
        let session = self.pool.begin(Mode::Write(&wait))?;
        let done = work(&session)?;
        session.commit(&self.last)?;
        Ok(done)
    }

    /// Writes what nobody listens for, and what need not outlive a failure: no disk and no standby is waited for.
    fn count<T>(&self, work: impl FnOnce(&Session<'_>) -> StoreResult<T>) -> StoreResult<T> {
        let first =
            format!("SET LOCAL lock_timeout = {}; SET LOCAL synchronous_commit = off", WAITS.as_millis());
        let session = self.pool.begin(Mode::Write(&first))?;
        let done = work(&session)?;
        session.commit("SELECT 1")?;
        Ok(done)
    }

    /// Whether a change whose end was not heard of was kept all the same.
    fn was_kept(&self, head: Head, why: String) -> StoreResult<Head> {
        match self.head_at(head.position) {
            Ok(found) if found == Some(head) => Ok(head),
            Ok(_) => Err(StoreError::Gone(why)),
            Err(_) => Err(StoreError::Gone(format!(
                "{why}; whether the last change was kept will be seen once it is back"
            ))),
        }
    }
}

impl Record for PostgreSql {
    fn change(&self, work: ChangeWork<'_>) -> StoreResult<Head> {
        let session = self.pool.begin(Mode::Write(&self.first))?;
        let mut change = write::Write::begin(session)?;
        let before = change.head();
        if !work(&mut change)? {
            return Ok(change.head());
        }
        change.settle()?;
        let head = change.head();
        change.commit(&self.last).or_else(|lost| match lost {
            StoreError::Gone(why) if head != before => self.was_kept(head, why),
            lost => Err(lost),
        })
    }
}

impl Ledger for PostgreSql {
    fn head(&self) -> StoreResult<Head> {
        self.read(read::head)
    }

    fn head_at(&self, at: LedgerPosition) -> StoreResult<Option<Head>> {
        self.read(|sql| read::head_at(sql, at))
    }

    fn events_after(&self, at: LedgerPosition, most: usize) -> StoreResult<Vec<Event>> {
        let condition = format!("position > $1 ORDER BY position LIMIT {most}");
        self.read(|sql| read::events(sql, &condition, &[&position(at)]))
    }

    fn events_before(&self, at: LedgerPosition, most: usize) -> StoreResult<Vec<Event>> {
        let condition = format!("position < $1 ORDER BY position DESC LIMIT {most}");
        self.read(|sql| read::events(sql, &condition, &[&position(at)]))
    }

    fn history(&self, parcel: ParcelId) -> StoreResult<Vec<Event>> {
        self.read(|sql| read::history(sql, parcel))
    }

    fn imports(&self, most: usize) -> StoreResult<Vec<Event>> {
        let condition = "kind = 'imported' ORDER BY position DESC LIMIT $1";
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.read(|sql| read::events(sql, condition, &[&most]))
    }

    fn import_at(&self, at: LedgerPosition) -> StoreResult<Option<Event>> {
        let condition = "kind = 'imported' AND position = $1";
        Ok(self.read(|sql| read::events(sql, condition, &[&position(at)]))?.pop())
    }

    fn wait_for_change(&self, seen: u64, time: Duration) -> StoreResult<u64> {
        self.watch.wait(&self.pool, seen, time)
    }

    fn lines(&self, take: &mut dyn FnMut(Line<'_>) -> StoreResult<()>) -> StoreResult<Head> {
        self.read(|sql| lines::each(sql, take))
    }
}

impl Load for PostgreSql {
    fn load(&self, law: Arc<Law>) -> StoreResult<Snapshot> {
        self.read(|sql| load::load(&self.pool, sql, law))
    }

    fn step(&self, shown: &Snapshot) -> StoreResult<Option<Step>> {
        self.read(|sql| rows::forward(sql, shown))
    }

    fn past(&self, now: &Snapshot, at: LedgerPosition) -> StoreResult<Snapshot> {
        self.read(|sql| rows::back(sql, now, at))
    }
}
