//! Slides that were saved, frozen at a position of the ledger.
//!
//! What is kept are the words: which slides in which order, with which notes. Their figures are asked for `at` the
//! position and `as_of` the day, and so never change. The verification code is the beginning of the seal.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{Day, LedgerPosition, hex},
    store::KeptBriefing,
};

/// Slides of a briefing.
pub const MOST_SLIDES: usize = 200;

/// What a slide is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum BriefingSubject {
    /// Everything.
    All,
    /// A project.
    Project,
    /// A unit.
    Unit,
}

/// A slide as it is sent.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct NewSlide {
    /// What it is about.
    pub about: BriefingSubject,
    /// Code of the project or unit; empty for all.
    #[serde(default)]
    pub code: String,
    /// The presenter's note.
    #[serde(default)]
    pub note: String,
}

impl From<NewSlide> for Slide {
    fn from(new: NewSlide) -> Self {
        Self { about: new.about, code: new.code, note: new.note }
    }
}

/// A slide.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Slide {
    /// What it is about.
    pub about: BriefingSubject,
    /// Code of the project or unit; empty for all.
    #[serde(default)]
    pub code: String,
    /// The presenter's note.
    #[serde(default)]
    pub note: String,
}

/// What a briefing says, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BriefingWords {
    /// Slides in their order.
    pub slides: Vec<Slide>,
    /// The filter that the slides came from, as a query string.
    #[serde(default)]
    pub filter: String,
}

/// A briefing as it is sent.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBriefing {
    /// Title.
    pub title: String,
    /// Day that its figures are of; today if left out.
    pub as_of: Option<Day>,
    /// Slides in their order.
    #[schemars(length(min = 1, max = 200))]
    pub slides: Vec<NewSlide>,
    /// The filter that the slides came from, as a query string.
    #[serde(default)]
    pub filter: String,
}

/// A briefing that was saved, as lists name it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BriefingEntry {
    /// Its code.
    pub code: String,
    /// Title.
    pub title: String,
    /// Position of the ledger that its figures are of.
    pub at: LedgerPosition,
    /// Day that its figures are of.
    pub as_of: Day,
    /// Who made it.
    pub author: String,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub created_at: i64,
    /// The beginning of its seal.
    pub verification: String,
    /// Whether the seal still fits.
    pub whole: bool,
}

impl From<&KeptBriefing> for BriefingEntry {
    fn from(kept: &KeptBriefing) -> Self {
        let briefing = &kept.briefing;
        Self {
            code: briefing.code.clone(),
            title: briefing.title.clone(),
            at: briefing.position,
            as_of: briefing.as_of,
            author: briefing.author.clone(),
            created_at: briefing.created_at,
            verification: verification(kept),
            whole: kept.whole,
        }
    }
}

fn verification(kept: &KeptBriefing) -> String {
    let hex = hex(&kept.seal[..kept.seal.len().min(8)]).to_uppercase();
    let groups: Vec<&str> =
        hex.as_bytes().chunks(4).filter_map(|part| std::str::from_utf8(part).ok()).collect();
    groups.join("-")
}

/// A briefing with its slides.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Briefing")]
pub struct SavedBriefing {
    /// What lists tell of it.
    #[serde(flatten)]
    pub entry: BriefingEntry,
    /// Slides in their order.
    pub slides: Vec<Slide>,
    /// The filter that the slides came from, as a query string.
    pub filter: String,
}

/// Saved briefings, newest first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Briefings {
    /// The briefings.
    pub briefings: Vec<BriefingEntry>,
}
