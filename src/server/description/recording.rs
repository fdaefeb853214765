//! What officers record.

use serde_json::json;

use super::{
    operation::{Operation, anything},
    parameters::{CQL2, FILTER, flag, path, query, text, up_to},
};
use crate::{
    api::{Attachment, Drafts, Holder, Judged, ParcelRecord, TablePreview, Work},
    recording::Recorded,
};

const RECORDING: &str = "recording";

pub fn work() -> Operation {
    Operation::new(
        RECORDING,
        "get_work",
        "The parcels that the account may write about, the most pressing first.",
    )
    .shares(&[FILTER])
    .asks(query("q", "What is looked for.", text()))
    .asks(query(
        "holders",
        "Tell the holders' names too, where the account may see them; each look is noted.",
        flag(),
    ))
    .asks(query("limit", "Parcels at most.", up_to(2000)))
    .asks(query("offset", "Entries left out before them.", up_to(10_000_000)))
    .shares(&[CQL2])
    .answers::<Work>(200, "The answer.")
    .fails(&[400, 401, 403, 503])
}

pub fn events() -> Operation {
    Operation::new(RECORDING, "post_events", "Record one event or several, all or nothing.")
        .about("If-Match names the parcel's version; Idempotency-Key lets the same request be sent again.")
        .shares(&[&["dry_run"]])
        .sends::<Drafts>()
        .answers::<Recorded>(201, "Recorded.")
        .answers::<Judged>(200, "Judged with `dry_run`.")
        .fails(&[400, 401, 403, 409, 412, 413, 415, 422, 503, 507])
}

pub fn table() -> Operation {
    Operation::new(RECORDING, "post_events_table", "Record a pasted table of events, all or nothing.")
        .about("If-Match names the parcel's version; Idempotency-Key lets the same request be sent again.")
        .shares(&[&["dry_run"]])
        .sends_as("text/csv", anything)
        .sends_as("text/tab-separated-values", anything)
        .sends_as("text/plain", anything)
        .answers::<Recorded>(201, "Recorded.")
        .answers::<TablePreview>(200, "Judged with `dry_run`.")
        .fails(&[400, 401, 403, 409, 412, 413, 415, 422, 503, 507])
}

pub fn attach() -> Operation {
    Operation::new(RECORDING, "post_attachments", "Keep a scan or photograph; its metadata is left out.")
        .sends_as("image/jpeg", anything)
        .sends_as("image/png", anything)
        .sends_as("image/webp", anything)
        .sends_as("application/pdf", anything)
        .answers::<Attachment>(201, "Kept.")
        .fails(&[400, 401, 403, 413, 415, 422, 429, 503, 507])
}

pub fn attachment() -> Operation {
    Operation::new(
        RECORDING,
        "get_attachments_id",
        "A scan or photograph: for who sent it, and for who records where an event names it.",
    )
    .asks(path("id", "Its id.", text()))
    .answers_as(200, "The file.", &["image/png", "image/jpeg", "application/pdf"], anything)
    .fails(&[400, 401, 403, 404, 503])
}

pub fn record() -> Operation {
    Operation::new(
        RECORDING,
        "get_parcels_id_record",
        "All that was recorded about a parcel, with money and authors, for those who record.",
    )
    .asks(path("id", "Number of the parcel.", json!({ "type": "integer", "minimum": 0, "examples": [7] })))
    .answers::<ParcelRecord>(200, "The answer.")
    .fails(&[400, 401, 403, 404, 503])
}

pub fn holder() -> Operation {
    Operation::new(
        RECORDING,
        "get_parcels_id_holder",
        "Who holds a parcel, by role and unit; the look is logged.",
    )
    .asks(path("id", "Number of the parcel.", json!({ "type": "integer", "minimum": 0, "examples": [7] })))
    .answers::<Holder>(200, "The answer.")
    .fails(&[400, 401, 403, 404, 503])
}
