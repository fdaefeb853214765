//! What people record, and what comes of it.
//!
//! Drafts are read field by field (`domain::Draft`): what is wrong with one is said of its field, in a row's words.
//! Here only their form is described.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value};

use super::history::kinds;
use crate::{
    domain::{
        BlockerKind, Branch, LedgerPosition, ParcelId, Stage,
        law::{Act, Condition, LandGroup, Path, Posted, Signer},
    },
    recording::{RowMark, RowRefusal},
};

/// A number, or a text that says one.
#[derive(JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
#[expect(dead_code, reason = "it is read by the description only")]
enum NumberOrText<N> {
    Number(N),
    Text(String),
}

/// What may be recorded: every kind of event but those that follow from others.
fn recordable(_: &mut SchemaGenerator) -> Schema {
    let mut codes = kinds();
    codes.retain(|kind| kind != "imported" && kind != "parcel_formed");
    schemars::json_schema!({ "type": "string", "enum": codes })
}

/// What happened, by kind. Which fields go with which: docs/recording.md.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it is read by the description only")]
struct Happened {
    /// Kind of event.
    #[schemars(schema_with = "recordable")]
    kind: String,
    /// Stage that was reached.
    stage: Option<Stage>,
    /// Step that was taken.
    step: Option<Act>,
    /// What stands in the way, or no longer does.
    blocker: Option<BlockerKind>,
    /// Side branch that began or ended.
    branch: Option<Branch>,
    /// Whole đồng; a text is read by the habit that the texts of the request show.
    amount: Option<NumberOrText<f64>>,
    /// Name of the plot or flat that was given.
    plot: Option<String>,
    /// Day on which the last person was reached, or that of publication.
    sent: Option<String>,
    /// Day on which the decision takes effect.
    effect: Option<String>,
    /// Last day of what lasts.
    until: Option<String>,
    /// Day on which the person received it.
    received: Option<String>,
    /// Planned day.
    planned: Option<String>,
    /// Day of handover that the approved plan names.
    handover_by: Option<String>,
    /// Who signed.
    signer: Option<Signer>,
    /// Kind of land that the notice names.
    land: Option<LandGroup>,
    /// Whether the plan gives resettlement.
    resettlement: Option<bool>,
    /// Which condition of resettlement was met.
    condition: Option<Condition>,
    /// By which way the land is recovered.
    path: Option<Path>,
    /// Where the plan is posted.
    places: Option<Vec<Posted>>,
    /// Land users who agree.
    agree: Option<NumberOrText<i64>>,
    /// Land users who do not.
    disagree: Option<NumberOrText<i64>>,
    /// Land users asked.
    total: Option<NumberOrText<i64>>,
    /// m² of farm land that the household uses in the commune.
    farm_total: Option<NumberOrText<f64>>,
    /// The money was refused, or land or property is in dispute.
    refused: Option<bool>,
}

/// One of those into which a parcel is split.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
#[expect(dead_code, reason = "it is read by the description only")]
struct DraftPart {
    /// Its number.
    parcel: String,
    /// Its sheet; that of the parcel if left out.
    sheet: Option<String>,
    /// m²; that of its shape if left out.
    recovered_area: Option<NumberOrText<f64>>,
    /// GeoJSON.
    geometry: Map<String, Value>,
}

