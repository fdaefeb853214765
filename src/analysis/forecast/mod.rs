//! When will it be done?
//!
//! The ledger's own history tells how long parcels stay in each stage
//! ([`History`]); each pending parcel is led on from where it stands, many
//! times over, by chance from a fixed seed ([`forecast`]); the spread of the
//! outcomes is the answer. [`backtest`] asks the same on past days, when only
//! what was known then is used, and looks whether the truth fell inside.

mod backtest;
mod history;
mod simulate;
mod survival;

pub use backtest::{Backtest, End, Outcome, backtest};
pub use history::{History, reached};
pub use simulate::{Band, Driver, Forecast, Simulated, forecast};
pub use survival::{Durations, Survival};
