//! Imports that wait, on whichever server of a store they are asked for.
//!
//! ```text
//! upload ─► folder of this server ─► where attachments lie ─► folder of the server that is asked next
//!                                    └ the database says which files an import has, and whose they are
//! ```
//! A store that one process serves has the folder alone.

use std::{path::Path, sync::Arc};

use super::{
    app::App,
    auth,
    import_work::{Announce, Work},
    problem::Problem,
    staging::{Room, Staged, Stamp},
};
use crate::store::{Shared, StoreError, WaitingFile, WaitingImport};

fn stamp(path: &Path) -> Option<Stamp> {
    let found = std::fs::metadata(path).ok()?;
    Some((found.len(), found.modified().ok()))
}

fn missing() -> Problem {
    Problem::not_found("no such import waits any more; send the file again")
}

impl App {
    /// Asks what the servers share.
    async fn with_shared<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Shared) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        let done = self.with_store(move |store| store.shared().map(work).transpose()).await?;
        done.ok_or_else(|| Problem::internal(&"the store is not shared"))
    }

    /// Begins an import for `author`: its id.
    ///
    /// # Errors
    /// 503 when too many imports wait; 507 when no folder can be made; 503 or 500 when the shared store can't be
    /// asked.
    pub async fn begin_import(self: &Arc<Self>, author: &str) -> Result<String, Problem> {
        let id = auth::secret().map_err(|e| Problem::internal(&e))?;
        if !self.is_shared() {
            self.staging.begin(&id, author)?;
            return Ok(id);
        }
        let (begun, whose) = (id.clone(), author.to_owned());
        if !self.with_shared(move |shared| shared.begin_import(&begun, &whose)).await? {
            return Err(Problem::busy());
        }
        let app = Arc::clone(self);
        tokio::spawn(async move {
            // What can't be removed now is removed when the next one begins.
            if let Err(problem) = app.sweep_imports().await {
                tracing::warn!(?problem, "files that nobody waits for any more stay for now");
            }
        });
        self.staging.adopt(&id, author)?;
        Ok(id)
    }

    /// An import as the servers know it, for who began it.
    async fn shared_import(&self, id: &str, author: &str) -> Result<WaitingImport, Problem> {
        let asked = id.to_owned();
        let found = self.with_shared(move |shared| shared.waiting_import(&asked)).await?;
        found.filter(|found| found.author == author).ok_or_else(|| {
            self.staging.end_of(id, author);
            missing()
        })
    }

    /// The import with this id, for who began it, with all its files here.
    ///
    /// # Errors
    /// 404 when there is none or it is somebody else's; 507 or 500 when its files can't be brought here; 503 or 500
    /// when the shared store can't be asked.
    pub async fn find_import(&self, id: &str, author: &str) -> Result<Arc<Staged>, Problem> {
        if !self.is_shared() {
            return self.staging.find(id, author);
        }
        let import = self.shared_import(id, author).await?;
        let staged = self.staging.adopt(id, author)?;
        let mut here = staged.synced.0.lock().await;
        let is_gone = |name: &&String| !import.files.iter().any(|file| file.name == **name);
        for name in here.keys().filter(is_gone).cloned().collect::<Vec<_>>() {
            here.remove(&name);
            // One that is gone already is as good.
            let _ = std::fs::remove_file(staged.folder().join(name));
        }
        for file in &import.files {
            let path = staged.folder().join(&file.name);
            if here.get(&file.name).is_some_and(|(key, _)| *key == file.key) && path.exists() {
                continue;
            }
            self.files.fetch_waiting(&file.key, &path).await?;
            here.extend(stamp(&path).map(|stamp| (file.name.clone(), (file.key.clone(), stamp))));
        }
        drop(here);
        Ok(staged)
    }

    /// Room that a person has for another file.
    ///
    /// # Errors
    /// 503 or 500 when the shared store can't be asked.
    pub async fn import_room(&self, author: &str) -> Result<Room, Problem> {
        if !self.is_shared() {
            return Ok(Room::Here);
        }
        let author = author.to_owned();
        let taken = self.with_shared(move |shared| shared.waiting_bytes(&author)).await?;
        Ok(Room::Shared { taken })
    }

    /// Puts the files of an import that are new here where all servers see them.
    ///
    /// # Errors
    /// 404 when the import is over; 413 when the person has no room left; 507 or 500 when a file can't be put there;
    /// 503 or 500 when the shared store can't be asked. What was new is gone then.
    pub async fn share_files(&self, id: &str, author: &str, staged: &Staged) -> Result<(), Problem> {
        if !self.is_shared() {
            return Ok(());
        }
        let mut here = staged.synced.0.lock().await;
        let names = staged.files()?;
        let is_new = |name: &&String| {
            let now = stamp(&staged.folder().join(name));
            here.get(*name).map(|(_, known)| *known) != now
        };
        let new: Vec<String> = names.iter().filter(is_new).cloned().collect();
        let Room::Shared { taken } = self.import_room(author).await? else { return Ok(()) };
        let sizes = new.iter().filter_map(|name| Some(stamp(&staged.folder().join(name))?.0));
        let mut done =
            if taken + sizes.sum::<u64>() > self.staging.most() { Err(self.staging.full()) } else { Ok(()) };
        for name in &new {
            let path = staged.folder().join(name);
            if done.is_ok() {
                match self.share_file(id, name, &path).await {
                    Ok(key) => here.extend(stamp(&path).map(|stamp| (name.clone(), (key, stamp)))),
                    Err(problem) => done = Err(problem),
                }
            }
            if done.is_err() {
                let _ = std::fs::remove_file(&path);
            }
        }
        done
    }

    async fn share_file(&self, id: &str, name: &str, path: &Path) -> Result<String, Problem> {
        let key = format!("waiting-{}", auth::secret().map_err(|e| Problem::internal(&e))?);
        let bytes = stamp(path).map_or(0, |(bytes, _)| bytes);
        let file = WaitingFile { name: name.to_owned(), key: key.clone(), bytes };
        let (import, announced) = (id.to_owned(), file.clone());
        if !self.with_shared(move |shared| shared.announce_file(&import, &announced)).await? {
            return Err(missing());
        }
        self.files.put_waiting(&key, path).await?;
        let import = id.to_owned();
        self.with_shared(move |shared| shared.settle_file(&import, &file)).await?;
        Ok(key)
    }

    /// What is being done with an import, on whichever server.
    ///
    /// # Errors
    /// As [`App::find_import`].
    pub async fn import_work(&self, id: &str, author: &str) -> Result<Option<Work>, Problem> {
        if !self.is_shared() {
            return Ok(self.staging.find(id, author)?.works.now());
        }
        let import = self.shared_import(id, author).await?;
        let here = self.staging.find(id, author).ok().and_then(|staged| staged.works.now());
        if here.is_some() {
            return Ok(here);
        }
        let current = import.work.map(|work| serde_json::from_str(&work));
        current.transpose().map_err(|e| Problem::internal(&e))
    }

    /// What tells other servers what is done with an import; none where there are no others.
    pub fn announcer(self: &Arc<Self>, id: &str) -> Option<Announce> {
        if !self.is_shared() {
            return None;
        }
        let (app, id, runtime) = (Arc::clone(self), id.to_owned(), tokio::runtime::Handle::current());
        Some(Box::new(move |work| {
            let (app, id, at) = (Arc::clone(&app), id.clone(), jiff::Timestamp::now().as_millisecond());
            let work = work.and_then(|work| serde_json::to_string(work).ok());
            runtime.spawn(async move {
                // Who looks on sees it a little later.
                let _ = app.with_shared(move |shared| shared.note_work(&id, at, work.as_deref())).await;
            });
        }))
    }

    /// Forgets an import; its files go once nobody reads them.
    ///
    /// # Errors
    /// 503 or 500 when the shared store can't be asked.
    pub async fn end_import(self: &Arc<Self>, id: &str) -> Result<(), Problem> {
        self.staging.end(id);
        if self.is_shared() {
            let ended = id.to_owned();
            self.with_shared(move |shared| shared.end_import(&ended)).await?;
            self.sweep_imports().await?;
        }
        Ok(())
    }

    /// Removes the files that nobody waits for any more, then says so: none is forgotten that is still there.
    async fn sweep_imports(&self) -> Result<(), Problem> {
        let over = self.with_shared(|shared| shared.files_over()).await?;
        if over.is_empty() {
            return Ok(());
        }
        for key in &over {
            self.files.remove_waiting(key).await?;
        }
        self.with_shared(move |shared| shared.forget_files(&over)).await
    }
}
