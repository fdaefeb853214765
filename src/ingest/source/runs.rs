//! Rows on their way out of a file, run by run and within its bounds.

use gdal::vector::{Geometry, geometry_type_has_m, geometry_type_has_z};

use super::{Source, SourceRow, curve};
use crate::ingest::{
    bounds::{Bound, Bounds, LONGEST_TEXT},
    error::IngestError,
    flow::Halt,
    progress::Step,
};

/// Rows that are handed on at once.
const RUN: usize = 4096;

/// Takes a run of rows, and how far reading is.
pub type TakeRun<'a> = &'a mut dyn FnMut(Vec<SourceRow>, Step) -> Result<(), Halt>;

/// Rows on their way out, run by run.
pub struct Runs<'a> {
    source: &'a Source,
    bounds: &'a Bounds,
    of: Option<u64>,
    take: TakeRun<'a>,
    rows: Vec<SourceRow>,
    done: usize,
    vertices: usize,
}

impl<'a> Runs<'a> {
    /// None has come.
    pub fn new(source: &'a Source, bounds: &'a Bounds, of: Option<u64>, take: TakeRun<'a>) -> Self {
        Self { source, bounds, of, take, rows: Vec::with_capacity(RUN), done: 0, vertices: 0 }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// More than is taken of a file; the error of who takes the runs.
    pub fn push(&mut self, row: SourceRow) -> Result<(), Halt> {
        row.shape.for_each(|_| self.vertices += 1);
        self.done += 1;
        self.keep_within(&row)?;
        self.rows.push(row);
        if self.rows.len() < RUN { Ok(()) } else { self.hand_on() }
    }

    fn hand_on(&mut self) -> Result<(), Halt> {
        let rows = std::mem::replace(&mut self.rows, Vec::with_capacity(RUN));
        (self.take)(rows, Step::Reading { done: self.done as u64, of: self.of })
    }

    /// Hands the last of them on.
    ///
    /// # Errors
    /// No row at all; the error of who takes the runs.
    pub fn finish(mut self) -> Result<(), Halt> {
        let Source { file, layer, .. } = self.source;
        if self.done == 0 {
            return Err(IngestError::Empty { file: file.clone(), layer: layer.clone() }.into());
        }
        self.hand_on()
    }

    /// One row more, and all that was read before, within the bounds.
    fn keep_within(&self, row: &SourceRow) -> Result<(), IngestError> {
        let is_long = |text: &String| text.len() > LONGEST_TEXT && text.chars().count() > LONGEST_TEXT;
        let over = if self.done > self.bounds.rows {
            (Bound::Rows, self.bounds.rows)
        } else if self.vertices > self.bounds.vertices {
            (Bound::Vertices, self.bounds.vertices)
        } else if row.cells.iter().flatten().any(is_long) {
            (Bound::Text, LONGEST_TEXT)
        } else {
            return Ok(());
        };
        let file = self.source.file.clone();
        Err(IngestError::TooMuch { file, bound: over.0, limit: over.1 as u64 })
    }
}

/// Features whose geometry is more than plane straight lines.
#[derive(Default)]
pub struct Simplified {
    heights: usize,
    measures: usize,
    arcs: usize,
}

impl Simplified {
    /// Takes note of a geometry.
    pub fn count(&mut self, geometry: &Geometry) {
        let kind = geometry.geometry_type();
        self.heights += usize::from(geometry_type_has_z(kind));
        self.measures += usize::from(geometry_type_has_m(kind));
        self.arcs += usize::from(curve::is_curved(kind));
    }

    /// What of them is not kept.
    pub fn warnings(&self) -> Vec<String> {
        let counts = [
            (self.heights, "have heights (Z), which are not kept"),
            (self.measures, "have measures (M), which are not kept"),
            (self.arcs, "may have arcs, which became chords of at most 4°"),
        ];
        let some = counts.iter().filter(|(count, _)| *count > 0);
        some.map(|(count, what)| format!("{count} features {what}")).collect()
    }
}
