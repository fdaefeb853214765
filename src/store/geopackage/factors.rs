//! Second factors in the store.

use rusqlite::{Connection, params};

use super::GeoPackage;
use crate::store::{Directory, SecondFactor, SecretHash, StoreResult};

fn signed(step: u64) -> i64 {
    i64::try_from(step).unwrap_or(i64::MAX)
}

/// Keeps the secret of a second factor that is not asked for yet; one that is asked for stays.
pub fn begin(sql: &Connection, account: u32, secret: &[u8]) -> StoreResult<usize> {
    let insert = "INSERT INTO second_factors (account, secret) SELECT id, ?2 FROM accounts WHERE id = ?1
        ON CONFLICT (account) DO UPDATE SET secret = excluded.secret, last_step = 0 WHERE NOT confirmed";
    Ok(sql.execute(insert, params![account, secret])?)
}

/// Keeps a secret sealed, unless another has taken its place since it was read.
pub fn seal(sql: &Connection, account: u32, plain: &[u8], sealed: &[u8]) -> StoreResult<()> {
    let update = "UPDATE second_factors SET secret = ?3 WHERE account = ?1 AND secret = ?2";
    sql.execute(update, params![account, plain, sealed])?;
    Ok(())
}

/// Has the second factor asked for.
pub fn confirm(sql: &Connection, account: u32, step: u64, recovery: &[SecretHash]) -> StoreResult<usize> {
    let update =
        "UPDATE second_factors SET confirmed = 1, last_step = ?2 WHERE account = ?1 AND NOT confirmed";
    let rows = sql.execute(update, params![account, signed(step)])?;
    give_recovery(sql, account, recovery)?;
    Ok(rows)
}

/// Gives recovery codes in place of those before; where none are given, those stay.
pub fn give_recovery(sql: &Connection, account: u32, recovery: &[SecretHash]) -> StoreResult<()> {
    if !recovery.is_empty() {
        sql.execute("DELETE FROM recovery_codes WHERE account = ?1", [account])?;
    }
    for hash in recovery {
        sql.execute("INSERT INTO recovery_codes (hash, account) VALUES (?1, ?2)", params![hash, account])?;
    }
    Ok(())
}

/// Forgets the recovery codes of an account that has no second factor left.
pub fn forget_recovery(sql: &Connection, account: u32) -> StoreResult<()> {
    let delete = "DELETE FROM recovery_codes WHERE account = ?1
        AND NOT EXISTS (SELECT 1 FROM second_factors WHERE account = ?1 AND confirmed)
        AND NOT EXISTS (SELECT 1 FROM security_keys WHERE account = ?1)";
    sql.execute(delete, [account])?;
    Ok(())
}

/// Forgets the one-time codes.
pub fn remove(sql: &Connection, account: u32) -> StoreResult<usize> {
    Ok(sql.execute("DELETE FROM second_factors WHERE account = ?1", [account])?)
}

/// Uses up the code of a step. Of two at once one is the first.
pub fn use_step(store: &GeoPackage, account: u32, step: u64) -> StoreResult<bool> {
    let update = "UPDATE second_factors SET last_step = ?2 WHERE account = ?1 AND last_step < ?2";
    store.write(|sql| Ok(sql.execute(update, params![account, signed(step)])? > 0))
}

/// Uses up a recovery code.
pub fn use_recovery_code(sql: &Connection, account: u32, hash: &SecretHash) -> StoreResult<bool> {
    let delete = "DELETE FROM recovery_codes WHERE hash = ?1 AND account = ?2";
    Ok(sql.execute(delete, params![hash, account])? > 0)
}

/// Reads all of them. A store that was never opened to be written may lack the tables.
pub fn read(sql: &Connection, directory: &mut Directory) -> StoreResult<()> {
    let select = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'recovery_codes'";
    if sql.query_row(select, [], |row| row.get::<_, u32>(0))? == 0 {
        return Ok(());
    }
    let mut statement = sql.prepare("SELECT account, secret, confirmed FROM second_factors")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let factor = SecondFactor { secret: row.get(1)?, confirmed: row.get(2)? };
        directory.second_factors.insert(row.get(0)?, factor);
    }
    let mut statement = sql.prepare("SELECT account, count(*) FROM recovery_codes GROUP BY account")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        directory.recovery_codes.insert(row.get(0)?, row.get::<_, u32>(1)? as usize);
    }
    Ok(())
}
