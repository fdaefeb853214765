//! Landing page and conformance.

use axum::response::Response;
use serde_json::{Value, json};

use super::{
    HTML, JSON, OPENAPI,
    document::{Document, DocumentRequest},
};
use crate::server::problem::Problem;

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
pub async fn landing(request: DocumentRequest) -> Result<Response, Problem> {
    request.answer("/ogc".to_owned(), JSON, |page| Ok(landing_page(page))).await
}

fn landing_page(page: &Document<'_>) -> Value {
    let about = page.app.words.about();
    let province = about.province.as_deref().unwrap_or("Matbang");
    let note = if about.illustration { " (số liệu minh họa)" } else { "" };
    let tiles = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector";
    let mut links = page.self_links("/ogc", JSON);
    links.extend([
        page.link("/ogc/api", "service-desc", OPENAPI, page.title("api")),
        page.link("/ogc/api?f=html", "service-doc", HTML, page.title("api")),
        page.link("/ogc/conformance", "conformance", JSON, page.title("conformance")),
        page.link("/ogc/collections", "data", JSON, page.title("collections")),
        page.link("/ogc/tiles", tiles, JSON, page.title("tiles")),
    ]);
    json!({
        "title": format!("Giải phóng mặt bằng {province}{note}"),
        "description": "Projects, parcels and administrative units with their clearance progress",
        "at": page.view.snapshot.position(),
        "links": links,
    })
}

/// Conformance declaration.
pub async fn conformance(request: DocumentRequest) -> Result<Response, Problem> {
    let path = "/ogc/conformance";
    let declaration = move |page: &Document<'_>| {
        Ok(json!({
            "title": page.title("conformance"),
            "conformsTo": CONFORMANCE,
            "links": page.self_links(path, JSON),
        }))
    };
    request.answer(path.to_owned(), JSON, declaration).await
}
