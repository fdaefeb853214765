//! Parameters: those that several operations have, and how one is written.

use serde_json::{Map, Value, json};

use crate::{
    api::Least,
    domain::{Level, ProjectKind},
    query::CONDITION_NAMES,
};

/// Which parcels are meant.
pub const FILTER: &[&str] = &CONDITION_NAMES;
/// The same in a language of filters.
pub const CQL2: &[&str] = &["filter", "filter_lang"];
/// Of which day and position an answer is.
pub const WHEN: &[&str] = &["as_of", "at"];

fn parameter(location: &str, name: &str, is_needed: bool, about: &str, schema: Value) -> Value {
    let mut own = Map::new();
    let mut say = |name: &str, value: Value| drop(own.insert(name.to_owned(), value));
    say("name", json!(name));
    say("in", json!(location));
    if is_needed {
        say("required", json!(true));
    }
    if !about.is_empty() {
        say("description", json!(about));
    }
    say("schema", schema);
    Value::Object(own)
}

/// A parameter of the query.
pub fn query(name: &str, about: &str, schema: Value) -> Value {
    parameter("query", name, false, about, schema)
}

/// A parameter of the query that must be there.
pub fn needed(name: &str, about: &str, schema: Value) -> Value {
    parameter("query", name, true, about, schema)
}

/// A part of the address.
pub fn path(name: &str, about: &str, schema: Value) -> Value {
    parameter("path", name, true, about, schema)
}

/// A header.
pub fn header(name: &str, about: &str) -> Value {
    parameter("header", name, false, about, text())
}

/// A parameter with an example of it.
pub fn with_example(mut parameter: Value, example: &str) -> Value {
    parameter["example"] = json!(example);
    parameter
}

/// Any text.
pub fn text() -> Value {
    json!({ "type": "string" })
}

/// A text as in these examples.
pub fn text_like(examples: &[&str]) -> Value {
    json!({ "type": "string", "examples": examples })
}

/// Yes or no.
pub fn flag() -> Value {
    json!({ "type": "boolean" })
}

fn day() -> Value {
    json!({ "type": "string", "format": "date" })
}

/// A whole number that is not below zero.
pub fn whole() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

/// A whole number between zero and a bound.
pub fn up_to(most: u32) -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": most })
}

/// A size from 1 on, with what counts if it is left out.
fn size(usual: u32) -> Value {
    json!({ "type": "number", "minimum": 1, "maximum": 100_000_000, "default": usual })
}

/// The code of a project.
pub fn project_code() -> Value {
    json!({ "type": "string", "minLength": 1, "examples": ["DA01"] })
}

/// Those that several operations have, by the name under which the document keeps them.
pub fn shared() -> Map<String, Value> {
    let all = when().into_iter().chain(filters()).chain(figures()).chain(others());
    all.map(|(key, parameter)| (key.to_owned(), parameter)).collect()
}

type Keyed = (&'static str, Value);

fn when() -> [Keyed; 2] {
    let at = "State as it was known at this position of the ledger; the end if left out.";
    [
        ("as_of", query("as_of", "State as of this day, as in 2026-06-30; today if left out.", day())),
        ("at", query("at", at, whole())),
    ]
}

fn filters() -> [Keyed; 12] {
    let unit = "Codes of units between commas: communes, or districts or the province with all below them.";
    let kinds = json!({ "type": "string", "enum": ProjectKind::ALL });
    let cql2 = "CQL2 (OGC 21-065) over the queryables of the collection parcels.";
    let languages = json!({ "type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text" });
    [
        ("project", query("project", "Code of the project.", project_code())),
        ("unit", query("unit", unit, text_like(&["13285"]))),
        ("kind", query("kind", "Kind of project.", kinds)),
        ("body", query("body", "Name of the clearance body.", text())),
        ("key", query("key", "Key projects only.", flag())),
        (
            "stage",
            query("stage", "Stages on the day, separated by commas.", text_like(&["inventory,plan_posted"])),
        ),
        ("use", query("use", "Land-use codes, separated by commas.", text_like(&["LUC,ONT"]))),
        ("blocked", query("blocked", "Blocked on the day only.", flag())),
        ("overdue", query("overdue", "Past a legal deadline on the day only.", flag())),
        ("late", query("late", "Past the planned day only.", flag())),
        ("filter", with_example(query("filter", cql2, text()), "stage = 'paid' AND area > 500")),
        ("filter_lang", query("filter-lang", "", languages)),
    ]
}

fn figures() -> [Keyed; 10] {
    let groups = json!({ "type": "string", "enum": ["project", "unit", "body", "kind"] });
    let levels = json!({ "type": "string", "enum": Level::ALL });
    let most =
        json!({ "type": "integer", "minimum": 1, "maximum": Least::MOST, "default": Least::default().most });
    let period = "Month, quarter, half year or year; the one of the day if left out.";
    let periods = text_like(&["2026-06", "2026-Q2", "2026-H1", "2026"]);
    let length = "Metres from which a clear stretch is workable.";
    let area = "Square metres from which a cleared patch is workable.";
    [
        ("by", query("by", "One row for each of these.", groups)),
        ("level", query("level", "Level of the rows with by=unit.", levels)),
        ("since", query("since", "Also what was handed over since this day.", day())),
        ("limit", query("limit", "Entries listed at most.", up_to(10_000))),
        ("offset", query("offset", "Entries left out before them.", whole())),
        ("least_length", query("least_length", length, size(500))),
        ("least_area", query("least_area", area, size(10_000))),
        ("most", query("most", "Look for the best 1, 2 … this many parcels.", most)),
        ("period", query("period", period, periods)),
        ("group", query("group", "Code of a group of the campaign.", text())),
    ]
}

fn others() -> [Keyed; 6] {
    let formats = json!({ "type": "string", "enum": ["pdf", "docx", "xlsx"], "default": "pdf" });
    let languages = json!({ "type": "string", "enum": ["vi", "en"], "default": "vi" });
    let back = "Where to go after signing in, a path of this server.";
    [
        ("province", query("province", "About the whole province.", flag())),
        ("format", query("format", "How the report is written.", formats)),
        ("lang", query("lang", "Language.", languages)),
        ("last_event_id", query("last_event_id", "Position after which to go on.", whole())),
        ("dry_run", query("dry_run", "Judge only, record nothing.", flag())),
        ("return", query("return", back, text())),
    ]
}
