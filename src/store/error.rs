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
    /// The engine's own.
    #[error("the store could not be read or written: {0}")]
    Backend(String),
    /// Another writer holds the store for longer than one waits.
    #[error("somebody else is writing to the store; try again in a moment")]
    Busy,
    /// The database can't be reached, or takes nothing at the moment.
    #[error("the database cannot be reached: {0}; it is tried again by itself")]
    Gone(String),
    /// The disk is full or can't be written.
    #[error("the store can't be written: {0}; free some room or ask who keeps the disk")]
    Full(String),
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
    /// An account or token that is not there, or does not have the role that is to be taken.
    #[error("there is no such account, role or token: {0}")]
    NotThere(u32),
    /// Another ledger than the one that was followed.
    #[error("another store was put in the place of this one")]
    Replaced,
    /// A store that another was to be copied into.
    #[error("the store is not empty: there are rows in {0}; copy into a new one")]
    NotEmpty(&'static str),
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
        match self {
            Self::Full(_) => true,
            Self::Shared(error) => error.is_disk(),
            _ => false,
        }
    }

    /// Whether nothing of the change in which it came can be kept.
    pub fn ends_change(&self) -> bool {
        self.is_disk() || self.is_busy() || self.is_gone()
    }

    /// Whether the way to the database is lost; it is looked for again each time.
    pub fn is_gone(&self) -> bool {
        match self {
            Self::Gone(_) => true,
            Self::Shared(error) => error.is_gone(),
            _ => false,
        }
    }

    /// Whether trying again a little later helps.
    pub fn is_busy(&self) -> bool {
        match self {
            Self::Busy => true,
            Self::Shared(error) => error.is_busy(),
            _ => false,
        }
    }
}

/// What a store answers.
pub type StoreResult<T> = Result<T, StoreError>;
