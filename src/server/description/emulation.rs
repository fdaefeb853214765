//! Emulation campaigns.

use serde_json::{Value, json};

use super::{
    operation::Operation,
    parameters::{WHEN, header, needed, path, text, text_like},
};
use crate::api::{Board, Campaign, Campaigns, Evidence, Schemas};

const EMULATION: &str = "emulation";

fn toml(_: &mut Schemas) -> Value {
    json!({ "type": "string", "description": "TOML, as in data/campaigns." })
}

pub fn campaigns() -> Operation {
    Operation::read::<Campaigns>(EMULATION, "get_campaigns", "The emulation campaigns.").shares(&[WHEN])
}

pub fn board() -> Operation {
    Operation::read::<Board>(EMULATION, "get_board", "Ranks and points of a period, and who is put forward.")
        .asks(needed("campaign", "Code of the campaign.", text_like(&["thi-dua-gpmb"])))
        .shares(&[&["period"], WHEN])
}

pub fn evidence() -> Operation {
    Operation::read::<Evidence>(
        EMULATION,
        "get_board_evidence",
        "The cases behind the points of a unit or body under a criterion.",
    )
    .asks(needed("campaign", "Code of the campaign.", text_like(&["thi-dua-gpmb"])))
    .asks(needed("unit", "Code of the unit or name of the body.", text_like(&["13285"])))
    .asks(needed("criterion", "Code of a criterion of the campaign.", text_like(&["lawful"])))
    .shares(&[&["period", "group", "limit", "offset"], WHEN])
}

pub fn board_report() -> Operation {
    Operation::new(EMULATION, "get_board_report", "The board as a document to sign.")
        .also("reports")
        .asks(needed("campaign", "Code of the campaign.", text_like(&["thi-dua-gpmb"])))
        .shares(&[&["period", "format", "lang"], WHEN])
        .answers_document()
        .fails(&[400, 401, 403, 503])
}

pub fn campaign_file() -> Operation {
    Operation::new(EMULATION, "get_campaign_file", "The file of a campaign.")
        .asks(path("code", "The campaign.", text()))
        .answers_as(200, "Its text.", &["text/plain"], toml)
        .tagged("Of the text; goes with a change as If-Match.")
        .fails(&[400, 401, 403, 404, 503])
}

pub fn put_campaign_file() -> Operation {
    Operation::new(EMULATION, "put_campaign_file", "Put a campaign's file in place: from then on it counts.")
        .asks(path("code", "The campaign.", text()))
        .asks(header("If-Match", "The tag that the text was read with."))
        .sends_as("text/plain", toml)
        .answers::<Campaign>(200, "The campaign.")
        .fails(&[400, 401, 403, 412, 413, 422, 503, 507])
}

pub fn remove_campaign_file() -> Operation {
    Operation::new(
        EMULATION,
        "delete_campaign_file",
        "Take an operator's own campaign away; one that comes with the program shows again as it came.",
    )
    .asks(path("code", "The campaign.", text()))
    .done(204, "Taken away.")
    .fails(&[400, 401, 403, 404, 503, 507])
}
