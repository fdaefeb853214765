//! Whether what a reader sends back can be.
//!
//! The reader has had a stranger's file in its hands: what it says is bounded
//! and checked anew, as if the stranger had said it.

use geo::Coord;

use crate::{
    domain::{Code, Day},
    ingest::{Bounds, LONGEST_TEXT, vietnam},
};

/// Bytes of a text. Characters are counted while reading; some grow when they are decoded.
const LONGEST: usize = 8 * LONGEST_TEXT;
/// Bytes of the name of a feature.
const LONGEST_NAME: usize = 200;
/// Cutting at a boundary moves a corner by so much at most, degrees.
const SLACK: f64 = 1e-6;

/// What can't be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt(pub &'static str);

/// Counts what has come, and looks at each part.
#[derive(Debug)]
pub struct Check {
    bounds: Bounds,
    rows: usize,
    vertices: usize,
    findings: usize,
}

impl Check {
    /// Nothing has come yet.
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, rows: 0, vertices: 0, findings: 0 }
    }

    /// `count` more records.
    ///
    /// # Errors
    /// [`Doubt`] when there are more rows than are taken.
    pub fn rows(&mut self, count: usize) -> Result<(), Doubt> {
        self.rows += count;
        if self.rows > self.bounds.rows { Err(Doubt("more records than are taken")) } else { Ok(()) }
    }

    /// `count` more findings.
    ///
    /// # Errors
    /// [`Doubt`] when there are more rows than are taken.
    pub fn findings(&mut self, count: usize) -> Result<(), Doubt> {
        self.findings += count;
        if self.findings > self.bounds.findings { Err(Doubt("more findings than are taken")) } else { Ok(()) }
    }

    /// Points of a ring or line.
    ///
    /// # Errors
    /// Outside Vietnam, not a number, or more than are taken.
    pub fn points(&mut self, points: &[(f64, f64)]) -> Result<(), Doubt> {
        self.corners(points.len(), points.iter().map(|(x, y)| Coord { x: *x, y: *y }))
    }

    /// So many corners of a ring.
    ///
    /// # Errors
    /// As [`Check::points`].
    pub fn corners(
        &mut self,
        count: usize,
        mut corners: impl Iterator<Item = Coord<f64>>,
    ) -> Result<(), Doubt> {
        self.vertices += count;
        if self.vertices > self.bounds.vertices {
            return Err(Doubt("more vertices than are taken"));
        }
        let (low, high) = (vietnam().min(), vietnam().max());
        let inside = |c: Coord<f64>| {
            (low.x - SLACK..=high.x + SLACK).contains(&c.x) && (low.y - SLACK..=high.y + SLACK).contains(&c.y)
        };
        if corners.all(inside) { Ok(()) } else { Err(Doubt("coordinates outside Vietnam")) }
    }
}

/// A text.
///
/// # Errors
/// [`Doubt`] when the text is longer than is taken.
pub fn text(text: String) -> Result<String, Doubt> {
    is_text(&text).map(|()| text)
}

/// Whether a text is one.
///
/// # Errors
/// [`Doubt`] when the text is longer than is taken.
pub fn is_text(text: &str) -> Result<(), Doubt> {
    if text.len() > LONGEST { Err(Doubt("a text that is too long")) } else { Ok(()) }
}

/// The name of a feature.
///
/// # Errors
/// [`Doubt`] when the text is longer than is taken.
pub fn name(text: String) -> Result<String, Doubt> {
    is_name(&text).map(|()| text)
}

/// Whether the name of a feature is one.
///
/// # Errors
/// [`Doubt`] when the text is longer than is taken.
pub fn is_name(text: &str) -> Result<(), Doubt> {
    if text.len() > LONGEST_NAME { Err(Doubt("a feature's name that is too long")) } else { Ok(()) }
}

/// A text that may be missing.
///
/// # Errors
/// [`Doubt`] when the text is longer than is taken.
pub fn some_text(value: Option<String>) -> Result<Option<String>, Doubt> {
    value.map(text).transpose()
}

/// A code.
///
/// # Errors
/// Not a code.
pub fn code(text: &str) -> Result<Code, Doubt> {
    Code::new(text).map_err(|_| Doubt("a code that is none"))
}

/// A day that may be missing.
///
/// # Errors
/// Out of range.
pub fn day(number: Option<u16>) -> Result<Option<Day>, Doubt> {
    let day = |number| Day::from_cell(number).ok_or(Doubt("a day that is none"));
    number.map(day).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_no_place_are_doubted() {
        let mut check = Check::new(Bounds::UPLOAD);
        assert!(check.points(&[(105.9, 20.5)]).is_ok());
        for point in [(f64::NAN, 20.5), (f64::INFINITY, 20.5), (105.9, 90.0), (0.0, 0.0)] {
            assert!(check.points(&[point]).is_err(), "{point:?}");
        }
    }

    #[test]
    fn more_than_was_agreed_is_doubted() {
        let bounds = Bounds { rows: 2, vertices: 2, findings: 2, ..Bounds::UPLOAD };
        let mut check = Check::new(bounds);
        assert!(check.rows(2).is_ok() && check.rows(1).is_err());
        assert!(check.points(&[(105.9, 20.5); 2]).is_ok() && check.points(&[(105.9, 20.5)]).is_err());
        assert!(check.findings(2).is_ok() && check.findings(1).is_err());
        assert!(
            text("x".repeat(LONGEST + 1)).is_err() && code("a b").is_err() && day(Some(u16::MAX)).is_err()
        );
    }
}
