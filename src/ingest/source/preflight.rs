//! Checks of a file before GDAL sees it.
//!
//! A cut-off Shapefile opens without complaint and comes out short, so its
//! headers are compared with the sizes of its files here. What a file is, and
//! with it what harm it might do, is told by its first bytes, not by its name.
//! Source: ESRI Shapefile Technical Description (1998); dBASE III header.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::{archive, markup, sqlite};
use crate::ingest::bounds::Bounds;
use crate::ingest::error::IngestError;

/// The bytes that tell what a file is.
const START: u64 = 4096;

/// Checks that `path` exists and can be read; of a Shapefile, that its parts
/// are as long as they say; of a database, an XML file or an archive, that it
/// does no more than hold records.
///
/// # Errors
/// [`IngestError`] when the file is missing, unreadable, cut off or made for something else.
pub fn check(path: &Path, bounds: &Bounds) -> Result<(), IngestError> {
    let file = path.display().to_string();
    if !path.exists() {
        return Err(IngestError::Missing { file });
    }
    if path.is_file() {
        let unreadable =
            |e: std::io::Error| IngestError::Unreadable { file: file.clone(), cause: e.to_string() };
        let size = File::open(path).and_then(|f| f.metadata()).map_err(unreadable)?.len();
        if size == 0 {
            return Err(IngestError::NotADataset { file, cause: "it has no content".into() });
        }
        check_kind(path, file, bounds)?;
    }
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    if extension.eq_ignore_ascii_case("shp") { check_shapefile(path) } else { Ok(()) }
}

fn check_kind(path: &Path, file: String, bounds: &Bounds) -> Result<(), IngestError> {
    let mut start = Vec::new();
    File::open(path)
        .and_then(|opened| opened.take(START).read_to_end(&mut start))
        .map_err(|e| IngestError::Unreadable { file: file.clone(), cause: e.to_string() })?;
    if start.starts_with(sqlite::MAGIC) {
        sqlite::check(path)
    } else if start.starts_with(b"PK") {
        archive::check(path, bounds)
    } else if start.starts_with(&[0x1f, 0x8b]) {
        Err(IngestError::NotADataset { file, cause: "it is packed with gzip; unpack it first".into() })
    } else if let Some(cause) = other_program(&start) {
        Err(IngestError::NotADataset { file, cause: cause.into() })
    } else if start.starts_with(b"-- SQL") {
        Err(IngestError::NotADataset { file, cause: "it is a program in SQL".into() })
    } else if markup::is_markup(&start) {
        markup::check(path)
    } else {
        Ok(())
    }
}

/// What a drawing is that only the program that made it reads, and how to save it so that others do.
fn other_program(start: &[u8]) -> Option<&'static str> {
    if start.starts_with(b"AC10") {
        Some("it is an AutoCAD drawing (DWG); save it as DXF (text, not binary)")
    } else if start.starts_with(b"AutoCAD Binary DXF") {
        Some("it is a binary DXF; save it as a DXF of text")
    } else if start.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        Some(
            "it is a MicroStation V8 drawing or an old Office file; save a drawing as DGN V7 or DXF, a table as XLSX or CSV",
        )
    } else {
        None
    }
}

fn check_shapefile(path: &Path) -> Result<(), IngestError> {
    check_main_part(path)?;
    let index = sibling(path, "shx")
        .ok_or_else(|| damaged(path, "its .shx index is missing; the .shp, .shx and .dbf belong together"))?;
    check_main_part(&index)?;
    let table = sibling(path, "dbf")
        .ok_or_else(|| damaged(path, "its .dbf table is missing; the .shp, .shx and .dbf belong together"))?;
    let records = check_table(&table)?;
    // Header of 100 bytes, then 8 bytes a shape.
    let shapes = (size_of(&index)?.saturating_sub(100)) / 8;
    if shapes != records {
        let cause = format!("{shapes} shapes but {records} rows in the .dbf");
        return Err(damaged(path, cause));
    }
    Ok(())
}

/// Both .shp and .shx state their length in 16-bit words at byte 24.
fn check_main_part(path: &Path) -> Result<(), IngestError> {
    let header = header::<28>(path)?;
    let stated = u64::from(u32::from_be_bytes([header[24], header[25], header[26], header[27]])) * 2;
    let size = size_of(path)?;
    if size < stated {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        return Err(damaged(path, format!("{name} has {size} bytes, its header says {stated}")));
    }
    Ok(())
}

/// Returns the number of rows; rows at byte 4, header length at 8, row length at 10.
fn check_table(path: &Path) -> Result<u64, IngestError> {
    let header = header::<12>(path)?;
    let rows = u64::from(u32::from_le_bytes([header[4], header[5], header[6], header[7]]));
    let head = u64::from(u16::from_le_bytes([header[8], header[9]]));
    let row = u64::from(u16::from_le_bytes([header[10], header[11]]));
    let (size, stated) = (size_of(path)?, head + rows * row);
    if size < stated {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        return Err(damaged(path, format!("{name} has {size} bytes, its header says {stated}")));
    }
    Ok(rows)
}

fn header<const N: usize>(path: &Path) -> Result<[u8; N], IngestError> {
    let mut bytes = [0; N];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut bytes));
    read.map(|()| bytes).map_err(|_| damaged(path, "its header is incomplete"))
}

fn size_of(path: &Path) -> Result<u64, IngestError> {
    std::fs::metadata(path).map(|m| m.len()).map_err(|e| damaged(path, e.to_string()))
}

/// The file beside `path` with another extension, in any case.
pub fn sibling(path: &Path, extension: &str) -> Option<std::path::PathBuf> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let stem = path.file_stem()?;
    std::fs::read_dir(folder).ok()?.filter_map(Result::ok).map(|entry| entry.path()).find(|other| {
        other.file_stem() == Some(stem)
            && other.extension().is_some_and(|e| e.to_string_lossy().eq_ignore_ascii_case(extension))
    })
}

fn damaged(path: &Path, cause: impl Into<String>) -> IngestError {
    IngestError::Damaged { file: path.display().to_string(), cause: cause.into() }
}
