//! Security keys in the store.

use rusqlite::{Connection, params};

use crate::store::{Directory, MOST_KEYS_OF_ACCOUNT, NewKey, SecurityKey, StoreResult};

/// Name of the table.
pub const TABLE: &str = "security_keys";

fn signed(counter: u32) -> i64 {
    i64::from(counter)
}

/// Whether the store has the table: one that was never opened to be written since may lack it.
pub fn is_there(sql: &Connection) -> StoreResult<bool> {
    let select = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?1";
    Ok(sql.query_row(select, [TABLE], |row| row.get::<_, u32>(0))? > 0)
}

/// Makes the table where it is missing.
pub fn make_room(sql: &Connection) -> StoreResult<()> {
    Ok(sql.execute_batch(include_str!("keys.sql"))?)
}

/// Keeps a key, unless the account has as many as it may have.
pub fn add(sql: &Connection, account: u32, key: &NewKey, at: i64) -> StoreResult<usize> {
    let insert =
        "INSERT INTO security_keys (account, credential, public_key, host, transports, name, counter, added_at)
        SELECT id, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM accounts
        WHERE id = ?1 AND (SELECT count(*) FROM security_keys WHERE account = ?1) < ?9";
    let NewKey { credential, public_key, host, transports, name, counter } = key;
    let (counter, most) = (signed(*counter), MOST_KEYS_OF_ACCOUNT as u32);
    let values = params![account, credential, public_key, host, transports, name, counter, at, most];
    Ok(sql.execute(insert, values)?)
}

/// Forgets a key of an account.
pub fn remove(sql: &Connection, account: u32, key: u32) -> StoreResult<usize> {
    Ok(sql.execute("DELETE FROM security_keys WHERE id = ?1 AND account = ?2", [key, account])?)
}

/// Forgets all keys of an account.
pub fn remove_all(sql: &Connection, account: u32) -> StoreResult<usize> {
    Ok(sql.execute("DELETE FROM security_keys WHERE account = ?1", [account])?)
}

/// Notes that a key has signed. Of two answers with the same count one is the first.
pub fn note_use(sql: &Connection, account: u32, key: u32, counter: u32, at: i64) -> StoreResult<bool> {
    let update = "UPDATE security_keys SET counter = ?3, used_at = ?4
        WHERE id = ?1 AND account = ?2 AND (counter < ?3 OR (counter = 0 AND ?3 = 0))";
    Ok(sql.execute(update, params![key, account, signed(counter), at])? > 0)
}

/// Reads all of them.
pub fn read(sql: &Connection, directory: &mut Directory) -> StoreResult<()> {
    if !is_there(sql)? {
        return Ok(());
    }
    let select =
        "SELECT id, account, credential, public_key, host, transports, name, counter, added_at, used_at
        FROM security_keys ORDER BY id";
    let mut statement = sql.prepare(select)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let key = SecurityKey {
            id: row.get(0)?,
            added_at: row.get(8)?,
            used_at: row.get(9)?,
            kept: NewKey {
                credential: row.get(2)?,
                public_key: row.get(3)?,
                host: row.get(4)?,
                transports: row.get(5)?,
                name: row.get(6)?,
                counter: row.get(7)?,
            },
        };
        directory.security_keys.entry(row.get(1)?).or_default().push(key);
    }
    Ok(())
}
