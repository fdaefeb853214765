//! Web Authentication (W3C, Level 3): what has to hold of what a key says when it is added (section 7.1) and when it is
//! used (section 7.2).
//!
//! It knows nothing of accounts, stores or requests: that a question was asked, of whom, and not answered before is for
//! who calls it. Of what make a key is nobody asks (attestation `none`), and whether its owner was verified by it is not
//! insisted on: it comes after a password.

mod authenticator;
mod client;
mod party;
mod public_key;

use ciborium::Value;
use sha2::{Digest as _, Sha256};

use authenticator::{Authenticator, one};
pub use client::Client;
pub use party::Party;
pub use public_key::{ALGORITHMS, PublicKey};

/// Longest name that a key may give itself, bytes (7.1, step 25).
const LONGEST_CREDENTIAL: usize = 1023;

/// Why what a key says is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It can't be read.
    #[error("it can't be read: {0}")]
    Form(&'static str),
    /// It is an answer to another kind of question.
    #[error("it answers another kind of question")]
    Type,
    /// It was made on a page of somebody else.
    #[error("it was made on a page of another origin")]
    Origin,
    /// It was made inside a page of somebody else.
    #[error("it was made inside a page of another origin")]
    Inside,
    /// It was made for another host.
    #[error("it was made for another host")]
    Host,
    /// Nobody touched the key.
    #[error("nobody was present at the key")]
    Absent,
    /// It says that it was copied though it can't be.
    #[error("it contradicts itself about being backed up")]
    Backup,
    /// It says of what make it is, which was not asked for.
    #[error("it comes with an attestation, which was not asked for")]
    Attestation,
    /// It signs by an algorithm that was not asked for.
    #[error("it signs by none of ES256, EdDSA and RS256, or its public key is none of theirs")]
    Algorithm,
    /// The signature is not of this key.
    #[error("the signature is not of this key")]
    Signature,
}

/// A key that was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// What it calls itself.
    pub credential: Vec<u8>,
    /// Its public key, as COSE writes it (RFC 9052).
    pub public_key: Vec<u8>,
    /// How often it has signed; 0 where it does not count.
    pub counter: u32,
}

/// The key that `attestation` is about, made on a page of `party` in answer to what `client` says.
///
/// # Errors
/// The first [`Fault`], in the order of section 7.1.
pub fn added(party: &Party, client: &Client<'_>, attestation: &[u8]) -> Result<Added, Fault> {
    client.check("webauthn.create", party)?;
    let mut rest = attestation;
    let object = one(&mut rest, "the attestation")?;
    let (Value::Map(parts), true) = (object, rest.is_empty()) else {
        return Err(Fault::Form("the attestation is no map"));
    };
    let part = |name: &str| {
        let found = parts.iter().find(|(key, _)| key.as_text() == Some(name));
        found.map(|(_, value)| value).ok_or(Fault::Form("the attestation lacks a part"))
    };
    let told = part("authData")?.as_bytes().ok_or(Fault::Form("the authenticator's part is no bytes"))?;
    let authenticator = Authenticator::parse(told)?;
    authenticator.check(party)?;
    let attested = authenticator.attested.ok_or(Fault::Form("there is no key"))?;
    PublicKey::parse(attested.public_key)?;
    let is_none = part("fmt")?.as_text() == Some("none");
    let is_empty = part("attStmt")?.as_map().is_some_and(Vec::is_empty);
    if !is_none || !is_empty {
        return Err(Fault::Attestation);
    }
    if attested.credential.is_empty() || attested.credential.len() > LONGEST_CREDENTIAL {
        return Err(Fault::Form("the key's name for itself is too long, or it has none"));
    }
    Ok(Added {
        credential: attested.credential.to_vec(),
        public_key: attested.public_key.to_vec(),
        counter: authenticator.counter,
    })
}

/// How often a key says that it has signed, after it was used on a page of `party` in answer to what `client` says.
/// Whether that is more than before is for who keeps the count.
///
/// # Errors
/// The first [`Fault`], in the order of section 7.2.
pub fn used(
    party: &Party,
    client: &Client<'_>,
    public_key: &[u8],
    told: &[u8],
    signature: &[u8],
) -> Result<u32, Fault> {
    client.check("webauthn.get", party)?;
    let authenticator = Authenticator::parse(told)?;
    authenticator.check(party)?;
    let signed = [told, &Sha256::digest(client.bytes)].concat();
    PublicKey::parse(public_key)?.verify(&signed, signature)?;
    Ok(authenticator.counter)
}

#[cfg(test)]
mod tests;
