//! Features as other programs take them. One description of each feature's
//! properties, whatever the format; no personal data in any.

mod feature;
pub mod figures;
mod fronts;
mod geojson;

pub use feature::{Collection, feature};
pub use geojson::{ExportError, write_collection, write_sequence};
