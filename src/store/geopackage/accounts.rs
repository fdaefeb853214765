//! Accounts in the store: small tables, read whole, counted up at each change so
//! that whoever keeps a copy knows when it is old.

use rusqlite::{Connection, params};

use super::{GeoPackage, factors, keys};
use crate::{
    domain::{Account, Grant, Role, UnitId},
    store::{
        AccountChange, AccountLog, Accounts, Directory, Invitation, LAST_CHANGES, SecretHash, Session,
        StoreError, Token, TokenScope,
    },
};

fn version(sql: &Connection) -> Result<u64, StoreError> {
    let select = "SELECT CAST(value AS INTEGER) FROM settings WHERE name = 'accounts'";
    Ok(sql.prepare_cached(select)?.query_row([], |row| row.get::<_, i64>(0))?.unsigned_abs())
}

fn changed(sql: &Connection) -> Result<(), StoreError> {
    let count = "UPDATE settings SET value = CAST(value AS INTEGER) + 1 WHERE name = 'accounts'";
    sql.prepare_cached(count)?.execute([])?;
    Ok(())
}

fn log(sql: &Connection, most: u32) -> Result<Vec<AccountLog>, StoreError> {
    let select = "SELECT id, at, author, account, what FROM account_changes ORDER BY id DESC LIMIT ?1";
    let mut statement = sql.prepare_cached(select)?;
    let rows = statement.query_map([most], |row| {
        Ok(AccountLog {
            id: row.get::<_, i64>(0)?.unsigned_abs(),
            at: row.get(1)?,
            author: row.get(2)?,
            account: row.get(3)?,
            what: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Accounts for GeoPackage {
    fn accounts_version(&self) -> Result<u64, StoreError> {
        self.read(version)
    }

    fn directory(&self) -> Result<Directory, StoreError> {
        self.read(directory)
    }

    fn change_accounts(
        &self,
        author: &str,
        at: i64,
        changes: &[AccountChange],
    ) -> Result<Vec<u32>, StoreError> {
        self.write(|sql| {
            let mut numbers = Vec::with_capacity(changes.len());
            for change in changes {
                let number = make(sql, at, change)?;
                let note = "INSERT INTO account_changes (at, author, account, what) VALUES (?1, ?2, ?3, ?4)";
                sql.prepare_cached(note)?.execute(params![at, author, number, change.code()])?;
                numbers.push(number);
            }
            changed(sql)?;
            Ok(numbers)
        })
    }

    fn account_log(&self, most: u32) -> Result<Vec<AccountLog>, StoreError> {
        self.read(|sql| log(sql, most))
    }

    fn add_session(&self, hash: &SecretHash, account: u32, at: i64, stale: i64) -> Result<(), StoreError> {
        self.write(|sql| {
            sql.execute("DELETE FROM sessions WHERE seen_at < ?1", [stale])?;
            let insert = "INSERT INTO sessions (hash, account, created_at, seen_at) VALUES (?1, ?2, ?3, ?3)";
            sql.execute(insert, params![hash, account, at])?;
            changed(sql)
        })
    }

    fn see_session(&self, hash: &SecretHash, at: i64) -> Result<(), StoreError> {
        self.write(|sql| {
            sql.execute("UPDATE sessions SET seen_at = ?1 WHERE hash = ?2", params![at, hash])?;
            changed(sql)
        })
    }

    fn end_session(&self, hash: &SecretHash) -> Result<(), StoreError> {
        self.write(|sql| {
            sql.execute("DELETE FROM sessions WHERE hash = ?1", [hash])?;
            changed(sql)
        })
    }

    fn use_step(&self, account: u32, step: u64) -> Result<bool, StoreError> {
        factors::use_step(self, account, step)
    }

    fn use_key(&self, account: u32, key: u32, counter: u32, at: i64) -> Result<bool, StoreError> {
        self.write(|sql| {
            let used = keys::note_use(sql, account, key, counter, at)?;
            changed(sql)?;
            Ok(used)
        })
    }

    fn use_recovery_code(&self, account: u32, hash: &SecretHash) -> Result<bool, StoreError> {
        self.write(|sql| {
            let used = factors::use_recovery_code(sql, account, hash)?;
            changed(sql)?;
            Ok(used)
        })
    }
}

/// Makes one change; the number of the account or token that it is about.
fn make(sql: &Connection, at: i64, change: &AccountChange) -> Result<u32, StoreError> {
    match change {
        AccountChange::Add { name, full_name, password, grant } => {
            let insert =
                "INSERT INTO accounts (name, full_name, password, created_at) VALUES (?1, ?2, ?3, ?4)";
            sql.execute(insert, params![name, full_name, password, at])?;
            let id = sql.last_insert_rowid() as u32;
            if let Some(grant) = grant {
                give(sql, id, *grant)?;
            }
            Ok(id)
        }
        AccountChange::Grant(account, grant) => give(sql, *account, *grant).map(|()| *account),
        AccountChange::Revoke(account, grant) => {
            let delete = "DELETE FROM grants WHERE account = ?1 AND role = ?2 AND unit IS ?3";
            let unit = grant.unit.map(|unit| unit.0);
            found(sql.execute(delete, params![account, grant.role.code(), unit])?, *account)
        }
        AccountChange::Password(account, password) => {
            let update = "UPDATE accounts SET password = ?1 WHERE id = ?2";
            let rows = sql.execute(update, params![password, account])?;
            sql.execute("DELETE FROM sessions WHERE account = ?1", [account])?;
            sql.execute("UPDATE tokens SET revoked = 1 WHERE account = ?1", [account])?;
            found(rows, *account)
        }
        AccountChange::Disabled(account, disabled) => {
            let update = "UPDATE accounts SET disabled = ?1 WHERE id = ?2";
            let rows = sql.execute(update, params![disabled, account])?;
            sql.execute("DELETE FROM sessions WHERE account = ?1", [account])?;
            found(rows, *account)
        }
        AccountChange::AddToken(hash, token) => {
            let scope = if token.scope == TokenScope::Write { "write" } else { "read" };
            let insert = "INSERT INTO tokens (hash, account, name, scope, created_at, expires_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            sql.execute(insert, params![hash, token.account, token.name, scope, at, token.expires_at])?;
            Ok(sql.last_insert_rowid() as u32)
        }
        AccountChange::RevokeToken(id) => {
            found(sql.execute("UPDATE tokens SET revoked = 1 WHERE id = ?1", [id])?, *id)
        }
        AccountChange::Invite(account, hash, expires_at) => {
            sql.execute(
                "DELETE FROM invitations WHERE account = ?1 OR expires_at <= ?2",
                params![account, at],
            )?;
            let insert = "INSERT INTO invitations (hash, account, expires_at) SELECT ?1, id, ?3 FROM accounts WHERE id = ?2";
            found(sql.execute(insert, params![hash, account, expires_at])?, *account)
        }
        AccountChange::Link { account, issuer, subject } => {
            sql.execute("DELETE FROM invitations WHERE account = ?1", [account])?;
            let insert = "INSERT INTO identities (issuer, subject, account) SELECT ?1, ?2, id FROM accounts WHERE id = ?3";
            found(sql.execute(insert, params![issuer, subject, account])?, *account)
        }
        AccountChange::Unlink(account) => {
            sql.execute("DELETE FROM sessions WHERE account = ?1", [account])?;
            sql.execute("DELETE FROM invitations WHERE account = ?1", [account])?;
            found(sql.execute("DELETE FROM identities WHERE account = ?1", [account])?, *account)
        }
        AccountChange::SecondFactor(account, secret) => {
            found(factors::begin(sql, *account, secret)?, *account)
        }
        AccountChange::SecretSealed { account, plain, sealed } => {
            factors::seal(sql, *account, plain, sealed)?;
            Ok(*account)
        }
        AccountChange::SecondFactorOn { account, step, recovery } => {
            sql.execute("DELETE FROM sessions WHERE account = ?1", [account])?;
            found(factors::confirm(sql, *account, *step, recovery)?, *account)
        }
        AccountChange::CodesOff(account) => {
            sql.execute("DELETE FROM sessions WHERE account = ?1", [account])?;
            let rows = factors::remove(sql, *account)?;
            factors::forget_recovery(sql, *account)?;
            found(rows, *account)
        }
        AccountChange::SecondFactorOff(account) => {
            sql.execute("DELETE FROM sessions WHERE account = ?1", [account])?;
            let rows = factors::remove(sql, *account)? + keys::remove_all(sql, *account)?;
            factors::forget_recovery(sql, *account)?;
            found(rows, *account)
        }
        AccountChange::KeyAdded { account, key, recovery } => {
            sql.execute("DELETE FROM sessions WHERE account = ?1", [account])?;
            let rows = keys::add(sql, *account, key, at)?;
            factors::give_recovery(sql, *account, recovery)?;
            found(rows, *account)
        }
        AccountChange::KeyRemoved { account, key } => {
            sql.execute("DELETE FROM sessions WHERE account = ?1", [account])?;
            let rows = keys::remove(sql, *account, *key)?;
            factors::forget_recovery(sql, *account)?;
            found(rows, *account)
        }
    }
}

fn found(rows: usize, number: u32) -> Result<u32, StoreError> {
    if rows == 0 { Err(StoreError::NotThere(number)) } else { Ok(number) }
}

fn give(sql: &Connection, account: u32, grant: Grant) -> Result<(), StoreError> {
    let insert = "INSERT OR IGNORE INTO grants (account, role, unit) VALUES (?1, ?2, ?3)";
    sql.execute(insert, params![account, grant.role.code(), grant.unit.map(|unit| unit.0)])?;
    Ok(())
}

fn directory(sql: &Connection) -> Result<Directory, StoreError> {
    let mut directory =
        Directory { version: version(sql)?, changes: log(sql, LAST_CHANGES)?, ..Directory::default() };
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
    links(sql, &mut directory)?;
    factors::read(sql, &mut directory)?;
    keys::read(sql, &mut directory)?;
    Ok(directory)
}

/// Who is who at a provider, and who may become so. A store that was never opened to be written may lack both.
fn links(sql: &Connection, directory: &mut Directory) -> Result<(), StoreError> {
    let select = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'invitations'";
    if sql.query_row(select, [], |row| row.get::<_, u32>(0))? == 0 {
        return Ok(());
    }
    let mut statement = sql.prepare("SELECT issuer, subject, account FROM identities")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        directory.identities.insert((row.get(0)?, row.get(1)?), row.get(2)?);
    }
    let mut statement = sql.prepare("SELECT hash, account, expires_at FROM invitations")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let invitation = Invitation { account: row.get(1)?, expires_at: row.get(2)? };
        directory.invitations.insert(row.get(0)?, invitation);
    }
    Ok(())
}
