//! Reads the states that are kept before events, beside each other where there are many.

use rusqlite::Connection;

use super::read::signed;
use crate::{
    atlas::State,
    domain::{LedgerPosition, ParcelId},
    store::{
        StoreError,
        states::{Wanted, decode},
    },
};

/// Events from which on several connections read them.
const MANY: u64 = 200_000;

/// Adds the state at `position` of each parcel, of those that are `wanted`, that an event after it up to `head` touches.
/// `others` read instead of `sql` where there is much.
pub fn at(
    sql: &Connection,
    others: Vec<Connection>,
    (position, head): (LedgerPosition, LedgerPosition),
    wanted: Wanted<'_>,
    take: &mut dyn FnMut(ParcelId, State),
) -> Result<(), StoreError> {
    if others.is_empty() || !is_many(position, head) {
        return run(sql, position, (position, head), wanted, take);
    }
    // Runs of events, read beside each other: each parcel is found once.
    let (count, from) = (others.len() as u64, position.0);
    let edge = |n: u64| LedgerPosition(from + (head.0 - from) * n / count);
    let runs: Vec<Result<Vec<(ParcelId, State)>, StoreError>> = std::thread::scope(|threads| {
        let read = |(n, connection): (u64, Connection)| {
            threads.spawn(move || {
                let mut found = Vec::new();
                let keep = &mut |id, state| found.push((id, state));
                run(&connection, position, (edge(n), edge(n + 1)), wanted, keep).map(|()| found)
            })
        };
        let work: Vec<_> = (0..).zip(others).map(read).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        work.into_iter().map(join).collect()
    });
    for run in runs {
        run?.into_iter().for_each(|(id, state)| take(id, state));
    }
    Ok(())
}

/// Whether so many events lie between that it is worth opening more connections.
pub fn is_many(position: LedgerPosition, head: LedgerPosition) -> bool {
    head.0.saturating_sub(position.0) >= MANY
}

/// The states at `position` that are kept before events of a run after it.
fn run(
    sql: &Connection,
    position: LedgerPosition,
    (after, until): (LedgerPosition, LedgerPosition),
    wanted: Wanted<'_>,
    take: &mut dyn FnMut(ParcelId, State),
) -> Result<(), StoreError> {
    // The first event after the position is the one before which the last is not after it.
    let select = "SELECT parcel, version, state FROM prior_states
        WHERE position > ?1 AND position <= ?2 AND version <= ?3";
    let mut statement = sql.prepare_cached(select)?;
    let mut rows = statement.query([signed(after), signed(until), signed(position)])?;
    while let Some(row) = rows.next()? {
        let id = ParcelId(row.get(0)?);
        if !wanted(id) {
            continue;
        }
        let version = LedgerPosition(row.get::<_, i64>(1)?.unsigned_abs());
        let fault =
            |why| StoreError::Row { table: "prior_states", row: i64::from(id.0), column: "state", why };
        let record = decode(row.get_ref(2)?.as_blob().unwrap_or_default(), version).map_err(fault)?;
        take(id, State::of(record));
    }
    Ok(())
}
