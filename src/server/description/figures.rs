//! The numbers that leaders decide on.

use serde_json::json;

use super::{
    operation::Operation,
    parameters::{CQL2, FILTER, WHEN, needed, project_code, query, text, with_example},
};
use crate::analysis::DutyKind;
use crate::api::{
    Clocks, Decisions, DrawnArea, Duties, Dwells, Forecast, Fronts, ProgressTable, Series, Summary,
    TableWindow, Totals,
};
use crate::query::Grouping;

const FIGURES: &str = "figures";

pub fn summary() -> Operation {
    Operation::read::<Summary>(FIGURES, "get_summary", "Where we are, for any filter and day.")
        .shares(&[FILTER, WHEN, CQL2])
}

pub fn series() -> Operation {
    Operation::read::<Series>(FIGURES, "get_series", "S-curves: m² cleared and planned, day by day.")
        .shares(&[FILTER, WHEN, &["by", "level"], CQL2])
}

pub fn progress() -> Operation {
    Operation::read::<ProgressTable>(
        FIGURES,
        "get_progress",
        "Five measures, planned against actual, in all and by group.",
    )
    .shares(&[FILTER, WHEN, &["by", "level", "since"], CQL2])
}

pub fn clocks() -> Operation {
    Operation::read::<Clocks>(
        FIGURES,
        "get_clocks",
        "Legal deadlines that run: counts in all and by group, and the most urgent parcels.",
    )
    .shares(&[FILTER, WHEN, &["by", "level", "limit", "offset"], CQL2])
}

pub fn fronts() -> Operation {
    Operation::read::<Fronts>(
        FIGURES,
        "get_fronts",
        "Where one can build in a project, what is in the way, and which parcels open the most.",
    )
    .asks(needed("project", "Code of the project.", project_code()))
    .shares(&[WHEN, &["least_length", "least_area", "most"]])
}

pub fn forecast() -> Operation {
    Operation::read::<Forecast>(FIGURES, "get_forecast", "When a project will be done, with its uncertainty.")
        .asks(needed("project", "Code of the project.", project_code()))
        .shares(&[WHEN])
}

pub fn decisions() -> Operation {
    Operation::read::<Decisions>(FIGURES, "get_decisions", "What leaders are to decide: which few parcels open the most land, who is the latest, which obstacle holds the most up.")
        .shares(&[FILTER, WHEN, CQL2])
}

pub fn duties() -> Operation {
    Operation::read::<Duties>(FIGURES, "get_duties", "What the law asks of heads: notices that expire, files that need a new one, decisions signed too early, late payments, recoveries to decide, enforcement on forbidden days.")
        .shares(&[FILTER, WHEN])
        .asks(query("list", "", json!({ "type": "string", "enum": DutyKind::ALL })))
        .shares(&[&["by", "level", "limit", "offset"], CQL2])
}

pub fn parcel_table() -> Operation {
    Operation::read::<TableWindow>(FIGURES, "get_table", "Parcels as rows, a window at a time, sorted and grouped.")
        .shares(&[FILTER, WHEN])
        .asks(with_example(query("sortby", "Up to four columns of the parcels' items, the first counts most; - before a name: largest first.", text()), "-area,sheet"))
        .asks(query("group", "What rows are put together by.", json!({ "type": "string", "enum": Grouping::names() })))
        .asks(query("limit", "", json!({ "type": "integer", "minimum": 0, "maximum": 1000, "default": 200 })))
        .asks(query("offset", "", json!({ "type": "integer", "minimum": 0, "default": 0 })))
        .shares(&[CQL2])
}

pub fn dwell() -> Operation {
    Operation::read::<Dwells>(FIGURES, "get_dwells", "How long parcels stay in each stage, days.")
        .shares(&[FILTER, WHEN, CQL2])
}

pub fn totals() -> Operation {
    Operation::new(FIGURES, "post_totals", "Figures of the parcels inside a drawn polygon.")
        .shares(&[FILTER, WHEN, CQL2])
        .sends::<DrawnArea>()
        .answers::<Totals>(200, "The answer.")
        .fails(&[400, 401, 403, 503])
}
