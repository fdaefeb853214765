//! Signing in with `OpenID` Connect: authorization code with PKCE (RFC 7636), state and nonce.
//!
//! The provider says who somebody is, as subject of its address; what they may do stays with the account here that is
//! linked to it: by an administrator's invitation, or at the first sign-in by an e-mail address that the provider has
//! verified. Names that people choose for themselves there open nothing. Nobody gets an account by signing in.
//!
//! What is under way lies with the browser that began it, in a cookie: another browser can't end it, and many that
//! begin take no room here.

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
    core::{CoreClient, CoreIdTokenClaims, CoreProviderMetadata, CoreResponseType, CoreUserInfoClaims},
    url::Url,
};

use super::{
    Identity,
    identity::cookie_called,
    log::{self, How, RefusalReason},
    secret_hash,
    session::begin,
};
use crate::{
    domain::Account,
    server::{app::App, edge::is_encrypted, params::Query, problem::Problem, tiles::base},
    store::{AccountChange, Directory, Invitation},
};

/// A sign-in that is under way is given up after this long, seconds.
const PATIENCE: u32 = 600;
/// What a provider says of itself is asked again after this long.
const FRESH: Duration = Duration::from_mins(10);
/// Name of the cookie of a sign-in that is under way.
const COOKIE: &str = "matbang_sign_in";
/// Its name over an encrypted connection.
const HOST_COOKIE: &str = "__Host-matbang_sign_in";

/// A provider of identities.
pub struct Oidc {
    issuer: IssuerUrl,
    client: ClientId,
    secret: Option<ClientSecret>,
    name: String,
    http: openidconnect::reqwest::Client,
    known: tokio::sync::Mutex<Option<(Instant, CoreProviderMetadata)>>,
}

/// A sign-in that is under way, as its browser keeps it.
#[derive(Debug, PartialEq, Eq)]
struct Pending {
    state: String,
    nonce: String,
    verifier: String,
    back: String,
    invitation: Option<String>,
}

impl Pending {
    /// As a cookie holds it.
    fn write(&self) -> String {
        let Self { state, nonce, verifier, back, invitation } = self;
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs([("state", state), ("nonce", nonce), ("verifier", verifier), ("back", back)]);
        text.extend_pairs(invitation.iter().map(|secret| ("invitation", secret)));
        text.finish()
    }

    fn read(text: &str) -> Option<Self> {
        let part = |name: &str| {
            let mut pairs = form_urlencoded::parse(text.as_bytes());
            pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
        };
        Some(Self {
            state: part("state")?,
            nonce: part("nonce")?,
            verifier: part("verifier")?,
            back: part("back")?,
            invitation: part("invitation"),
        })
    }
}

impl Oidc {
    /// The provider at `issuer`, to which this server is `client`.
    ///
    /// # Errors
    /// The issuer is no `https` URL (`http` on this machine only).
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
            known: tokio::sync::Mutex::default(),
        })
    }

    /// What the provider is called on the button.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the provider says of itself: asked once for many, and again after a while, since it turns its keys.
    async fn metadata(&self) -> Result<CoreProviderMetadata, Problem> {
        let mut known = self.known.lock().await;
        if let Some((since, metadata)) = known.as_ref()
            && since.elapsed() < FRESH
        {
            return Ok(metadata.clone());
        }
        let asked = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http).await;
        let metadata = asked.map_err(|error| Problem::provider(&error))?;
        *known = Some((Instant::now(), metadata.clone()));
        Ok(metadata)
    }
}

