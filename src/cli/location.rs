//! Where a command finds things: the store, and beside it or elsewhere what an operator changes.

use std::{
    error::Error,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    atlas::Snapshot,
    domain::{calendar, law::Law, law_with},
    store::{self, Store},
};

type Found<T> = Result<T, Box<dyn Error>>;

/// The store's place and that of what an operator changes.
#[derive(Debug)]
pub struct StoreLocation {
    /// The store.
    pub data: PathBuf,
    config: PathBuf,
}

impl StoreLocation {
    /// What an operator changes lies beside the store, if it is not said where; where nothing lies beside a
    /// database, in the folder in which a file would be.
    pub fn new(data: &Path, config: Option<&Path>) -> Self {
        let beside = || match data.parent() {
            _ if store::is_address(data) => PathBuf::from("data"),
            Some(folder) => folder.to_owned(),
            None => PathBuf::new(),
        };
        Self { data: data.to_owned(), config: config.map_or_else(beside, Path::to_owned) }
    }

    /// Another store with the same things of the operator.
    pub fn at(&self, data: &Path) -> Self {
        Self { data: data.to_owned(), config: self.config.clone() }
    }

    /// The store's place in words, without the password of an address.
    pub fn shown(&self) -> String {
        store::shown(&self.data)
    }

    /// Whether there is a store.
    pub fn is_there(&self) -> Found<bool> {
        Ok(store::is_there(&self.data)?)
    }

    /// The folder of scans and photographs beside the store; none beside a database.
    pub fn attachments(&self) -> Option<PathBuf> {
        (!store::is_address(&self.data)).then(|| self.data.with_extension("files"))
    }

    /// Opens the store.
    pub fn open(&self) -> Found<Arc<dyn Store>> {
        Ok(store::open(&self.data)?)
    }

    /// Opens the store, or makes an empty one.
    pub fn open_or_create(&self) -> Found<Arc<dyn Store>> {
        Ok(store::open_or_create(&self.data)?)
    }

    /// Everything that the store holds.
    pub fn load(&self, store: &dyn Store) -> Found<Snapshot> {
        Ok(store.load(self.law()?)?)
    }

    /// The law, with what an operator put in its place, and his days off if there is a `calendar.toml`.
    pub fn law(&self) -> Found<Arc<Law>> {
        let own = self.file("calendar.toml")?;
        let (name, text) =
            own.as_ref().map_or(("calendar.toml", None), |(name, text)| (name, Some(text.as_str())));
        let days_off = calendar(text).map_err(|error| format!("{name}: {error}"))?;
        Ok(Arc::new(law_with(&self.files("procedures")?, days_off)?))
    }

    /// An operator's own file (name, text), if there is one.
    pub fn file(&self, name: &str) -> Found<Option<(String, String)>> {
        let path = self.config.join(name);
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Some((path.display().to_string(), text))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("{}: {error}", path.display()).into()),
        }
    }

    /// Where an operator's own data of this name lies.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.config.join(name)
    }

    /// An operator's own data: the TOML files (name, text) in a folder of this name.
    pub fn files(&self, folder: &str) -> Found<Vec<(String, String)>> {
        let Ok(entries) = std::fs::read_dir(self.folder(folder)) else { return Ok(Vec::new()) };
        let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        let read = |path: PathBuf| match std::fs::read_to_string(&path) {
            Ok(text) => Ok((path.display().to_string(), text)),
            Err(error) => Err(format!("{}: {error}", path.display()).into()),
        };
        paths.into_iter().map(read).collect()
    }
}
