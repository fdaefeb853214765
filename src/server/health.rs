//! How the threads behind the answers fare.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::store::StoreError;

/// How the threads behind the answers fare.
#[derive(Debug)]
pub struct Health {
    writes: AtomicBool,
    follows: AtomicBool,
    /// Whether the store could be reached when it was last asked.
    reaches: AtomicBool,
}

impl Default for Health {
    fn default() -> Self {
        Self { writes: AtomicBool::new(true), follows: AtomicBool::new(true), reaches: AtomicBool::new(true) }
    }
}

impl Health {
    /// The writer has written, or could have.
    pub fn wrote(&self) {
        self.writes.store(true, Ordering::Relaxed);
    }

    /// Whether the store can be reached.
    pub fn reaches(&self, reaches: bool) {
        self.reaches.store(reaches, Ordering::Relaxed);
    }

    /// The writer could not write; waiting for somebody else is no fault.
    pub fn could_not_write(&self, error: &StoreError) {
        if error.is_gone() {
            return self.reaches(false);
        }
        self.writes.store(error.is_busy(), Ordering::Relaxed);
    }

    /// Whether recording works.
    pub fn may_write(&self) -> bool {
        self.writes.load(Ordering::Relaxed) && self.reaches.load(Ordering::Relaxed)
    }

    /// Whether the view follows the ledger, as it was last said.
    pub fn is_following(&self) -> bool {
        self.follows.load(Ordering::Relaxed)
    }

    /// Says whether the view follows the ledger.
    pub fn follows(&self, follows: bool) {
        self.follows.store(follows, Ordering::Relaxed);
        metrics::gauge!("matbang_following").set(f64::from(u8::from(follows)));
    }
}
