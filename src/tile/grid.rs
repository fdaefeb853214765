//! The tile grid: `WebMercatorQuad` (OGC 17-083r4, annex D), XYZ numbering.

use crate::atlas::{Extent, WorldPoint};

/// Tile units a side.
pub const EXTENT: i32 = 4096;
/// Tile units kept around a tile, so that outlines of neighbours meet.
pub const BUFFER: i32 = 64;
/// The deepest zoom.
pub const MAX_ZOOM: u8 = 22;

/// A place in tile units.
pub type Point = (i32, i32);

/// A tile's square.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileId {
    /// Zoom, 0 … 22.
    z: u8,
    x: u32,
    y: u32,
}

impl TileId {
    /// The square, if it is one: zoom up to 22, x and y inside the grid.
    pub fn new(z: u8, x: u32, y: u32) -> Option<Self> {
        let side = 1u32.checked_shl(u32::from(z))?;
        (z <= MAX_ZOOM && x < side && y < side).then_some(Self { z, x, y })
    }

    /// Zoom.
    pub fn z(self) -> u8 {
        self.z
    }

    /// Column, from 180° W.
    pub fn x(self) -> u32 {
        self.x
    }

    /// Row, from the north.
    pub fn y(self) -> u32 {
        self.y
    }

    /// The square that holds `point`.
    ///
    /// ```
    /// use matbang::{atlas::WorldPoint, tile::TileId};
    ///
    /// let phu_ly = WorldPoint::from_degrees(105.91, 20.54);
    /// let tile = TileId::around(phu_ly, 14).map(|tile| (tile.z(), tile.x(), tile.y()));
    /// assert_eq!(tile, Some((14, 13_012, 7_236)));
    /// ```
    pub fn around(point: WorldPoint, z: u8) -> Option<Self> {
        let shift = 32 - u32::from(z.min(MAX_ZOOM));
        let part = |v: u32| u32::try_from(u64::from(v) >> shift).unwrap_or(0);
        Self::new(z, part(point.x), part(point.y))
    }

    /// Squares at zoom `z` whose buffered tiles `extent` touches.
    pub fn touching(extent: Extent, z: u8) -> impl Iterator<Item = Self> {
        let side = 1u64 << (32 - u64::from(z.min(MAX_ZOOM)));
        let margin = side * BUFFER as u64 / EXTENT as u64;
        let last = (1u64 << z.min(MAX_ZOOM)) - 1;
        let from = move |v: u32| (u64::from(v).saturating_sub(margin) / side) as u32;
        let to = move |v: u32| ((u64::from(v) + margin) / side).min(last) as u32;
        let rows = from(extent.min_y)..=to(extent.max_y);
        rows.flat_map(move |y| {
            (from(extent.min_x)..=to(extent.max_x)).filter_map(move |x| Self::new(z, x, y))
        })
    }

    /// The world extent of the tile with its buffer.
    pub fn buffered(self) -> Extent {
        let side = 1i64 << (32 - i64::from(self.z));
        let margin = (side * i64::from(BUFFER) / i64::from(EXTENT)).max(1);
        let edge = |n: u32, more: i64| (i64::from(n) * side + more).clamp(0, i64::from(u32::MAX)) as u32;
        Extent {
            min_x: edge(self.x, -margin),
            min_y: edge(self.y, -margin),
            max_x: edge(self.x, side + margin),
            max_y: edge(self.y, side + margin),
        }
    }

    /// The world extent of the tile without its buffer.
    pub fn extent(self) -> Extent {
        let side = 1i64 << (32 - i64::from(self.z));
        let edge = |n: u32, more: i64| (i64::from(n) * side + more).clamp(0, i64::from(u32::MAX)) as u32;
        Extent {
            min_x: edge(self.x, 0),
            min_y: edge(self.y, 0),
            max_x: edge(self.x, side),
            max_y: edge(self.y, side),
        }
    }

    /// How places fall in the tile.
    pub fn projection(self) -> Projection {
        let edge = |n: u32| i64::from(n) << (32 - u32::from(self.z));
        // 2³² world units make 2ᶻ · 4096 tile units: one is 2^(20 - z) world units.
        let (up, down) = (self.z.saturating_sub(20), 20u8.saturating_sub(self.z));
        Projection { edges: (edge(self.x), edge(self.y)), up, down, half: (1 << down) >> 1 }
    }
}

/// From world units to the units of one tile.
#[derive(Debug, Clone, Copy)]
pub struct Projection {
    /// Western and northern edge of the tile in world units.
    edges: (i64, i64),
    up: u8,
    down: u8,
    half: i64,
}

impl Projection {
    /// Where `point` falls in the tile, in tile units rounded to the nearest.
    #[inline]
    pub fn project(self, point: WorldPoint) -> Point {
        let one = |v: u32, edge: i64| {
            let units = ((i64::from(v) - edge + self.half) >> self.down) << self.up;
            units.clamp(i64::from(i32::MIN / 4), i64::from(i32::MAX / 4)) as i32
        };
        (one(point.x, self.edges.0), one(point.y, self.edges.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_squares_of_the_grid_are_squares() {
        assert!(TileId::new(0, 0, 0).is_some() && TileId::new(22, 0, (1 << 22) - 1).is_some());
        assert!(TileId::new(0, 1, 0).is_none() && TileId::new(23, 0, 0).is_none());
    }

    proptest! {
        #[test]
        fn a_place_falls_inside_the_square_that_holds_it(x: u32, y: u32, z in 0u8..=22) {
            let point = WorldPoint { x, y };
            let tile_id = TileId::around(point, z).unwrap();
            let (px, py) = tile_id.projection().project(point);
            prop_assert!((0..=EXTENT).contains(&px) && (0..=EXTENT).contains(&py), "{px} {py}");
            prop_assert!(tile_id.extent().holds(point));
        }

        #[test]
        fn the_squares_around_an_extent_are_those_whose_buffer_it_touches(x in 1_000_000u32..4_000_000_000, y in 1_000_000u32..4_000_000_000, w in 0u32..200_000, h in 0u32..200_000, z in 8u8..=16) {
            let extent = Extent { min_x: x, min_y: y, max_x: x + w, max_y: y + h };
            let around: Vec<TileId> = TileId::touching(extent, z).collect();
            for tile_id in &around {
                prop_assert!(tile_id.buffered().touches(extent));
            }
            let first = around[0];
            for (dx, dy) in [(-1i64, 0), (0, -1)] {
                let beside = TileId::new(z, (i64::from(first.x()) + dx) as u32, (i64::from(first.y()) + dy) as u32);
                prop_assert!(beside.is_none_or(|beside| !beside.buffered().touches(extent)
                    || beside.buffered().max_x == extent.min_x || beside.buffered().max_y == extent.min_y));
            }
        }
    }
}
