//! A feature's shape as writers take it: closed rings or one line, one buffer for all features.

use geo::{Coord, LineString, MultiPolygon, Polygon};

use crate::atlas::{Shape, WorldPoint};

/// A ring of an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ring {
    /// End of its coordinates; it starts where the ring before it ends.
    pub end: usize,
    /// A hole of the polygon before it; otherwise a polygon begins.
    pub hole: bool,
}

/// An area or a line. Rings are closed, outer ones counter-clockwise, holes clockwise (RFC 7946, 3.1.6).
#[derive(Debug, Clone, Default)]
pub struct Outline {
    /// Coordinates, x before y; WGS 84 degrees until someone moves them.
    pub coords: Vec<[f64; 2]>,
    /// Rings; none for a line.
    pub rings: Vec<Ring>,
}

impl Outline {
    pub(super) fn clear(&mut self) {
        self.coords.clear();
        self.rings.clear();
    }

    /// Whether it is a line.
    pub fn is_line(&self) -> bool {
        self.rings.is_empty()
    }

    pub(super) fn take_shape(&mut self, shape: Shape<'_>) -> bool {
        for (hole, ring) in shape.rings() {
            self.push_ring(hole, ring.iter().map(|vertex| <[f64; 2]>::from(vertex.to_degrees())));
        }
        !self.rings.is_empty()
    }

    pub(super) fn take_areas(&mut self, areas: &MultiPolygon<f64>) -> bool {
        for polygon in areas {
            self.push_ring(false, open(polygon.exterior()));
            polygon.interiors().iter().for_each(|hole| self.push_ring(true, open(hole)));
        }
        !self.rings.is_empty()
    }

    pub(super) fn take_line(&mut self, line: &[WorldPoint]) -> bool {
        self.coords.extend(line.iter().map(|vertex| <[f64; 2]>::from(vertex.to_degrees())));
        self.coords.len() > 1
    }

    /// Adds a ring given without its closing coordinate.
    fn push_ring(&mut self, hole: bool, ring: impl Iterator<Item = [f64; 2]>) {
        let start = self.coords.len();
        self.coords.extend(ring);
        let own = &mut self.coords[start..];
        if own.len() < 3 {
            self.coords.truncate(start);
            return;
        }
        if (signed_area(own) < 0.0) != hole {
            own.reverse();
        }
        self.coords.push(self.coords[start]);
        self.rings.push(Ring { end: self.coords.len(), hole });
    }

    /// The rings with their coordinates.
    pub fn rings(&self) -> impl Iterator<Item = (bool, &[[f64; 2]])> {
        let mut start = 0;
        self.rings.iter().map(move |ring| {
            let own = &self.coords[start..ring.end];
            start = ring.end;
            (ring.hole, own)
        })
    }

    /// The polygons, each as its rings.
    pub fn polygons(&self) -> Vec<Vec<&[[f64; 2]]>> {
        let mut polygons: Vec<Vec<&[[f64; 2]]>> = Vec::with_capacity(1);
        for (hole, ring) in self.rings() {
            match polygons.last_mut() {
                Some(polygon) if hole => polygon.push(ring),
                _ => polygons.push(vec![ring]),
            }
        }
        polygons
    }

    /// Smallest and largest x and y: west, south, east, north.
    pub fn bounds(&self) -> [f64; 4] {
        let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        self.coords.iter().fold(start, |[w, s, e, n], [x, y]| [w.min(*x), s.min(*y), e.max(*x), n.max(*y)])
    }

    /// As a geometry for predicates.
    pub fn to_geo(&self) -> geo::Geometry<f64> {
        let line = |ring: &[[f64; 2]]| -> LineString<f64> {
            LineString(ring.iter().map(|[x, y]| Coord { x: *x, y: *y }).collect())
        };
        if self.is_line() {
            return line(&self.coords).into();
        }
        let polygon = |rings: Vec<&[[f64; 2]]>| {
            let mut rings = rings.into_iter().map(line);
            Polygon::new(rings.next().unwrap_or(LineString(Vec::new())), rings.collect())
        };
        let mut polygons: Vec<_> = self.polygons().into_iter().map(polygon).collect();
        match polygons.len() {
            1 => polygons.remove(0).into(),
            _ => MultiPolygon(polygons).into(),
        }
    }
}

/// A ring's coordinates without the closing one, at 10⁻⁷ degrees.
fn open(ring: &LineString<f64>) -> impl Iterator<Item = [f64; 2]> + '_ {
    let round = |degrees: f64| (degrees * 1e7).round() / 1e7;
    let all = if ring.is_closed() { &ring.0[..ring.0.len().saturating_sub(1)] } else { &ring.0[..] };
    all.iter().map(move |c| [round(c.x), round(c.y)])
}

/// Twice the area, positive when counter-clockwise; from the first corner, so that digits suffice.
fn signed_area(ring: &[[f64; 2]]) -> f64 {
    let [ox, oy] = ring[0];
    let sides = ring.windows(2);
    sides.map(|side| (side[0][0] - ox) * (side[1][1] - oy) - (side[1][0] - ox) * (side[0][1] - oy)).sum()
}
