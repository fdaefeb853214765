//! `/api/v1/session/keys`: security keys and passkeys of one's own account.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};

use super::{
    account_changes::change,
    identity::Identity,
    own::{own, prove, prove_second, read, recovery_of_first, session_of, told_once},
    questions::{Purpose, TIMEOUT, ask, bytes, described, handle, late, party, take, text},
    second::Given,
    session::begin,
    webauthn::{ALGORITHMS, Added, Client, Fault, Party, added},
};
use crate::{
    api::{
        Attestation, CredentialKind, KeyAlgorithm, KeyBegun, KeyOwner, KeyParty, KeySelection, NewKeyRequest,
        PasswordProof, Refused, ResidentKey, UserVerification,
    },
    domain::Account,
    server::{app::App, problem::Problem},
    store::{AccountChange, Directory, MOST_KEYS_OF_ACCOUNT, NewKey},
};

/// What a browser shows beside a key.
const SERVER: &str = "Matbang";
/// Longest name that somebody gives a key, characters.
const LONGEST_NAME: usize = 60;
/// Ways to a key that are kept, and how long the word for one is.
const TRANSPORTS: usize = 8;
const LONGEST_TRANSPORT: usize = 32;

/// Begins a new key: what it is to be. It may be used once it has answered.
pub async fn begin_key(
    State(app): State<Arc<App>>,
    identity: Identity,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let asked: PasswordProof = read(&body)?;
    let (account, stored) = own(&app, &identity)?;
    let party = party(&headers)?;
    prove(&app, &identity, (&account, stored), asked.password).await?;
    has_room(&app.auth.directory.load(), &account)?;
    let given = Given { code: asked.code, key: asked.key };
    prove_second(&app, &identity, &headers, &account, &given).await?;
    let challenge = ask(&app, Purpose::Add(session_of(&identity)?), account.id, &party).await?;
    let directory = app.auth.directory.load();
    let algorithm = |alg| KeyAlgorithm { r#type: CredentialKind::PublicKey, alg };
    let begun = KeyBegun {
        rp: KeyParty { id: party.id, name: SERVER.to_owned() },
        user: KeyOwner {
            id: text(&handle(&account)),
            name: account.name.clone(),
            display_name: if account.full_name.is_empty() {
                account.name.clone()
            } else {
                account.full_name.clone()
            },
        },
        challenge,
        pub_key_cred_params: ALGORITHMS.map(algorithm).to_vec(),
        timeout: TIMEOUT,
        exclude_credentials: described(directory.keys_of(account.id).iter()),
        authenticator_selection: KeySelection {
            resident_key: ResidentKey::Discouraged,
            user_verification: UserVerification::Preferred,
        },
        attestation: Attestation::None,
    };
    Ok((StatusCode::CREATED, axum::Json(begun)).into_response())
}

/// Takes the new key's answer: it may be used from now on. Tells the recovery codes once, where it is the first factor.
pub async fn add_key(
    State(app): State<Arc<App>>,
    identity: Identity,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let asked: NewKeyRequest = read(&body)?;
    let (account, _) = own(&app, &identity)?;
    let party = party(&headers)?;
    let name = asked.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Problem::parameter("name", format!("must have 1 to {LONGEST_NAME} characters")));
    }
    let added = made(&app, &identity, &account, &party, &asked).await?;
    let directory = app.auth.directory.load_full();
    has_room(&directory, &account)?;
    let mut all = directory.security_keys.values().flatten();
    if all.any(|key| key.kept.credential == added.credential) {
        return Err(Problem::refused("this key was added already", Refused::none()));
    }
    let is_word = |word: &&String| {
        (1..=LONGEST_TRANSPORT).contains(&word.len())
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let transports: Vec<String> =
        asked.key.response.transports.iter().filter(is_word).take(TRANSPORTS).cloned().collect();
    let (shown, recovery) = recovery_of_first(&app, account.id)?;
    let Added { credential, public_key, counter } = added;
    let key =
        NewKey { credential, public_key, host: party.id, transports: transports.join(","), name, counter };
    change(&app, &identity, AccountChange::KeyAdded { account: account.id, key, recovery }).await?;
    Ok(told_once(&begin(&app, account, &headers).await?, shown))
}

/// What a new key has answered, to the question of this session.
async fn made(
    app: &Arc<App>,
    identity: &Identity,
    account: &Account,
    party: &Party,
    asked: &NewKeyRequest,
) -> Result<Added, Problem> {
    let response = &asked.key.response;
    let unread = || Problem::invalid("the key's answer is not base64url");
    let client = bytes(&response.client_data).ok_or_else(unread)?;
    let object = bytes(&response.attestation_object).ok_or_else(unread)?;
    let client = Client::parse(&client).map_err(refused)?;
    let purpose = Purpose::Add(session_of(identity)?);
    if !take(app, purpose, account.id, party, &client).await? {
        return Err(late().instead(StatusCode::FORBIDDEN));
    }
    added(party, &client, &object).map_err(refused)
}

/// A key whose answer does not hold.
fn refused(fault: Fault) -> Problem {
    Problem::unreadable("key_refused", format!("the security key can't be added: {fault}"))
}

/// Refuses another key where there are as many as there may be.
fn has_room(directory: &Directory, account: &Account) -> Result<(), Problem> {
    if directory.keys_of(account.id).len() < MOST_KEYS_OF_ACCOUNT {
        return Ok(());
    }
    let why = format!("an account has {MOST_KEYS_OF_ACCOUNT} security keys at most; remove one first");
    Err(Problem::unreadable("keys_full", why))
}

/// Takes a key away, for who gives the password and a second factor once more.
pub async fn remove_key(
    State(app): State<Arc<App>>,
    identity: Identity,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    let asked: PasswordProof = read(&body)?;
    let (account, stored) = own(&app, &identity)?;
    prove(&app, &identity, (&account, stored), asked.password).await?;
    let missing = || Problem::not_found(format!("there is no security key {id}"));
    let key: u32 = id.parse().map_err(|_| missing())?;
    if !app.auth.directory.load().keys_of(account.id).iter().any(|known| known.id == key) {
        return Err(missing());
    }
    let given = Given { code: asked.code, key: asked.key };
    prove_second(&app, &identity, &headers, &account, &given).await?;
    change(&app, &identity, AccountChange::KeyRemoved { account: account.id, key }).await?;
    begin(&app, account, &headers).await
}
