//! Temporary files for formats that are not written from front to back.

use std::{
    fs::File,
    io::{Read, Write},
    path::{Path, PathBuf},
};

use super::error::ExportError;

/// A folder that is gone when it is dropped.
pub struct Spool(tempfile::TempDir);

impl Spool {
    /// A new folder where the system keeps temporary files.
    ///
    /// # Errors
    /// [`ExportError::Io`] where no folder can be made there.
    pub fn new() -> Result<Self, ExportError> {
        Ok(Self(tempfile::Builder::new().prefix("matbang-export").tempdir()?))
    }

    /// A path inside.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.0.path()
    }
}

/// Copies a finished file to where it goes.
///
/// # Errors
/// [`ExportError::Io`] where the file can't be read, or who reads the answer has gone.
pub fn send(path: &Path, out: &mut dyn Write) -> Result<(), ExportError> {
    let (mut file, mut buffer) = (File::open(path)?, vec![0; 1 << 18]);
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        out.write_all(&buffer[..count])?;
    }
}
