//! `/api/v1/series`: S-curves of all that a filter lets through, day by day, and
//! of each project, on the days when it changed.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use crate::{
    api,
    server::{
        app::App,
        params::{Query, with_filter},
        problem::Problem,
    },
};

/// The curves.
pub async fn series(
    State(app): State<Arc<App>>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &with_filter(&["as_of", "at", "by", "level"]))?;
    let by = super::figures::by(&query)?;
    let key = format!("/api/v1/series {}", text.unwrap_or_default());
    let at = query.when()?;
    let answer = app
        .json(&headers, key, at, move |_, view| Ok(api::series(view, &query.filter(view, view.today)?, by)));
    Ok(answer.await?.respond(&headers))
}
