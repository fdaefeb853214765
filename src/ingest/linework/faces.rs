//! Faces between lines: from the edges of a drawing to polygons.
//!
//! The lines must meet at their ends only ([`super::nodes`] sees to that).
//! Dangling ends and bridges enclose nothing and are left out. Of the edges
//! that remain every one is walked once in each direction, turning as sharply
//! as possible at each node: counter-clockwise walks enclose faces, clockwise
//! ones are outlines of connected pieces, which may be holes of a larger face.
//! Source: the doubly connected edge list of de Berg et al., Computational
//! Geometry (3rd ed. 2008), section 2.2.

use std::collections::HashMap;

use geo::{Area, BoundingRect, Coord, InteriorPoint, Intersects, LineString, Polygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

/// A place where lines end.
type NodeId = usize;

/// A directed half of a line; `2n` runs as drawn, `2n + 1` backwards.
type HalfEdge = usize;

/// The faces that `lines` enclose, with their holes.
pub fn faces(lines: &[LineString<f64>]) -> Vec<Polygon<f64>> {
    let graph = Graph::new(lines);
    let mut used = graph.without_dangles();
    graph.drop_bridges(&mut used);
    let mut outer = Vec::new();
    let mut inner = Vec::new();
    for walk in graph.walks(&used).0 {
        let ring = graph.ring(&walk);
        let polygon = Polygon::new(ring, vec![]);
        let area = signed_area(&polygon);
        if area > 0.0 {
            outer.push(polygon);
        } else if area < 0.0 {
            inner.push(polygon);
        }
    }
    cut_holes(outer, inner)
}

/// Far from the origin the area formula loses digits: count from a corner.
fn signed_area(polygon: &Polygon<f64>) -> f64 {
    let origin = polygon.exterior().0.first().copied().unwrap_or_default();
    geo::Translate::translate(polygon, -origin.x, -origin.y).signed_area()
}

struct Graph<'a> {
    lines: &'a [LineString<f64>],
    /// Start node of each half edge.
    start: Vec<NodeId>,
    /// Half edges that leave each node, counter-clockwise.
    leaving: Vec<Vec<HalfEdge>>,
}

/// Exact place of a node.
fn key(c: Coord<f64>) -> (u64, u64) {
    // Adding zero makes −0 and 0 the same place.
    ((c.x + 0.0).to_bits(), (c.y + 0.0).to_bits())
}

impl<'a> Graph<'a> {
    fn new(lines: &'a [LineString<f64>]) -> Self {
        let mut nodes: HashMap<(u64, u64), NodeId> = HashMap::new();
        let mut start = Vec::with_capacity(lines.len() * 2);
        for line in lines {
            for end in [line.0.first(), line.0.last()] {
                let next = nodes.len();
                let key = end.map_or((0, 0), |c| key(*c));
                start.push(*nodes.entry(key).or_insert(next));
            }
        }
        let mut graph = Self { lines, start, leaving: vec![Vec::new(); nodes.len()] };
        for half in 0..graph.start.len() {
            graph.leaving[graph.start[half]].push(half);
        }
        let mut leaving = std::mem::take(&mut graph.leaving);
        for halves in &mut leaving {
            halves.sort_by(|a, b| graph.angle(*a).total_cmp(&graph.angle(*b)));
        }
        graph.leaving = leaving;
        graph
    }

    /// Direction in which a half edge leaves its node.
    fn angle(&self, half: HalfEdge) -> f64 {
        let points = &self.lines[half / 2].0;
        let (from, to) = if half.is_multiple_of(2) {
            (points[0], points[1])
        } else {
            (points[points.len() - 1], points[points.len() - 2])
        };
        (to.y - from.y).atan2(to.x - from.x)
    }

    /// Which lines remain when those that end nowhere are taken away.
    fn without_dangles(&self) -> Vec<bool> {
        let mut used = vec![true; self.lines.len()];
        let mut degree: Vec<usize> = self.leaving.iter().map(Vec::len).collect();
        let mut ends: Vec<NodeId> = (0..degree.len()).filter(|n| degree[*n] == 1).collect();
        while let Some(node) = ends.pop() {
            let Some(half) = self.leaving[node].iter().copied().find(|half| used[half / 2]) else { continue };
            used[half / 2] = false;
            degree[node] -= 1;
            let other = self.start[half ^ 1];
            degree[other] -= 1;
            if degree[other] == 1 {
                ends.push(other);
            }
        }
        used
    }

    /// A line with the same walk on both sides separates nothing.
    fn drop_bridges(&self, used: &mut [bool]) {
        let (_, walk_of) = self.walks(used);
        for line in 0..self.lines.len() {
            if used[line] && walk_of[2 * line] == walk_of[2 * line + 1] {
                used[line] = false;
            }
        }
    }

