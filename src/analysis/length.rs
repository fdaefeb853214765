//! How much of an alignment is cleared.
//!
//! A station is clear when every parcel over its cross-section is; where no
//! parcel lies, the land was public already and is clear.

use crate::{
    atlas::{ProjectEntry, Snapshot},
    domain::{Day, Stage},
};

/// Cleared metres of the project's alignment on `day`; none when it has none.
pub fn cleared_length(snapshot: &Snapshot, entry: &ProjectEntry, day: Day) -> Option<f64> {
    let length = entry.length_m?;
    let pending = |(parcel, _): &(&u32, &[f32; 2])| {
        !snapshot.days(**parcel).reached(Stage::HandedOver, day) && snapshot.exists_on(**parcel, day)
    };
    let spans = entry.parcels.iter().zip(&entry.chainages).filter(pending).map(|(_, span)| *span);
    Some((length - covered(spans.collect())).max(0.0))
}

/// Length of the union of spans.
fn covered(mut spans: Vec<[f32; 2]>) -> f64 {
    spans.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let (mut sum, mut reach) = (0.0, f64::NEG_INFINITY);
    for [from, to] in spans.into_iter().map(|span| span.map(f64::from)) {
        sum += (to - from.max(reach)).max(0.0);
        reach = reach.max(to);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_that_overlap_count_once() {
        assert!((covered(vec![[50.0, 80.0], [0.0, 20.0], [10.0, 30.0], [60.0, 70.0]]) - 60.0).abs() < 1e-9);
        assert!(covered(vec![]).abs() < 1e-9);
    }
}
