//! What is drawn in one tile, read once, whatever format it is written in: parcels, or patches of them.
//!
//! They are read in parts of 1 024, on all processors where there are several parts. What is found does not depend on
//! how many processors found it.

use rayon::prelude::*;

use super::{
    grid::{Point, TileId},
    rows::Row,
    shape::Pen,
};
use crate::analysis::View;

/// Parcels that one processor does at a time.
const PART: usize = 1024;

/// The drawn parcels of a tile; rooms of parts are kept for the next tile.
#[derive(Debug, Default)]
pub struct Drawing {
    parts: Vec<Part>,
    count: usize,
}

/// Some of a tile's parcels.
#[derive(Debug, Default)]
pub struct Part {
    /// What is said of each.
    pub rows: Vec<Row>,
    /// Their rings' points, one behind the other.
    points: Vec<Point>,
    /// End of each ring in `points`, and whether it is a hole.
    rings: Vec<(u32, bool)>,
    /// End of each parcel in `rings`.
    ends: Vec<u32>,
    pen: Pen,
}

impl Drawing {
    /// Reads the parcels in `tile_id`; those of which nothing can be seen are left out.
    pub fn read(&mut self, view: &View, tile_id: TileId) {
        let found = view.snapshot.parcels_in(tile_id.buffered());
        let runs = found.chunks(PART).collect::<Vec<_>>();
        each(self.begin(runs.len()), |number, part| part.read(view, tile_id, runs[number]));
    }

    /// So many empty parts, to be filled.
    pub fn begin(&mut self, count: usize) -> &mut [Part] {
        if self.parts.len() < count {
            self.parts.resize_with(count, Part::default);
        }
        self.count = count;
        let parts = &mut self.parts[..count];
        parts.iter_mut().for_each(Part::clear);
        parts
    }

    /// The parts, in the order of their parcels.
    pub fn parts(&self) -> &[Part] {
        &self.parts[..self.count]
    }

    /// The parts, to be changed.
    pub fn parts_mut(&mut self) -> &mut [Part] {
        &mut self.parts[..self.count]
    }

    /// Number of parcels.
    pub fn len(&self) -> usize {
        self.parts().iter().map(|part| part.rows.len()).sum()
    }

    /// All rows.
    pub fn rows(&self) -> impl Iterator<Item = &Row> + Clone {
        self.parts().iter().flat_map(|part| &part.rows)
    }

    /// Bytes that the rooms take.
    pub fn bytes(&self) -> usize {
        let part = |part: &Part| part.rows.capacity() * size_of::<Row>() + part.points.capacity() * 8;
        self.parts.iter().map(part).sum()
    }
}

/// Does something for each of several, on all processors.
pub fn each<T: Send>(many: &mut [T], work: impl Fn(usize, &mut T) + Sync) {
    match many {
        [one] => work(0, one),
        many => many.par_iter_mut().enumerate().for_each(|(number, one)| work(number, one)),
    }
}

impl Part {
    fn clear(&mut self) {
        self.rows.clear();
        self.points.clear();
        self.rings.clear();
        self.ends.clear();
    }

    fn read(&mut self, view: &View, tile_id: TileId, parcels: &[u32]) {
        let (shapes, projection) = (view.snapshot.parcels().arena(), tile_id.projection());
        let mut pen = std::mem::take(&mut self.pen);
        for &parcel in parcels {
            if pen.polygon(shapes.shape(parcel as usize), projection)
                && let Some(row) = Row::of(view, parcel)
            {
                self.push(row, pen.paths());
            }
        }
        self.pen = pen;
    }

    /// Adds a row with its rings: whether each is a hole, and its points without the closing one.
    pub fn push<'a>(&mut self, row: Row, rings: impl Iterator<Item = (bool, &'a [Point])>) {
        for (hole, ring) in rings {
            self.points.extend_from_slice(ring);
            self.rings.push((self.points.len() as u32, hole));
        }
        self.ends.push(self.rings.len() as u32);
        self.rows.push(row);
    }

    /// The rings of each row.
    pub fn shapes(&self) -> impl Iterator<Item = impl Iterator<Item = (bool, &[Point])>> {
        (0..self.rows.len()).map(|place| self.shape(place))
    }

    /// The rings of the row at `place`.
    pub fn shape(&self, place: usize) -> impl Iterator<Item = (bool, &[Point])> {
        let first = if place == 0 { 0 } else { self.ends[place - 1] as usize };
        (first..self.ends[place] as usize).map(|ring| {
            let from = if ring == 0 { 0 } else { self.rings[ring - 1].0 as usize };
            let (to, hole) = self.rings[ring];
            (hole, &self.points[from..to as usize])
        })
    }
}
