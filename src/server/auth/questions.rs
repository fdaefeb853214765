//! Questions to security keys: made for one purpose of one account, kept by the store so that any server of it takes the
//! answer, answered once, within minutes. Only who has given the right password is asked one.

use std::{sync::Arc, time::Duration};

use axum::http::HeaderMap;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    password::random,
    secret_hash,
    webauthn::{Client, Party},
};
use crate::{
    api::{CredentialKind, KeyDescriptor, KeyRequest, UserVerification},
    domain::{Account, hex},
    server::{app::App, problem::Problem, tiles::base},
    store::{SecretHash, SecurityKey},
};

/// How long a question waits for its answer.
const WAITS: Duration = Duration::from_mins(5);
/// The same in milliseconds, as browsers are told.
pub const TIMEOUT: u32 = 300_000;

/// What a question is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signing in.
    SignIn,
    /// Changing something of one's own account, in this session.
    Own(SecretHash),
    /// Adding a key, in this session.
    Add(SecretHash),
}

/// Whose page a request comes from.
///
/// # Errors
/// 422 where security keys can't be used on it.
pub fn party(headers: &HeaderMap) -> Result<Party, Problem> {
    Party::of(&base(headers)).map_err(|why| Problem::unreadable("keys_not_here", why.to_string()))
}

/// The answer to a question that was answered before, was asked for something else, or too long ago.
pub fn late() -> Problem {
    let why = "the security key answered too late, or its answer was sent before; use it once more";
    Problem::second_factor("key_late", why)
}

/// Bytes that JSON writes as base64url.
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Bytes as JSON writes them.
pub fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A name of an account that tells nothing of its person, as keys may keep it.
pub fn handle(account: &Account) -> [u8; 32] {
    secret_hash(&format!("matbang owner of a key\u{1f}{}\u{1f}{}", account.id, account.name))
}

/// What is kept of a question: whoever reads it can't ask it.
fn kept(purpose: Purpose, account: u32, party: &Party, challenge: &[u8]) -> SecretHash {
    let purpose = match purpose {
        Purpose::SignIn => "sign in".to_owned(),
        Purpose::Own(session) => format!("own {}", hex(&session)),
        Purpose::Add(session) => format!("add {}", hex(&session)),
    };
    secret_hash(&format!("{purpose}\u{1f}{account}\u{1f}{}\u{1f}{}", party.origin, hex(challenge)))
}

/// Makes a question, base64url.
pub async fn ask(app: &Arc<App>, purpose: Purpose, account: u32, party: &Party) -> Result<String, Problem> {
    let challenge = random::<32>().map_err(|e| Problem::internal(&e))?;
    let key = kept(purpose, account, party, &challenge);
    app.with_store(move |store| store.keep_challenge(&key, account, WAITS)).await?;
    Ok(text(&challenge))
}

/// Takes the question away that was answered; false where it was not asked, for this, of them, here, or too long ago.
pub async fn take(
    app: &Arc<App>,
    purpose: Purpose,
    account: u32,
    party: &Party,
    client: &Client<'_>,
) -> Result<bool, Problem> {
    let key = kept(purpose, account, party, &client.challenge);
    app.with_store(move |store| store.take_challenge(&key, account)).await
}

/// Keys as browsers know them.
pub fn described<'a>(keys: impl Iterator<Item = &'a SecurityKey>) -> Vec<KeyDescriptor> {
    let described = |key: &SecurityKey| KeyDescriptor {
        r#type: CredentialKind::PublicKey,
        id: text(&key.kept.credential),
        transports: key.kept.transports.split(',').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
    };
    keys.map(described).collect()
}

/// The question to the keys of an account that answer to a host; none where none does.
pub async fn request(
    app: &Arc<App>,
    purpose: Purpose,
    account: u32,
    party: &Party,
) -> Result<Option<KeyRequest>, Problem> {
    let directory = app.auth.directory.load_full();
    let here = directory.keys_of(account).iter().filter(|key| key.kept.host == party.id);
    let allow_credentials = described(here);
    if allow_credentials.is_empty() {
        return Ok(None);
    }
    Ok(Some(KeyRequest {
        challenge: ask(app, purpose, account, party).await?,
        timeout: TIMEOUT,
        rp_id: party.id.clone(),
        allow_credentials,
        user_verification: UserVerification::Preferred,
    }))
}
