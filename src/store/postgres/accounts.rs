//! Accounts in the database: small tables, read whole, counted up at each change so
//! that whoever keeps a copy knows when it is old.

use super::{
    PostgreSql,
    cells::{cell, number, signed},
    factors, keys,
    session::Session,
};
use crate::{
    domain::{Account, Grant, Role, UnitId},
    store::{
        AccountChange, AccountLog, Accounts, Directory, Invitation, LAST_CHANGES, SecretHash,
        Session as SignedIn, StoreError, StoreResult, Token, TokenScope,
    },
};

fn version(sql: &Session<'_>) -> StoreResult<u64> {
    let row = sql.row("SELECT value::bigint FROM settings WHERE name = 'accounts'", &[])?;
    Ok(cell::<i64>(&row, 0)?.unsigned_abs())
}

/// Counts the state up. First of all: who changes accounts comes one after the other, on whichever server.
fn changed(sql: &Session<'_>) -> StoreResult<()> {
    let count = "UPDATE settings SET value = (value::bigint + 1)::text WHERE name = 'accounts'";
    sql.execute(count, &[]).map(|_| ())
}

fn log(sql: &Session<'_>, most: u32) -> StoreResult<Vec<AccountLog>> {
    let select =
        "SELECT id::bigint, at, author, account, what FROM account_changes ORDER BY id DESC LIMIT $1";
    let rows = sql.query(select, &[&i64::from(most)])?;
    let log = |row: &tokio_postgres::Row| {
        let (at, author, what) = (cell(row, 1)?, cell(row, 2)?, cell(row, 4)?);
        let id = cell::<i64>(row, 0)?.unsigned_abs();
        Ok(AccountLog { id, at, author, account: number(row, 3)?, what })
    };
    rows.iter().map(log).collect()
}

impl Accounts for PostgreSql {
    fn accounts_version(&self) -> StoreResult<u64> {
        self.read(version)
    }

    fn directory(&self) -> StoreResult<Directory> {
        self.read(directory)
    }

    fn change_accounts(&self, author: &str, at: i64, changes: &[AccountChange]) -> StoreResult<Vec<u32>> {
        self.write(|sql| {
            changed(sql)?;
            let mut numbers = Vec::with_capacity(changes.len());
            for change in changes {
                let number = make(sql, at, change)?;
                let note = "INSERT INTO account_changes (at, author, account, what) VALUES ($1, $2, $3, $4)";
                sql.execute(note, &[&at, &author, &signed(number), &change.code()])?;
                numbers.push(number);
            }
            Ok(numbers)
        })
    }

    fn account_log(&self, most: u32) -> StoreResult<Vec<AccountLog>> {
        self.read(|sql| log(sql, most))
    }

    fn add_session(&self, hash: &SecretHash, account: u32, at: i64, stale: i64) -> StoreResult<()> {
        self.write(|sql| {
            changed(sql)?;
            sql.execute("DELETE FROM sessions WHERE seen_at < $1", &[&stale])?;
            let insert = "INSERT INTO sessions (hash, account, created_at, seen_at) VALUES ($1, $2, $3, $3)";
            sql.execute(insert, &[&&hash[..], &signed(account), &at])?;
            Ok(())
        })
    }

    fn see_session(&self, hash: &SecretHash, at: i64) -> StoreResult<()> {
        self.write(|sql| {
            changed(sql)?;
            sql.execute("UPDATE sessions SET seen_at = $1 WHERE hash = $2", &[&at, &&hash[..]])?;
            Ok(())
        })
    }

    fn end_session(&self, hash: &SecretHash) -> StoreResult<()> {
        self.write(|sql| {
            changed(sql)?;
            sql.execute("DELETE FROM sessions WHERE hash = $1", &[&&hash[..]])?;
            Ok(())
        })
    }

    fn use_step(&self, account: u32, step: u64) -> StoreResult<bool> {
        self.write(|sql| factors::use_step(sql, account, step))
    }

    fn use_key(&self, account: u32, key: u32, counter: u32, at: i64) -> StoreResult<bool> {
        self.write(|sql| {
            changed(sql)?;
            keys::note_use(sql, account, key, counter, at)
        })
    }

