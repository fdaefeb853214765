//! Cleared and planned area over time: S-curves.

use super::plan::PlanLine;
use crate::{atlas::Snapshot, domain::Day};

/// An S-curve on a grid of days.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// m² in all.
    pub area: f64,
    /// m² cleared by each day of the grid; days after the last known one repeat it.
    pub actual: Vec<f64>,
    /// m² planned by each day; none without a plan.
    pub planned: Option<Vec<f64>>,
}

/// Every seventh day from `first`, and `last`.
pub fn week_days(first: Day, last: Day) -> Vec<Day> {
    let weeks = last.since(first).max(0) / 7;
    let mut days: Vec<Day> = (0..=weeks).map(|week| first.plus(week * 7)).collect();
    if days.last() != Some(&last) && last > first {
        days.push(last);
    }
    days
}

/// The S-curve of `parcels` on the rising `days`.
pub fn series(snapshot: &Snapshot, parcels: &[u32], days: &[Day]) -> Series {
    let columns = snapshot.parcels();
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
    fn the_grid_begins_and_ends_on_the_days_asked_for() {
        let day = |n| Day::from_number(n).unwrap();
        assert_eq!(week_days(day(10), day(30)), [10, 17, 24, 30].map(day).to_vec());
        assert_eq!(week_days(day(10), day(24)), [10, 17, 24].map(day).to_vec());
        assert_eq!(week_days(day(10), day(10)), vec![day(10)]);
    }
}
