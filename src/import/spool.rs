//! Parcels that wait to be stored: a little in memory, more in a file that nobody else sees and that is gone with it.

use std::io::{self, Read, Seek, Write};

use tempfile::SpooledTempFile;

use crate::{domain::PackedParcels, store::StoreError};

/// Bytes that are kept in memory.
const IN_MEMORY: usize = 8 << 20;

/// Parcels in the order in which they came.
#[derive(Debug)]
pub struct ParcelSpool(SpooledTempFile);

impl Default for ParcelSpool {
    fn default() -> Self {
        Self(SpooledTempFile::new(IN_MEMORY))
    }
}

impl ParcelSpool {
    /// Adds a run.
    ///
    /// # Errors
    /// The disk's.
    pub fn push(&mut self, run: &PackedParcels) -> io::Result<()> {
        self.0.write_all(&(run.bytes().len() as u64).to_le_bytes())?;
        self.0.write_all(run.bytes())
    }

    /// Forgets all runs.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Goes back to the first run.
    ///
    /// # Errors
    /// The disk's.
    pub fn rewind(&mut self) -> Result<(), StoreError> {
        self.0.rewind().map_err(|error| unreadable(&error))
    }

    /// The next run; none at the end.
    ///
    /// # Errors
    /// The disk's.
    pub fn next(&mut self) -> Result<Option<PackedParcels>, StoreError> {
        let mut length = [0; 8];
        if self.0.read(&mut length[..1]).map_err(|error| unreadable(&error))? == 0 {
            return Ok(None);
        }
        let mut read = || {
            self.0.read_exact(&mut length[1..])?;
            let mut bytes = vec![0; u64::from_le_bytes(length) as usize];
            self.0.read_exact(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = read().map_err(|error: io::Error| unreadable(&error))?;
        PackedParcels::from_bytes(bytes).map(Some).map_err(|error| StoreError::Backend(error.to_string()))
    }
}

fn unreadable(error: &io::Error) -> StoreError {
    StoreError::Full(format!("parcels that wait in a temporary file can't be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Code, Parcel, ParcelKey, SquareMetres};

    #[test]
    fn parcels_come_back_in_their_order_from_memory_and_from_disk() {
        let code = |text: &str| Code::new(text).unwrap();
        let parcel = Parcel {
            key: ParcelKey { project: code("P"), unit: code("1"), sheet: "1".into(), number: "2".into() },
            land_use: "x".repeat(1 << 20),
            total_area: SquareMetres::ZERO,
            recovered_area: SquareMetres::ZERO,
            declared_area: None,
            holder: None,
            planned_day: None,
            geometry: geo::MultiPolygon::new(vec![]),
        };
        let mut spool = ParcelSpool::default();
        for number in 0..12 {
            let mut run = PackedParcels::default();
            run.push(&number.to_string(), &parcel, None);
            spool.push(&run).unwrap();
        }
        for _ in 0..2 {
            spool.rewind().unwrap();
            let mut names = Vec::new();
            while let Some(run) = spool.next().unwrap() {
                names.extend(run.iter().map(|parcel| parcel.feature.to_owned()));
            }
            assert_eq!(names, (0..12).map(|n| n.to_string()).collect::<Vec<_>>());
        }
        spool.clear();
        spool.rewind().unwrap();
        assert!(spool.next().unwrap().is_none());
    }
}