/// An event to be recorded.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Draft")]
#[expect(dead_code, reason = "it is read by the description only")]
struct DraftForm {
    #[serde(flatten)]
    happened: Happened,
    /// 2026-06-30 or 30/6/2026.
    date: String,
    /// Its number; with `sheet` the parcel's number on paper.
    parcel: Option<NumberOrText<i64>>,
    /// Code: with `sheet`, and for `plan_changed`.
    project: Option<String>,
    /// Code of the commune, with `sheet`.
    unit: Option<String>,
    /// Sheet.
    sheet: Option<String>,
    /// Of the parcel as it was seen: 412 when it has changed.
    version: Option<LedgerPosition>,
    /// Reference of the document behind it.
    document: Option<String>,
    /// What else is to be said.
    note: Option<String>,
    /// Ids of scans and photographs.
    #[schemars(length(max = 20))]
    attachments: Option<Vec<String>>,
    /// Who made it: 409 when another account is signed in.
    author: Option<String>,
    /// Those into which a parcel is split.
    parts: Option<Vec<DraftPart>>,
    /// Parcels with which it becomes one.
    with: Option<Vec<ParcelId>>,
    /// Of the new parcel.
    number: Option<String>,
    /// Plan curve of a project, as in `2026-01-01=0.2;2026-06-30=1`.
    plan: Option<String>,
    /// Required handover day of a project.
    required_on: Option<String>,
    /// Position of the event that was wrong.
    corrects: Option<LedgerPosition>,
    /// What is right; else `remove`.
    by: Option<Happened>,
    /// It did not happen.
    remove: Option<bool>,
}

/// One event or several.
pub enum Drafts {}

impl JsonSchema for Drafts {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Drafts".into()
    }

    fn json_schema(schemas: &mut SchemaGenerator) -> Schema {
        let one = schemas.subschema_for::<DraftForm>();
        schemars::json_schema!({ "oneOf": [one, { "type": "array", "items": one }] })
    }
}

/// What the law would say; nothing is recorded.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Judged {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Nothing was recorded.
    pub dry_run: Yes,
    /// Events judged.
    pub rows: usize,
    /// What the law would say against them.
    pub marks: Vec<RowMark>,
}

/// Always true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Yes;

impl Serialize for Yes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(true)
    }
}

impl JsonSchema for Yes {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Yes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "boolean", "const": true })
    }
}

/// How the columns of a table were understood.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct TableColumns {
    /// Field and column.
    pub known: Vec<(String, String)>,
    /// Columns that are left out.
    pub unknown: Vec<String>,
}

/// A row of a table as it was read.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct PreviewRow {
    /// Line, from 1; the header is line 1.
    pub row: usize,
    /// The parcel, when it was found.
    pub parcel: Option<ParcelId>,
    /// What was read, by field.
    pub fields: Map<String, Value>,
    /// Why it is refused.
    pub errors: Vec<RowRefusal>,
}

/// The rows of a table as they were read; nothing is recorded.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TablePreview {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Nothing was recorded.
    pub dry_run: Yes,
    /// Rows.
    pub rows: usize,
    /// How its columns were understood.
    pub columns: TableColumns,
    /// The rows.
    pub preview: Vec<PreviewRow>,
}

/// How recording the events of a file went.
#[derive(Debug, Clone, Serialize)]
pub struct EventsOutcome {
    /// Path of the file as it was given.
    pub file: String,
    /// Rows read.
    pub read: usize,
    /// Events recorded: all or none.
    pub stored: usize,
    /// Nothing was to be recorded.
    pub dry_run: bool,
    /// How its columns were understood.
    pub columns: TableColumns,
    /// Why rows are refused.
    pub errors: Vec<RowRefusal>,
    /// Position of the ledger.
    pub position: LedgerPosition,
}

/// A scan or photograph that was kept.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Attachment {
    /// Its id, to be named in events.
    pub id: String,
    /// As it was kept.
    pub content_type: &'static str,
    /// Bytes.
    pub bytes: usize,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::Draft;

    #[test]
    fn the_form_has_the_kinds_and_fields_that_are_read() {
        let form = DraftForm::json_schema(&mut SchemaGenerator::default());
        let properties = form.get("properties").and_then(Value::as_object).unwrap();
        let described: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
        let read: BTreeSet<&str> = Draft::forms().flat_map(|(_, fields)| fields).collect();
        assert_eq!(described, read);
        let kinds = properties["kind"]["enum"].as_array().unwrap();
        let described: BTreeSet<&str> = kinds.iter().filter_map(Value::as_str).collect();
        assert_eq!(described, Draft::forms().map(|(kind, _)| kind).collect());
    }
}
