//! What steps from one snapshot to another read of the file.

use rusqlite::Connection;

use super::{
    beside, chunks,
    connections::Connections,
    read::{self, signed},
    states,
};
use crate::{
    atlas::{Revision, State},
    domain::{AdminUnit, Event, LedgerPosition, ParcelId, Project, ProjectId, UnitId},
    store::{
        Head, StoreError,
        rows::{Reference, Rows},
        states::Wanted,
    },
};

/// New parcels from which on two connections read them: others wait for what they record to be shown.
const SHARED: i64 = 2000;

/// A connection that sees one state of the file, and where others come from.
pub struct OneState<'a> {
    pub sql: &'a Connection,
    pub connections: &'a Connections,
}

impl OneState<'_> {
    /// Another connection that sees the same state; none when the store has moved on.
    fn other(&self) -> Result<Option<Connection>, StoreError> {
        let other = self.connections.fresh()?;
        other.execute_batch("BEGIN")?;
        let same = read::head(&other)? == read::head(self.sql)?;
        Ok(same.then_some(other))
    }
}

impl Rows for OneState<'_> {
    fn head(&self) -> Result<Head, StoreError> {
        read::head(self.sql)
    }

    fn hash_at(&self, position: LedgerPosition) -> Result<[u8; 32], StoreError> {
        Ok(read::head_at(self.sql, position)?.map_or([0; 32], |head| head.hash))
    }

    fn events_since(&self, position: LedgerPosition) -> Result<Vec<Event>, StoreError> {
        read::events(self.sql, "position > ?1 ORDER BY position", signed(position))
    }

    fn imports_until(&self, position: LedgerPosition) -> Result<Vec<Event>, StoreError> {
        let condition = "kind = 'imported' AND position <= ?1 ORDER BY position";
        read::events(self.sql, condition, signed(position))
    }

    fn units_since(&self, after: LedgerPosition) -> Result<Vec<(UnitId, AdminUnit)>, StoreError> {
        read::units_since(self.sql, after)
    }

    fn projects_since(&self, after: LedgerPosition) -> Result<Vec<(ProjectId, Project)>, StoreError> {
        read::projects_since(self.sql, after)
    }

    fn units_before(&self, position: LedgerPosition) -> Result<Vec<(UnitId, AdminUnit)>, StoreError> {
        read::units_before(self.sql, position)
    }

    fn projects_before(&self, position: LedgerPosition) -> Result<Vec<(ProjectId, Project)>, StoreError> {
        read::projects_before(self.sql, position)
    }

    fn first_after(&self, table: Reference, position: LedgerPosition) -> Result<Option<u32>, StoreError> {
        let table = table.table();
        let select = format!(
            "SELECT min(fid) FROM {table} t WHERE since > ?1 AND NOT EXISTS (
             SELECT 1 FROM {table}_past p WHERE p.fid = t.fid AND p.since <= ?1)"
        );
        Ok(self.sql.prepare_cached(&select)?.query_row([signed(position)], |row| row.get(0))?)
    }

    fn parcels_after(&self, last: ParcelId, revision: &mut Revision<'_>) -> Result<(), StoreError> {
        let from = i64::from(last.0) + 1;
        let to: i64 =
            self.sql.query_row("SELECT coalesce(max(fid), 0) FROM parcels", [], |row| row.get(0))?;
        let other = if to - from >= SHARED { self.other()? } else { None };
        let Some(other) = other else {
            revision.add(chunks::fill(self.sql, revision.chunk(), (from, to))?);
            return Ok(());
        };
        let (chunk, middle) = (revision.chunk(), from + (to - from) / 2);
        let empty = chunk.another();
        let (one, two) = std::thread::scope(|threads| {
            let two = threads.spawn(move || chunks::fill(&other, empty, (middle + 1, to)));
            let one = chunks::fill(self.sql, chunk, (from, middle));
            (one, two.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        revision.add(one?);
        revision.add(two?);
        Ok(())
    }

    fn states(&self, parcels: &[ParcelId], take: &mut dyn FnMut(ParcelId, State)) -> Result<(), StoreError> {
        parcels.iter().try_for_each(|id| {
            take(*id, chunks::state(self.sql, *id)?);
            Ok(())
        })
    }

    fn states_at(
        &self,
        (position, head): (LedgerPosition, LedgerPosition),
        wanted: Wanted<'_>,
        take: &mut dyn FnMut(ParcelId, State),
    ) -> Result<(), StoreError> {
        let others = if states::is_many(position, head) {
            beside(self.connections, read::head(self.sql)?)?
        } else {
            Vec::new()
        };
        states::at(self.sql, others, (position, head), wanted, take)
    }
}
