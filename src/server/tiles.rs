//! `/tiles`: vector tiles and what describes them.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, RawQuery, Request, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use tokio::sync::Semaphore;
use tower::ServiceExt;
use tower_http::services::ServeFile;

use super::{
    app::{App, Current},
    background::blocking,
    basemap::Basemap,
    cache::{Answer, TileFormat, TileKey},
    edge::is_encrypted,
    encoding::Encoding,
    params::{Query, When},
    problem::Problem,
};
use crate::{
    analysis::View,
    tile::{self, Layer, Pool, TileId},
};

const MVT: &str = "application/vnd.mapbox-vector-tile";
const MLT: &str = "application/vnd.maplibre-tile";

/// The list of layers.
pub async fn list(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    let address = base(&headers);
    let key = format!("/tiles {address}");
    let answer = app.json(&headers, key, When::default(), move |_, view| {
        let entry = |layer: Layer| {
            let (first, last) = layer.zooms();
            json!({
                "name": layer.name(),
                "tilejson": format!("{address}/tiles/{}", layer.name()),
                "minzoom": first,
                "maxzoom": last,
            })
        };
        Ok(json!({ "at": view.snapshot.position(), "layers": Layer::served().map(entry).collect::<Vec<_>>() }))
    });
    Ok(answer.await?.respond(&headers))
}

/// `TileJSON` 3.0.0 of one or several layers.
pub async fn tilejson(
    State(app): State<Arc<App>>,
    Path(names): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let layers = layers(&names)?;
    let address = base(&headers);
    let answer =
        app.json(&headers, format!("/tiles/{names} {address}"), When::default(), move |app, view| {
            Ok(describe(app, view, &layers, &format!("{address}/tiles/{names}/{{z}}/{{x}}/{{y}}")))
        });
    Ok(answer.await?.respond(&headers))
}

/// What the features of layers say, in `TileJSON` words.
pub fn vector_layers(layers: &[Layer]) -> Vec<serde_json::Value> {
    let described = |layer: &Layer| {
        let (first, last) = layer.zooms();
        let held = layer.held().into_iter();
        held.map(move |(id, fields)| {
            let fields: serde_json::Map<String, serde_json::Value> =
                fields.iter().map(|(name, kind)| ((*name).to_owned(), json!(kind))).collect();
            json!({ "id": id, "fields": fields, "minzoom": first, "maxzoom": last })
        })
    };
    layers.iter().flat_map(described).collect()
}

/// `TileJSON` of layers whose tiles have addresses after `template`.
pub fn describe(app: &App, view: &View, layers: &[Layer], template: &str) -> serde_json::Value {
    let bounds = crate::api::province_bbox(view).map(|bbox| bbox.0);
    let zooms: Vec<_> = layers.iter().map(|layer| layer.zooms()).collect();
    let names = layers.iter().map(|layer| layer.name()).collect::<Vec<_>>().join(",");
    let note = if app.words.about().illustration { "Số liệu minh họa" } else { "Matbang" };
    json!({
        "tilejson": "3.0.0",
        "name": names,
        "tiles": [template],
        "vector_layers": vector_layers(layers),
        "bounds": bounds,
        "center": bounds.map(|[w, s, e, n]| [f64::midpoint(w, e), f64::midpoint(s, n), 11.0]),
        "minzoom": zooms.iter().map(|zooms| zooms.0).min(),
        "maxzoom": zooms.iter().map(|zooms| zooms.1).max(),
        "attribution": note,
        "at": view.snapshot.position(),
    })
}

