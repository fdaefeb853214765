//! How often someone may try to sign in, so that nobody guesses a password and nobody locks another out.

use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _, clock::DefaultClock};

use super::secret_hash;
use crate::{server::edge::network, store::SecretHash};

/// Tries for a name from one address: five at once, then one a minute.
const OF_PAIR: NonZeroU32 = NonZeroU32::new(5).unwrap();
/// Tries from an address: thirty at once, then one every two seconds.
const OF_ADDRESS: NonZeroU32 = NonZeroU32::new(30).unwrap();
/// Tries for a name from all addresses from which nobody has come in by it: fifty at once, then one every half minute.
const OF_NAME: NonZeroU32 = NonZeroU32::new(50).unwrap();
/// Names with the addresses from which somebody has come in by them, at most.
const KNOWN: usize = 20_000;
/// Passwords that are checked at once: each takes 19 MB and a processor.
const CHECKED_AT_ONCE: usize = 4;

/// Wrong codes of an account whose password was right, and wrong passwords of one that is signed in, within
/// [`CODES_IN`].
const CODES: usize = 10;
/// Time in which they count.
const CODES_IN: Duration = Duration::from_hours(1);

type Pair = (SecretHash, IpAddr);

/// The limits.
pub struct Limits {
    pairs: DefaultKeyedRateLimiter<Pair>,
    names: DefaultKeyedRateLimiter<SecretHash>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    known: Mutex<HashMap<Pair, Instant>>,
    /// When wrong codes were given, by account: only who knows its password adds to them.
    codes: Mutex<HashMap<u32, Vec<Instant>>>,
    /// Places for passwords that are being checked.
    pub checks: tokio::sync::Semaphore,
}

impl Default for Limits {
    fn default() -> Self {
        let every =
            |seconds| Quota::with_period(Duration::from_secs(seconds)).unwrap_or(Quota::per_minute(OF_PAIR));
        Self {
            pairs: RateLimiter::keyed(every(60).allow_burst(OF_PAIR)),
            names: RateLimiter::keyed(every(30).allow_burst(OF_NAME)),
            addresses: RateLimiter::keyed(every(2).allow_burst(OF_ADDRESS)),
            known: Mutex::default(),
            codes: Mutex::default(),
            checks: tokio::sync::Semaphore::new(CHECKED_AT_ONCE),
        }
    }
}

/// Names are as long as somebody likes; what is kept of them is not.
fn pair(name: &str, address: IpAddr) -> Pair {
    (secret_hash(&name.to_lowercase()), network(address))
}

impl Limits {
    /// Counts a try. Who has come in from an address before is not held up by what others try elsewhere.
    ///
    /// # Errors
    /// Seconds until the next may be made.
    pub fn attempt(&self, name: &str, address: IpAddr) -> Result<(), u64> {
        let now = DefaultClock::default().now();
        self.pairs.retain_recent();
        self.names.retain_recent();
        self.addresses.retain_recent();
        let pair = pair(name, address);
        let wait = |not_until: governor::NotUntil<_>| not_until.wait_time_from(now).as_secs() + 1;
        self.addresses.check_key(&pair.1).map_err(wait)?;
        self.pairs.check_key(&pair).map_err(wait)?;
        let is_known = self.known.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&pair);
        if is_known { Ok(()) } else { self.names.check_key(&pair.0).map_err(wait) }
    }

    /// Whether another code may be tried for an account.
    ///
    /// # Errors
    /// Seconds until it may.
    pub fn code(&self, account: u32) -> Result<(), u64> {
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(wrong) = codes.get_mut(&account) else { return Ok(()) };
        wrong.retain(|at| at.elapsed() < CODES_IN);
        match wrong.first() {
            Some(first) if wrong.len() >= CODES => {
                Err(CODES_IN.saturating_sub(first.elapsed()).as_secs() + 1)
            }
            _ => Ok(()),
        }
    }

    /// A wrong code was given for an account.
    pub fn wrong_code(&self, account: u32) {
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        codes.entry(account).or_default().push(Instant::now());
    }

    /// Somebody has come in.
    pub fn came_in(&self, name: &str, address: IpAddr) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN {
            let oldest = known.iter().min_by_key(|(_, since)| **since).map(|(pair, _)| *pair);
            oldest.map(|pair| known.remove(&pair));
        }
        known.insert(pair(name, address), Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_wrong_codes_are_enough_for_an_hour() {
        let limits = Limits::default();
        (0..9).for_each(|_| limits.wrong_code(7));
        limits.code(7).unwrap();
        limits.wrong_code(7);
        let wait = limits.code(7).unwrap_err();
        assert!((3_500..=3_601).contains(&wait), "{wait}");
        limits.code(8).unwrap();
    }

    fn address(last: u32) -> IpAddr {
        IpAddr::from((0x0a00_0000 + last).to_be_bytes())
    }

    #[test]
    fn nobody_guesses_for_long_and_nobody_locks_another_out() {
        let limits = Limits::default();
        let home = address(1);
        limits.attempt("an.nguyen", home).unwrap();
        limits.came_in("an.nguyen", home);
        // From one address, then from very many.
        let tries = |from| (0..10).filter(|_| limits.attempt("An.Nguyen", address(from)).is_ok()).count();
        assert_eq!(tries(2), 5);
        let all: usize = (3..100).map(tries).sum();
        assert!(all < 50, "{all} tries were let through");
        assert!(limits.attempt("an.nguyen", address(200)).is_err());
        // Who is known at home, and who has another name, comes in all the same.
        limits.attempt("an.nguyen", home).unwrap();
        limits.attempt("binh.tran", address(200)).unwrap();
    }
}
