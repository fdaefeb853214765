//! The embedded store: one GeoPackage file in WAL mode.
//!
//! `ogrinfo` and QGIS open it as it is, also while the server runs. GDAL and
//! this module share the system's `SQLite` library, so that POSIX locks hold
//! between them inside one process.

pub mod accounts;
pub mod blob;
pub mod briefings;
mod form;
mod inspection;
mod migrate;
mod questions;
pub(super) mod read;
pub(super) mod records;
mod strands;
mod write;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::{Head, News, Store, StoreError, Transaction, Verification, verify};
use crate::{
    atlas::Snapshot,
    domain::{Event, LedgerPosition, ParcelId, Procedure},
};

/// An open store.
#[derive(Debug)]
pub struct GeoPackage {
    connection: Connection,
    path: PathBuf,
    procedures: Vec<Procedure>,
}

impl GeoPackage {
    /// Opens the store at `path`.
    ///
    /// # Errors
    /// No such file, a file that is not a store, or one that can't be read and written.
    pub fn open(path: &Path, procedures: Vec<Procedure>) -> Result<Self, StoreError> {
        if !path.exists() {
            return Err(StoreError::Open {
                path: path.display().to_string(),
                why: "there is no such file; fill one with `matbang demo` or `matbang import`".to_owned(),
            });
        }
        let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let not_a_store = |why: String| StoreError::NotAStore { path: path.display().to_string(), why };
        let schema = connection
            .query_row("SELECT value FROM settings WHERE name = 'schema'", [], |row| row.get::<_, String>(0));
        let number = schema.map_err(|error| not_a_store(error.to_string()))?;
        let known = number.parse::<usize>().ok().filter(|number| (1..=migrate::LATEST).contains(number));
        let Some(from) = known else {
            let latest = migrate::LATEST;
            return Err(not_a_store(format!(
                "its schema is number {number}, this program reads 1 to {latest}; use the newer program"
            )));
        };
        prepare(&connection)?;
        if from < migrate::LATEST {
            migrate::migrate(&mut connection, from)?;
        }
        Ok(Self { connection, path: path.to_owned(), procedures })
    }

    /// Opens the store at `path`, or makes an empty one where no file is.
    ///
    /// # Errors
    /// As [`GeoPackage::open`], or a folder that can't be written.
    pub fn open_or_create(path: &Path, procedures: Vec<Procedure>) -> Result<Self, StoreError> {
        if path.exists() {
            return Self::open(path, procedures);
        }
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|e| StoreError::Open { path: folder.display().to_string(), why: e.to_string() })?;
        }
        let mut connection =
            connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        prepare(&connection)?;
        migrate::migrate(&mut connection, 0)?;
        Ok(Self { connection, path: path.to_owned(), procedures })
    }

    /// Connections, a processor each, that see the store at `head`; none when it has moved on.
    fn readers(&self, head: Head) -> Result<Vec<Connection>, StoreError> {
        let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let mut readers = Vec::new();
        for _ in 0..count {
            let connection = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            connection.execute_batch("PRAGMA query_only = ON; BEGIN")?;
            if read::head(&connection)? != head {
                return Ok(Vec::new());
            }
            readers.push(connection);
        }
        Ok(readers)
    }

    /// The legal procedures that it was opened with.
    pub fn procedures(&self) -> &[Procedure] {
        &self.procedures
    }

    /// Path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Copies the whole store to a new file, in one state, while others go on writing.
    ///
    /// # Errors
    /// The disk's.
    pub fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        let mut copy = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        let backup = rusqlite::backup::Backup::new(&self.connection, &mut copy)?;
        // All pages in one step: one state, however busy the writers are.
        if backup.step(-1)? != rusqlite::backup::StepResult::Done {
            let why = "the store is being written all the time; try again".to_owned();
            return Err(StoreError::Open { path: path.display().to_string(), why });
        }
        drop(backup);
        copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
        Ok(())
    }

    /// Another connection to the same file.
    ///
    /// # Errors
    /// As [`GeoPackage::open`].
    pub fn reopen(&self) -> Result<Self, StoreError> {
        Self::open(&self.path, self.procedures.clone())
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
        .map_err(|e| StoreError::Open { path: path.display().to_string(), why: e.to_string() })
}

fn prepare(connection: &Connection) -> Result<(), StoreError> {
    // By pragma: the function of that name wants a newer SQLite than Debian 12 has.
    connection.query_row("PRAGMA busy_timeout = 10000", [], |_| Ok(()))?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection
        .execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536;")?;
    Ok(())
}

impl Store for GeoPackage {
    fn head(&self) -> Result<Head, StoreError> {
        read::head(&self.connection)
    }

    fn version(&self) -> Result<u64, StoreError> {
        let seen: i64 = self.connection.query_row("PRAGMA data_version", [], |row| row.get(0))?;
        Ok(seen.unsigned_abs())
    }

    fn load(&self) -> Result<Snapshot, StoreError> {
        let transaction = self.connection.unchecked_transaction()?;
        let others = self.readers(read::head(&transaction)?)?;
        read::load(&transaction, others, &self.procedures, None)
    }

    fn load_at(&self, position: LedgerPosition) -> Result<Snapshot, StoreError> {
        let transaction = self.connection.unchecked_transaction()?;
        let head = read::head(&transaction)?.position;
        if position > head {
            return Err(StoreError::NoPosition { asked: position, head });
        }
        let others = self.readers(read::head(&transaction)?)?;
        read::load(&transaction, others, &self.procedures, Some(position))
    }

    fn events_after(&self, position: LedgerPosition) -> Result<Vec<Event>, StoreError> {
        read::events(&self.connection, "position > ?1 ORDER BY position", position.0 as i64)
    }

    fn some_events_after(&self, position: LedgerPosition, most: usize) -> Result<Vec<Event>, StoreError> {
        let condition = format!("position > ?1 ORDER BY position LIMIT {most}");
        read::events(&self.connection, &condition, i64::try_from(position.0).unwrap_or(i64::MAX))
    }

    fn history(&self, parcel: ParcelId) -> Result<Vec<Event>, StoreError> {
        records::events(&self.connection, parcel)
    }

    fn news(&self, position: LedgerPosition) -> Result<News, StoreError> {
        let transaction = self.connection.unchecked_transaction()?;
        let events = read::events(&transaction, "position > ?1 ORDER BY position", position.0 as i64)?;
        let mut touched: Vec<ParcelId> = events.iter().filter_map(|event| event.body.parcel).collect();
        touched.sort_unstable();
        touched.dedup();
        let record = |id: ParcelId| Ok((id, records::of(&transaction, id)?));
        let records = touched.into_iter().map(record).collect::<Result<_, StoreError>>()?;
        Ok(News { events, head: read::head(&transaction)?, records })
    }

    fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT value FROM settings WHERE name = ?1";
        Ok(self.connection.query_row(sql, [name], |row| row.get(0)).optional()?)
    }

    fn begin(&mut self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        Ok(Box::new(write::Write::begin(&mut self.connection)?))
    }

    fn verify(&self) -> Result<Verification, StoreError> {
        let transaction = self.connection.unchecked_transaction()?;
        verify::verify(&transaction, &self.procedures)
    }
}
