//! Landing page and conformance.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use serde_json::json;

use super::{HTML, JSON, OPENAPI, document, link, self_links, words};
use crate::server::{
    app::App,
    params::{Query, When},
    problem::Problem,
    tiles::base,
};

/// Conformance classes; tests hold the server to each.
const CONFORMANCE: &[&str] = &[
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/core-roles-features",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/queryables",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/accent-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/property-property",
    "http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/dataset-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
];

/// Landing page.
pub async fn landing(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::strict(query.as_deref(), &["f"])?;
    let address = base(&headers);
    let key = (&query, format!("/ogc {address}"), When::default());
    document(&app, &headers, key, JSON, move |app, view| {
        let about = app.words.about();
        let place = about.province.as_deref().unwrap_or("Matbang");
        let note = if about.illustration { " (số liệu minh họa)" } else { "" };
        let title = |name: &str| words(app).pages.get(name).map_or("", |label| label.vi.as_str()).to_owned();
        let mut links = self_links(&address, "/ogc", JSON);
        links.extend([
            link(&address, "/ogc/api", "service-desc", OPENAPI, &title("api")),
            link(&address, "/ogc/api?f=html", "service-doc", HTML, &title("api")),
            link(&address, "/ogc/conformance", "conformance", JSON, &title("conformance")),
            link(&address, "/ogc/collections", "data", JSON, &title("collections")),
            link(
                &address,
                "/ogc/tiles",
                "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector",
                JSON,
                &title("tiles"),
            ),
        ]);
        Ok(json!({
            "title": format!("Giải phóng mặt bằng {place}{note}"),
            "description": "Projects, parcels and administrative units with their clearance progress",
            "at": view.snapshot.position(),
            "links": links,
        }))
    })
    .await
}

/// Conformance declaration.
pub async fn conformance(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::strict(query.as_deref(), &["f"])?;
    let address = base(&headers);
    let key = (&query, format!("/ogc/conformance {address}"), When::default());
    document(&app, &headers, key, JSON, move |app, _| {
        let title = words(app).pages.get("conformance").map(|label| label.vi.as_str());
        Ok(json!({
            "title": title,
            "conformsTo": CONFORMANCE,
            "links": self_links(&address, "/ogc/conformance", JSON),
        }))
    })
    .await
}
