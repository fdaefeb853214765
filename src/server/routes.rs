//! Which address is answered by what, and who may ask: each stands here once.
//!
//! The router and [`ROUTES`] are made of the same lines; the guard, the test of every route by every role and the test
//! of the description go by [`ROUTES`].

use std::sync::{Arc, OnceLock};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::header,
    middleware,
    response::{IntoResponse, Response},
    routing::{MethodFilter, on},
};
use bytes::Bytes;

use super::{
    api,
    app::App,
    assets,
    auth::{self, Route, Rule},
    description::{
        self, Described, administration, briefings, emulation, figures, imports, reading, recording, session,
    },
    files, headers, heads, ogc, probes,
    problem::Problem,
    tiles,
};
use crate::domain::Action;

const OPEN: Rule = Rule::Open;
const READ: Rule = Rule::Read;
const BY_ROLE: Rule = Rule::ReadByRole;
/// Who has a role, also where the map is open to all.
const MEMBER: Rule = Rule::May(Action::Read);
const RECORD: Rule = Rule::May(Action::WriteEvents);
const HOLDERS: Rule = Rule::May(Action::SeeHolders);
const MANAGE: Rule = Rule::May(Action::Manage);
const ADMINISTER: Rule = Rule::May(Action::Administer);

/// A name and a password.
const SIGN_IN: DefaultBodyLimit = DefaultBodyLimit::max(1 << 14);
const TABLE: DefaultBodyLimit = DefaultBodyLimit::max(16 << 20);
const CAMPAIGN: DefaultBodyLimit = DefaultBodyLimit::max(api::LARGEST_CAMPAIGN);
const FILE: DefaultBodyLimit = DefaultBodyLimit::max(files::LARGEST);
/// What is uploaded is bounded where it is written.
const ANYTHING: DefaultBodyLimit = DefaultBodyLimit::disable();

/// Makes the list of all routes and the router that answers them. A line has the method, the address, who may ask, the
/// handler, for the app's own interface what is said of it, and, where it is not the framework's 2 MB, how long a body
/// may be.
macro_rules! routes {
    ($($method:ident $path:literal $rule:ident => $handler:path $(, is $described:path)? $(, up to $most:ident)?;)*) => {
        /// Every method and address with a handler of its own, and what it asks for. What is not here is refused, but
        /// for the files of the web app.
        pub const ROUTES: &[Route] = &[$((stringify!($method), $path, $rule)),*];

        /// Those of the app's own interface, with what is said of each.
        const DESCRIBED: &[Described] =
            &[$($((stringify!($method), $path, $rule, $described),)?)*];

        fn answered() -> Router<Arc<App>> {
            Router::new()$(.route($path, on(MethodFilter::$method, $handler)$(.layer($most))?))*
        }
    };
}

