//! Passwords (argon2id, RFC 9106) and secrets of sessions and tokens.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use rand::TryRngCore;
use sha2::{Digest, Sha256};

use super::strength::is_common;
use crate::domain::hex;
use crate::store::SecretHash;

/// Shortest password, characters.
pub const SHORTEST: usize = 12;
/// Longest password, characters.
pub const LONGEST: usize = 200;

/// Why a password can't be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short.
    #[error("the password has fewer than {SHORTEST} characters")]
    Short,
    /// Too long.
    #[error("the password has more than {LONGEST} characters")]
    Long,
    /// One that others try first.
    #[error(
        "the password is one that others try first: a common word, a name, a row of keys or a year with little \
         besides; take several words that do not belong together"
    )]
    Common,
    /// The system gives no random numbers, or the hash can't be made.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
}

impl PasswordError {
    /// Why a password is not taken, in one word; none where it is not the password's fault.
    pub fn code(&self) -> Option<&'static str> {
        match self {
            Self::Short => Some("password_short"),
            Self::Long => Some("password_long"),
            Self::Common => Some("password_common"),
            Self::Hash(_) => None,
        }
    }
}

/// Argon2id with 19 MiB and two passes: OWASP's recommendation.
fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|e| PasswordError::Hash(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hash of a password, to be stored, of somebody of these names.
///
/// # Errors
/// A password that is too short, too long, or one that others try first.
pub fn hash(password: &str, names: &[&str]) -> Result<String, PasswordError> {
    match password.chars().count() {
        ..SHORTEST => return Err(PasswordError::Short),
        SHORTEST..=LONGEST => {}
        _ => return Err(PasswordError::Long),
    }
    if is_common(password, names) {
        return Err(PasswordError::Common);
    }
    let fault = |e: String| PasswordError::Hash(e);
    let salt = SaltString::encode_b64(&random::<16>().map_err(fault)?).map_err(|e| fault(e.to_string()))?;
    let hash = argon2()?.hash_password(password.as_bytes(), &salt).map_err(|e| fault(e.to_string()))?;
    Ok(hash.to_string())
}

/// Whether a password is the one that was hashed. Without a hash as much time goes by.
pub fn verify(password: &str, stored: Option<&str>) -> bool {
    // The hash of nothing that anyone has, so that an unknown name takes as long.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bWF0YmFuZ25vYm9keTEy$\
        Zm9yIHRpbWluZyBvbmx5OiBubyBwYXNzd29yZCAhISE";
    let Ok(argon2) = argon2() else { return false };
    let matches = |hash: &str| {
        PasswordHash::new(hash).is_ok_and(|hash| argon2.verify_password(password.as_bytes(), &hash).is_ok())
    };
    if let Some(stored) = stored {
        return matches(stored);
    }
    matches(NOBODY);
    false
}

/// Random bytes of the system.
pub fn random<const N: usize>() -> Result<[u8; N], String> {
    let mut bytes = [0; N];
    rand::rngs::OsRng.try_fill_bytes(&mut bytes).map_err(|e| e.to_string())?;
    Ok(bytes)
}

/// A new secret of 256 bits, hexadecimal.
///
/// # Errors
/// `PasswordError::Hash` when the system gives no random numbers.
pub fn secret() -> Result<String, PasswordError> {
    random::<32>().map(|bytes| hex(&bytes)).map_err(PasswordError::Hash)
}

/// What is kept of a secret.
pub fn secret_hash(secret: &str) -> SecretHash {
    Sha256::digest(secret.as_bytes()).into()
}

/// The value that a page sends back to show that it is ours: made of the session's secret, telling nothing of it.
pub fn csrf(secret: &str) -> String {
    hex(&Sha256::digest(format!("csrf {secret}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_its_hash_alone() {
        let hash = hash("đất lành chim đậu", &[]).unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify("đất lành chim đậu", Some(&hash)) && !verify("đất lành", Some(&hash)));
        assert!(!verify("", None));
        assert_eq!(super::hash("elf Zeichen", &[]), Err(PasswordError::Short));
        assert_eq!(super::hash("matkhau123456", &[]), Err(PasswordError::Common));
        assert_eq!(super::hash(&"đất lành ".repeat(30), &[]), Err(PasswordError::Long));
    }
}
