//! Briefings in the store: what is said, frozen at a position of the ledger.
//!
//! The seal is a SHA-256 over what is said and the ledger's hash at that
//! position: whoever holds the paper can have it compared with the store, and
//! neither the words nor the ledger before them can have changed unnoticed.

use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use super::GeoPackage;
use crate::{
    domain::{Day, LedgerPosition},
    store::StoreError,
};

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
    fn seal(&self, hash: &[u8]) -> [u8; 32] {
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

const SELECT: &str =
    "SELECT b.code, b.title, b.position, b.as_of, b.body, b.author, b.created_at, b.seal, l.hash
    FROM briefings b LEFT JOIN ledger l ON l.position = b.position";

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptBriefing> {
    let day: String = row.get(3)?;
    let briefing = Briefing {
        code: row.get(0)?,
        title: row.get(1)?,
        position: LedgerPosition(row.get::<_, i64>(2)?.unsigned_abs()),
        as_of: Day::parse(&day).map_err(|e| {
            rusqlite::Error::FromSqlConversionFailure(3, rusqlite::types::Type::Text, e.into())
        })?,
        body: row.get(4)?,
        author: row.get(5)?,
        created_at: row.get(6)?,
    };
    let (seal, hash): (Vec<u8>, Option<Vec<u8>>) = (row.get(7)?, row.get(8)?);
    let whole = briefing.seal(&hash.unwrap_or_default())[..] == seal[..];
    Ok(KeptBriefing { briefing, seal, whole })
}

impl GeoPackage {
    /// Keeps a briefing under its seal.
    ///
    /// # Errors
    /// A position that the ledger has not reached, or the disk's.
    pub fn add_briefing(&self, briefing: &Briefing) -> Result<KeptBriefing, StoreError> {
        let sql = "SELECT hash FROM ledger WHERE position = ?1";
        let position = i64::try_from(briefing.position.0).unwrap_or(i64::MAX);
        let hash: Option<Vec<u8>> =
            self.connection.query_row(sql, [position], |row| row.get(0)).optional()?;
        let head = super::read::head(&self.connection)?.position;
        let hash = hash.ok_or(StoreError::NoPosition { asked: briefing.position, head })?;
        let seal = briefing.seal(&hash).to_vec();
        let sql = "INSERT INTO briefings (code, title, position, as_of, body, seal, author, created_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let as_of = briefing.as_of.to_string();
        let Briefing { code, title, body, author, created_at, .. } = briefing;
        self.connection
            .execute(sql, params![code, title, position, as_of, body, seal, author, created_at])?;
        Ok(KeptBriefing { briefing: briefing.clone(), seal, whole: true })
    }

    /// The briefing with this code.
    ///
    /// # Errors
    /// The disk's.
    pub fn briefing(&self, code: &str) -> Result<Option<KeptBriefing>, StoreError> {
        let sql = format!("{SELECT} WHERE b.code = ?1");
        Ok(self.connection.query_row(&sql, [code], kept).optional()?)
    }

    /// All briefings, newest first.
    ///
    /// # Errors
    /// The disk's.
    pub fn briefings(&self) -> Result<Vec<KeptBriefing>, StoreError> {
        let mut statement = self.connection.prepare(&format!("{SELECT} ORDER BY b.created_at DESC"))?;
        let rows = statement.query_map([], kept)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Removes a briefing.
    ///
    /// # Errors
    /// The disk's.
    pub fn remove_briefing(&self, code: &str) -> Result<(), StoreError> {
        self.connection.execute("DELETE FROM briefings WHERE code = ?1", [code])?;
        Ok(())
    }
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
