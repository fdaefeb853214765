//! Signing in with `OpenID` Connect: authorization code with PKCE (RFC 7636), state and nonce.
//!
//! The provider says who someone is; what they may do stays with the account
//! of that name or e-mail address here. Nobody gets an account by signing in.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
    core::{CoreClient, CoreProviderMetadata, CoreResponseType, CoreUserInfoClaims},
};

use super::session::begin;
use crate::server::{app::App, params::Query, problem::Problem, tiles::base};

/// Sign-ins that are under way are given up after this long.
const PATIENCE: Duration = Duration::from_mins(10);
/// Sign-ins that may be under way.
const UNDER_WAY: usize = 10_000;

/// A provider of identities.
pub struct Oidc {
    issuer: IssuerUrl,
    client: ClientId,
    secret: Option<ClientSecret>,
    name: String,
    http: openidconnect::reqwest::Client,
    under_way: Mutex<HashMap<String, Pending>>,
}

/// A sign-in that is under way.
struct Pending {
    began: Instant,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    address: String,
    back: String,
}

impl Oidc {
    /// The provider at `issuer`, to which this server is `client`.
    ///
    /// # Errors
    /// An address that is none.
    pub fn new(issuer: &str, client: &str, secret: Option<String>, name: &str) -> Result<Self, String> {
        // A redirect that is followed could be made to point inside.
        let http = openidconnect::reqwest::ClientBuilder::new()
            .redirect(openidconnect::reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(10))
            .build()
            .map_err(|e| e.to_string())?;
        Ok(Self {
            issuer: IssuerUrl::new(issuer.to_owned()).map_err(|e| format!("{issuer}: {e}"))?,
            client: ClientId::new(client.to_owned()),
            secret: secret.map(ClientSecret::new),
            name: name.to_owned(),
            http,
            under_way: Mutex::default(),
        })
    }

    /// What the provider is called on the button.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Asked each time: providers turn their keys.
    async fn metadata(&self) -> Result<CoreProviderMetadata, Problem> {
        let asked = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http);
        asked.await.map_err(|error| Problem::provider(&error))
    }
}

/// Sends the browser to the provider.
pub async fn start(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref(), &["return"])?;
    let oidc = app.auth.oidc.as_ref().ok_or_else(|| Problem::not_found("no provider is configured"))?;
    let back = query.get("return").unwrap_or("/");
    // Only to a place of ours.
    let own = back.starts_with('/') && !back.starts_with("//") && !back.contains('\\');
    let back = if own { back.to_owned() } else { "/".to_owned() };
    let address = format!("{}/api/v1/oidc/callback", base(&headers));
    let redirect = RedirectUrl::new(address.clone()).map_err(|e| Problem::internal(&e))?;
    let client =
        CoreClient::from_provider_metadata(oidc.metadata().await?, oidc.client.clone(), oidc.secret.clone())
            .set_redirect_uri(redirect);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
    let (url, state, nonce) = client
        .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
        .add_scope(Scope::new("email".to_owned()))
        .add_scope(Scope::new("profile".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    let mut under_way = oidc.under_way.lock().unwrap_or_else(PoisonError::into_inner);
    under_way.retain(|_, pending| pending.began.elapsed() < PATIENCE);
    if under_way.len() >= UNDER_WAY {
        return Err(Problem::busy());
    }
    let pending = Pending { began: Instant::now(), nonce, verifier, address, back };
    under_way.insert(state.secret().clone(), pending);
    Ok(Redirect::to(url.as_str()).into_response())
}

/// Takes the browser back from the provider.
pub async fn callback(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = ["code", "state", "iss", "session_state", "scope", "error", "error_description"];
    let query = Query::parse(query.as_deref(), &known)?;
    let oidc = app.auth.oidc.as_ref().ok_or_else(|| Problem::not_found("no provider is configured"))?;
    let pending = {
        let mut under_way = oidc.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        query.get("state").and_then(|state| under_way.remove(state))
    };
    let pending = pending.filter(|pending| pending.began.elapsed() < PATIENCE);
    let Some(pending) = pending else {
        return Err(Problem::parameter("state", "is of no sign-in that is under way; begin again"));
    };
    let Some(code) = query.get("code") else {
        return Err(Problem::parameter("code", "is missing: the provider refused the sign-in"));
    };
    let redirect = RedirectUrl::new(pending.address).map_err(|e| Problem::internal(&e))?;
    let client =
        CoreClient::from_provider_metadata(oidc.metadata().await?, oidc.client.clone(), oidc.secret.clone())
            .set_redirect_uri(redirect);
    let exchange = client
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .map_err(|e| Problem::provider(&e))?
        .set_pkce_verifier(pending.verifier);
    let tokens = exchange.request_async(&oidc.http).await.map_err(|e| Problem::provider(&e))?;
    let id = tokens.id_token().ok_or_else(|| Problem::provider(&"it sent no ID token"))?;
    let claims = id.claims(&client.id_token_verifier(), &pending.nonce).map_err(|e| Problem::provider(&e))?;
    // Providers may keep names out of the ID token and tell them when asked.
    let info: Option<CoreUserInfoClaims> =
        match client.user_info(tokens.access_token().clone(), Some(claims.subject().clone())) {
            Ok(asked) => asked.request_async(&oidc.http).await.ok(),
            Err(_) => None,
        };
    let info_email =
        info.as_ref().filter(|info| info.email_verified() != Some(false)).and_then(|info| info.email());
    let info_name = info.as_ref().and_then(|info| info.preferred_username());
    let email = claims.email().filter(|_| claims.email_verified() != Some(false)).map(|email| email.as_str());
    let names = [
        email,
        claims.preferred_username().map(|name| name.as_str()),
        info_email.map(|email| email.as_str()),
        info_name.map(|name| name.as_str()),
        Some(claims.subject().as_str()),
    ];
    let directory = app.auth.directory.load_full();
    let found = names.into_iter().flatten().find_map(|name| directory.named(name));
    let Some((account, _)) = found.filter(|(account, _)| !account.disabled) else {
        return Err(Problem::forbidden(
            "nobody here has the account that the provider named; ask an administrator",
        ));
    };
    let mut response = Redirect::to(&pending.back).into_response();
    let signed_in = begin(&app, account.clone(), &headers).await?;
    for cookie in signed_in.headers().get_all(axum::http::header::SET_COOKIE) {
        response.headers_mut().append(axum::http::header::SET_COOKIE, cookie.clone());
    }
    Ok(response)
}
