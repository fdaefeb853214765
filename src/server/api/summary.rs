//! `/api/v1/summary`: where we are, for any filter and day.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use super::figures::discretion;
use crate::{
    api,
    server::{
        app::App,
        auth::Identity,
        params::{Query, with_filter},
        problem::Problem,
    },
};

/// The summary.
pub async fn summary(
    State(app): State<Arc<App>>,
    identity: Identity,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &with_filter(&["as_of", "at"]))?;
    let at = query.at()?.into();
    let discretion = discretion(&app, &identity, &query).await?;
    let key = format!("/api/v1/summary {discretion:?} {}", text.unwrap_or_default());
    let answer = app.json(&headers, key, at, move |_, view| {
        let day = query.as_of(view.today)?;
        Ok(api::summary(view, &query.filter(view, day)?, day, discretion))
    });
    Ok(answer.await?.respond(&headers))
}
