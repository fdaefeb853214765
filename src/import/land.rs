//! Land of others: parcels that somebody brings in must not lie on land of units that are not theirs.

use geo::{
    BooleanOps, BoundingRect, Contains, CoordsIter, GeodesicArea, Intersects, LinesIter, MultiPolygon,
};

use super::checks::{COMPARED, ended, extent, keep, named};
use crate::{
    atlas::{Snapshot, UnitEntry},
    domain::{Day, Level, Parcel, Scope},
    ingest::{Batch, Refusal},
};

/// Share of a parcel that may lie beyond a commune's boundary, and m²: boundaries are drawn less exactly than parcels.
const BEYOND: (f64, f64) = (0.05, 5.0);
/// Share of the smaller of two parcels that may lie on the other, and m², as for parts of a split.
const ON_ANOTHER: (f64, f64) = (0.02, 1.0);

/// Refuses parcels that lie on the land of communes beyond `mine`, or on parcels there. Where so much is drawn in one
/// place that not all of it can be compared, that is refused too.
pub fn keep_off(snapshot: &Snapshot, batch: &mut Batch<Parcel>, day: Day, mine: &Scope) {
    if *mine == Scope::Everywhere {
        return;
    }
    let mut refused = vec![false; batch.records.len()];
    let mut left = COMPARED;
    for (index, parcel) in batch.records.iter().enumerate() {
        if let Some(reason) = elsewhere(snapshot, parcel, day, mine, &mut left) {
            refused[index] = true;
            let feature = named(&batch.features[index], &parcel.key);
            batch.report.refused.push(Refusal { feature, field: None, reason });
        }
    }
    keep(&mut batch.records, &refused);
    keep(&mut batch.features, &refused);
    batch.report.accepted = batch.records.len();
}

/// Too much is drawn in one place to be compared.
struct TooMuch;

/// A parcel, and how much may still be compared.
struct Looked<'a> {
    snapshot: &'a Snapshot,
    mine: &'a Scope,
    day: Day,
    left: &'a mut usize,
}

/// Why a parcel lies on land of others.
fn elsewhere(
    snapshot: &Snapshot,
    parcel: &Parcel,
    day: Day,
    mine: &Scope,
    left: &mut usize,
) -> Option<String> {
    let mut looked = Looked { snapshot, mine, day, left };
    let found = match looked.on_parcels(parcel) {
        Ok(None) => looked.in_communes(parcel),
        found => found,
    };
    found.unwrap_or_else(|TooMuch| {
        let why = "so much is drawn here that it cannot be compared with the land of other communes; bring it in by \
                   fewer parcels at a time";
        Some(why.to_owned())
    })
}

impl Looked<'_> {
    /// m² that a parcel shares with a shape.
    fn shared(&mut self, parcel: &Parcel, shape: &MultiPolygon<f64>) -> Result<f64, TooMuch> {
        *self.left = self.left.saturating_sub(parcel.geometry.coords_count() + shape.coords_count());
        if *self.left == 0 {
            return Err(TooMuch);
        }
        Ok(shape.intersection(&parcel.geometry).geodesic_area_signed().abs())
    }

    fn on_parcels(&mut self, parcel: &Parcel) -> Result<Option<String>, TooMuch> {
        let (snapshot, area) = (self.snapshot, area(&parcel.geometry));
        let columns = snapshot.parcels();
        for other in snapshot.parcels_in(extent(parcel)) {
            let entry = snapshot.parcel(other).unit();
            if ended(snapshot, other, self.day) || self.mine.holds(entry.id) {
                continue;
            }
            let shape = columns.arena().shape(other as usize).to_geo();
            let shared = self.shared(parcel, &shape)?;
            if shared > ON_ANOTHER.1 && shared > self::area(&shape).min(area) * ON_ANOTHER.0 {
                return Ok(Some(format!(
                    "{shared:.1} m² of it lie on parcel {}/{} of {} ({}), which is not yours",
                    columns.sheet(other),
                    columns.number(other),
                    entry.unit.name,
                    entry.unit.code
                )));
            }
        }
        Ok(None)
    }

    /// Of several communes the one that has most of it is named.
    fn in_communes(&mut self, parcel: &Parcel) -> Result<Option<String>, TooMuch> {
        let (around, area) = (extent(parcel), area(&parcel.geometry));
        let mut most: Option<(f64, &UnitEntry)> = None;
        for entry in self.snapshot.units() {
            let unit = &entry.unit;
            let is_foreign =
                unit.level == Level::Commune && unit.exists_on(self.day) && !self.mine.holds(entry.id);
            let boundary = unit.boundary.as_ref().filter(|_| is_foreign && entry.extent.touches(around));
            let Some(boundary) = boundary.filter(|boundary| meets(boundary, &parcel.geometry)) else {
                continue;
            };
            let shared = self.shared(parcel, boundary)?;
            if shared > BEYOND.1 && shared > area * BEYOND.0 && most.is_none_or(|(before, _)| shared > before)
            {
                most = Some((shared, entry));
            }
        }
        Ok(most.map(|(shared, entry)| {
            format!(
                "{shared:.1} m² of it lie in {} ({}), which is not yours; who manages both brings it in",
                entry.unit.name, entry.unit.code
            )
        }))
    }
}

fn area(shape: &MultiPolygon<f64>) -> f64 {
    shape.geodesic_area_signed().abs()
}

/// Whether two shapes may share land, told cheaply: a boundary of thousands of corners lies mostly elsewhere.
fn meets(boundary: &MultiPolygon<f64>, parcel: &MultiPolygon<f64>) -> bool {
    let Some(rect) = parcel.bounding_rect() else { return false };
    let passes = boundary.lines_iter().any(|line| line.bounding_rect().intersects(&rect));
    passes || boundary.contains(&geo::Point::from(rect.center()))
}
