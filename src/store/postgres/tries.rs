//! Counts of tries in the database: rows are bounded, and over after a while by themselves.

use std::{sync::atomic::Ordering, time::Duration};

use super::{PostgreSql, cells::cell, cells::signed, session::Session};
use crate::store::{
    SecretHash, StoreResult, Tries, Try,
    tries::{MOST_CHALLENGES, MOST_KEYS, MOST_REMEMBERED},
};

/// Counts between two looks at whether there are too many rows.
const SWEEPS: u32 = 64;

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 4)
}

fn duration(millis: i64) -> Duration {
    Duration::from_millis(millis.max(1).unsigned_abs())
}

/// Counts one try: how long it has to wait, if it comes too early.
fn count(sql: &Session<'_>, one: &Try) -> StoreResult<Option<Duration>> {
    if let Some(key) = &one.unless {
        let known = "SELECT 1 FROM remembered WHERE key = $1 AND until > now_ms()";
        if sql.one(known, &[&&key[..]])?.is_some() {
            return Ok(None);
        }
    }
    let (every, ahead) = (millis(one.allowance.every), millis(one.allowance.ahead()));
    let insert = "INSERT INTO tries AS t (key, free_from) VALUES ($1, now_ms() + $2)
        ON CONFLICT (key) DO UPDATE SET free_from = greatest(t.free_from, now_ms()) + $2
        WHERE t.free_from <= now_ms() + $3";
    if sql.execute(insert, &[&&one.key[..], &every, &ahead])? > 0 {
        return Ok(None);
    }
    let left = sql.one("SELECT free_from - now_ms() FROM tries WHERE key = $1", &[&&one.key[..]])?;
    let left = left.map(|row| cell::<i64>(&row, 0)).transpose()?.unwrap_or_default();
    Ok(Some(duration(left - ahead)))
}

/// Removes what is over, some at a time; who is at a row meanwhile keeps it.
fn sweep(sql: &Session<'_>, table: &str, time: &str) -> StoreResult<()> {
    let over = format!(
        "DELETE FROM {table} WHERE key IN (SELECT key FROM {table} WHERE {time} <= now_ms() LIMIT 1000
         FOR UPDATE SKIP LOCKED)"
    );
    sql.execute(&over, &[]).map(|_| ())
}

/// Removes those that would be over first, where there are more than `most`.
fn bound(sql: &Session<'_>, table: &str, time: &str, most: usize) -> StoreResult<()> {
    let beyond = format!(
        "DELETE FROM {table} WHERE key IN (SELECT key FROM {table} ORDER BY {time}
         LIMIT greatest((SELECT count(*) FROM {table}) - {most}, 0) FOR UPDATE SKIP LOCKED)"
    );
    sql.execute(&beyond, &[]).map(|_| ())
}

impl PostgreSql {
    fn is_time_to_sweep(&self) -> bool {
        self.counted.fetch_add(1, Ordering::Relaxed).is_multiple_of(SWEEPS)
    }
}

impl Tries for PostgreSql {
    fn count_tries(&self, tries: &[Try]) -> StoreResult<Option<Duration>> {
        // Many that come from one place stop here, before they cost the database anything.
        if let Some(wait) = tries.first().and_then(|first| self.tries.wait(first)) {
            return Ok(Some(wait));
        }
        let (counted, wait) = self.count(|sql| {
            let mut counted = 0;
            let mut wait = None;
            for one in tries {
                wait = count(sql, one)?;
                if wait.is_some() {
                    break;
                }
                counted += 1;
            }
            if self.is_time_to_sweep() {
                sweep(sql, "tries", "free_from")?;
                bound(sql, "tries", "free_from", MOST_KEYS)?;
            }
            Ok((counted, wait))
        })?;
        self.tries.count_tries(tries.get(..counted).unwrap_or_default())?;
        Ok(wait)
    }

    fn remember(&self, key: &SecretHash, time: Duration) -> StoreResult<()> {
        self.count(|sql| {
            let insert = "INSERT INTO remembered (key, until) VALUES ($1, now_ms() + $2)
                ON CONFLICT (key) DO UPDATE SET until = excluded.until";
            sql.execute(insert, &[&&key[..], &millis(time)])?;
            if self.is_time_to_sweep() {
                sweep(sql, "remembered", "until")?;
                bound(sql, "remembered", "until", MOST_REMEMBERED)?;
            }
            Ok(())
        })?;
        self.tries.remember(key, time)
    }

    fn note_wrong_code(&self, account: u32, time: Duration) -> StoreResult<()> {
        self.count(|sql| {
            sql.execute(
                "DELETE FROM wrong_codes WHERE account = $1 AND until <= now_ms()",
                &[&signed(account)],
            )?;
            let insert = "INSERT INTO wrong_codes (account, until) VALUES ($1, now_ms() + $2)";
            sql.execute(insert, &[&signed(account), &millis(time)]).map(|_| ())
        })
    }

    fn wrong_codes(&self, account: u32) -> StoreResult<Vec<Duration>> {
        let select =
            "SELECT until - now_ms() FROM wrong_codes WHERE account = $1 AND until > now_ms() ORDER BY until";
        let rows = self.read(|sql| sql.query(select, &[&signed(account)]))?;
        rows.iter().map(|row| cell(row, 0).map(duration)).collect()
    }

    fn keep_challenge(&self, key: &SecretHash, account: u32, time: Duration) -> StoreResult<()> {
        self.count(|sql| {
            let insert = "INSERT INTO challenges (key, account, until) VALUES ($1, $2, now_ms() + $3)";
            sql.execute(insert, &[&&key[..], &signed(account), &millis(time)])?;
            sweep(sql, "challenges", "until")?;
            let beyond = format!(
                "DELETE FROM challenges WHERE key IN (SELECT key FROM challenges WHERE account = $1
                 ORDER BY until DESC OFFSET {MOST_CHALLENGES} FOR UPDATE SKIP LOCKED)"
            );
            sql.execute(&beyond, &[&signed(account)]).map(|_| ())
        })
    }

    fn take_challenge(&self, key: &SecretHash, account: u32) -> StoreResult<bool> {
        self.count(|sql| {
            let delete = "DELETE FROM challenges WHERE key = $1 AND account = $2 AND until > now_ms()";
            Ok(sql.execute(delete, &[&&key[..], &signed(account)])? > 0)
        })
    }
}
