//! Spatial functions (OGC 21-065r2, 8.5) against a geometry of the filter.
//!
//! Most features are settled by their extent: apart from the geometry's
//! extent, or away from all of its edges. Only the rest is compared exactly,
//! by the coordinates that are served.

use std::sync::atomic::{AtomicU64, Ordering};

use geo::{BoundingRect, Coord, CoordsIter, Geometry, HasDimensions, Intersects, LinesIter, Relate};

use super::edges::Edges;
use crate::atlas::Extent;

/// Edges that may be looked at for one question: some seconds of a processor. A geometry of honest shape is far from
/// it; one whose edges all lie in each other's way has every feature compared with every edge.
pub const MOST_LOOKS: u64 = 300_000_000;
/// What an exact comparison costs for each edge, in looks at one.
const RELATING: u64 = 300;

/// Crossings of its own edges that a geometry may have where it is compared exactly: each comparison works them all out.
const MOST_CROSSINGS: usize = 1000;

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
    const NAMES: [(&'static str, Self); 8] = [
        ("s_intersects", Self::Intersects),
        ("s_disjoint", Self::Disjoint),
        ("s_equals", Self::Equals),
        ("s_touches", Self::Touches),
        ("s_within", Self::Within),
        ("s_contains", Self::Contains),
        ("s_overlaps", Self::Overlaps),
        ("s_crosses", Self::Crosses),
    ];

    /// The relation with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, how)| how)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.into_iter().find(|(_, how)| *how == self).map_or("", |(name, _)| name)
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
    /// Edges or vertices.
    size: u64,
    /// What exact comparisons have cost, in looks at an edge.
    cost: AtomicU64,
}

impl Spatial {
    /// The relation.
    pub fn how(&self) -> SpatialOp {
        self.how
    }

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
            Geometry::MultiPolygon(_) | Geometry::MultiLineString(_) | Geometry::LineString(_) => {
                parts(&geometry)
            }
            _ => Vec::new(),
        };
        let is_exact = !matches!(how, SpatialOp::Intersects | SpatialOp::Disjoint);
        let is_tangled = is_exact && edges.as_ref().is_some_and(|edges| edges.is_tangled(MOST_CROSSINGS));
        let cost = AtomicU64::new(if is_tangled { MOST_LOOKS + 1 } else { 0 });
        let size = edges.as_ref().map_or_else(|| geometry.coords_count(), Edges::count) as u64;
        Self { how, geometry, extent, edges, corners, size, cost }
    }

    /// Whether it was given up, because too much of the geometry lies near too many features: then what it said since
    /// is nothing.
    pub fn gave_up(&self) -> bool {
        self.cost.load(Ordering::Relaxed) + self.edges.as_ref().map_or(0, Edges::looks) > MOST_LOOKS
    }

    fn spend(&self, looks: u64) {
        self.cost.fetch_add(looks, Ordering::Relaxed);
    }

    /// Where features must lie; none = anywhere.
    pub fn within(&self) -> Option<Extent> {
        (self.how != SpatialOp::Disjoint).then_some(self.extent)
    }

    /// Whether a feature with this extent stands in the relation; its shape is asked for only when needed.
    pub fn holds(&self, extent_of: Extent, shape: impl FnOnce() -> Option<Geometry<f64>>) -> Option<bool> {
        if !extent_of.touches(self.extent) {
            return Some(self.how == SpatialOp::Disjoint);
        }
        if self.gave_up() {
            return None;
        }
        if let Some(edges) = &self.edges {
            let around = extent_of.grown(SLACK).to_degrees();
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
            SpatialOp::Within | SpatialOp::Equals if self.parts(&shape) => false,
            how => {
                self.spend(RELATING * self.size);
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

    /// Whether an area's edge parts the shape, so that it lies on both sides.
    fn parts(&self, shape: &Geometry<f64>) -> bool {
        let Some(edges) = self.edges.as_ref().filter(|_| self.is_areal()) else { return false };
        match shape {
            Geometry::Polygon(polygon) => polygon.lines_iter().any(|line| edges.part(line)),
            Geometry::MultiPolygon(polygons) => polygons.lines_iter().any(|line| edges.part(line)),
            _ => false,
        }
    }

    fn is_areal(&self) -> bool {
        matches!(self.geometry, Geometry::Polygon(_) | Geometry::MultiPolygon(_))
    }

    fn meets(&self, shape: &Geometry<f64>) -> bool {
        let Some(edges) = &self.edges else {
            self.spend(self.size);
            return shape.intersects(&self.geometry);
        };
        let crossed = match shape {
            Geometry::Polygon(polygon) => polygon.lines_iter().any(|line| edges.cross(line)),
            Geometry::MultiPolygon(polygons) => polygons.lines_iter().any(|line| edges.cross(line)),
            Geometry::LineString(line) => line.lines().any(|line| edges.cross(line)),
            other => {
                self.spend(self.size);
                return other.intersects(&self.geometry);
            }
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
        Geometry::MultiLineString(lines) => lines.iter().filter_map(|line| line.0.first().copied()).collect(),
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

#[cfg(test)]
mod tests {
    use geo::{LineString, MultiPolygon, Polygon, Validation};
    use rand::{Rng, SeedableRng};

    use super::*;

    const ALL: [SpatialOp; 8] = [
        SpatialOp::Intersects,
        SpatialOp::Disjoint,
        SpatialOp::Equals,
        SpatialOp::Touches,
        SpatialOp::Within,
        SpatialOp::Contains,
        SpatialOp::Overlaps,
        SpatialOp::Crosses,
    ];

    /// Corners on a grid, so that edges and corners often coincide; a step is a hundred metres.
    fn corners(random: &mut impl Rng, count: usize) -> Vec<Coord<f64>> {
        let mut at = |from: f64| from + f64::from(random.random_range(0..8_u8)) / 1024.0;
        (0..count).map(|_| Coord { x: at(105.0), y: at(20.0) }).collect()
    }

    #[test]
    fn what_edges_tell_is_what_an_exact_comparison_tells() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(7);
        let polygon = |random: &mut rand_chacha::ChaCha8Rng| loop {
            let count = random.random_range(3..7);
            let polygon = Polygon::new(LineString(corners(random, count)), Vec::new());
            if polygon.is_valid() {
                return polygon;
            }
        };
        let mut held = [0; 8];
        for round in 0..4000 {
            let shape = polygon(&mut random);
            let geometry: Geometry<f64> = match round % 3 {
                0 if round % 50 == 0 => shape.clone().into(),
                0 => polygon(&mut random).into(),
                1 => LineString(corners(&mut random, 2 + round % 4)).into(),
                _ => MultiPolygon(vec![polygon(&mut random)]).into(),
            };
            let around = shape.bounding_rect().unwrap();
            let extent_of =
                Extent::from_degrees([around.min().x, around.min().y, around.max().x, around.max().y]);
            let relation = shape.relate(&geometry);
            let found = [
                relation.is_intersects(),
                !relation.is_intersects(),
                relation.is_equal_topo(),
                relation.is_touches(),
                relation.is_within(),
                relation.is_contains(),
                relation.is_overlaps(),
                relation.is_crosses(),
            ];
            for ((how, expected), held) in ALL.into_iter().zip(found).zip(&mut held) {
                let spatial = Spatial::new(how, geometry.clone());
                let answer = spatial.holds(extent_of.grown(1), || Some(shape.clone().into()));
                assert_eq!(answer, Some(expected), "{how:?} {shape:?} {geometry:?}");
                *held += u32::from(expected);
            }
        }
        assert!(held.iter().all(|held| *held > 0), "{held:?}");
    }
}
