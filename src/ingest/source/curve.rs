//! Lines and curves as chains of points; arcs become chords.
//!
//! GDAL could do it, but gives back curves again from every operation that the
//! safe binding has.

use gdal::vector::{Geometry, OGRwkbGeometryType, geometry_type_flatten};
use geo::Coord;

/// Widest angle that one chord spans: 4°, as in GDAL.
const STEP: f64 = std::f64::consts::PI / 45.0;

/// Whether geometries of this type may have arcs.
pub fn is_curved(kind: OGRwkbGeometryType::Type) -> bool {
    matches!(
        geometry_type_flatten(kind),
        OGRwkbGeometryType::wkbCircularString
            | OGRwkbGeometryType::wkbCompoundCurve
            | OGRwkbGeometryType::wkbCurvePolygon
            | OGRwkbGeometryType::wkbMultiCurve
            | OGRwkbGeometryType::wkbMultiSurface
    )
}

/// The points of a line, circular string or compound curve, in order.
pub fn points_of(geometry: &Geometry) -> Vec<Coord<f64>> {
    match geometry_type_flatten(geometry.geometry_type()) {
        OGRwkbGeometryType::wkbCompoundCurve => {
            let mut points: Vec<Coord<f64>> = Vec::new();
            for i in 0..geometry.geometry_count() {
                let part = points_of(&geometry.get_geometry(i));
                let repeated = usize::from(points.last().is_some() && points.last() == part.first());
                points.extend(part.into_iter().skip(repeated));
            }
            points
        }
        OGRwkbGeometryType::wkbCircularString => stroked(&own_points(geometry)),
        _ => own_points(geometry),
    }
}

fn own_points(geometry: &Geometry) -> Vec<Coord<f64>> {
    let mut points = Vec::new();
    geometry.get_points(&mut points);
    points.into_iter().map(|(x, y, _)| Coord { x, y }).collect()
}

/// Arcs are given by start, middle and end, each beginning where the last ended.
fn stroked(arcs: &[Coord<f64>]) -> Vec<Coord<f64>> {
    let mut points: Vec<Coord<f64>> = arcs.first().copied().into_iter().collect();
    for arc in arcs.windows(3).step_by(2) {
        points.extend(chords(arc[0], arc[1], arc[2]));
        points.push(arc[2]);
    }
    points
}

/// Points between the start and end of the arc through three points; only the
/// middle one when they lie on a line.
fn chords(start: Coord<f64>, middle: Coord<f64>, end: Coord<f64>) -> Vec<Coord<f64>> {
    let full = start == end;
    let Some(centre) = (if full { Some((start + middle) / 2.0) } else { centre(start, middle, end) }) else {
        return vec![middle];
    };
    let angle = |c: Coord<f64>| (c.y - centre.y).atan2(c.x - centre.x);
    let turn = std::f64::consts::TAU;
    let (first, via) = (angle(start), (angle(middle) - angle(start)).rem_euclid(turn));
    let left = if full { turn } else { (angle(end) - angle(start)).rem_euclid(turn) };
    // Counter-clockwise passes the middle before the end, otherwise go the other way.
    let sweep = if via <= left { left } else { left - turn };
    let radius = (start.x - centre.x).hypot(start.y - centre.y);
    let steps = (sweep.abs() / STEP).ceil().max(2.0) as u32;
    let point = |i: u32| {
        let (sin, cos) = (first + sweep * f64::from(i) / f64::from(steps)).sin_cos();
        Coord { x: centre.x + radius * cos, y: centre.y + radius * sin }
    };
    (1..steps).map(point).collect()
}

/// Centre of the circle through three points, relative to the first for
/// precision; none when they lie on a line.
fn centre(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>) -> Option<Coord<f64>> {
    let (to_b, to_c) = (b - a, c - a);
    let double = 2.0 * (to_b.x * to_c.y - to_b.y * to_c.x);
    let (bb, cc) = (to_b.x * to_b.x + to_b.y * to_b.y, to_c.x * to_c.x + to_c.y * to_c.y);
    if double.abs() < 1e-12 * (bb + cc) {
        return None;
    }
    let offset = Coord { x: to_c.y * bb - to_b.y * cc, y: to_b.x * cc - to_c.x * bb };
    Some(a + offset / double)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_of_an_arc_lies_on_its_circle() {
        for (middle, end) in
            [((0.0, 1.0), (-1.0, 0.0)), ((0.0, -1.0), (-1.0, 0.0)), ((-1.0, 0.0), (1.0, 0.0))]
        {
            let arc = [Coord { x: 1.0, y: 0.0 }, middle.into(), end.into()];
            let points = stroked(&arc);
            assert!(points.len() > 40);
            assert!(points.iter().all(|c| (c.x.hypot(c.y) - 1.0).abs() < 1e-12));
            assert!(points.iter().any(|c| (*c - arc[1]).x.hypot((*c - arc[1]).y) < 0.08));
        }
        assert_eq!(stroked(&[(0.0, 0.0).into(), (1.0, 0.0).into(), (2.0, 0.0).into()]).len(), 3);
    }
}
