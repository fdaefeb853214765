//! What each route asks for, in one list, and the guard that sees to it.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, Version, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    Mode,
    identity::{By, Identity},
    log,
};
use crate::{
    domain::Action,
    server::{
        app::App,
        edge::{address, is_forwarded},
        problem::Problem,
    },
    store::TokenScope,
};

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// What a route asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Nothing.
    Open,
    /// Looking; open to all where the map is public.
    Read,
    /// As [`Rule::Read`], and who sees holders is told more: money to the đồng, numbers of documents, notes.
    ReadByRole,
    /// An action, at least somewhere; the handler looks where.
    May(Action),
}

/// The rule of each route and method. A route that is not here is refused.
pub const RULES: &[(&str, &str, Rule)] = &[
    ("GET", "/healthz", Rule::Open),
    ("GET", "/readyz", Rule::Open),
    ("GET", "/metrics", Rule::May(Action::Administer)),
    ("GET", "/tiles", Rule::Read),
    ("GET", "/tiles/{layers}", Rule::Read),
    ("GET", "/tiles/{layers}/{z}/{x}/{y}", Rule::Read),
    ("GET", "/ogc", Rule::Read),
    ("GET", "/ogc/", Rule::Read),
    ("GET", "/ogc/conformance", Rule::Read),
    ("GET", "/ogc/collections", Rule::Read),
    ("GET", "/ogc/collections/{id}", Rule::Read),
    ("GET", "/ogc/collections/{id}/items", Rule::ReadByRole),
    ("GET", "/ogc/collections/{id}/items/{item}", Rule::ReadByRole),
    ("GET", "/ogc/collections/{id}/queryables", Rule::ReadByRole),
    ("GET", "/ogc/collections/{id}/schema", Rule::ReadByRole),
    ("GET", "/ogc/api", Rule::Read),
    ("GET", "/ogc/collections/{id}/tiles", Rule::Read),
    ("GET", "/ogc/collections/{id}/tiles/{set}", Rule::Read),
    ("GET", "/ogc/collections/{id}/tiles/{set}/{z}/{row}/{col}", Rule::Read),
    ("GET", "/ogc/tiles", Rule::Read),
    ("GET", "/ogc/tiles/{set}", Rule::Read),
    ("GET", "/ogc/tiles/{set}/{z}/{row}/{col}", Rule::Read),
    ("GET", "/ogc/tileMatrixSets", Rule::Read),
    ("GET", "/ogc/tileMatrixSets/{set}", Rule::Read),
    ("GET", "/api/v1/catalog", Rule::Read),
    ("GET", "/api/v1/summary", Rule::ReadByRole),
    ("GET", "/api/v1/series", Rule::Read),
    ("GET", "/api/v1/progress", Rule::ReadByRole),
    ("GET", "/api/v1/clocks", Rule::Read),
    ("GET", "/api/v1/fronts", Rule::Read),
    ("GET", "/api/v1/forecast", Rule::Read),
    ("GET", "/api/v1/decisions", Rule::Read),
    ("GET", "/api/v1/duties", Rule::Read),
    ("GET", "/api/v1/table", Rule::Read),
    ("GET", "/api/v1/dwells", Rule::Read),
    ("GET", "/api/v1/campaigns", Rule::Read),
    ("GET", "/api/v1/board", Rule::Read),
    ("GET", "/api/v1/board/evidence", Rule::Read),
    ("GET", "/api/v1/board/report", Rule::Read),
    ("GET", "/api/v1/campaigns/{code}/file", Rule::May(Action::Administer)),
    ("PUT", "/api/v1/campaigns/{code}/file", Rule::May(Action::Administer)),
    ("DELETE", "/api/v1/campaigns/{code}/file", Rule::May(Action::Administer)),
    ("POST", "/api/v1/demo", Rule::May(Action::Administer)),
    ("GET", "/api/v1/report", Rule::ReadByRole),
    ("GET", "/api/v1/openapi.json", Rule::Read),
    ("GET", "/api/v1/projects/{code}", Rule::ReadByRole),
    ("GET", "/api/v1/parcels/{id}", Rule::ReadByRole),
    ("GET", "/api/v1/search", Rule::Read),
    ("POST", "/api/v1/totals", Rule::ReadByRole),
    ("GET", "/api/v1/live", Rule::Read),
    ("GET", "/api/v1/work", Rule::May(Action::WriteEvents)),
    ("POST", "/api/v1/events", Rule::May(Action::WriteEvents)),
    ("POST", "/api/v1/events/table", Rule::May(Action::WriteEvents)),
    ("POST", "/api/v1/attachments", Rule::May(Action::WriteEvents)),
    ("GET", "/api/v1/attachments/{id}", Rule::May(Action::WriteEvents)),
    ("GET", "/api/v1/parcels/{id}/record", Rule::May(Action::WriteEvents)),
    ("GET", "/api/v1/parcels/{id}/holder", Rule::May(Action::SeeHolders)),
    ("GET", "/basemap.pmtiles", Rule::Read),
    ("GET", "/api/v1/holders", Rule::May(Action::SeeHolders)),
    ("GET", "/api/v1/imports", Rule::May(Action::Manage)),
    ("POST", "/api/v1/imports", Rule::May(Action::Manage)),
    ("POST", "/api/v1/imports/undo", Rule::May(Action::Manage)),
    ("GET", "/api/v1/imports/{id}", Rule::May(Action::Manage)),
    ("GET", "/api/v1/imports/{id}/work", Rule::May(Action::Manage)),
    ("DELETE", "/api/v1/imports/{id}", Rule::May(Action::Manage)),
    ("PUT", "/api/v1/imports/{id}/files/{name}", Rule::May(Action::Manage)),
    ("POST", "/api/v1/imports/{id}/preview", Rule::May(Action::Manage)),
    ("POST", "/api/v1/imports/{id}/commit", Rule::May(Action::Manage)),
    ("GET", "/api/v1/briefings", Rule::May(Action::Read)),
    ("POST", "/api/v1/briefings", Rule::May(Action::Read)),
    ("GET", "/api/v1/briefings/{code}", Rule::May(Action::Read)),
    ("DELETE", "/api/v1/briefings/{code}", Rule::May(Action::Read)),
    ("POST", "/api/v1/briefings/{code}/restore", Rule::May(Action::Read)),
    ("GET", "/api/v1/heads", Rule::Read),
    ("GET", "/api/v1/heads/{position}", Rule::Read),
    ("GET", "/api/v1/ledger", Rule::May(Action::Administer)),
    ("GET", "/api/v1/procedures", Rule::Read),
    ("GET", "/api/v1/condition", Rule::May(Action::Administer)),
    ("GET", "/api/v1/session", Rule::Open),
    ("POST", "/api/v1/session", Rule::Open),
    ("DELETE", "/api/v1/session", Rule::Open),
    ("POST", "/api/v1/session/password", Rule::May(Action::Read)),
    ("POST", "/api/v1/session/second-factor", Rule::May(Action::Read)),
    ("POST", "/api/v1/session/second-factor/confirm", Rule::May(Action::Read)),
    ("POST", "/api/v1/session/second-factor/remove", Rule::May(Action::Read)),
    ("GET", "/api/v1/oidc/start", Rule::Open),
    ("GET", "/api/v1/oidc/callback", Rule::Open),
    ("GET", "/api/v1/accounts", Rule::May(Action::Administer)),
    ("POST", "/api/v1/accounts", Rule::May(Action::Administer)),
    ("POST", "/api/v1/accounts/{name}", Rule::May(Action::Administer)),
    ("POST", "/api/v1/tokens", Rule::May(Action::Administer)),
    ("DELETE", "/api/v1/tokens/{id}", Rule::May(Action::Administer)),
    ("GET", "/api/v1/accesses", Rule::May(Action::Administer)),
    ("GET", "", Rule::Open),
    ("HEAD", "", Rule::Open),
];

