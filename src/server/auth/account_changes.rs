//! `/api/v1/accounts`, `/api/v1/tokens`: what administrators change.
//!
//! The last administrator can't be locked out, and the first account must be
//! one: after it nobody comes in without an account.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{hash_password, log, secret, secret_hash};
use crate::{
    api::{
        AccountAdded, AccountChangeRequest as Change, Invitation, LONGEST_TOKEN_DAYS, NewAccount, NewToken,
        Refused, TokenAdded,
    },
    domain::{Account, Action, Grant, Role},
    server::{app::App, auth::Identity, background::blocking, problem::Problem},
    store::{AccountChange, Directory, Token},
};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;
/// Days that an invitation lasts.
const INVITED: i64 = 7;

fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

fn read<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|e| Problem::invalid(format!("the body is not what is needed: {e}")))
}

fn grant(app: &App, role: Role, unit: Option<&str>) -> Result<Grant, Problem> {
    let Some(code) = unit.filter(|code| !code.is_empty()) else { return Ok(Grant { role, unit: None }) };
    let current = app.current()?;
    let snapshot = &current.view.snapshot;
    let index = snapshot.unit_by_code(code, current.view.today);
    let index =
        index.ok_or_else(|| Problem::parameter("unit", format!("no unit has the code \"{code}\"")))?;
    Ok(Grant { role, unit: Some(snapshot.units()[index].id) })
}

/// Hash of a password for somebody of these names.
pub async fn hashed(password: String, names: [String; 2]) -> Result<String, Problem> {
    let hash = blocking(move || hash_password(&password, &[names[0].as_str(), names[1].as_str()]));
    hash.await?.map_err(|why| match why.code() {
        Some(code) => Problem::password(code, "password", why),
        None => Problem::internal(&why),
    })
}

fn named(directory: &Directory, name: &str) -> Result<Account, Problem> {
    let found = directory.named(name).map(|(account, _)| account.clone());
    found.ok_or_else(|| Problem::not_found(format!("there is no account \"{name}\"")))
}

/// Adds an account.
pub async fn add_account(
    State(app): State<Arc<App>>,
    identity: Identity,
    body: Bytes,
) -> Result<Response, Problem> {
    let new: NewAccount = read(&body)?;
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().any(char::is_whitespace) || name.chars().count() > 100 {
        return Err(Problem::parameter("name", "must have 1 to 100 characters and no spaces"));
    }
    let directory = app.auth.directory.load_full();
    if directory.named(&name).is_some() {
        return Err(Problem::parameter("name", format!("there is an account \"{name}\" already")));
    }
    let grant = grant(&app, new.role, new.unit.as_deref())?;
    if directory.accounts.is_empty() && (new.role != Role::Administrator || new.password.is_none()) {
        let why = "the first account must be an administrator with a password: after it nobody comes in without one";
        return Err(Problem::parameter("role", why));
    }
    let hash = match new.password {
        Some(password) => Some(hashed(password, [name.clone(), new.full_name.clone()]).await?),
        None => None,
    };
    let (full_name, account) = (new.full_name, name.clone());
    let added = AccountChange::Add { name: account, full_name, password: hash, grant: Some(grant) };
    change(&app, &identity, added).await?;
    Ok((StatusCode::CREATED, axum::Json(AccountAdded { name })).into_response())
}

