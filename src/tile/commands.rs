//! Geometries as commands (Mapbox Vector Tile 2.1, clause 4.3).

use super::{
    grid::Point,
    packed::{Packed, zigzag},
    shape::GeometryKind,
};

const MOVE_TO: u32 = 1;
const LINE_TO: u32 = 2;
const CLOSE_PATH: u32 = 7;

/// Geometry commands; their room is kept between features.
#[derive(Debug, Default)]
pub struct Commands {
    written: Packed,
    cursor: Point,
}

impl Commands {
    /// A geometry of these paths.
    pub fn of<'a>(&mut self, kind: GeometryKind, paths: impl Iterator<Item = (bool, &'a [Point])>) -> &[u8] {
        self.begin();
        for (_, path) in paths {
            self.path(path);
            if matches!(kind, GeometryKind::Polygon) {
                self.written.put(CLOSE_PATH | (1 << 3));
            }
        }
        self.written.bytes()
    }

    fn begin(&mut self) {
        self.written.begin(0);
        self.cursor = (0, 0);
    }

    /// A line through these places, of which there is one at least; room for one more command is left.
    fn path(&mut self, places: &[Point]) {
        self.written.reserve(places.len() * 2 + 3);
        self.written.put(MOVE_TO | (1 << 3));
        self.step(places[0]);
        if places.len() > 1 {
            self.written.put(LINE_TO | ((places.len() as u32 - 1) << 3));
            places[1..].iter().for_each(|point| self.step(*point));
        }
    }

    #[inline]
    fn step(&mut self, point: Point) {
        self.written.put(zigzag(point.0 - self.cursor.0));
        self.written.put(zigzag(point.1 - self.cursor.1));
        self.cursor = point;
    }
}
