//! The geometry arena: all parcels' vertices in three flat arrays.
//!
//! A shape is a run of rings, a ring a run of vertices without the closing
//! one. Outer rings open a new polygon, inner rings are holes of the polygon
//! before them. 8 bytes a vertex, 4 a ring, 4 a shape.

use std::ops::Range;

use geo::{Coord, LineString, MultiPolygon, Polygon};
use geo_traits::{CoordTrait, LineStringTrait, PolygonTrait};

use super::world::{Extent, WorldPoint};

const HOLE: u32 = 1 << 31;

/// Polygons stored side by side.
#[derive(Debug, Default, Clone)]
pub struct Arena {
    vertices: Vec<WorldPoint>,
    /// End of each ring in `places`; the top bit marks a hole.
    ring_ends: Vec<u32>,
    /// End of each shape in `ring_ends`.
    shape_ends: Vec<u32>,
}

impl Arena {
    /// Writes the rings of one polygon, outer ring first.
    pub(super) fn push_polygon(&mut self, polygon: &impl PolygonTrait<T = f64>) {
        if let Some(ring) = polygon.exterior() {
            self.push_ring(ring.coords().map(|c| WorldPoint::from_degrees(c.x(), c.y())), false);
        }
        for ring in polygon.interiors() {
            self.push_ring(ring.coords().map(|c| WorldPoint::from_degrees(c.x(), c.y())), true);
        }
    }

    /// Number of shapes.
    pub fn len(&self) -> usize {
        self.shape_ends.len()
    }

    /// Whether there is no shape.
    pub fn is_empty(&self) -> bool {
        self.shape_ends.is_empty()
    }

    /// Bytes that the arrays take.
    pub fn bytes(&self) -> usize {
        self.vertices.capacity() * 8 + (self.ring_ends.capacity() + self.shape_ends.capacity()) * 4
    }

    /// Adds a ring, closed or not, to the shape that is being written; what
    /// repeats the place before it is left out.
    pub(super) fn push_ring(&mut self, ring: impl Iterator<Item = WorldPoint>, hole: bool) {
        let start = self.vertices.len();
        for vertex in ring {
            if self.vertices.len() == start || self.vertices.last() != Some(&vertex) {
                self.vertices.push(vertex);
            }
        }
        if self.vertices.len() > start + 1 && self.vertices.last() == self.vertices.get(start) {
            self.vertices.pop();
        }
        if self.vertices.len() > start {
            self.ring_ends.push(self.vertices.len() as u32 | if hole { HOLE } else { 0 });
        }
    }

    /// Ends the shape that is being written.
    pub(super) fn end_shape(&mut self) {
        self.shape_ends.push(self.ring_ends.len() as u32);
    }

    /// Adds a run of the shapes of `other` behind the own.
    pub(super) fn append(&mut self, other: &Self, shapes: Range<usize>) {
        let rings = other.first_ring(shapes.start)..other.first_ring(shapes.end);
        let vertices = other.first_place(rings.start)..other.first_place(rings.end);
        // Numbers wrap where the run does not begin at the first shape.
        let by_rings = (self.ring_ends.len() as u32).wrapping_sub(rings.start as u32);
        let by_places = (self.vertices.len() as u32).wrapping_sub(vertices.start as u32);
        self.vertices.extend_from_slice(&other.vertices[vertices]);
        let moved = |end: &u32| (end & !HOLE).wrapping_add(by_places) | (end & HOLE);
        self.ring_ends.extend(other.ring_ends[rings].iter().map(moved));
        self.shape_ends.extend(other.shape_ends[shapes].iter().map(|end| end.wrapping_add(by_rings)));
    }

    /// Where the rings of the shape at `index` begin.
    fn first_ring(&self, index: usize) -> usize {
        if index == 0 { 0 } else { self.shape_ends[index - 1] as usize }
    }

    /// Where the places of the ring at `ring` begin.
    fn first_place(&self, ring: usize) -> usize {
        if ring == 0 { 0 } else { (self.ring_ends[ring - 1] & !HOLE) as usize }
    }

    pub(super) fn shrink(&mut self) {
        self.vertices.shrink_to_fit();
        self.ring_ends.shrink_to_fit();
        self.shape_ends.shrink_to_fit();
    }

