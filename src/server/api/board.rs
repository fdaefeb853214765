//! `/api/v1/campaigns`, `board`, `board/evidence`: emulation campaigns.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use super::figures::number;
use crate::{
    domain::{Campaign, Period},
    export::figures::{self, Ask, BoardError},
    server::{app::App, params::Query, problem::Problem},
};

/// Cases that one answer lists at most.
const MOST_CASES: usize = 10_000;

/// The campaigns.
pub async fn campaigns(
    State(app): State<Arc<App>>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &["as_of", "at"])?;
    let key = format!("/api/v1/campaigns {}", text.unwrap_or_default());
    let made = |app: &App, view: &crate::analysis::View| Ok(figures::campaigns(view, &app.words.campaigns));
    Ok(app.json(&headers, key, query.when()?, made).await?.respond(&headers))
}

/// The index of the campaign that `campaign` names.
fn campaign(app: &App, query: &Query) -> Result<usize, Problem> {
    let codes = || app.words.campaigns.iter().map(|one| one.code().as_str()).collect::<Vec<_>>().join(", ");
    let Some(code) = query.get("campaign") else {
        return Err(Problem::parameter(
            "campaign",
            format!("must name the campaign; these are: {}", codes()),
        ));
    };
    let found = app.words.campaigns.iter().position(|one| one.code().as_str() == code);
    found.ok_or_else(|| {
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
    let index = campaign(&app, &query)?;
    let period = query.read("period", Period::parse)?;
    let key = format!("/api/v1/board {}", text.unwrap_or_default());
    let answer = app.json(&headers, key, query.when()?, move |app, view| {
        figures::board(view, &app.words.campaigns[index], period).map_err(|error| refused(&error))
    });
    Ok(answer.await?.respond(&headers))
}

/// The position of what is called `code` among `codes`.
fn place<'a>(name: &str, code: &str, codes: impl Iterator<Item = &'a str> + Clone) -> Result<usize, Problem> {
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
    let index = campaign(&app, &query)?;
    let of: &Campaign = &app.words.campaigns[index];
    let needed = |name: &str| {
        query.get(name).map(str::to_owned).ok_or_else(|| Problem::parameter(name, "is needed here"))
    };
    let (unit, criterion) = (needed("unit")?, needed("criterion")?);
    let criterion = place("criterion", &criterion, of.criteria().iter().map(|one| one.code.as_str()))?;
    let groups = of.groups().iter().map(|group| group.code.as_str());
    let group = query.get("group").map(|code| place("group", code, groups)).transpose()?;
    let period = query.read("period", Period::parse)?;
    let limit = number(&query, "limit", 0, MOST_CASES)?.unwrap_or(100);
    let offset = number(&query, "offset", 0, usize::MAX)?.unwrap_or(0);
    let key = format!("/api/v1/board/evidence {}", text.unwrap_or_default());
    let answer = app.json(&headers, key, query.when()?, move |app, view| {
        let ask = Ask { period, group, unit: &unit, criterion, limit, offset };
        figures::evidence(view, &app.words.campaigns[index], &ask).map_err(|error| refused(&error))
    });
    Ok(answer.await?.respond(&headers))
}
