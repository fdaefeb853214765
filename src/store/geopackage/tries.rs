//! What a file has beside its rows while one process serves it: counts of tries, in memory.

use std::time::Duration;

use super::GeoPackage;
use crate::store::{SecretHash, Shared, Sharing, StoreResult, Tries, Try};

impl Tries for GeoPackage {
    fn count_tries(&self, tries: &[Try]) -> StoreResult<Option<Duration>> {
        self.tries.count_tries(tries)
    }

    fn remember(&self, key: &SecretHash, time: Duration) -> StoreResult<()> {
        self.tries.remember(key, time)
    }

    fn note_wrong_code(&self, account: u32, time: Duration) -> StoreResult<()> {
        self.tries.note_wrong_code(account, time)
    }

    fn wrong_codes(&self, account: u32) -> StoreResult<Vec<Duration>> {
        self.tries.wrong_codes(account)
    }

    fn keep_challenge(&self, key: &SecretHash, account: u32, time: Duration) -> StoreResult<()> {
        self.tries.keep_challenge(key, account, time)
    }

    fn take_challenge(&self, key: &SecretHash, account: u32) -> StoreResult<bool> {
        self.tries.take_challenge(key, account)
    }
}

impl Sharing for GeoPackage {
    fn shared(&self) -> Option<&dyn Shared> {
        None
    }
}
