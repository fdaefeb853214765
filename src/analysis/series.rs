//! Cleared and planned area over time: S-curves, exact for each day.

use super::{plan::PlanLine, standing};
use crate::{atlas::Snapshot, domain::Day};

/// An S-curve, day by day.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// m² in all.
    pub area: f64,
    /// m² cleared by each day; days after the last known one repeat it.
    pub actual: Vec<f64>,
    /// m² planned by each day; none without a plan.
    pub planned: Option<Vec<f64>>,
}

/// Every day from `first` to `last`.
pub fn each_day(first: Day, last: Day) -> Vec<Day> {
    (0..=last.since(first).max(0)).map(|offset| first.plus(offset)).collect()
}

/// The days on which `parcels` were handed over, rising, each with the m²
/// cleared in all by its end: the curve of [`series`] without its level stretches.
pub fn steps(snapshot: &Snapshot, parcels: &[u32]) -> Vec<(Day, f64)> {
    let cleared = |parcel: &u32| {
        let on = snapshot.days(*parcel).cleared_on().filter(|on| snapshot.exists_on(*parcel, *on))?;
        Some((on, snapshot.parcels().recovered(*parcel).tenths()))
    };
    let mut all: Vec<(Day, u64)> = parcels.iter().filter_map(cleared).collect();
    all.sort_unstable();
    let mut sum = 0;
    let by_day = all.chunk_by(|a, b| a.0 == b.0).map(|same| {
        sum += same.iter().map(|(_, area)| area).sum::<u64>();
        (same[0].0, sum as f64 / 10.0)
    });
    by_day.collect()
}

/// The S-curve of `parcels` on the rising `days`.
pub fn series(snapshot: &Snapshot, parcels: &[u32], days: &[Day]) -> Series {
    let columns = snapshot.parcels();
    let parcels = &*standing(snapshot, parcels, days.last().copied().unwrap_or(Day::LAST));
    // Tenths of m²: sums are exact, whatever the order.
    let mut steps = vec![0u64; days.len() + 1];
    let mut area = 0u64;
    for &parcel in parcels {
        let own = columns.recovered(parcel).tenths();
        area += own;
        if let Some(on) = snapshot.days(parcel).cleared_on() {
            steps[days.partition_point(|day| *day < on)] += own;
        }
    }
    let mut sum = 0;
    let actual = steps[..days.len()].iter().map(|step| {
        sum += step;
        sum as f64 / 10.0
    });
    Series {
        area: area as f64 / 10.0,
        actual: actual.collect(),
        planned: PlanLine::of(snapshot, parcels)
            .map(|plan| days.iter().map(|day| plan.area_on(*day)).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_among_the_days() {
        let day = |n| Day::from_number(n).unwrap();
        assert_eq!(each_day(day(10), day(12)), [10, 11, 12].map(day).to_vec());
        assert_eq!(each_day(day(10), day(10)), vec![day(10)]);
    }
}
