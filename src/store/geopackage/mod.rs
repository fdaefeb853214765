//! The embedded store: one GeoPackage file in WAL mode.
//!
//! `ogrinfo` and QGIS open it as it is, also while the server runs. GDAL and
//! this module share the system's `SQLite` library, so that POSIX locks hold
//! between them inside one process.

mod accounts;
mod attached;
mod blob;
mod briefings;
mod cells;
mod chunks;
mod connections;
mod factors;
mod foreign;
mod form;
mod holders;
mod keys;
mod lines;
mod maintenance;
mod parcels;
mod questions;
mod read;
mod records;
mod reference;
mod states;
mod steps;
mod transfer;
mod tries;
mod verify;
mod write;

use std::{path::Path, sync::Arc, time::Duration};

use rusqlite::{Connection, OpenFlags};

use super::{ChangeWork, Head, Ledger, Line, Record, StoreError, rows, tries::TriesHere};
use crate::domain::{Event, LedgerPosition, ParcelId};
use connections::{Connections, Mode, connect, prepare};

/// Number of the schema that this program reads and writes.
const SCHEMA: &str = "7";

/// An open store.
#[derive(Debug)]
pub struct GeoPackage {
    connections: Connections,
    tries: TriesHere,
}

impl GeoPackage {
    /// Opens the store at `path`.
    ///
    /// # Errors
    /// No such file, a file that is not a store, or one that can't be read.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let shown = path.display().to_string();
        if !path.exists() {
            let why = "there is no such file; fill one with `matbang demo` or `matbang import`".to_owned();
            return Err(StoreError::Open { path: shown, why });
        }
        let (writer, mode) = Self::writer(path)?;
        let schema = "SELECT value FROM settings WHERE name = 'schema'";
        let number: Result<String, _> = writer.query_row(schema, [], |row| row.get(0));
        match number.as_deref() {
            Ok(SCHEMA) => {
                if mode == Mode::ReadWrite && !keys::is_there(&writer)? {
                    keys::make_room(&writer)?;
                }
                Ok(Self { connections: Connections::new(path, mode, writer)?, tries: TriesHere::default() })
            }
            Ok(other) => {
                let why = format!(
                    "its schema is number {other}, this program reads number {SCHEMA}; use the program that made it, \
                     or fill a new store"
                );
                Err(StoreError::NotAStore { path: shown, why })
            }
            Err(error) => Err(StoreError::NotAStore { path: shown, why: error.to_string() }),
        }
    }

    /// The connection that writes; where nothing can be written, one that reads.
    fn writer(path: &Path) -> Result<(Connection, Mode), StoreError> {
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, Mode::ReadWrite)?;
        let ready = prepare(&connection).and_then(|()| {
            connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(())).map_err(Into::into)
        });
        match ready {
            Ok(()) => Ok((connection, Mode::ReadWrite)),
            Err(StoreError::Full(why)) => {
                drop(connection);
                let mut log = path.as_os_str().to_owned();
                log.push("-wal");
                if std::fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
                    let why =
                        format!("{why}; events lie in {} and the folder can't be written", log.display());
                    return Err(StoreError::Open { path: path.display().to_string(), why });
                }
                Ok((connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, Mode::ReadOnly)?, Mode::ReadOnly))
            }
            Err(StoreError::Backend(why)) => {
                Err(StoreError::NotAStore { path: path.display().to_string(), why })
            }
            Err(error) => Err(error),
        }
    }

    /// Opens the store at `path`, or makes an empty one where no file is.
    ///
    /// # Errors
    /// As [`GeoPackage::open`], or a folder that can't be written.
    pub fn open_or_create(path: &Path) -> Result<Self, StoreError> {
        if path.exists() {
            return Self::open(path);
        }
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|e| StoreError::Open { path: folder.display().to_string(), why: e.to_string() })?;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let mut connection = connect(path, flags, Mode::ReadWrite)?;
        prepare(&connection)?;
        let change = connection.transaction()?;
        change.execute_batch(include_str!("schema.sql"))?;
        keys::make_room(&change)?;
        change.commit()?;
        Ok(Self {
            connections: Connections::new(path, Mode::ReadWrite, connection)?,
            tries: TriesHere::default(),
        })
    }

    /// Asks in one state of the store.
    fn read<T>(&self, ask: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let reader = self.connections.reader()?;
        let one_state = reader.unchecked_transaction()?;
        ask(&one_state)
    }

    /// Writes beside the ledger, all or nothing.
    fn write<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut writer = self.connections.checked_writer()?;
        let change = writer.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let done = work(&change)?;
        change.commit()?;
        Ok(done)
    }
}

