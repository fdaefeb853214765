//! What a search finds, and how texts are compared for it.

use schemars::JsonSchema;
use serde::Serialize;

use super::Bbox;
use crate::domain::plain;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum ResultKind {
    /// A project.
    Project,
    /// A parcel.
    Parcel,
    /// A unit.
    Unit,
    /// A clearance body.
    Body,
    /// A place.
    Place,
}

/// Something that was found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SearchResult {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ResultKind,
    /// Of a parcel that of its project.
    pub code: String,
    /// Its number; null for what has none.
    pub id: Option<u32>,
    /// What it is called.
    pub label: String,
    /// What tells it from others of that name.
    pub detail: Option<String>,
    /// Null where nothing of it lies anywhere.
    pub bbox: Option<Bbox>,
}

/// Lower case without tone marks: "Phủ Lý" and "phu ly" are the same search.
pub fn folded(text: &str) -> String {
    plain(text).collect()
}
