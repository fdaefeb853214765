//! `/ogc/api`: the interface described by OpenAPI 3.0, from the same columns as everything else.

use axum::response::Response;
use serde_json::{Map, Value, json};

use super::{
    GEOJSON, HTML, JSON, OPENAPI, SCHEMA,
    ask::MOST,
    collections::kind,
    document::{Document, DocumentRequest},
    words,
};
use crate::{
    export::{Crs, Format},
    query::Collection,
    server::{app::App, problem::Problem},
};

/// The description.
pub async fn api(request: DocumentRequest) -> Result<Response, Problem> {
    request.answer("/ogc/api".to_owned(), OPENAPI, |page| Ok(description(page))).await
}

fn description(page: &Document<'_>) -> Value {
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Matbang · OGC API", "version": env!("CARGO_PKG_VERSION"), "license": { "name": "MIT" } },
        "servers": [{ "url": page.href("/ogc") }],
        "paths": paths(page.app),
        "components": {
            "parameters": parameters(),
            "schemas": schemas(),
            "responses": {
                "Problem": {
                    "description": "What is wrong and what is allowed (RFC 9457)",
                    "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
                },
            },
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": "matbang_session" },
            },
        },
        "security": [{}, { "token": [] }, { "session": [] }],
    })
}

fn problems(answer: Value) -> Value {
    let problem = json!({ "$ref": "#/components/responses/Problem" });
    let mut all = json!({ "304": { "description": "As the client has it" } });
    all["200"] = answer;
    for status in ["400", "401", "403", "404", "405", "500", "503"] {
        all[status] = problem.clone();
    }
    all
}

fn parameter(name: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

/// A tile where nothing is has no body.
fn get_tile(id: &str, summary: &str) -> Value {
    let mut own = get(id, summary, &tile_parameters(), tile());
    own["get"]["responses"]["204"] = json!({ "description": "Nothing is there" });
    own
}

fn get(id: &str, summary: &str, parameters: &[Value], answer: Value) -> Value {
    json!({ "get": { "operationId": id, "summary": summary, "parameters": parameters, "responses": problems(answer) } })
}

fn json_or_html(kind: &str, schema: &str) -> Value {
    json!({
        "description": "The document",
        "content": {
            kind: { "schema": { "$ref": format!("#/components/schemas/{schema}") } },
            HTML: { "schema": { "type": "string" } },
        },
    })
}

fn paths(app: &App) -> Value {
    let page = vec![parameter("page")];
    let set = || vec![parameter("tileMatrixSetId")];
    let mut paths = json!({
        "/": get("landing", "Landing page", &page, json_or_html(JSON, "Landing")),
        "/conformance": get("conformance", "Conformance classes", &page, json_or_html(JSON, "Conformance")),
        "/api": get("api", "This description", &page, json_or_html("application/vnd.oai.openapi+json;version=3.0", "Any")),
        "/collections": get("collections", "All collections", &page, json_or_html(JSON, "Collections")),
        "/tiles": get("matbang.dataset.vector.getTileSetsList", "Tilesets of all layers together", &page, json_or_html(JSON, "Tilesets")),
        "/tiles/{tileMatrixSetId}": get("matbang.dataset.vector.getTileSet", "A tileset of all layers together", &[set(), vec![parameter("tileset")]].concat(), tileset()),
        "/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}": get_tile("matbang.dataset.vector.getTile", "A tile of all layers together"),
        "/tileMatrixSets": get("matbang.getTileMatrixSetsList", "Tile matrix sets", &page, json_or_html(JSON, "Any")),
        "/tileMatrixSets/{tileMatrixSetId}": get("matbang.getTileMatrixSet", "A tile matrix set", &[set(), page.clone()].concat(), json_or_html(JSON, "Any")),
    });
    for collection in Collection::ALL {
        of_collection(app, collection, &mut paths);
    }
    paths
}

fn of_collection(app: &App, collection: Collection, paths: &mut Value) {
    let name = collection.name();
    let page = vec![parameter("page")];
    let about = words(app).descriptions.get(name).map_or("", |label| label.en.as_str());
    let path = format!("/collections/{name}");
    paths[&path] = get(&format!("{name}.describe"), about, &page, json_or_html(JSON, "Collection"));
    for what in ["queryables", "schema"] {
        paths[format!("{path}/{what}")] = get(
            &format!("{name}.{what}"),
            &format!("{about}: {what}"),
            &page,
            json_or_html(SCHEMA, "Schema"),
        );
    }
    let mut content = json!({
        GEOJSON: { "schema": { "$ref": "#/components/schemas/FeatureCollection" } },
        HTML: { "schema": { "type": "string" } },
    });
    for format in Format::ALL.into_iter().filter(|format| *format != Format::GeoJson) {
        content[format.media_type()] = json!({ "schema": { "type": "string", "format": "binary" } });
    }
    let crs =
        json!({ "Content-Crs": { "description": "CRS of the coordinates", "schema": { "type": "string" } } });
    let answer =
        json!({ "description": "A page of features, or a file of all", "headers": crs, "content": content });
    paths[format!("{path}/items")] = get(&format!("{name}.items"), about, &items(collection), answer);
    let one = json!({
        "description": "The feature",
        "headers": crs,
        "content": {
            GEOJSON: { "schema": { "$ref": "#/components/schemas/Feature" } },
            HTML: { "schema": { "type": "string" } },
        },
    });
    let id = vec![
        parameter("featureId"),
        parameter("page"),
        parameter("crs"),
        parameter("as_of"),
        parameter("at"),
    ];
    paths[format!("{path}/items/{{featureId}}")] = get(&format!("{name}.item"), about, &id, one);
    if super::tiles::layer(collection).is_some() {
        // Names that the standard asks for: OGC 20-057, requirement 23.
        let own = |what: &str| format!("{name}.collection.vector.{what}");
        let tiles = format!("{path}/tiles");
        let set = vec![parameter("tileMatrixSetId"), parameter("tileset")];
        paths[&tiles] = get(&own("getTileSetsList"), "Tilesets", &page, json_or_html(JSON, "Tilesets"));
        let tiles = format!("{tiles}/{{tileMatrixSetId}}");
        paths[&tiles] = get(&own("getTileSet"), "A tileset", &set, tileset());
        paths[format!("{tiles}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}")] =
            get_tile(&own("getTile"), "A tile");
    }
}

/// Parameters of items: those of the standard, and each column.
fn items(collection: Collection) -> Vec<Value> {
    let names = [
        "f",
        "limit",
        "bbox",
        "bbox-crs",
        "crs",
        "datetime",
        "filter",
        "filter-lang",
        "filter-crs",
        "properties",
        "after",
        "as_of",
        "at",
        "geom",
        "bom",
    ];
    let mut all: Vec<Value> = names.into_iter().map(parameter).collect();
    if collection != Collection::Events {
        all.push(parameter("sortby"));
    }
    for column in collection.columns().iter().filter(|column| !column.personal) {
        let mut schema = kind(column);
        // Any value may be asked for; one that no feature has finds none.
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("enum");
        }
        all.push(json!({ "name": column.name, "in": "query", "required": false, "schema": schema }));
    }
    all
}

