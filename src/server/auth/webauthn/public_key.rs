//! Public keys of keys, as COSE writes them (RFC 9053), and what they have signed.

use ciborium::Value;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};

use super::{Fault, authenticator::one};

const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;
/// The algorithms that are asked for, the preferred first, by their numbers at COSE.
pub const ALGORITHMS: [i64; 3] = [ES256, EDDSA, RS256];

/// Bytes of an RSA key's modulus that are taken.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// A public key.
#[derive(Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// ECDSA on P-256 with SHA-256: the point, uncompressed.
    Es256(Vec<u8>),
    /// Ed25519.
    EdDsa(Vec<u8>),
    /// RSASSA-PKCS1-v1_5 with SHA-256: modulus and exponent.
    Rs256(Vec<u8>, Vec<u8>),
}

/// Entries of a key, by their numbers.
struct Entries(Vec<(Value, Value)>);

impl Entries {
    fn find(&self, number: i64) -> Option<&Value> {
        let found = self.0.iter().find(|(key, _)| key.as_integer() == Some(number.into()));
        found.map(|(_, value)| value)
    }

    fn is(&self, number: i64, expected: i64) -> bool {
        self.find(number).and_then(Value::as_integer) == Some(expected.into())
    }

    fn bytes(&self, number: i64) -> Result<&[u8], Fault> {
        let found = self.find(number).and_then(Value::as_bytes);
        found.map(Vec::as_slice).ok_or(Fault::Algorithm)
    }

    fn exactly(&self, number: i64, length: usize) -> Result<&[u8], Fault> {
        self.bytes(number)
            .and_then(|bytes| if bytes.len() == length { Ok(bytes) } else { Err(Fault::Algorithm) })
    }
}

impl PublicKey {
    /// Reads one.
    ///
    /// # Errors
    /// `Fault::Algorithm` when it is of none of [`ALGORITHMS`].
    pub fn parse(mut cose: &[u8]) -> Result<Self, Fault> {
        let Value::Map(entries) = one(&mut cose, "the public key")? else { return Err(Fault::Algorithm) };
        let entries = Entries(entries);
        // 1: type, 3: algorithm, -1 and on: what belongs to the type.
        if entries.is(3, ES256) && entries.is(1, 2) && entries.is(-1, 1) {
            let (x, y) = (entries.exactly(-2, 32)?, entries.exactly(-3, 32)?);
            return Ok(Self::Es256([&[4], x, y].concat()));
        }
        if entries.is(3, EDDSA) && entries.is(1, 1) && entries.is(-1, 6) {
            return Ok(Self::EdDsa(entries.exactly(-2, 32)?.to_vec()));
        }
        if entries.is(3, RS256) && entries.is(1, 3) {
            let (modulus, exponent) = (entries.bytes(-1)?, entries.bytes(-2)?);
            if RSA_BYTES.contains(&modulus.len()) {
                return Ok(Self::Rs256(modulus.to_vec(), exponent.to_vec()));
            }
        }
        Err(Fault::Algorithm)
    }

    /// Whether it has signed this.
    ///
    /// # Errors
    /// `Fault::Signature` when it has not.
    pub fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<(), Fault> {
        let verified = match self {
            Self::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(signed, signature)
            }
            Self::EdDsa(point) => UnparsedPublicKey::new(&ED25519, point).verify(signed, signature),
            Self::Rs256(n, e) => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature)
            }
        };
        verified.map_err(|_| Fault::Signature)
    }
}
