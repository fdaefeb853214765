//! Records turn a snapshot into the next one.
//!
//! Only events about parcels can: an import or a changed plan changes the
//! tables, so the atlas is loaded anew after it.

use std::sync::Arc;

use super::{pages::State, snapshot::Snapshot};
use crate::domain::{LedgerPosition, ParcelId, Record};

impl State {
    /// The state that a record says.
    pub fn of(record: Record) -> Self {
        let marks = (!record.marks.is_empty()).then(|| Arc::new(record.marks));
        Self { days: record.days, money: record.approved, version: record.version, marks }
    }
}

impl Snapshot {
    /// The snapshot at `position` in which these parcels have new records; this one stays as it is.
    /// Parcels that it does not hold are left out.
    #[must_use]
    pub fn with_records(
        &self,
        records: impl IntoIterator<Item = (ParcelId, Record)>,
        position: LedgerPosition,
        head: [u8; 32],
    ) -> Self {
        let mut next = self.clone();
        for (id, record) in records {
            if let Some(index) = self.parcels().find(id) {
                next.pages.set(index, State::of(record));
            }
        }
        (next.position, next.head) = (position, head);
        next
    }
}
