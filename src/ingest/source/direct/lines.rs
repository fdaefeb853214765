//! Features as lines of JSON (GeoJSONSeq), one a line, read without GDAL, which goes through such a file twice and makes
//! a tree of each line.
//!
//! Columns are those of the first features; what the others have beside them is told at the end. Only lines that are
//! plain features are read here: where one is not, GDAL is to read the whole file.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

use gdal::vector::Geometry;
use geo::Polygon;

use super::super::{ColumnKind, SourceColumn};
use super::{
    NotPlain,
    json::{Feature, Json, Value},
    trimmed, written,
};
use crate::ingest::{bounds::MOST_COLUMNS, flow::Halt};

/// Bytes of one line.
const LONGEST: usize = 64 << 20;
/// Lines by which columns are told.
const FIRST: usize = 4096;

/// What values of a column were seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Kinds {
    whole: bool,
    real: bool,
    text: bool,
}

impl Kinds {
    fn see(&mut self, value: &Value<'_>) {
        match value {
            Value::Null => {}
            Value::Flag(_) => self.whole = true,
            Value::Number(digits) if digits.parse::<i64>().is_ok() => self.whole = true,
            Value::Number(_) => self.real = true,
            Value::Text(_) | Value::Other(_) => self.text = true,
        }
    }

    fn kind(self) -> ColumnKind {
        match self {
            Self { text: false, real: true, .. } => ColumnKind::Real,
            Self { text: false, whole: true, .. } => ColumnKind::Integer,
            _ => ColumnKind::Text,
        }
    }
}

/// The columns of a file, in the order in which they come.
#[derive(Debug, Clone, Default)]
struct Columns(Vec<(String, Kinds)>);

impl Columns {
    /// The place of a column; it mostly stands where it stood in the line before.
    fn place(&mut self, name: &str, guess: usize) -> usize {
        if self.0.get(guess).is_some_and(|(known, _)| known == name) {
            return guess;
        }
        self.0.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            self.0.push((name.to_owned(), Kinds::default()));
            self.0.len() - 1
        })
    }

    /// Whether columns hold other kinds of values than these.
    fn is_changed(&self, kinds: &[ColumnKind]) -> bool {
        self.0.iter().zip(kinds).any(|((_, seen), kind)| seen.kind() != *kind)
    }

    fn described(&self) -> Vec<SourceColumn> {
        self.0.iter().map(|(name, kinds)| SourceColumn { name: name.clone(), kind: kinds.kind() }).collect()
    }
}

/// A file of lines.
#[derive(Debug, Clone)]
pub struct Lines {
    path: std::path::PathBuf,
    columns: Columns,
    /// Lines in all.
    pub count: u64,
}

/// A feature of a line.
pub struct LineRow {
    /// Its number.
    pub fid: u64,
    /// Values of the columns asked for.
    pub cells: Vec<Option<String>>,
    /// Its polygons as they stand there, or a geometry that GDAL has read.
    pub shape: Result<Vec<Polygon<f64>>, Geometry>,
}

/// Why lines are not read to their end here.
pub enum LinesHalt {
    /// One of them is no plain feature.
    Odd,
    /// The taker's.
    Halt(Halt),
}

impl Lines {
    /// The file at `path`; none if its first lines are no features.
    pub fn of(path: &Path) -> Option<Self> {
        let mut first = [0];
        std::io::Read::read_exact(&mut File::open(path).ok()?, &mut first).ok()?;
        if first != *b"{" {
            return None;
        }
        let (mut columns, mut features) = (Columns::default(), 0);
        let is_whole = each_line(path, &mut |line| {
            feature_of(line, &mut columns, &mut |_, _| {})?;
            features += 1;
            (features < FIRST).then_some(())
        });
        // One line may be a whole file of another kind.
        let count = match features {
            0 | 1 => return None,
            FIRST => count(path)?,
            all => is_whole.then_some(all as u64)?,
        };
        Some(Self { path: path.to_owned(), columns, count })
    }

    /// The columns.
    pub fn columns(&self) -> Vec<SourceColumn> {
        self.columns.described()
    }

