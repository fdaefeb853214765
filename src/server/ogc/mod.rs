//! `/ogc`: OGC API - Features and Tiles.
//!
//! Documents are made once per change as JSON ([`document`]); [`pages`] shows the
//! same JSON as HTML. Pages of features follow their order, not offsets: a `next` link
//! says after which feature to go on, so that nothing is skipped or repeated
//! while data change. Files are streamed ([`download`]).

mod ask;
mod collections;
mod document;
mod download;
mod items;
mod landing;
mod openapi;
mod pages;
mod tiles;

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use serde_json::{Value, json};

use super::{app::App, auth::Identity, params::Query, problem::Problem};
use crate::{
    analysis::View,
    domain::Action,
    query::{Collection, Column, Personal},
};

pub use collections::{collection, collections, queryables, schema};
pub use items::{item, items};
pub use landing::{conformance, landing};
pub use openapi::api;
pub use tiles::{collection_tile, collection_tileset, collection_tilesets, dataset_tile, dataset_tileset};
pub use tiles::{dataset_tilesets, matrix_set, matrix_sets};

const JSON: &str = "application/json";
const GEOJSON: &str = "application/geo+json";
const SCHEMA: &str = "application/schema+json";
const HTML: &str = "text/html";
const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.0";

fn link(address: &str, path: &str, rel: &str, kind: &str, title: &str) -> Value {
    let mut link = json!({ "href": format!("{address}{path}"), "rel": rel, "type": kind });
    if !title.is_empty() {
        link["title"] = json!(title);
    }
    link
}

/// Links to the same document in its own and the other form.
fn self_links(address: &str, path: &str, kind: &str) -> Vec<Value> {
    let more = if path.contains('?') { '&' } else { '?' };
    vec![
        link(address, path, "self", kind, ""),
        link(address, &format!("{path}{more}f=html"), "alternate", HTML, ""),
    ]
}

/// Whether a document is wanted as JSON or as HTML: by `f`, else by `Accept`.
fn wants_html(query: &Query, headers: &HeaderMap) -> Result<bool, Problem> {
    match query.get("f") {
        Some("json") => Ok(false),
        Some("html") => Ok(true),
        Some(other) => Err(Problem::parameter("f", format!("\"{other}\" is not offered; use json or html"))),
        None => Ok(accepts_html(headers)),
    }
}

/// Whether HTML is named in `Accept` before what programs ask for.
fn accepts_html(headers: &HeaderMap) -> bool {
    let accepts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let mut ranges =
        accepts.flat_map(|value| value.split(',')).map(|range| range.split(';').next().unwrap_or("").trim());
    let known = |range: &str| range == HTML || range.contains("json");
    ranges.find(|range| known(range)) == Some(HTML)
}

/// Pages load nothing and run nothing.
fn guard_page(response: &mut Response) {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
}

/// Where whoever asks may read personal columns.
fn personal(identity: &Identity, view: &View) -> Personal {
    if identity.may(Action::WriteEvents) {
        Personal::In(identity.scope(Action::WriteEvents, view.snapshot.units()))
    } else {
        Personal::Nowhere
    }
}

/// The columns of a collection that whoever asks may name.
fn columns(collection: Collection, identity: &Identity) -> Vec<&'static Column> {
    let may = identity.may(Action::WriteEvents);
    collection.columns().iter().filter(|column| may || !column.personal).collect()
}

fn named(name: &str) -> Result<Collection, Problem> {
    Collection::from_name(name).ok_or_else(|| {
        let known = Collection::ALL.map(Collection::name).join(", ");
        Problem::not_found(format!("there is no collection \"{name}\"; these are: {known}"))
    })
}

/// Words of the pages and columns.
fn words(app: &App) -> &crate::query::Words {
    &app.words.columns
}
