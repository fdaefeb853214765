//! Keeping the file: settings, size, copies, clean stops.

use std::{path::Path, sync::Arc};

use rusqlite::{OpenFlags, OptionalExtension};

use super::{
    GeoPackage, beside,
    connections::{Mode, connect},
    read,
    steps::OneState,
    verify,
};
use crate::{
    domain::law::Law,
    store::{Maintenance, StoreError, Verification},
};

impl Maintenance for GeoPackage {
    fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let select = "SELECT value FROM settings WHERE name = ?1";
        self.read(|sql| Ok(sql.query_row(select, [name], |row| row.get(0)).optional()?))
    }

    fn size(&self) -> Result<u64, StoreError> {
        let select = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
        let size: Option<i64> =
            self.read(|sql| Ok(sql.query_row(select, [], |row| row.get(0)).optional()?))?;
        Ok(size.unwrap_or_default().unsigned_abs())
    }

    fn verify(&self, law: Arc<Law>) -> Result<Verification, StoreError> {
        self.read(|sql| {
            let one = beside(&self.connections, read::head(sql)?)?.pop();
            let state = OneState { sql, connections: &self.connections };
            verify::verify(&state, one, law)
        })
    }

    fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        let reader = self.connections.reader()?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let mut copy = connect(path, flags, Mode::ReadWrite)?;
        let backup = rusqlite::backup::Backup::new(&reader, &mut copy)?;
        // All pages in one step: one state, however busy the writers are.
        if backup.step(-1)? != rusqlite::backup::StepResult::Done {
            return Err(StoreError::Busy);
        }
        drop(backup);
        copy.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
        Ok(())
    }

    fn takes_changes(&self) -> Result<(), StoreError> {
        // The disk says so when somebody writes.
        Ok(())
    }

    fn is_read_only(&self) -> bool {
        self.connections.mode() == Mode::ReadOnly
    }

    fn close(&self) -> Result<(), StoreError> {
        if self.is_read_only() {
            return Ok(());
        }
        self.connections.close_readers();
        let writer = self.connections.writer()?;
        self.connections.await_mover();
        let left: i64 = writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if left == 0 { Ok(()) } else { Err(StoreError::Busy) }
    }
}
