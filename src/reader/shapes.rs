//! Shapes as they travel: rings and lines of plain numbers.

use geo::{Coord, LineString, MultiPolygon, Polygon};
use serde::{Deserialize, Serialize};

use super::check::{Check, Doubt};

/// A ring or line: (longitude, latitude) in degrees.
pub type Points = Vec<(f64, f64)>;

/// Polygons, each an outer ring and its holes.
#[derive(Debug, Serialize, Deserialize)]
pub struct Areas(Vec<Vec<Points>>);

impl Areas {
    /// The areas, if all of it can be.
    ///
    /// # Errors
    /// Coordinates outside Vietnam, a ring that is none, more vertices than are taken.
    pub fn checked(self, check: &mut Check) -> Result<MultiPolygon<f64>, Doubt> {
        for ring in self.0.iter().flatten() {
            check.points(ring)?;
            if ring.len() < 4 || ring.first() != ring.last() {
                return Err(Doubt("a ring that is not closed"));
            }
        }
        if self.0.iter().any(Vec::is_empty) {
            return Err(Doubt("a polygon without a ring"));
        }
        Ok(self.into())
    }
}

impl From<MultiPolygon<f64>> for Areas {
    fn from(areas: MultiPolygon<f64>) -> Self {
        let rings = |polygon: Polygon<f64>| {
            let (outer, holes) = polygon.into_inner();
            std::iter::once(outer).chain(holes).map(points).collect()
        };
        Self(areas.into_iter().map(rings).collect())
    }
}

impl From<Areas> for MultiPolygon<f64> {
    fn from(areas: Areas) -> Self {
        let polygon = |rings: Vec<Points>| {
            let mut rings = rings.into_iter().map(line);
            Some(Polygon::new(rings.next()?, rings.collect()))
        };
        Self::new(areas.0.into_iter().filter_map(polygon).collect())
    }
}

/// The points of a line.
pub fn points(line: LineString<f64>) -> Points {
    line.0.into_iter().map(|c| (c.x, c.y)).collect()
}

/// The line through points.
pub fn line(points: Points) -> LineString<f64> {
    LineString::new(points.into_iter().map(|(x, y)| Coord { x, y }).collect())
}
