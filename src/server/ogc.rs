//! `/ogc`: OGC API - Features, Part 1: Core (OGC 17-069r4), GeoJSON.
//!
//! Pages follow ids, not offsets: a `next` link says after which feature to
//! go on, so that nothing is skipped or repeated while data change.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use serde_json::{Value, json};

use super::{
    app::App,
    params::{Query, When},
    problem::Problem,
    tiles::base,
};
use crate::{
    analysis::View,
    atlas::Extent,
    export::{Collection, feature, write_collection},
};

const GEOJSON: &str = "application/geo+json";
const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
/// Conformance classes that `tests/ogc.rs` checks.
const CONFORMANCE: [&str; 2] = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
];

fn link(address: &str, path: &str, rel: &str, kind: &str) -> Value {
    json!({ "href": format!("{address}{path}"), "rel": rel, "type": kind })
}

fn only_json(query: Option<&str>, more: &[&'static str]) -> Result<Query, Problem> {
    let mut known = more.to_vec();
    known.push("f");
    let query = Query::parse(query, &known)?;
    match query.get("f") {
        None | Some("json" | "geojson") => Ok(query),
        Some(other) => Err(Problem::parameter("f", format!("\"{other}\" is not offered; use json"))),
    }
}

/// Landing page.
pub async fn landing(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    only_json(query.as_deref(), &[])?;
    let address = base(&headers);
    let answer = app.json(&headers, format!("/ogc {address}"), When::default(), move |app, view| {
        let place = app.about.province.as_deref().unwrap_or("Matbang");
        let note = if app.about.illustration { " (số liệu minh họa)" } else { "" };
        Ok(json!({
            "title": format!("Giải phóng mặt bằng {place}{note}"),
            "description": "Projects, parcels and administrative units with their clearance progress",
            "at": view.snapshot.position(),
            "links": [
                link(&address, "/ogc", "self", "application/json"),
                link(&address, "/ogc/conformance", "conformance", "application/json"),
                link(&address, "/ogc/collections", "data", "application/json"),
            ],
        }))
    });
    Ok(answer.await?.respond(&headers))
}

/// Conformance declaration.
pub async fn conformance(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    only_json(query.as_deref(), &[])?;
    let make = |_: &App, _: &View| Ok(json!({ "conformsTo": CONFORMANCE }));
    Ok(app.json(&headers, "/ogc/conformance".to_owned(), When::default(), make).await?.respond(&headers))
}

/// List of collections.
pub async fn collections(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    only_json(query.as_deref(), &[])?;
    let address = base(&headers);
    let answer =
        app.json(&headers, format!("/ogc/collections {address}"), When::default(), move |_, view| {
            let all = Collection::ALL.map(|collection| described(view, collection, &address));
            let links = [link(&address, "/ogc/collections", "self", "application/json")];
            Ok(json!({ "collections": all, "links": links, "at": view.snapshot.position() }))
        });
    Ok(answer.await?.respond(&headers))
}

fn described(view: &View, collection: Collection, address: &str) -> Value {
    let name = collection.name();
    let (title, description) = match collection {
        Collection::Projects => ("Dự án", "Projects with progress"),
        Collection::Parcels => ("Thửa đất thu hồi", "Parcels to be recovered, with stage"),
        Collection::Fronts => {
            ("Đoạn tuyến", "Stretches of alignments: workable, clear but short, or blocked by parcels")
        }
        Collection::Units => ("Đơn vị hành chính", "Administrative units, of before and after reforms"),
    };
    let extent = collection.extent(view).map(|bbox| json!({ "spatial": { "bbox": [bbox], "crs": CRS84 } }));
    json!({
        "id": name,
        "title": title,
        "description": description,
        "extent": extent,
        "itemType": "feature",
        "crs": [CRS84],
        "links": [
            link(address, &format!("/ogc/collections/{name}"), "self", "application/json"),
            link(address, &format!("/ogc/collections/{name}/items"), "items", GEOJSON),
        ],
    })
}

fn named(name: &str) -> Result<Collection, Problem> {
    Collection::from_name(name).ok_or_else(|| {
        let known = Collection::ALL.map(Collection::name).join(", ");
        Problem::not_found(format!("there is no collection \"{name}\"; these are: {known}"))
    })
}

/// One collection.
pub async fn collection(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    only_json(query.as_deref(), &[])?;
    let (collection, address) = (named(&name)?, base(&headers));
    let answer =
        app.json(&headers, format!("/ogc/collections/{name} {address}"), When::default(), move |_, view| {
            Ok(described(view, collection, &address))
        });
    Ok(answer.await?.respond(&headers))
}

/// Features of a collection.
pub async fn items(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    RawQuery(text): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let collection = named(&name)?;
    let query = only_json(text.as_deref(), &["bbox", "limit", "after", "as_of", "at"])?;
    let page = Page {
        collection,
        bbox: query.bbox()?,
        limit: query.read("limit", limit)?.unwrap_or(100),
        after: query.read("after", |text| text.parse::<u32>().map_err(|_| "must be a feature's id"))?,
        given: ["bbox", "as_of", "at"]
            .iter()
            .filter_map(|name| Some(format!("&{name}={}", query.get(name)?)))
            .collect(),
        address: base(&headers),
    };
    let key = format!("/ogc/{name}/items {} {}", text.unwrap_or_default(), page.address);
    let answer = app.answer(&headers, key, query.when()?, GEOJSON, move |_, view| page.write(view));
    Ok(answer.await?.respond(&headers))
}

/// What is above the maximum is brought down to it, as the standard asks.
fn limit(text: &str) -> Result<usize, &'static str> {
    match text.parse::<usize>() {
        Ok(0) | Err(_) => Err("must be a whole number between 1 and 10000"),
        Ok(limit) => Ok(limit.min(10_000)),
    }
}

