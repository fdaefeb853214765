//! `/api/v1/session/password`, `/api/v1/session/second-factor`: what people change of their own accounts.
//!
//! Each of it asks once more for what only they know, ends all other sessions, and begins a new one here.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{
    account_changes::{change, hashed},
    attempts::limited,
    factor::{address, new_secret, recovery_codes, step_of, typed},
    identity::{Credential, Identity},
    log::{self, RefusalReason},
    questions::Purpose,
    second::{Door, Given, second},
    session::{begin, is_right},
};
use crate::{
    api::{FactorBegun, FactorCode, NewPassword, PasswordProof, RecoveryCodes, Refused},
    domain::Account,
    server::{app::App, problem::Problem},
    store::{AccountChange, SecretHash},
};

/// What the app on somebody's device shows beside the codes.
const SERVER: &str = "Matbang";

pub fn read<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, Problem> {
    // What is wrong with it is not said in its words: they hold a password.
    serde_json::from_slice(body).map_err(|_| Problem::invalid("the body is not what is needed"))
}

/// The account of a session. A token, which a program holds, changes nothing of it.
pub fn own(app: &App, identity: &Identity) -> Result<(Account, Option<String>), Problem> {
    let account = match (&identity.by, &identity.account) {
        (Credential::Session(..), Some(account)) => account.id,
        (Credential::Loopback, _) => return Err(Problem::invalid("this server has no accounts")),
        _ => return Err(Problem::invalid("sign in by name and password: a token changes no account")),
    };
    let found = app.auth.directory.load().accounts.get(&account).cloned();
    found.ok_or_else(Problem::unauthorized)
}

/// Asks once more for the password. Only wrong ones count, with wrong codes: whoever finds a page open has few tries.
pub async fn prove(
    app: &App,
    identity: &Identity,
    (account, stored): (&Account, Option<String>),
    password: String,
) -> Result<(), Problem> {
    if stored.is_none() {
        return Err(Problem::no_password());
    }
    let too_often = |refused| limited(refused, Some(&account.name), identity.address);
    app.may_try_code(account.id).await.map_err(too_often)?;
    let Ok(_checking) = app.auth.limits.checks.acquire().await else { return Err(Problem::busy()) };
    if is_right(password, stored).await? {
        return Ok(());
    }
    app.wrong_code(account.id).await?;
    log::not_signed_in(Some(&account.name), RefusalReason::Wrong, identity.address);
    // They are signed in all the same: what is refused is this.
    Err(Problem::not_their_password())
}

/// The session of who asks.
pub fn session_of(identity: &Identity) -> Result<SecretHash, Problem> {
    match &identity.by {
        Credential::Session(hash, _) => Ok(*hash),
        _ => Err(Problem::unauthorized()),
    }
}

/// Refuses for a second factor what would be refused for it at the door, without ending the session in the app's eyes.
pub async fn prove_second(
    app: &Arc<App>,
    identity: &Identity,
    headers: &HeaderMap,
    account: &Account,
    given: &Given,
) -> Result<(), Problem> {
    let purpose = Purpose::Own(session_of(identity)?);
    let asked = second(app, account, given, &Door { headers, from: identity.address, purpose }).await;
    asked.map(|_| ()).map_err(|problem| problem.instead(StatusCode::FORBIDDEN))
}

/// Changes the password of who is signed in; all other sessions end, and all tokens.
pub async fn change_password(
    State(app): State<Arc<App>>,
    identity: Identity,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let asked: NewPassword = read(&body)?;
    let (account, stored) = own(&app, &identity)?;
    prove(&app, &identity, (&account, stored), asked.old.clone()).await?;
    let given = Given { code: asked.code.clone(), key: asked.key.clone() };
    prove_second(&app, &identity, &headers, &account, &given).await?;
    if asked.new == asked.old {
        return Err(Problem::password("password_same", "new", "is the old one"));
    }
    let hash = hashed(asked.new, [account.name.clone(), account.full_name.clone()]).await?;
    change(&app, &identity, AccountChange::Password(account.id, hash)).await?;
    begin(&app, account, &headers).await
}

