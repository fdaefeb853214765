//! The files of an operator's own campaigns: read, checked together, and put in place in one step.
//!
//! Where several servers share a store, what is changed here lies in it, before the files, and all of them show it.

use std::{
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::problem::Problem;
use crate::{
    domain::{Campaign, Code, campaign_text, campaigns},
    store::{CampaignTexts, Shared, Store, StoreError},
};

/// How often a change is tried where others change campaigns too.
const TRIES: usize = 20;

/// A folder of campaigns; for threads that may block.
pub struct CampaignFiles {
    folder: PathBuf,
    store: Arc<dyn Store>,
    /// The shared state that is shown; none yet. One change after the other.
    shown: Mutex<Option<u64>>,
}

impl CampaignFiles {
    /// The files in this folder, which need not exist yet, and what the store says besides.
    pub fn new(folder: PathBuf, store: Arc<dyn Store>) -> Self {
        Self { folder, store, shown: Mutex::new(None) }
    }

    /// Shows what another server has changed, if anything.
    ///
    /// # Errors
    /// [`StoreError`] when the texts can't be read from the store. Texts that contradict each other are logged; what
    /// was shown stays.
    pub fn follow(&self, show: impl FnOnce(&[Campaign])) -> Result<(), StoreError> {
        let Some(shared) = self.store.shared() else { return Ok(()) };
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if *shown == Some(shared.campaigns_version()?) {
            return Ok(());
        }
        let texts = shared.campaign_texts()?;
        match self.files(&texts).and_then(|own| together(&own)) {
            Ok(all) => show(&all),
            Err(problem) => tracing::warn!(?problem, "the campaigns stay as they were"),
        }
        *shown = Some(texts.version);
        Ok(())
    }

    /// The text of a campaign, the operator's own before the one that comes with the program.
    ///
    /// # Errors
    /// 404 when no campaign has the code; 500 or 507 when its file can't be read.
    pub fn text(&self, code: &Code) -> Result<String, Problem> {
        let own = self.files(&self.texts()?)?;
        let own = own.into_iter().find(|(_, text)| is_of(text, code)).map(|(_, text)| text);
        own.or_else(|| campaign_text(code.as_str()).map(str::to_owned)).ok_or_else(|| unknown(code))
    }

    /// Puts a campaign's text in the place of what was there; `show` gets all campaigns as they are then, before
    /// anybody else changes them. With a `version` only while the text is still of it ([`version`]).
    ///
    /// # Errors
    /// 412 where the text is another meanwhile; 422 for what is no campaign, or one of another code, with the line; the disk's.
    pub fn put(
        &self,
        code: &Code,
        text: &str,
        expected: Option<&str>,
        show: impl FnOnce(&[Campaign]),
    ) -> Result<Campaign, Problem> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let campaign =
            Campaign::parse(text).map_err(|error| Problem::unreadable("campaign", error.to_string()))?;
        if campaign.code() != code {
            let why = format!("the text is of the campaign \"{}\", not of \"{code}\"", campaign.code());
            return Err(Problem::unreadable("campaign", why));
        }
        let all = self.change(&mut shown, code, |own| {
            let now = own.iter().find(|(_, text)| is_of(text, code)).map(|(_, text)| text.clone());
            let now = now.or_else(|| campaign_text(code.as_str()).map(str::to_owned));
            if let (Some(expected), Some(now)) = (expected, now)
                && version(&now) != expected
            {
                let why = "somebody else changed this campaign meanwhile; load it again, then change it";
                return Err(Problem::conflict(why, Vec::new()));
            }
            let known = own.iter_mut().find(|(_, text)| is_of(text, code));
            if let Some((_, old)) = known {
                text.clone_into(old);
            } else {
                own.push((self.folder.join(file_name(code)?), text.to_owned()));
            }
            Ok(Some(text))
        })?;
        show(&all);
        all.into_iter().find(|campaign| campaign.code() == code).ok_or_else(|| unknown(code))
    }

    /// Takes an operator's own campaign away; one that comes with the program shows again as it came. `show` as in
    /// [`CampaignFiles::put`].
    ///
    /// # Errors
    /// 404 when the operator has no campaign of this code; 500 or 507 when its file can't be removed.
    pub fn remove(&self, code: &Code, show: impl FnOnce(&[Campaign])) -> Result<(), Problem> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let all = self.change(&mut shown, code, |own| {
            let before = own.len();
            own.retain(|(_, text)| !is_of(text, code));
            if own.len() == before { Err(unknown(code)) } else { Ok(None) }
        })?;
        show(&all);
        Ok(())
    }

    /// Makes a change of the operator's texts, checks all of them together and keeps it: all campaigns then. `change`
    /// gives the text that is to be kept, or none for one that goes, and is asked again where another server was first.
    fn change<'t>(
        &self,
        shown: &mut Option<u64>,
        code: &Code,
        change: impl Fn(&mut Vec<(PathBuf, String)>) -> Result<Option<&'t str>, Problem>,
    ) -> Result<Vec<Campaign>, Problem> {
        for _ in 0..TRIES {
            let texts = self.texts()?;
            let mut own = self.files(&texts)?;
            let before = own.clone();
            let text = change(&mut own)?;
            let all = together(&own)?;
            let Some(shared) = self.store.shared() else {
                self.keep(&before, code, &own, text)?;
                return Ok(all);
            };
            if shared.change_campaign(texts.version, code.as_str(), text).map_err(|e| Problem::store(&e))? {
                *shown = Some(texts.version + 1);
                return Ok(all);
            }
        }
        Err(Problem::busy())
    }

    /// Puts a text in its file, or removes the files of what goes.
    fn keep(
        &self,
        before: &[(PathBuf, String)],
        code: &Code,
        own: &[(PathBuf, String)],
        text: Option<&str>,
    ) -> Result<(), Problem> {
        let Some(text) = text else {
            let mut gone = before.iter().filter(|(_, text)| is_of(text, code));
            return gone.try_for_each(|(path, _)| std::fs::remove_file(path)).map_err(|e| Problem::disk(&e));
        };
        let path = own.iter().find(|(_, kept)| kept == text).map(|(path, _)| path);
        let path = path.ok_or_else(|| unknown(code))?;
        std::fs::create_dir_all(&self.folder).map_err(|e| Problem::disk(&e))?;
        replace(&self.folder, path, text).map_err(|e| Problem::disk(&e))
    }

    /// What was changed in the app where servers share it.
    fn texts(&self) -> Result<CampaignTexts, Problem> {
        let texts = self.store.shared().map(Shared::campaign_texts);
        texts.transpose().map(Option::unwrap_or_default).map_err(|e| Problem::store(&e))
    }

    /// The operator's files, with what was changed in the app in their place.
    fn files(&self, texts: &CampaignTexts) -> Result<Vec<(PathBuf, String)>, Problem> {
        let named = self.own()?.into_iter().map(|(path, text)| (path.to_string_lossy().into_owned(), text));
        Ok(texts
            .over(named.collect())
            .into_iter()
            .map(|(name, text)| (self.folder.join(name), text))
            .collect())
    }

    /// The operator's files (path, text), by name.
    fn own(&self) -> Result<Vec<(PathBuf, String)>, Problem> {
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Problem::internal(&error)),
        };
        let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        let read = |path: PathBuf| {
            let text = std::fs::read_to_string(&path).map_err(|e| Problem::internal(&e))?;
            Ok((path, text))
        };
        paths.into_iter().map(read).collect()
    }
}

