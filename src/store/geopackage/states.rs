//! Reads the states that are kept before events, beside each other where there are many.

use rusqlite::Connection;

use super::read::signed;
use crate::{
    atlas::State,
    domain::{LedgerPosition, ParcelId},
    store::{
        StoreError,
        states::{Find, Seen, decode},
    },
};

/// Events from which on several connections read them.
const MANY: u64 = 200_000;

/// First states of a run of positions, with the parcels' indexes.
type Run = Vec<(u32, ParcelId, State)>;

/// The state at `position` of each parcel, of those that `find` knows, that an event after it up to
/// `head` touches. `others` read instead of `sql` where there is much.
pub fn at(
    sql: &Connection,
    others: Vec<Connection>,
    (position, head): (LedgerPosition, LedgerPosition),
    find: Find<'_>,
    take: &mut dyn FnMut(ParcelId, State),
) -> Result<(), StoreError> {
    if others.is_empty() || !is_many(position, head) {
        return run(sql, (position, head), find, &mut |_, id, state| take(id, state));
    }
    // Runs of positions, read beside each other and taken in their order: the first state counts.
    let (count, from) = (others.len() as u64, position.0);
    let edge = |n: u64| LedgerPosition(from + (head.0 - from) * n / count);
    let runs: Vec<Result<Run, StoreError>> = std::thread::scope(|threads| {
        let read = |(n, connection): (u64, Connection)| {
            threads.spawn(move || {
                let mut found = Vec::new();
                let keep = &mut |index, id, state| found.push((index, id, state));
                run(&connection, (edge(n), edge(n + 1)), find, keep).map(|()| found)
            })
        };
        let work: Vec<_> = (0..).zip(others).map(read).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        work.into_iter().map(join).collect()
    });
    let mut seen = Seen::default();
    for run in runs {
        for (index, id, state) in run? {
            if seen.first(index) {
                take(id, state);
            }
        }
    }
    Ok(())
}

/// Whether so many events lie between that it is worth opening more connections.
pub fn is_many(position: LedgerPosition, head: LedgerPosition) -> bool {
    head.0.saturating_sub(position.0) >= MANY
}

/// The first state of each parcel between two positions.
fn run(
    sql: &Connection,
    (after, until): (LedgerPosition, LedgerPosition),
    find: Find<'_>,
    take: &mut dyn FnMut(u32, ParcelId, State),
) -> Result<(), StoreError> {
    let select =
        "SELECT parcel, state FROM prior_states WHERE position > ?1 AND position <= ?2 ORDER BY position";
    let mut statement = sql.prepare_cached(select)?;
    let mut rows = statement.query([signed(after), signed(until)])?;
    let mut seen = Seen::default();
    while let Some(row) = rows.next()? {
        let id = ParcelId(row.get(0)?);
        let Some(index) = find(id).filter(|index| seen.first(*index)) else { continue };
        let fault =
            |why| StoreError::Row { table: "prior_states", row: i64::from(id.0), column: "state", why };
        let record = decode(row.get_ref(1)?.as_blob().unwrap_or_default()).map_err(fault)?;
        take(index, id, State::of(record));
    }
    Ok(())
}
