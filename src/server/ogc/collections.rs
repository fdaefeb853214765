//! Collections, and what their features say: queryables and schema (OGC API - Features, Parts 1, 3 and 5).

use axum::{extract::Path, response::Response};
use serde_json::{Map, Value, json};

use super::{
    GEOJSON, HTML, JSON, SCHEMA, columns,
    document::{Document, DocumentRequest},
    named, words,
};
use crate::{
    analysis::View,
    export::{Crs, Format},
    query::{Collection, Column, Kind, Rows},
    server::{app::App, auth::Identity, problem::Problem},
};

/// List of collections.
pub async fn collections(request: DocumentRequest) -> Result<Response, Problem> {
    let path = "/ogc/collections";
    let list = move |page: &Document<'_>| {
        let all = Collection::ALL.map(|collection| described(page, collection));
        Ok(json!({
            "title": page.title("collections"),
            "collections": all,
            "crs": Crs::all().into_iter().map(Crs::uri).collect::<Vec<_>>(),
            "links": page.self_links(path, JSON),
            "at": page.view.snapshot.position(),
        }))
    };
    request.answer(path.to_owned(), JSON, list).await
}

fn described(page: &Document<'_>, collection: Collection) -> Value {
    let name = collection.name();
    let path = format!("/ogc/collections/{name}");
    let words = words(page.app);
    let relation = |name: &str| format!("http://www.opengis.net/def/rel/ogc/1.0/{name}");
    let part = |part: &str, rel: &str, kind: &str| {
        page.link(&format!("{path}/{part}"), rel, kind, page.title(part.split('?').next().unwrap_or(part)))
    };
    let mut links = page.self_links(&path, JSON);
    links.extend([part("items", "items", GEOJSON), part("items?f=html", "items", HTML)]);
    for format in Format::ALL {
        let href = format!("{path}/items?f={}", format.name());
        links.push(page.link(&href, "enclosure", format.media_type(), format.title()));
    }
    links.extend(["queryables", "schema"].map(|what| part(what, &relation(what), SCHEMA)));
    if super::tiles::layer(collection).is_some() {
        links.push(part("tiles", &relation("tilesets-vector"), JSON));
    }
    json!({
        "id": name,
        "title": words.collections.get(name).map(|label| &label.vi),
        "description": words.descriptions.get(name).map(|label| format!("{} · {}", label.vi, label.en)),
        "extent": extent(page.view, collection),
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
pub async fn collection(Path(name): Path<String>, request: DocumentRequest) -> Result<Response, Problem> {
    let collection = named(&name)?;
    let key = format!("/ogc/collections/{name}");
    request.answer(key, JSON, move |page| Ok(described(page, collection))).await
}

/// What features may be filtered by.
pub async fn queryables(
    identity: Identity,
    Path(name): Path<String>,
    request: DocumentRequest,
) -> Result<Response, Problem> {
    describe(request, &identity, &name, "queryables").await
}

/// What features say.
pub async fn schema(
    identity: Identity,
    Path(name): Path<String>,
    request: DocumentRequest,
) -> Result<Response, Problem> {
    describe(request, &identity, &name, "schema").await
}

async fn describe(
    request: DocumentRequest,
    identity: &Identity,
    name: &str,
    what: &'static str,
) -> Result<Response, Problem> {
    let collection = named(name)?;
    let columns = columns(collection, identity);
    let path = format!("/ogc/collections/{name}/{what}");
    let key = format!("{path} {}", columns.len());
    let schema = move |page: &Document<'_>| {
        let title = words(page.app).collections.get(collection.name()).map(|label| &label.vi);
        Ok(json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": page.href(&path),
            "type": "object",
            "title": title,
            "additionalProperties": false,
            "properties": properties(page.app, collection, &columns, what == "schema"),
        }))
    };
    request.answer(key, SCHEMA, schema).await
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
