//! `/api/v1/search`: projects, units, parcels and places by what people type.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use crate::{
    api,
    server::{app::App, params::Query, problem::Problem},
};

/// The results.
pub async fn search(
    State(app): State<Arc<App>>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &["q", "limit", "as_of", "at"])?;
    let limit = query.read("limit", |text| match text.parse::<usize>() {
        Ok(limit @ 1..=50) => Ok(limit),
        _ => Err("must be a whole number between 1 and 50"),
    })?;
    let wanted = query.get("q").unwrap_or_default().trim().to_owned();
    if wanted.chars().count() > 200 {
        return Err(Problem::parameter("q", "is longer than 200 characters"));
    }
    let key = format!("/api/v1/search {}", text.unwrap_or_default());
    let answer = app.json(&headers, key, query.when()?, move |_, view| {
        Ok(api::search(view, &wanted, limit.unwrap_or(10)))
    });
    Ok(answer.await?.respond(&headers))
}
