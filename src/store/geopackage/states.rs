//! States of parcels before their events: what the past is read from.
//!
//! A state is 34 bytes and, where there are any, the marks as JSON: nine days
//! (2 bytes each, 0xFFFF = never), money in đồng (8), version (8).

use rusqlite::Connection;

use super::read::signed;
use crate::{
    atlas::State,
    domain::{Day, LedgerPosition, Marks, ParcelId, Record, Stage, StageDays, Vnd},
    store::StoreError,
};

const FIXED: usize = 34;
const NEVER: u16 = u16::MAX;
/// Events from which on several connections read them.
const MANY: u64 = 200_000;

/// The bytes of a record.
///
/// # Errors
/// Marks that can't be written as JSON.
pub fn encode(record: &Record) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = Vec::with_capacity(FIXED);
    for stage in Stage::ALL {
        bytes.extend_from_slice(&record.days.get(stage).map_or(NEVER, Day::number).to_le_bytes());
    }
    bytes.extend_from_slice(&record.approved.0.to_le_bytes());
    bytes.extend_from_slice(&record.version.0.to_le_bytes());
    if !record.marks.is_empty() {
        serde_json::to_writer(&mut bytes, &record.marks)?;
    }
    Ok(bytes)
}

/// The record that bytes say.
pub fn decode(bytes: &[u8]) -> Result<Record, String> {
    let fixed = bytes.get(..FIXED).ok_or("shorter than a state")?;
    let mut days = StageDays::default();
    for (stage, cell) in Stage::ALL.into_iter().zip(fixed.as_chunks::<2>().0) {
        days.set(stage, Day::from_cell(u16::from_le_bytes(*cell)));
    }
    let number = |from: usize| u64::from_le_bytes(std::array::from_fn(|i| fixed[from + i]));
    let marks = match &bytes[FIXED..] {
        [] => Marks::default(),
        json => serde_json::from_slice(json).map_err(|e| e.to_string())?,
    };
    Ok(Record { days, approved: Vnd(number(18)), marks, version: LedgerPosition(number(26)) })
}

/// Finds the index of a parcel, if it is to be told of.
pub type Find<'a> = &'a (dyn Fn(ParcelId) -> Option<u32> + Sync);

/// First states of a run of positions, with the parcels' indexes.
type Run = Vec<(u32, ParcelId, State)>;

/// Which indexes came before.
#[derive(Default)]
struct Seen(Vec<u64>);

impl Seen {
    /// Whether it comes for the first time.
    fn first(&mut self, index: u32) -> bool {
        let (word, bit) = (index as usize / 64, 1u64 << (index % 64));
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        new
    }
}

/// The state at `position` of each parcel, of those that `find` knows, that an event after it up to
/// `head` touches. `others` read instead of `sql` where there is much.
pub fn at(
    sql: &Connection,
    others: Vec<Connection>,
    (position, head): (LedgerPosition, LedgerPosition),
    find: Find<'_>,
    mut take: impl FnMut(ParcelId, State),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_comes_back_from_its_bytes() {
        let mut record = Record { approved: Vnd(1_500_000), version: LedgerPosition(7), ..Record::default() };
        record.days.set(Stage::Notice, Day::from_number(20_000).ok());
        assert_eq!(encode(&record).unwrap().len(), FIXED);
        assert_eq!(decode(&encode(&record).unwrap()), Ok(record.clone()));
        record.marks.ended = Day::from_number(20_100).ok();
        assert_eq!(decode(&encode(&record).unwrap()), Ok(record));
        assert!(decode(&[0; 12]).is_err());
    }
}
