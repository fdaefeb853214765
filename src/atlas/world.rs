//! World units: the Web Mercator square of the tile grid in 2³² steps a side.
//!
//! One step is 9.3 mm at the equator and 8.7 mm on the ground at 20.5° N, finer than
//! any cadastral survey. Neighbours that share a vertex still share it, and
//! the vertex's place in a tile is a subtraction and a shift: no
//! trigonometry while somebody waits. Areas are never computed from these.

/// A place in world units: x grows to the east, y to the south.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WorldPoint {
    /// 0 at 180° W.
    pub x: u32,
    /// 0 at 85.0511° N.
    pub y: u32,
}

const SIDE: f64 = 4_294_967_296.0;

impl WorldPoint {
    /// From WGS 84 degrees; what lies beyond the square is moved to its edge.
    pub fn from_degrees(lon: f64, lat: f64) -> Self {
        let x = (lon + 180.0) / 360.0;
        let sin = lat.to_radians().sin();
        let y = 0.5 - ((1.0 + sin) / (1.0 - sin)).ln() / (4.0 * std::f64::consts::PI);
        let step = |v: f64| (v * SIDE).round().clamp(0.0, SIDE - 1.0) as u32;
        Self { x: step(x), y: step(y) }
    }

    /// WGS 84 degrees (lon, lat), rounded to 10⁻⁷.
    pub fn to_degrees(self) -> (f64, f64) {
        let lon = f64::from(self.x) / SIDE * 360.0 - 180.0;
        let mercator = std::f64::consts::PI * (1.0 - 2.0 * f64::from(self.y) / SIDE);
        let lat = mercator.sinh().atan().to_degrees();
        (round(lon), round(lat))
    }

    /// Metres on the ground that one step is long at this place.
    pub fn metres(self) -> f64 {
        let equator = 2.0 * std::f64::consts::PI * 6_378_137.0;
        self.to_degrees().1.to_radians().cos() * equator / SIDE
    }
}

fn round(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}

/// A rectangle in world units, edges included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Western edge.
    pub min_x: u32,
    /// Northern edge.
    pub min_y: u32,
    /// Eastern edge.
    pub max_x: u32,
    /// Southern edge.
    pub max_y: u32,
}

impl Extent {
    /// An extent that holds nothing; the neutral element of [`Extent::join`].
    pub const EMPTY: Self = Self { min_x: u32::MAX, min_y: u32::MAX, max_x: 0, max_y: 0 };
    /// The whole square.
    pub const ALL: Self = Self { min_x: 0, min_y: 0, max_x: u32::MAX, max_y: u32::MAX };

    /// From west, south, east, north in WGS 84 degrees.
    pub fn from_degrees([west, south, east, north]: [f64; 4]) -> Self {
        let (nw, se) = (WorldPoint::from_degrees(west, north), WorldPoint::from_degrees(east, south));
        Self { min_x: nw.x, min_y: nw.y, max_x: se.x, max_y: se.y }
    }

    /// West, south, east, north in WGS 84 degrees.
    pub fn to_degrees(self) -> [f64; 4] {
        let (west, north) = WorldPoint { x: self.min_x, y: self.min_y }.to_degrees();
        let (east, south) = WorldPoint { x: self.max_x, y: self.max_y }.to_degrees();
        [west, south, east, north]
    }

    /// Its north-western and its south-eastern corner.
    pub fn corners(self) -> [WorldPoint; 2] {
        [WorldPoint { x: self.min_x, y: self.min_y }, WorldPoint { x: self.max_x, y: self.max_y }]
    }

    /// The smallest extent around these places.
    pub fn around(points: &[WorldPoint]) -> Self {
        points.iter().fold(Self::EMPTY, |extent, point| extent.with(*point))
    }

    /// Grown to hold `place`.
    #[must_use]
    pub fn with(self, point: WorldPoint) -> Self {
        Self {
            min_x: self.min_x.min(point.x),
            min_y: self.min_y.min(point.y),
            max_x: self.max_x.max(point.x),
            max_y: self.max_y.max(point.y),
        }
    }

    /// The smallest extent that holds both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self {
            min_x: self.min_x.min(other.min_x),
            min_y: self.min_y.min(other.min_y),
            max_x: self.max_x.max(other.max_x),
            max_y: self.max_y.max(other.max_y),
        }
    }

    /// This extent with `steps` more on each side.
    #[must_use]
    pub fn grown(self, steps: u32) -> Self {
        Self {
            min_x: self.min_x.saturating_sub(steps),
            min_y: self.min_y.saturating_sub(steps),
            max_x: self.max_x.saturating_add(steps),
            max_y: self.max_y.saturating_add(steps),
        }
    }

    /// What lies in both; empty when they do not touch.
    #[must_use]
    pub fn meet(self, other: Self) -> Self {
        Self {
            min_x: self.min_x.max(other.min_x),
            min_y: self.min_y.max(other.min_y),
            max_x: self.max_x.min(other.max_x),
            max_y: self.max_y.min(other.max_y),
        }
    }

    /// Whether all of `other` lies inside.
    pub fn holds_all(self, other: Self) -> bool {
        self.join(other) == self
    }

    /// Whether nothing is inside.
    pub fn is_empty(self) -> bool {
        self.min_x > self.max_x || self.min_y > self.max_y
    }

    /// Whether both share at least a point of their edges.
    pub fn touches(self, other: Self) -> bool {
        self.min_x <= other.max_x
            && other.min_x <= self.max_x
            && self.min_y <= other.max_y
            && other.min_y <= self.max_y
    }

    /// Whether `place` lies inside or on the edge.
    pub fn holds(self, point: WorldPoint) -> bool {
        (self.min_x..=self.max_x).contains(&point.x) && (self.min_y..=self.max_y).contains(&point.y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_place_comes_back_within_fifteen_millimetres(lon in 102.0..110.0f64, lat in 8.0..24.0f64) {
            let (lon2, lat2) = WorldPoint::from_degrees(lon, lat).to_degrees();
            let metres = ((lon - lon2) * 111_320.0 * lat.to_radians().cos()).hypot((lat - lat2) * 110_700.0);
            // Half a step and half of 10⁻⁷ degrees, each way: √2 · (4.7 + 5.6) mm.
            prop_assert!(metres < 0.015, "{metres} m");
        }

        #[test]
        fn what_was_read_from_the_atlas_goes_back_to_the_same_place(x in 3_360_000_000u32..3_460_000_000, y in 1_860_000_000u32..2_060_000_000) {
            let point = WorldPoint { x, y };
            let (lon, lat) = point.to_degrees();
            let again = WorldPoint::from_degrees(lon, lat);
            prop_assert!(point.x.abs_diff(again.x) <= 1 && point.y.abs_diff(again.y) <= 1);
        }
    }

    #[test]
    fn extents_join_and_touch() {
        let a = Extent { min_x: 0, min_y: 0, max_x: 10, max_y: 10 };
        let b = Extent { min_x: 10, min_y: 10, max_x: 20, max_y: 20 };
        assert!(a.touches(b) && Extent::EMPTY.is_empty() && !a.touches(Extent::EMPTY));
        assert_eq!(Extent::EMPTY.join(a), a);
        assert_eq!(a.join(b).max_x, 20);
    }
}
