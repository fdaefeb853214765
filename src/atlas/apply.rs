//! Events turn a snapshot into the next one.
//!
//! Only events about parcels can: an import changes the columns, so the
//! atlas is loaded anew after it.

use super::{pages::Blocker, snapshot::Snapshot, world::Extent};
use crate::domain::{Event, EventKind, LedgerPosition, ParcelId};

/// What came of events.
#[derive(Debug)]
pub enum Applied {
    /// The next snapshot, and each touched parcel with its extent.
    Next(Box<Snapshot>, Vec<(ParcelId, Extent)>),
    /// The columns changed: load the atlas anew.
    Reload,
}

impl Snapshot {
    /// The snapshot after `events`, which follow its position. The old one stays as it is.
    pub fn with_events(&self, events: &[Event], head: [u8; 32]) -> Applied {
        let mut next = self.clone();
        let mut touched = Vec::new();
        for event in events {
            let Some(index) = event.body.parcel.and_then(|id| self.parcels().find(id)) else {
                return Applied::Reload;
            };
            next.apply(index, event);
            next.position = event.position;
            let id = self.parcels().id(index);
            touched.push((id, self.parcels().arena().shape(index as usize).extent()));
        }
        next.head = head;
        Applied::Next(Box::new(next), touched)
    }

    /// This snapshot with the parcels' `events` replayed on it, as the state at `position`.
    #[must_use]
    pub fn replayed(mut self, events: &[Event], position: LedgerPosition, head: [u8; 32]) -> Self {
        for event in events {
            if let Some(index) = event.body.parcel.and_then(|id| self.parcels().find(id)) {
                self.apply(index, event);
            }
        }
        (self.position, self.head) = (position, head);
        self
    }

    fn apply(&mut self, index: u32, event: &Event) {
        let day = event.body.day;
        match event.body.kind {
            EventKind::StageReached { stage } => self.pages.days_mut(index).set(stage, Some(day)),
            EventKind::BlockerOpened { blocker } => {
                self.pages.open_blocker(index, Blocker { kind: blocker, opened: day, closed: None });
            }
            EventKind::BlockerClosed { blocker } => self.pages.close_blocker(index, blocker, day),
            EventKind::MoneyApproved { amount } => self.pages.set_money(index, amount),
            EventKind::Imported { .. } => {}
        }
    }
}
