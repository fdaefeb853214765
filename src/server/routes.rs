//! Which address is answered by what, and who may ask: each stands here once.
//!
//! The router and [`ROUTES`] are made of the same lines; the guard, the test of every route by every role and the test
//! of the description (`data/openapi.json`) go by [`ROUTES`].

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware,
    response::{IntoResponse, Response},
    routing::{MethodFilter, on},
};

use super::{
    api,
    app::App,
    assets,
    auth::{self, Route, Rule},
    basemap, files, headers, health, live, ogc,
    problem::Problem,
    tiles, witness,
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
/// handler and, where it is not the framework's 2 MB, how long a body may be.
macro_rules! routes {
    ($($method:ident $path:literal $rule:ident => $handler:path $(, up to $most:ident)?;)*) => {
        /// Every method and address with a handler of its own, and what it asks for. What is not here is refused, but
        /// for the files of the web app.
        pub const ROUTES: &[Route] = &[$((stringify!($method), $path, $rule)),*];

        fn answered() -> Router<Arc<App>> {
            Router::new()$(.route($path, on(MethodFilter::$method, $handler)$(.layer($most))?))*
        }
    };
}

routes! {
    GET "/healthz" OPEN => health::live;
    GET "/readyz" OPEN => health::ready;
    GET "/metrics" ADMINISTER => health::metrics;

    GET "/tiles" READ => tiles::list;
    GET "/tiles/{layers}" READ => tiles::tilejson;
    GET "/tiles/{layers}/{z}/{x}/{y}" READ => tiles::tile;
    GET "/basemap.pmtiles" READ => basemap::archive;

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

    GET "/api/v1/catalog" READ => api::catalog;
    GET "/api/v1/summary" BY_ROLE => api::summary;
    GET "/api/v1/series" READ => api::series;
    GET "/api/v1/progress" BY_ROLE => api::progress;
    GET "/api/v1/clocks" READ => api::clocks;
    GET "/api/v1/fronts" READ => api::fronts;
    GET "/api/v1/forecast" READ => api::forecast;
    GET "/api/v1/decisions" READ => api::decisions;
    GET "/api/v1/duties" READ => api::duties;
    GET "/api/v1/table" READ => api::parcel_table;
    GET "/api/v1/dwells" READ => api::dwell;
    GET "/api/v1/report" BY_ROLE => api::report;
    GET "/api/v1/openapi.json" READ => described;
    GET "/api/v1/projects/{code}" BY_ROLE => api::project;
    GET "/api/v1/parcels/{id}" BY_ROLE => api::parcel;
    GET "/api/v1/search" READ => api::search;
    POST "/api/v1/totals" BY_ROLE => api::totals;
    GET "/api/v1/live" READ => live::live;
    GET "/api/v1/procedures" READ => api::procedures;

    GET "/api/v1/campaigns" READ => api::campaigns;
    GET "/api/v1/board" READ => api::board;
    GET "/api/v1/board/evidence" READ => api::evidence;
    GET "/api/v1/board/report" READ => api::board_report;
    GET "/api/v1/campaigns/{code}/file" ADMINISTER => api::campaign_file;
    PUT "/api/v1/campaigns/{code}/file" ADMINISTER => api::put_campaign_file, up to CAMPAIGN;
    DELETE "/api/v1/campaigns/{code}/file" ADMINISTER => api::remove_campaign_file;

    GET "/api/v1/work" RECORD => api::work;
    POST "/api/v1/events" RECORD => api::events, up to TABLE;
    POST "/api/v1/events/table" RECORD => api::table, up to TABLE;
    POST "/api/v1/attachments" RECORD => api::attach, up to FILE;
    GET "/api/v1/attachments/{id}" RECORD => api::attachment;
    GET "/api/v1/parcels/{id}/record" RECORD => api::record;
    GET "/api/v1/parcels/{id}/holder" HOLDERS => auth::holder;
    GET "/api/v1/holders" HOLDERS => api::holders;

    POST "/api/v1/demo" ADMINISTER => api::fill_demo;
    GET "/api/v1/imports" MANAGE => api::imports;
    POST "/api/v1/imports" MANAGE => api::begin_import;
    POST "/api/v1/imports/undo" MANAGE => api::undo_import;
    GET "/api/v1/imports/{id}" MANAGE => api::import_outline;
    GET "/api/v1/imports/{id}/work" MANAGE => api::import_work;
    DELETE "/api/v1/imports/{id}" MANAGE => api::end_import;
    PUT "/api/v1/imports/{id}/files/{name}" MANAGE => api::upload_import, up to ANYTHING;
    POST "/api/v1/imports/{id}/preview" MANAGE => api::preview_import;
    POST "/api/v1/imports/{id}/commit" MANAGE => api::commit_import;

    GET "/api/v1/briefings" MEMBER => api::briefings;
    POST "/api/v1/briefings" MEMBER => api::save_briefing;
    GET "/api/v1/briefings/{code}" MEMBER => api::briefing;
    DELETE "/api/v1/briefings/{code}" MEMBER => api::remove_briefing;
    POST "/api/v1/briefings/{code}/restore" MEMBER => api::restore_briefing;

    GET "/api/v1/heads" READ => witness::heads;
    GET "/api/v1/heads/{position}" READ => api::head_at;
    GET "/api/v1/ledger" ADMINISTER => api::ledger;
    GET "/api/v1/condition" ADMINISTER => api::condition;

    GET "/api/v1/session" OPEN => auth::session;
    POST "/api/v1/session" OPEN => auth::sign_in, up to SIGN_IN;
    DELETE "/api/v1/session" OPEN => auth::sign_out;
    POST "/api/v1/session/password" MEMBER => auth::change_password;
    POST "/api/v1/session/second-factor" MEMBER => auth::begin_factor;
    POST "/api/v1/session/second-factor/confirm" MEMBER => auth::confirm_factor;
    POST "/api/v1/session/second-factor/remove" MEMBER => auth::remove_factor;
    GET "/api/v1/oidc/start" OPEN => auth::start;
    GET "/api/v1/oidc/callback" OPEN => auth::callback;
    GET "/api/v1/accounts" ADMINISTER => auth::accounts;
    POST "/api/v1/accounts" ADMINISTER => auth::add_account;
    POST "/api/v1/accounts/{name}" ADMINISTER => auth::change_account;
    POST "/api/v1/tokens" ADMINISTER => auth::add_token;
    DELETE "/api/v1/tokens/{id}" ADMINISTER => auth::revoke_token;
    GET "/api/v1/accesses" ADMINISTER => auth::accesses;
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
    api::openapi(ROUTES)
}

/// Under the interfaces an unknown address is a problem; elsewhere it is a state of the web app.
async fn elsewhere(request: Request) -> Response {
    let path = request.uri().path();
    if ["/api/", "/ogc/", "/tiles/"].iter().any(|prefix| path.starts_with(prefix)) {
        return Problem::not_found(format!("nothing has the address {path}")).into_response();
    }
    assets::serve(request.uri(), request.headers())
}
