//! Shapes of the atlas as MVT geometry commands (Mapbox Vector Tile 2.1, clause 4.3).

use super::{clip, grid::TileId};
use crate::atlas::{Shape, WorldPoint};

const MOVE_TO: u32 = 1;
const LINE_TO: u32 = 2;
const CLOSE_PATH: u32 = 7;

/// Writes geometries of one tile; buffers are kept between features.
#[derive(Debug, Default)]
pub struct GeometryEncoder {
    commands: Vec<u32>,
    cursor: (i32, i32),
    ring: Vec<(i32, i32)>,
    spare: Vec<(i32, i32)>,
}

impl GeometryEncoder {
    /// The polygon of `shape` in `tile_id`; empty when none of it lies in the
    /// buffered tile. A part too thin for the grid becomes a strip one unit wide.
    pub fn polygon(&mut self, shape: Shape<'_>, tile_id: TileId) -> &[u32] {
        self.begin();
        let mut outer_kept = true;
        for (hole, ring) in shape.rings() {
            if hole && !outer_kept {
                continue;
            }
            self.ring.clear();
            for point in ring {
                let point = tile_id.project(*point);
                if self.ring.last() != Some(&point) {
                    self.ring.push(point);
                }
            }
            if !clip::inside(&self.ring) {
                clip::ring(&mut self.ring, &mut self.spare);
            }
            let kept = self.write_ring(hole);
            if !hole {
                outer_kept = kept;
            }
            if !hole && !kept && !self.ring.is_empty() {
                let strip = strip(&self.ring);
                self.ring.clear();
                self.ring.extend(strip);
                self.write_ring(false);
            }
        }
        &self.commands
    }

    /// The line through `places`; empty when none of it lies in the buffered tile.
    pub fn line(&mut self, places: &[WorldPoint], tile_id: TileId) -> &[u32] {
        self.begin();
        let mut line: Vec<_> = places.iter().map(|point| tile_id.project(*point)).collect();
        line.dedup();
        for part in clip::line(&line) {
            self.move_to(part[0]);
            self.line_to(&part[1..]);
        }
        &self.commands
    }

    /// The point at `place`; empty when it lies outside the tile itself.
    pub fn point(&mut self, point: WorldPoint, tile_id: TileId) -> &[u32] {
        self.begin();
        if tile_id.extent().holds(point) && TileId::around(point, tile_id.z()) == Some(tile_id) {
            self.move_to(tile_id.project(point));
        }
        &self.commands
    }

    fn begin(&mut self) {
        self.commands.clear();
        self.cursor = (0, 0);
    }

    /// Writes `self.ring`, outer rings clockwise on the screen, holes against
    /// it; says whether it has an area.
    fn write_ring(&mut self, hole: bool) -> bool {
        self.ring.dedup();
        if self.ring.len() > 1 && self.ring.first() == self.ring.last() {
            self.ring.pop();
        }
        let pairs = self.ring.iter().zip(self.ring.iter().cycle().skip(1));
        let area: i64 =
            pairs.map(|(a, b)| i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1)).sum();
        if area == 0 {
            return false;
        }
        if (area < 0) != hole {
            self.ring.reverse();
        }
        let ring = std::mem::take(&mut self.ring);
        self.move_to(ring[0]);
        self.line_to(&ring[1..]);
        self.commands.push(CLOSE_PATH | (1 << 3));
        self.ring = ring;
        true
    }

    fn move_to(&mut self, point: (i32, i32)) {
        self.commands.push(MOVE_TO | (1 << 3));
        self.step(point);
    }

    fn line_to(&mut self, places: &[(i32, i32)]) {
        self.commands.push(LINE_TO | ((places.len() as u32) << 3));
        places.iter().for_each(|point| self.step(*point));
    }

    fn step(&mut self, point: (i32, i32)) {
        let zigzag = |v: i32| ((v << 1) ^ (v >> 31)) as u32;
        self.commands.push(zigzag(point.0 - self.cursor.0));
        self.commands.push(zigzag(point.1 - self.cursor.1));
        self.cursor = point;
    }
}

/// The strip one unit wide along a ring that has length but no area: between
/// its ends, found as the place farthest from any and the one farthest from that.
fn strip(ring: &[(i32, i32)]) -> [(i32, i32); 4] {
    let farthest = |from: (i32, i32)| {
        let apart = |to: &(i32, i32)| {
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
