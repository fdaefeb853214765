//! Rows of a GeoPackage (OGC 12-128r18), by the database itself.
//!
//! Its schema was looked at before ([`super::super::sqlite`]): it holds nothing but tables, indexes and R-trees.

use rusqlite::{Connection, OpenFlags, Row, types::ValueRef};

use super::{DirectRow, NotPlain, TakeRow, is_plain, polygon, trimmed, written};
use crate::{
    domain::wkb::{self, Ring},
    ingest::{
        error::IngestError,
        flow::Halt,
        source::{ColumnKind, Source, sqlite},
    },
};

/// A table of features.
pub struct Table {
    connection: Connection,
    select: String,
    kinds: Vec<ColumnKind>,
    file: String,
}

impl Table {
    /// The table of the source's layer; none if it is not a plain one.
    pub fn of(source: &Source, columns: &[usize]) -> Option<Self> {
        let layer = source.layer().ok()?;
        let names: Vec<String> = gdal::vector::LayerAccess::defn(&layer).fields().map(|f| f.name()).collect();
        let kinds: Vec<ColumnKind> = columns.iter().map(|&column| source.columns[column].kind).collect();
        if !kinds.iter().copied().all(is_plain) {
            return None;
        }
        let path = std::path::Path::new(&source.file);
        let flags =
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let connection = Connection::open_with_flags(sqlite::address(path), flags).ok()?;
        sqlite::defend(&connection).ok()?;
        let ask = |sql: &str, name: &str| -> Option<Vec<String>> {
            let mut statement = connection.prepare(sql).ok()?;
            let rows = statement.query_map([name], |row| row.get::<_, String>(0)).ok()?;
            rows.collect::<Result<_, _>>().ok()
        };
        let keys = ask(
            "SELECT name FROM pragma_table_info(?1) WHERE pk = 1 AND upper(type) = 'INTEGER'",
            &source.layer,
        )?;
        let shapes =
            ask("SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?1", &source.layer)?;
        let ([key], [shape]) = (keys.as_slice(), shapes.as_slice()) else { return None };
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let wanted = columns.iter().map(|&column| quoted(&names[column]));
        let selected: Vec<String> = [quoted(key), quoted(shape)].into_iter().chain(wanted).collect();
        let select = format!("SELECT {} FROM {}", selected.join(", "), quoted(&source.layer));
        connection.prepare(&select).ok()?;
        Some(Self { connection, select, kinds, file: source.file.clone() })
    }

    /// Hands all rows on.
    ///
    /// # Errors
    /// The error of `take`; a damaged file.
    pub fn each(&self, take: TakeRow<'_>) -> Result<(), Halt> {
        let damaged = |error: rusqlite::Error| {
            Halt::File(IngestError::Damaged { file: self.file.clone(), cause: error.to_string() })
        };
        let mut statement = self.connection.prepare(&self.select).map_err(damaged)?;
        let mut rows = statement.query([]).map_err(damaged)?;
        while let Some(row) = rows.next().map_err(damaged)? {
            let fid = row.get::<_, i64>(0).map_err(damaged)?.unsigned_abs();
            take(self.row(row, fid).unwrap_or(DirectRow::Other(fid)))?;
        }
        Ok(())
    }

    fn row(&self, row: &Row<'_>, fid: u64) -> Option<DirectRow> {
        let polygons = match row.get_ref(1).ok()? {
            ValueRef::Null => Vec::new(),
            ValueRef::Blob(blob) => polygons(blob)?,
            _ => return None,
        };
        let mut cells = Vec::with_capacity(self.kinds.len());
        for (index, kind) in (2..).zip(&self.kinds) {
            cells.push(cell(row.get_ref(index).ok()?, *kind).ok()?);
        }
        Some(DirectRow::Plain { fid, cells, polygons })
    }
}

/// A value of its column's kind.
///
/// # Errors
/// [`NotPlain`] where it is of another.
fn cell(value: ValueRef<'_>, kind: ColumnKind) -> Result<Option<String>, NotPlain> {
    let number = |number| written(number).map(Some).ok_or(NotPlain);
    match (value, kind) {
        (ValueRef::Null, _) => Ok(None),
        (ValueRef::Integer(whole), ColumnKind::Integer | ColumnKind::Text) => Ok(Some(whole.to_string())),
        (ValueRef::Integer(whole), ColumnKind::Real) => number(whole as f64),
        (ValueRef::Real(real), ColumnKind::Real) => number(real),
        (ValueRef::Text(bytes), ColumnKind::Text) => {
            std::str::from_utf8(bytes).map(trimmed).map_err(|_| NotPlain)
        }
        (ValueRef::Text(bytes), ColumnKind::Date) => day(bytes).map(Some).ok_or(NotPlain),
        _ => Err(NotPlain),
    }
}

/// A day as the standard writes it; a time may follow.
fn day(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let day = text.get(..10)?;
    let is_day = day.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    (is_day && text.get(10..11).is_none_or(|next| next == "T")).then(|| day.to_owned())
}

/// The polygons of a blob in the plane; none where it holds anything else.
fn polygons(blob: &[u8]) -> Option<Vec<geo::Polygon<f64>>> {
    let (head, _) = blob.split_first_chunk::<8>()?;
    let flags = head[3];
    // Neither another kind of geometry than the standard's, nor an empty one.
    if head[..3] != *b"GP\0" || flags & 0b0011_0000 != 0 {
        return None;
    }
    let envelope = *[0, 32, 48, 48, 64].get(usize::from((flags >> 1) & 0b111))?;
    let mut polygons: Vec<Vec<Ring<'_>>> = Vec::new();
    wkb::each_ring_of_polygons(blob.get(8 + envelope..)?, |is_outer, ring| match polygons.last_mut() {
        Some(rings) if !is_outer => rings.push(ring),
        _ => polygons.push(vec![ring]),
    })
    .ok()?;
    let line = |ring: Ring<'_>| geo::LineString::new(ring.corners().collect());
    polygons.into_iter().map(|rings| polygon(rings.into_iter().map(line))).collect()
}
