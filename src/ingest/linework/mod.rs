//! Parcels from drawings: DXF and DGN know lines and texts, not parcels.
//!
//! ```text
//! lines ─ cut at crossings ─► faces ─┐
//! texts ─ which face holds them ─────┴─► rows with number, land use, area
//! ```
//! A row made here has the cells of the text with the parcel number (so that
//! `--map sheet=Layer` works) and, after them, what the texts said. Faces
//! without a number are roads, frames and gaps: they are left out and counted.

mod crossings;
mod faces;
mod labels;
pub mod levels;
mod nodes;

use std::collections::BTreeMap;

use geo::{Area, BoundingRect, Coord, Intersects, LineString, Polygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::bounds::{Bound, Bounds};
use super::error::IngestError;
use super::source::SourceRow;
use super::source::shape::Shape;
use labels::Label;

/// The fields that texts give, in the order of the cells added.
pub const LABEL_FIELDS: [&str; 4] = ["sheet", "number", "land_use", "declared_area"];

/// Parcels found in a drawing.
pub struct Drawing {
    /// One row a face with a number.
    pub rows: Vec<SourceRow>,
    /// Closed areas, numbered or not.
    pub faces: usize,
    /// For the operator.
    pub warnings: Vec<String>,
}

/// A text of the drawing: the row that it came from, and its words.
struct Text<'a> {
    row: &'a SourceRow,
    words: &'a str,
    point: Coord<f64>,
}

/// Why lines make no faces.
#[derive(Debug)]
pub enum LineworkFault {
    /// GEOS's words.
    Uncut(String),
    /// More than is taken of one drawing.
    TooMuch(Bound, usize),
}

impl LineworkFault {
    /// The error that says it of a file.
    pub fn of(self, file: String) -> IngestError {
        match self {
            Self::Uncut(cause) => IngestError::Damaged { file, cause },
            Self::TooMuch(bound, limit) => IngestError::TooMuch { file, bound, limit: limit as u64 },
        }
    }
}

/// Builds parcels from the lines and texts of `rows`; the words stand in the
/// cell at `text_cell`.
///
/// # Errors
/// Lines that are too many, cross too often, or can't be cut at their crossings.
pub fn assemble(rows: &[SourceRow], text_cell: usize, bounds: &Bounds) -> Result<Drawing, LineworkFault> {
    let texts: Vec<Text<'_>> = rows.iter().filter_map(|row| text_of(row, text_cell)).collect();
    let lines = lines_of(rows);
    crossings::keep_within(&lines, bounds.lines)?;
    let faces = faces::faces(&nodes::noded(lines).map_err(LineworkFault::Uncut)?);
    let inside = texts_by_face(&faces, &texts);
    let sheet = sheet_of(&texts);
    let mut drawing = Drawing { rows: Vec::new(), faces: faces.len(), warnings: Vec::new() };
    let mut nameless = 0;
    for (index, face) in faces.into_iter().enumerate() {
        match inside.get(&index).and_then(|texts| row_of(index, &face, texts, sheet.as_deref())) {
            Some(mut row) => {
                row.shape.polygons.push(face);
                drawing.rows.push(row);
            }
            None => nameless += 1,
        }
    }
    if nameless > 0 {
        drawing.warnings.push(format!(
            "{nameless} of the areas between the lines have no parcel number inside and were left out"
        ));
    }
    let outside = texts.len() - inside.values().map(Vec::len).sum::<usize>();
    if outside > 0 {
        drawing.warnings.push(format!("{outside} texts lie in no closed area"));
    }
    Ok(drawing)
}

/// Closed lines as areas, for targets that take shapes as they are drawn.
pub fn close_lines(shape: &mut Shape) {
    let (closed, open): (Vec<_>, Vec<_>) =
        std::mem::take(&mut shape.lines).into_iter().partition(|line| line.is_closed() && line.0.len() > 3);
    shape.lines = open;
    shape.polygons.extend(closed.into_iter().map(|ring| Polygon::new(ring, vec![])));
}

fn lines_of(rows: &[SourceRow]) -> Vec<LineString<f64>> {
    let mut lines = Vec::new();
    for row in rows {
        lines.extend(row.shape.lines.iter().cloned());
        for polygon in &row.shape.polygons {
            lines.push(polygon.exterior().clone());
            lines.extend(polygon.interiors().iter().cloned());
        }
    }
    lines
}

fn text_of(row: &SourceRow, cell: usize) -> Option<Text<'_>> {
    let words = row.cells.get(cell)?.as_deref()?;
    Some(Text { row, words, point: row.shape.points.first()?.0 })
}

/// The sheet number, if the titles name just one.
fn sheet_of(texts: &[Text<'_>]) -> Option<String> {
    let mut sheets: Vec<String> =
        texts.iter().filter_map(|text| labels::sheet_of_title(text.words)).collect();
    sheets.dedup();
    if sheets.len() == 1 { sheets.pop() } else { None }
}

/// The texts in each face; a text in nested faces belongs to the smallest.
fn texts_by_face<'a>(faces: &[Polygon<f64>], texts: &'a [Text<'a>]) -> BTreeMap<usize, Vec<&'a Text<'a>>> {
    type Entry = GeomWithData<Rectangle<[f64; 2]>, usize>;
    let entry = |(index, face): (usize, &Polygon<f64>)| {
        let rect = face.bounding_rect()?;
        Some(Entry::new(Rectangle::from_corners(rect.min().into(), rect.max().into()), index))
    };
    let tree = RTree::bulk_load(faces.iter().enumerate().filter_map(entry).collect());
    let mut inside: BTreeMap<usize, Vec<&Text<'_>>> = BTreeMap::new();
    for text in texts {
        let point = AABB::from_point([text.point.x, text.point.y]);
        let holding = tree.locate_in_envelope_intersecting(point).map(|entry| entry.data);
        let face = holding
            .filter(|index| faces[*index].intersects(&text.point))
            .min_by(|a, b| area_of(&faces[*a]).total_cmp(&area_of(&faces[*b])));
        if let Some(face) = face {
            inside.entry(face).or_default().push(text);
        }
    }
    inside
}

/// A row for a face with a parcel number; none without.
fn row_of(index: usize, face: &Polygon<f64>, texts: &[&Text<'_>], sheet: Option<&str>) -> Option<SourceRow> {
    let mut label = Label::default();
    for text in texts {
        label.add(text.words);
    }
    let numbered = texts.iter().find(|text| {
        let mut alone = Label::default();
        alone.add(text.words);
        !alone.numbers.is_empty()
    })?;
    let ((number, area), refused) = match label.decide(area_of(face)) {
        Ok(decided) => (decided, None),
        Err(reason) => ((None, None), Some(reason)),
    };
    let point = numbered.point;
    let mut cells = numbered.row.cells.clone();
    cells.extend([sheet.map(str::to_owned), number, label.land_use, area]);
    Some(SourceRow {
        feature: format!("face {} at {:.2} {:.2}", index + 1, point.x, point.y),
        fid: index as u64,
        cells,
        shape: Shape::default(),
        repaired: None,
        refused,
    })
}

/// Area in the drawing's own units, counted from a corner for precision.
fn area_of(polygon: &Polygon<f64>) -> f64 {
    let origin = polygon.exterior().0.first().copied().unwrap_or_default();
    geo::Translate::translate(polygon, -origin.x, -origin.y).unsigned_area()
}