routes! {
    GET "/healthz" OPEN => probes::live;
    GET "/readyz" OPEN => probes::ready;
    GET "/metrics" ADMINISTER => probes::metrics;

    GET "/tiles" READ => tiles::list;
    GET "/tiles/{layers}" READ => tiles::tilejson;
    GET "/tiles/{layers}/{z}/{x}/{y}" READ => tiles::tile;
    GET "/basemap.pmtiles" READ => tiles::basemap;

    GET "/ogc" READ => ogc::landing;
    GET "/ogc/" READ => ogc::landing;
    GET "/ogc/conformance" READ => ogc::conformance;
    GET "/ogc/collections" READ => ogc::collections;
    GET "/ogc/collections/{id}" READ => ogc::collection;
    GET "/ogc/collections/{id}/items" BY_ROLE => ogc::items;
    GET "/ogc/collections/{id}/items/{item}" BY_ROLE => ogc::item;
    GET "/ogc/collections/{id}/queryables" BY_ROLE => ogc::queryables;
    GET "/ogc/collections/{id}/schema" BY_ROLE => ogc::schema;
    GET "/ogc/api" READ => ogc::api;
    GET "/ogc/collections/{id}/tiles" READ => ogc::collection_tilesets;
    GET "/ogc/collections/{id}/tiles/{set}" READ => ogc::collection_tileset;
    GET "/ogc/collections/{id}/tiles/{set}/{z}/{row}/{col}" READ => ogc::collection_tile;
    GET "/ogc/tiles" READ => ogc::dataset_tilesets;
    GET "/ogc/tiles/{set}" READ => ogc::dataset_tileset;
    GET "/ogc/tiles/{set}/{z}/{row}/{col}" READ => ogc::dataset_tile;
    GET "/ogc/tileMatrixSets" READ => ogc::matrix_sets;
    GET "/ogc/tileMatrixSets/{set}" READ => ogc::matrix_set;

    GET "/api/v1/catalog" READ => api::catalog, is reading::catalog;
    GET "/api/v1/summary" BY_ROLE => api::summary, is figures::summary;
    GET "/api/v1/series" READ => api::series, is figures::series;
    GET "/api/v1/progress" BY_ROLE => api::progress, is figures::progress;
    GET "/api/v1/clocks" READ => api::clocks, is figures::clocks;
    GET "/api/v1/fronts" READ => api::fronts, is figures::fronts;
    GET "/api/v1/forecast" READ => api::forecast, is figures::forecast;
    GET "/api/v1/decisions" READ => api::decisions, is figures::decisions;
    GET "/api/v1/duties" READ => api::duties, is figures::duties;
    GET "/api/v1/table" READ => api::parcel_table, is figures::parcel_table;
    GET "/api/v1/dwells" READ => api::dwell, is figures::dwell;
    GET "/api/v1/report" BY_ROLE => api::report, is reading::report;
    GET "/api/v1/openapi.json" READ => described, is reading::described;
    GET "/api/v1/projects/{code}" BY_ROLE => api::project, is reading::project;
    GET "/api/v1/parcels/{id}" BY_ROLE => api::parcel, is reading::parcel;
    GET "/api/v1/search" READ => api::search, is reading::search;
    POST "/api/v1/totals" BY_ROLE => api::totals, is figures::totals;
    GET "/api/v1/live" READ => api::live::live, is reading::live;
    GET "/api/v1/procedures" READ => api::procedures, is administration::procedures;

    GET "/api/v1/campaigns" READ => api::campaigns, is emulation::campaigns;
    GET "/api/v1/board" READ => api::board, is emulation::board;
    GET "/api/v1/board/evidence" READ => api::evidence, is emulation::evidence;
    GET "/api/v1/board/report" READ => api::board_report, is emulation::board_report;
    GET "/api/v1/campaigns/{code}/file" ADMINISTER => api::campaign_file, is emulation::campaign_file;
    PUT "/api/v1/campaigns/{code}/file" ADMINISTER => api::put_campaign_file, is emulation::put_campaign_file, up to CAMPAIGN;
    DELETE "/api/v1/campaigns/{code}/file" ADMINISTER => api::remove_campaign_file, is emulation::remove_campaign_file;

    GET "/api/v1/work" RECORD => api::work, is recording::work;
    POST "/api/v1/events" RECORD => api::events, is recording::events, up to TABLE;
    POST "/api/v1/events/table" RECORD => api::table, is recording::table, up to TABLE;
    POST "/api/v1/attachments" RECORD => api::attach, is recording::attach, up to FILE;
    GET "/api/v1/attachments/{id}" RECORD => api::attachment, is recording::attachment;
    GET "/api/v1/parcels/{id}/record" RECORD => api::record, is recording::record;
    GET "/api/v1/parcels/{id}/holder" HOLDERS => auth::holder, is recording::holder;
    GET "/api/v1/holders" HOLDERS => api::holders, is administration::holders;

    POST "/api/v1/demo" ADMINISTER => api::fill_demo, is administration::fill_demo;
    GET "/api/v1/imports" MANAGE => api::imports, is imports::imports;
    POST "/api/v1/imports" MANAGE => api::begin_import, is imports::begin_import;
    POST "/api/v1/imports/undo" MANAGE => api::undo_import, is imports::undo_import;
    GET "/api/v1/imports/{id}" MANAGE => api::import_outline, is imports::import_outline;
    GET "/api/v1/imports/{id}/work" MANAGE => api::import_work, is imports::import_work;
    DELETE "/api/v1/imports/{id}" MANAGE => api::end_import, is imports::end_import;
    PUT "/api/v1/imports/{id}/files/{name}" MANAGE => api::upload_import, is imports::upload_import, up to ANYTHING;
    POST "/api/v1/imports/{id}/preview" MANAGE => api::preview_import, is imports::preview_import;
    POST "/api/v1/imports/{id}/commit" MANAGE => api::commit_import, is imports::commit_import;

    GET "/api/v1/briefings" MEMBER => api::briefings, is briefings::briefings;
    POST "/api/v1/briefings" MEMBER => api::save_briefing, is briefings::save_briefing;
    GET "/api/v1/briefings/{code}" MEMBER => api::briefing, is briefings::briefing;
    DELETE "/api/v1/briefings/{code}" MEMBER => api::remove_briefing, is briefings::remove_briefing;
    POST "/api/v1/briefings/{code}/restore" MEMBER => api::restore_briefing, is briefings::restore_briefing;

    GET "/api/v1/heads" READ => heads::heads, is administration::heads;
    GET "/api/v1/heads/{position}" READ => api::head_at, is administration::head_at;
    GET "/api/v1/ledger" ADMINISTER => api::ledger, is administration::ledger;
    GET "/api/v1/condition" ADMINISTER => api::condition, is administration::condition;

    GET "/api/v1/session" OPEN => auth::session, is session::session;
    POST "/api/v1/session" OPEN => auth::sign_in, is session::sign_in, up to SIGN_IN;
    DELETE "/api/v1/session" OPEN => auth::sign_out, is session::sign_out;
    POST "/api/v1/session/password" MEMBER => auth::change_password, is session::change_password;
    POST "/api/v1/session/second-factor" MEMBER => auth::begin_factor, is session::begin_factor;
    POST "/api/v1/session/second-factor/confirm" MEMBER => auth::confirm_factor, is session::confirm_factor;
    POST "/api/v1/session/second-factor/remove" MEMBER => auth::remove_factor, is session::remove_factor;
    POST "/api/v1/session/keys" MEMBER => auth::begin_key, is session::begin_key, up to SIGN_IN;
    POST "/api/v1/session/keys/confirm" MEMBER => auth::add_key, is session::add_key, up to SIGN_IN;
    POST "/api/v1/session/keys/{id}/remove" MEMBER => auth::remove_key, is session::remove_key, up to SIGN_IN;
    GET "/api/v1/oidc/start" OPEN => auth::start, is session::start;
    GET "/api/v1/oidc/callback" OPEN => auth::callback, is session::callback;
    GET "/api/v1/accounts" ADMINISTER => auth::accounts, is administration::accounts;
    POST "/api/v1/accounts" ADMINISTER => auth::add_account, is administration::add_account;
    POST "/api/v1/accounts/{name}" ADMINISTER => auth::change_account, is administration::change_account;
    POST "/api/v1/tokens" ADMINISTER => auth::add_token, is administration::add_token;
    DELETE "/api/v1/tokens/{id}" ADMINISTER => auth::revoke_token, is administration::revoke_token;
    GET "/api/v1/accesses" ADMINISTER => auth::accesses, is administration::accesses;
}

