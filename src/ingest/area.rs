//! Areas on the ellipsoid.

use geo::orient::{Direction, Orient};
use geo::{GeodesicArea, MultiPolygon};

/// Area in m² on the WGS 84 ellipsoid (Karney 2013, through `geo`), of
/// polygons in degrees, whatever the direction of their rings.
pub fn area_of(polygons: &MultiPolygon<f64>) -> f64 {
    polygons.orient(Direction::Default).geodesic_area_signed().abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn an_area_does_not_depend_on_the_direction_of_the_ring() {
        let west_first = polygon![(x: 105.9, y: 20.5), (x: 105.901, y: 20.5), (x: 105.901, y: 20.501)];
        let mut other = west_first.clone();
        other.exterior_mut(|ring| ring.0.reverse());
        let (a, b) = (area_of(&west_first.into()), area_of(&other.into()));
        // Half of 104.35 m × 110.71 m.
        assert!((a - 5776.0).abs() < 5.0, "{a}");
        assert!((a - b).abs() < 1e-6);
    }
}