    fn use_recovery_code(&self, account: u32, hash: &SecretHash) -> StoreResult<bool> {
        self.write(|sql| {
            changed(sql)?;
            factors::use_recovery_code(sql, account, hash)
        })
    }
}

/// Makes one change; the number of the account or token that it is about.
fn make(sql: &Session<'_>, at: i64, change: &AccountChange) -> StoreResult<u32> {
    let end_sessions =
        |account: u32| sql.execute("DELETE FROM sessions WHERE account = $1", &[&signed(account)]);
    match change {
        AccountChange::Add { name, full_name, password, grant } => {
            let insert = "INSERT INTO accounts (id, name, full_name, password, created_at)
                SELECT coalesce(max(id), 0) + 1, $1, $2, $3, $4 FROM accounts RETURNING id";
            let id = number(&sql.row(insert, &[name, full_name, password, &at])?, 0)?;
            if let Some(grant) = grant {
                give(sql, id, *grant)?;
            }
            Ok(id)
        }
        AccountChange::Grant(account, grant) => give(sql, *account, *grant).map(|()| *account),
        AccountChange::Revoke(account, grant) => {
            let delete =
                "DELETE FROM grants WHERE account = $1 AND role = $2 AND unit IS NOT DISTINCT FROM $3";
            let unit = grant.unit.map(|unit| signed(unit.0));
            found(sql.execute(delete, &[&signed(*account), &grant.role.code(), &unit])?, *account)
        }
        AccountChange::Password(account, password) => {
            let update = "UPDATE accounts SET password = $1 WHERE id = $2";
            let rows = sql.execute(update, &[password, &signed(*account)])?;
            end_sessions(*account)?;
            sql.execute("UPDATE tokens SET revoked = true WHERE account = $1", &[&signed(*account)])?;
            found(rows, *account)
        }
        AccountChange::Disabled(account, disabled) => {
            let update = "UPDATE accounts SET disabled = $1 WHERE id = $2";
            let rows = sql.execute(update, &[disabled, &signed(*account)])?;
            end_sessions(*account)?;
            found(rows, *account)
        }
        AccountChange::AddToken(hash, token) => {
            let scope = if token.scope == TokenScope::Write { "write" } else { "read" };
            let insert = "INSERT INTO tokens (id, hash, account, name, scope, created_at, expires_at)
                SELECT coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, $6 FROM tokens RETURNING id";
            let values: super::session::Values<'_> =
                &[&&hash[..], &signed(token.account), &token.name, &scope, &at, &token.expires_at];
            number(&sql.row(insert, values)?, 0)
        }
        AccountChange::RevokeToken(id) => {
            found(sql.execute("UPDATE tokens SET revoked = true WHERE id = $1", &[&signed(*id)])?, *id)
        }
        AccountChange::Invite(account, hash, expires_at) => {
            let delete = "DELETE FROM invitations WHERE account = $1 OR expires_at <= $2";
            sql.execute(delete, &[&signed(*account), &at])?;
            let insert = "INSERT INTO invitations (hash, account, expires_at)
                SELECT $1, id, $3 FROM accounts WHERE id = $2";
            found(sql.execute(insert, &[&&hash[..], &signed(*account), expires_at])?, *account)
        }
        AccountChange::Link { account, issuer, subject } => {
            sql.execute("DELETE FROM invitations WHERE account = $1", &[&signed(*account)])?;
            let insert = "INSERT INTO identities (issuer, subject, account)
                SELECT $1, $2, id FROM accounts WHERE id = $3";
            found(sql.execute(insert, &[issuer, subject, &signed(*account)])?, *account)
        }
        AccountChange::Unlink(account) => {
            end_sessions(*account)?;
            sql.execute("DELETE FROM invitations WHERE account = $1", &[&signed(*account)])?;
            let delete = "DELETE FROM identities WHERE account = $1";
            found(sql.execute(delete, &[&signed(*account)])?, *account)
        }
        AccountChange::SecondFactor(account, secret) => {
            found(factors::begin(sql, *account, secret)?, *account)
        }
        AccountChange::SecretSealed { account, plain, sealed } => {
            factors::seal(sql, *account, plain, sealed)?;
            Ok(*account)
        }
        AccountChange::SecondFactorOn { account, step, recovery } => {
            end_sessions(*account)?;
            found(factors::confirm(sql, *account, *step, recovery)?, *account)
        }
        AccountChange::CodesOff(account) => {
            end_sessions(*account)?;
            let rows = factors::remove(sql, *account)?;
            factors::forget_recovery(sql, *account)?;
            found(rows, *account)
        }
        AccountChange::SecondFactorOff(account) => {
            end_sessions(*account)?;
            let rows = factors::remove(sql, *account)? + keys::remove_all(sql, *account)?;
            factors::forget_recovery(sql, *account)?;
            found(rows, *account)
        }
        AccountChange::KeyAdded { account, key, recovery } => {
            end_sessions(*account)?;
            let rows = keys::add(sql, *account, key, at)?;
            factors::give_recovery(sql, *account, recovery)?;
            found(rows, *account)
        }
        AccountChange::KeyRemoved { account, key } => {
            end_sessions(*account)?;
            let rows = keys::remove(sql, *account, *key)?;
            factors::forget_recovery(sql, *account)?;
            found(rows, *account)
        }
    }
}

