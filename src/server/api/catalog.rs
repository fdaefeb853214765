//! `/api/v1/catalog`: names, codes and extents; what a screen needs before it draws.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use crate::{
    analysis::View,
    api::{self, CatalogFacts},
    server::{Basemap, app::App, params::Query, problem::Problem},
};

/// The catalogue.
pub async fn catalog(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let parsed = Query::parse(query.as_deref(), &["at", "as_of"])?;
    let key = format!("/api/v1/catalog {}", query.unwrap_or_default());
    Ok(app.json(&headers, key, parsed.when()?, |app, view| Ok(make(app, view))).await?.respond(&headers))
}

fn make(app: &App, view: &View) -> api::Catalog {
    let about = app.words.about();
    let facts = CatalogFacts {
        illustration: about.illustration,
        province: about.province.clone(),
        basemap: app.basemap.as_ref().map(Basemap::source),
    };
    api::catalog(view, &app.words.codes, facts)
}
