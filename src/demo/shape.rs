//! Shapes of made-up projects: smooth alignments, corridors and sites.

use geo::{BooleanOps, Coord, LineString, MultiPolygon, Polygon};

/// A smooth line through `places` (Catmull-Rom), a vertex about every 30 m.
pub fn alignment(points: &[Coord<f64>]) -> LineString<f64> {
    let at = |n: isize| points[n.clamp(0, points.len() as isize - 1) as usize];
    let mut line = Vec::new();
    for n in 0..points.len() as isize - 1 {
        let (p0, p1, p2, p3) = (at(n - 1), at(n), at(n + 1), at(n + 2));
        let steps = ((p2 - p1).x.hypot((p2 - p1).y) / 30.0).ceil().max(2.0) as usize;
        for step in 0..steps {
            let t = step as f64 / steps as f64;
            let blend = |a: f64, b: f64, c: f64, d: f64| {
                0.5 * (2.0 * b
                    + (c - a) * t
                    + (2.0 * a - 5.0 * b + 4.0 * c - d) * t * t
                    + (3.0 * b - a - 3.0 * c + d) * t * t * t)
            };
            line.push(Coord { x: blend(p0.x, p1.x, p2.x, p3.x), y: blend(p0.y, p1.y, p2.y, p3.y) });
        }
    }
    line.extend(points.last());
    LineString::new(line)
}

/// The strip of `width` metres along a gently curved line.
pub fn corridor(line: &LineString<f64>, width: f64) -> MultiPolygon<f64> {
    let points = &line.0;
    let normal = |n: usize| {
        let (a, b) = (points[n.saturating_sub(1)], points[(n + 1).min(points.len() - 1)]);
        let d = b - a;
        let length = d.x.hypot(d.y).max(1e-9);
        Coord { x: -d.y / length, y: d.x / length }
    };
    let side = |half: f64| move |n: usize| points[n] + normal(n) * half;
    let left = (0..points.len()).map(side(width / 2.0));
    let right = (0..points.len()).rev().map(side(-width / 2.0));
    let ring = Polygon::new(left.chain(right).collect(), vec![]);
    // A union with nothing mends what folds over in a bend.
    ring.union(&MultiPolygon::new(vec![]))
}

/// A site of about `area` m² around `centre`: a bent rectangle with cut corners.
pub fn site(centre: Coord<f64>, area: f64, long: f64, turn: f64) -> MultiPolygon<f64> {
    let (half_x, half_y) = ((area * long).sqrt() / 2.0, (area / long).sqrt() / 2.0);
    let outline = [
        (-1.0, -0.7),
        (-0.8, -1.0),
        (0.1, -0.94),
        (0.85, -1.0),
        (1.0, -0.6),
        (0.93, 0.2),
        (1.0, 0.8),
        (0.7, 1.0),
        (-0.2, 0.95),
        (-0.9, 1.0),
        (-1.0, 0.4),
    ];
    let point = |(x, y): (f64, f64)| {
        let (x, y) = (x * half_x * 1.03, y * half_y * 1.03);
        Coord { x: centre.x + x * turn.cos() - y * turn.sin(), y: centre.y + x * turn.sin() + y * turn.cos() }
    };
    MultiPolygon(vec![Polygon::new(outline.into_iter().map(point).collect(), vec![])])
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, Euclidean, Length};

    #[test]
    fn a_corridor_is_as_large_as_its_length_and_width() {
        let line =
            alignment(&[Coord { x: 0., y: 0. }, Coord { x: 2000., y: 300. }, Coord { x: 4000., y: 0. }]);
        let expected = Euclidean.length(&line) * 40.0;
        assert!((corridor(&line, 40.0).unsigned_area() - expected).abs() < expected * 0.01);
    }

    #[test]
    fn a_site_is_about_as_large_as_asked() {
        let area = site(Coord { x: 0., y: 0. }, 1e6, 1.5, 0.3).unsigned_area();
        assert!((area - 1e6).abs() < 1e5, "{area}");
    }
}
