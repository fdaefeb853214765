//! The second factor of who has given the right password: a one-time code, a recovery code, or a security key.

use std::{net::IpAddr, sync::Arc};

use axum::http::HeaderMap;

use super::{
    attempts::limited,
    factor::{recovery_hash, step_of},
    log::{self, How, RefusalReason},
    questions::{self, Purpose, bytes, handle, late, party, take},
    webauthn::{Client, Fault, used},
};
use crate::{
    api::{FactorKind, KeyAnswer, SecondFactorAsked},
    domain::Account,
    server::{app::App, problem::Problem},
    store::SecurityKey,
};

/// What somebody gives beside the password.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// A code of the device, or a recovery code.
    pub code: Option<String>,
    /// What a security key has answered.
    pub key: Option<KeyAnswer>,
}

/// Where a second factor is asked for, and for what.
pub struct Door<'a> {
    /// Headers of the request.
    pub headers: &'a HeaderMap,
    /// Where it comes from.
    pub from: Option<IpAddr>,
    /// What it is for.
    pub purpose: Purpose,
}

/// Why what was given is not taken; who tries is told no more than that.
enum Wrong {
    Code,
    Key,
    Late,
    Counter,
}

impl Wrong {
    fn reason(&self) -> RefusalReason {
        match self {
            Self::Counter => RefusalReason::KeyCounter,
            Self::Code | Self::Key | Self::Late => RefusalReason::SecondFactorWrong,
        }
    }

    fn problem(&self) -> Problem {
        match self {
            Self::Code => Problem::wrong_code(),
            Self::Key => {
                let why = "this security key is none of the account's for this address, or its answer does not hold";
                Problem::second_factor("key_wrong", why)
            }
            Self::Late => late(),
            Self::Counter => {
                let why = "the security key counts as if it had been copied: use another factor, remove it, and tell who \
                           keeps the accounts";
                Problem::second_factor("key_counter", why)
            }
        }
    }
}

/// Asks for the second factor of who has given the right password.
///
/// # Errors
/// 401 when nothing is given, or what is given is wrong or used up; 429 after too many wrong ones.
pub async fn second(
    app: &Arc<App>,
    account: &Account,
    given: &Given,
    door: &Door<'_>,
) -> Result<How, Problem> {
    if !app.auth.directory.load().has_second_factor(account.id) {
        return Ok(How::Password);
    }
    let refused = |why: RefusalReason| log::not_signed_in(Some(&account.name), why, door.from);
    let code = given.code.as_deref().map(str::trim).filter(|code| !code.is_empty());
    if code.is_none() && given.key.is_none() {
        refused(RefusalReason::SecondFactorDue);
        let what = "give \"code\" too, the six digits of the device or a recovery code, or \"key\", what a security key \
                    answers";
        return Err(Problem::second_factor("second_factor", what).asking(asked(app, account, door).await?));
    }
    let too_often = |refused| limited(refused, Some(&account.name), door.from);
    app.may_try_code(account.id).await.map_err(too_often)?;
    let tried = match (code, &given.key) {
        (Some(code), _) => by_code(app, account, code).await?,
        (None, Some(key)) => by_key(app, account, key, door).await?,
        (None, None) => Err(Wrong::Code),
    };
    match tried {
        Ok(how) => Ok(how),
        Err(wrong) => {
            app.wrong_code(account.id).await?;
            refused(wrong.reason());
            Err(wrong.problem().asking(asked(app, account, door).await?))
        }
    }
}

/// What may be given here, with a question to the keys.
async fn asked(app: &Arc<App>, account: &Account, door: &Door<'_>) -> Result<SecondFactorAsked, Problem> {
    let key = match party(door.headers) {
        Ok(party) => questions::request(app, door.purpose, account.id, &party).await?,
        Err(_) => None,
    };
    let directory = app.auth.directory.load();
    let has_codes = directory.second_factor(account.id).is_some();
    let has_recovery = directory.recovery_codes.get(&account.id).is_some_and(|left| *left > 0);
    let kinds = [
        (FactorKind::Code, has_codes),
        (FactorKind::Key, key.is_some()),
        (FactorKind::RecoveryCode, has_recovery),
    ];
    let kinds = kinds.into_iter().filter(|(_, is_there)| *is_there).map(|(kind, _)| kind).collect();
    Ok(SecondFactorAsked { kinds, key })
}

async fn by_code(app: &Arc<App>, account: &Account, code: &str) -> Result<Result<How, Wrong>, Problem> {
    let (id, hash) = (account.id, recovery_hash(code));
    let factor = app.auth.directory.load().second_factor(id).cloned();
    let opened = factor.map(|factor| app.auth.vault.open(id, &factor.secret)).transpose();
    let code = code.replace(' ', "");
    let seconds = jiff::Timestamp::now().as_second().unsigned_abs();
    let step =
        opened.as_ref().ok().and_then(Option::as_deref).and_then(|secret| step_of(secret, &code, seconds));
    let how = if let Some(step) = step {
        app.with_store(move |store| store.use_step(id, step)).await?.then_some(How::Code)
    } else {
        let used = app.with_store(move |store| store.use_recovery_code(id, &hash)).await?;
        app.refresh_accounts().await?;
        used.then_some(How::RecoveryCode)
    };
    if let Some(how) = how {
        return Ok(Ok(how));
    }
    // A recovery code needs no key; nobody can say of another code whether it is wrong.
    opened.map_err(|error| Problem::sealed(&error))?;
    Ok(Err(Wrong::Code))
}

async fn by_key(
    app: &Arc<App>,
    account: &Account,
    answer: &KeyAnswer,
    door: &Door<'_>,
) -> Result<Result<How, Wrong>, Problem> {
    let party = party(door.headers)?;
    let told =
        [&answer.response.client_data, &answer.response.authenticator_data, &answer.response.signature]
            .map(|text| bytes(text));
    let [Some(client), Some(authenticator), Some(signature)] = told else { return Ok(Err(Wrong::Key)) };
    let Ok(client) = Client::parse(&client) else { return Ok(Err(Wrong::Key)) };
    // Whatever comes of it, it was answered.
    if !take(app, door.purpose, account.id, &party, &client).await? {
        return Ok(Err(Wrong::Late));
    }
    let directory = app.auth.directory.load_full();
    let named = bytes(&answer.id);
    let is_meant =
        |key: &&SecurityKey| Some(&key.kept.credential) == named.as_ref() && key.kept.host == party.id;
    let Some(key) = directory.keys_of(account.id).iter().find(is_meant) else { return Ok(Err(Wrong::Key)) };
    let owner = answer.response.user_handle.as_deref().filter(|owner| !owner.is_empty());
    if owner.is_some_and(|owner| bytes(owner).as_deref() != Some(&handle(account)[..])) {
        return Ok(Err(Wrong::Key));
    }
    let counter = match used(&party, &client, &key.kept.public_key, &authenticator, &signature) {
        Ok(counter) => counter,
        Err(fault) => return Ok(Err(not_taken(account, fault))),
    };
    let (account, id, at) = (account.id, key.id, jiff::Timestamp::now().as_millisecond());
    let counted = app.with_store(move |store| store.use_key(account, id, counter, at)).await?;
    app.refresh_accounts().await?;
    Ok(if counted { Ok(How::Key) } else { Err(Wrong::Counter) })
}

fn not_taken(account: &Account, fault: Fault) -> Wrong {
    tracing::info!(account = account.name, %fault, "the answer of a security key was not taken");
    Wrong::Key
}