    /// All walks, and the number of the walk that each half edge is on.
    fn walks(&self, used: &[bool]) -> (Vec<Vec<HalfEdge>>, Vec<usize>) {
        let mut walk_of = vec![usize::MAX; self.start.len()];
        let mut walks = Vec::new();
        for first in (0..self.start.len()).filter(|half| used[half / 2]) {
            if walk_of[first] != usize::MAX {
                continue;
            }
            let mut walk = Vec::new();
            let mut half = first;
            while walk_of[half] == usize::MAX {
                walk_of[half] = walks.len();
                walk.push(half);
                half = self.next(half, used);
            }
            walks.push(walk);
        }
        (walks, walk_of)
    }

    /// The sharpest turn to the left of where `half` came from: the half edge
    /// just clockwise of its twin.
    fn next(&self, half: HalfEdge, used: &[bool]) -> HalfEdge {
        let twin = half ^ 1;
        let around = &self.leaving[self.start[twin]];
        let at = around.iter().position(|other| *other == twin).unwrap_or(0);
        let clockwise = (1..=around.len()).map(|step| around[(at + around.len() - step) % around.len()]);
        clockwise.into_iter().find(|other| used[other / 2]).unwrap_or(twin)
    }

    fn ring(&self, walk: &[HalfEdge]) -> LineString<f64> {
        let mut points: Vec<Coord<f64>> = Vec::new();
        for half in walk {
            let line = &self.lines[half / 2].0;
            let mut part = line.clone();
            if half % 2 == 1 {
                part.reverse();
            }
            part.pop();
            points.append(&mut part);
        }
        LineString::new(points)
    }
}

/// Gives each outline to the smallest face around it that is not its own.
fn cut_holes(mut outer: Vec<Polygon<f64>>, inner: Vec<Polygon<f64>>) -> Vec<Polygon<f64>> {
    type Entry = GeomWithData<Rectangle<[f64; 2]>, usize>;
    let entry = |(index, polygon): (usize, &Polygon<f64>)| {
        let rect = polygon.bounding_rect()?;
        Some(Entry::new(Rectangle::from_corners(rect.min().into(), rect.max().into()), index))
    };
    let tree = RTree::bulk_load(outer.iter().enumerate().filter_map(entry).collect());
    let areas: Vec<f64> = outer.iter().map(|p| signed_area(p).abs()).collect();
    let owner = |hole: &Polygon<f64>| {
        // A corner of the outline touches faces of its own piece, but an
        // interior point of it lies in one of them: the owner is larger than
        // the outline and holds its corner strictly.
        let corner = hole.exterior().0.first()?;
        let area = signed_area(hole).abs();
        let around = AABB::from_point([corner.x, corner.y]);
        tree.locate_in_envelope_intersecting(around)
            .map(|entry| entry.data)
            .filter(|index| areas[*index] > area * (1.0 + 1e-9))
            .filter(|index| hole.interior_point().is_some_and(|point| outer[*index].intersects(&point)))
            .min_by(|a, b| areas[*a].total_cmp(&areas[*b]))
    };
    let owners: Vec<Option<usize>> = inner.iter().map(owner).collect();
    for (hole, owner) in inner.into_iter().zip(owners) {
        if let Some(index) = owner {
            let (ring, _) = hole.into_inner();
            outer[index].interiors_push(ring);
        }
    }
    outer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[(f64, f64)]) -> LineString<f64> {
        points.iter().copied().collect()
    }

    #[test]
    fn a_square_with_a_wall_is_two_faces() {
        let lines = [
            line(&[(1., 0.), (0., 0.), (0., 2.), (1., 2.)]),
            line(&[(1., 0.), (2., 0.), (2., 2.), (1., 2.)]),
            line(&[(1., 0.), (1., 2.)]),
            line(&[(2., 2.), (3., 3.)]).clone(),
        ];
        let mut areas: Vec<f64> = faces(&lines).iter().map(Area::unsigned_area).collect();
        areas.sort_by(f64::total_cmp);
        assert_eq!(areas, [2.0, 2.0]);
    }

    #[test]
    fn an_island_is_a_face_and_a_hole() {
        let outer = line(&[(0., 0.), (9., 0.), (9., 9.), (0., 9.), (0., 0.)]);
        let island = line(&[(3., 3.), (6., 3.), (6., 6.), (3., 6.), (3., 3.)]);
        let mut areas: Vec<f64> = faces(&[outer, island]).iter().map(Area::unsigned_area).collect();
        areas.sort_by(f64::total_cmp);
        assert_eq!(areas, [9.0, 72.0]);
    }

    #[test]
    fn a_bridge_between_two_squares_is_no_edge() {
        let lines = [
            line(&[(1., 1.), (0., 1.), (0., 0.), (1., 0.), (1., 1.)]),
            line(&[(3., 1.), (4., 1.), (4., 2.), (3., 2.), (3., 1.)]),
            line(&[(1., 1.), (3., 1.)]),
        ];
        let faces = faces(&lines);
        assert_eq!(faces.len(), 2);
        assert!(faces.iter().all(|face| (face.unsigned_area() - 1.0).abs() < 1e-12));
    }
}
