//! `/api/v1/session`: signing in and out; who holds a parcel; the accounts' list.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    body::Bytes,
    extract::{ConnectInfo, Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::{
    Mode,
    attempts::limited,
    identity::{Credential, IDLE, Identity, LONGEST, cookie, cookie_name},
    log::{self, RefusalReason},
    password::{csrf, secret, secret_hash, verify},
    questions::{Purpose, party},
    second::{Door, Given, second},
};
use crate::{
    api::{
        Accesses, Accounts, Holder, Permissions, Provider, Session, SessionAccount, SessionGrant, SessionMode,
    },
    domain::{Account, Action, ParcelId},
    server::{
        app::App,
        background::blocking,
        edge::{address, is_encrypted},
        problem::Problem,
    },
};

fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// A session is noted as in use again after this long, milliseconds.
const NOTED: i64 = 60_000;

/// Who is signed in, and what they may do.
pub async fn session(
    State(app): State<Arc<App>>,
    identity: Identity,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Credential::Session(hash, _) = &identity.by {
        let seen = app.auth.directory.load().sessions.get(hash).map_or(0, |session| session.seen_at);
        if now() - seen > NOTED {
            let hash = *hash;
            // Where somebody writes for long, it is noted the next time.
            if app.with_store(move |store| store.see_session(&hash, now())).await.is_ok() {
                app.refresh_accounts().await?;
            }
        }
    }
    Ok(answer(&app, &identity, &headers))
}

fn answer(app: &App, identity: &Identity, headers: &HeaderMap) -> Response {
    let current = app.current().ok();
    let code = |id| {
        let units = current.as_ref()?.view.snapshot.units().iter();
        units.clone().find(|entry| entry.id == id).map(|entry| entry.unit.code.to_string())
    };
    let directory = app.auth.directory.load();
    let account = identity.account.as_ref().map(|account| {
        let grants =
            account.grants.iter().map(|g| SessionGrant { role: g.role, unit: g.unit.and_then(code) });
        SessionAccount {
            name: account.name.clone(),
            full_name: account.full_name.clone(),
            has_password: directory.accounts.get(&account.id).is_some_and(|(_, hash)| hash.is_some()),
            grants: grants.collect(),
        }
    });
    let account_id = identity.account.as_ref().map(|account| account.id);
    let public = app.auth.is_public();
    let may = |action| identity.may(action);
    let left = account_id.and_then(|id| directory.recovery_codes.get(&id));
    let is_local = app.auth.mode() == Mode::Local;
    let body = Session {
        mode: if is_local { SessionMode::Local } else { SessionMode::Accounts },
        signed_in: identity.by != Credential::Nobody,
        account,
        may: Permissions {
            read: public || may(Action::Read),
            write_events: may(Action::WriteEvents),
            manage: may(Action::Manage),
            see_holders: may(Action::SeeHolders),
            administer: may(Action::Administer),
        },
        csrf: if let Credential::Session(_, csrf) = &identity.by { csrf.clone() } else { String::new() },
        second_factor: account_id.is_some_and(|id| directory.has_second_factor(id)),
        one_time_codes: account_id.is_some_and(|id| directory.second_factor(id).is_some()),
        keys: account_id.map_or(&[][..], |id| directory.keys_of(id)).iter().map(Into::into).collect(),
        keys_here: party(headers).is_ok(),
        recovery_codes: left.copied().unwrap_or_default(),
        oidc: app.auth.oidc.as_ref().map(|oidc| Provider { name: oidc.name().to_owned() }),
        public_map: public,
    };
    ([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response()
}

/// Signs in with a name and a password.
pub async fn sign_in(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    if app.auth.mode() == Mode::Local {
        return Err(Problem::invalid(
            "this server has no accounts; whoever asks from this machine is let in",
        ));
    }
    let body: Value = serde_json::from_slice(&body).map_err(|_| Problem::invalid("the body is not JSON"))?;
    let text = |field: &str| body[field].as_str().map(str::to_owned);
    let (Some(name), Some(password)) = (text("name"), text("password")) else {
        return Err(Problem::invalid("give \"name\" and \"password\""));
    };
    let from = address(&headers, peer.ip());
    let directory = app.auth.directory.load_full();
    let found = directory.named(&name).cloned();
    let known = found.as_ref().map(|(account, _)| account.name.as_str());
    app.attempt(&name, from).await.map_err(|refused| limited(refused, known, Some(from)))?;
    let Ok(_checking) = app.auth.limits.checks.acquire().await else { return Err(Problem::busy()) };
    let stored = found.as_ref().filter(|(account, _)| !account.disabled).and_then(|(_, hash)| hash.clone());
    if !is_right(password, stored).await? {
        log::not_signed_in(known, RefusalReason::Wrong, Some(from));
        return Err(Problem::wrong_password());
    }
    let Some((account, _)) = found else { return Err(Problem::wrong_password()) };
    let key = Some(&body["key"]).filter(|key| !key.is_null()).cloned().map(serde_json::from_value);
    let key = key.transpose().map_err(|_| Problem::invalid("\"key\" is no answer of a security key"))?;
    let door = Door { headers: &headers, from: Some(from), purpose: Purpose::SignIn };
    let how = second(&app, &account, &Given { code: text("code"), key }, &door).await?;
    app.came_in(&name, from).await?;
    log::signed_in(&account.name, how, Some(from));
    begin(&app, account, &headers).await
}

/// Whether a password is the one of this hash.
pub async fn is_right(password: String, stored: Option<String>) -> Result<bool, Problem> {
    blocking(move || verify(&password, stored.as_deref())).await
}

/// Begins a session for an account.
pub async fn begin(app: &Arc<App>, account: Account, headers: &HeaderMap) -> Result<Response, Problem> {
    let secret = secret().map_err(|e| Problem::internal(&e))?;
    let (hash, id, at) = (secret_hash(&secret), account.id, now());
    app.with_store(move |store| store.add_session(&hash, id, at, at - IDLE)).await?;
    app.refresh_accounts().await?;
    let by = Credential::Session(hash, csrf(&secret));
    let identity = Identity { by, account: Some(Arc::new(account)), address: None };
    let mut response = answer(app, &identity, headers);
    set_cookie(&mut response, &secret, LONGEST / 1000, headers)?;
    Ok(response)
}

fn set_cookie(
    response: &mut Response,
    secret: &str,
    seconds: i64,
    headers: &HeaderMap,
) -> Result<(), Problem> {
    let secure = if is_encrypted(headers) { "; Secure" } else { "" };
    let name = cookie_name(headers);
    let text = format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let value = HeaderValue::try_from(text).map_err(|e| Problem::internal(&e))?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}

/// Signs out.
pub async fn sign_out(
    State(app): State<Arc<App>>,
    identity: Identity,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let (Credential::Session(hash, _), Some(_)) = (&identity.by, cookie(&headers)) {
        let hash = *hash;
        app.with_store(move |store| store.end_session(&hash)).await?;
        app.refresh_accounts().await?;
        log::signed_out(identity.name(), identity.address);
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&mut response, "", 0, &headers)?;
    Ok(response)
}

/// Who holds a parcel: by role and unit, each look noted.
pub async fn holder(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found(format!("no parcel has the number \"{id}\""));
    let parcel = id.parse().map(ParcelId).map_err(|_| missing())?;
    let current = app.current()?;
    let snapshot = &current.view.snapshot;
    let index = snapshot.parcels().find(parcel).ok_or_else(missing)?;
    let unit = snapshot.parcel(index).unit().id;
    if !identity.scope(Action::SeeHolders, snapshot.units()).holds(unit) {
        return Err(Problem::forbidden("the parcel lies outside your units"));
    }
    let name = identity.name().to_owned();
    let found = app.with_store(move |store| store.holder(parcel, &name, now())).await?;
    log::looked(identity.name(), "holder", 1, Some(parcel.0), identity.address);
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(Holder { name: found })).into_response())
}

/// All accounts and tokens, without secrets.
pub async fn accounts(State(app): State<Arc<App>>) -> Response {
    axum::Json(Accounts::of(&app.auth.directory.load())).into_response()
}

/// The last thousand looks at holders' records.
pub async fn accesses(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let accesses = app.with_store(|store| store.accesses(1000)).await?;
    Ok(axum::Json(Accesses { accesses }).into_response())
}