/// Sends the browser to the provider.
pub async fn start(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let query = Query::parse(query.as_deref(), &["return", "invitation"])?;
    let oidc = app.auth.oidc.as_ref().ok_or_else(|| Problem::not_found("no provider is configured"))?;
    let invitation = query.get("invitation").map(str::to_owned);
    if let Some(secret) = &invitation {
        invited(&app.auth.directory.load(), secret)?;
    }
    let client =
        CoreClient::from_provider_metadata(oidc.metadata().await?, oidc.client.clone(), oidc.secret.clone())
            .set_redirect_uri(callback_address(&headers)?);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
    let (url, state, nonce) = client
        .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
        .add_scope(Scope::new("email".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    let pending = Pending {
        state: state.secret().clone(),
        nonce: nonce.secret().clone(),
        verifier: verifier.secret().clone(),
        back: own_place(query.get("return").unwrap_or("/")),
        invitation,
    };
    let mut response = Redirect::to(url.as_str()).into_response();
    keep(&mut response, &pending.write(), PATIENCE, &headers)?;
    Ok(response)
}

/// Takes the browser back from the provider.
pub async fn callback(
    State(app): State<Arc<App>>,
    identity: Identity,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = ["code", "state", "iss", "session_state", "scope", "error", "error_description"];
    let query = Query::parse(query.as_deref(), &known)?;
    let oidc = app.auth.oidc.as_ref().ok_or_else(|| Problem::not_found("no provider is configured"))?;
    let pending = cookie_called(&headers, cookie_name(&headers)).and_then(Pending::read);
    let Some(pending) = pending.filter(|pending| query.get("state") == Some(pending.state.as_str())) else {
        let why = "is of no sign-in that this browser has under way; begin again";
        return Err(Problem::parameter("state", why));
    };
    let Some(code) = query.get("code") else {
        return Err(Problem::parameter("code", "is missing: the provider refused the sign-in"));
    };
    let person = oidc.person(code, &pending, &headers).await?;
    let account = account(&app, oidc, &person, pending.invitation.as_deref(), identity.address).await;
    let account =
        account.inspect_err(|_| log::not_signed_in(None, RefusalReason::NotLinked, identity.address))?;
    log::signed_in(&account.name, How::Provider, identity.address);
    let mut response = Redirect::to(&own_place(&pending.back)).into_response();
    let signed_in = begin(&app, account, &headers).await?;
    for cookie in signed_in.headers().get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    keep(&mut response, "", 0, &headers)?;
    Ok(response)
}

/// Who the provider says that somebody is.
struct Person {
    subject: String,
    /// E-mail address, if the provider has verified it.
    email: Option<String>,
}

impl Oidc {
    /// Asks the provider who has come back with `code`.
    async fn person(&self, code: &str, pending: &Pending, headers: &HeaderMap) -> Result<Person, Problem> {
        let client = CoreClient::from_provider_metadata(
            self.metadata().await?,
            self.client.clone(),
            self.secret.clone(),
        )
        .set_redirect_uri(callback_address(headers)?);
        let exchange = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|e| Problem::provider(&e))?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.clone()));
        let tokens = exchange.request_async(&self.http).await.map_err(|e| Problem::provider(&e))?;
        let id = tokens.id_token().ok_or_else(|| Problem::provider(&"it sent no ID token"))?;
        let nonce = Nonce::new(pending.nonce.clone());
        let claims: &CoreIdTokenClaims = match id.claims(&client.id_token_verifier(), &nonce) {
            Ok(claims) => claims,
            Err(error) => {
                // Its keys may have been turned meanwhile: the next one asks for them anew.
                *self.known.lock().await = None;
                return Err(Problem::provider(&error));
            }
        };
        let subject = claims.subject().to_string();
        let verified = |verified: Option<bool>, email: Option<&openidconnect::EndUserEmail>| {
            email.filter(|email| verified == Some(true) && email.contains('@')).map(|email| email.to_string())
        };
        let mut email = verified(claims.email_verified(), claims.email());
        if email.is_none() {
            // Providers may keep it out of the ID token and tell it when asked; the subject must be the same.
            let expected = Some(claims.subject().clone());
            if let Ok(asked) = client.user_info(tokens.access_token().clone(), expected)
                && let Ok(info) = asked.request_async(&self.http).await as Result<CoreUserInfoClaims, _>
            {
                email = verified(info.email_verified(), info.email());
            }
        }
        Ok(Person { subject, email })
    }
}