    /// Hands all features on with the columns asked for; all columns that there are.
    ///
    /// # Errors
    /// [`LinesHalt`].
    pub fn each(
        &self,
        wanted: &[usize],
        take: &mut dyn FnMut(LineRow) -> Result<(), Halt>,
    ) -> Result<Vec<SourceColumn>, LinesHalt> {
        let mut columns = self.columns.clone();
        let kinds: Vec<ColumnKind> = columns.0.iter().map(|(_, kinds)| kinds.kind()).collect();
        let mut places = vec![None; columns.0.len()];
        wanted.iter().enumerate().for_each(|(cell, &column)| places[column] = Some(cell));
        let (mut next, mut halted) = (0, Ok(()));
        let is_read = each_line(&self.path, &mut |line| {
            let (mut cells, mut is_plain) = (vec![None; wanted.len()], true);
            let feature = feature_of(line, &mut columns, &mut |column, value| {
                if let Some(cell) = places.get(column).copied().flatten() {
                    let text = text(&value, kinds[column]);
                    is_plain &= text.is_ok();
                    cells[cell] = text.ok().flatten();
                }
            })?;
            if !is_plain && !columns.is_changed(&kinds) {
                return None;
            }
            let shape = match feature.shape {
                Ok(polygons) => Ok(polygons),
                Err(other) => Err(Geometry::from_geojson(other).ok()?),
            };
            // Features without a number are numbered among themselves.
            let fid = feature.id.unwrap_or(next);
            next += u64::from(feature.id.is_none());
            halted = take(LineRow { fid, cells, shape });
            halted.is_ok().then_some(())
        });
        halted.map_err(LinesHalt::Halt)?;
        if is_read { Ok(columns.described()) } else { Err(LinesHalt::Odd) }
    }

    /// Takes over columns that were told by the whole file.
    pub fn learn(&mut self, columns: &[SourceColumn]) {
        let kinds = |kind| match kind {
            ColumnKind::Integer => Kinds { whole: true, ..Kinds::default() },
            ColumnKind::Real => Kinds { real: true, ..Kinds::default() },
            _ => Kinds { text: true, ..Kinds::default() },
        };
        self.columns.0 = columns.iter().map(|column| (column.name.clone(), kinds(column.kind))).collect();
    }
}

/// Hands on each line that is not empty, until `take` says none; whether all were taken.
fn each_line(path: &Path, take: &mut dyn FnMut(&[u8]) -> Option<()>) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let mut file = BufReader::with_capacity(1 << 18, file);
    let mut line = Vec::new();
    loop {
        line.clear();
        match std::io::Read::take(&mut file, LONGEST as u64).read_until(b'\n', &mut line) {
            Ok(0) => return true,
            Ok(length) if length < LONGEST => {}
            _ => return false,
        }
        if !line.trim_ascii().is_empty() && take(line.trim_ascii()).is_none() {
            return false;
        }
    }
}

/// How many lines there are, and as a rule features; none where the file can't be read.
fn count(path: &Path) -> Option<u64> {
    let mut file = BufReader::with_capacity(1 << 18, File::open(path).ok()?);
    let (mut lines, mut last) = (0, b'\n');
    loop {
        let bytes = file.fill_buf().ok()?;
        let Some(end) = bytes.last() else { break };
        last = *end;
        lines += bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        let length = bytes.len();
        file.consume(length);
    }
    Some(lines + u64::from(last != b'\n'))
}

/// The feature of a line; each value of its properties goes to `see` with the place of its column.
fn feature_of<'l>(
    line: &'l [u8],
    columns: &mut Columns,
    see: &mut dyn FnMut(usize, Value<'l>),
) -> Option<Feature<'l>> {
    let mut guess = 0;
    Json::new(std::str::from_utf8(line).ok()?).feature(&mut |name, value| {
        let place = columns.place(name, guess);
        guess = place + 1;
        columns.0[place].1.see(&value);
        see(place, value);
        // Names without end would be looked for one by one.
        (columns.0.len() <= MOST_COLUMNS).then_some(())
    })
}

