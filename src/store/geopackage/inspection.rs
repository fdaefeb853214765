//! What those who keep the server look at: imports, the end of the ledger.

use rusqlite::OptionalExtension;

use super::{GeoPackage, read};
use crate::{
    domain::{Event, LedgerPosition},
    store::StoreError,
};

impl GeoPackage {
    /// The last `most` imports, newest first.
    ///
    /// # Errors
    /// The disk's.
    pub fn imports(&self, most: usize) -> Result<Vec<Event>, StoreError> {
        read::events(&self.connection, "kind = 'imported' ORDER BY position DESC LIMIT ?1", most as i64)
    }

    /// The import at a position of the ledger, if one is there.
    ///
    /// # Errors
    /// The disk's.
    pub fn import_at(&self, position: LedgerPosition) -> Result<Option<Event>, StoreError> {
        let position = i64::try_from(position.0).unwrap_or(i64::MAX);
        Ok(read::events(&self.connection, "kind = 'imported' AND position = ?1", position)?.pop())
    }

    /// The `most` events before a position, newest first.
    ///
    /// # Errors
    /// The disk's.
    pub fn events_before(&self, position: LedgerPosition, most: usize) -> Result<Vec<Event>, StoreError> {
        let position = i64::try_from(position.0).unwrap_or(i64::MAX);
        let condition = format!("position < ?1 ORDER BY position DESC LIMIT {most}");
        read::events(&self.connection, &condition, position)
    }

    /// Size of the store, bytes.
    ///
    /// # Errors
    /// The disk's.
    pub fn size(&self) -> Result<u64, StoreError> {
        let sql = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
        let size: Option<i64> = self.connection.query_row(sql, [], |row| row.get(0)).optional()?;
        Ok(size.unwrap_or_default().unsigned_abs())
    }
}
