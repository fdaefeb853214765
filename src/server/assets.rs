//! The web app: files inside the binary, compressed when they were built.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::{Embed, EmbeddedFile};

use super::{encoding::Encoding, problem::Problem};

#[derive(Embed)]
#[folder = "web/dist"]
struct Files;

/// The file at this path; paths without an extension are states of the app.
pub fn serve(uri: &Uri, headers: &HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let state = path.is_empty() || !path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    let path = if state { "index.html" } else { path };
    let encoding = Encoding::negotiate(headers);
    let (file, encoding) = match encoding {
        Encoding::Brotli | Encoding::Zstd => either(path, "br", Encoding::Brotli),
        Encoding::Gzip => either(path, "gz", Encoding::Gzip),
        Encoding::Identity => (Files::get(path), Encoding::Identity),
    };
    // zstd is accepted without brotli by no browser, but by the rules it could be.
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let (file, encoding) = match encoding {
        Encoding::Brotli if !accepted.contains("br") => (Files::get(path), Encoding::Identity),
        _ => (file, encoding),
    };
    match file {
        Some(file) => respond(path, file, encoding, headers),
        None if state => {
            Problem::not_found("this binary was built without the web app; build it with `make build`")
                .into_response()
        }
        None => Problem::not_found(format!("there is no file /{path}")).into_response(),
    }
}

fn either(path: &str, suffix: &str, encoding: Encoding) -> (Option<EmbeddedFile>, Encoding) {
    match Files::get(&format!("{path}.{suffix}")) {
        Some(file) => (Some(file), encoding),
        None => (Files::get(path), Encoding::Identity),
    }
}

fn respond(path: &str, file: EmbeddedFile, encoding: Encoding, request: &HeaderMap) -> Response {
    let hash = file.metadata.sha256_hash();
    let etag = format!("\"{}\"", crate::domain::hex(&hash[..12]));
    // Names under /assets carry a hash of their content: they never change.
    let fresh = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(fresh));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if request.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    if let Ok(etag) = HeaderValue::try_from(etag) {
        headers.insert(header::ETAG, etag);
    }
    if let Some(name) = encoding.name() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    *response.body_mut() = match file.data {
        std::borrow::Cow::Borrowed(bytes) => Body::from(bytes::Bytes::from_static(bytes)),
        std::borrow::Cow::Owned(bytes) => Body::from(bytes),
    };
    response
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" | "webmanifest" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        _ => "application/octet-stream",
    }
}