    /// The shape at `index`, which must be less than [`Arena::len`].
    pub fn shape(&self, index: usize) -> Shape<'_> {
        let (first, last) = (self.first_ring(index), self.shape_ends[index] as usize);
        Shape {
            vertices: &self.vertices,
            ring_ends: &self.ring_ends[first..last],
            start: self.first_place(first),
        }
    }
}

/// One shape of the arena.
#[derive(Debug, Clone, Copy)]
pub struct Shape<'a> {
    vertices: &'a [WorldPoint],
    ring_ends: &'a [u32],
    start: usize,
}

impl<'a> Shape<'a> {
    /// The rings as (is a hole, vertices without the closing one).
    pub fn rings(self) -> impl Iterator<Item = (bool, &'a [WorldPoint])> {
        let mut start = self.start;
        self.ring_ends.iter().map(move |end| {
            let stop = (end & !HOLE) as usize;
            let ring = &self.vertices[start..stop];
            start = stop;
            (end & HOLE != 0, ring)
        })
    }

    /// All vertices.
    pub fn vertices(self) -> &'a [WorldPoint] {
        let stop = self.ring_ends.last().map_or(self.start, |end| (end & !HOLE) as usize);
        &self.vertices[self.start..stop]
    }

    /// The smallest extent around the shape.
    pub fn extent(self) -> Extent {
        Extent::around(self.vertices())
    }

    /// In WGS 84 degrees (lon, lat), rounded to 10⁻⁷.
    pub fn to_geo(self) -> MultiPolygon<f64> {
        let line = |ring: &[WorldPoint]| {
            let coords = ring.iter().map(|vertex| vertex.to_degrees());
            let mut line: LineString<f64> = coords.map(|(x, y)| Coord { x, y }).collect();
            line.close();
            line
        };
        let mut polygons: Vec<Polygon<f64>> = Vec::with_capacity(1);
        for (hole, ring) in self.rings() {
            match polygons.last_mut() {
                Some(polygon) if hole => polygon.interiors_push(line(ring)),
                _ => polygons.push(Polygon::new(line(ring), Vec::new())),
            }
        }
        MultiPolygon(polygons)
    }

    /// Whether `place` lies inside (even-odd rule; edges count to the south-east).
    pub fn holds(self, vertex: WorldPoint) -> bool {
        let (px, py) = (f64::from(vertex.x), f64::from(vertex.y));
        let mut inside = false;
        for (_, ring) in self.rings() {
            let mut before = ring[ring.len() - 1];
            for &after in ring {
                if (before.y > vertex.y) != (after.y > vertex.y) {
                    let (x0, y0) = (f64::from(before.x), f64::from(before.y));
                    let (x1, y1) = (f64::from(after.x), f64::from(after.y));
                    if px < (x1 - x0) * (py - y0) / (y1 - y0) + x0 {
                        inside = !inside;
                    }
                }
                before = after;
            }
        }
        inside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(min: u32, max: u32) -> Vec<WorldPoint> {
        [(min, min), (max, min), (max, max), (min, max), (min, min)]
            .map(|(x, y)| WorldPoint { x, y })
            .to_vec()
    }

    fn arena() -> Arena {
        let mut arena = Arena::default();
        arena.push_ring(square(0, 100).into_iter(), false);
        arena.push_ring(square(40, 60).into_iter(), true);
        arena.end_shape();
        arena.push_ring(square(200, 300).into_iter(), false);
        arena.push_ring(square(400, 500).into_iter(), false);
        arena.end_shape();
        arena
    }

    #[test]
    fn holes_and_parts_are_told_apart() {
        let arena = arena();
        assert!(arena.shape(0).holds(WorldPoint { x: 10, y: 10 }));
        assert!(!arena.shape(0).holds(WorldPoint { x: 50, y: 50 }));
        assert_eq!(arena.shape(0).to_geo().0[0].interiors().len(), 1);
        assert_eq!(arena.shape(1).to_geo().0.len(), 2);
        assert_eq!(arena.shape(1).extent().max_x, 500);
        assert_eq!(arena.shape(1).vertices().len(), 8);
    }

    #[test]
    fn an_appended_arena_keeps_its_shapes() {
        let (mut one, two) = (arena(), arena());
        one.append(&two, 0..2);
        one.append(&two, 1..2);
        assert_eq!(one.len(), 5);
        assert_eq!(one.shape(4).vertices(), two.shape(1).vertices());
        assert_eq!(one.shape(2).to_geo(), two.shape(0).to_geo());
        assert_eq!(one.shape(3).vertices(), two.shape(1).vertices());
    }
}
