//! Land of others: parcels that somebody brings in must not lie on land of units that are not theirs.

use geo::{
    BooleanOps, BoundingRect, Contains, CoordsIter, GeodesicArea, Intersects, LinesIter, MultiPolygon, Rect,
};

use super::checks::{COMPARED, ended, extent, named};
use crate::{
    atlas::{Snapshot, UnitEntry},
    domain::{Day, Level, PackedParcel, Scope, wkb},
    ingest::Refusal,
};

/// Share of a parcel that may lie beyond a commune's boundary, and m²: boundaries are drawn less exactly than parcels.
const BEYOND: (f64, f64) = (0.05, 5.0);
/// Share of the smaller of two parcels that may lie on the other, and m², as for parts of a split.
const ON_ANOTHER: (f64, f64) = (0.02, 1.0);

/// Refuses parcels that lie on the land of communes beyond mine, or on parcels there. Where so much is drawn in one
/// place that not all of it can be compared, that is refused too.
pub struct KeepOff<'a> {
    snapshot: &'a Snapshot,
    mine: &'a Scope,
    day: Day,
    /// Vertices that may still be compared.
    left: usize,
}

impl<'a> KeepOff<'a> {
    /// Off all land that is not `mine`; none where everything is.
    pub fn new(snapshot: &'a Snapshot, day: Day, mine: &'a Scope) -> Option<Self> {
        (*mine != Scope::Everywhere).then_some(Self { snapshot, mine, day, left: COMPARED })
    }

    /// Why a parcel can't be stored.
    pub fn refusal(&mut self, parcel: &PackedParcel<'_>, bounds: Option<Rect<f64>>) -> Option<Refusal> {
        let (bounds, shape) = (bounds?, wkb::read_area(parcel.shape).ok()?);
        let reason = self.elsewhere(&shape, bounds)?;
        Some(Refusal { feature: named(parcel), field: None, reason })
    }

    /// Why a parcel lies on land of others.
    fn elsewhere(&mut self, parcel: &MultiPolygon<f64>, bounds: Rect<f64>) -> Option<String> {
        let found = match self.on_parcels(parcel, bounds) {
            Ok(None) => self.in_communes(parcel, bounds),
            found => found,
        };
        found.unwrap_or_else(|TooMuch| {
            let why = "so much is drawn here that it cannot be compared with the land of other communes; bring it in by \
                       fewer parcels at a time";
            Some(why.to_owned())
        })
    }
}

/// Too much is drawn in one place to be compared.
struct TooMuch;

impl KeepOff<'_> {
    /// m² that a parcel shares with a shape.
    fn shared(&mut self, parcel: &MultiPolygon<f64>, shape: &MultiPolygon<f64>) -> Result<f64, TooMuch> {
        self.left = self.left.saturating_sub(parcel.coords_count() + shape.coords_count());
        if self.left == 0 {
            return Err(TooMuch);
        }
        Ok(shape.intersection(parcel).geodesic_area_signed().abs())
    }

    fn on_parcels(
        &mut self,
        parcel: &MultiPolygon<f64>,
        bounds: Rect<f64>,
    ) -> Result<Option<String>, TooMuch> {
        let (snapshot, area) = (self.snapshot, area(parcel));
        let columns = snapshot.parcels();
        for other in snapshot.parcels_in(extent(bounds)) {
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
    fn in_communes(
        &mut self,
        parcel: &MultiPolygon<f64>,
        bounds: Rect<f64>,
    ) -> Result<Option<String>, TooMuch> {
        let (around, area) = (extent(bounds), area(parcel));
        let mut most: Option<(f64, &UnitEntry)> = None;
        for entry in self.snapshot.units() {
            let unit = &entry.unit;
            let is_foreign =
                unit.level == Level::Commune && unit.exists_on(self.day) && !self.mine.holds(entry.id);
            let boundary = unit.boundary.as_ref().filter(|_| is_foreign && entry.extent.touches(around));
            let Some(boundary) = boundary.filter(|boundary| meets(boundary, parcel)) else {
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