/// The account of a person, linked now if it was not yet.
async fn account(
    app: &Arc<App>,
    oidc: &Oidc,
    person: &Person,
    invitation: Option<&str>,
    from: Option<IpAddr>,
) -> Result<Account, Problem> {
    let directory = app.auth.directory.load_full();
    let issuer = oidc.issuer.to_string();
    let linked = directory.identities.get(&(issuer.clone(), person.subject.clone())).copied();
    let id = match (linked, invitation) {
        (Some(id), _) => Some(id),
        (None, Some(secret)) => Some(invited(&directory, secret)?.account),
        // An address is a name here only where the account's name is that address.
        (None, None) => person.email.as_deref().and_then(|email| {
            let (account, _) = directory.named(email)?;
            (!directory.is_linked(account.id)).then_some(account.id)
        }),
    };
    let found = id.and_then(|id| directory.accounts.get(&id)).map(|(account, _)| account.clone());
    let Some(account) = found.filter(|account| !account.disabled) else {
        return Err(Problem::forbidden(
            "nobody here has an account that is linked to the one at the provider; ask an administrator for an invitation",
        ));
    };
    if linked.is_none() {
        let link = AccountChange::Link { account: account.id, issuer, subject: person.subject.clone() };
        let author = account.name.clone();
        let (at, what) = (jiff::Timestamp::now().as_millisecond(), link.code());
        app.auth.changes(at, &author, what);
        app.with_store(move |store| store.change_accounts(&author, at, &[link])).await?;
        app.refresh_accounts().await?;
        log::changed(&account.name, &account.name, what, from);
    }
    Ok(account)
}

/// The invitation with this secret.
fn invited(directory: &Directory, secret: &str) -> Result<Invitation, Problem> {
    let now = jiff::Timestamp::now().as_millisecond();
    let found = directory.invitations.get(&secret_hash(secret)).filter(|found| now < found.expires_at);
    let why = "has been used or is over; ask an administrator for another one";
    found.copied().ok_or_else(|| Problem::parameter("invitation", why))
}

fn callback_address(headers: &HeaderMap) -> Result<RedirectUrl, Problem> {
    RedirectUrl::new(format!("{}/api/v1/oidc/callback", base(headers))).map_err(|e| Problem::internal(&e))
}

/// A place of ours as a browser understands it; the start where it would lead elsewhere.
fn own_place(asked: &str) -> String {
    let here = Url::parse("http://here.invalid/").ok();
    let target = here.as_ref().and_then(|here| here.join(asked).ok());
    match (&here, target) {
        (Some(here), Some(target)) if target.origin() == here.origin() => {
            target.as_str().strip_prefix("http://here.invalid").unwrap_or("/").to_owned()
        }
        _ => "/".to_owned(),
    }
}

fn cookie_name(headers: &HeaderMap) -> &'static str {
    if is_encrypted(headers) { HOST_COOKIE } else { COOKIE }
}

/// Has the browser keep what is under way.
fn keep(response: &mut Response, kept: &str, seconds: u32, headers: &HeaderMap) -> Result<(), Problem> {
    let secure = if is_encrypted(headers) { "; Secure" } else { "" };
    let name = cookie_name(headers);
    let text = format!("{name}={kept}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let value = HeaderValue::try_from(text).map_err(|e| Problem::internal(&e))?;
    response.headers_mut().append(header::SET_COOKIE, value);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_signed_in_comes_back_to_a_place_of_ours() {
        assert_eq!(own_place("/?room=update#x"), "/?room=update#x");
        for asked in [
            "//evil.example",
            "/\t/evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example/",
            "/\n/evil.example",
            "javascript:alert(1)",
        ] {
            assert_eq!(own_place(asked), "/", "{asked:?}");
        }
        assert_eq!(own_place(""), "/");
    }

    #[test]
    fn what_is_under_way_fits_a_cookie() {
        let pending = Pending {
            state: "s".into(),
            nonce: "n; x=1".into(),
            verifier: "v".into(),
            back: "/?q=Xã A&b=1".into(),
            invitation: None,
        };
        let text = pending.write();
        assert!(text.is_ascii() && !text.contains([';', ' ', ',']), "{text}");
        assert_eq!(Pending::read(&text), Some(pending));
    }
}
