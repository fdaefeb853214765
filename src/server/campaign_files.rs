//! The files of an operator's own campaigns: read, checked together, and put in place in one step.

use std::{
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use super::problem::Problem;
use crate::domain::{Campaign, Code, campaign_text, campaigns};

/// A folder of campaigns; for threads that may block.
pub struct CampaignFiles {
    folder: PathBuf,
    /// One change after the other.
    changing: Mutex<()>,
}

impl CampaignFiles {
    /// The files in this folder, which need not exist yet.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, changing: Mutex::new(()) }
    }

    /// The text of a campaign, the operator's own before the one that comes with the program.
    ///
    /// # Errors
    /// 404 for a code that no campaign has; the disk's.
    pub fn text(&self, code: &Code) -> Result<String, Problem> {
        let own = self.own()?.into_iter().find(|(_, text)| is_of(text, code)).map(|(_, text)| text);
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
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let campaign =
            Campaign::parse(text).map_err(|error| Problem::unreadable("campaign", error.to_string()))?;
        if campaign.code() != code {
            let why = format!("the text is of the campaign \"{}\", not of \"{code}\"", campaign.code());
            return Err(Problem::unreadable("campaign", why));
        }
        if let Some(expected) = expected
            && self.text(code).is_ok_and(|now| version(&now) != expected)
        {
            let why = "somebody else changed this campaign meanwhile; load it again, then change it";
            return Err(Problem::conflict(why, Vec::new()));
        }
        let mut own = self.own()?;
        let known = own.iter_mut().find(|(_, text)| is_of(text, code));
        let place = if let Some((path, old)) = known {
            text.clone_into(old);
            path.clone()
        } else {
            let path = self.folder.join(file_name(code)?);
            own.push((path.clone(), text.to_owned()));
            path
        };
        let all = together(&own)?;
        std::fs::create_dir_all(&self.folder).map_err(|e| Problem::disk(&e))?;
        replace(&self.folder, &place, text).map_err(|e| Problem::disk(&e))?;
        show(&all);
        all.into_iter().find(|campaign| campaign.code() == code).ok_or_else(|| unknown(code))
    }

    /// Takes an operator's own campaign away; one that comes with the program shows again as it came. `show` as in
    /// [`CampaignFiles::put`].
    ///
    /// # Errors
    /// 404 where the operator has none of this code; the disk's.
    pub fn remove(&self, code: &Code, show: impl FnOnce(&[Campaign])) -> Result<(), Problem> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let (gone, kept): (Vec<_>, Vec<_>) = self.own()?.into_iter().partition(|(_, text)| is_of(text, code));
        if gone.is_empty() {
            return Err(unknown(code));
        }
        let all = together(&kept)?;
        gone.iter().try_for_each(|(path, _)| std::fs::remove_file(path)).map_err(|e| Problem::disk(&e))?;
        show(&all);
        Ok(())
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
fn replace(folder: &Path, place: &Path, text: &str) -> std::io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(place).map_err(|error| error.error)?;
    Ok(())
}

fn unknown(code: &Code) -> Problem {
    Problem::not_found(format!("no campaign of your own has the code \"{code}\""))
}
