//! Caches of answers, and the answers themselves.
//!
//! A tile leaves the cache exactly when an event touches what it shows. No
//! entry made from an older view can slip in after its retirement: inserting
//! and retiring take turns, and an insert whose view is no longer the current
//! one is left out.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;

use super::{encoding::Encoding, sending};
use crate::{
    atlas::Extent,
    tile::{Layer, TileId},
};

/// A finished answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Body in its encoding; empty = nothing there.
    pub body: Bytes,
    etag: HeaderValue,
    encoding: Encoding,
    content_type: &'static str,
}

impl Answer {
    /// An answer with these bytes, encoded, under a strong entity tag.
    pub fn new(bytes: &[u8], content_type: &'static str, encoding: Encoding) -> Self {
        let (body, encoding) = encoding.encode(bytes);
        // Of the same bytes as another type the tag is another.
        let seed = content_type.bytes().fold(0u64, |seed, byte| seed.wrapping_mul(31) + u64::from(byte));
        let hash = twox_hash::XxHash3_64::oneshot_with_seed(seed, &body);
        let etag = format!("\"{hash:016x}-{}\"", encoding.name().unwrap_or("id"));
        let etag = HeaderValue::try_from(etag).unwrap_or(HeaderValue::from_static("\"0\""));
        Self { body, etag, encoding, content_type }
    }

    /// The response: 304 when the client has it, 204 when nothing is there.
    pub fn respond(&self, request: &HeaderMap) -> Response {
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.insert(header::ETAG, self.etag.clone());
        // Kept by clients, but asked for each time: an update is never missed.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("accept, accept-encoding"));
        if self.known_to(request) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else if self.body.is_empty() {
            *response.status_mut() = StatusCode::NO_CONTENT;
        } else {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
            if let Some(name) = self.encoding.name() {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
            }
            match sending::body(self.body.clone()) {
                Ok(body) => *response.body_mut() = body,
                Err(busy) => return busy.into_response(),
            }
        }
        response
    }

    /// If-None-Match (RFC 9110, 13.1.2).
    fn known_to(&self, request: &HeaderMap) -> bool {
        let own = self.etag.as_bytes();
        request.get_all(header::IF_NONE_MATCH).iter().any(|value| {
            let mut tags = value.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
            tags.any(|tag| tag == b"*" || tag == own || tag.strip_prefix(b"W/") == Some(own))
        })
    }
}

/// Encoding of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TileFormat {
    /// Mapbox Vector Tile.
    Mvt,
    /// MapLibre Tile.
    Mlt,
}

/// What names a tile's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileKey {
    /// A bit for each layer.
    pub layers: u8,
    /// Square.
    pub tile_id: TileId,
    /// Format.
    pub format: TileFormat,
    /// Encoding.
    pub encoding: Encoding,
}

/// What an event touched.
#[derive(Debug, Clone, Default)]
pub struct Touched {
    /// Extents of parcels.
    pub parcels: Vec<Extent>,
    /// Extents of projects whose figures changed.
    pub projects: Vec<Extent>,
    /// Extents of units whose figures changed.
    pub units: Vec<Extent>,
}

impl Touched {
    fn stale(&self, key: &TileKey) -> bool {
        let tile_id = key.tile_id.buffered();
        let shows = |layer: Layer| key.layers & (1 << layer as u8) != 0;
        let touches = |extents: &[Extent]| extents.iter().any(|extent| extent.touches(tile_id));
        ((shows(Layer::Parcels) || shows(Layer::Overview)) && touches(&self.parcels))
            || ((shows(Layer::Projects) || shows(Layer::ProjectPoints) || shows(Layer::Fronts))
                && touches(&self.projects))
            || (shows(Layer::Units) && touches(&self.units))
    }
}

#[derive(Clone)]
struct Weight;

