//! Who asks.

use std::{convert::Infallible, net::IpAddr, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};

use super::{
    Auth, Mode,
    password::{csrf, secret_hash},
};
use crate::{
    atlas::UnitEntry,
    domain::{Account, Action, Scope, UnitId},
    server::edge::is_encrypted,
    store::{SecretHash, TokenScope},
};

/// Name of the session's cookie.
const COOKIE: &str = "matbang_session";
/// Its name over an encrypted connection: no other host and no page without encryption can set it (RFC 6265bis 4.1.3.2).
const HOST_COOKIE: &str = "__Host-matbang_session";
/// A session that was not used for this long is over, milliseconds.
pub const IDLE: i64 = 12 * 3_600_000;
/// The same of who sees holders.
pub const IDLE_HOLDERS: i64 = 30 * 60_000;
/// A session is over after this long, milliseconds.
pub const LONGEST: i64 = 7 * 24 * 3_600_000;

/// How someone came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// From this machine, to a server without accounts.
    Loopback,
    /// With a session; its hash and what its pages send back.
    Session(SecretHash, String),
    /// With a token.
    Token(TokenScope),
    /// Not at all.
    Nobody,
}

/// Who asks.
#[derive(Debug, Clone)]
pub struct Identity {
    /// How they came in.
    pub by: Credential,
    /// Their account; none for the local administrator and for nobody.
    pub account: Option<Arc<Account>>,
    /// Where they come from, as the edge knows it.
    pub address: Option<IpAddr>,
}

impl Identity {
    /// Nobody.
    pub fn nobody() -> Self {
        Self { by: Credential::Nobody, account: None, address: None }
    }

    /// Who sent these headers, now.
    pub fn of(auth: &Auth, headers: &HeaderMap, now: i64) -> Self {
        if auth.mode() == Mode::Local {
            return Self { by: Credential::Loopback, account: None, address: None };
        }
        let directory = auth.directory.load();
        let account = |id: u32| {
            let (account, _) = directory.accounts.get(&id)?;
            (!account.disabled).then(|| Arc::new(account.clone()))
        };
        if let Some(secret) = bearer(headers) {
            let token = directory.tokens.get(&secret_hash(secret));
            let token = token.filter(|token| !token.revoked && now < token.expires_at);
            return match token.and_then(|token| Some((token, account(token.account)?))) {
                Some((token, account)) => {
                    Self { by: Credential::Token(token.scope), account: Some(account), address: None }
                }
                None => Self::nobody(),
            };
        }
        let Some(secret) = cookie(headers) else { return Self::nobody() };
        let hash = secret_hash(secret);
        let live = |s: &&crate::store::Session| now - s.created_at < LONGEST;
        let found = directory.sessions.get(&hash).filter(live).and_then(|session| {
            let account = account(session.account)?;
            let idle = if account.may_somewhere(Action::SeeHolders) { IDLE_HOLDERS } else { IDLE };
            (now - session.seen_at < idle).then_some(account)
        });
        match found {
            Some(account) => {
                Self { by: Credential::Session(hash, csrf(secret)), account: Some(account), address: None }
            }
            None => Self::nobody(),
        }
    }

    /// The secret in these headers, by its hash, if it is not known here, neither as one of now nor as one that is over.
    pub fn unknown(auth: &Auth, headers: &HeaderMap) -> Option<SecretHash> {
        let directory = auth.directory.load();
        if let Some(secret) = bearer(headers) {
            let hash = secret_hash(secret);
            return (!directory.tokens.contains_key(&hash)).then_some(hash);
        }
        let hash = secret_hash(cookie(headers).filter(|secret| !secret.is_empty())?);
        (!directory.sessions.contains_key(&hash)).then_some(hash)
    }

    /// Whether somebody is still who they were: the same session or token, account and roles.
    pub fn is_still(&self, before: &Self) -> bool {
        self.by == before.by && self.account == before.account
    }

    /// Name under which events are recorded.
    pub fn name(&self) -> &str {
        self.account.as_ref().map_or("local", |account| &account.name)
    }

    /// Whether this may be done at least somewhere.
    pub fn may(&self, action: Action) -> bool {
        match (&self.by, &self.account) {
            (Credential::Loopback, _) => true,
            // A token for reading reads; it neither records nor tells who holds a parcel.
            (Credential::Token(TokenScope::Read), Some(account)) => {
                action == Action::Read && account.may_somewhere(action)
            }
            (Credential::Token(TokenScope::Write), Some(account)) => {
                action != Action::Administer && account.may_somewhere(action)
            }
            (_, Some(account)) => account.may_somewhere(action),
            (_, None) => false,
        }
    }

    /// Where this may be done.
    pub fn scope(&self, action: Action, units: &[std::sync::Arc<UnitEntry>]) -> Scope {
        let nowhere = || Scope::Within(std::collections::HashSet::new());
        match (&self.by, &self.account) {
            (Credential::Loopback, _) => Scope::Everywhere,
            _ if !self.may(action) => nowhere(),
            (_, Some(account)) => {
                let units: Vec<(UnitId, _)> = units.iter().map(|entry| (entry.id, &entry.unit)).collect();
                account.where_may(action, &units)
            }
            (_, None) => nowhere(),
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// Name of the session's cookie on this connection.
pub fn cookie_name(headers: &HeaderMap) -> &'static str {
    if is_encrypted(headers) { HOST_COOKIE } else { COOKIE }
}

/// The secret in the session's cookie.
pub fn cookie(headers: &HeaderMap) -> Option<&str> {
    cookie_called(headers, cookie_name(headers))
}

/// What the cookie of this name holds.
pub fn cookie_called<'a>(headers: &'a HeaderMap, called: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == called).map(|(_, secret)| secret)
}

impl<S: Sync> FromRequestParts<S> for Identity {
    type Rejection = Infallible;

    /// As the guard found it.
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(Self::nobody))
    }
}