fn found(rows: u64, number: u32) -> StoreResult<u32> {
    if rows == 0 { Err(StoreError::NotThere(number)) } else { Ok(number) }
}

fn give(sql: &Session<'_>, account: u32, grant: Grant) -> StoreResult<()> {
    let insert = "INSERT INTO grants (account, role, unit) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let unit = grant.unit.map(|unit| signed(unit.0));
    sql.execute(insert, &[&signed(account), &grant.role.code(), &unit]).map(|_| ())
}

fn secret(row: &tokio_postgres::Row, table: &'static str) -> StoreResult<SecretHash> {
    let bytes: &[u8] = cell(row, 0)?;
    bytes.try_into().map_err(|_| {
        let why = "is not 32 bytes".to_owned();
        StoreError::Row { table, row: -1, column: "hash", why }
    })
}

fn directory(sql: &Session<'_>) -> StoreResult<Directory> {
    let mut directory =
        Directory { version: version(sql)?, changes: log(sql, LAST_CHANGES)?, ..Directory::default() };
    for row in &sql.query("SELECT id, name, full_name, password, disabled FROM accounts", &[])? {
        let id = number(row, 0)?;
        let (name, full_name, disabled) = (cell(row, 1)?, cell(row, 2)?, cell(row, 4)?);
        let account = Account { id, name, full_name, disabled, grants: Vec::new() };
        directory.accounts.insert(id, (account, cell(row, 3)?));
    }
    for row in &sql.query("SELECT account, role, unit FROM grants ORDER BY rowid", &[])? {
        let role = Role::from_code(cell(row, 1)?);
        if let (Some(role), Some((account, _))) = (role, directory.accounts.get_mut(&number(row, 0)?)) {
            let unit = cell::<Option<i32>>(row, 2)?.map(|unit| UnitId(unit.unsigned_abs()));
            account.grants.push(Grant { role, unit });
        }
    }
    for row in &sql.query("SELECT hash, account, created_at, seen_at FROM sessions", &[])? {
        let session =
            SignedIn { account: number(row, 1)?, created_at: cell(row, 2)?, seen_at: cell(row, 3)? };
        directory.sessions.insert(secret(row, "sessions")?, session);
    }
    let select = "SELECT hash, id, account, name, scope, expires_at, revoked FROM tokens";
    for row in &sql.query(select, &[])? {
        let scope = if cell::<&str>(row, 4)? == "write" { TokenScope::Write } else { TokenScope::Read };
        let token = Token {
            id: number(row, 1)?,
            account: number(row, 2)?,
            name: cell(row, 3)?,
            scope,
            expires_at: cell(row, 5)?,
            revoked: cell(row, 6)?,
        };
        directory.tokens.insert(secret(row, "tokens")?, token);
    }
    for row in &sql.query("SELECT issuer, subject, account FROM identities", &[])? {
        directory.identities.insert((cell(row, 0)?, cell(row, 1)?), number(row, 2)?);
    }
    for row in &sql.query("SELECT hash, account, expires_at FROM invitations", &[])? {
        let invitation = Invitation { account: number(row, 1)?, expires_at: cell(row, 2)? };
        directory.invitations.insert(secret(row, "invitations")?, invitation);
    }
    factors::read(sql, &mut directory)?;
    keys::read(sql, &mut directory)?;
    Ok(directory)
}