/// A tile.
pub async fn tile(
    State(app): State<Arc<App>>,
    Path((names, z, x, y)): Path<(String, String, String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let layers = layers(&names)?;
    let tile_id = tile_id(&z, &x, &y)?;
    let query = Query::parse(query.as_deref(), &["at", "as_of"])?;
    let named = y.strip_suffix(".mlt").is_some();
    let format = if named || wants_mlt(&headers) { TileFormat::Mlt } else { TileFormat::Mvt };
    answer(app, (layers, tile_id, format), query.when()?, headers).await
}

/// A tile of these layers.
pub async fn answer(
    app: Arc<App>,
    (layers, tile_id, format): (Vec<Layer>, TileId, TileFormat),
    when: When,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let key = TileKey {
        layers: layers.iter().fold(0, |mask, layer| mask | (1 << *layer as u8)),
        tile_id,
        format,
        encoding: Encoding::negotiate(&headers),
    };
    let current = app.view(when).await?;
    let of_now = current.number != 0;
    if let Some(answer) = of_now.then(|| app.answers.cache.tile(&key)).flatten() {
        return Ok(respond(&answer, &current, &headers));
    }
    let turn = if layers.iter().any(|layer| layer.is_large_at(tile_id.z())) {
        let turn = TURNS.acquire().await.map_err(|e| Problem::internal(&e))?;
        // Who waited may find that somebody before made it.
        if let Some(answer) = of_now.then(|| app.answers.cache.tile(&key)).flatten() {
            return Ok(respond(&answer, &current, &headers));
        }
        Some(turn)
    } else {
        None
    };
    let (shared, from) = (Arc::clone(&app), Arc::clone(&current));
    let work = blocking(move || {
        let _turn = turn;
        let answer = make(&from, &layers, key);
        if of_now {
            shared.answers.cache.keep_tile(from.number, key, &answer);
        }
        answer
    });
    let answer = work.await?;
    Ok(respond(&answer, &current, &headers))
}

/// Tiles from afar hold a hundred thousand parcels and more: so many are made at once that memory stays bounded. Each
/// is made on all processors, so that two of them keep these busy.
static TURNS: Semaphore = Semaphore::const_new(2);

/// Tiles being made, before their encoding.
static TILES: Pool<Vec<u8>> = Pool::new();
/// A larger room is not kept.
const LARGE: usize = 32 << 20;

fn make(current: &Current, layers: &[Layer], key: TileKey) -> Answer {
    let started = std::time::Instant::now();
    let work = |tile: &mut Vec<u8>| {
        tile.clear();
        let content_type = match key.format {
            TileFormat::Mlt => {
                tile::render_mlt(&current.view, layers, key.tile_id, tile);
                MLT
            }
            TileFormat::Mvt => {
                tile::render(&current.view, layers, key.tile_id, tile);
                MVT
            }
        };
        Answer::new(tile, content_type, key.encoding)
    };
    let answer = TILES.with(|tile| tile.capacity() < LARGE, work);
    metrics::histogram!("matbang_tile_seconds").record(started.elapsed().as_secs_f64());
    answer
}

fn respond(answer: &Answer, current: &Current, headers: &HeaderMap) -> Response {
    let mut response = answer.respond(headers).into_response();
    let at = current.view.snapshot.position().0;
    response.headers_mut().insert("matbang-at", header::HeaderValue::from(at));
    response
}

/// Whether a `MapLibre` tile is accepted.
pub fn wants_mlt(headers: &HeaderMap) -> bool {
    let accepts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepts
        .flat_map(|value| value.split(','))
        .any(|range| range.split(';').next().map(str::trim) == Some(MLT))
}

/// One or several names joined by commas, each once, in the order from the ground up.
fn layers(names: &str) -> Result<Vec<Layer>, Problem> {
    let mut layers = Vec::new();
    for name in names.split(',') {
        let layer = Layer::from_name(name).ok_or_else(|| {
            let known = Layer::served().map(Layer::name).collect::<Vec<_>>().join(", ");
            Problem::not_found(format!("there is no layer \"{name}\"; these are: {known}"))
        })?;
        if layers.contains(&layer) {
            return Err(Problem::invalid(format!("the layer \"{name}\" is asked for twice")));
        }
        layers.push(layer);
    }
    if layers.contains(&Layer::Parcels) && layers.contains(&Layer::Overview) {
        return Err(Problem::invalid("\"overview\" holds parcels: ask for one of the two".to_owned()));
    }
    layers.sort_unstable();
    Ok(layers)
}

/// 400 for what is no number, 404 for a square outside the grid.
pub fn tile_id(z: &str, x: &str, y: &str) -> Result<TileId, Problem> {
    // Some clients end the address as they would a file's.
    let y = y
        .strip_suffix(".mvt")
        .or_else(|| y.strip_suffix(".pbf"))
        .or_else(|| y.strip_suffix(".mlt"))
        .unwrap_or(y);
    let number = |name: &str, text: &str| -> Result<u32, Problem> {
        text.parse().map_err(|_| Problem::invalid(format!("{name} = \"{text}\" is not a whole number")))
    };
    let (z, x, y) = (number("z", z)?, number("x", x)?, number("y", y)?);
    u8::try_from(z).ok().and_then(|z| TileId::new(z, x, y)).ok_or_else(|| {
        Problem::not_found(format!(
            "there is no tile {z}/{x}/{y}: zoom goes to {}, x and y to 2^z - 1",
            tile::MAX_ZOOM
        ))
    })
}

/// Scheme and host as the client wrote them.
pub fn base(headers: &HeaderMap) -> String {
    let scheme = if is_encrypted(headers) { "https" } else { "http" };
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("127.0.0.1");
    format!("{scheme}://{host}")
}

/// The archive of the base map, in the ranges that are asked for.
pub async fn basemap(State(app): State<Arc<App>>, request: Request) -> Response {
    let Some(Basemap::Archive(path)) = &app.basemap else {
        return Problem::not_found("this server has no base map of its own").into_response();
    };
    match ServeFile::new(path).oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}
