//! What the server says in words: read once at the start, from `data/` and what an operator changes.

use crate::{
    domain::{Campaign, Vocabulary},
    query, report,
};

/// Facts about the store that do not change while it is served.
#[derive(Debug, Clone)]
pub struct About {
    /// Everything is made up.
    pub illustration: bool,
    /// Name of the province.
    pub province: Option<String>,
}

/// Words, and what is told with them.
pub struct Wording {
    /// Words for codes.
    pub codes: Vocabulary,
    /// Words for columns and pages.
    pub columns: query::Words,
    /// Words of reports, Vietnamese and English.
    pub reports: [report::Words; 2],
    /// Emulation campaigns.
    pub campaigns: Vec<Campaign>,
    /// Facts about the store.
    pub about: About,
}
