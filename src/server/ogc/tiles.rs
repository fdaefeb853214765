//! OGC API - Tiles, Part 1 (OGC 20-057): the tiles of `/tiles` under the standard's addresses.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use serde_json::{Value, json};

use super::{
    JSON,
    document::{Document, DocumentRequest},
    named, words,
};
use crate::{
    analysis::View,
    atlas::Extent,
    export::Crs,
    query::Collection,
    server::{
        app::App,
        cache::TileFormat,
        params::{Query, When},
        problem::Problem,
        tiles::{answer, describe, tile_id, wants_mlt},
    },
    tile::{Layer, MAX_ZOOM, TileId},
};

const MVT: &str = "application/vnd.mapbox-vector-tile";
const MLT: &str = "application/vnd.maplibre-tile";
const TILEJSON: &str = "application/vnd.mapbox.tilejson+json";
const QUAD: &str = "WebMercatorQuad";
const QUAD_URI: &str = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad";
/// Half of the square's side, metres.
const HALF: f64 = 20_037_508.342_789_244;
/// Scale denominator of zoom 0 by pixels of 0.28 mm.
const SCALE: f64 = 559_082_264.028_717_8;

/// The layer that shows a collection.
pub fn layer(collection: Collection) -> Option<Layer> {
    Layer::from_name(collection.name())
}

fn layers(name: Option<&str>) -> Result<Vec<Layer>, Problem> {
    let Some(name) = name else { return Ok(Layer::ALL.to_vec()) };
    let collection = named(name)?;
    layer(collection).map(|layer| vec![layer]).ok_or_else(|| {
        Problem::not_found(format!(
            "the collection \"{name}\" has no tiles; those of the dataset are at /ogc/tiles"
        ))
    })
}

fn quad(id: &str) -> Result<(), Problem> {
    if id == QUAD {
        Ok(())
    } else {
        Err(Problem::not_found(format!("there is no tile matrix set \"{id}\"; there is {QUAD}")))
    }
}

fn path(name: Option<&str>) -> String {
    name.map_or("/ogc/tiles".to_owned(), |name| format!("/ogc/collections/{name}/tiles"))
}

fn title<'a>(page: &'a Document<'_>, name: Option<&str>) -> &'a str {
    let own = name.and_then(|name| words(page.app).collections.get(name));
    own.map_or_else(|| page.title("tiles"), |label| label.vi.as_str())
}

fn tileset(page: &Document<'_>, name: Option<&str>) -> Result<Value, Problem> {
    let layers = layers(name)?;
    let path = format!("{}/{QUAD}", path(name));
    let template = |kind: &str, format: &str| {
        let href = format!("{path}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}?f={format}");
        let mut own = page.link(&href, "item", kind, "");
        own["templated"] = json!(true);
        own
    };
    let mut links = page.self_links(&path, JSON);
    links.push(page.link(&format!("{path}?f=tilejson"), "describedby", TILEJSON, "TileJSON"));
    links.push(page.link(
        &format!("/ogc/tileMatrixSets/{QUAD}"),
        "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme",
        JSON,
        QUAD,
    ));
    links.extend([template(MVT, "mvt"), template(MLT, "mlt")]);
    let described = |layer: &Layer| {
        let (first, last) = layer.zooms();
        json!({
            "id": layer.name(),
            "dataType": "vector",
            "minTileMatrix": first.to_string(),
            "maxTileMatrix": last.to_string(),
        })
    };
    let bounds = crate::api::province_bbox(page.view).map(|bbox| bbox.0);
    let corners = bounds.map(|[west, south, east, north]| {
        json!({ "lowerLeft": [west, south], "upperRight": [east, north], "crs": Crs::Crs84.uri() })
    });
    Ok(json!({
        "title": title(page, name),
        "dataType": "vector",
        "crs": "http://www.opengis.net/def/crs/EPSG/0/3857",
        "tileMatrixSetURI": QUAD_URI,
        "tileMatrixSetId": QUAD,
        "layers": layers.iter().map(described).collect::<Vec<_>>(),
        "boundingBox": corners,
        "tileMatrixSetLimits": bounds.map(|bounds| limits(Extent::from_degrees(bounds), &layers)),
        "links": links,
    }))
}

/// Which tiles of each matrix lie where there is something.
fn limits(extent: Extent, layers: &[Layer]) -> Vec<Value> {
    let zooms = |layer: &Layer| layer.zooms();
    let first = layers.iter().map(|layer| zooms(layer).0).min().unwrap_or(0);
    let last = layers.iter().map(|layer| zooms(layer).1).max().unwrap_or(MAX_ZOOM);
    let limit = |zoom: u8| {
        let corners = extent.corners().map(|corner| TileId::around(corner, zoom));
        let [Some(first), Some(last)] = corners else { return None };
        Some(json!({
            "tileMatrix": zoom.to_string(),
            "minTileRow": first.y(),
            "maxTileRow": last.y(),
            "minTileCol": first.x(),
            "maxTileCol": last.x(),
        }))
    };
    (first..=last).filter_map(limit).collect()
}

