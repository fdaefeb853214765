//! Where parcels lie against where they should: a wrong zone moves them by dozens of kilometres, and is told together
//! with the zone that would bring them home.

use geo::{Contains, Distance, Haversine, Point, Rect};

use crate::{
    atlas::{Extent, Snapshot},
    domain::{Code, Day, Level, ZONES},
    ingest::{Misplaced, OtherZone, Report},
};

/// Metres from where they should lie beyond which parcels are taken to be misplaced.
const FAR_M: f64 = 5_000.0;

/// How far parcels `around` which this box lies are from their project, or from all land that is known where it has none
/// yet; none where they lie there. Where each is refused, because it lies in no commune, all that was read counts.
pub fn misplaced(
    snapshot: &Snapshot,
    report: &Report,
    around: Option<Rect<f64>>,
    project: Option<&Code>,
    day: Day,
) -> Option<Misplaced> {
    let read = |[west, south, east, north]: [f64; 4]| Rect::new((west, south), (east, north));
    let all = around.or_else(|| report.bounds.map(read))?;
    let middle: Point<f64> = all.center().into();
    let index = project.and_then(|project| snapshot.project_by_code(project.as_str()));
    let own = index.map(|index| snapshot.projects()[index].extent);
    let own = own.filter(|extent| !extent.is_empty());
    let units = || {
        let known = snapshot.units().iter().filter(|entry| entry.unit.exists_on(day));
        known.map(|entry| entry.extent).fold(Extent::EMPTY, Extent::join)
    };
    let expected = own.unwrap_or_else(units);
    if expected.is_empty() {
        return None;
    }
    let expected = expected.to_degrees();
    let distance = away(middle, expected);
    (distance > FAR_M).then(|| Misplaced {
        distance_km: (distance / 100.0).round() / 10.0,
        project: own.and(project).map(ToString::to_string),
        zone: other_zone(snapshot, report, middle, expected, day),
    })
}

/// Metres from a place to a rectangle (west, south, east, north); 0 inside.
fn away(point: Point<f64>, [west, south, east, north]: [f64; 4]) -> f64 {
    let nearest = Point::new(point.x().clamp(west, east), point.y().clamp(south, north));
    Haversine.distance(point, nearest)
}

/// The zone of 3 degrees by which the same metres lie where they should. Zones differ by their meridian only: what
/// lies so far east of one lies as far east of another.
fn other_zone(
    snapshot: &Snapshot,
    report: &Report,
    middle: Point<f64>,
    expected: [f64; 4],
    day: Day,
) -> Option<OtherZone> {
    let code = report.crs.code.as_deref()?.strip_prefix("EPSG:")?.parse::<u32>().ok()?;
    let used = ZONES.iter().find(|zone| zone.epsg == code && zone.is_cadastral())?.meridian?;
    let cadastral = ZONES.iter().filter(|zone| zone.is_cadastral() && zone.epsg != code);
    let moved = cadastral.filter_map(|zone| {
        let meridian = zone.meridian?;
        let point = Point::new(middle.x() + meridian - used, middle.y());
        Some((zone.epsg, meridian, point, away(point, expected)))
    });
    let (epsg, meridian, point, distance) = moved.min_by(|a, b| a.3.total_cmp(&b.3))?;
    if distance > FAR_M {
        return None;
    }
    let communes = snapshot.units().iter().map(|entry| &entry.unit);
    let mut communes = communes.filter(|unit| unit.level == Level::Commune && unit.exists_on(day));
    let unit = communes.find(|unit| unit.boundary.as_ref().is_some_and(|boundary| boundary.contains(&point)));
    Some(OtherZone { crs: format!("EPSG:{epsg}"), meridian, unit: unit.map(|unit| unit.name.clone()) })
}
