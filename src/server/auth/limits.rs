//! What a server bounds by itself where people sign in.

/// Passwords that are checked at once: each takes 19 MB and a processor.
const CHECKED_AT_ONCE: usize = 4;
/// Tries that are counted at once: who tries to sign in must not take the database's connections from who records.
const COUNTED_AT_ONCE: usize = 4;

/// What a server bounds by itself.
pub struct Limits {
    /// Places for passwords that are being checked.
    pub checks: tokio::sync::Semaphore,
    /// Places for tries that are being counted.
    pub counting: tokio::sync::Semaphore,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            checks: tokio::sync::Semaphore::new(CHECKED_AT_ONCE),
            counting: tokio::sync::Semaphore::new(COUNTED_AT_ONCE),
        }
    }
}
