//! Accounts in the store: small tables, read whole, counted up at each change so
//! that whoever keeps a copy knows when it is old.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, params};

use super::GeoPackage;
use crate::{
    domain::{Account, Grant, HolderId, ParcelId, Role, UnitId},
    store::StoreError,
};

/// SHA-256 of a secret.
pub type SecretHash = [u8; 32];

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenScope {
    /// Reading.
    Read,
    /// Reading and recording.
    Write,
}

/// A token for a program.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Token {
    /// Number.
    pub id: u32,
    /// Account that it stands for.
    pub account: u32,
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scope: TokenScope,
    /// Milliseconds since 1970-01-01T00:00Z at which it ends.
    pub expires_at: i64,
    /// It was taken back.
    pub revoked: bool,
}

/// A time at the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Account.
    pub account: u32,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub created_at: i64,
    /// Milliseconds since 1970-01-01T00:00Z of the last use that was noted.
    pub seen_at: i64,
}

/// All accounts, sessions and tokens.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// Number of the state.
    pub version: u64,
    /// Accounts with their password's hash, by number.
    pub accounts: HashMap<u32, (Account, Option<String>)>,
    /// Sessions by the hash of their secret.
    pub sessions: HashMap<SecretHash, Session>,
    /// Tokens by the hash of their secret.
    pub tokens: HashMap<SecretHash, Token>,
}

impl Directory {
    /// The account of this name, in any case of letters.
    pub fn named(&self, name: &str) -> Option<&(Account, Option<String>)> {
        self.accounts.values().find(|(account, _)| account.name.eq_ignore_ascii_case(name))
    }

    /// Whether someone could administer.
    pub fn has_administrator(&self) -> bool {
        let administers = |account: &Account| account.may_somewhere(crate::domain::Action::Administer);
        self.accounts.values().any(|(account, _)| administers(account))
    }
}

/// A look at a holder's record.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Access {
    /// Milliseconds since 1970-01-01T00:00Z.
    pub at: i64,
    /// Name of the account.
    pub account: String,
    /// Parcel.
    pub parcel: ParcelId,
    /// What was looked at.
    pub what: String,
}