/// All routes around the state.
pub fn router(app: Arc<App>) -> Router {
    let gate = (Arc::clone(&app), ROUTES);
    answered()
        .fallback(elsewhere)
        .layer(middleware::from_fn_with_state(gate, auth::guard))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), headers::guard))
        .layer(tower_http::catch_panic::CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            Problem::internal(&"a request panicked").into_response()
        }))
        .with_state(app)
}

/// The description of the interface, with who may ask for what.
async fn described() -> Response {
    static TEXT: OnceLock<Result<Bytes, String>> = OnceLock::new();
    match TEXT.get_or_init(|| description().map(|document| document.to_string().into())) {
        Ok(text) => {
            let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")];
            (headers, text.clone()).into_response()
        }
        Err(error) => Problem::internal(error).into_response(),
    }
}

/// The description of the app's own interface, with who may ask for what.
///
/// # Errors
/// Two types of different shapes share a name: that name.
pub fn description() -> Result<serde_json::Value, String> {
    description::document(DESCRIBED)
}

/// The same as `data/openapi.json` keeps it.
///
/// # Errors
/// As [`description`].
pub fn description_file() -> Result<String, String> {
    description().map(|document| description::laid_out(&document) + "\n")
}

/// Under the interfaces an unknown address is a problem; elsewhere it is a state of the web app.
async fn elsewhere(request: Request) -> Response {
    let path = request.uri().path();
    if ["/api/", "/ogc/", "/tiles/"].iter().any(|prefix| path.starts_with(prefix)) {
        return Problem::not_found(format!("nothing has the address {path}")).into_response();
    }
    assets::serve(request.uri(), request.headers())
}
