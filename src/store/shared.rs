//! What the servers of one database share beside the ledger and the accounts: files that wait to be imported, and
//! campaigns that were changed in the app. Whoever begins at one server goes on at another.
//!
//! The files themselves lie where all servers see them; here stands which there are. A store in a file is served by one
//! process, which keeps this itself.

use std::time::Duration;

use super::StoreError;
use crate::domain::Campaign;

/// Imports that wait at once.
pub const MOST_WAITING: usize = 64;
/// Imports of one person that wait at once.
pub const MOST_OWN: usize = 4;
/// How long a file waits.
pub const KEPT: Duration = Duration::from_hours(2);

/// A file that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingFile {
    /// Its name, as it was sent.
    pub name: String,
    /// What it is called where all servers see it; another one for each time that it is sent.
    pub key: String,
    /// Bytes.
    pub bytes: u64,
}

/// An import that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingImport {
    /// Who began it.
    pub author: String,
    /// What is being done with it, as JSON.
    pub work: Option<String>,
    /// Its files that are there whole.
    pub files: Vec<WaitingFile>,
}

/// Texts of campaigns that were changed in the app, each for its code; none: taken away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CampaignTexts {
    /// Number of this state of them.
    pub version: u64,
    /// Code and text.
    pub texts: Vec<(String, Option<String>)>,
}

impl CampaignTexts {
    /// An operator's files (name, text) with what was changed in the app in their place.
    pub fn over(&self, files: Vec<(String, String)>) -> Vec<(String, String)> {
        let is_changed = |text: &str| {
            let code = Campaign::parse(text).map(|campaign| campaign.code().to_string());
            code.is_ok_and(|code| self.texts.iter().any(|(changed, _)| *changed == code))
        };
        let kept = files.into_iter().filter(|(_, text)| !is_changed(text));
        let texts = self.texts.iter();
        let changed = texts.filter_map(|(code, text)| Some((format!("{code}.toml"), text.clone()?)));
        kept.chain(changed).collect()
    }
}

/// What servers share; times are told by the database's clock.
///
/// # Errors
/// Each: [`StoreError::Backend`] when the file or the database can't be read or written, [`StoreError::Gone`] when
/// the database can't be reached, [`StoreError::Row`] when a row can't be read back.
#[allow(clippy::missing_errors_doc, reason = "said once")]
pub trait Shared: Send + Sync {
    /// Begins an import, whose author gives up the oldest of their own where there are [`MOST_OWN`]; false where
    /// [`MOST_WAITING`] of others wait.
    fn begin_import(&self, id: &str, author: &str) -> Result<bool, StoreError>;
    /// An import that was begun within [`KEPT`].
    fn waiting_import(&self, id: &str) -> Result<Option<WaitingImport>, StoreError>;
    /// Bytes of all files of a person that wait.
    fn waiting_bytes(&self, author: &str) -> Result<u64, StoreError>;
    /// Says that a file comes; false where the import is over.
    fn announce_file(&self, import: &str, file: &WaitingFile) -> Result<bool, StoreError>;
    /// A file that was announced is there, in the place of others of its name.
    fn settle_file(&self, import: &str, file: &WaitingFile) -> Result<(), StoreError>;
    /// A file is no more.
    fn drop_file(&self, import: &str, name: &str) -> Result<(), StoreError>;
    /// Notes what is being done with an import at a time, milliseconds since 1970-01-01T00:00Z; what was noted later
    /// stays.
    fn note_work(&self, import: &str, at: i64, work: Option<&str>) -> Result<(), StoreError>;
    /// Ends an import.
    fn end_import(&self, id: &str) -> Result<(), StoreError>;
    /// Keys of files that nobody waits for any more, some at a time.
    fn files_over(&self) -> Result<Vec<String>, StoreError>;
    /// Files that are over were removed.
    fn forget_files(&self, keys: &[String]) -> Result<(), StoreError>;
    /// Number of the state of the campaigns.
    fn campaigns_version(&self) -> Result<u64, StoreError>;
    /// The campaigns that were changed in the app.
    fn campaign_texts(&self) -> Result<CampaignTexts, StoreError>;
    /// Changes a campaign's text or takes it away; false where others have changed campaigns since the state `version`.
    fn change_campaign(&self, version: u64, code: &str, text: Option<&str>) -> Result<bool, StoreError>;
}

/// A store that may be shared.
pub trait Sharing {
    /// What its servers share; none where only one serves it.
    fn shared(&self) -> Option<&dyn Shared>;
}