struct Page {
    collection: Collection,
    bbox: Option<[f64; 4]>,
    limit: usize,
    after: Option<u32>,
    given: String,
    address: String,
}

impl Page {
    fn write(&self, view: &View) -> Result<Vec<u8>, Problem> {
        let all = self.collection.indexes(view, self.bbox.map(Extent::from_degrees));
        let start = match self.after {
            Some(after) => all.partition_point(|index| self.collection.id(view, *index) <= after),
            None => 0,
        };
        let shown = &all[start..(start + self.limit).min(all.len())];
        let path = format!("/ogc/collections/{}/items", self.collection.name());
        let here = self.after.map(|after| format!("&after={after}")).unwrap_or_default();
        let own = format!("{path}?limit={}{}{here}", self.limit, self.given);
        let mut links = vec![link(&self.address, &own, "self", GEOJSON)];
        if let (Some(last), true) = (shown.last(), start + shown.len() < all.len()) {
            let after = self.collection.id(view, *last);
            let next = format!("{path}?limit={}{}&after={after}", self.limit, self.given);
            links.push(link(&self.address, &next, "next", GEOJSON));
        }
        links.push(link(&self.address, &path.replace("/items", ""), "collection", "application/json"));
        let members = [
            ("links", json!(links)),
            ("numberMatched", json!(all.len())),
            ("numberReturned", json!(shown.len())),
            ("timeStamp", json!(jiff::Timestamp::now().to_string())),
            ("at", json!(view.snapshot.position())),
        ];
        let mut bytes = Vec::with_capacity(shown.len() * 900);
        write_collection(view, self.collection, shown.iter().copied(), &members, &mut bytes)
            .map_err(|e| Problem::internal(&e))?;
        Ok(bytes)
    }
}

/// One feature.
pub async fn item(
    State(app): State<Arc<App>>,
    Path((name, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let when = only_json(query.as_deref(), &["as_of", "at"])?.when()?;
    let (collection, address) = (named(&name)?, base(&headers));
    let missing = format!("{name} has no feature with the id \"{id}\"");
    let number: u32 = id.parse().map_err(|_| Problem::not_found(missing.clone()))?;
    let key = format!("/ogc/{name}/items/{number} {} {address}", query.unwrap_or_default());
    let answer = app.answer(&headers, key, when, GEOJSON, move |_, view| {
        let index = collection.find(view, number).ok_or_else(|| Problem::not_found(missing))?;
        let mut found = feature(view, collection, index);
        let path = format!("/ogc/collections/{}", collection.name());
        let links = json!([
            link(&address, &format!("{path}/items/{number}"), "self", GEOJSON),
            link(&address, &path, "collection", "application/json"),
        ]);
        let foreign = [("links".to_owned(), links), ("at".to_owned(), json!(view.snapshot.position()))];
        found.foreign_members = Some(foreign.into_iter().collect());
        serde_json::to_vec(&found).map_err(|e| Problem::internal(&e))
    });
    Ok(answer.await?.respond(&headers))
}
