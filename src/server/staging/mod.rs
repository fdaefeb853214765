//! Files that wait to be imported: kept in a folder of their own, looked at as
//! often as needed, and gone after two hours. Each person has a few places and
//! so much room; who begins more gives up the oldest of their own, nobody else's.
//!
//! Where servers share a store, what is here is this server's copy ([`super::waiting`]).
//!
//! Nothing of a file is in the store before it is committed. Archives (.zip)
//! are unpacked; names of files are brought down to their last part, so that
//! nothing is ever written beside the folder.

mod names;

use std::{
    collections::HashMap,
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Instant, SystemTime},
};

use super::{import_work::Works, problem::Problem};
use crate::store::{KEPT, MOST_OWN, MOST_WAITING};
use names::{apart, last_part};

/// What is known of a file in the folder: its shared key, and what it was when it had it.
pub type Known = (String, Stamp);
/// Length and time of the last change.
pub type Stamp = (u64, Option<SystemTime>);

/// Files of an import that are the same here and where all servers see them, by name.
#[derive(Debug, Default)]
pub struct Synced(pub tokio::sync::Mutex<HashMap<String, Known>>);

/// Largest upload and largest content of an archive, bytes.
pub const LARGEST: u64 = 512 << 20;
/// Files of one import.
const MOST_FILES: usize = 64;
/// How much of a person's room is taken.
#[derive(Debug, Clone, Copy)]
pub enum Room {
    /// By what lies in the folders of this server.
    Here,
    /// By so many bytes, wherever they lie.
    Shared {
        /// Bytes.
        taken: u64,
    },
}

/// An import that waits.
#[derive(Debug)]
pub struct Staged {
    folder: tempfile::TempDir,
    author: String,
    since: Instant,
    /// What is done with it now.
    pub works: Arc<Works>,
    /// What of it other servers have too.
    pub synced: Synced,
}

/// All that wait, by id.
#[derive(Debug)]
pub struct Staging {
    waiting: Mutex<HashMap<String, Arc<Staged>>>,
    /// One archive is unpacked at a time: what it takes is known before the next.
    unpacking: Mutex<()>,
    /// Bytes of all files of one person that wait.
    room: u64,
}

impl Staging {
    /// With so many bytes for each person.
    pub fn new(room: u64) -> Self {
        Self { waiting: Mutex::default(), unpacking: Mutex::default(), room }
    }

    /// Begins an import of this id for `author`.
    ///
    /// # Errors
    /// 503 when too many wait; 507 when no folder can be made.
    pub fn begin(&self, id: &str, author: &str) -> Result<(), Problem> {
        let mut all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, staged| staged.since.elapsed() < KEPT);
        let mut own: Vec<_> = all.iter().filter(|(_, staged)| staged.author == author).collect();
        own.sort_by_key(|(_, staged)| staged.since);
        let given_up = own.first().filter(|_| own.len() >= MOST_OWN).map(|(id, _)| (*id).clone());
        given_up.map(|id| all.remove(&id));
        if all.len() >= MOST_WAITING {
            return Err(Problem::busy());
        }
        all.insert(id.to_owned(), Staged::new(author)?);
        Ok(())
    }

    /// This server's copy of an import that `author` began on whichever server. Where there is no room for another, the
    /// oldest copy goes: who asks for it gets it again.
    ///
    /// # Errors
    /// 507 when no folder can be made.
    pub fn adopt(&self, id: &str, author: &str) -> Result<Arc<Staged>, Problem> {
        let mut all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, staged| staged.since.elapsed() < KEPT);
        if let Some(found) = all.get(id).filter(|staged| staged.author == author) {
            return Ok(Arc::clone(found));
        }
        if all.len() >= MOST_WAITING {
            let oldest = all.iter().min_by_key(|(_, staged)| staged.since).map(|(id, _)| id.clone());
            oldest.map(|id| all.remove(&id));
        }
        let staged = Staged::new(author)?;
        all.insert(id.to_owned(), Arc::clone(&staged));
        Ok(staged)
    }

    /// The import with this id, for who began it.
    ///
    /// # Errors
    /// 404 when there is none of this id, or it is somebody else's.
    pub fn find(&self, id: &str, author: &str) -> Result<Arc<Staged>, Problem> {
        let all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.get(id).filter(|staged| staged.author == author && staged.since.elapsed() < KEPT);
        found.cloned().ok_or_else(|| Problem::not_found("no such import waits any more; send the file again"))
    }

    /// Bytes that a person may still send.
    pub fn room(&self, author: &str) -> u64 {
        let all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let own = all.values().filter(|staged| staged.author == author);
        self.room.saturating_sub(own.map(|staged| staged.bytes()).sum())
    }

    /// Bytes that all files of a person that wait may have.
    pub fn most(&self) -> u64 {
        self.room
    }

    /// Whether a person who has sent so many bytes of a file may send more.
    pub fn has_room(&self, author: &str, room: Room, sent: u64) -> bool {
        match room {
            Room::Here => self.room(author) > 0,
            Room::Shared { taken } => taken + sent < self.room,
        }
    }

    /// Says that a person's files that wait take too much room.
    pub fn full(&self) -> Problem {
        Problem::too_large(format!(
            "your files that wait to be imported may have {} MB together; finish or cancel one of them",
            self.room >> 20
        ))
    }

    /// Unpacks the archive at `path`, which `staged` holds, in place and removes it.
    ///
    /// # Errors
    /// Not an archive, or more in it than is taken, or than its sender has room for.
    pub fn unpack(&self, staged: &Staged, path: &Path) -> Result<(), Problem> {
        let _one = self.unpacking.lock().unwrap_or_else(PoisonError::into_inner);
        let room = self.room(&staged.author);
        let before = staged.files()?;
        let unpacked = staged.unpack(path, room.min(LARGEST));
        if unpacked.is_err() {
            // What came out of it before it broke is of no use, and neither is itself.
            staged.keep(&before, path);
            return unpacked.map_err(|problem| {
                if room < LARGEST && problem.is_too_large() { self.full() } else { problem }
            });
        }
        unpacked
    }

    /// Forgets an import, if it is of this person.
    pub fn end_of(&self, id: &str, author: &str) {
        if self.find(id, author).is_ok() {
            self.end(id);
        }
    }

    /// Forgets an import; its files go once nobody reads them.
    pub fn end(&self, id: &str) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

