//! How long parcels stay in each stage: what holds a province up.
//!
//! A stay ends when the next stage is reached. Stays that go on count for as
//! long as they were seen (Kaplan and Meier, 1958), so that what is stuck is
//! not left out of the picture.

use serde::Serialize;

use super::forecast::{Durations, Survival, reached};
use crate::{
    atlas::Snapshot,
    domain::{Day, Stage},
};

/// Stays in one stage.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Dwell {
    /// Stage in which parcels stay.
    pub stage: Stage,
    /// Stays that ended by the day.
    pub ended: u64,
    /// Stays that go on.
    pub going_on: u64,
    /// Days after which a quarter of the stays have ended; none when fewer than five ended.
    pub quarter: Option<u32>,
    /// Days after which half have.
    pub half: Option<u32>,
    /// Days after which three quarters have; none where so many have not ended in the time seen.
    pub three_quarters: Option<u32>,
}

/// Stays that must have ended before a figure is shown.
const FEWEST: u64 = 5;

/// The stays of `parcels` in each stage before the handover, as known on `day`. O(parcels).
pub fn dwells(snapshot: &Snapshot, parcels: &[u32], day: Day) -> Vec<Dwell> {
    let mut stays: [Durations; 9] = std::array::from_fn(|_| Durations::default());
    let mut counts = [(0u64, 0u64); 9];
    let mut add = |stage: Stage, days: i32, ended: bool| {
        stays[stage.number()].add(u16::try_from(days).unwrap_or(0), ended);
        let (over, open) = &mut counts[stage.number()];
        *(if ended { over } else { open }) += 1;
    };
    for &parcel in parcels.iter().filter(|parcel| snapshot.exists_on(**parcel, day)) {
        let stages = reached(snapshot, parcel, day);
        for pair in stages.windows(2) {
            add(pair[0].0, pair[1].1.since(pair[0].1), true);
        }
        if let Some((stage, since)) = stages.last().filter(|(stage, _)| *stage != Stage::HandedOver) {
            add(*stage, day.since(*since), false);
        }
    }
    let dwell = |stage: Stage| {
        let (ended, going_on) = counts[stage.number()];
        let curve = Survival::estimate(&stays[stage.number()]).filter(|_| ended >= FEWEST);
        let days = |share: f64| curve.as_ref()?.seen_at(share).map(|days| days as u32);
        Dwell { stage, ended, going_on, quarter: days(0.75), half: days(0.5), three_quarters: days(0.25) }
    };
    Stage::ALL.into_iter().filter(|stage| *stage != Stage::HandedOver).map(dwell).collect()
}
