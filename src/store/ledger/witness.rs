//! The ledger's end, signed with a key that lies outside the store: whoever owns the store's file can make its chain
//! anew, but not what was signed before and is kept elsewhere.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::domain::{LedgerPosition, hex, unhex};

/// The end of the ledger at a time, signed (Ed25519, RFC 8032). Over the bytes of four lines: `matbang head 1`,
/// position, head, time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct SignedHead {
    /// Position.
    pub position: LedgerPosition,
    /// Hash of the ledger there, hexadecimal.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    pub head: String,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub at: i64,
    /// Public key, hexadecimal.
    pub key: String,
    /// Signature, hexadecimal.
    pub signature: String,
}

/// A key that signs.
pub struct HeadKey(SigningKey);

/// Why a key or a signed head can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WitnessError {
    /// Not a key.
    #[error("it is not a key: 64 hexadecimal digits are expected")]
    Key,
    /// The signature is not of this key over this head.
    #[error("the signature at position {0} does not hold: the line was altered")]
    Signature(LedgerPosition),
    /// Another key.
    #[error("position {0} was signed by another key ({1})")]
    OtherKey(LedgerPosition, String),
}

impl HeadKey {
    /// The key with this secret.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// As a file holds it.
    ///
    /// # Errors
    /// [`WitnessError`] when the text is not 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, WitnessError> {
        unhex(text.trim()).map(|secret| Self::new(&secret)).ok_or(WitnessError::Key)
    }

    /// Its public part, hexadecimal.
    pub fn public(&self) -> String {
        hex(self.0.verifying_key().as_bytes())
    }

    /// Signs the ledger's end; `at` in milliseconds since 1970-01-01T00:00Z.
    pub fn sign(&self, position: LedgerPosition, hash: &[u8; 32], at: i64) -> SignedHead {
        let head = hex(hash);
        let signature = hex(&self.0.sign(&statement(position, &head, at)).to_bytes());
        SignedHead { position, head, at, key: self.public(), signature }
    }
}

impl std::fmt::Debug for HeadKey {
    /// The secret stays one.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HeadKey({})", self.public())
    }
}

impl SignedHead {
    /// Whether the signature holds, and is by `key` if one is named.
    ///
    /// # Errors
    /// [`WitnessError`] naming what does not hold.
    pub fn check(&self, key: Option<&str>) -> Result<(), WitnessError> {
        if key.is_some_and(|key| !key.eq_ignore_ascii_case(&self.key)) {
            return Err(WitnessError::OtherKey(self.position, self.key.clone()));
        }
        let altered = || WitnessError::Signature(self.position);
        let public = unhex::<32>(&self.key).and_then(|key| VerifyingKey::from_bytes(&key).ok());
        let signature = unhex::<64>(&self.signature).map(|bytes| Signature::from_bytes(&bytes));
        let (public, signature) = public.zip(signature).ok_or_else(altered)?;
        let text = statement(self.position, &self.head, self.at);
        public.verify_strict(&text, &signature).map_err(|_| altered())
    }
}

fn statement(position: LedgerPosition, head: &str, at: i64) -> Vec<u8> {
    format!("matbang head 1\n{position}\n{head}\n{at}\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_head_holds_and_no_altered_one_does() {
        let key = HeadKey::parse(&format!("{}\n", "07".repeat(32))).unwrap();
        let signed = key.sign(LedgerPosition(42), &[9; 32], 1_700_000_000_000);
        signed.check(None).unwrap();
        signed.check(Some(&key.public().to_uppercase())).unwrap();
        let other = HeadKey::new(&[8; 32]).public();
        assert!(matches!(signed.check(Some(&other)), Err(WitnessError::OtherKey(..))));
        for altered in [
            SignedHead { position: LedgerPosition(41), ..signed.clone() },
            SignedHead { head: hex(&[8; 32]), ..signed.clone() },
            SignedHead { at: 0, ..signed.clone() },
            SignedHead { key: other, ..signed.clone() },
            SignedHead { signature: "00".repeat(64), ..signed.clone() },
            SignedHead { signature: "ấ".to_owned(), ..signed.clone() },
        ] {
            assert_eq!(altered.check(None), Err(WitnessError::Signature(altered.position)), "{altered:?}");
        }
        assert_eq!(HeadKey::parse("xx").unwrap_err(), WitnessError::Key);
    }

    #[test]
    fn it_is_the_signature_of_the_standard() {
        // RFC 8032, 7.1, test 1: the public key that belongs to this secret.
        let secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        assert_eq!(HeadKey::parse(secret).unwrap().public(), public);
    }
}
