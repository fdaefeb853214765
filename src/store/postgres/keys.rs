//! Security keys in the database.

use super::{
    cells::{cell, number, signed},
    session::{Session, Values},
};
use crate::store::{Directory, MOST_KEYS_OF_ACCOUNT, NewKey, SecurityKey, StoreResult};

/// Keeps a key, unless the account has as many as it may have.
pub fn add(sql: &Session<'_>, account: u32, key: &NewKey, at: i64) -> StoreResult<u64> {
    let insert = "INSERT INTO security_keys
        (id, account, credential, public_key, host, transports, name, counter, added_at)
        SELECT (SELECT coalesce(max(id), 0) + 1 FROM security_keys), id, $2, $3, $4, $5, $6, $7, $8 FROM accounts
        WHERE id = $1 AND (SELECT count(*) FROM security_keys WHERE account = $1) < $9";
    let NewKey { credential, public_key, host, transports, name, counter } = key;
    let (counter, most) = (i64::from(*counter), MOST_KEYS_OF_ACCOUNT as i64);
    let values: Values<'_> =
        &[&signed(account), credential, public_key, host, transports, name, &counter, &at, &most];
    sql.execute(insert, values)
}

/// Forgets a key of an account.
pub fn remove(sql: &Session<'_>, account: u32, key: u32) -> StoreResult<u64> {
    let delete = "DELETE FROM security_keys WHERE id = $1 AND account = $2";
    sql.execute(delete, &[&signed(key), &signed(account)])
}

/// Forgets all keys of an account.
pub fn remove_all(sql: &Session<'_>, account: u32) -> StoreResult<u64> {
    sql.execute("DELETE FROM security_keys WHERE account = $1", &[&signed(account)])
}

/// Notes that a key has signed. Of two answers with the same count one is the first.
pub fn note_use(sql: &Session<'_>, account: u32, key: u32, counter: u32, at: i64) -> StoreResult<bool> {
    let update = "UPDATE security_keys SET counter = $3, used_at = $4
        WHERE id = $1 AND account = $2 AND (counter < $3 OR (counter = 0 AND $3 = 0))";
    Ok(sql.execute(update, &[&signed(key), &signed(account), &i64::from(counter), &at])? > 0)
}

/// Reads all of them.
pub fn read(sql: &Session<'_>, directory: &mut Directory) -> StoreResult<()> {
    let select =
        "SELECT id, account, credential, public_key, host, transports, name, counter, added_at, used_at
        FROM security_keys ORDER BY id";
    for row in &sql.query(select, &[])? {
        let counter = u32::try_from(cell::<i64>(row, 7)?).unwrap_or(u32::MAX);
        let key = SecurityKey {
            id: number(row, 0)?,
            added_at: cell(row, 8)?,
            used_at: cell(row, 9)?,
            kept: NewKey {
                credential: cell(row, 2)?,
                public_key: cell(row, 3)?,
                host: cell(row, 4)?,
                transports: cell(row, 5)?,
                name: cell(row, 6)?,
                counter,
            },
        };
        directory.security_keys.entry(number(row, 1)?).or_default().push(key);
    }
    Ok(())
}
