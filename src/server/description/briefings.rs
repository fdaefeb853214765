//! Saved slides.

use super::{
    operation::Operation,
    parameters::{path, text},
};
use crate::api::{BriefingEntry, Briefings, NewBriefing, SavedBriefing};

const BRIEFINGS: &str = "briefings";

pub fn briefings() -> Operation {
    Operation::new(BRIEFINGS, "get_briefings", "Saved briefings, newest first.")
        .answers::<Briefings>(200, "The answer.")
        .fails(&[400, 401, 403, 503])
}

pub fn save_briefing() -> Operation {
    Operation::new(
        BRIEFINGS,
        "post_briefings",
        "Save slides, frozen at the position of the ledger that is shown now.",
    )
    .sends::<NewBriefing>()
    .answers::<BriefingEntry>(201, "Saved.")
    .fails(&[400, 401, 403, 503, 507])
}

pub fn briefing() -> Operation {
    Operation::new(BRIEFINGS, "get_briefing", "A briefing with its slides, and whether its seal still fits.")
        .asks(path("code", "The briefing.", text()))
        .answers::<SavedBriefing>(200, "The answer.")
        .fails(&[401, 403, 404, 503])
}

pub fn remove_briefing() -> Operation {
    Operation::new(
        BRIEFINGS,
        "delete_briefing",
        "Remove a briefing: its author may, and whoever administers.",
    )
    .asks(path("code", "The briefing.", text()))
    .done(204, "Removed.")
    .fails(&[401, 403, 404, 503])
}

pub fn restore_briefing() -> Operation {
    Operation::new(
        BRIEFINGS,
        "restore_briefing",
        "Bring a removed briefing back, within 30 days: its author may, and whoever administers.",
    )
    .asks(path("code", "The briefing.", text()))
    .done(204, "It is there again, under the same code.")
    .fails(&[401, 403, 404, 503])
}
