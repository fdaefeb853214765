//! A folder in which nothing can be written.

use std::{
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

/// A folder in which nothing can be written any more, until this ends.
pub struct ReadOnly {
    folder: PathBuf,
    is_mounted: bool,
}

impl ReadOnly {
    /// Copies a store into `folder`, which is made; gives the copy's path too.
    pub fn with_copy_of(store: &Path, folder: PathBuf) -> (Self, PathBuf) {
        std::fs::create_dir(&folder).unwrap();
        let mount = |arguments: &[&str]| Command::new("mount").args(arguments).arg(&folder).output();
        let mount = |arguments: &[&str]| mount(arguments).is_ok_and(|done| done.status.success());
        // Rights hold no superuser back; a disk that is mounted so holds everybody.
        let is_mounted = mount(&["-t", "tmpfs", "-o", "size=64m", "tmpfs"]);
        let copy = folder.join("store.gpkg");
        std::fs::copy(store, &copy).unwrap();
        if is_mounted {
            assert!(mount(&["-o", "remount,ro"]));
        } else {
            set_mode(&copy, 0o444);
            set_mode(&folder, 0o555);
            let written = std::fs::File::create(folder.join("other"));
            assert!(written.is_err(), "a superuser who may not mount can't make a folder read-only");
        }
        (Self { folder, is_mounted }, copy)
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        if self.is_mounted {
            let _ = Command::new("umount").arg(&self.folder).status();
        } else {
            set_mode(&self.folder, 0o755);
        }
    }
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
