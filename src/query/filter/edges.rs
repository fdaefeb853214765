//! The edges of a filter's area or line in an R-tree: inside or outside, and which edges are near, in O(log n) where
//! they do not lie in a tangle; what is looked at is counted, so that tangles can be given up.

use std::sync::atomic::{AtomicU64, Ordering};

use geo::{
    Coord, Intersects, Line, LinesIter, Rect,
    line_intersection::{LineIntersection, line_intersection},
};
use rstar::{AABB, RTree, RTreeObject};

#[derive(Debug)]
struct Edge(Line<f64>);

impl RTreeObject for Edge {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners([self.0.start.x, self.0.start.y], [self.0.end.x, self.0.end.y])
    }
}

/// The edges of an area or line.
#[derive(Debug)]
pub struct Edges {
    tree: RTree<Edge>,
    east: f64,
    is_areal: bool,
    /// Edges that were looked at.
    looks: AtomicU64,
}

impl Edges {
    /// Of an area or line; none when the geometry is neither.
    pub fn of(geometry: &geo::Geometry<f64>) -> Option<Self> {
        let is_areal = matches!(geometry, geo::Geometry::Polygon(_) | geo::Geometry::MultiPolygon(_));
        let edges: Vec<Edge> = match geometry {
            geo::Geometry::Polygon(polygon) => polygon.lines_iter().map(Edge).collect(),
            geo::Geometry::MultiPolygon(polygons) => polygons.lines_iter().map(Edge).collect(),
            geo::Geometry::LineString(line) => line.lines_iter().map(Edge).collect(),
            geo::Geometry::MultiLineString(lines) => lines.lines_iter().map(Edge).collect(),
            _ => return None,
        };
        let east = edges.iter().map(|edge| edge.0.start.x).fold(f64::NEG_INFINITY, f64::max);
        Some(Self { tree: RTree::bulk_load(edges), east, is_areal, looks: AtomicU64::new(0) })
    }

    /// Number of edges.
    pub fn count(&self) -> usize {
        self.tree.size()
    }

    /// Whether more than `most` pairs of edges cross inside both.
    pub fn is_tangled(&self, most: usize) -> bool {
        let mut crossings = 0;
        for edge in &self.tree {
            self.near(edge.envelope(), |other| {
                crossings += usize::from(crosses(*other, edge.0));
                crossings > 2 * most
            });
            if crossings > 2 * most {
                return true;
            }
        }
        false
    }

    /// Edges that were looked at so far.
    pub fn looks(&self) -> u64 {
        self.looks.load(Ordering::Relaxed)
    }

    /// The edges whose extent touches this one, counted.
    fn near(&self, around: AABB<[f64; 2]>, mut is_one: impl FnMut(&Line<f64>) -> bool) -> bool {
        let mut looks = 0;
        let found = self.tree.locate_in_envelope_intersecting(around).any(|edge| {
            looks += 1;
            is_one(&edge.0)
        });
        self.looks.fetch_add(looks, Ordering::Relaxed);
        found
    }

    /// Whether an edge shares a point with the rectangle west, south, east, north.
    pub fn touch(&self, [west, south, east, north]: [f64; 4]) -> bool {
        let around = AABB::from_corners([west, south], [east, north]);
        let rectangle = Rect::new((west, south), (east, north));
        // The rectangle around a long slanting edge holds much that is far from the edge.
        self.near(around, |edge| rectangle.intersects(edge))
    }

    /// Whether an edge shares a point with `line`.
    pub fn cross(&self, line: Line<f64>) -> bool {
        let around = Edge(line).envelope();
        self.near(around, |edge| edge.intersects(&line))
    }

    /// Whether an edge and `line` cross inside both: what has this edge lies on both sides of the boundary.
    pub fn part(&self, line: Line<f64>) -> bool {
        let around = Edge(line).envelope();
        self.near(around, |edge| crosses(*edge, line))
    }

    /// Whether a place that lies on no edge is inside: edges to its east are counted.
    pub fn hold(&self, point: Coord<f64>) -> bool {
        if !self.is_areal {
            return false;
        }
        let ray = AABB::from_corners([point.x, point.y], [self.east.max(point.x), point.y]);
        let mut crossed = 0;
        self.near(ray, |edge| {
            let (a, b) = (edge.start, edge.end);
            let is_east = || point.x < (b.x - a.x) * (point.y - a.y) / (b.y - a.y) + a.x;
            crossed += usize::from((a.y > point.y) != (b.y > point.y) && is_east());
            false
        });
        crossed % 2 == 1
    }
}

fn crosses(one: Line<f64>, other: Line<f64>) -> bool {
    matches!(line_intersection(one, other), Some(LineIntersection::SinglePoint { is_proper: true, .. }))
}
