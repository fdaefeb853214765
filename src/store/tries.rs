//! How often something may be tried: at most so many at once, then one in each period (the generic cell rate
//! algorithm, ITU-T I.371). A key is a hash, so that what is kept of names is bounded; so is the number of keys.
//!
//! [`TriesHere`] counts in memory, for a store that one server serves. A database counts for all its servers.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{SecretHash, StoreError};

/// Keys that are counted at most; those that would be forgotten first make room.
pub(super) const MOST_KEYS: usize = 100_000;
/// Keys that are remembered at most; the oldest make room.
pub(super) const MOST_REMEMBERED: usize = 20_000;

/// Questions to the keys of an account that wait for an answer at most; the oldest make room.
pub(super) const MOST_CHALLENGES: usize = 8;

/// So many at once, then one in each period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// How many may come at once.
    pub at_once: u32,
    /// Period after which another one may come.
    pub every: Duration,
}

impl Allowance {
    /// How far ahead of now a key's time may lie for another try.
    pub(super) fn ahead(self) -> Duration {
        self.every * self.at_once.saturating_sub(1)
    }
}

/// A try under a key.
#[derive(Debug, Clone, Copy)]
pub struct Try {
    /// What is counted.
    pub key: SecretHash,
    /// How often it may be.
    pub allowance: Allowance,
    /// Not counted where this key is remembered.
    pub unless: Option<SecretHash>,
}

/// Counts of tries, of all servers of a store.
///
/// # Errors
/// Each: [`StoreError::Backend`] when the file or the database can't be read or written, [`StoreError::Gone`] when
/// the database can't be reached, [`StoreError::Row`] when a row can't be read back.
#[allow(clippy::missing_errors_doc, reason = "said once")]
pub trait Tries {
    /// Counts each try in turn up to one that comes too early: how long that one has to wait.
    fn count_tries(&self, tries: &[Try]) -> Result<Option<Duration>, StoreError>;
    /// Remembers a key for a time.
    fn remember(&self, key: &SecretHash, time: Duration) -> Result<(), StoreError>;
    /// Notes a wrong code of an account, which counts for a time.
    fn note_wrong_code(&self, account: u32, time: Duration) -> Result<(), StoreError>;
    /// How long each wrong code of an account still counts, the shortest first.
    fn wrong_codes(&self, account: u32) -> Result<Vec<Duration>, StoreError>;
    /// Keeps a question that a security key of an account has to answer within a time. Of those that are many the oldest
    /// are forgotten.
    fn keep_challenge(&self, key: &SecretHash, account: u32, time: Duration) -> Result<(), StoreError>;
    /// Takes a question away; false where the account was not asked it, its time is over, or somebody took it before.
    fn take_challenge(&self, key: &SecretHash, account: u32) -> Result<bool, StoreError>;
}

/// Counts in memory.
#[derive(Debug, Default)]
pub(super) struct TriesHere(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    /// The time from which a key counts as never tried.
    free_from: HashMap<SecretHash, Instant>,
    remembered: HashMap<SecretHash, Instant>,
    wrong: HashMap<u32, Vec<Instant>>,
    /// Questions to the keys of an account, the oldest first.
    challenges: HashMap<u32, Vec<(SecretHash, Instant)>>,
}

impl Counts {
    fn is_counted(&self, one: &Try, now: Instant) -> bool {
        let known = one.unless.and_then(|key| self.remembered.get(&key));
        known.is_none_or(|until| *until <= now)
    }

    /// How long a try has to wait.
    fn wait(&self, one: &Try, now: Instant) -> Option<Duration> {
        let free = self.free_from.get(&one.key)?;
        let wait = free.saturating_duration_since(now + one.allowance.ahead());
        (!wait.is_zero()).then_some(wait)
    }
}

/// Room for another key: what is over goes, else what would be over first.
fn make_room<K: Copy + Eq + Hash>(keys: &mut HashMap<K, Instant>, most: usize, now: Instant) {
    if keys.len() < most {
        return;
    }
    keys.retain(|_, until| *until > now);
    if keys.len() >= most {
        let mut all: Vec<(Instant, K)> = keys.iter().map(|(key, until)| (*until, *key)).collect();
        all.sort_unstable_by_key(|(until, _)| *until);
        // A tenth at once: the next ones need not look for long.
        for (_, key) in all.iter().take(most / 10 + 1) {
            keys.remove(key);
        }
    }
}

impl TriesHere {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long a try has to wait; it is not counted.
    pub fn wait(&self, one: &Try) -> Option<Duration> {
        let (counts, now) = (self.counts(), Instant::now());
        counts.wait(one, now).filter(|_| counts.is_counted(one, now))
    }
}

impl Tries for TriesHere {
    fn count_tries(&self, tries: &[Try]) -> Result<Option<Duration>, StoreError> {
        let (mut counts, now) = (self.counts(), Instant::now());
        for one in tries {
            if !counts.is_counted(one, now) {
                continue;
            }
            if let Some(wait) = counts.wait(one, now) {
                return Ok(Some(wait));
            }
            make_room(&mut counts.free_from, MOST_KEYS, now);
            let free = counts.free_from.entry(one.key).or_insert(now);
            *free = (*free).max(now) + one.allowance.every;
        }
        Ok(None)
    }

    fn remember(&self, key: &SecretHash, time: Duration) -> Result<(), StoreError> {
        let (mut counts, now) = (self.counts(), Instant::now());
        make_room(&mut counts.remembered, MOST_REMEMBERED, now);
        counts.remembered.insert(*key, now + time);
        Ok(())
    }

    fn note_wrong_code(&self, account: u32, time: Duration) -> Result<(), StoreError> {
        self.counts().wrong.entry(account).or_default().push(Instant::now() + time);
        Ok(())
    }

    fn wrong_codes(&self, account: u32) -> Result<Vec<Duration>, StoreError> {
        let (mut counts, now) = (self.counts(), Instant::now());
        let Some(wrong) = counts.wrong.get_mut(&account) else { return Ok(Vec::new()) };
        wrong.retain(|until| *until > now);
        wrong.sort_unstable();
        Ok(wrong.iter().map(|until| until.saturating_duration_since(now)).collect())
    }

    fn keep_challenge(&self, key: &SecretHash, account: u32, time: Duration) -> Result<(), StoreError> {
        let (mut counts, now) = (self.counts(), Instant::now());
        counts.challenges.retain(|_, asked| {
            asked.retain(|(_, until)| *until > now);
            !asked.is_empty()
        });
        let asked = counts.challenges.entry(account).or_default();
        asked.push((*key, now + time));
        let most = asked.len().saturating_sub(MOST_CHALLENGES);
        asked.drain(..most);
        Ok(())
    }

    fn take_challenge(&self, key: &SecretHash, account: u32) -> Result<bool, StoreError> {
        let (mut counts, now) = (self.counts(), Instant::now());
        let Some(asked) = counts.challenges.get_mut(&account) else { return Ok(false) };
        let found = asked.iter().position(|(known, until)| known == key && *until > now);
        Ok(found.map(|index| asked.remove(index)).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_made_by_those_that_would_be_over_first() {
        let now = Instant::now();
        let mut keys: HashMap<u64, Instant> =
            (0..30).map(|n| (n, now + Duration::from_secs(100 + n))).collect();
        make_room(&mut keys, 31, now);
        assert_eq!(keys.len(), 30);
        make_room(&mut keys, 30, now);
        let mut left: Vec<u64> = keys.into_keys().collect();
        left.sort_unstable();
        assert_eq!(left, (4..30).collect::<Vec<_>>());
    }
}
