//! The body of an event as engines keep it: JSON, so that a later kind needs no new column.

use crate::domain::{EventKind, NewEvent};

/// What an event says beside its columns.
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct Body<K = EventKind> {
    #[serde(flatten)]
    pub kind: K,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<String>,
}

/// The text of an event's body.
pub(super) fn body_text(event: &NewEvent) -> Result<String, serde_json::Error> {
    let (note, attachments) = (event.note.clone(), event.attachments.clone());
    serde_json::to_string(&Body { kind: &event.kind, note, attachments })
}
