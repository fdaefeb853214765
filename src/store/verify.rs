//! What a check of a store finds: what `matbang verify` prints.

use super::Head;

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Table.
    pub table: &'static str,
    /// Row, if it is about one.
    pub row: Option<i64>,
    /// What is wrong.
    pub what: String,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// End of the ledger as it stands in the file.
    pub head: Head,
    /// Administrative units.
    pub units: u64,
    /// Projects.
    pub projects: u64,
    /// Parcels.
    pub parcels: u64,
    /// What is wrong; empty when the store is whole.
    pub findings: Vec<Finding>,
}

/// Findings listed at most; beyond it the store needs its backup, not a longer list.
const MOST: usize = 1000;

/// Findings as they are collected.
#[derive(Debug, Default)]
pub(super) struct Findings(pub Vec<Finding>);

impl Findings {
    pub fn add(&mut self, table: &'static str, row: Option<i64>, what: impl Into<String>) {
        if self.0.len() < MOST {
            self.0.push(Finding { table, row, what: what.into() });
        }
    }
}
