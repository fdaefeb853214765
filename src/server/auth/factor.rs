//! One-time codes (TOTP, RFC 6238) and the codes for when the device with them is lost.

use std::fmt::Write as _;

use totp_rs::{Builder, Secret, Totp};

use super::{
    password::{PasswordError, random},
    secret_hash,
};
use crate::store::SecretHash;

/// Recovery codes that are given at once.
const RECOVERY: usize = 10;

/// A new secret: as many bits as its hash has.
///
/// # Errors
/// `PasswordError::Hash` when the system gives no random numbers.
pub fn new_secret() -> Result<Vec<u8>, PasswordError> {
    random::<20>().map(Vec::from).map_err(PasswordError::Hash)
}

/// Six digits, thirty seconds, SHA-1: what every app knows. One step before and after is taken, for clocks that differ.
fn codes(secret: &[u8]) -> Option<Totp> {
    Builder::new().with_secret(secret.to_vec()).build().ok()
}

/// The step of which this is the code, at a time in seconds; none where it is of none.
pub fn step_of(secret: &[u8], code: &str, seconds: u64) -> Option<u64> {
    codes(secret)?.check(code, seconds)
}

/// The secret as people type it.
pub fn typed(secret: &[u8]) -> String {
    Secret::from(secret.to_vec()).to_base32()
}

/// The secret as a device takes it from a picture.
pub fn address(secret: &[u8], account: &str, server: &str) -> String {
    let encode = |text: &str| -> String {
        // In a path a space is no plus.
        form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
    };
    let (account, server, secret) = (encode(account), encode(server), typed(secret));
    format!(
        "otpauth://totp/{server}:{account}?secret={secret}&issuer={server}&algorithm=SHA1&digits=6&period=30"
    )
}

/// New recovery codes, to be shown once, with what is kept of them: 80 bits each.
///
/// # Errors
/// `PasswordError::Hash` when the system gives no random numbers.
pub fn recovery_codes() -> Result<Vec<(String, SecretHash)>, PasswordError> {
    let one = || {
        let plain = typed(&random::<10>().map_err(PasswordError::Hash)?);
        let mut shown = String::new();
        for (index, c) in plain.chars().enumerate() {
            let _ = if index > 0 && index % 4 == 0 { write!(shown, "-{c}") } else { write!(shown, "{c}") };
        }
        let kept = recovery_hash(&shown);
        Ok((shown, kept))
    };
    (0..RECOVERY).map(|_| one()).collect()
}

/// What is kept of a recovery code, however it is typed.
pub fn recovery_hash(code: &str) -> SecretHash {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    secret_hash(&plain.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_that_of_the_standard_and_of_its_neighbours() {
        // RFC 6238, appendix B, at 59 s, 1111111109 s and 2000000000 s: the last six of eight digits.
        let secret = b"12345678901234567890";
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            let step = seconds / 30;
            assert_eq!(step_of(secret, code, seconds), Some(step));
            assert_eq!(step_of(secret, code, seconds + 30), Some(step), "a clock that is behind");
            assert_eq!(step_of(secret, code, seconds - 30), Some(step), "a clock that is ahead");
            assert_eq!(step_of(secret, code, seconds + 61), None);
            assert_eq!(step_of(secret, code, seconds - 60), None);
        }
        for code in ["", "28708", "2870822", "28708a", "٢٨٧٠٨٢"] {
            assert_eq!(step_of(secret, code, 59), None, "{code}");
        }
        assert_eq!(typed(secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let address = address(secret, "an@a.vn", "Mặt bằng");
        assert_eq!(
            address,
            "otpauth://totp/M%E1%BA%B7t%20b%E1%BA%B1ng:an%40a.vn?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=M%E1%BA%B7t%20b%E1%BA%B1ng&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn recovery_codes_are_known_however_they_are_typed() {
        let codes = recovery_codes().unwrap();
        assert_eq!(codes.len(), 10);
        let (shown, kept) = &codes[0];
        assert!(shown.len() == 19 && shown.split('-').all(|part| part.len() == 4), "{shown}");
        assert_eq!(recovery_hash(&shown.to_lowercase().replace('-', " ")), *kept);
        assert!(codes.iter().skip(1).all(|(_, other)| other != kept));
    }
}
