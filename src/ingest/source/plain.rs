//! A fast yes to the question whether polygons are valid.
//!
//! Parcels have a handful of corners: comparing all pairs of edges is far
//! cheaper than handing the ring to GEOS. Only a clear yes is given here;
//! anything doubtful (touching edges, holes, several parts) is GEOS's to judge.

use geo::{Coord, Kernel, Orientation, Polygon, kernels::RobustKernel};

/// Rings up to this many corners are compared pair by pair.
const MAX_CORNERS: usize = 64;

/// Whether the one polygon is a simple ring without doubt.
pub fn is_plainly_valid(polygons: &[Polygon<f64>]) -> bool {
    let [polygon] = polygons else { return false };
    let ring = &polygon.exterior().0;
    let corners = ring.len() - 1;
    if !polygon.interiors().is_empty() || !(3..=MAX_CORNERS).contains(&corners) {
        return false;
    }
    (0..corners).all(|i| {
        let (a, b) = (ring[i], ring[i + 1]);
        let next = ring[(i + 2) % corners];
        a != b
            && turns(a, b, next)
            && (i + 2..corners).filter(|j| (j + 1) % corners != i).all(|j| apart(a, b, ring[j], ring[j + 1]))
    })
}

/// Three corners in a row do not run back on themselves.
fn turns(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>) -> bool {
    let forward = (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y) > 0.0;
    forward || RobustKernel::orient2d(a, b, c) != Orientation::Collinear
}

/// The edges a–b and c–d have no point in common.
fn apart(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>, d: Coord<f64>) -> bool {
    let beside = |low: f64, high: f64, other_low: f64, other_high: f64| {
        low.max(high) < other_low.min(other_high) || other_low.max(other_high) < low.min(high)
    };
    if beside(a.x, b.x, c.x, d.x) || beside(a.y, b.y, c.y, d.y) {
        return true;
    }
    let same_side = |p, q, r, s| {
        let (one, other) = (RobustKernel::orient2d(p, q, r), RobustKernel::orient2d(p, q, s));
        one == other && one != Orientation::Collinear
    };
    same_side(a, b, c, d) || same_side(c, d, a, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gdal::vector::ToGdal;
    use proptest::prelude::*;

    fn ring(points: &[(f64, f64)]) -> Polygon<f64> {
        Polygon::new(points.iter().copied().collect(), vec![])
    }

    #[test]
    fn doubtful_rings_are_left_to_others() {
        assert!(is_plainly_valid(&[ring(&[(0., 0.), (1., 0.), (1., 1.), (0., 1.)])]));
        assert!(is_plainly_valid(&[ring(&[(0., 0.), (1., 0.), (2., 0.), (1., 1.)])]));
        assert!(!is_plainly_valid(&[ring(&[(0., 0.), (1., 1.), (1., 0.), (0., 1.)])]));
        assert!(!is_plainly_valid(&[ring(&[(0., 0.), (2., 0.), (1., 0.), (1., 1.)])]));
        assert!(!is_plainly_valid(&[ring(&[(0., 0.), (0., 0.), (1., 0.), (1., 1.)])]));
    }

    proptest! {
        #[test]
        fn a_yes_is_never_contradicted_by_geos(points in prop::collection::vec((0..6_i32, 0..6_i32), 3..9)) {
            let polygon = ring(&points.iter().map(|&(x, y)| (f64::from(x), f64::from(y))).collect::<Vec<_>>());
            if polygon.exterior().0.len() > 3 && is_plainly_valid(std::slice::from_ref(&polygon)) {
                prop_assert!(polygon.to_gdal().unwrap().is_valid());
            }
        }
    }
}