/// Changes an account.
pub async fn change_account(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let asked: Change = read(&body)?;
    let account = named(&app.auth.directory.load(), &name)?;
    let id = account.id;
    match asked {
        Change::Password(password) => {
            let hash = hashed(password, [account.name, account.full_name]).await?;
            change(&app, &identity, AccountChange::Password(id, hash)).await?;
        }
        Change::Disabled(disabled) => {
            if disabled {
                keep_an_administrator(&app, |other| other.id != id)?;
            }
            change(&app, &identity, AccountChange::Disabled(id, disabled)).await?;
        }
        Change::Grant(asked) => {
            let grant = grant(&app, asked.role, asked.unit.as_deref())?;
            change(&app, &identity, AccountChange::Grant(id, grant)).await?;
        }
        Change::Revoke(asked) => {
            let gone = grant(&app, asked.role, asked.unit.as_deref())?;
            keep_an_administrator(&app, |other| {
                let left = other.grants.iter().filter(|grant| other.id != id || **grant != gone);
                left.clone().any(|grant| grant.role.allows(Action::Administer))
            })?;
            if !account.grants.contains(&gone) {
                return Err(Problem::not_found(format!("{name} does not have this role there")));
            }
            change(&app, &identity, AccountChange::Revoke(id, gone)).await?;
        }
        Change::Invite(false) | Change::Unlink(false) | Change::ResetSecondFactor(false) => {
            return Err(Problem::invalid(
                "an invitation is made, and a link or second factor undone, with true",
            ));
        }
        Change::ResetSecondFactor(true) => {
            if !app.auth.directory.load().has_second_factor(id) {
                return Err(Problem::not_found(format!("{name} has no second factor")));
            }
            change(&app, &identity, AccountChange::SecondFactorOff(id)).await?;
        }
        Change::Invite(true) => return invite(&app, &identity, id).await,
        Change::Unlink(true) => {
            if !app.auth.directory.load().is_linked(id) {
                return Err(Problem::not_found(format!("{name} is linked to nobody at a provider")));
            }
            change(&app, &identity, AccountChange::Unlink(id)).await?;
        }
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Makes an invitation; its secret is shown once.
async fn invite(app: &Arc<App>, identity: &Identity, account: u32) -> Result<Response, Problem> {
    if app.auth.oidc.is_none() {
        return Err(Problem::parameter("invite", "no provider of identities is configured"));
    }
    let secret = secret().map_err(|e| Problem::internal(&e))?;
    let expires_at = now() + INVITED * DAY;
    change(app, identity, AccountChange::Invite(account, secret_hash(&secret), expires_at)).await?;
    let path = format!("/api/v1/oidc/start?invitation={secret}");
    let answer = axum::Json(Invitation { path, expires_at });
    Ok(([(header::CACHE_CONTROL, "no-store")], answer).into_response())
}

/// Makes one change of the accounts in the name of who is signed in; the number of what it is about.
pub async fn change(app: &Arc<App>, identity: &Identity, change: AccountChange) -> Result<u32, Problem> {
    let (author, what) = (identity.name().to_owned(), change.code());
    let at = now();
    app.auth.changes(at, &author, what);
    let numbers = app.with_store(move |store| store.change_accounts(&author, at, &[change])).await?;
    app.refresh_accounts().await?;
    let number = numbers.first().copied().unwrap_or_default();
    let directory = app.auth.directory.load();
    let whose = directory.account_of(what, number).map_or("", |account| &account.name);
    log::changed(identity.name(), whose, what, identity.address);
    Ok(number)
}

/// Refuses what would leave nobody to administer of those that `stay`.
fn keep_an_administrator(app: &App, stay: impl Fn(&Account) -> bool) -> Result<(), Problem> {
    let directory = app.auth.directory.load();
    let administers = |account: &Account| account.may_somewhere(Action::Administer) && stay(account);
    if directory.accounts.values().any(|(account, _)| administers(account)) {
        return Ok(());
    }
    Err(Problem::refused("then nobody could administer; make another administrator first", Refused::none()))
}

/// Makes a token; its secret is shown once.
pub async fn add_token(
    State(app): State<Arc<App>>,
    identity: Identity,
    body: Bytes,
) -> Result<Response, Problem> {
    let new: NewToken = read(&body)?;
    if !(1..=LONGEST_TOKEN_DAYS).contains(&new.days) {
        return Err(Problem::parameter(
            "days",
            format!("must be a whole number from 1 to {LONGEST_TOKEN_DAYS}"),
        ));
    }
    let account = named(&app.auth.directory.load(), &new.account)?;
    let secret = format!("mbt_{}", secret().map_err(|e| Problem::internal(&e))?);
    let expires_at = now() + new.days * DAY;
    let token =
        Token { id: 0, account: account.id, name: new.name, scope: new.scope, expires_at, revoked: false };
    let hash = secret_hash(&secret);
    let id = change(&app, &identity, AccountChange::AddToken(hash, token)).await?;
    let answer = axum::Json(TokenAdded { id, token: secret, expires_at });
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], answer).into_response())
}

/// Takes a token back.
pub async fn revoke_token(
    State(app): State<Arc<App>>,
    identity: Identity,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let missing = || Problem::not_found(format!("there is no token {id}"));
    let number: u32 = id.parse().map_err(|_| missing())?;
    if !app.auth.directory.load().tokens.values().any(|token| token.id == number) {
        return Err(missing());
    }
    change(&app, &identity, AccountChange::RevokeToken(number)).await?;
    Ok(StatusCode::NO_CONTENT)
}