/// A value as GDAL writes it.
///
/// # Errors
/// [`NotPlain`] where that is not easily told.
fn text(value: &Value<'_>, kind: ColumnKind) -> Result<Option<String>, NotPlain> {
    let whole = |digits: &str| digits.parse::<i64>().map_err(|_| NotPlain);
    Ok(match (value, kind) {
        (Value::Null, _) => None,
        (Value::Flag(flag), ColumnKind::Integer) => Some(u8::from(*flag).to_string()),
        (Value::Number(digits), ColumnKind::Real) => {
            let number = digits.parse().map_err(|_| NotPlain)?;
            Some(written(number).ok_or(NotPlain)?)
        }
        (Value::Number(digits), _) => Some(whole(digits)?.to_string()),
        (Value::Text(text), _) if !is_moment(text) => trimmed(text),
        _ => return Err(NotPlain),
    })
}

/// Whether GDAL may take a text for a day, a time or both, and write it in its own way; a day as 2026-11-24 stays.
fn is_moment(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins = |digits: usize, marks: &[u8]| {
        bytes.get(digits).is_some_and(|mark| marks.contains(mark))
            && bytes[..digits].iter().all(u8::is_ascii_digit)
    };
    let is_day = bytes.len() == 10 && begins(4, b"-") && bytes[7] == b'-';
    !is_day && (begins(4, b"-/") || begins(2, b":") || begins(1, b":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> (tempfile::TempDir, Option<Lines>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.geojsonl");
        std::fs::write(&path, text).unwrap();
        let lines = Lines::of(&path);
        (folder, lines)
    }

    const ONE: &str = r#"{"type":"Feature","properties":{"so_to":1,"dt":5.50,"ten":"Hà \"A\" \u0110"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}"#;
    const TWO: &str = r#"{"geometry":{"coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]],"type":"MultiPolygon"},"type":"Feature","id":7,"properties":{"dt":3,"so_to":null,"moi":true}}"#;

    #[test]
    fn lines_of_features_are_read_with_their_columns() {
        let (_folder, lines) = lines(&format!("{ONE}\n\n{TWO}\r\n"));
        let lines = lines.unwrap();
        let described: Vec<_> = lines.columns().iter().map(|c| (c.name.clone(), c.kind)).collect();
        let expected = [
            ("so_to", ColumnKind::Integer),
            ("dt", ColumnKind::Real),
            ("ten", ColumnKind::Text),
            ("moi", ColumnKind::Integer),
        ];
        assert_eq!(described, expected.map(|(name, kind)| (name.to_owned(), kind)));
        let mut rows = Vec::new();
        let columns = lines.each(&[2, 0, 1, 3], &mut |row| {
            rows.push((row.fid, row.cells, row.shape.unwrap().len()));
            Ok(())
        });
        assert!(columns.is_ok_and(|columns| columns.len() == 4));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(rows[0], (0, vec![some("Hà \"A\" Đ"), some("1"), some("5.5"), None], 1));
        assert_eq!(rows[1], (7, vec![None, None, some("3"), some("1")], 1));
    }

    #[test]
    fn what_is_no_lines_of_features_is_left_to_others() {
        for text in [
            ONE.to_owned(),
            format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{ONE},\n{TWO}\n]}}"),
            format!("{ONE}\n{TWO}\nnonsense\n"),
            format!("\u{1e}{ONE}\n\u{1e}{TWO}\n"),
            "[1,2]\n[3,4]\n".to_owned(),
        ] {
            assert!(lines(&text).1.is_none(), "{text}");
        }
    }

    #[test]
    fn lines_with_columns_without_end_are_left_to_others() {
        let line = |first: usize| {
            let names: Vec<String> = (first..first + 3000).map(|n| format!("\"c{n}\":1")).collect();
            ONE.replace("\"so_to\":1", &names.join(","))
        };
        assert!(lines(&format!("{}\n{}\n", line(0), line(0))).1.is_some());
        assert!(lines(&format!("{}\n{}\n", line(0), line(3000))).1.is_none());
    }

    #[test]
    fn another_geometry_is_read_by_gdal() {
        let point = ONE.replace("Polygon", "Point").replace("[[[0,0],[1,0],[1,1],[0,0]]]", "[1,2]");
        let (_folder, lines) = lines(&format!("{ONE}\n{point}\n"));
        let mut plain = Vec::new();
        let read = lines.unwrap().each(&[], &mut |row| {
            plain.push(row.shape.is_ok());
            Ok(())
        });
        assert!(read.is_ok());
        assert_eq!(plain, [true, false]);
    }
}
