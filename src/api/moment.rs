//! Moments as they are written.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

/// A moment, as in 2026-06-30T08:00:00Z.
pub(super) struct Moment;

impl JsonSchema for Moment {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// The moment of so many milliseconds since 1970-01-01T00:00Z; none outside the years that can be written.
pub(super) fn moment(milliseconds: i64) -> Option<String> {
    jiff::Timestamp::from_millisecond(milliseconds).ok().map(|at| at.to_string())
}