impl<K> quick_cache::Weighter<K, Answer> for Weight {
    fn weight(&self, _: &K, answer: &Answer) -> u64 {
        answer.body.len() as u64 + 200
    }
}

/// Tiles and other answers, by least recent use, up to a number of bytes.
pub struct Cache {
    tiles: quick_cache::sync::Cache<TileKey, Answer, Weight>,
    answers: quick_cache::sync::Cache<String, Answer, Weight>,
    /// Number of the current view; inserts and retirements take turns.
    current: std::sync::Mutex<u64>,
}

impl Cache {
    /// A cache of about these bytes.
    pub fn new(tile_bytes: u64, answer_bytes: u64) -> Self {
        let tiles =
            quick_cache::sync::Cache::with_weighter((tile_bytes / 8_000) as usize, tile_bytes, Weight);
        let answers =
            quick_cache::sync::Cache::with_weighter((answer_bytes / 8_000) as usize, answer_bytes, Weight);
        Self { tiles, answers, current: std::sync::Mutex::new(0) }
    }

    /// A tile, if it is there.
    pub fn tile(&self, key: &TileKey) -> Option<Answer> {
        self.tiles.get(key)
    }

    /// Another answer, if it is there.
    pub fn answer(&self, key: &str) -> Option<Answer> {
        self.answers.get(key)
    }

    /// Keeps a tile made from view number `view`.
    pub fn keep_tile(&self, view: u64, key: TileKey, answer: &Answer) {
        let current = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if *current == view {
            self.tiles.insert(key, answer.clone());
        }
    }

    /// Keeps an answer made from view number `view`.
    pub fn keep_answer(&self, view: u64, key: String, answer: &Answer) {
        let current = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if *current == view {
            self.answers.insert(key, answer.clone());
        }
    }

    /// Makes `view` the current number while `swap` makes it the current view,
    /// and retires what it changed; everything when `touched` is none.
    pub fn turn(&self, view: u64, touched: Option<&Touched>, swap: impl FnOnce()) {
        let mut current = self.current.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        swap();
        *current = view;
        self.answers.clear();
        match touched {
            Some(touched) => self.tiles.retain(|key, _| !touched.stale(key)),
            None => self.tiles.clear(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atlas::WorldPoint;

    fn key(layer: Layer, point: WorldPoint, z: u8) -> TileKey {
        let tile_id = TileId::around(point, z).unwrap();
        TileKey { layers: 1 << layer as u8, tile_id, format: TileFormat::Mvt, encoding: Encoding::Identity }
    }

    #[test]
    fn an_event_retires_just_the_tiles_that_it_touches() {
        let cache = Cache::new(1 << 20, 1 << 20);
        let (here, far) = (WorldPoint::from_degrees(105.9, 20.5), WorldPoint::from_degrees(106.1, 20.6));
        let answer = Answer::new(&[1; 100], "x", Encoding::Identity);
        for point in [here, far] {
            cache.keep_tile(0, key(Layer::Parcels, point, 14), &answer);
            cache.keep_tile(0, key(Layer::Units, point, 14), &answer);
        }
        let touched = Touched { parcels: vec![Extent::EMPTY.with(here)], ..Touched::default() };
        cache.turn(1, Some(&touched), || {});
        assert!(cache.tile(&key(Layer::Parcels, here, 14)).is_none());
        assert!(cache.tile(&key(Layer::Parcels, far, 14)).is_some());
        assert!(cache.tile(&key(Layer::Units, here, 14)).is_some());
    }

    #[test]
    fn what_was_made_from_an_older_view_is_not_kept() {
        let cache = Cache::new(1 << 20, 1 << 20);
        let key = key(Layer::Parcels, WorldPoint::from_degrees(105.9, 20.5), 14);
        cache.turn(1, Some(&Touched::default()), || {});
        cache.keep_tile(0, key, &Answer::new(&[1; 100], "x", Encoding::Identity));
        assert!(cache.tile(&key).is_none());
    }
}
