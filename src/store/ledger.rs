//! The hash chain: each event's hash covers the hash before it, so that an
//! altered, dropped or reordered event shows.
//!
//! The hashed bytes are, in this order: previous hash (32), position (8),
//! recorded at (8), day (2), parcel (1 + 4), then author, document (1 before
//! it) and body, each with its length (4) in front. Numbers are little-endian.

use sha2::{Digest, Sha256};

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

    /// Goes on by one event, whose body is `body` as text, and gives its hash.
    pub fn append(&mut self, event: &NewEvent, body: &str) -> [u8; 32] {
        self.position = LedgerPosition(self.position.0 + 1);
        let mut hasher = Sha256::new();
        hasher.update(self.hash);
        hasher.update(self.position.0.to_le_bytes());
        hasher.update(event.recorded_at.to_le_bytes());
        hasher.update(event.day.number().to_le_bytes());
        hasher.update([u8::from(event.parcel.is_some())]);
        hasher.update(event.parcel.map_or(0, |parcel| parcel.0).to_le_bytes());
        hash_text(&mut hasher, &event.author);
        hasher.update([u8::from(event.document.is_some())]);
        hash_text(&mut hasher, event.document.as_deref().unwrap_or_default());
        hash_text(&mut hasher, body);
        self.hash = hasher.finalize().into();
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
        body: &str,
        previous: &[u8],
        hash: [u8; 32],
    ) -> Result<(), ChainFault> {
        let before = *self;
        *self = Self { position: LedgerPosition(position.0.saturating_sub(1)), hash: before.hash };
        let expected = self.append(event, body);
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

pub(super) fn hash_text(hasher: &mut Sha256, text: &str) {
    hasher.update((text.len() as u32).to_le_bytes());
    hasher.update(text.as_bytes());
}

/// Bytes as hexadecimal text.
pub fn digest_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
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
            kind: EventKind::StageReached { stage: Stage::Notice },
        }
    }

    proptest! {
        #[test]
        fn whatever_is_altered_dropped_or_swapped_is_found(days in prop::collection::vec(0i64..30_000, 2..20), at in 0usize..19, change in 0u8..3) {
            let events: Vec<NewEvent> = days.iter().map(|day| event(1, *day)).collect();
            let mut chain = Chain::default();
            let mut rows: Vec<_> = events.into_iter().map(|event| {
                let previous = chain.hash();
                let hash = chain.append(&event, "x");
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
                chain.check(*position, event, "x", previous, *hash).is_err()
            }).count();
            prop_assert!(faults > 0);
        }
    }

    #[test]
    fn an_untouched_chain_has_no_fault() {
        let (mut chain, mut again) = (Chain::default(), Chain::default());
        for n in 1..5 {
            let (event, previous) = (event(n, 20_000), chain.hash());
            let hash = chain.append(&event, "x");
            assert_eq!(again.check(chain.position(), &event, "x", &previous, hash), Ok(()));
        }
    }
}
