//! Who may read personal columns.

use crate::domain::Scope;

/// Where the personal columns of events may be read.
#[derive(Debug, Clone)]
pub enum Personal {
    /// Nowhere: the columns are not there.
    Nowhere,
    /// About parcels of these units.
    In(Scope),
}
