//! Checks of parcels against what the store holds.

use std::collections::{BTreeMap, HashMap};

use geo::{BooleanOps, GeodesicArea};

use crate::{
    atlas::{Extent, Snapshot, WorldPoint},
    domain::{Day, Parcel, ParcelKey},
    ingest::{Batch, Overlap, Refusal},
};

/// Overlaps below this are drawing noise, m².
const NOISE: f64 = 0.5;
/// Vertices that are compared with the store's. A parcel drawn around all others, with as many
/// corners as a file may have, would otherwise be compared for hours.
pub(super) const COMPARED: usize = 100_000_000;

/// Refuses parcels of unknown projects and communes and those that are there
/// already; reports overlaps, and communes that no longer exist.
pub fn against_store(snapshot: &Snapshot, batch: &mut Batch<Parcel>, day: Day) {
    let known = known_keys(snapshot, day);
    let mut past: BTreeMap<&str, usize> = BTreeMap::new();
    let mut refused = vec![false; batch.records.len()];
    let mut left = COMPARED;
    for (index, parcel) in batch.records.iter().enumerate() {
        let feature = || named(&batch.features[index], &parcel.key);
        match placed(snapshot, &known, &parcel.key, day) {
            Err((field, reason)) => {
                refused[index] = true;
                let field = Some(field.to_owned());
                batch.report.refused.push(Refusal { feature: feature(), field, reason });
            }
            Ok(unit) if !snapshot.units()[unit].unit.exists_on(day) => {
                *past.entry(parcel.key.unit.as_str()).or_default() += 1;
            }
            Ok(_) => {}
        }
        overlaps(snapshot, parcel, day, &feature, &mut left, &mut batch.report.overlaps);
    }
    if left == 0 {
        let words = "so many boundaries lie over those in the store that not all were compared: overlaps with the store may be missing from this report";
        batch.report.warnings.push(words.to_owned());
    }
    for (unit, parcels) in past {
        batch.report.warnings.push(format!(
            "commune {unit} does not exist on {day}; {parcels} parcels are recorded under the last one that had this code"
        ));
    }
    keep(&mut batch.records, &refused);
    keep(&mut batch.features, &refused);
    batch.report.accepted = batch.records.len();
}

pub(super) fn keep<T>(all: &mut Vec<T>, refused: &[bool]) {
    let mut refused = refused.iter();
    all.retain(|_| !refused.next().is_some_and(|refused| *refused));
}

/// A feature's number, and the parcel as its owner knows it.
pub(super) fn named(feature: &str, key: &ParcelKey) -> String {
    format!("{feature} (sheet {}, parcel {})", key.sheet, key.number)
}

type Key<'a> = (usize, usize, &'a str, &'a str);

/// Index of the parcel's unit, or the field at fault and why.
fn placed(
    snapshot: &Snapshot,
    known: &HashMap<Key<'_>, u32>,
    key: &ParcelKey,
    day: Day,
) -> Result<usize, (&'static str, String)> {
    let project = snapshot.project_by_code(key.project.as_str()).ok_or_else(|| {
        let reason = format!(
            "no project has the code \"{}\"; import it first with `matbang import projects`",
            key.project
        );
        ("project", reason)
    })?;
    let unit = snapshot.unit_by_code(key.unit.as_str(), day).ok_or_else(|| {
        let reason = format!(
            "no administrative unit has the code \"{}\"; import it first with `matbang import units`",
            key.unit
        );
        ("unit", reason)
    })?;
    if known.contains_key(&(project, unit, key.sheet.as_str(), key.number.as_str())) {
        return Err(("number", format!("the store already holds {key}; leave it out of the file")));
    }
    Ok(unit)
}

/// What was withdrawn, split or merged has freed its number.
fn known_keys(snapshot: &Snapshot, day: Day) -> HashMap<Key<'_>, u32> {
    let columns = snapshot.parcels();
    let key = |parcel| {
        (columns.project(parcel), columns.unit(parcel), columns.sheet(parcel), columns.number(parcel))
    };
    let standing = (0..columns.len() as u32).filter(|parcel| !ended(snapshot, *parcel, day));
    standing.map(|parcel| (key(parcel), parcel)).collect()
}

pub(super) fn ended(snapshot: &Snapshot, parcel: u32, day: Day) -> bool {
    snapshot.marks(parcel).and_then(|marks| marks.ended).is_some_and(|ended| ended <= day)
}

/// The extent of a parcel.
pub(super) fn extent(parcel: &Parcel) -> Extent {
    let coords = parcel.geometry.iter().flat_map(|polygon| polygon.exterior().coords());
    coords.fold(Extent::EMPTY, |extent, c| extent.with(WorldPoint::from_degrees(c.x, c.y)))
}

fn overlaps(
    snapshot: &Snapshot,
    parcel: &Parcel,
    day: Day,
    feature: &impl Fn() -> String,
    left: &mut usize,
    found: &mut Vec<Overlap>,
) {
    let corners = parcel.geometry.iter().flat_map(|polygon| {
        std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(|ring| ring.0.len())
    });
    let corners: usize = corners.sum();
    let around = extent(parcel);
    for other in snapshot.parcels_in(around).into_iter().filter(|other| !ended(snapshot, *other, day)) {
        *left = left.saturating_sub(corners);
        if *left == 0 {
            return;
        }
        let columns = snapshot.parcels();
        let shared = columns.arena().shape(other as usize).to_geo().intersection(&parcel.geometry);
        let area = shared.geodesic_area_signed().abs();
        if area > NOISE {
            let project = &snapshot.parcel(other).project().project.code;
            found.push(Overlap {
                a: feature(),
                b: format!("{project} {}/{} (in the store)", columns.sheet(other), columns.number(other)),
                area_m2: (area * 10.0).round() / 10.0,
            });
        }
    }
}
