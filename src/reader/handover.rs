//! The file as a reader gets it: a folder of its own with links to the file's
//! parts, and nothing else.
//!
//! ```text
//! /tmp/matbang-read-…/in/thua.shp ─► /srv/maps/thua.shp
//!                       thua.dbf ─► …
//!                    /tmp          the only place it may write to
//! ```
//! What stands beside the file but does not belong to it is not even seen. A
//! part that is itself a link is left out: it could lead anywhere.

use std::{
    ffi::OsStr,
    io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use super::error::ReadError;
use crate::ingest::IngestError;

/// Parts of one file: a Shapefile has a dozen at most.
const MOST_PARTS: usize = 64;

/// A file that is ready to be read by another process.
#[derive(Debug)]
pub struct Handover {
    folder: tempfile::TempDir,
    name: std::ffi::OsString,
    given: Vec<PathBuf>,
    /// Path as the caller gave it, for messages.
    pub file: String,
}

impl Handover {
    /// Prepares the file at `path`.
    ///
    /// # Errors
    /// No such file; neither file nor folder; a temporary folder that can't be made.
    pub fn new(path: &Path) -> Result<Self, ReadError> {
        let file = path.display().to_string();
        let name = path.file_name().filter(|_| path.exists()).map(OsStr::to_owned);
        let name = name.ok_or_else(|| IngestError::Missing { file: file.clone() })?;
        let unreadable =
            |e: &dyn std::fmt::Display| IngestError::Unreadable { file: file.clone(), cause: e.to_string() };
        let real = std::fs::canonicalize(path).map_err(|e| unreadable(&e))?;
        if !real.is_file() && !real.is_dir() {
            return Err(unreadable(&"it is neither a file nor a folder").into());
        }
        let mut handover = Self {
            folder: folder().map_err(|e| ReadError::Start(e.to_string()))?,
            name,
            given: vec![],
            file,
        };
        handover.give(&handover.name.clone(), &real)?;
        for (name, part) in parts(path, &handover.name) {
            handover.give(&name, &part)?;
        }
        Ok(handover)
    }

    /// A folder without a file, to ask how a reader is confined.
    ///
    /// # Errors
    /// [`ReadError`] when no temporary folder can be made.
    pub fn empty() -> Result<Self, ReadError> {
        let folder = folder().map_err(|e| ReadError::Start(e.to_string()))?;
        Ok(Self { folder, name: std::ffi::OsString::new(), given: vec![], file: String::new() })
    }

    fn give(&mut self, name: &OsStr, real: &Path) -> Result<(), ReadError> {
        let link = self.folder.path().join("in").join(name);
        std::os::unix::fs::symlink(real, link).map_err(|e| ReadError::Start(e.to_string()))?;
        self.given.push(real.to_owned());
        Ok(())
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The folder, the file's name in it and the places behind the links, as they travel.
    pub fn described(&self) -> (Vec<u8>, Vec<u8>, Vec<Vec<u8>>) {
        let bytes = |text: &OsStr| text.as_bytes().to_vec();
        let given = self.given.iter().map(|path| bytes(path.as_os_str())).collect();
        (bytes(self.folder().as_os_str()), bytes(&self.name), given)
    }

    /// A message with the path that the caller gave.
    pub fn plain(&self, words: &str) -> String {
        let ours = self.folder().join("in").join(&self.name);
        let folder = self.file.strip_suffix(&*self.name.to_string_lossy()).unwrap_or_default();
        words
            .replace(&*ours.to_string_lossy(), &self.file)
            .replace(&format!("{}/in/", self.folder().display()), folder)
    }
}

fn folder() -> io::Result<tempfile::TempDir> {
    let folder = tempfile::Builder::new().prefix("matbang-read-").tempdir()?;
    for name in ["in", "tmp"] {
        std::fs::create_dir(folder.path().join(name))?;
    }
    Ok(folder)
}

/// What belongs to the file: the same name up to the extension, in any case.
fn parts(path: &Path, name: &OsStr) -> Vec<(std::ffi::OsString, PathBuf)> {
    let Some(stem) = path.file_stem().map(|stem| format!("{}.", stem.to_string_lossy().to_lowercase()))
    else {
        return Vec::new();
    };
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = std::fs::read_dir(folder).and_then(|entries| {
        let folder = std::fs::canonicalize(folder)?;
        Ok(entries.flatten().map(move |entry| (entry.file_name(), folder.join(entry.file_name()))))
    }) else {
        return Vec::new();
    };
    let belongs = |other: &OsStr| other != name && other.to_string_lossy().to_lowercase().starts_with(&stem);
    let is_file = |part: &Path| std::fs::symlink_metadata(part).is_ok_and(|found| found.is_file());
    entries.filter(|(other, part)| belongs(other) && is_file(part)).take(MOST_PARTS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_parts_of_a_file_are_handed_over() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["thua.shp", "THUA.dbf", "thua.shp.xml", "thuac.shp", "other.txt"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("thua.prj")).unwrap();
        let handover = Handover::new(&folder.path().join("thua.shp")).unwrap();
        let mut names: Vec<_> = std::fs::read_dir(handover.folder().join("in"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["THUA.dbf", "thua.shp", "thua.shp.xml"]);
        let words = format!(
            "{}/in/thua.shp: {}/in/thua.dbf",
            handover.folder().display(),
            handover.folder().display()
        );
        let shown = folder.path().display();
        assert_eq!(handover.plain(&words), format!("{shown}/thua.shp: {shown}/thua.dbf"));
    }

    #[test]
    fn what_is_no_file_is_not_handed_over() {
        assert_eq!(Handover::new(Path::new("/dev/null")).unwrap_err().code(), "unreadable");
        assert_eq!(Handover::new(Path::new("/no/such/file")).unwrap_err().code(), "unreadable");
    }
}
