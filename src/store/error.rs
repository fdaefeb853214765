//! What can go wrong with a store.

use crate::{
    atlas::BuildError,
    domain::{LedgerPosition, ParcelId, ParcelKey},
};

/// A store's error. Messages say what to do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file can't be opened.
    #[error("cannot open {path}: {why}")]
    Open {
        /// File.
        path: String,
        /// Reason and remedy.
        why: String,
    },
    /// The file is there but is not a store.
    #[error(
        "{path} is not a Matbang store ({why}); name another file with --data, or start with `matbang demo`"
    )]
    NotAStore {
        /// File.
        path: String,
        /// What is missing.
        why: String,
    },
    /// `SQLite`'s own.
    #[error("the store could not be read or written: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// Rows that contradict each other.
    #[error("the store contradicts itself: {0}; run `matbang verify`")]
    Build(#[from] BuildError),
    /// A row that can't be read back.
    #[error(
        "the store holds a row that cannot be read: {table} {row}, {column}: {why}; run `matbang verify`"
    )]
    Row {
        /// Table.
        table: &'static str,
        /// Row number.
        row: i64,
        /// Column.
        column: &'static str,
        /// Reason.
        why: String,
    },
    /// Rows that name a project which is not there.
    #[error("no project has the code \"{0}\"; import it first with `matbang import projects`")]
    NoProject(String),
    /// Rows that name a unit which is not there.
    #[error(
        "no administrative unit has the code \"{0}\" on that day; import it first with `matbang import units`"
    )]
    NoUnit(String),
    /// A parcel that is there already.
    #[error("the store already holds {0}")]
    Exists(Box<ParcelKey>),
    /// An event about a parcel that is not there.
    #[error("no parcel has the number {0}")]
    NoParcel(ParcelId),
    /// An error that several orders of one transaction share.
    #[error(transparent)]
    Shared(std::sync::Arc<StoreError>),
    /// A position beyond the end.
    #[error("the ledger ends at position {head}; there is no position {asked}")]
    NoPosition {
        /// What was asked for.
        asked: LedgerPosition,
        /// The end.
        head: LedgerPosition,
    },
}

impl StoreError {
    /// Whether the disk is full or can't be written, which an operator mends.
    pub fn is_disk(&self) -> bool {
        use rusqlite::ErrorCode::{CannotOpen, DiskFull, ReadOnly, SystemIoFailure};
        match self {
            Self::Sqlite(error) => error
                .sqlite_error_code()
                .is_some_and(|code| matches!(code, DiskFull | ReadOnly | SystemIoFailure | CannotOpen)),
            Self::Shared(error) => error.is_disk(),
            _ => false,
        }
    }
}
