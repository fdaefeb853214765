//! Waiting for what others write: the server calls, and a number that is read says
//! whether something was missed, so that a call that is lost only delays.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{
    cells::cell,
    pool::{Pool, quoted},
    wire::Wire,
};
use crate::store::StoreError;

/// How long one listens before the number is read again.
const LISTENS: Duration = Duration::from_secs(1);

const STATE: &str = "SELECT (SELECT hash FROM ledger ORDER BY position DESC LIMIT 1),
    (SELECT coalesce(sum(value::bigint), 0)::bigint FROM settings WHERE name IN ('accounts', 'campaigns'))";

/// The connection that listens.
#[derive(Default)]
pub struct Watch {
    live: Mutex<Option<Wire>>,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Watch")
    }
}

/// The name by which the writers of a schema call.
pub fn channel(schema: &str) -> String {
    // Names of channels end at 63 bytes.
    let mut name = format!("matbang {schema}");
    while name.len() > 63 {
        name.pop();
    }
    quoted(&name)
}

impl Watch {
    /// Waits for a state other than `seen`, at most for `time`; its number.
    pub fn wait(&self, pool: &Pool, seen: u64, time: Duration) -> Result<u64, StoreError> {
        let until = Instant::now() + time;
        loop {
            let mut guard = self.live.lock().unwrap_or_else(PoisonError::into_inner);
            let mut live = match guard.take() {
                Some(live) => live,
                None => listen(pool)?,
            };
            // After an error the connection is not used again.
            let now = state(&mut live)?;
            let left = until.saturating_duration_since(Instant::now());
            if now != seen || left.is_zero() {
                *guard = Some(live);
                return Ok(now);
            }
            // Several calls for one look.
            live.listen(left.min(LISTENS))?;
            if !live.is_closed() {
                *guard = Some(live);
            }
        }
    }

    /// Closes the connection.
    pub fn close(&self) {
        drop(self.live.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

fn listen(pool: &Pool) -> Result<Wire, StoreError> {
    let mut live = pool.connect()?;
    live.batch(&format!("LISTEN {}", channel(&pool.address.schema)))?;
    Ok(live)
}

fn state(live: &mut Wire) -> Result<u64, StoreError> {
    let statement = live.prepared(STATE)?;
    let row = live.ask(async |client| Ok(client.query_one(&statement, &[]).await?))?;
    let hash: Option<Vec<u8>> = cell(&row, 0)?;
    let accounts: Option<i64> = cell(&row, 1)?;
    let first = |hash: Vec<u8>| hash.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
    let ledger = hash.and_then(first).unwrap_or_default();
    Ok(ledger.wrapping_add(accounts.unwrap_or_default().unsigned_abs().wrapping_mul(0x9E37_79B9_7F4A_7C15)))
}
