//! Connections to the file: one that writes, some that read, one that watches.

use std::{
    ops::{Deref, DerefMut},
    path::{Path, PathBuf},
    sync::{
        Condvar, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::store::StoreError;

/// How long a writer waits for another, in this process or elsewhere.
const WAITS: Duration = Duration::from_secs(10);
/// Readers that are kept open while nobody reads.
const IDLE_READERS: usize = 8;
/// How often another process is looked for; one page of shared memory is read for it.
const LOOKS: Duration = Duration::from_millis(50);
/// Rows after whose writing the log is moved into the file.
const MOVES: u64 = 1000;
/// Pages of the log that make the writer itself move it: where nobody else came to it.
const MOST_PAGES: u32 = 8192;

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(
                ErrorCode::DiskFull
                | ErrorCode::ReadOnly
                | ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen,
            ) => Self::Full(error.to_string()),
            _ => Self::Backend(error.to_string()),
        }
    }
}

/// How the file may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Read and written.
    ReadWrite,
    /// In a folder where nothing can be written: nobody changes it.
    ReadOnly,
}

/// Opens a connection.
pub fn connect(path: &Path, flags: OpenFlags, mode: Mode) -> Result<Connection, StoreError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = match mode {
        Mode::ReadWrite => Connection::open_with_flags(path, flags),
        Mode::ReadOnly => {
            let address = address(path);
            Connection::open_with_flags(address, flags | OpenFlags::SQLITE_OPEN_URI)
        }
    };
    opened.map_err(|e| StoreError::Open { path: path.display().to_string(), why: e.to_string() })
}

/// The file as one that nobody changes; without it, SQLite would write beside it.
fn address(path: &Path) -> String {
    use std::fmt::Write as _;
    let mut address = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                address.push(char::from(*byte));
            }
            other => drop(write!(address, "%{other:02X}")),
        }
    }
    address + "?immutable=1"
}

