//! The ledger: what was written, in an encoding of its own, sealed by a chain of hashes.
//!
//! The bytes are those of `docs/ledger.md`; they know nothing of the engine
//! that keeps them, nor of how a library prints a value. [`check`] is told
//! line by line what a store holds, and says what does not fit.

mod chain;
pub mod check;
pub mod encoding;
pub mod line;
pub mod witness;

pub use chain::{Chain, ChainFault};
pub use line::Line;
