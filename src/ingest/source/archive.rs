//! What an archive (XLSX, ODS, KMZ) says that it unpacks to, before GDAL unpacks it.

use std::fs::File;
use std::path::Path;

use crate::ingest::bounds::{Bound, Bounds};
use crate::ingest::error::IngestError;

/// Files in an archive: a workbook has some dozens.
const MOST_FILES: usize = 10_000;
/// Below this size nothing is a bomb.
const HARMLESS: u64 = 32 << 20;
/// Tables of people shrink to a tenth or twentieth; repetition made to hurt, to a thousandth.
const SHRINKS: u64 = 100;

/// Fails if the archive unpacks to far more than it is.
///
/// # Errors
/// Damage; more than the bounds, or than its own size makes likely.
pub fn check(path: &Path, bounds: &Bounds) -> Result<(), IngestError> {
    let file = path.display().to_string();
    let damaged = |cause: String| IngestError::Damaged { file: file.clone(), cause };
    let opened = File::open(path).map_err(|e| damaged(e.to_string()))?;
    let size = opened.metadata().map_err(|e| damaged(e.to_string()))?.len();
    let mut archive = zip::ZipArchive::new(opened).map_err(|e| damaged(e.to_string()))?;
    if archive.len() > MOST_FILES {
        return Err(damaged(format!("it holds more than {MOST_FILES} files")));
    }
    let mut unpacked = 0_u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|e| damaged(e.to_string()))?;
        unpacked = unpacked.saturating_add(entry.size());
    }
    let most = bounds.unpacked.min((size * SHRINKS).max(HARMLESS));
    if unpacked > most {
        return Err(IngestError::TooMuch { file, bound: Bound::Unpacked, limit: most });
    }
    Ok(())
}
