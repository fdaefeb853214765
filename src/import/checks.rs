//! Checks of parcels against what the store holds.

use std::collections::{BTreeMap, HashMap};

use geo::{BooleanOps, GeodesicArea, Rect};

use crate::{
    atlas::{Extent, Snapshot},
    domain::{Day, PackedParcel, wkb},
    ingest::{Overlap, Refusal},
};

/// Overlaps below this are drawing noise, m².
const NOISE: f64 = 0.5;
/// Vertices that are compared with the store's. A parcel drawn around all others, with as many
/// corners as a file may have, would otherwise be compared for hours.
pub(super) const COMPARED: usize = 100_000_000;

type Key<'a> = (usize, usize, &'a str, &'a str);

/// Refuses parcels of unknown projects and communes and those that are there
/// already; reports overlaps, and communes that no longer exist.
pub struct AgainstStore<'a> {
    snapshot: &'a Snapshot,
    day: Day,
    known: HashMap<Key<'a>, u32>,
    /// Communes that are no more, and how many parcels name them.
    past: BTreeMap<String, usize>,
    /// Vertices that may still be compared.
    left: usize,
}

impl<'a> AgainstStore<'a> {
    /// Against what the store holds on `day`.
    pub fn new(snapshot: &'a Snapshot, day: Day) -> Self {
        let known = known_keys(snapshot, day);
        Self { snapshot, day, known, past: BTreeMap::new(), left: COMPARED }
    }

    /// Why a parcel can't be stored; what it overlaps goes to `overlaps`.
    pub fn refusal(
        &mut self,
        parcel: &PackedParcel<'_>,
        bounds: Option<Rect<f64>>,
        overlaps: &mut Vec<Overlap>,
    ) -> Option<Refusal> {
        let placed = self.placed(parcel);
        if let Ok(unit) = placed
            && !self.snapshot.units()[unit].unit.exists_on(self.day)
        {
            match self.past.get_mut(parcel.unit) {
                Some(parcels) => *parcels += 1,
                None => drop(self.past.insert(parcel.unit.to_owned(), 1)),
            }
        }
        if let Some(bounds) = bounds {
            self.overlaps(parcel, bounds, overlaps);
        }
        let (field, reason) = placed.err()?;
        Some(Refusal { feature: named(parcel), field: Some(field.to_owned()), reason })
    }

    /// What is to be told of all parcels.
    pub fn warn(self, warnings: &mut Vec<String>) {
        if self.left == 0 {
            let words = "so many boundaries lie over those in the store that not all were compared: overlaps with the store may be missing from this report";
            warnings.push(words.to_owned());
        }
        let day = self.day;
        warnings.extend(self.past.into_iter().map(|(unit, parcels)| {
            format!(
                "commune {unit} does not exist on {day}; {parcels} parcels are recorded under the last one that had this code"
            )
        }));
    }

    /// Index of the parcel's unit, or the field at fault and why.
    fn placed(&self, parcel: &PackedParcel<'_>) -> Result<usize, (&'static str, String)> {
        let PackedParcel { project: project_code, unit: unit_code, sheet, number, .. } = *parcel;
        let project = self.snapshot.project_by_code(project_code).ok_or_else(|| {
            let reason = format!(
                "no project has the code \"{project_code}\"; import it first with `matbang import projects`"
            );
            ("project", reason)
        })?;
        let unit = self.snapshot.unit_by_code(unit_code, self.day).ok_or_else(|| {
            let reason = format!(
                "no administrative unit has the code \"{unit_code}\"; import it first with `matbang import units`"
            );
            ("unit", reason)
        })?;
        if self.known.contains_key(&(project, unit, sheet, number)) {
            let key = format!("project {project_code}, commune {unit_code}, sheet {sheet}, parcel {number}");
            return Err(("number", format!("the store already holds {key}; leave it out of the file")));
        }
        Ok(unit)
    }

    fn overlaps(&mut self, parcel: &PackedParcel<'_>, bounds: Rect<f64>, found: &mut Vec<Overlap>) {
        let (snapshot, columns) = (self.snapshot, self.snapshot.parcels());
        if columns.is_empty() || self.left == 0 {
            return;
        }
        let others = snapshot.parcels_in(extent(bounds));
        let mut others = others.into_iter().filter(|other| !ended(snapshot, *other, self.day)).peekable();
        if others.peek().is_none() {
            return;
        }
        let Ok(shape) = wkb::read_area(parcel.shape) else { return };
        let corners = geo::CoordsIter::coords_count(&shape);
        for other in others {
            self.left = self.left.saturating_sub(corners);
            if self.left == 0 {
                return;
            }
            let shared = columns.arena().shape(other as usize).to_geo().intersection(&shape);
            let area = shared.geodesic_area_signed().abs();
            if area > NOISE {
                let project = &snapshot.parcel(other).project().project.code;
                found.push(Overlap {
                    a: named(parcel),
                    b: format!("{project} {}/{} (in the store)", columns.sheet(other), columns.number(other)),
                    area_m2: (area * 10.0).round() / 10.0,
                });
            }
        }
    }
}

/// A feature's number, and the parcel as its owner knows it.
pub(super) fn named(parcel: &PackedParcel<'_>) -> String {
    format!("{} (sheet {}, parcel {})", parcel.feature, parcel.sheet, parcel.number)
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

/// The extent of a box in degrees.
pub(super) fn extent(bounds: Rect<f64>) -> Extent {
    let (min, max) = (bounds.min(), bounds.max());
    Extent::from_degrees([min.x, min.y, max.x, max.y])
}