/// By which a text is known again: an entity tag, quotes included.
pub fn version(text: &str) -> String {
    use sha2::{Digest, Sha256};
    format!("\"{}\"", crate::domain::hex(&Sha256::digest(text)))
}

/// The name of a new campaign's file; nothing in it leads elsewhere.
fn file_name(code: &Code) -> Result<String, Problem> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if code.as_str().chars().all(plain) {
        return Ok(format!("{code}.toml"));
    }
    let why = format!("line 1: the code \"{code}\" must be of letters a to z, digits, - and _ only");
    Err(Problem::unreadable("campaign", why))
}

fn is_of(text: &str, code: &Code) -> bool {
    Campaign::parse(text).is_ok_and(|campaign| campaign.code() == code)
}

fn together(own: &[(PathBuf, String)]) -> Result<Vec<Campaign>, Problem> {
    let name =
        |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let named: Vec<_> = own.iter().map(|(path, text)| (name(path), text.clone())).collect();
    campaigns(&named).map_err(|error| Problem::unreadable("campaign", error.to_string()))
}

/// Whoever reads the file meanwhile finds the old text or the new one, never a part.
fn replace(folder: &Path, path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn unknown(code: &Code) -> Problem {
    Problem::not_found(format!("no campaign of your own has the code \"{code}\""))
}