async fn tilesets(request: DocumentRequest, name: Option<String>) -> Result<Response, Problem> {
    layers(name.as_deref())?;
    let path = path(name.as_deref());
    let key = path.clone();
    let list = move |page: &Document<'_>| {
        Ok(json!({
            "title": title(page, name.as_deref()),
            "tilesets": [tileset(page, name.as_deref())?],
            "links": page.self_links(&path, JSON),
        }))
    };
    request.answer(key, JSON, list).await
}

async fn one_tileset(request: DocumentRequest, name: Option<String>, set: &str) -> Result<Response, Problem> {
    quad(set)?;
    let layers = layers(name.as_deref())?;
    let path = format!("{}/{QUAD}", path(name.as_deref()));
    if request.query.get("f") == Some("tilejson") {
        let DocumentRequest { app, headers, address, .. } = request;
        let template = format!("{address}{path}/{{z}}/{{y}}/{{x}}");
        let make = move |app: &App, view: &View| {
            serde_json::to_vec(&describe(app, view, &layers, &template)).map_err(|e| Problem::internal(&e))
        };
        let key = format!("{path} tilejson {address}");
        return Ok(app.answer(&headers, key, When::default(), TILEJSON, make).await?.respond(&headers));
    }
    request.answer(path, JSON, move |page| tileset(page, name.as_deref())).await
}

async fn tile(
    app: Arc<App>,
    name: Option<&str>,
    (set, z, row, col): (&str, &str, &str, &str),
    query: Option<&str>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    quad(set)?;
    let (layers, tile_id) = (layers(name)?, tile_id(z, col, row)?);
    let query = Query::strict(query, &["f", "at", "as_of"])?;
    let format = query.read("f", |text| match text {
        "mvt" => Ok(TileFormat::Mvt),
        "mlt" => Ok(TileFormat::Mlt),
        other => Err(format!("\"{other}\" is not offered; use mvt or mlt")),
    })?;
    let unasked = if wants_mlt(&headers) { TileFormat::Mlt } else { TileFormat::Mvt };
    answer(app, (layers, tile_id, format.unwrap_or(unasked)), query.when()?, headers).await
}

/// Tilesets of all layers together.
pub async fn dataset_tilesets(request: DocumentRequest) -> Result<Response, Problem> {
    tilesets(request, None).await
}

/// Tilesets of a collection.
pub async fn collection_tilesets(
    Path(name): Path<String>,
    request: DocumentRequest,
) -> Result<Response, Problem> {
    tilesets(request, Some(name)).await
}

/// A tileset of all layers together.
pub async fn dataset_tileset(Path(set): Path<String>, request: DocumentRequest) -> Result<Response, Problem> {
    one_tileset(request, None, &set).await
}

/// A tileset of a collection.
pub async fn collection_tileset(
    Path((name, set)): Path<(String, String)>,
    request: DocumentRequest,
) -> Result<Response, Problem> {
    one_tileset(request, Some(name), &set).await
}

/// A tile of all layers together.
pub async fn dataset_tile(
    State(app): State<Arc<App>>,
    Path((set, z, row, col)): Path<(String, String, String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    tile(app, None, (&set, &z, &row, &col), query.as_deref(), headers).await
}

/// A tile of a collection.
pub async fn collection_tile(
    State(app): State<Arc<App>>,
    Path((name, set, z, row, col)): Path<(String, String, String, String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    tile(app, Some(&name), (&set, &z, &row, &col), query.as_deref(), headers).await
}

/// The tile matrix sets: there is one.
pub async fn matrix_sets(request: DocumentRequest) -> Result<Response, Problem> {
    let path = "/ogc/tileMatrixSets";
    let list = move |page: &Document<'_>| {
        let own = page.link(&format!("{path}/{QUAD}"), "self", JSON, QUAD);
        Ok(json!({
            "title": QUAD,
            "tileMatrixSets": [{ "id": QUAD, "uri": QUAD_URI, "links": [own] }],
            "links": page.self_links(path, JSON),
        }))
    };
    request.answer(path.to_owned(), JSON, list).await
}

/// One tile matrix set.
pub async fn matrix_set(Path(set): Path<String>, request: DocumentRequest) -> Result<Response, Problem> {
    quad(&set)?;
    request.answer(format!("/ogc/tileMatrixSets/{QUAD}"), JSON, |_| Ok(web_mercator_quad())).await
}

/// The definition of `WebMercatorQuad` (OGC 17-083r4, annex D).
fn web_mercator_quad() -> Value {
    let matrix = |zoom: u8| {
        let side = 1u64 << zoom;
        json!({
            "id": zoom.to_string(),
            "scaleDenominator": SCALE / side as f64,
            "cellSize": 2.0 * HALF / 256.0 / side as f64,
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": [-HALF, HALF],
            "tileWidth": 256,
            "tileHeight": 256,
            "matrixWidth": side,
            "matrixHeight": side,
        })
    };
    json!({
        "id": QUAD,
        "title": QUAD,
        "uri": QUAD_URI,
        "crs": "http://www.opengis.net/def/crs/EPSG/0/3857",
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": (0..=MAX_ZOOM).map(matrix).collect::<Vec<_>>(),
    })
}
