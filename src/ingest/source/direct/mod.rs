//! Rows of the formats in which most cadastral maps come, read without the detour through GDAL's features.
//!
//! GDAL opens the file and says what its columns and its coordinate system are; plain rows (a polygon in the plane,
//! values of their column's kind) are then read here, several times as fast. A row that is anything else is left to
//! GDAL, which finds it by its number, so that each feature comes out as if GDAL had read all of them.

mod geopackage;
mod json;
mod lines;
#[cfg(test)]
mod same;
mod shapefile;

use geo::{Coord, LineString, Polygon};

pub use lines::{LineRow, Lines, LinesHalt};

use super::{ColumnKind, Source, shape::MAX_RING_VERTICES};
use crate::ingest::flow::Halt;

/// A row of the file.
pub enum DirectRow {
    /// A plain one.
    Plain {
        /// Its number.
        fid: u64,
        /// Values of the columns asked for.
        cells: Vec<Option<String>>,
        /// Its polygons as they stand there.
        polygons: Vec<Polygon<f64>>,
    },
    /// One that GDAL is to read.
    Other(u64),
}

/// A value that GDAL is to read.
pub struct NotPlain;

/// Takes row after row.
pub type TakeRow<'a> = &'a mut dyn FnMut(DirectRow) -> Result<(), Halt>;

/// Whether the rows of a layer can be read here; those of all others are GDAL's.
pub enum Direct {
    GeoPackage(geopackage::Table),
    Shapefile(shapefile::Parts),
}

impl Direct {
    /// The rows of the source's layer with these columns; none where all of them are GDAL's.
    pub fn of(source: &Source, columns: &[usize]) -> Option<Self> {
        match source.driver.as_str() {
            "GPKG" => geopackage::Table::of(source, columns).map(Self::GeoPackage),
            "ESRI Shapefile" => shapefile::Parts::of(source, columns).map(Self::Shapefile),
            _ => None,
        }
    }

    /// Hands all rows on in the order of the file.
    ///
    /// # Errors
    /// The error of `take`; a file that can't be read.
    pub fn each(&self, take: TakeRow<'_>) -> Result<(), Halt> {
        match self {
            Self::GeoPackage(table) => table.each(take),
            Self::Shapefile(parts) => parts.each(take),
        }
    }
}

/// A value of a column as it is read: without blanks around it, none where nothing is left.
fn trimmed(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A polygon of these rings; none of one that somebody has to look at.
fn polygon(mut rings: impl Iterator<Item = LineString<f64>>) -> Option<Polygon<f64>> {
    let outer = rings.next()?;
    let polygon = Polygon::new(outer, rings.collect());
    let rings = || std::iter::once(polygon.exterior()).chain(polygon.interiors());
    let is_sound = |ring: &LineString<f64>| {
        (4..=MAX_RING_VERTICES).contains(&ring.0.len())
            && ring.0.iter().all(|c: &Coord<f64>| c.x.is_finite() && c.y.is_finite())
    };
    rings().all(is_sound).then_some(polygon)
}

/// A number as GDAL writes it (`%.15g`) if that is easily told.
fn written(number: f64) -> Option<String> {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        let is_negative_zero = number == 0.0 && number.is_sign_negative();
        return (!is_negative_zero).then(|| (number as i64).to_string());
    }
    if !(1e-4..1e15).contains(&number.abs()) {
        return None;
    }
    // The shortest text that means this number is the one with fifteen digits, unless it has more.
    let text = number.to_string();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let zeros =
        text.bytes().take_while(|byte| matches!(byte, b'-' | b'0' | b'.')).filter(|b| *b == b'0').count();
    (digits - zeros <= 15).then_some(text)
}

/// Whether values of this kind are read here.
fn is_plain(kind: ColumnKind) -> bool {
    matches!(kind, ColumnKind::Text | ColumnKind::Integer | ColumnKind::Real | ColumnKind::Date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_gdal_does() {
        let all = [518.0, -3.0, 518.1, 0.25, 1234.5678, 0.1 + 0.2, 1e20, 1e-7, f64::NAN, 0.001];
        let texts = ["518", "-3", "518.1", "0.25", "1234.5678", "", "", "", "", "0.001"];
        let expected = texts.map(|text| Some(text.to_owned()).filter(|text| !text.is_empty()));
        assert_eq!(all.map(written), expected);
    }
}