/// Sets up a connection that may write.
pub fn prepare(connection: &Connection) -> Result<(), StoreError> {
    // By pragma: the function of that name wants a newer SQLite than Debian 12 has.
    let wait = format!("PRAGMA busy_timeout = {}", WAITS.as_millis());
    connection.query_row(&wait, [], |_| Ok(()))?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection
        .execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -65536;")?;
    // Otherwise a thread does it ([`Connections::wrote`]).
    let most = format!("PRAGMA wal_autocheckpoint = {MOST_PAGES}");
    connection.query_row(&most, [], |_| Ok(()))?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// All connections of a store.
#[derive(Debug)]
pub struct Connections {
    path: PathBuf,
    mode: Mode,
    /// None while somebody writes.
    writer: Mutex<Option<Connection>>,
    free: Condvar,
    readers: Mutex<Vec<Connection>>,
    watcher: Mutex<Connection>,
    /// Changes of this process, so that who waits need not look.
    written: Mutex<u64>,
    changed: Condvar,
    /// Rows that were written since the log was last moved, and who moves it.
    unmoved: AtomicU64,
    mover: Mutex<Option<JoinHandle<()>>>,
}

impl Connections {
    /// The connections beside `writer`.
    pub fn new(path: &Path, mode: Mode, writer: Connection) -> Result<Self, StoreError> {
        let watcher = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, mode)?;
        Ok(Self {
            path: path.to_owned(),
            mode,
            writer: Mutex::new(Some(writer)),
            free: Condvar::new(),
            readers: Mutex::default(),
            watcher: Mutex::new(watcher),
            written: Mutex::default(),
            changed: Condvar::new(),
            unmoved: AtomicU64::new(0),
            mover: Mutex::default(),
        })
    }

    /// A connection that only reads; new where all others are busy, so that nobody waits for another's question.
    pub fn reader(&self) -> Result<Reader<'_>, StoreError> {
        let kept = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match kept {
            Some(connection) => connection,
            None => self.fresh()?,
        };
        Ok(Reader { connection: Some(connection), of: self })
    }

    /// Another connection that only reads, for a thread of its own.
    pub fn fresh(&self) -> Result<Connection, StoreError> {
        let connection = connect(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY, self.mode)?;
        connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -16384;")?;
        connection.query_row("PRAGMA busy_timeout = 10000", [], |_| Ok(()))?;
        Ok(connection)
    }

    /// As [`Self::writer`], and SQLite looks whether rows that are named are there.
    pub fn checked_writer(&self) -> Result<Writer<'_>, StoreError> {
        let mut writer = self.writer()?;
        writer.pragma_update(None, "foreign_keys", true)?;
        writer.is_checked = true;
        Ok(writer)
    }

    /// The connection that writes, once nobody else in this process does. It is for changes of the ledger: the
    /// numbers that their rows name were looked up or given inside the change, and `verify` looks again. That
    /// SQLite looks too takes half of the time for which others wait while an import is written.
    pub fn writer(&self) -> Result<Writer<'_>, StoreError> {
        if self.mode == Mode::ReadOnly {
            return Err(StoreError::Full(format!(
                "{} lies in a folder that is read-only",
                self.path.display()
            )));
        }
        let until = Instant::now() + WAITS;
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = writer.take() {
                return Ok(Writer { connection: Some(connection), of: self, is_checked: false });
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreError::Busy);
            }
            writer = self.free.wait_timeout(writer, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits for a state other than `seen`, at most for `time`; its number.
    pub fn wait_for_change(&self, seen: u64, time: Duration) -> Result<u64, StoreError> {
        let until = Instant::now() + time;
        loop {
            let before = *self.written.lock().unwrap_or_else(PoisonError::into_inner);
            let now = self.state()?;
            let left = until.saturating_duration_since(Instant::now());
            if now != seen || left.is_zero() {
                return Ok(now);
            }
            let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
            let quiet = |written: &mut u64| *written == before;
            let wait = self.changed.wait_timeout_while(written, left.min(LOOKS), quiet);
            drop(wait.unwrap_or_else(PoisonError::into_inner));
        }
    }

    fn state(&self) -> Result<u64, StoreError> {
        let watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        let seen: i64 = watcher.query_row("PRAGMA data_version", [], |row| row.get(0))?;
        Ok(seen.unsigned_abs())
    }

    /// Notes that so many rows were written. From time to time the log is moved into the file, by a thread,
    /// so that nobody who writes waits for it: it may take seconds where the disk is busy.
    pub fn wrote(&self, rows: u64) {
        if self.unmoved.fetch_add(rows, Ordering::Relaxed) + rows < MOVES {
            return;
        }
        let mut mover = self.mover.lock().unwrap_or_else(PoisonError::into_inner);
        if mover.as_ref().is_some_and(|mover| !mover.is_finished()) {
            return;
        }
        self.unmoved.store(0, Ordering::Relaxed);
        let path = self.path.clone();
        *mover = Some(std::thread::spawn(move || {
            if let Err(error) = move_log(&path) {
                tracing::warn!(%error, "the log could not be moved into the file; trying again later");
            }
        }));
    }

    /// Waits for the one who moves the log.
    pub fn await_mover(&self) {
        let mover = self.mover.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A thread that has panicked has said so.
        mover.map(JoinHandle::join);
    }

    /// Whether the file may be written.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Closes readers that nobody uses.
    pub fn close_readers(&self) {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Drop for Connections {
    fn drop(&mut self) {
        // Nobody works on the file of a store that is gone.
        self.await_mover();
    }
}

/// Moves the log into the file as far as nobody reads it, and stops nobody.
fn move_log(path: &Path) -> Result<(), StoreError> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, Mode::ReadWrite)?;
    connection.execute_batch("PRAGMA synchronous = FULL")?;
    Ok(connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?)
}

/// A connection that reads; it goes back when it is let go.
pub struct Reader<'a> {
    connection: Option<Connection>,
    of: &'a Connections,
}

impl Deref for Reader<'_> {
    type Target = Connection;
    #[allow(clippy::expect_used, reason = "it is there until it is dropped")]
    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("a reader holds its connection")
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let mut kept = self.of.readers.lock().unwrap_or_else(PoisonError::into_inner);
        // One that is in the middle of something has panicked: it is not used again.
        let usable = self.connection.take().filter(Connection::is_autocommit);
        let room = kept.len() < IDLE_READERS;
        kept.extend(usable.filter(|_| room));
    }
}

/// The connection that writes; the next writer has it when it is let go.
pub struct Writer<'a> {
    connection: Option<Connection>,
    of: &'a Connections,
    is_checked: bool,
}

impl Deref for Writer<'_> {
    type Target = Connection;
    #[allow(clippy::expect_used, reason = "it is there until it is dropped")]
    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("a writer holds its connection")
    }
}

impl DerefMut for Writer<'_> {
    #[allow(clippy::expect_used, reason = "it is there until it is dropped")]
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("a writer holds its connection")
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        if let (true, Some(connection)) = (self.is_checked, &self.connection) {
            // Where that fails the next change is only slower.
            let _ = connection.pragma_update(None, "foreign_keys", false);
        }
        *self.of.writer.lock().unwrap_or_else(PoisonError::into_inner) = self.connection.take();
        self.of.free.notify_one();
        *self.of.written.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.of.changed.notify_all();
    }
}
