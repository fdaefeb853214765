//! What every answer carries: headers that tell browsers to load nothing from elsewhere, refusals in one form, and a
//! count of what was asked.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{app::App, basemap::Basemap, edge, problem::Problem};

/// Bytes of the framework's words for a refusal.
const LONGEST_REFUSAL: usize = 4096;

/// Pages of the OGC API have a style of their own and nothing else; answers that are no pages do nothing where one is
/// made of them.
const PLAIN: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
);

/// Whether an answer is the framework's own: a body that is no JSON, one that is too long, an address that is no text.
fn is_plain(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

/// A refusal of the framework in the form of every other.
async fn in_our_words(response: Response) -> Response {
    let status = response.status();
    let text = axum::body::to_bytes(response.into_body(), LONGEST_REFUSAL).await.unwrap_or_default();
    Problem::framework(status, String::from_utf8_lossy(&text)).into_response()
}

/// Counts requests, and tells browsers to load nothing from elsewhere.
pub async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let area = area(request.uri().path());
    let is_encrypted = edge::is_encrypted(request.headers());
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let began = Instant::now();
    let mut response = next.run(request).await;
    metrics::histogram!("matbang_request_seconds", "area" => area).record(began.elapsed().as_secs_f64());
    let status = response.status();
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response = Problem::method().into_response();
    } else if status.is_client_error() && is_plain(&response) {
        response = in_our_words(response).await;
    }
    metrics::counter!("matbang_requests_total", "area" => area, "status" => status_class(status))
        .increment(1);
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if is_encrypted {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    // What anybody may read, pages of others may show; cookies never go along with a star.
    if app.auth.is_public() && is_read && matches!(area, "tiles" | "ogc" | "api") {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    }
    // Nothing here is shown inside a page of others.
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    if area != "web" {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(PLAIN);
    }
    if area == "web" {
        // The one other server that may be asked is that of the base map, if the operator named one.
        let tiles = app.basemap.as_ref().and_then(Basemap::origin).unwrap_or_default();
        let policy = format!(
            "default-src 'self'; connect-src 'self' {tiles}; img-src 'self' data: blob: {tiles}; \
             style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; object-src 'none'; \
             base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
        );
        if let Ok(policy) = HeaderValue::try_from(policy) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        let own = [
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            (
                "permissions-policy",
                "geolocation=(self), camera=(self), microphone=(), payment=(), usb=(), serial=(), bluetooth=(), \
             display-capture=()",
            ),
        ];
        for (name, value) in own {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    response
}

fn area(path: &str) -> &'static str {
    let areas = [
        ("/tiles", "tiles"),
        ("/ogc", "ogc"),
        ("/api", "api"),
        ("/healthz", "health"),
        ("/readyz", "health"),
        ("/metrics", "health"),
    ];
    areas.into_iter().find(|(prefix, _)| path.starts_with(prefix)).map_or("web", |(_, area)| area)
}

fn status_class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}
