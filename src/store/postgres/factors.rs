//! Second factors in the database.

use super::{
    cells::{cell, number, signed},
    session::Session,
};
use crate::store::{Directory, SecondFactor, SecretHash, StoreResult};

fn counted(step: u64) -> i64 {
    i64::try_from(step).unwrap_or(i64::MAX)
}

/// Keeps the secret of a second factor that is not asked for yet; one that is asked for stays.
pub fn begin(sql: &Session<'_>, account: u32, secret: &[u8]) -> StoreResult<u64> {
    let insert = "INSERT INTO second_factors AS f (account, secret) SELECT id, $2 FROM accounts WHERE id = $1
        ON CONFLICT (account) DO UPDATE SET secret = excluded.secret, last_step = 0 WHERE NOT f.confirmed";
    sql.execute(insert, &[&signed(account), &secret])
}

/// Keeps a secret sealed, unless another has taken its place since it was read.
pub fn seal(sql: &Session<'_>, account: u32, plain: &[u8], sealed: &[u8]) -> StoreResult<()> {
    let update = "UPDATE second_factors SET secret = $3 WHERE account = $1 AND secret = $2";
    sql.execute(update, &[&signed(account), &plain, &sealed])?;
    Ok(())
}

/// Has the second factor asked for.
pub fn confirm(sql: &Session<'_>, account: u32, step: u64, recovery: &[SecretHash]) -> StoreResult<u64> {
    let update =
        "UPDATE second_factors SET confirmed = true, last_step = $2 WHERE account = $1 AND NOT confirmed";
    let rows = sql.execute(update, &[&signed(account), &counted(step)])?;
    give_recovery(sql, account, recovery)?;
    Ok(rows)
}

/// Gives recovery codes in place of those before; where none are given, those stay.
pub fn give_recovery(sql: &Session<'_>, account: u32, recovery: &[SecretHash]) -> StoreResult<()> {
    if !recovery.is_empty() {
        sql.execute("DELETE FROM recovery_codes WHERE account = $1", &[&signed(account)])?;
    }
    for hash in recovery {
        let insert = "INSERT INTO recovery_codes (hash, account) VALUES ($1, $2)";
        sql.execute(insert, &[&&hash[..], &signed(account)])?;
    }
    Ok(())
}

/// Forgets the recovery codes of an account that has no second factor left.
pub fn forget_recovery(sql: &Session<'_>, account: u32) -> StoreResult<()> {
    let delete = "DELETE FROM recovery_codes WHERE account = $1
        AND NOT EXISTS (SELECT 1 FROM second_factors WHERE account = $1 AND confirmed)
        AND NOT EXISTS (SELECT 1 FROM security_keys WHERE account = $1)";
    sql.execute(delete, &[&signed(account)]).map(|_| ())
}

/// Forgets the one-time codes.
pub fn remove(sql: &Session<'_>, account: u32) -> StoreResult<u64> {
    sql.execute("DELETE FROM second_factors WHERE account = $1", &[&signed(account)])
}

/// Uses up the code of a step. Of two at once one is the first.
pub fn use_step(sql: &Session<'_>, account: u32, step: u64) -> StoreResult<bool> {
    let update = "UPDATE second_factors SET last_step = $2 WHERE account = $1 AND last_step < $2";
    Ok(sql.execute(update, &[&signed(account), &counted(step)])? > 0)
}

/// Uses up a recovery code.
pub fn use_recovery_code(sql: &Session<'_>, account: u32, hash: &SecretHash) -> StoreResult<bool> {
    let delete = "DELETE FROM recovery_codes WHERE hash = $1 AND account = $2";
    Ok(sql.execute(delete, &[&&hash[..], &signed(account)])? > 0)
}

/// Reads all of them.
pub fn read(sql: &Session<'_>, directory: &mut Directory) -> StoreResult<()> {
    for row in &sql.query("SELECT account, secret, confirmed FROM second_factors", &[])? {
        let factor = SecondFactor { secret: cell(row, 1)?, confirmed: cell(row, 2)? };
        directory.second_factors.insert(number(row, 0)?, factor);
    }
    for row in &sql.query("SELECT account, count(*) FROM recovery_codes GROUP BY account", &[])? {
        let left = cell::<i64>(row, 1)?.unsigned_abs() as usize;
        directory.recovery_codes.insert(number(row, 0)?, left);
    }
    Ok(())
}
