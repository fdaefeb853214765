//! Briefings: what is said, frozen at a position of the ledger.
//!
//! The seal is a SHA-256 over what is said and the ledger's hash at that
//! position: whoever holds the paper can have it compared with the store, and
//! neither the words nor the ledger before them can have changed unnoticed.

use sha2::{Digest, Sha256};

use crate::domain::{Day, LedgerPosition};

/// A briefing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Briefing {
    /// Its name in addresses.
    pub code: String,
    /// Title.
    pub title: String,
    /// Position of the ledger that its figures are of.
    pub position: LedgerPosition,
    /// Day that its figures are of.
    pub as_of: Day,
    /// Slides and notes, JSON.
    pub body: String,
    /// Who made it.
    pub author: String,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub created_at: i64,
}

impl Briefing {
    /// The seal over the briefing and the ledger's `hash` at its position.
    pub fn seal(&self, hash: &[u8]) -> [u8; 32] {
        let mut digest = Sha256::new();
        for part in [&self.code, &self.title, &self.as_of.to_string(), &self.body, &self.author] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        digest.update(self.position.0.to_be_bytes());
        digest.update(self.created_at.to_be_bytes());
        digest.update(hash);
        digest.finalize().into()
    }
}

/// Milliseconds for which a removed briefing can be restored: 30 days.
pub const RESTORED_WITHIN_MS: i64 = 30 * 86_400_000;

/// A briefing as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBriefing {
    /// Briefing.
    pub briefing: Briefing,
    /// Its seal.
    pub seal: Vec<u8>,
    /// Whether the seal still fits the briefing and the ledger.
    pub whole: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seal_covers_every_word_and_the_ledger() {
        let briefing = Briefing {
            code: "a".into(),
            title: "t".into(),
            position: LedgerPosition(3),
            as_of: Day::parse("2026-11-24").unwrap(),
            body: "{}".into(),
            author: "an".into(),
            created_at: 1,
        };
        let seal = briefing.seal(&[1; 32]);
        assert_eq!(seal, briefing.seal(&[1; 32]));
        assert_ne!(seal, briefing.seal(&[2; 32]));
        assert_ne!(seal, Briefing { title: "u".into(), ..briefing.clone() }.seal(&[1; 32]));
        assert_ne!(seal, Briefing { body: "{ }".into(), ..briefing.clone() }.seal(&[1; 32]));
        assert_ne!(seal, Briefing { position: LedgerPosition(4), ..briefing }.seal(&[1; 32]));
    }
}
