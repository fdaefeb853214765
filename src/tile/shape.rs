//! Shapes of the atlas in tile units.

use super::{
    clip,
    grid::{Point, Projection, TileId},
};
use crate::atlas::{Shape, WorldPoint};

/// Kind of a geometry.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub enum GeometryKind {
    /// Point.
    Point = 1,
    /// Line.
    Line = 2,
    /// Polygon.
    Polygon = 3,
}

/// Draws in one tile; what was drawn last is kept until the next.
#[derive(Debug, Default)]
pub struct Pen {
    /// The paths drawn, one behind the other, rings without closing points.
    points: Vec<Point>,
    /// End of each path in `points`, and whether it is a hole.
    ends: Vec<(u32, bool)>,
    ring: Vec<Point>,
    spare: Vec<Point>,
}

impl Pen {
    /// Draws the polygon of `shape`, outer rings clockwise on the screen, holes against it; says whether any of it
    /// lies in the buffered tile. A part too thin for the grid becomes a strip one unit wide.
    pub fn polygon(&mut self, shape: Shape<'_>, projection: Projection) -> bool {
        self.points.clear();
        self.ends.clear();
        let mut outer_kept = true;
        for (hole, ring) in shape.rings() {
            if hole && !outer_kept {
                continue;
            }
            self.ring.clear();
            let mut inside = true;
            for point in ring {
                let point = projection.project(*point);
                if self.ring.last() != Some(&point) {
                    inside &= clip::holds(point);
                    self.ring.push(point);
                }
            }
            if !inside {
                clip::ring(&mut self.ring, &mut self.spare);
            }
            let kept = self.keep_ring(hole);
            if !hole {
                outer_kept = kept;
            }
            if !hole && !kept && !self.ring.is_empty() {
                let strip = strip(&self.ring);
                self.ring.clear();
                self.ring.extend(strip);
                self.keep_ring(false);
            }
        }
        !self.ends.is_empty()
    }

    /// Draws the line through `places`; says whether any of it lies in the buffered tile.
    pub fn line(&mut self, places: &[WorldPoint], tile_id: TileId) -> bool {
        self.points.clear();
        self.ends.clear();
        let projection = tile_id.projection();
        let mut line: Vec<_> = places.iter().map(|point| projection.project(*point)).collect();
        line.dedup();
        for part in clip::line(&line) {
            self.points.extend(part);
            self.ends.push((self.points.len() as u32, false));
        }
        !self.ends.is_empty()
    }

    /// Draws the point at `place`; says whether it lies in the tile itself.
    pub fn point(&mut self, point: WorldPoint, tile_id: TileId) -> bool {
        self.points.clear();
        self.ends.clear();
        if tile_id.extent().holds(point) && TileId::around(point, tile_id.z()) == Some(tile_id) {
            self.points.push(tile_id.projection().project(point));
            self.ends.push((1, false));
        }
        !self.ends.is_empty()
    }

    /// The paths drawn last: whether each is a hole, and its points, of rings without the closing one.
    pub fn paths(&self) -> impl Iterator<Item = (bool, &[Point])> {
        let mut from = 0;
        self.ends.iter().map(move |(end, hole)| {
            let path = &self.points[from..*end as usize];
            from = *end as usize;
            (*hole, path)
        })
    }

    /// Takes `self.ring` in, turned as it must be; says whether it has an area.
    fn keep_ring(&mut self, hole: bool) -> bool {
        self.ring.dedup();
        if self.ring.len() > 1 && self.ring.first() == self.ring.last() {
            self.ring.pop();
        }
        let Some(&last) = self.ring.last() else { return false };
        let (mut area, mut before) = (0i64, last);
        for &after in &self.ring {
            area += i64::from(before.0) * i64::from(after.1) - i64::from(after.0) * i64::from(before.1);
            before = after;
        }
        if area == 0 {
            return false;
        }
        if (area < 0) == hole {
            self.points.extend_from_slice(&self.ring);
        } else {
            self.points.extend(self.ring.iter().rev());
        }
        self.ends.push((self.points.len() as u32, hole));
        true
    }
}

/// The strip one unit wide along a ring that has length but no area: between
/// its ends, found as the place farthest from any and the one farthest from that.
fn strip(ring: &[Point]) -> [Point; 4] {
    let farthest = |from: Point| {
        let apart = |to: &Point| {
            let (dx, dy) = (i64::from(to.0 - from.0), i64::from(to.1 - from.1));
            dx * dx + dy * dy
        };
        ring.iter().copied().max_by_key(apart).unwrap_or(from)
    };
    let one = farthest(ring[0]);
    let other = farthest(one);
    let steep = one.0.abs_diff(other.0) < one.1.abs_diff(other.1);
    if one == other {
        let (x, y) = one;
        [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
    } else if steep {
        [one, other, (other.0 + 1, other.1), (one.0 + 1, one.1)]
    } else {
        [one, other, (other.0, other.1 + 1), (one.0, one.1 + 1)]
    }
}
