//! Spatial functions (OGC 21-065r2, 8.5) against a geometry of the filter.
//!
//! Most features are settled by their extent: apart from the geometry's
//! extent, or away from all of its edges. Only the rest is compared exactly,
//! by the coordinates that are served.

use geo::{BoundingRect, Coord, CoordsIter, Geometry, HasDimensions, Intersects, LinesIter, Relate};

use super::edges::Edges;
use crate::atlas::Extent;

/// Steps of the atlas that rounding may move a vertex.
const SLACK: u32 = 2;

/// A relation of two geometries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpatialOp {
    /// `S_INTERSECTS`
    Intersects,
    /// `S_DISJOINT`
    Disjoint,
    /// `S_EQUALS`
    Equals,
    /// `S_TOUCHES`
    Touches,
    /// `S_WITHIN`
    Within,
    /// `S_CONTAINS`
    Contains,
    /// `S_OVERLAPS`
    Overlaps,
    /// `S_CROSSES`
    Crosses,
}

impl SpatialOp {
    /// The relation with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "s_intersects" => Self::Intersects,
            "s_disjoint" => Self::Disjoint,
            "s_equals" => Self::Equals,
            "s_touches" => Self::Touches,
            "s_within" => Self::Within,
            "s_contains" => Self::Contains,
            "s_overlaps" => Self::Overlaps,
            "s_crosses" => Self::Crosses,
            _ => return None,
        })
    }

    /// The relation seen from the other side.
    #[must_use]
    pub fn turned(self) -> Self {
        match self {
            Self::Within => Self::Contains,
            Self::Contains => Self::Within,
            same => same,
        }
    }
}

/// A relation to a geometry.
#[derive(Debug)]
pub struct Spatial {
    how: SpatialOp,
    geometry: Geometry<f64>,
    extent: Extent,
    edges: Option<Edges>,
    /// One corner of each of its rings and parts.
    corners: Vec<Coord<f64>>,
}

impl Spatial {
    /// The features that stand in this relation to `geometry`, in WGS 84 degrees.
    pub fn new(how: SpatialOp, geometry: Geometry<f64>) -> Self {
        let extent = geometry.bounding_rect().map_or(Extent::EMPTY, |rect| {
            let (min, max) = (rect.min(), rect.max());
            Extent::from_degrees([min.x, min.y, max.x, max.y]).grown(SLACK)
        });
        let geometry = if let Geometry::Rect(rect) = geometry { rect.to_polygon().into() } else { geometry };
        let edges = Edges::of(&geometry);
        let corners = match &geometry {
            Geometry::Polygon(polygon) => polygon.exterior().0.first().copied().into_iter().collect(),
            Geometry::MultiPolygon(_) => parts(&geometry),
            _ => Vec::new(),
        };
        Self { how, geometry, extent, edges, corners }
    }

    /// Where features must lie; none = anywhere.
    pub fn within(&self) -> Option<Extent> {
        (self.how != SpatialOp::Disjoint).then_some(self.extent)
    }

    /// Whether a feature with this extent stands in the relation; its shape is asked for only when needed.
    pub fn holds(&self, place: Extent, shape: impl FnOnce() -> Option<Geometry<f64>>) -> Option<bool> {
        if !place.touches(self.extent) {
            return Some(self.how == SpatialOp::Disjoint);
        }
        if let Some(edges) = &self.edges {
            let around = place.grown(SLACK).to_degrees();
            if !edges.touch(around) {
                let inside = edges.hold(Coord { x: around[0], y: around[1] });
                return Some(match self.how {
                    SpatialOp::Intersects | SpatialOp::Within => inside,
                    SpatialOp::Disjoint => !inside,
                    _ => false,
                });
            }
        }
        let shape = shape()?;
        Some(match self.how {
            SpatialOp::Intersects => self.meets(&shape),
            SpatialOp::Disjoint => !self.meets(&shape),
            how => {
                let relation = shape.relate(&self.geometry);
                match how {
                    SpatialOp::Equals => relation.is_equal_topo(),
                    SpatialOp::Touches => relation.is_touches(),
                    SpatialOp::Within => relation.is_within(),
                    SpatialOp::Contains => relation.is_contains(),
                    SpatialOp::Overlaps => relation.is_overlaps(),
                    SpatialOp::Crosses => relation.is_crosses(),
                    SpatialOp::Intersects | SpatialOp::Disjoint => relation.is_intersects(),
                }
            }
        })
    }

    fn meets(&self, shape: &Geometry<f64>) -> bool {
        let Some(edges) = &self.edges else { return shape.intersects(&self.geometry) };
        let crossed = match shape {
            Geometry::Polygon(polygon) => polygon.lines_iter().any(|line| edges.cross(line)),
            Geometry::MultiPolygon(polygons) => polygons.lines_iter().any(|line| edges.cross(line)),
            Geometry::LineString(line) => line.lines().any(|line| edges.cross(line)),
            other => return other.intersects(&self.geometry),
        };
        // Without crossing, each part lies inside the other or outside.
        crossed
            || parts(shape).into_iter().any(|corner| edges.hold(corner))
            || self.corners.iter().any(|corner| shape.intersects(corner))
    }
}

/// One corner of each part.
fn parts(shape: &Geometry<f64>) -> Vec<Coord<f64>> {
    match shape {
        Geometry::MultiPolygon(polygons) => {
            polygons.iter().filter_map(|p| p.exterior().0.first().copied()).collect()
        }
        other => other.coords_iter().take(1).collect(),
    }
}

/// Whether a geometry of a filter can be compared: not empty, finite.
pub fn usable(geometry: &Geometry<f64>) -> bool {
    !geometry.is_empty()
        && geometry.coords_iter().all(|c| c.x.is_finite() && c.y.is_finite())
        && geometry.bounding_rect().is_some()
}
