//! Shapefile in a zip archive, with its code page and a table of the shortened names.
//!
//! ```text
//! rows ─┬─► table ─► archive, as they come
//!       └─► shapes, index ─► temporary files ─► archive, once their length and reach are known
//! ```
//! The first bytes go out with the first rows, and memory does not grow with their number.

mod shapes;
mod table;

use std::{
    cell::Cell,
    fs::File,
    io::{self, BufWriter, Seek, Write},
    rc::Rc,
};

use zip::{ZipWriter, result::ZipError, write::SimpleFileOptions, write::StreamWriter};

use super::{
    error::ExportError,
    job::Job,
    row::{Row, RowWriter},
};
use crate::domain::Day;
use shapes::Shapes;
use table::Table;

/// Where the archive goes. A zip writer that is dropped ends its archive as if it were whole: what was broken off goes
/// nowhere.
struct Gate<'o> {
    out: &'o mut (dyn Write + Send),
    is_closed: Rc<Cell<bool>>,
}

impl Write for Gate<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_closed.get() { Ok(bytes.len()) } else { self.out.write(bytes) }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.is_closed.get() { Ok(()) } else { self.out.flush() }
    }
}

/// Closes the gate when it is dropped.
struct Close(Rc<Cell<bool>>);

impl Drop for Close {
    fn drop(&mut self) {
        self.0.set(true);
    }
}

type Archive<'o> = ZipWriter<StreamWriter<Gate<'o>>>;

/// A Shapefile.
pub struct Shapefile<'o> {
    // It is dropped before the archive.
    _close: Close,
    archive: Archive<'o>,
    table: Table,
    /// Rows wait here where their number, which stands before them, is not known.
    waiting: Option<BufWriter<File>>,
    count: u32,
    today: Day,
    shapes: Shapes,
    name: &'static str,
    reference: String,
    fields: String,
}

fn failed(error: ZipError) -> ExportError {
    match error {
        ZipError::Io(error) => error.into(),
        other => ExportError::of("Shapefile")(&other),
    }
}

fn too_many() -> ExportError {
    let why =
        "a Shapefile holds no more than 2 GB; choose fewer columns or parcels, or GeoPackage or FlatGeobuf";
    ExportError::TooMany(why.to_owned())
}

/// Tables of repeating codes shrink well at any level; a high one takes most of the time.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().large_file(true).compression_level(Some(1))
}

impl<'o> Shapefile<'o> {
    /// Begins one of `count` rows, if that is known.
    pub fn new(
        job: &Job<'_>,
        count: Option<usize>,
        out: &'o mut (dyn Write + Send),
    ) -> Result<Self, ExportError> {
        let table = Table::new(job)?;
        if count.is_some_and(|count| count * table.width() > i32::MAX as usize) {
            return Err(too_many());
        }
        let reference = job.crs.reference()?;
        let wrong = |error: gdal::errors::GdalError| ExportError::of("Shapefile")(&error);
        reference.morph_to_esri().map_err(wrong)?;
        let reference = reference.to_wkt().map_err(wrong)?;
        let long = std::iter::once("id").chain(job.columns.iter().map(|column| column.name));
        let fields = table.names().zip(long).map(|(short, long)| format!("{short},{long}\r\n"));
        let fields = std::iter::once("field,column\r\n".to_owned()).chain(fields).collect();
        let (name, today) = (job.collection.name(), job.view.today);
        let is_closed = Rc::new(Cell::new(false));
        let mut archive = ZipWriter::new_stream(Gate { out, is_closed: Rc::clone(&is_closed) });
        let close = Close(is_closed);
        let waiting = match count {
            Some(count) => {
                begin(&mut archive, name, "dbf")?;
                archive.write_all(&table.head(count as u32, today))?;
                None
            }
            None => Some(BufWriter::with_capacity(1 << 18, tempfile::tempfile()?)),
        };
        let shapes = Shapes::new(job.collection.is_linear())?;
        Ok(Self { _close: close, archive, table, waiting, count: 0, today, shapes, name, reference, fields })
    }
}

impl RowWriter for Shapefile<'_> {
    fn row(&mut self, row: &Row<'_, '_>) -> Result<(), ExportError> {
        self.count += 1;
        let bytes = self.table.row(row);
        match &mut self.waiting {
            Some(waiting) => waiting.write_all(bytes)?,
            None => self.archive.write_all(bytes)?,
        }
        self.shapes.add(row.outline)
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        let mut all = *self;
        if let Some(waiting) = all.waiting {
            let mut rows = waiting.into_inner().map_err(io::IntoInnerError::into_error)?;
            rows.rewind()?;
            begin(&mut all.archive, all.name, "dbf")?;
            all.archive.write_all(&all.table.head(all.count, all.today))?;
            io::copy(&mut rows, &mut all.archive)?;
        }
        // The byte that ends a table.
        all.archive.write_all(&[0x1A])?;
        for (end, (head, mut rest)) in ["shp", "shx"].into_iter().zip(all.shapes.finish()?) {
            begin(&mut all.archive, all.name, end)?;
            all.archive.write_all(&head)?;
            io::copy(&mut rest, &mut all.archive)?;
        }
        for (end, text) in [("prj", all.reference), ("cpg", "UTF-8".to_owned()), ("fields.csv", all.fields)] {
            begin(&mut all.archive, all.name, end)?;
            all.archive.write_all(text.as_bytes())?;
        }
        let mut out = all.archive.finish().map_err(failed)?.into_inner();
        Ok(out.flush()?)
    }
}

/// Begins a part of the archive.
fn begin(archive: &mut Archive<'_>, name: &str, end: &str) -> Result<(), ExportError> {
    archive.start_file(format!("{name}.{end}"), options()).map_err(failed)
}
