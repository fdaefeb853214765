//! The column of geometries of a `MapLibre` Tile.

use super::streams::{Columns, column, stream, technique};
use crate::tile::{
    grid::Point,
    packed::{varint, zigzag},
    shape::GeometryKind,
};

/// Collects geometries of one kind; its room is kept.
#[derive(Debug, Default)]
pub struct Geometries {
    /// Parts of each geometry: polygons, lines or points.
    parts: Vec<u32>,
    /// Rings of each polygon.
    rings: Vec<u32>,
    /// Places of each ring, or of each line.
    places: Vec<u32>,
    /// Places as differences.
    vertices: Vec<u8>,
    before: Point,
    count: usize,
}

impl Geometries {
    /// Forgets all geometries.
    pub fn begin(&mut self) {
        self.parts.clear();
        self.rings.clear();
        self.places.clear();
        self.vertices.clear();
        self.before = (0, 0);
        self.count = 0;
    }

    /// Adds a geometry by its paths: whether each is a hole, and its places without the closing one.
    pub fn push<'a>(&mut self, paths: impl Iterator<Item = (bool, &'a [Point])>) {
        let first = self.rings.len();
        for (hole, path) in paths {
            match self.rings[first..].last_mut() {
                Some(polygon) if hole => *polygon += 1,
                _ => self.rings.push(1),
            }
            self.places.push(path.len() as u32);
            self.count += path.len();
            for &(x, y) in path {
                varint(&mut self.vertices, u64::from(zigzag(x - self.before.0)));
                varint(&mut self.vertices, u64::from(zigzag(y - self.before.1)));
                self.before = (x, y);
            }
        }
        self.parts.push((self.rings.len() - first) as u32);
    }

    /// Writes the column.
    pub fn write(&mut self, kind: GeometryKind, columns: &mut Columns) {
        let (single, several) = match kind {
            GeometryKind::Point => (0, 3),
            GeometryKind::Line => (1, 4),
            GeometryKind::Polygon => (2, 5),
        };
        let many = self.parts.iter().any(|parts| *parts > 1);
        let levels = match kind {
            GeometryKind::Point => 0,
            GeometryKind::Line => 1,
            GeometryKind::Polygon => 2,
        };
        columns.column(column::GEOMETRY, None);
        columns.streams(2 + levels + u8::from(many));
        if many {
            let kind_of = |parts: &u32| if *parts > 1 { several } else { single };
            columns.numbers(stream::TYPES, &self.parts.iter().map(kind_of).collect::<Vec<_>>());
            self.parts.retain(|parts| *parts > 1);
            columns.numbers(stream::GEOMETRIES, &self.parts);
        } else {
            columns.same(stream::TYPES, single, self.parts.len());
        }
        match kind {
            GeometryKind::Point => {}
            GeometryKind::Line => columns.numbers(stream::PARTS, &self.places),
            GeometryKind::Polygon => {
                columns.numbers(stream::PARTS, &self.rings);
                columns.numbers(stream::RINGS, &self.places);
            }
        }
        std::mem::swap(&mut columns.payload, &mut self.vertices);
        columns.stream(stream::VERTICES, technique::BY_COMPONENT, self.count * 2);
    }
}