/// Recovery codes where an account has none because it had no second factor: as they are shown, and as they are kept.
pub fn recovery_of_first(app: &App, account: u32) -> Result<(Vec<String>, Vec<SecretHash>), Problem> {
    if app.auth.directory.load().has_second_factor(account) {
        return Ok((Vec::new(), Vec::new()));
    }
    Ok(recovery_codes().map_err(|e| Problem::internal(&e))?.into_iter().unzip())
}

/// Tells recovery codes once, with the cookie of the session that has begun.
pub fn told_once(begun: &Response, shown: Vec<String>) -> Response {
    let mut response = axum::Json(RecoveryCodes { recovery_codes: shown }).into_response();
    for cookie in begun.headers().get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    response
}

/// Begins one-time codes: their secret, shown once. They are asked for once one of them was given.
pub async fn begin_factor(
    State(app): State<Arc<App>>,
    identity: Identity,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let asked: PasswordProof = read(&body)?;
    let (account, stored) = own(&app, &identity)?;
    prove(&app, &identity, (&account, stored), asked.password).await?;
    if app.auth.directory.load().second_factor(account.id).is_some() {
        return Err(Problem::refused("there is a second factor already; remove it first", Refused::none()));
    }
    // Where there are keys, one of them.
    prove_second(&app, &identity, &headers, &account, &Given { code: asked.code, key: asked.key }).await?;
    let secret = new_secret().map_err(|e| Problem::internal(&e))?;
    let begun = FactorBegun { secret: typed(&secret), uri: address(&secret, &account.name, SERVER) };
    let kept = app.auth.vault.seal(account.id, &secret).map_err(|e| Problem::internal(&e))?;
    change(&app, &identity, AccountChange::SecondFactor(account.id, kept)).await?;
    Ok((StatusCode::CREATED, axum::Json(begun)).into_response())
}

/// Has one-time codes asked for from now on, with the first of them; tells the recovery codes once, where it is the first
/// factor.
pub async fn confirm_factor(
    State(app): State<Arc<App>>,
    identity: Identity,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let asked: FactorCode = read(&body)?;
    let (account, _) = own(&app, &identity)?;
    let begun = app.auth.directory.load().second_factors.get(&account.id).filter(|f| !f.confirmed).cloned();
    let Some(factor) = begun else { return Err(Problem::not_found("no second factor was begun")) };
    app.may_try_code(account.id).await?;
    let seconds = jiff::Timestamp::now().as_second().unsigned_abs();
    let secret = app.auth.vault.open(account.id, &factor.secret).map_err(|e| Problem::sealed(&e))?;
    let Some(step) = step_of(&secret, &asked.code.replace(' ', ""), seconds) else {
        app.wrong_code(account.id).await?;
        log::not_signed_in(Some(&account.name), RefusalReason::SecondFactorWrong, identity.address);
        return Err(Problem::wrong_code().instead(StatusCode::FORBIDDEN));
    };
    let (shown, recovery) = recovery_of_first(&app, account.id)?;
    change(&app, &identity, AccountChange::SecondFactorOn { account: account.id, step, recovery }).await?;
    Ok(told_once(&begin(&app, account, &headers).await?, shown))
}

/// Takes one-time codes away, for who gives the password and a second factor once more. Security keys stay.
pub async fn remove_factor(
    State(app): State<Arc<App>>,
    identity: Identity,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let asked: PasswordProof = read(&body)?;
    let (account, stored) = own(&app, &identity)?;
    prove(&app, &identity, (&account, stored), asked.password).await?;
    if app.auth.directory.load().second_factor(account.id).is_none() {
        return Err(Problem::not_found("there is no second factor"));
    }
    prove_second(&app, &identity, &headers, &account, &Given { code: asked.code, key: asked.key }).await?;
    let has_keys = !app.auth.directory.load().keys_of(account.id).is_empty();
    let off = if has_keys { AccountChange::CodesOff } else { AccountChange::SecondFactorOff };
    change(&app, &identity, off(account.id)).await?;
    begin(&app, account, &headers).await
}
