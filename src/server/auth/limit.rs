//! How often someone may try to sign in.

use std::{net::IpAddr, num::NonZeroU32, time::Duration};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _, clock::DefaultClock};

/// Tries for a name: five at once, then one a minute.
const OF_NAME: NonZeroU32 = NonZeroU32::new(5).unwrap();
/// Tries from an address: thirty at once, then one every two seconds.
const OF_ADDRESS: NonZeroU32 = NonZeroU32::new(30).unwrap();

/// The limits.
pub struct Limits {
    names: DefaultKeyedRateLimiter<String>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
}

impl Default for Limits {
    fn default() -> Self {
        let every =
            |seconds| Quota::with_period(Duration::from_secs(seconds)).unwrap_or(Quota::per_minute(OF_NAME));
        Self {
            names: RateLimiter::keyed(every(60).allow_burst(OF_NAME)),
            addresses: RateLimiter::keyed(every(2).allow_burst(OF_ADDRESS)),
        }
    }
}

impl Limits {
    /// Counts a try.
    ///
    /// # Errors
    /// Seconds until the next may be made.
    pub fn attempt(&self, name: &str, address: IpAddr) -> Result<(), u64> {
        let now = DefaultClock::default().now();
        self.names.retain_recent();
        self.addresses.retain_recent();
        let wait = |not_until: governor::NotUntil<_>| not_until.wait_time_from(now).as_secs() + 1;
        self.addresses.check_key(&address).map_err(wait)?;
        self.names.check_key(&name.to_lowercase()).map_err(wait)
    }
}