fn tile_parameters() -> Vec<Value> {
    ["tileMatrixSetId", "tileMatrix", "tileRow", "tileCol", "tile", "as_of", "at"].map(parameter).to_vec()
}

fn tileset() -> Value {
    json!({
        "description": "The tileset",
        "content": {
            JSON: { "schema": { "$ref": "#/components/schemas/Tileset" } },
            "application/vnd.mapbox.tilejson+json": { "schema": { "$ref": "#/components/schemas/Any" } },
            HTML: { "schema": { "type": "string" } },
        },
    })
}

fn tile() -> Value {
    json!({
        "description": "The tile",
        "content": {
            "application/vnd.mapbox-vector-tile": { "schema": { "type": "string", "format": "binary" } },
            "application/vnd.maplibre-tile": { "schema": { "type": "string", "format": "binary" } },
        },
    })
}

fn parameters() -> Value {
    let mut all = Map::new();
    let mut add = |key: &str, name: &str, location: &str, about: &str, schema: Value| {
        let mut own = json!({ "name": name, "in": location, "required": location == "path", "description": about, "schema": schema });
        if location == "query" {
            own["style"] = json!("form");
            own["explode"] = json!(false);
        }
        all.insert(key.to_owned(), own);
    };
    let text = || json!({ "type": "string" });
    let crs =
        || json!({ "type": "string", "enum": Crs::all().into_iter().map(Crs::uri).collect::<Vec<_>>() });
    let forms: Vec<_> = ["json", "html"].into_iter().chain(Format::ALL.map(Format::name)).collect();
    let numbers = json!({ "type": "array", "minItems": 4, "maxItems": 6, "items": { "type": "number" } });
    add("page", "f", "query", "Form of the document", json!({ "type": "string", "enum": ["json", "html"] }));
    add(
        "f",
        "f",
        "query",
        "Form: a page as json or html, or a file of all features",
        json!({ "type": "string", "enum": forms }),
    );
    add("tileset", "f", "query", "Form", json!({ "type": "string", "enum": ["json", "html", "tilejson"] }));
    add("tile", "f", "query", "Encoding of the tile", json!({ "type": "string", "enum": ["mvt", "mlt"] }));
    add(
        "limit",
        "limit",
        "query",
        "Features of a page, at most 10000; of a file, all unless given",
        json!({ "type": "integer", "minimum": 1, "maximum": MOST, "default": 100 }),
    );
    add(
        "bbox",
        "bbox",
        "query",
        "Only what touches this rectangle: smallest then largest coordinates",
        numbers,
    );
    add("bbox-crs", "bbox-crs", "query", "CRS of bbox", crs());
    add("crs", "crs", "query", "CRS of the answer", crs());
    add("datetime", "datetime", "query", "A day or an interval with a slash, .. for an open end", text());
    add("filter", "filter", "query", "CQL2", text());
    add(
        "filter-lang",
        "filter-lang",
        "query",
        "How filter is written",
        json!({ "type": "string", "enum": ["cql2-text", "cql2-json", "cql-text"] }),
    );
    add("filter-crs", "filter-crs", "query", "CRS of the coordinates in filter", crs());
    add("sortby", "sortby", "query", "Columns, - before those that fall", text());
    add("properties", "properties", "query", "Columns that are shown", text());
    add("after", "after", "query", "From a next link", text());
    add("as_of", "as_of", "query", "State on this day", json!({ "type": "string", "format": "date" }));
    add(
        "at",
        "at",
        "query",
        "State at this position of the ledger",
        json!({ "type": "integer", "minimum": 0 }),
    );
    add(
        "geom",
        "geom",
        "query",
        "CSV: how shapes are written",
        json!({ "type": "string", "enum": ["wkt", "lonlat", "none"] }),
    );
    add("bom", "bom", "query", "CSV: begin with a byte order mark", json!({ "type": "boolean" }));
    add("featureId", "featureId", "path", "Id of the feature", json!({ "type": "integer", "minimum": 1 }));
    add(
        "tileMatrixSetId",
        "tileMatrixSetId",
        "path",
        "Tile matrix set",
        json!({ "type": "string", "enum": ["WebMercatorQuad"] }),
    );
    let whole = |most: u64| json!({ "type": "integer", "minimum": 0, "maximum": most });
    add("tileMatrix", "tileMatrix", "path", "Zoom", whole(u64::from(crate::tile::MAX_ZOOM)));
    add("tileRow", "tileRow", "path", "Row from the north", whole(u64::from(u32::MAX)));
    add("tileCol", "tileCol", "path", "Column from the west", whole(u64::from(u32::MAX)));
    Value::Object(all)
}