impl GeoPackage {
    /// Number of the state of the accounts.
    ///
    /// # Errors
    /// The disk's.
    pub fn accounts_version(&self) -> Result<u64, StoreError> {
        let sql = "SELECT CAST(value AS INTEGER) FROM settings WHERE name = 'accounts'";
        Ok(self.connection.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0))?.unsigned_abs())
    }

    fn changed(&self) -> Result<(), StoreError> {
        let sql = "UPDATE settings SET value = CAST(value AS INTEGER) + 1 WHERE name = 'accounts'";
        self.connection.execute(sql, [])?;
        Ok(())
    }

    /// All accounts, sessions and tokens.
    ///
    /// # Errors
    /// The disk's.
    pub fn directory(&self) -> Result<Directory, StoreError> {
        let sql = self.connection.unchecked_transaction()?;
        let mut directory = Directory { version: self.accounts_version()?, ..Directory::default() };
        let mut statement = sql.prepare("SELECT id, name, full_name, password, disabled FROM accounts")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            let account = Account {
                id,
                name: row.get(1)?,
                full_name: row.get(2)?,
                disabled: row.get(4)?,
                grants: Vec::new(),
            };
            directory.accounts.insert(id, (account, row.get(3)?));
        }
        let mut statement = sql.prepare("SELECT account, role, unit FROM grants ORDER BY rowid")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let role = Role::from_code(row.get_ref(1)?.as_str().unwrap_or_default());
            if let (Some(role), Some((account, _))) = (role, directory.accounts.get_mut(&row.get(0)?)) {
                account.grants.push(Grant { role, unit: row.get::<_, Option<u32>>(2)?.map(UnitId) });
            }
        }
        let mut statement = sql.prepare("SELECT hash, account, created_at, seen_at FROM sessions")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let session = Session { account: row.get(1)?, created_at: row.get(2)?, seen_at: row.get(3)? };
            directory.sessions.insert(row.get(0)?, session);
        }
        let mut statement =
            sql.prepare("SELECT hash, id, account, name, scope, expires_at, revoked FROM tokens")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let scope =
                if row.get_ref(4)?.as_str() == Ok("write") { TokenScope::Write } else { TokenScope::Read };
            let token = Token {
                id: row.get(1)?,
                account: row.get(2)?,
                name: row.get(3)?,
                scope,
                expires_at: row.get(5)?,
                revoked: row.get(6)?,
            };
            directory.tokens.insert(row.get(0)?, token);
        }
        Ok(directory)
    }

    /// Adds an account; `password` is the hash of one.
    ///
    /// # Errors
    /// A name that is taken, or the disk's.
    pub fn add_account(
        &self,
        name: &str,
        full_name: &str,
        password: Option<&str>,
        at: i64,
    ) -> Result<u32, StoreError> {
        let sql = "INSERT INTO accounts (name, full_name, password, created_at) VALUES (?1, ?2, ?3, ?4)";
        self.connection.execute(sql, params![name, full_name, password, at])?;
        let id = self.connection.last_insert_rowid() as u32;
        self.changed()?;
        Ok(id)
    }

    /// Gives a role.
    ///
    /// # Errors
    /// The disk's.
    pub fn grant(&self, account: u32, grant: Grant) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO grants (account, role, unit) VALUES (?1, ?2, ?3)";
        self.connection.execute(sql, params![account, grant.role.code(), grant.unit.map(|unit| unit.0)])?;
        self.changed()
    }

    /// Takes a role back; whether there was one.
    ///
    /// # Errors
    /// The disk's.
    pub fn revoke(&self, account: u32, grant: Grant) -> Result<bool, StoreError> {
        let sql = "DELETE FROM grants WHERE account = ?1 AND role = ?2 AND unit IS ?3";
        let unit = grant.unit.map(|unit| unit.0);
        let gone = self.connection.execute(sql, params![account, grant.role.code(), unit])?;
        self.changed()?;
        Ok(gone > 0)
    }

    /// Sets the hash of an account's password, and ends its sessions.
    ///
    /// # Errors
    /// The disk's.
    pub fn set_password(&self, account: u32, password: &str) -> Result<(), StoreError> {
        self.connection
            .execute("UPDATE accounts SET password = ?1 WHERE id = ?2", params![password, account])?;
        self.connection.execute("DELETE FROM sessions WHERE account = ?1", [account])?;
        self.changed()
    }

    /// Lets an account sign in or not; its sessions end.
    ///
    /// # Errors
    /// The disk's.
    pub fn set_disabled(&self, account: u32, disabled: bool) -> Result<(), StoreError> {
        self.connection
            .execute("UPDATE accounts SET disabled = ?1 WHERE id = ?2", params![disabled, account])?;
        self.connection.execute("DELETE FROM sessions WHERE account = ?1", [account])?;
        self.changed()
    }

    /// Begins a session, and forgets those not seen since `stale`.
    ///
    /// # Errors
    /// The disk's.
    pub fn add_session(
        &self,
        hash: &SecretHash,
        account: u32,
        at: i64,
        stale: i64,
    ) -> Result<(), StoreError> {
        self.connection.execute("DELETE FROM sessions WHERE seen_at < ?1", [stale])?;
        let sql = "INSERT INTO sessions (hash, account, created_at, seen_at) VALUES (?1, ?2, ?3, ?3)";
        self.connection.execute(sql, params![hash, account, at])?;
        self.changed()
    }

    /// Notes that a session is in use.
    ///
    /// # Errors
    /// The disk's.
    pub fn see_session(&self, hash: &SecretHash, at: i64) -> Result<(), StoreError> {
        self.connection.execute("UPDATE sessions SET seen_at = ?1 WHERE hash = ?2", params![at, hash])?;
        self.changed()
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The disk's.
    pub fn end_session(&self, hash: &SecretHash) -> Result<(), StoreError> {
        self.connection.execute("DELETE FROM sessions WHERE hash = ?1", [hash])?;
        self.changed()
    }

    /// Adds a token with this hash.
    ///
    /// # Errors
    /// The disk's.
    pub fn add_token(&self, hash: &SecretHash, token: &Token, at: i64) -> Result<u32, StoreError> {
        let scope = if token.scope == TokenScope::Write { "write" } else { "read" };
        let sql = "INSERT INTO tokens (hash, account, name, scope, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let values = params![hash, token.account, token.name, scope, at, token.expires_at];
        self.connection.execute(sql, values)?;
        let id = self.connection.last_insert_rowid() as u32;
        self.changed()?;
        Ok(id)
    }

    /// Takes a token back; whether there was one.
    ///
    /// # Errors
    /// The disk's.
    pub fn revoke_token(&self, id: u32) -> Result<bool, StoreError> {
        let changed = self.connection.execute("UPDATE tokens SET revoked = 1 WHERE id = ?1", [id])?;
        self.changed()?;
        Ok(changed > 0)
    }

    /// Name of a parcel's holder, with the look noted before it is given.
    ///
    /// # Errors
    /// The disk's; then nothing is given.
    pub fn holder(&self, parcel: ParcelId, account: &str, at: i64) -> Result<Option<String>, StoreError> {
        let note = "INSERT INTO accesses (at, account, parcel, what) VALUES (?1, ?2, ?3, 'holder')";
        self.connection.execute(note, params![at, account, parcel.0])?;
        let find = "SELECT h.name FROM parcels p JOIN holders h ON h.fid = p.holder WHERE p.fid = ?1";
        Ok(self.connection.query_row(find, [parcel.0], |row| row.get(0)).optional()?)
    }

    /// Holders for whose name `called` holds.
    ///
    /// # Errors
    /// The disk's.
    pub fn holders_called(
        &self,
        called: &dyn Fn(&str) -> bool,
    ) -> Result<HashMap<HolderId, String>, StoreError> {
        let mut statement = self.connection.prepare("SELECT fid, name FROM holders")?;
        let mut rows = statement.query([])?;
        let mut found = HashMap::new();
        while let Some(row) = rows.next()? {
            let name = row.get_ref(1)?.as_str().unwrap_or_default();
            if called(name) {
                found.insert(HolderId(row.get(0)?), name.to_owned());
            }
        }
        Ok(found)
    }

    /// Notes looks at the holders of parcels.
    ///
    /// # Errors
    /// The disk's.
    pub fn note_accesses(
        &self,
        parcels: &[ParcelId],
        account: &str,
        what: &str,
        at: i64,
    ) -> Result<(), StoreError> {
        let sql = self.connection.unchecked_transaction()?;
        for parcel in parcels {
            let note = "INSERT INTO accesses (at, account, parcel, what) VALUES (?1, ?2, ?3, ?4)";
            sql.prepare_cached(note)?.execute(params![at, account, parcel.0, what])?;
        }
        Ok(sql.commit()?)
    }

    /// The last looks at holders' records, newest first.
    ///
    /// # Errors
    /// The disk's.
    pub fn accesses(&self, most: u32) -> Result<Vec<Access>, StoreError> {
        let sql = "SELECT at, account, parcel, what FROM accesses ORDER BY id DESC LIMIT ?1";
        let mut statement = self.connection.prepare(sql)?;
        let rows = statement.query_map([most], |row| {
            let (at, account, what) = (row.get(0)?, row.get(1)?, row.get(3)?);
            Ok(Access { at, account, parcel: ParcelId(row.get(2)?), what })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
