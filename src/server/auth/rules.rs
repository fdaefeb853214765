//! What a route can ask for, and the guard that sees to it.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, Version, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    Mode,
    identity::{Credential, Identity},
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
    /// As [`Rule::Read`], and who sees holders is shown more: money to the đồng, numbers of documents, notes.
    ReadByRole,
    /// An action, at least somewhere; the handler looks where.
    May(Action),
}

/// A method, an address as the router writes it, and what is asked for there.
pub type Route = (&'static str, &'static str, Rule);

/// The rule of a request; the web app's files have no route of their own.
fn rule(routes: &[Route], method: &Method, path: Option<&str>) -> Option<Rule> {
    // HEAD asks what GET asks.
    let method = if *method == Method::HEAD { "GET" } else { method.as_str() };
    match path {
        Some(path) => routes.iter().find(|(m, p, _)| *m == method && *p == path).map(|(.., rule)| *rule),
        None => (method == "GET").then_some(Rule::Open),
    }
}

/// Finds out who asks, and lets pass or refuses.
pub async fn guard(
    State((app, routes)): State<(Arc<App>, &'static [Route])>,
    mut request: Request,
    next: Next,
) -> Response {
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let path = matched.as_ref().map(MatchedPath::as_str);
    let rule = rule(routes, request.method(), path);
    let unknown = Identity::unknown(&app.auth, request.headers()).filter(|_| app.is_shared());
    let looked = match unknown {
        Some(secret) => app.look_for(secret).await,
        None => Ok(()),
    };
    let admitted = admit(&app, &request, path.unwrap_or_default(), rule);
    // Who can't be looked for is not told to sign in again.
    let admitted = match looked {
        Err(away) => admitted.map_err(|problem| if problem.asks_to_sign_in() { away } else { problem }),
        Ok(()) => admitted,
    };
    match admitted {
        Ok(identity) => {
            let is_personal = is_personal(&identity, rule);
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

/// Whether an answer depends on the role of who asks. Where there are no accounts there is one person alone.
fn is_personal(identity: &Identity, rule: Option<Rule>) -> bool {
    match (rule, &identity.by) {
        (Some(Rule::May(_)), by) => *by != Credential::Nobody,
        (Some(Rule::ReadByRole), Credential::Session(..) | Credential::Token(_)) => {
            identity.may(Action::SeeHolders)
        }
        _ => false,
    }
}

fn admit(app: &App, request: &Request, path: &str, rule: Option<Rule>) -> Result<Identity, Problem> {
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
        if let Credential::Session(_, csrf) = &identity.by {
            let sent = headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
            if sent != Some(csrf) {
                return Err(Problem::csrf());
            }
        }
    }
    // A method that an address does not have is answered by the router.
    let Some(rule) = rule else { return Ok(identity) };
    // Of what is asked with a body, looking alone is open to a token that reads.
    if unsafe_method && identity.by == Credential::Token(TokenScope::Read) && matches!(rule, Rule::May(_)) {
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
        (false, Credential::Nobody) => Err(Problem::unauthorized()),
        (false, _) => {
            log::refused(identity.name(), path, identity.address);
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
