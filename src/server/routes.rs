//! Which address is answered by what.

use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{delete, get, post, put},
};

use super::{
    api,
    app::App,
    assets, auth,
    basemap::{self, Basemap},
    edge, files, health, live, ogc,
    problem::Problem,
    tiles, witness,
};

/// Bytes of the framework's words for a refusal.
const LONGEST_REFUSAL: usize = 4096;

/// A name and a password, bytes.
const LARGEST_SIGN_IN: usize = 1 << 14;

/// Pages of the OGC API have a style of their own and nothing else; answers that are no pages do nothing where one is
/// made of them.
const PLAIN: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
);

/// All routes around the state.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/tiles", get(tiles::list))
        .route("/tiles/{layers}", get(tiles::tilejson))
        .route("/tiles/{layers}/{z}/{x}/{y}", get(tiles::tile))
        .route("/ogc", get(ogc::landing))
        .route("/ogc/", get(ogc::landing))
        .route("/ogc/conformance", get(ogc::conformance))
        .route("/ogc/collections", get(ogc::collections))
        .route("/ogc/collections/{id}", get(ogc::collection))
        .route("/ogc/collections/{id}/items", get(ogc::items))
        .route("/ogc/collections/{id}/items/{item}", get(ogc::item))
        .route("/ogc/collections/{id}/queryables", get(ogc::queryables))
        .route("/ogc/collections/{id}/schema", get(ogc::schema))
        .route("/ogc/api", get(ogc::api))
        .route("/ogc/collections/{id}/tiles", get(ogc::collection_tilesets))
        .route("/ogc/collections/{id}/tiles/{set}", get(ogc::collection_tileset))
        .route("/ogc/collections/{id}/tiles/{set}/{z}/{row}/{col}", get(ogc::collection_tile))
        .route("/ogc/tiles", get(ogc::dataset_tilesets))
        .route("/ogc/tiles/{set}", get(ogc::dataset_tileset))
        .route("/ogc/tiles/{set}/{z}/{row}/{col}", get(ogc::dataset_tile))
        .route("/ogc/tileMatrixSets", get(ogc::matrix_sets))
        .route("/ogc/tileMatrixSets/{set}", get(ogc::matrix_set))
        .route("/api/v1/catalog", get(api::catalog))
        .route("/api/v1/summary", get(api::summary))
        .route("/api/v1/series", get(api::series))
        .route("/api/v1/progress", get(api::progress))
        .route("/api/v1/clocks", get(api::clocks))
        .route("/api/v1/fronts", get(api::fronts))
        .route("/api/v1/forecast", get(api::forecast))
        .route("/api/v1/duties", get(api::duties))
        .route("/api/v1/decisions", get(api::decisions))
        .route("/api/v1/table", get(api::parcel_table))
        .route("/api/v1/dwells", get(api::dwell))
        .route("/api/v1/demo", post(api::fill_demo))
        .route("/api/v1/campaigns", get(api::campaigns))
        .route(
            "/api/v1/campaigns/{code}/file",
            get(api::campaign_file)
                .put(api::put_campaign_file)
                .delete(api::remove_campaign_file)
                .layer(DefaultBodyLimit::max(api::LARGEST_CAMPAIGN)),
        )
        .route("/api/v1/board", get(api::board))
        .route("/api/v1/board/evidence", get(api::evidence))
        .route("/api/v1/board/report", get(api::board_report))
        .route("/api/v1/report", get(api::report))
        .route("/api/v1/openapi.json", get(api::openapi))
        .route("/api/v1/projects/{code}", get(api::project))
        .route("/api/v1/parcels/{id}", get(api::parcel))
        .route("/api/v1/search", get(api::search))
        .route("/api/v1/totals", post(api::totals))
        .route("/api/v1/events", post(api::events).layer(DefaultBodyLimit::max(16 << 20)))
        .route("/api/v1/events/table", post(api::table).layer(DefaultBodyLimit::max(16 << 20)))
        .route("/api/v1/attachments", post(api::attach).layer(DefaultBodyLimit::max(files::LARGEST)))
        .route("/api/v1/attachments/{id}", get(api::attachment))
        .route("/api/v1/work", get(api::work))
        .route("/api/v1/live", get(live::live))
        .route("/api/v1/parcels/{id}/record", get(api::record))
        .route("/api/v1/parcels/{id}/holder", get(auth::holder))
        .route("/basemap.pmtiles", get(basemap::archive))
        .route("/api/v1/holders", get(api::holders))
        .route("/api/v1/imports", get(api::imports).post(api::begin_import))
        .route("/api/v1/imports/undo", post(api::undo_import))
        .route("/api/v1/imports/{id}", get(api::import_outline).delete(api::end_import))
        .route("/api/v1/imports/{id}/work", get(api::import_work))
        .route(
            "/api/v1/imports/{id}/files/{name}",
            put(api::upload_import).layer(DefaultBodyLimit::disable()),
        )
        .route("/api/v1/imports/{id}/preview", post(api::preview_import))
        .route("/api/v1/imports/{id}/commit", post(api::commit_import))
        .route("/api/v1/briefings", get(api::briefings).post(api::save_briefing))
        .route("/api/v1/briefings/{code}", get(api::briefing).delete(api::remove_briefing))
        .route("/api/v1/briefings/{code}/restore", post(api::restore_briefing))
        .route("/api/v1/ledger", get(api::ledger))
        .route("/api/v1/heads", get(witness::heads))
        .route("/api/v1/heads/{position}", get(api::head_at))
        .route("/api/v1/procedures", get(api::procedures))
        .route("/api/v1/condition", get(api::condition))
        .merge(people())
        .fallback(elsewhere)
        .layer(middleware::from_fn_with_state(Arc::clone(&app), auth::guard))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard))
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            Problem::internal(&"a request panicked").into_response()
        }))
        .with_state(app)
}

/// Who comes in, and what they may do.
fn people() -> Router<Arc<App>> {
    Router::new()
        .route(
            "/api/v1/session",
            get(auth::session)
                .post(auth::sign_in)
                .delete(auth::sign_out)
                .layer(DefaultBodyLimit::max(LARGEST_SIGN_IN)),
        )
        .route("/api/v1/session/password", post(auth::change_password))
        .route("/api/v1/session/second-factor", post(auth::begin_factor))
        .route("/api/v1/session/second-factor/confirm", post(auth::confirm_factor))
        .route("/api/v1/session/second-factor/remove", post(auth::remove_factor))
        .route("/api/v1/oidc/start", get(auth::start))
        .route("/api/v1/oidc/callback", get(auth::callback))
        .route("/api/v1/accounts", get(auth::accounts).post(auth::add_account))
        .route("/api/v1/accounts/{name}", post(auth::change_account))
        .route("/api/v1/tokens", post(auth::add_token))
        .route("/api/v1/tokens/{id}", delete(auth::revoke_token))
        .route("/api/v1/accesses", get(auth::accesses))
}

/// Under the interfaces an unknown address is a problem; elsewhere it is a state of the web app.
async fn elsewhere(request: Request) -> Response {
    let path = request.uri().path();
    if ["/api/", "/ogc/", "/tiles/"].iter().any(|prefix| path.starts_with(prefix)) {
        return Problem::not_found(format!("nothing has the address {path}")).into_response();
    }
    assets::serve(request.uri(), request.headers())
}

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
async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
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
