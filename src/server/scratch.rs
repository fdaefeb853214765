//! The one folder for all that a server writes and forgets: files that wait to be imported, what readers see, exports
//! that are not written from front to back.
//!
//! A server that is killed leaves its folder behind; the next one removes it. Which folders are still in use is told by
//! a lock that the system lets go with the process, so that servers beside each other, also in containers that share
//! a folder, leave each other's alone.

use std::{
    fs::File,
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

/// How the folders' names begin.
const PREFIX: &str = "matbang-serve-";
/// What is locked in a folder as long as somebody uses it.
const LOCK: &str = "lock";

/// A folder that is gone when it is dropped.
#[derive(Debug)]
pub struct Scratch {
    folder: tempfile::TempDir,
    /// Held as long as the folder is used.
    _lock: File,
}

impl Scratch {
    /// Makes a folder in `parent` and removes those there that servers before this one have left.
    ///
    /// # Errors
    /// A place that is not there, that can't be written, or that is full.
    pub fn new(parent: &Path) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
        // Under its name the lock is never seen unlocked.
        let coming = folder.path().join("lock.new");
        let lock = File::create(&coming)?;
        lock.try_lock().map_err(io::Error::from)?;
        std::fs::rename(&coming, folder.path().join(LOCK))?;
        let owner = folder.path().metadata()?.uid();
        for left in others(parent, folder.path(), owner)? {
            remove(&left);
        }
        Ok(Self { folder, _lock: lock })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Folders of this owner, beside `own`; never what a link leads to.
fn others(parent: &Path, own: &Path, owner: u32) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(parent)?.flatten() {
        let path = entry.path();
        let is_ours = entry.metadata().is_ok_and(|it| it.is_dir() && it.uid() == owner);
        if is_ours && path != own && entry.file_name().to_string_lossy().starts_with(PREFIX) {
            found.push(path);
        }
    }
    Ok(found)
}

/// Removes a folder that nobody uses any more.
fn remove(folder: &Path) {
    let Ok(lock) = File::open(folder.join(LOCK)) else { return };
    if lock.try_lock().is_err() {
        return;
    }
    if let Err(error) = std::fs::remove_dir_all(folder) {
        tracing::warn!(%error, folder = %folder.display(), "what a server left behind cannot be removed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_has_left_goes_and_what_another_uses_stays() {
        let parent = tempfile::tempdir().unwrap();
        let left = parent.path().join("matbang-serve-left");
        std::fs::create_dir(&left).unwrap();
        std::fs::write(left.join(LOCK), "").unwrap();
        std::fs::write(left.join("thua.csv"), "so_to").unwrap();
        let elsewhere = parent.path().join("another");
        std::fs::create_dir(&elsewhere).unwrap();
        std::fs::write(elsewhere.join(LOCK), "").unwrap();
        std::os::unix::fs::symlink(&elsewhere, parent.path().join("matbang-serve-link")).unwrap();
        let first = Scratch::new(parent.path()).unwrap();
        assert!(!left.exists() && elsewhere.join(LOCK).exists());
        std::fs::write(first.path().join("thua.csv"), "so_to").unwrap();
        let second = Scratch::new(parent.path()).unwrap();
        assert!(first.path().join("thua.csv").exists(), "it is in use");
        let path = second.path().to_owned();
        drop(second);
        assert!(!path.exists() && first.path().exists());
    }
}
