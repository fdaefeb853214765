//! Signed ends of the ledger: what signs them, and the file elsewhere that keeps them.

use std::{
    collections::VecDeque,
    io::Write as _,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use serde_json::json;

use crate::store::{
    Head,
    ledger::witness::{HeadKey, SignedHead},
};

/// Signed heads that are given.
const LISTED: usize = 100;

/// What signs, and where it is kept.
#[derive(Debug, Default)]
pub struct Witness {
    key: Option<HeadKey>,
    file: Option<PathBuf>,
    signed: Mutex<VecDeque<SignedHead>>,
}

impl Witness {
    /// Signs by `key`, if there is one, and adds lines to `file`.
    pub fn new(key: Option<HeadKey>, file: Option<PathBuf>) -> Self {
        Self { key, file, signed: Mutex::default() }
    }

    fn last(&self) -> Option<SignedHead> {
        self.signed.lock().unwrap_or_else(PoisonError::into_inner).front().cloned()
    }

    /// Adds a line to the file, on the disk before it is published.
    fn keep(&self, signed: SignedHead) -> std::io::Result<()> {
        if let Some(path) = &self.file {
            let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
            writeln!(file, "{}", json!(signed))?;
            file.sync_data()?;
        }
        let mut all = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_front(signed);
        all.truncate(LISTED);
        Ok(())
    }

    /// The key to hold signed heads against; none where nothing is signed.
    pub fn public_key(&self) -> Option<String> {
        self.key.as_ref().map(HeadKey::public)
    }

    /// The last signed ends, newest first.
    pub fn signed(&self) -> Vec<SignedHead> {
        self.signed.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// Signs the ledger's end as it is at a moment, milliseconds since 1970-01-01T00:00Z, if it is another one than the
    /// last that was signed.
    ///
    /// # Errors
    /// When the line can't be added to the file; nothing is published then.
    pub fn sign(&self, head: &Head, at: i64) -> std::io::Result<()> {
        let Some(key) = &self.key else { return Ok(()) };
        if self.last().is_some_and(|last| last.position == head.position) {
            return Ok(());
        }
        self.keep(key.sign(head.position, &head.hash, at))
    }
}
