//! Collections, and what their features say: queryables and schema (OGC API - Features, Parts 1, 3 and 5).

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use serde_json::{Map, Value, json};

use super::{GEOJSON, HTML, JSON, SCHEMA, columns, document, link, named, self_links, words};
use crate::{
    analysis::View,
    export::{Crs, Format},
    query::{Collection, Column, Kind, Rows},
    server::{
        app::App,
        auth::Identity,
        params::{Query, When},
        problem::Problem,
        tiles::base,
    },
};

/// List of collections.
pub async fn collections(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::strict(query.as_deref(), &["f"])?;
    let address = base(&headers);
    let key = (&query, format!("/ogc/collections {address}"), When::default());
    document(&app, &headers, key, JSON, move |app, view| {
        let all = Collection::ALL.map(|collection| described(app, view, collection, &address));
        let title = words(app).pages.get("collections").map(|label| label.vi.as_str());
        Ok(json!({
            "title": title,
            "collections": all,
            "crs": Crs::all().into_iter().map(Crs::uri).collect::<Vec<_>>(),
            "links": self_links(&address, "/ogc/collections", JSON),
            "at": view.snapshot.position(),
        }))
    })
    .await
}

fn described(app: &App, view: &View, collection: Collection, address: &str) -> Value {
    let name = collection.name();
    let path = format!("/ogc/collections/{name}");
    let words = words(app);
    let page = |name: &str| words.pages.get(name).map_or("", |label| label.vi.as_str());
    let mut links = self_links(address, &path, JSON);
    links.push(link(address, &format!("{path}/items"), "items", GEOJSON, page("items")));
    links.push(link(address, &format!("{path}/items?f=html"), "items", HTML, page("items")));
    for format in Format::ALL {
        let href = format!("{path}/items?f={}", format.name());
        links.push(link(address, &href, "enclosure", format.media_type(), format.title()));
    }
    let relation = |name: &str| format!("http://www.opengis.net/def/rel/ogc/1.0/{name}");
    links.push(link(
        address,
        &format!("{path}/queryables"),
        &relation("queryables"),
        SCHEMA,
        page("queryables"),
    ));
    links.push(link(address, &format!("{path}/schema"), &relation("schema"), SCHEMA, page("schema")));
    if super::tiles::layer(collection).is_some() {
        let href = format!("{path}/tiles");
        links.push(link(address, &href, &relation("tilesets-vector"), JSON, page("tiles")));
    }
    json!({
        "id": name,
        "title": words.collections.get(name).map(|label| &label.vi),
        "description": words.descriptions.get(name).map(|label| format!("{} · {}", label.vi, label.en)),
        "extent": extent(view, collection),
        "itemType": "feature",
        "crs": Crs::all().into_iter().map(Crs::uri).collect::<Vec<_>>(),
        "storageCrs": Crs::Crs84.uri(),
        "links": links,
    })
}

fn extent(view: &View, collection: Collection) -> Value {
    let mut extent = json!({});
    if let Some(bbox) = collection.extent(view) {
        extent["spatial"] = json!({ "bbox": [bbox], "crs": Crs::Crs84.uri() });
    }
    if let Some((first, last)) = temporal(view, collection) {
        let trs = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian";
        extent["temporal"] = json!({ "interval": [[first, last]], "trs": trs });
    }
    extent
}

/// First and last day of what a collection's `datetime` looks at; events and open ends have none.
fn temporal(view: &View, collection: Collection) -> Option<(Option<String>, Option<String>)> {
    let (first, last) = collection.temporal()?;
    if collection == Collection::Events {
        return Some((None, None));
    }
    let rows = Rows::of(view);
    let column = |name: &str| collection.columns().iter().find(|column| column.name == name);
    let days = |name: &str| -> Vec<String> {
        let Some(column) = column(name) else { return Vec::new() };
        let all = (0..collection.len(view) as u32).map(|index| (column.read)(&rows, index));
        let (mut least, mut most) = (None, None);
        for value in all.filter(|value| !value.is_null()) {
            let number = value.instant();
            least = if least.is_none() { number } else { least.min(number) };
            most = most.max(number);
        }
        let day = |at: i64| jiff::Timestamp::from_millisecond(at).map(|at| at.to_string());
        [least, most].into_iter().flatten().filter_map(|at| day(at).ok()).collect()
    };
    let own = days(first);
    match last {
        None => Some((own.first().cloned(), own.last().cloned())),
        Some(_) => Some((own.first().cloned(), None)),
    }
}

