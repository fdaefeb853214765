//! The hash chain: each event's hash covers the hash before it, so that an
//! altered, dropped or reordered event shows.

use sha2::{Digest, Sha256};

use super::encoding::{self, Bytes};
use crate::domain::{LedgerPosition, NewEvent};

/// The running end of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain {
    position: LedgerPosition,
    hash: [u8; 32],
}

/// Where a chain breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// A position is missing or comes twice.
    #[error("after event {0} comes event {1}")]
    Position(LedgerPosition, LedgerPosition),
    /// The event does not follow the one before.
    #[error("event {0} does not name the hash of the event before it")]
    Previous(LedgerPosition),
    /// The event is not what was hashed.
    #[error("event {0} was changed after it was written: its hash is another")]
    Content(LedgerPosition),
}

impl Default for Chain {
    fn default() -> Self {
        Self { position: LedgerPosition(0), hash: [0; 32] }
    }
}

impl Chain {
    /// The chain that ends here.
    pub fn at(position: LedgerPosition, hash: [u8; 32]) -> Self {
        Self { position, hash }
    }

    /// Position of the last event.
    pub fn position(&self) -> LedgerPosition {
        self.position
    }

    /// Hash of the last event.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// Goes on by one event and gives its hash.
    pub fn append(&mut self, event: &NewEvent) -> [u8; 32] {
        self.position = LedgerPosition(self.position.0 + 1);
        let mut bytes = Bytes::default();
        encoding::event(&mut bytes, &self.hash, self.position, event);
        self.hash = Sha256::digest(bytes.as_slice()).into();
        self.hash
    }

    /// Goes on by an event that was read back, and checks it.
    ///
    /// # Errors
    /// The first thing that does not fit; the chain then follows what the event claims.
    pub fn check(
        &mut self,
        position: LedgerPosition,
        event: &NewEvent,
        previous: &[u8],
        hash: [u8; 32],
    ) -> Result<(), ChainFault> {
        let before = *self;
        *self = Self { position: LedgerPosition(position.0.saturating_sub(1)), hash: before.hash };
        let expected = self.append(event);
        *self = Self { position, hash };
        if position.0 != before.position.0 + 1 {
            return Err(ChainFault::Position(before.position, position));
        }
        if previous != before.hash {
            return Err(ChainFault::Previous(position));
        }
        if expected != hash {
            return Err(ChainFault::Content(position));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Day, EventKind, ParcelId, Stage};
    use proptest::prelude::*;

    fn event(parcel: u32, day: i64) -> NewEvent {
        NewEvent {
            parcel: Some(ParcelId(parcel)),
            day: Day::from_number(day).unwrap(),
            recorded_at: day * 86_400_000,
            author: "a".into(),
            document: None,
            note: None,
            attachments: Vec::new(),
            kind: EventKind::reached(Stage::Notice),
        }
    }

    proptest! {
        #[test]
        fn whatever_is_altered_dropped_or_swapped_is_found(days in prop::collection::vec(0i64..30_000, 2..20), at in 0usize..19, change in 0u8..3) {
            let events: Vec<NewEvent> = days.iter().map(|day| event(1, *day)).collect();
            let mut chain = Chain::default();
            let mut rows: Vec<_> = events.into_iter().map(|event| {
                let previous = chain.hash();
                let hash = chain.append(&event);
                (chain.position(), event, previous, hash)
            }).collect();
            let at = at % (rows.len() - 1);
            match change {
                0 => rows[at].1.recorded_at += 1,
                1 => { rows.remove(at); }
                _ => { let (a, b) = (rows[at].0, rows[at + 1].0); rows.swap(at, at + 1); rows[at].0 = a; rows[at + 1].0 = b; }
            }
            let mut chain = Chain::default();
            let faults = rows.iter().filter(|(position, event, previous, hash)| {
                chain.check(*position, event, previous, *hash).is_err()
            }).count();
            prop_assert!(faults > 0);
        }
    }

    #[test]
    fn an_untouched_chain_has_no_fault() {
        let (mut chain, mut again) = (Chain::default(), Chain::default());
        for n in 1..5 {
            let (event, previous) = (event(n, 20_000), chain.hash());
            let hash = chain.append(&event);
            assert_eq!(again.check(chain.position(), &event, &previous, hash), Ok(()));
        }
    }
}
