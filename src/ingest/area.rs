//! Areas on the ellipsoid.
//!
//! Parcels have short edges, for which the equal-area cylindrical projection
//! of the ellipsoid gives the geodesic area within 0.02 m² (areas are kept to
//! 0.1 m²) without solving a geodesic an edge; longer edges are geodesics.

use geo::orient::{Direction, Orient};
use geo::{Coord, GeodesicArea, LineString, MultiPolygon, Polygon};

/// WGS 84: semi-major axis in metres and first eccentricity squared.
const A: f64 = 6_378_137.0;
const E2: f64 = 0.006_694_379_990_141_317;

/// Edges up to this long in degrees, some 100 m, are straight in the
/// projection: at 20° N the geodesic strays less than 0.1 mm from it.
const SHORT_EDGE: f64 = 0.001;

/// Area in m² on the WGS 84 ellipsoid of polygons in degrees, whatever the
/// direction of their rings. Geodesics after Karney 2013, through `geo`.
pub fn area_of(polygons: &MultiPolygon<f64>) -> f64 {
    polygons.iter().map(area_of_polygon).sum()
}

/// As [`area_of`], of one polygon.
pub fn area_of_polygon(polygon: &Polygon<f64>) -> f64 {
    let rings = || std::iter::once(polygon.exterior()).chain(polygon.interiors());
    let is_short = |[a, b]: &[Coord<f64>; 2]| (a.x - b.x).abs().max((a.y - b.y).abs()) <= SHORT_EDGE;
    if !rings().all(|ring| ring.0.array_windows().all(is_short)) {
        return polygon.orient(Direction::Default).geodesic_area_signed().abs();
    }
    let holes: f64 = polygon.interiors().iter().map(projected_area).sum();
    (projected_area(polygon.exterior()) - holes).max(0.0)
}

/// Area of a ring in the equal-area projection: x = a λ, y = a q(φ) / 2.
fn projected_area(ring: &LineString<f64>) -> f64 {
    let point = |c: &Coord<f64>| (c.x.to_radians(), authalic(c.y));
    let mut points = ring.0.iter().map(point);
    // Counted from a corner, or the digits of a small ring would be lost.
    let Some((x0, y0)) = points.next() else { return 0.0 };
    let (mut doubled, mut before) = (0.0, (0.0, 0.0));
    for (x, y) in points {
        let here = (x - x0, y - y0);
        doubled += before.0 * here.1 - here.0 * before.1;
        before = here;
    }
    (doubled / 2.0 * A * A / 2.0).abs()
}

/// q(φ) of Snyder, Map Projections (USGS 1395, 1987), equation 3-12.
fn authalic(latitude: f64) -> f64 {
    let (sin, e) = (latitude.to_radians().sin(), E2.sqrt());
    (1.0 - E2) * (sin / (1.0 - E2 * sin * sin) + (e * sin).atanh() / e)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;
    use proptest::prelude::*;

    #[test]
    fn an_area_does_not_depend_on_the_direction_of_the_ring() {
        for scale in [1.0, 0.5] {
            let d = 0.001_000_1 * scale;
            let west_first =
                polygon![(x: 105.9, y: 20.5), (x: 105.9 + d, y: 20.5), (x: 105.9 + d, y: 20.5 + d)];
            let mut other = west_first.clone();
            other.exterior_mut(|ring| ring.0.reverse());
            let (a, b) = (area_of(&west_first.into()), area_of(&other.into()));
            // Half of 104.35 m × 110.71 m.
            assert!((a - 5776.0 * scale * scale).abs() < 5.0, "{a}");
            assert!((a - b).abs() < 1e-6);
        }
    }

    proptest! {
        #[test]
        fn short_edges_give_the_geodesic_area(
            lat in 8.5..23.0_f64,
            corners in prop::array::uniform4((0.0..0.0009_f64, 0.0..0.0009_f64)),
        ) {
            let ring: LineString<f64> = corners.iter().map(|(x, y)| (105.0 + x, lat + y)).collect();
            let hull = geo::ConvexHull::convex_hull(&Polygon::new(ring, vec![]));
            let geodesic = hull.orient(Direction::Default).geodesic_area_signed().abs();
            let area = area_of_polygon(&hull);
            prop_assert!((area - geodesic).abs() < 0.02, "{area} {geodesic}");
        }

        #[test]
        fn a_hole_is_no_land(side in 0.0001..0.0009_f64) {
            let square = |d: f64| polygon![(x: 105.0, y: 20.0), (x: 105.0 + d, y: 20.0), (x: 105.0 + d, y: 20.0 + d), (x: 105.0, y: 20.0 + d)];
            let (outer, hole) = (square(0.0009), square(side));
            let both = Polygon::new(outer.exterior().clone(), vec![hole.exterior().clone()]);
            let expected = area_of_polygon(&outer) - area_of_polygon(&hole);
            prop_assert!((area_of_polygon(&both) - expected).abs() < 1e-6);
        }
    }
}
