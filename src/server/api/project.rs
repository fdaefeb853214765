//! `/api/v1/projects/{code}`: a project's sheet.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use super::figures::discretion;
use crate::{
    analysis::View,
    api,
    server::{app::App, auth::Identity, params::Query, problem::Problem},
};

/// The sheet.
pub async fn project(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(code): Path<String>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(text.as_deref(), &["as_of", "at"])?;
    let at = query.at()?.into();
    let discretion = discretion(&app, &identity, &query).await?;
    let key = format!("/api/v1/projects/{code} {discretion:?} {}", text.unwrap_or_default());
    let sheet = move |_: &App, view: &View| {
        let missing = || Problem::not_found(format!("no project has the code \"{code}\""));
        let index = view.snapshot.project_by_code(&code).ok_or_else(missing)?;
        Ok(api::project_sheet(view, index, query.as_of(view.today)?, discretion))
    };
    Ok(app.json(&headers, key, at, sheet).await?.respond(&headers))
}
