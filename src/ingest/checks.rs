//! Checks of parcels against each other: identity and overlap.

use std::collections::HashMap;

use geo::{Area, BooleanOps, BoundingRect};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::domain::{Parcel, ParcelKey};

use super::area::area_of;
use super::report::{Overlap, Report};

/// Overlaps below are drawing inaccuracy: m², and share of the smaller parcel.
const OVERLAP_M2: f64 = 0.5;
const OVERLAP_SHARE: f64 = 0.0001;

/// A parcel with the name of its feature.
pub type Named = (String, Parcel);

/// Keeps the first parcel of each identity and refuses the others.
pub fn refuse_duplicates(parcels: Vec<Named>, report: &mut Report) -> Vec<Named> {
    let mut known: HashMap<ParcelKey, String> = HashMap::with_capacity(parcels.len());
    let mut kept = Vec::with_capacity(parcels.len());
    for (feature, parcel) in parcels {
        if let Some(first) = known.get(&parcel.key) {
            report.duplicates += 1;
            let reason = format!("repeats feature {first}: {}", parcel.key);
            report.refuse(&feature, Some("number"), reason);
            continue;
        }
        known.insert(parcel.key.clone(), feature.clone());
        kept.push((feature, parcel));
    }
    kept
}

/// Pairs of parcels that claim the same land.
pub fn overlaps(parcels: &[Named]) -> Vec<Overlap> {
    type Entry = GeomWithData<Rectangle<[f64; 2]>, usize>;
    let rect = |index: usize| {
        let rect = parcels[index].1.geometry.bounding_rect()?;
        Some(Entry::new(Rectangle::from_corners(rect.min().into(), rect.max().into()), index))
    };
    let entries: Vec<Entry> = (0..parcels.len()).filter_map(rect).collect();
    let tree = RTree::bulk_load(entries.clone());
    let around = |entry: &Entry| {
        let envelope = AABB::from_corners(entry.geom().lower(), entry.geom().upper());
        let near = tree.locate_in_envelope_intersecting(envelope).map(|other| other.data);
        near.filter(|other| *other > entry.data)
            .filter_map(|other| overlap(&parcels[entry.data], &parcels[other]))
            .collect::<Vec<_>>()
    };
    super::parallel::map(&entries, around).into_iter().flatten().collect()
}

fn overlap(a: &Named, b: &Named) -> Option<Overlap> {
    let (first, second) = (&a.1.geometry, &b.1.geometry);
    let common = first.intersection(second);
    if common.unsigned_area() <= 0.0 {
        return None;
    }
    let area = area_of(&common);
    let smaller = area_of(first).min(area_of(second));
    (area > OVERLAP_M2 && area > OVERLAP_SHARE * smaller).then(|| Overlap {
        a: a.0.clone(),
        b: b.0.clone(),
        area_m2: (area * 100.0).round() / 100.0,
    })
}