impl Record for GeoPackage {
    fn change(&self, work: ChangeWork<'_>) -> Result<Head, StoreError> {
        let mut writer = self.connections.writer()?;
        let before = writer.total_changes();
        let mut change = write::Write::begin(&mut writer)?;
        if !work(&mut change)? {
            return Ok(super::Transaction::head(&change));
        }
        let head = change.commit()?;
        self.connections.wrote(writer.total_changes() - before);
        Ok(head)
    }
}

impl Ledger for GeoPackage {
    fn head(&self) -> Result<Head, StoreError> {
        self.read(read::head)
    }

    fn events_after(&self, position: LedgerPosition, most: usize) -> Result<Vec<Event>, StoreError> {
        let condition = format!("position > ?1 ORDER BY position LIMIT {most}");
        self.read(|sql| read::events(sql, &condition, read::signed(position)))
    }

    fn head_at(&self, position: LedgerPosition) -> Result<Option<Head>, StoreError> {
        self.read(|sql| read::head_at(sql, position))
    }

    fn events_before(&self, position: LedgerPosition, most: usize) -> Result<Vec<Event>, StoreError> {
        let condition = format!("position < ?1 ORDER BY position DESC LIMIT {most}");
        self.read(|sql| read::events(sql, &condition, read::signed(position)))
    }

    fn history(&self, parcel: ParcelId) -> Result<Vec<Event>, StoreError> {
        self.read(|sql| records::events(sql, parcel))
    }

    fn imports(&self, most: usize) -> Result<Vec<Event>, StoreError> {
        let condition = "kind = 'imported' ORDER BY position DESC LIMIT ?1";
        self.read(|sql| read::events(sql, condition, i64::try_from(most).unwrap_or(i64::MAX)))
    }

    fn import_at(&self, position: LedgerPosition) -> Result<Option<Event>, StoreError> {
        let condition = "kind = 'imported' AND position = ?1";
        Ok(self.read(|sql| read::events(sql, condition, read::signed(position)))?.pop())
    }

    fn wait_for_change(&self, seen: u64, time: Duration) -> Result<u64, StoreError> {
        self.connections.wait_for_change(seen, time)
    }

    fn lines(&self, take: &mut dyn FnMut(Line<'_>) -> Result<(), StoreError>) -> Result<Head, StoreError> {
        self.read(|sql| lines::each(sql, take))
    }
}

/// Whether nobody has the file open: only then can the way of its journal be changed, and changed back.
pub(super) fn is_alone(path: &Path) -> bool {
    let set = |sql: &Connection, mode: &str| {
        let now = sql.query_row(&format!("PRAGMA journal_mode = {mode}"), [], |row| row.get::<_, String>(0));
        now.is_ok_and(|now| now.eq_ignore_ascii_case(mode))
    };
    let opened = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, Mode::ReadWrite);
    opened.is_ok_and(|sql| {
        let is_alone = set(&sql, "delete");
        set(&sql, "wal") && is_alone
    })
}

/// Connections, a processor each, that see the store at `head`; none when it has moved on.
fn beside(connections: &Connections, head: Head) -> Result<Vec<Connection>, StoreError> {
    let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut readers = Vec::new();
    for _ in 0..count {
        let connection = connections.fresh()?;
        connection.execute_batch("BEGIN")?;
        if read::head(&connection)? != head {
            return Ok(Vec::new());
        }
        readers.push(connection);
    }
    Ok(readers)
}

impl super::Load for GeoPackage {
    fn load(&self, law: Arc<crate::domain::law::Law>) -> Result<crate::atlas::Snapshot, StoreError> {
        self.read(|sql| read::load(sql, beside(&self.connections, read::head(sql)?)?, law))
    }

    fn step(&self, shown: &crate::atlas::Snapshot) -> Result<Option<super::Step>, StoreError> {
        self.read(|sql| rows::forward(&steps::OneState { sql, connections: &self.connections }, shown))
    }

    fn past(
        &self,
        now: &crate::atlas::Snapshot,
        position: LedgerPosition,
    ) -> Result<crate::atlas::Snapshot, StoreError> {
        self.read(|sql| rows::back(&steps::OneState { sql, connections: &self.connections }, now, position))
    }
}
