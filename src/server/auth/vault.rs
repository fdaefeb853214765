//! Secrets of one-time codes as the store keeps them: sealed by a key that lies elsewhere, so that a copy of the store
//! makes no codes.
//!
//! Sealed is `1`, a nonce of 12 bytes, and the secret by AES-256-GCM (NIST SP 800-38D) with the account's number beside
//! it: what is sealed for one account opens for no other.

use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom as _, SystemRandom},
};

use crate::{
    domain::unhex,
    store::{AccountChange, SecondFactor, Store, StoreError},
};

/// First byte of what is sealed.
const SEALED: u8 = 1;
/// Bytes of a secret that is not sealed.
const PLAIN: usize = 20;

/// Seals and opens secrets; without a key they are kept as they are.
#[derive(Debug, Default)]
pub struct Vault(Option<LessSafeKey>);

/// Why a secret can't be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// It is sealed, and there is no key.
    #[error("it is sealed, and the server was started without the key; give it with --secrets-key")]
    NoKey,
    /// It was sealed by another key or for another account, or was altered.
    #[error("it was sealed by another key than the one given with --secrets-key")]
    OtherKey,
    /// The system gives no random numbers, or the key is none.
    #[error("it could not be sealed")]
    Unsealed,
    /// A text that is no key.
    #[error("it is not a key: 64 hexadecimal digits are expected, as `matbang key FILE` writes them")]
    Key,
}

impl Vault {
    /// With the key that a file holds: 64 hexadecimal digits.
    ///
    /// # Errors
    /// `VaultError::Key` when the text is no key.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        let bytes = unhex::<32>(text.trim()).ok_or(VaultError::Key)?;
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| VaultError::Key)?;
        Ok(Self(Some(LessSafeKey::new(key))))
    }

    /// Whether it has a key.
    pub fn has_key(&self) -> bool {
        self.0.is_some()
    }

    /// A secret of an account as it is to be kept.
    ///
    /// # Errors
    /// `VaultError::Unsealed` when the system gives no random numbers.
    pub fn seal(&self, account: u32, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        let Some(key) = &self.0 else { return Ok(secret.to_vec()) };
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| VaultError::Unsealed)?;
        let mut sealed = secret.to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), of(account), &mut sealed)
            .map_err(|_| VaultError::Unsealed)?;
        Ok([&[SEALED], &nonce[..], &sealed].concat())
    }

    /// The secret of an account by what is kept of it.
    ///
    /// # Errors
    /// `VaultError::NoKey` or `VaultError::OtherKey` when it can't be opened here.
    pub fn open(&self, account: u32, kept: &[u8]) -> Result<Vec<u8>, VaultError> {
        if !is_sealed(kept) {
            return Ok(kept.to_vec());
        }
        let key = self.0.as_ref().ok_or(VaultError::NoKey)?;
        let (nonce, sealed) = kept[1..].split_at_checked(NONCE_LEN).ok_or(VaultError::OtherKey)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| VaultError::OtherKey)?;
        let mut sealed = sealed.to_vec();
        let opened = key.open_in_place(nonce, of(account), &mut sealed).map_err(|_| VaultError::OtherKey)?;
        Ok(opened.to_vec())
    }
}

/// Whether what is kept is sealed.
fn is_sealed(kept: &[u8]) -> bool {
    kept.len() != PLAIN && kept.first() == Some(&SEALED)
}

fn of(account: u32) -> Aad<Vec<u8>> {
    Aad::from(format!("matbang second factor 1\n{account}\n").into_bytes())
}

/// Seals the secrets of second factors that were kept as they are, where there is a key; gives the accounts whose
/// secrets can't be opened here.
///
/// # Errors
/// [`StoreError`] when the store can't be written.
pub fn seal_secrets(store: &dyn Store, vault: &Vault, at: i64) -> Result<Vec<String>, StoreError> {
    let directory = store.directory()?;
    let name =
        |account: &u32| directory.accounts.get(account).map_or_else(String::new, |one| one.0.name.clone());
    let shut = directory.second_factors.iter().filter(|(id, kept)| vault.open(**id, &kept.secret).is_err());
    let shut = shut.map(|(id, _)| name(id)).collect();
    if vault.has_key() {
        let plain = directory.second_factors.iter().filter(|(_, kept)| !is_sealed(&kept.secret));
        let seal = |(id, kept): (&u32, &SecondFactor)| {
            let plain = kept.secret.clone();
            vault.seal(*id, &plain).map(|sealed| AccountChange::SecretSealed { account: *id, plain, sealed })
        };
        let changes: Result<Vec<_>, _> = plain.map(seal).collect();
        let changes = changes.map_err(|error| StoreError::Backend(error.to_string()))?;
        if !changes.is_empty() {
            store.change_accounts("matbang", at, &changes)?;
        }
    }
    Ok(shut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_by_its_key_for_its_account_alone() {
        let (one, other) = (
            Vault::parse(&"07".repeat(32)).unwrap(),
            Vault::parse(&format!("{}\n", "08".repeat(32))).unwrap(),
        );
        let secret = [SEALED; PLAIN];
        let kept = one.seal(3, &secret).unwrap();
        assert!(is_sealed(&kept) && !is_sealed(&secret));
        assert!(!kept.windows(4).any(|part| part == &secret[..4]));
        assert_eq!(one.open(3, &kept).unwrap(), secret);
        assert_ne!(one.seal(3, &secret).unwrap(), kept, "each time another nonce");
        assert_eq!(one.open(4, &kept), Err(VaultError::OtherKey));
        assert_eq!(other.open(3, &kept), Err(VaultError::OtherKey));
        assert_eq!(Vault::default().open(3, &kept), Err(VaultError::NoKey));
        for at in 1..kept.len() {
            let mut altered = kept.clone();
            altered[at] ^= 1;
            assert_eq!(one.open(3, &altered), Err(VaultError::OtherKey), "byte {at}");
        }
        assert_eq!(one.open(3, &kept[..5]), Err(VaultError::OtherKey));
    }

    #[test]
    fn without_a_key_secrets_are_kept_and_read_as_they_are() {
        let secret = [9; PLAIN];
        let none = Vault::default();
        assert_eq!(none.seal(3, &secret).unwrap(), secret);
        assert_eq!(Vault::parse(&"07".repeat(32)).unwrap().open(3, &secret).unwrap(), secret);
    }

    #[test]
    fn a_key_has_64_digits() {
        for text in ["", "07", &"07".repeat(31), &"zz".repeat(32), &"0".repeat(63)] {
            assert!(Vault::parse(text).is_err(), "{text}");
        }
    }
}
