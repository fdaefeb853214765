//! Rows of a Shapefile (ESRI Shapefile Technical Description, 1998; dBASE III table), side by side from its three parts.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use geo::{Coord, LineString};

use super::{DirectRow, NotPlain, TakeRow, is_plain, polygon, trimmed};
use crate::ingest::{
    error::IngestError,
    flow::Halt,
    source::{ColumnKind, Source, preflight::sibling},
};

/// Bytes of a shape that is read here.
const LONGEST: usize = 16 << 20;
/// Shapes: nothing, and polygons in the plane.
const NOTHING: i32 = 0;
const POLYGON: i32 = 5;

/// A column of the table.
#[derive(Debug, Clone, Copy)]
struct Column {
    /// As the table says: C, N, F or D.
    code: u8,
    kind: ColumnKind,
    start: usize,
    end: usize,
}

/// The parts of the file, and the columns asked for.
pub struct Parts {
    shapes: std::path::PathBuf,
    index: std::path::PathBuf,
    table: std::path::PathBuf,
    columns: Vec<Column>,
    /// Bytes before the first row of the table, of a row, and rows.
    layout: (u64, usize, u64),
    file: String,
}

impl Parts {
    /// The parts of the source; none where something of it is not plain.
    pub fn of(source: &Source, columns: &[usize]) -> Option<Self> {
        let path = Path::new(&source.file);
        if !path.extension()?.eq_ignore_ascii_case("shp") {
            return None;
        }
        let (index, table) = (sibling(path, "shx")?, sibling(path, "dbf")?);
        let mut head = Vec::new();
        let mut opened = File::open(&table).ok()?;
        (&mut opened).take(32).read_to_end(&mut head).ok()?;
        let short = |place: usize| Some(u16::from_le_bytes(head.get(place..place + 2)?.try_into().ok()?));
        let rows = u32::from_le_bytes(head.get(4..8)?.try_into().ok()?);
        let (start, row) = (short(8)?, usize::from(short(10)?));
        let mut fields = vec![0; usize::from(start).checked_sub(32)?];
        opened.read_exact(&mut fields).ok()?;
        let mut all = Vec::new();
        let mut end = 1;
        for field in fields.chunks_exact(32).take_while(|field| field[0] != 0x0D) {
            // A long text keeps the higher byte of its length where numbers have their decimals.
            let is_text = field[11] == b'C';
            let length = usize::from(field[16]) + if is_text { usize::from(field[17]) << 8 } else { 0 };
            all.push((field[11], end, end + length));
            end += length;
        }
        if all.len() != source.columns.len() || end > row || row == 0 {
            return None;
        }
        let column = |&column: &usize| {
            let (code, start, end) = *all.get(column)?;
            let kind = source.columns[column].kind;
            let fits = match code {
                b'C' => kind == ColumnKind::Text,
                b'N' | b'F' => matches!(kind, ColumnKind::Integer | ColumnKind::Real),
                b'D' => kind == ColumnKind::Date,
                _ => false,
            };
            (fits && is_plain(kind)).then_some(Column { code, kind, start, end })
        };
        Some(Self {
            shapes: path.to_owned(),
            index,
            table,
            columns: columns.iter().map(column).collect::<Option<_>>()?,
            layout: (u64::from(start), row, u64::from(rows)),
            file: source.file.clone(),
        })
    }

    /// Hands all rows on that are not deleted.
    ///
    /// # Errors
    /// The error of `take`; parts that end too early.
    pub fn each(&self, take: TakeRow<'_>) -> Result<(), Halt> {
        let damaged = |error: std::io::Error| {
            Halt::File(IngestError::Damaged { file: self.file.clone(), cause: error.to_string() })
        };
        let open = |path: &Path, start: u64| {
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start(start))?;
            Ok(BufReader::with_capacity(1 << 18, file))
        };
        let (start, row, rows) = self.layout;
        let mut table = open(&self.table, start).map_err(damaged)?;
        let mut index = open(&self.index, 100).map_err(damaged)?;
        let mut shapes = Shapes { file: open(&self.shapes, 0).map_err(damaged)?, at: 0, bytes: Vec::new() };
        let (mut values, mut place) = (vec![0; row], [0; 8]);
        for fid in 0..rows {
            table.read_exact(&mut values).map_err(damaged)?;
            index.read_exact(&mut place).map_err(damaged)?;
            if values[0] == b'*' {
                continue;
            }
            let read = shapes.polygons(place).map_err(damaged)?;
            let cells = || self.columns.iter().map(|column| cell(&values, *column).ok()).collect();
            let plain = read.zip(cells());
            take(match plain {
                Some((polygons, cells)) => DirectRow::Plain { fid, cells, polygons },
                None => DirectRow::Other(fid),
            })?;
        }
        Ok(())
    }
}

