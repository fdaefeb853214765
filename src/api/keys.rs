//! Security keys and passkeys: what is asked of them and what they answer, as Web Authentication (Level 3, section 5)
//! writes it in JSON.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::store::SecurityKey;

/// A security key of one's own.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct KeyEntry {
    /// Number.
    pub id: u32,
    /// What its owner calls it.
    pub name: String,
    /// The host by whose name the page was opened when it was added; it answers to no other.
    pub host: String,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub added_at: i64,
    /// Milliseconds since 1970-01-01T00:00Z; null where it was not used yet.
    pub used_at: Option<i64>,
}

impl From<&SecurityKey> for KeyEntry {
    fn from(key: &SecurityKey) -> Self {
        let SecurityKey { id, added_at, used_at, kept } = key;
        let (name, host) = (kept.name.clone(), kept.host.clone());
        Self { id: *id, name, host, added_at: *added_at, used_at: *used_at }
    }
}

/// What may be given beside the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum FactorKind {
    /// A one-time code of a device.
    Code,
    /// A security key that answers to this host.
    Key,
    /// A recovery code.
    RecoveryCode,
}

/// What may be given beside the password, and the question to the keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SecondFactorAsked {
    /// What may be given; none where there are keys of another host alone.
    pub kinds: Vec<FactorKind>,
    /// The question to the keys; null where none answers to this host.
    pub key: Option<KeyRequest>,
}

/// Whether a key has to know its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum UserVerification {
    /// Where it can.
    Preferred,
}

/// Kind of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(inline)]
pub enum CredentialKind {
    /// The only one.
    #[serde(rename = "public-key")]
    PublicKey,
}

/// A key that is asked, or that is known already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct KeyDescriptor {
    /// Kind.
    pub r#type: CredentialKind,
    /// What it calls itself, base64url.
    pub id: String,
    /// How browsers reach it.
    pub transports: Vec<String>,
}

/// A question to keys: `PublicKeyCredentialRequestOptionsJSON`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub struct KeyRequest {
    /// To be signed, once; base64url.
    pub challenge: String,
    /// Milliseconds for an answer.
    pub timeout: u32,
    /// The host.
    pub rp_id: String,
    /// The keys.
    pub allow_credentials: Vec<KeyDescriptor>,
    /// Whether a key has to know its owner.
    pub user_verification: UserVerification,
}

/// For whom a key is made.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct KeyParty {
    /// The host.
    pub id: String,
    /// What it is called.
    pub name: String,
}

/// Whose a key is to be.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub struct KeyOwner {
    /// A name that tells nothing of them, base64url.
    pub id: String,
    /// Name to sign in with.
    pub name: String,
    /// Name of the person.
    pub display_name: String,
}

/// How a key may sign.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct KeyAlgorithm {
    /// Kind.
    pub r#type: CredentialKind,
    /// Number at COSE.
    pub alg: i64,
}

/// Whether something is kept on a key.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum ResidentKey {
    /// Rather not: it comes after a name and a password.
    Discouraged,
}

/// Which keys may be added.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub struct KeySelection {
    /// Whether something is kept on it.
    pub resident_key: ResidentKey,
    /// Whether it has to know its owner.
    pub user_verification: UserVerification,
}

/// Whether a key has to say of what make it is.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Attestation {
    /// It has not.
    None,
}

/// What a new key is to be: `PublicKeyCredentialCreationOptionsJSON`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub struct KeyBegun {
    /// For whom it is.
    pub rp: KeyParty,
    /// Whose it is to be.
    pub user: KeyOwner,
    /// To be answered, once; base64url.
    pub challenge: String,
    /// How it may sign, the preferred first.
    pub pub_key_cred_params: Vec<KeyAlgorithm>,
    /// Milliseconds for an answer.
    pub timeout: u32,
    /// Keys that the account has already.
    pub exclude_credentials: Vec<KeyDescriptor>,
    /// Which may be added.
    pub authenticator_selection: KeySelection,
    /// Whether it has to say of what make it is.
    pub attestation: Attestation,
}

/// What a key answers: `AuthenticationResponseJSON`. What is sent beside is not looked at.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct KeyAnswer {
    /// What the key calls itself, base64url.
    pub id: String,
    /// What it says.
    pub response: KeyAssertion,
}

/// What a key says when it is used.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub struct KeyAssertion {
    /// What the browser says of the page, base64url.
    #[serde(rename = "clientDataJSON")]
    pub client_data: String,
    /// What the key says of itself, base64url.
    pub authenticator_data: String,
    /// Its signature over both, base64url.
    pub signature: String,
    /// Whose it is, base64url, where it keeps that.
    #[serde(default)]
    pub user_handle: Option<String>,
}

/// A key that was made, and what its owner calls it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct NewKeyRequest {
    /// What its owner calls it, 1 to 60 characters.
    pub name: String,
    /// The key.
    pub key: KeyMade,
}

/// A key that was made: `RegistrationResponseJSON`. What is sent beside is not looked at.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct KeyMade {
    /// What it says.
    pub response: KeyAttestation,
}

/// What a key says when it is made.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub struct KeyAttestation {
    /// What the browser says of the page, base64url.
    #[serde(rename = "clientDataJSON")]
    pub client_data: String,
    /// What the key says of itself, base64url.
    pub attestation_object: String,
    /// How browsers reach it.
    #[serde(default)]
    pub transports: Vec<String>,
}
