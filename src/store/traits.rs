//! What a store is, part by part. An engine that passes the contract suite (`tests/store.rs`) is one.

#![allow(clippy::missing_errors_doc, reason = "each trait says once what all of it may fail by")]

use std::{collections::HashMap, path::Path, sync::Arc, time::Duration};

use super::{
    Access, AccountChange, AccountLog, Attached, Briefing, Directory, Head, KeptBriefing, Line, SecretHash,
    Sharing, Step, StoreResult, Transaction, Transfer, Tries, Verification,
};
use crate::{
    atlas::Snapshot,
    domain::{Event, HolderId, LedgerPosition, ParcelId, law::Law},
};

/// What is done inside a change; false gives it up.
pub type ChangeWork<'a> = &'a mut dyn FnMut(&mut dyn Transaction) -> StoreResult<bool>;

/// The ledger: events, positions, and waiting for more.
///
/// # Errors
/// All of it: the engine's; `StoreError::Busy` where another writer does not end.
pub trait Ledger {
    /// The end of the ledger.
    fn head(&self) -> StoreResult<Head>;
    /// Position and hash of an event; none where the ledger has no such position.
    fn head_at(&self, position: LedgerPosition) -> StoreResult<Option<Head>>;
    /// At most `most` events after a position, in order.
    fn events_after(&self, position: LedgerPosition, most: usize) -> StoreResult<Vec<Event>>;
    /// The `most` events before a position, newest first.
    fn events_before(&self, position: LedgerPosition, most: usize) -> StoreResult<Vec<Event>>;
    /// A parcel's events, in order.
    fn history(&self, parcel: ParcelId) -> StoreResult<Vec<Event>>;
    /// The last `most` imports, newest first.
    fn imports(&self, most: usize) -> StoreResult<Vec<Event>>;
    /// The import at a position, if one is there.
    fn import_at(&self, position: LedgerPosition) -> StoreResult<Option<Event>>;
    /// Waits until somebody, in this process or another, has written since the state `seen`, at most for
    /// `time`; the number of the state then. Numbers say only whether two states are the same.
    fn wait_for_change(&self, seen: u64, time: Duration) -> StoreResult<u64>;
    /// Tells all of the ledger line by line: before each import the rows that it seals.
    fn lines(&self, take: &mut dyn FnMut(Line<'_>) -> StoreResult<()>) -> StoreResult<Head>;
}

/// Snapshots: all of it, and steps from one to another.
///
/// # Errors
/// All of it: the engine's, or rows that contradict each other.
pub trait Load {
    /// Everything at the end of the ledger.
    fn load(&self, law: Arc<Law>) -> StoreResult<Snapshot>;
    /// What has happened since `shown`; none when nothing has. Costs what it touches.
    fn step(&self, shown: &Snapshot) -> StoreResult<Option<Step>>;
    /// What was known at `position`, made from a later snapshot. Costs what was touched since.
    ///
    /// # Errors
    /// Besides: a position after that of `now`.
    fn past(&self, now: &Snapshot, position: LedgerPosition) -> StoreResult<Snapshot>;
}

/// Writing to the ledger.
pub trait Record {
    /// Does `work` in one change that no other writer can come between, and makes it durable unless it says false.
    ///
    /// # Errors
    /// The error of `work`; `StoreError::Busy` when another program holds the store; `StoreError::Full` when the
    /// disk is. Nothing was kept then.
    fn change(&self, work: ChangeWork<'_>) -> StoreResult<Head>;
}

/// Accounts, their sessions and tokens.
///
/// # Errors
/// Each: `StoreError::Backend` when the file or the database can't be read or written, `StoreError::Gone` when
/// the database can't be reached, `StoreError::Row` when a row can't be read back.
pub trait Accounts {
    /// Number of the state of the accounts.
    fn accounts_version(&self) -> StoreResult<u64>;
    /// All accounts, sessions and tokens.
    fn directory(&self) -> StoreResult<Directory>;
    /// Makes changes, all or none, and notes in the same transaction who made them and when (milliseconds since
    /// 1970-01-01T00:00Z). Numbers of what was made or changed, in their order.
    fn change_accounts(&self, author: &str, at: i64, changes: &[AccountChange]) -> StoreResult<Vec<u32>>;
    /// The last changes of accounts, newest first.
    fn account_log(&self, most: u32) -> StoreResult<Vec<AccountLog>>;
    /// Begins a session at `at`, and forgets those not seen since `stale`.
    fn add_session(&self, hash: &SecretHash, account: u32, at: i64, stale: i64) -> StoreResult<()>;
    /// Notes that a session is in use.
    fn see_session(&self, hash: &SecretHash, at: i64) -> StoreResult<()>;
    /// Ends a session.
    fn end_session(&self, hash: &SecretHash) -> StoreResult<()>;
    /// Uses up the one-time code of a step, and those before it; false where it is used up already.
    fn use_step(&self, account: u32, step: u64) -> StoreResult<bool>;
    /// Notes at `at` that a security key of an account has signed for the `counter`th time; false where that is no more
    /// than before, or there is no such key. Keys that do not count say 0 always.
    fn use_key(&self, account: u32, key: u32, counter: u32, at: i64) -> StoreResult<bool>;
    /// Uses up a recovery code; false where the account has none with this hash.
    fn use_recovery_code(&self, account: u32, hash: &SecretHash) -> StoreResult<bool>;
}

/// Personal data of holders, and the log of looks at it.
///
/// # Errors
/// Each: `StoreError::Backend` when the file or the database can't be read or written, `StoreError::Gone` when
/// the database can't be reached, `StoreError::Row` when a row can't be read back. Nothing is given then.
pub trait Holders {
    /// Name of a parcel's holder, with the look noted before it is given.
    fn holder(&self, parcel: ParcelId, account: &str, at: i64) -> StoreResult<Option<String>>;
    /// The names of the holders of these parcels, each look noted.
    fn holders_of(
        &self,
        parcels: &[ParcelId],
        account: &str,
        what: &str,
        at: i64,
    ) -> StoreResult<HashMap<ParcelId, String>>;
    /// Holders for whose name `called` holds.
    fn holders_called(&self, called: &dyn Fn(&str) -> bool) -> StoreResult<HashMap<HolderId, String>>;
    /// Notes looks at the holders of parcels.
    fn note_accesses(&self, parcels: &[ParcelId], account: &str, what: &str, at: i64) -> StoreResult<()>;
    /// The last looks at holders' records, newest first.
    fn accesses(&self, most: u32) -> StoreResult<Vec<Access>>;
}

/// Scans and photographs: who sent them, and about which parcels events name them. The files lie elsewhere.
///
/// # Errors
/// Each: `StoreError::Backend` when the file or the database can't be read or written, `StoreError::Gone` when
/// the database can't be reached, `StoreError::Row` when a row can't be read back.
pub trait Attachments {
    /// Notes that an account has sent a file of so many bytes at `at`; once for each account and file.
    fn note_upload(&self, file: &str, account: &str, bytes: u64, at: i64) -> StoreResult<()>;
    /// Who sent a file, and about which parcels events name it.
    fn attached(&self, file: &str) -> StoreResult<Attached>;
    /// Bytes that an account has sent since a time.
    fn sent_since(&self, account: &str, since: i64) -> StoreResult<u64>;
}

/// Briefings, frozen at a position.
///
/// # Errors
/// Each: `StoreError::Backend` when the file or the database can't be read or written, `StoreError::Gone` when
/// the database can't be reached, `StoreError::Row` when a row can't be read back.
pub trait Briefings {
    /// Keeps a briefing under its seal.
    ///
    /// # Errors
    /// Besides: a position that the ledger has not reached.
    fn add_briefing(&self, briefing: &Briefing) -> StoreResult<KeptBriefing>;
    /// The briefing with this code.
    fn briefing(&self, code: &str) -> StoreResult<Option<KeptBriefing>>;
    /// All briefings, newest first.
    fn briefings(&self) -> StoreResult<Vec<KeptBriefing>>;
    /// Removes a briefing at a time, Unix milliseconds; it can be restored for [`super::RESTORED_WITHIN_MS`].
    fn remove_briefing(&self, code: &str, at: i64) -> StoreResult<()>;
    /// Brings a briefing back that was removed after `since`, Unix milliseconds; of nobody but `author`, where one is
    /// named. Whether there was one.
    fn restore_briefing(&self, code: &str, author: Option<&str>, since: i64) -> StoreResult<bool>;
}

/// What keeping a store needs.
///
/// # Errors
/// Each: `StoreError::Backend` when the file or the database can't be read or written, `StoreError::Gone` when
/// the database can't be reached, `StoreError::Row` when a row can't be read back.
pub trait Maintenance {
    /// A setting, if it was set.
    fn setting(&self, name: &str) -> StoreResult<Option<String>>;
    /// Size of the store, bytes.
    fn size(&self) -> StoreResult<u64>;
    /// Checks chain, references, geometries, areas and what was worked out from the ledger. What is wrong with the
    /// content is a finding, not an error.
    fn verify(&self, law: Arc<Law>) -> StoreResult<Verification>;
    /// Copies the whole store to a new file, in one state, while others go on writing.
    fn copy_to(&self, path: &Path) -> StoreResult<()>;
    /// Whether changes end at the moment; cheap, and asked again and again.
    ///
    /// # Errors
    /// `StoreError::Gone` or `StoreError::Full` with why they do not.
    fn takes_changes(&self) -> StoreResult<()>;
    /// Whether it can only be read here.
    fn is_read_only(&self) -> bool;
    /// Puts all that was written where a copy of the store's file would have it, as far as nobody else reads.
    fn close(&self) -> StoreResult<()>;
}

/// A store of projects, parcels and their ledger.
pub trait Store:
    Ledger
    + Load
    + Record
    + Accounts
    + Holders
    + Attachments
    + Briefings
    + Maintenance
    + Transfer
    + Tries
    + Sharing
    + Send
    + Sync
    + std::fmt::Debug
{
}

impl<T> Store for T where
    T: Ledger
        + Load
        + Record
        + Accounts
        + Holders
        + Attachments
        + Briefings
        + Maintenance
        + Transfer
        + Tries
        + Sharing
        + Send
        + Sync
        + std::fmt::Debug
{
}
