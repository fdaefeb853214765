//! Names, sheets, search, documents, and what happens.

use serde_json::{Value, json};

use super::{
    operation::Operation,
    parameters::{WHEN, path, query, text_like},
};
use crate::api::{Catalog, LiveEvent, ParcelSheet, ProjectSheet, Schemas, SearchResults};

const LIVE: &str = "live";
const READ: &str = "read";
const REPORTS: &str = "reports";

fn document(_: &mut Schemas) -> Value {
    json!({ "type": "object", "description": "OpenAPI 3.1." })
}

pub fn catalog() -> Operation {
    Operation::read::<Catalog>(
        READ,
        "get_catalog",
        "Names, codes and extents: what a screen needs before it draws.",
    )
    .shares(&[WHEN])
}

pub fn report() -> Operation {
    Operation::new(REPORTS, "get_report", "The briefing document about a project, a unit or the province.")
        .about("Give one of project, unit, province=true.")
        .shares(&[&["project", "unit", "province", "format", "lang"], WHEN])
        .answers_document()
        .fails(&[400, 401, 403, 503])
}

pub fn described() -> Operation {
    Operation::new(READ, "get_openapi_json", "This description.")
        .answers_as(200, "The answer.", &["application/json"], document)
        .fails(&[401, 403, 503])
}

pub fn project() -> Operation {
    Operation::new(READ, "get_projects_code", "A project's sheet.")
        .asks(path("code", "Code of the project.", text_like(&["DA01"])))
        .shares(&[WHEN])
        .answers::<ProjectSheet>(200, "The answer.")
        .tagged("")
        .unchanged()
        .fails(&[400, 401, 403, 404, 503])
}

pub fn parcel() -> Operation {
    Operation::new(READ, "get_parcels_id", "A parcel's sheet, with its history from the ledger.")
        .asks(path(
            "id",
            "Number of the parcel.",
            json!({ "type": "integer", "minimum": 0, "examples": [7] }),
        ))
        .shares(&[WHEN])
        .answers::<ParcelSheet>(200, "The answer.")
        .tagged("")
        .unchanged()
        .fails(&[400, 401, 403, 404, 503])
}

pub fn search() -> Operation {
    Operation::read::<SearchResults>(
        READ,
        "get_search",
        "Projects, units, parcels and places by what people call them.",
    )
    .asks(query("q", "What is looked for.", json!({ "type": "string", "maxLength": 200 })))
    .asks(query("limit", "Results at most.", json!({ "type": "integer", "minimum": 1, "maximum": 50 })))
    .shares(&[WHEN])
}

pub fn live() -> Operation {
    Operation::new(LIVE, "get_live", "What happens, as it happens: server-sent events.")
        .shares(&[&["last_event_id"]])
        .answers_as(200, "A message for each event, with its position as id; `Last-Event-ID` resumes. Messages called `position` and `reload` hold `at` alone.", &["text/event-stream"], Schemas::answer::<LiveEvent>)
        .fails(&[400, 401, 403, 503])
}
