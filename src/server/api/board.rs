//! `/api/v1/board`, `board/evidence`, `board/report`: how units and bodies do in a campaign.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use super::{
    figures::number,
    report::{attached, paper, setting},
};
use crate::{
    analysis::{Discretion, View},
    api::{self, BoardError, EvidenceAsk},
    domain::{Campaign, Period},
    report::{board_document, write},
    server::{app::App, params::Query, problem::Problem},
};

/// Cases that one answer lists at most.
const MOST_CASES: usize = 10_000;

/// The campaign that `campaign` names, and the number of the state in which the campaigns are.
fn campaign(app: &App, query: &Query) -> Result<(Campaign, u64), Problem> {
    let campaigns = app.words.campaigns();
    let codes = || campaigns.all.iter().map(|one| one.code().as_str()).collect::<Vec<_>>().join(", ");
    let Some(code) = query.get("campaign") else {
        return Err(Problem::parameter(
            "campaign",
            format!("must name the campaign; these are: {}", codes()),
        ));
    };
    let found = campaigns.all.iter().find(|one| one.code().as_str() == code).cloned();
    found.map(|found| (found, campaigns.number)).ok_or_else(|| {
        Problem::parameter("campaign", format!("\"{code}\" names nothing here; these are: {}", codes()))
    })
}

fn refused(error: &BoardError) -> Problem {
    let name = if matches!(error, BoardError::NoContestant(_)) { "unit" } else { "period" };
    Problem::parameter(name, error.to_string())
}

/// The board of a campaign and period.
pub async fn board(
    State(app): State<Arc<App>>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &["campaign", "period", "as_of", "at"])?;
    let (campaign, number) = campaign(&app, &query)?;
    let period = query.read("period", Period::parse)?;
    let key = format!("/api/v1/board {number} {}", text.unwrap_or_default());
    let answer = app.json(&headers, key, query.when()?, move |_, view| {
        api::board(view, &campaign, period).map_err(|error| refused(&error))
    });
    Ok(answer.await?.respond(&headers))
}

/// The position of what is called `code` among `codes`.
fn index_of<'a>(
    name: &str,
    code: &str,
    codes: impl Iterator<Item = &'a str> + Clone,
) -> Result<usize, Problem> {
    codes.clone().position(|other| other == code).ok_or_else(|| {
        let known = codes.collect::<Vec<_>>().join(", ");
        Problem::parameter(name, format!("\"{code}\" names nothing here; these are: {known}"))
    })
}

/// The cases behind the points of a unit or body under a criterion.
pub async fn evidence(
    State(app): State<Arc<App>>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = ["campaign", "period", "group", "unit", "criterion", "limit", "offset", "as_of", "at"];
    let query = Query::parse(text.as_deref(), &known)?;
    let (of, state) = campaign(&app, &query)?;
    let needed = |name: &str| {
        query.get(name).map(str::to_owned).ok_or_else(|| Problem::parameter(name, "is needed here"))
    };
    let (unit, criterion) = (needed("unit")?, needed("criterion")?);
    let criterion = index_of("criterion", &criterion, of.criteria().iter().map(|one| one.code.as_str()))?;
    let groups = of.groups().iter().map(|group| group.code.as_str());
    let group = query.get("group").map(|code| index_of("group", code, groups)).transpose()?;
    let period = query.read("period", Period::parse)?;
    let limit = number(&query, "limit", 0, MOST_CASES)?.unwrap_or(100);
    let offset = number(&query, "offset", 0, usize::MAX)?.unwrap_or(0);
    let key = format!("/api/v1/board/evidence {state} {}", text.unwrap_or_default());
    let answer = app.json(&headers, key, query.when()?, move |_, view| {
        let ask = EvidenceAsk { period, group, unit: &unit, criterion, limit, offset };
        api::evidence(view, &of, &ask).map_err(|error| refused(&error))
    });
    Ok(answer.await?.respond(&headers))
}

/// The board as a document to sign: PDF, DOCX or XLSX.
pub async fn board_report(
    State(app): State<Arc<App>>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &["campaign", "period", "format", "lang", "as_of", "at"])?;
    let (campaign, state) = campaign(&app, &query)?;
    let period = query.read("period", Period::parse)?;
    let (format, language) = paper(&query)?;
    let key = format!("/api/v1/board/report {state} {}", text.unwrap_or_default());
    let make = move |app: &App, view: &View| {
        let board = api::ranked(view, &campaign, period).map_err(|error| refused(&error))?;
        let about = app.words.about();
        let setting = setting(app, &about, Discretion::Rounded);
        let document = board_document(view, &campaign, &board, app.words.report(language), setting);
        write(&document, format).map_err(|error| Problem::internal(&error))
    };
    let answer = app.answer(&headers, key, query.when()?, format.media_type(), make).await?;
    Ok(attached(answer.respond(&headers), "thi-dua", format))
}