fn schemas() -> Value {
    let links = json!({ "type": "array", "items": { "$ref": "#/components/schemas/Link" } });
    let object = |required: &[&str], properties: Value| json!({ "type": "object", "required": required, "properties": properties });
    json!({
        "Any": { "type": "object" },
        "Link": object(&["href", "rel"], json!({ "href": { "type": "string" }, "rel": { "type": "string" }, "type": { "type": "string" }, "title": { "type": "string" }, "templated": { "type": "boolean" } })),
        "Landing": object(&["title", "links"], json!({ "title": { "type": "string" }, "links": links })),
        "Conformance": object(&["conformsTo"], json!({ "conformsTo": { "type": "array", "items": { "type": "string" } } })),
        "Collection": object(&["id", "links"], json!({ "id": { "type": "string" }, "title": { "type": "string" }, "description": { "type": "string" }, "itemType": { "type": "string" }, "crs": { "type": "array", "items": { "type": "string" } }, "storageCrs": { "type": "string" }, "extent": { "type": "object" }, "links": links })),
        "Collections": object(&["collections", "links"], json!({ "collections": { "type": "array", "items": { "$ref": "#/components/schemas/Collection" } }, "links": links })),
        "Schema": object(&["$schema", "type", "properties"], json!({ "$schema": { "type": "string" }, "type": { "type": "string" }, "properties": { "type": "object" } })),
        "Feature": object(&["type", "id", "properties", "geometry"], json!({ "type": { "type": "string", "enum": ["Feature"] }, "id": { "type": "integer" }, "properties": { "type": "object" }, "geometry": { "type": "object", "nullable": true }, "links": links })),
        "FeatureCollection": object(&["type", "features"], json!({ "type": { "type": "string", "enum": ["FeatureCollection"] }, "features": { "type": "array", "items": { "$ref": "#/components/schemas/Feature" } }, "numberMatched": { "type": "integer" }, "numberReturned": { "type": "integer" }, "timeStamp": { "type": "string", "format": "date-time" }, "links": links })),
        "Tileset": object(&["dataType", "crs", "links"], json!({ "title": { "type": "string" }, "dataType": { "type": "string" }, "crs": { "type": "string" }, "tileMatrixSetURI": { "type": "string" }, "layers": { "type": "array", "items": { "type": "object" } }, "links": links })),
        "Tilesets": object(&["tilesets"], json!({ "tilesets": { "type": "array", "items": { "$ref": "#/components/schemas/Tileset" } }, "links": links })),
        "Problem": object(&["title", "status", "detail"], json!({ "type": { "type": "string" }, "title": { "type": "string" }, "status": { "type": "integer" }, "detail": { "type": "string" } })),
    })
}
