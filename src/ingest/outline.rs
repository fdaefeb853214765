//! What a file holds, before anything is decided about it: layers, columns, coordinate system.

use std::path::Path;

use super::bounds::Bounds;
use super::error::IngestError;
use super::source::{Source, layer::LayerOutline};
use super::{Target, parcels, projects, units};

/// A field that an import fills.
#[derive(Debug, Clone, Copy, serde::Serialize, schemars::JsonSchema)]
pub struct FieldOutline {
    /// Name, as a mapping takes it.
    pub name: &'static str,
    /// Every record needs it.
    pub required: bool,
}

/// The layers of a file.
///
/// # Errors
/// [`IngestError`] when the file is missing, damaged or of an unknown format.
pub fn outline(path: &Path, bounds: &Bounds) -> Result<Vec<LayerOutline>, IngestError> {
    Source::outline(path, bounds)
}

/// The fields of what a file is to become.
pub fn fields(target: Target) -> Vec<FieldOutline> {
    let all: &[super::columns::Field] = match target {
        Target::Units => &units::FIELDS,
        Target::Projects => &projects::FIELDS,
        Target::Parcels => &parcels::FIELDS,
    };
    all.iter().map(|field| FieldOutline { name: field.name, required: field.required }).collect()
}