/// The rule of a request; the web app's files have no route of their own.
fn rule(method: &Method, path: Option<&str>) -> Option<Rule> {
    // HEAD asks what GET asks.
    let method = if *method == Method::HEAD { "GET" } else { method.as_str() };
    let path = path.unwrap_or("");
    RULES.iter().find(|(m, p, _)| *m == method && *p == path).map(|(.., rule)| *rule)
}

/// Finds out who asks, and lets pass or refuses.
pub async fn guard(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    match admit(&app, &request, path.as_deref()) {
        Ok(identity) => {
            let is_personal = is_personal(&identity, rule(request.method(), path.as_deref()));
            request.extensions_mut().insert(identity);
            let mut response = next.run(request).await;
            // What is answered by a role must not lie in a cache that others open, on this device or between.
            if is_personal {
                response.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
            }
            response
        }
        Err(problem) => problem.into_response(),
    }
}

/// Whether an answer is told by the role of who asks. Where there are no accounts there is one person alone.
fn is_personal(identity: &Identity, rule: Option<Rule>) -> bool {
    match (rule, &identity.by) {
        (Some(Rule::May(_)), by) => *by != By::Nobody,
        (Some(Rule::ReadByRole), By::Session(..) | By::Token(_)) => identity.may(Action::SeeHolders),
        _ => false,
    }
}