impl Staged {
    fn new(author: &str) -> Result<Arc<Self>, Problem> {
        let folder = tempfile::tempdir().map_err(|e| Problem::disk(&e))?;
        let (author, since) = (author.to_owned(), Instant::now());
        Ok(Arc::new(Self { folder, author, since, works: Arc::default(), synced: Synced::default() }))
    }

    /// Where its files lie here.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where an uploaded file of this name is written.
    ///
    /// # Errors
    /// 400 when the name is none for a file, 413 when there are too many files.
    pub fn path_of(&self, name: &str) -> Result<PathBuf, Problem> {
        let name = last_part(name).ok_or_else(|| Problem::parameter("name", "must be the name of a file"))?;
        if self.files()?.len() >= MOST_FILES {
            return Err(Problem::too_large(format!("an import takes at most {MOST_FILES} files")));
        }
        Ok(self.folder.path().join(name))
    }

    /// Bytes of its files.
    fn bytes(&self) -> u64 {
        let entries = std::fs::read_dir(self.folder.path()).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.metadata().ok()).map(|file| file.len()).sum()
    }

    /// Removes all files but those of these names, and the one at `path`.
    fn keep(&self, names: &[String], path: &Path) {
        for entry in std::fs::read_dir(self.folder.path()).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path() == path || !names.contains(&name) {
                // One that is gone already is as good.
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    fn unpack(&self, path: &Path, most: u64) -> Result<(), Problem> {
        let broken = |e: &dyn std::fmt::Display| Problem::invalid(format!("the archive cannot be read: {e}"));
        let file = File::open(path).map_err(|e| Problem::disk(&e))?;
        let mut archive = zip::ZipArchive::new(file).map_err(|e| broken(&e))?;
        if archive.len() > MOST_FILES {
            return Err(Problem::too_large(format!("an archive may hold at most {MOST_FILES} files")));
        }
        let mut names = Vec::with_capacity(archive.len());
        for index in 0..archive.len() {
            let entry = archive.by_index(index).map_err(|e| broken(&e))?;
            let name = entry.name().map_err(|e| broken(&e))?.into_owned();
            names.push(entry.is_file().then_some(name));
        }
        let names = apart(&names);
        let mut left = most;
        for (index, name) in names.into_iter().enumerate() {
            let Some(name) = name else { continue };
            let entry = archive.by_index(index).map_err(|e| broken(&e))?;
            let mut out = File::create(self.folder.path().join(name)).map_err(|e| Problem::disk(&e))?;
            // One byte more than is left shows that there is more.
            let read = std::io::copy(&mut std::io::Read::take(entry, left + 1), &mut out);
            left = left.checked_sub(read.map_err(|e| broken(&e))?).ok_or_else(|| {
                Problem::too_large(format!("the archive holds more than {} MB", most >> 20))
            })?;
            out.flush().map_err(|e| Problem::disk(&e))?;
        }
        std::fs::remove_file(path).map_err(|e| Problem::disk(&e))
    }

    /// Names of the files, sorted.
    ///
    /// # Errors
    /// 507 where the folder can't be read.
    pub fn files(&self) -> Result<Vec<String>, Problem> {
        let entries = std::fs::read_dir(self.folder.path()).map_err(|e| Problem::disk(&e))?;
        let mut names: Vec<String> =
            entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        Ok(names)
    }

    /// The file to be opened: of a Shapefile's or TAB's parts the one that leads them.
    ///
    /// # Errors
    /// 400 when there is no file, or several that are not parts of one.
    pub fn main(&self) -> Result<PathBuf, Problem> {
        let names = self.files()?;
        let extension = |name: &str| name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        let leading = |name: &&String| LEADING.contains(&extension(name).as_str());
        let leaders: Vec<&String> = names.iter().filter(leading).collect();
        match (&leaders[..], &names[..]) {
            ([one], _) => Ok(self.folder.path().join(one)),
            ([], [one]) => Ok(self.folder.path().join(one)),
            ([], []) => Err(Problem::invalid("there is no file yet; send one first")),
            ([], _) => Err(Problem::invalid(format!("none of {} can be read alone", names.join(", ")))),
            _ => Err(Problem::invalid(format!(
                "there are several files ({}); import one at a time",
                leaders.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
            ))),
        }
    }

    /// A message without the folder's path, which says nothing to a person.
    pub fn plain(&self, message: &str) -> String {
        message.replace(&format!("{}/", self.folder.path().display()), "")
    }
}

/// Extensions of files that can be opened, beside parts such as .dbf and .prj.
const LEADING: [&str; 18] = [
    "shp",
    "gpkg",
    "geojson",
    "geojsonl",
    "geojsons",
    "geojsonseq",
    "json",
    "topojson",
    "fgb",
    "kml",
    "kmz",
    "gml",
    "tab",
    "mif",
    "dxf",
    "dgn",
    "csv",
    "xlsx",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_found_by_who_began_it_only() {
        let staging = Staging::new(1 << 30);
        let id = "1".to_owned();
        staging.begin(&id, "an").unwrap();
        assert!(staging.find(&id, "an").is_ok() && staging.find(&id, "binh").is_err());
        staging.end(&id);
        assert!(staging.find(&id, "an").is_err());
    }

    #[test]
    fn who_begins_more_than_a_few_gives_up_the_oldest_of_their_own() {
        let staging = Staging::new(10);
        let (of_binh, own) = ("binh's", ["1", "2", "3", "4", "5"]);
        staging.begin(of_binh, "binh").unwrap();
        own.iter().for_each(|id| staging.begin(id, "an").unwrap());
        let there: Vec<bool> = own.iter().map(|id| staging.find(id, "an").is_ok()).collect();
        assert_eq!(there, [false, true, true, true, true]);
        let staged = staging.find(own[1], "an").unwrap();
        std::fs::write(staged.path_of("a.csv").unwrap(), b"1234").unwrap();
        assert_eq!((staging.room("an"), staging.room("binh")), (6, 10));
        assert!(staging.find(of_binh, "binh").is_ok());
        staging.end(own[1]);
        drop(staged);
        assert_eq!(staging.room("an"), 10);
    }

    #[test]
    fn a_copy_of_what_was_begun_elsewhere_takes_nobodys_place_for_ever() {
        let staging = Staging::new(10);
        for n in 0..MOST_WAITING + 3 {
            staging.adopt(&n.to_string(), "an").unwrap();
        }
        assert!(staging.find("2", "an").is_err() && staging.find("3", "an").is_ok());
        // The same again, and of somebody else one of their own.
        let copy = staging.adopt("9", "an").unwrap();
        assert!(Arc::ptr_eq(&copy, &staging.adopt("9", "an").unwrap()));
        assert!(!Arc::ptr_eq(&copy, &staging.adopt("9", "binh").unwrap()));
    }

    #[test]
    fn the_leading_file_of_a_shapefile_is_found() {
        let staging = Staging::new(1 << 30);
        staging.begin("1", "an").unwrap();
        let staged = staging.find("1", "an").unwrap();
        assert!(staged.main().is_err());
        for name in ["t.dbf", "t.shp", "t.shx"] {
            std::fs::write(staged.path_of(name).unwrap(), b"x").unwrap();
        }
        assert!(staged.main().unwrap().ends_with("t.shp"));
        std::fs::write(staged.path_of("u.gpkg").unwrap(), b"x").unwrap();
        assert!(staged.main().is_err());
    }
}
