//! How many parcels carry each mark of the law.

use std::collections::BTreeMap;

use super::spread::spread;
use crate::{
    atlas::Snapshot,
    domain::{Day, law::MarkCode},
};

/// The marks that a parcel carries on `day`, each once, the heaviest first.
pub fn mark_codes(snapshot: &Snapshot, parcel: u32, day: Day) -> Vec<MarkCode> {
    let marks = snapshot.law().marks(&snapshot.file(parcel).until(day), day);
    let mut codes: Vec<MarkCode> = marks.iter().map(|mark| mark.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Parcels by the marks that they carry on `day`; a parcel with two marks counts for both. O(parcels) on all
/// processors.
pub fn marked(snapshot: &Snapshot, parcels: &[u32], day: Day) -> BTreeMap<MarkCode, u64> {
    let codes = spread(parcels, |run| {
        let mut found = Vec::new();
        for parcel in run.iter().filter(|parcel| snapshot.exists_on(**parcel, day)) {
            found.extend(mark_codes(snapshot, *parcel, day));
        }
        found
    });
    let mut counts = BTreeMap::new();
    codes.into_iter().for_each(|code| *counts.entry(code).or_default() += 1);
    counts
}