fn admit(app: &App, request: &Request, path: Option<&str>) -> Result<Identity, Problem> {
    let headers = request.headers();
    let unsafe_method = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if app.auth.mode() == Mode::Local {
        loopback_host(headers)?;
        not_forwarded(request)?;
    }
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let identity = Identity::of(&app.auth, headers, jiff::Timestamp::now().as_millisecond());
    let identity = Identity { address: peer.map(|peer| address(headers, peer)), ..identity };
    if unsafe_method {
        same_origin(headers)?;
        if let By::Session(_, csrf) = &identity.by {
            let sent = headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
            if sent != Some(csrf) {
                return Err(Problem::csrf());
            }
        }
    }
    let Some(rule) = rule(request.method(), path) else {
        // An unknown method on a known route is answered by the router.
        let known = RULES.iter().any(|(_, p, _)| Some(*p) == path || (path.is_none() && p.is_empty()));
        return if known { Ok(identity) } else { Err(Problem::forbidden("nobody may use this address")) };
    };
    // Of what is asked with a body, looking alone is open to a token that reads.
    if unsafe_method && identity.by == By::Token(TokenScope::Read) && matches!(rule, Rule::May(_)) {
        return Err(Problem::forbidden("a token for reading changes nothing"));
    }
    let public = app.auth.is_public();
    let allowed = match rule {
        Rule::Open => true,
        Rule::Read | Rule::ReadByRole => public || identity.may(Action::Read),
        Rule::May(action) => identity.may(action),
    };
    match (allowed, &identity.by) {
        (true, _) => Ok(identity),
        (false, By::Nobody) => Err(Problem::unauthorized()),
        (false, _) => {
            log::refused(identity.name(), path.unwrap_or_default(), identity.address);
            Err(Problem::forbidden("your roles do not allow this"))
        }
    }
}

/// Without accounts, only this machine's own names are answered: a page elsewhere whose name is
/// made to point here must not get in.
fn loopback_host(headers: &HeaderMap) -> Result<(), Problem> {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("localhost");
    if is_loopback(host) {
        return Ok(());
    }
    Err(Problem::forbidden("a server without accounts answers to 127.0.0.1 and localhost only"))
}

/// Whether a host, with or without a port, is this machine.
fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let name = name.map_or(host, |(name, _)| name).trim_matches(['[', ']']);
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Without accounts whoever asks is the administrator: what comes by way of another server comes from anybody.
fn not_forwarded(request: &Request) -> Result<(), Problem> {
    // A link that somebody followed from a page elsewhere: the browser says so, and it is no server in front.
    let is_link = request.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    let of_page = |name| {
        let value = request.headers().get(name).and_then(|value| value.to_str().ok())?;
        let host = value.split_once("://").map_or(value, |(_, rest)| rest);
        Some(!is_loopback(host.split('/').next().unwrap_or(host)))
    };
    let elsewhere =
        [header::ORIGIN, header::REFERER].into_iter().filter_map(of_page).any(|elsewhere| elsewhere);
    // Servers in front that tell nothing of themselves mostly still speak as in 1996.
    if (elsewhere && !is_link) || request.version() == Version::HTTP_10 || is_forwarded(request.headers()) {
        let why = "a server without accounts answers this machine alone, and this request comes by way of another \
                   server; make an administrator first: matbang user add NAME --full-name \"…\" --role administrator";
        return Err(Problem::forbidden(why));
    }
    Ok(())
}

/// A page of another site must not write, whatever the browser sends along for it.
fn same_origin(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        // The browser itself vouches for it, whatever name a server in front has put in place of ours.
        Some("same-origin" | "none") => return Ok(()),
        Some(_) => return Err(Problem::csrf()),
        None => {}
    }
    let (Some(origin), Some(host)) = (text("origin"), text("host")) else { return Ok(()) };
    let page = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    if page == host { Ok(()) } else { Err(Problem::other_origin(origin, host)) }
}