/// The part with the shapes.
struct Shapes {
    file: BufReader<File>,
    /// Where it is read next.
    at: u64,
    bytes: Vec<u8>,
}

impl Shapes {
    /// The polygons of the shape at a place of the index; none where they are not one plain ring.
    fn polygons(&mut self, place: [u8; 8]) -> std::io::Result<Option<Vec<geo::Polygon<f64>>>> {
        let number = |bytes: &[u8]| u32::from_be_bytes(bytes.try_into().unwrap_or_default());
        // Both in words of two bytes; the index does not count a shape's own head.
        let (start, length) = (u64::from(number(&place[..4])) * 2, number(&place[4..]) as usize * 2);
        if length > LONGEST {
            return Ok(None);
        }
        self.file.seek_relative(start.wrapping_sub(self.at) as i64)?;
        self.bytes.resize(8 + length, 0);
        self.file.read_exact(&mut self.bytes)?;
        self.at = start + 8 + length as u64;
        Ok(one_ring(&self.bytes[8..]))
    }
}

/// The polygon of a shape with one ring; nothing of an empty shape, none of any other.
fn one_ring(shape: &[u8]) -> Option<Vec<geo::Polygon<f64>>> {
    let number = |place: usize| Some(i32::from_le_bytes(shape.get(place..place + 4)?.try_into().ok()?));
    match number(0)? {
        NOTHING => return Some(Vec::new()),
        POLYGON if number(36)? == 1 && number(44)? == 0 => {}
        _ => return None,
    }
    let corners = shape.get(48..)?;
    if corners.len() != usize::try_from(number(40)?).ok()?.checked_mul(16)? {
        return None;
    }
    let half = |bytes: &[u8]| f64::from_le_bytes(bytes.try_into().unwrap_or_default());
    let corner = |bytes: &[u8; 16]| Coord { x: half(&bytes[..8]), y: half(&bytes[8..]) };
    let ring: LineString<f64> = corners.as_chunks::<16>().0.iter().map(corner).collect();
    Some(vec![polygon(std::iter::once(ring))?])
}

/// A value of the table.
///
/// # Errors
/// [`NotPlain`] where GDAL is to read it.
fn cell(row: &[u8], column: Column) -> Result<Option<String>, NotPlain> {
    let bytes = row.get(column.start..column.end).ok_or(NotPlain)?;
    if !bytes.is_ascii() {
        // As Latin-1, like all text of a Shapefile, but for what is no letter there.
        let is_letter = |byte: &u8| *byte < 0x80 || *byte >= 0xA0;
        let is_text = column.code == b'C' && bytes.iter().all(is_letter) && !bytes.contains(&0);
        let text = || bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
        return if is_text { Ok(trimmed(&text())) } else { Err(NotPlain) };
    }
    let text = std::str::from_utf8(bytes).map_err(|_| NotPlain)?;
    let text = text.split('\0').next().unwrap_or_default().trim();
    if text.is_empty() { Ok(None) } else { plain(text, column).map(Some).ok_or(NotPlain) }
}

/// A value that is there.
fn plain(text: &str, column: Column) -> Option<String> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let bare = text.strip_prefix('-').unwrap_or(text);
    match (column.code, column.kind) {
        (b'C', _) => Some(text.to_owned()),
        (b'N' | b'F', ColumnKind::Integer) if is_digits(bare) => Some(text.parse::<i64>().ok()?.to_string()),
        (b'N' | b'F', ColumnKind::Real) => {
            let (whole, decimals) = bare.split_once('.')?;
            let shorter = || text.trim_end_matches('0').trim_end_matches('.').to_owned();
            (is_digits(whole) && is_digits(decimals)).then(shorter)
        }
        (b'D', _) if text.len() == 8 && is_digits(text) && text != "00000000" => {
            Some(format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]))
        }
        _ => None,
    }
}
