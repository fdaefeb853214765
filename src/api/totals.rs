//! Figures of the parcels inside a drawn polygon.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use std::borrow::Cow;

use super::{StageTally, parts::stages};
use crate::{
    analysis::{Discretion, Progress, View, progress},
    domain::{Day, LedgerPosition},
};

/// As in the summary.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Totals {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Day.
    pub as_of: Day,
    /// The whole.
    pub total: Progress,
    /// By where parcels stand.
    pub stages: Vec<StageTally>,
}

/// The totals of `parcels` on `day`; money with `discretion`.
pub fn totals(view: &View, parcels: &[u32], day: Day, discretion: Discretion) -> Totals {
    Totals {
        at: view.snapshot.position(),
        as_of: day,
        total: progress(&view.snapshot, parcels, &[], day).disclosed(discretion),
        stages: stages(view, parcels, day),
    }
}

/// A polygon that somebody drew; `geojson` reads it.
pub enum DrawnArea {}

impl JsonSchema for DrawnArea {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "DrawnArea".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "GeoJSON Polygon or MultiPolygon in WGS 84 degrees.",
            "type": "object",
            "required": ["type", "coordinates"],
            "properties": {
                "type": { "enum": ["Polygon", "MultiPolygon"] },
                "coordinates": { "type": "array" },
            },
        })
    }
}
