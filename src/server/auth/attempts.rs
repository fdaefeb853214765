//! How often someone may try to sign in, so that nobody guesses a password and nobody locks another out.
//!
//! The store counts: whoever tries at one server after the other has no more tries than at one.

use std::{net::IpAddr, time::Duration};

use super::{
    log::{self, RefusalReason},
    secret_hash,
};
use crate::{
    server::{app::App, edge::network, problem::Problem},
    store::{Allowance, SecretHash, Store, StoreError, Try},
};

/// Tries for a name from one address: five at once, then one a minute.
const OF_PAIR: Allowance = Allowance { at_once: 5, every: Duration::from_mins(1) };
/// Tries from an address: thirty at once, then one every two seconds.
const OF_ADDRESS: Allowance = Allowance { at_once: 30, every: Duration::from_secs(2) };
/// Tries for a name from all addresses from which nobody has come in by it: fifty at once, then one every half minute.
const OF_NAME: Allowance = Allowance { at_once: 50, every: Duration::from_secs(30) };
/// How long an address counts from which somebody has come in by a name.
const KNOWN: Duration = Duration::from_hours(90 * 24);

/// Wrong codes of an account whose password was right, and wrong passwords of one that is signed in, within
/// [`CODES_IN`].
const CODES: usize = 10;
/// Time in which they count.
const CODES_IN: Duration = Duration::from_hours(1);

/// Keys of a name from an address, of the name and of the address. Names are as long as somebody likes; what is kept of
/// them is not.
fn keys(name: &str, address: IpAddr) -> [SecretHash; 3] {
    let (name, address) = (name.to_lowercase(), network(address));
    // No name holds the character between.
    [
        secret_hash(&format!("pair\u{1f}{name}\u{1f}{address}")),
        secret_hash(&format!("name\u{1f}{name}")),
        secret_hash(&format!("address\u{1f}{address}")),
    ]
}

/// Counts a try. Who has come in from an address before is not held up by what others try elsewhere.
fn count(store: &dyn Store, name: &str, address: IpAddr) -> Result<Option<Duration>, StoreError> {
    let [pair, name, address] = keys(name, address);
    store.count_tries(&[
        Try { key: address, allowance: OF_ADDRESS, unless: None },
        Try { key: pair, allowance: OF_PAIR, unless: None },
        Try { key: name, allowance: OF_NAME, unless: Some(pair) },
    ])
}

/// How long no other code may be tried for an account.
fn wait_for_code(store: &dyn Store, account: u32) -> Result<Option<Duration>, StoreError> {
    let wrong = store.wrong_codes(account)?;
    Ok(wrong.get(wrong.len().wrapping_sub(CODES)).copied())
}

/// Why somebody may not try now.
pub enum Refused {
    /// Seconds until they may.
    Wait(u64),
    /// The store can't be asked.
    Problem(Problem),
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Wait(seconds) => Self::too_often(seconds),
            Refused::Problem(problem) => problem,
        }
    }
}

impl App {
    async fn counted<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Refused> {
        let permit = self.auth.limits.counting.acquire().await;
        let _permit = permit.map_err(|e| Refused::Problem(Problem::internal(&e)))?;
        self.with_store(work).await.map_err(Refused::Problem)
    }

    /// Counts a try to sign in.
    ///
    /// # Errors
    /// How long the next one has to wait; a store that can't be asked.
    pub(super) async fn attempt(&self, name: &str, address: IpAddr) -> Result<(), Refused> {
        let name = name.to_owned();
        waited(self.counted(move |store| count(store, &name, address)).await?)
    }

    /// Whether another code may be tried for an account.
    ///
    /// # Errors
    /// As [`App::attempt`].
    pub(super) async fn may_try_code(&self, account: u32) -> Result<(), Refused> {
        waited(self.counted(move |store| wait_for_code(store, account)).await?)
    }

    /// A wrong code was given for an account.
    ///
    /// # Errors
    /// A store that can't be asked.
    pub(super) async fn wrong_code(&self, account: u32) -> Result<(), Problem> {
        Ok(self.counted(move |store| store.note_wrong_code(account, CODES_IN)).await?)
    }

    /// Somebody has come in.
    ///
    /// # Errors
    /// A store that can't be asked.
    pub(super) async fn came_in(&self, name: &str, address: IpAddr) -> Result<(), Problem> {
        let [pair, ..] = keys(name, address);
        Ok(self.counted(move |store| store.remember(&pair, KNOWN)).await?)
    }
}

fn waited(wait: Option<Duration>) -> Result<(), Refused> {
    wait.map_or(Ok(()), |wait| Err(Refused::Wait(wait.as_secs() + 1)))
}

/// Tells the log of who tries too often.
pub fn limited(refused: Refused, account: Option<&str>, from: Option<IpAddr>) -> Problem {
    if matches!(refused, Refused::Wait(_)) {
        log::not_signed_in(account, RefusalReason::Limit, from);
    }
    refused.into()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::open_or_create;

    fn store() -> (tempfile::TempDir, Arc<dyn Store>) {
        let folder = tempfile::tempdir().unwrap();
        let store = open_or_create(&folder.path().join("s.gpkg")).unwrap();
        (folder, store)
    }

    #[test]
    fn ten_wrong_codes_are_enough_for_an_hour() {
        let (_folder, store) = store();
        (0..9).for_each(|_| store.note_wrong_code(7, CODES_IN).unwrap());
        assert_eq!(wait_for_code(&*store, 7).unwrap(), None);
        store.note_wrong_code(7, CODES_IN).unwrap();
        let wait = wait_for_code(&*store, 7).unwrap().unwrap().as_secs();
        assert!((3_500..=3_600).contains(&wait), "{wait}");
        assert_eq!(wait_for_code(&*store, 8).unwrap(), None);
    }

    fn address(last: u32) -> IpAddr {
        IpAddr::from((0x0a00_0000 + last).to_be_bytes())
    }

    #[test]
    fn nobody_guesses_for_long_and_nobody_locks_another_out() {
        let (_folder, store) = store();
        let home = address(1);
        let may = |name: &str, from| count(&*store, name, from).unwrap().is_none();
        assert!(may("an.nguyen", home));
        let [pair, ..] = keys("an.nguyen", home);
        store.remember(&pair, KNOWN).unwrap();
        // From one address, then from very many.
        let tries = |from| (0..10).filter(|_| may("An.Nguyen", address(from))).count();
        assert_eq!(tries(2), 5);
        let all: usize = (3..100).map(tries).sum();
        assert!(all < 50, "{all} tries were let through");
        assert!(!may("an.nguyen", address(200)));
        // Who is known at home, and who has another name, comes in all the same.
        assert!(may("an.nguyen", home));
        assert!(may("binh.tran", address(200)));
    }
}