/// One collection.
pub async fn collection(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::strict(query.as_deref(), &["f"])?;
    let (collection, address) = (named(&name)?, base(&headers));
    let key = (&query, format!("/ogc/collections/{name} {address}"), When::default());
    document(&app, &headers, key, JSON, move |app, view| Ok(described(app, view, collection, &address))).await
}

/// What features may be filtered by.
pub async fn queryables(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    describe(app, identity, &name, query.as_deref(), headers, "queryables").await
}

/// What features say.
pub async fn schema(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    describe(app, identity, &name, query.as_deref(), headers, "schema").await
}

async fn describe(
    app: Arc<App>,
    identity: Identity,
    name: &str,
    query: Option<&str>,
    headers: HeaderMap,
    what: &'static str,
) -> Result<Response, Problem> {
    let query = Query::strict(query, &["f"])?;
    let (collection, address) = (named(name)?, base(&headers));
    let columns = columns(collection, &identity);
    let path = format!("/ogc/collections/{name}/{what}");
    let key = (&query, format!("{path} {} {address}", columns.len()), When::default());
    document(&app, &headers, key, SCHEMA, move |app, _| {
        let properties = properties(app, collection, &columns, what == "schema");
        let title = words(app).collections.get(collection.name()).map(|label| &label.vi);
        Ok(json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": format!("{address}{path}"),
            "type": "object",
            "title": title,
            "additionalProperties": false,
            "properties": properties,
        }))
    })
    .await
}

/// JSON Schema of the columns by name.
fn properties(
    app: &App,
    collection: Collection,
    columns: &[&'static Column],
    with_id: bool,
) -> Map<String, Value> {
    let titles = words(app).columns.get(collection.name());
    let mut all = Map::new();
    if with_id {
        all.insert("id".to_owned(), json!({ "type": "integer", "x-ogc-role": "id" }));
    }
    let shape =
        if collection.is_linear() { "geometry-linestring" } else { "geometry-polygon-or-multipolygon" };
    all.insert("geometry".to_owned(), json!({ "format": shape, "x-ogc-role": "primary-geometry" }));
    for column in columns {
        let mut own = kind(column);
        if let Some(label) = titles.and_then(|titles| titles.get(column.name)) {
            own["title"] = json!(label.vi);
            own["description"] = json!(label.en);
        }
        if let Some(unit) = column.unit {
            own["x-ogc-unit"] = json!(unit);
        }
        let role = match collection.temporal() {
            Some((first, None)) if first == column.name => Some("primary-instant"),
            Some((first, Some(_))) if first == column.name => Some("primary-interval-start"),
            Some((_, Some(last))) if last == column.name => Some("primary-interval-end"),
            _ => None,
        };
        if let Some(role) = role {
            own["x-ogc-role"] = json!(role);
        }
        all.insert(column.name.to_owned(), own);
    }
    all
}

/// JSON Schema of a column's values.
pub fn kind(column: &Column) -> Value {
    let codes = (column.codes)();
    match column.kind {
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Integer => json!({ "type": "integer" }),
        Kind::Number => json!({ "type": "number" }),
        Kind::Text if codes.is_empty() => json!({ "type": "string" }),
        Kind::Text => json!({ "type": "string", "enum": codes }),
        Kind::Day => json!({ "type": "string", "format": "date" }),
        Kind::Moment => json!({ "type": "string", "format": "date-time" }),
    }
}
