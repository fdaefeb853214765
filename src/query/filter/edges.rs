//! The edges of a filter's area in an R-tree: inside or outside, and which edges are near, in O(log n).

use geo::{Coord, Intersects, Line, LinesIter, Rect};
use rstar::{AABB, RTree, RTreeObject};

#[derive(Debug)]
struct Edge(Line<f64>);

impl RTreeObject for Edge {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners([self.0.start.x, self.0.start.y], [self.0.end.x, self.0.end.y])
    }
}

/// The edges of an area.
#[derive(Debug)]
pub struct Edges {
    tree: RTree<Edge>,
    east: f64,
}

impl Edges {
    /// Of an area; none when the geometry is not areal.
    pub fn of(geometry: &geo::Geometry<f64>) -> Option<Self> {
        let edges: Vec<Edge> = match geometry {
            geo::Geometry::Polygon(polygon) => polygon.lines_iter().map(Edge).collect(),
            geo::Geometry::MultiPolygon(polygons) => polygons.lines_iter().map(Edge).collect(),
            _ => return None,
        };
        let east = edges.iter().map(|edge| edge.0.start.x).fold(f64::NEG_INFINITY, f64::max);
        Some(Self { tree: RTree::bulk_load(edges), east })
    }

    /// Whether an edge shares a point with the rectangle west, south, east, north.
    pub fn touch(&self, [west, south, east, north]: [f64; 4]) -> bool {
        let around = AABB::from_corners([west, south], [east, north]);
        let rectangle = Rect::new((west, south), (east, north));
        // The rectangle around a long slanting edge holds much that is far from the edge.
        self.tree.locate_in_envelope_intersecting(around).any(|edge| rectangle.intersects(&edge.0))
    }

    /// Whether an edge shares a point with `line`.
    pub fn cross(&self, line: Line<f64>) -> bool {
        let around = Edge(line).envelope();
        self.tree.locate_in_envelope_intersecting(around).any(|edge| edge.0.intersects(&line))
    }

    /// Whether a place that lies on no edge is inside: edges to its east are counted.
    pub fn hold(&self, place: Coord<f64>) -> bool {
        let ray = AABB::from_corners([place.x, place.y], [self.east.max(place.x), place.y]);
        let crossed = self.tree.locate_in_envelope_intersecting(ray).filter(|edge| {
            let (a, b) = (edge.0.start, edge.0.end);
            (a.y > place.y) != (b.y > place.y) && place.x < (b.x - a.x) * (place.y - a.y) / (b.y - a.y) + a.x
        });
        crossed.count() % 2 == 1
    }
}
