//! Accounts, sessions and tokens as a store keeps them.

use std::collections::HashMap;

use crate::domain::{Account, Grant, ParcelId};

/// SHA-256 of a secret.
pub type SecretHash = [u8; 32];

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "snake_case")]
pub enum TokenScope {
    /// Reading.
    Read,
    /// Reading and recording.
    Write,
}

/// A token for a program.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[schemars(rename = "TokenEntry")]
pub struct Token {
    /// Number.
    pub id: u32,
    /// Account that it stands for.
    pub account: u32,
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scope: TokenScope,
    /// Milliseconds since 1970-01-01T00:00Z at which it ends.
    pub expires_at: i64,
    /// It was taken back.
    pub revoked: bool,
}

/// A time at the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Account.
    pub account: u32,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub created_at: i64,
    /// Milliseconds since 1970-01-01T00:00Z of the last use that was noted.
    pub seen_at: i64,
}

/// All accounts, sessions and tokens.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    /// Number of the state.
    pub version: u64,
    /// Accounts with their password's hash, by number.
    pub accounts: HashMap<u32, (Account, Option<String>)>,
    /// Sessions by the hash of their secret.
    pub sessions: HashMap<SecretHash, Session>,
    /// Tokens by the hash of their secret.
    pub tokens: HashMap<SecretHash, Token>,
    /// Accounts by who somebody is at a provider: its address and the subject there.
    pub identities: HashMap<(String, String), u32>,
    /// Invitations to be linked to an account, by the hash of their secret.
    pub invitations: HashMap<SecretHash, Invitation>,
    /// Second factors by account.
    pub second_factors: HashMap<u32, SecondFactor>,
    /// Security keys by account, in the order in which they were added.
    pub security_keys: HashMap<u32, Vec<SecurityKey>>,
    /// Recovery codes that are left, by account.
    pub recovery_codes: HashMap<u32, usize>,
    /// The last changes of accounts, newest first: at most [`LAST_CHANGES`].
    pub changes: Vec<AccountLog>,
}

/// Changes of accounts that are read with them.
pub const LAST_CHANGES: u32 = 64;

/// What somebody has at hand beside a password.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// Secret of the one-time codes as it is kept, sealed or not.
    pub secret: Vec<u8>,
    /// A code of it was given: it is asked for from then on.
    pub confirmed: bool,
}

impl std::fmt::Debug for SecondFactor {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecondFactor").field("confirmed", &self.confirmed).finish_non_exhaustive()
    }
}

/// Security keys that an account may have.
pub const MOST_KEYS_OF_ACCOUNT: usize = 10;

/// What is kept of a security key or passkey when it is added (Web Authentication, Level 3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// What the key calls itself.
    pub credential: Vec<u8>,
    /// Its public key, as COSE writes it.
    pub public_key: Vec<u8>,
    /// The host by whose name the page was opened; it answers to no other.
    pub host: String,
    /// How browsers reach it, with commas between.
    pub transports: String,
    /// What its owner calls it.
    pub name: String,
    /// How often it says that it has signed; 0 where it does not count.
    pub counter: u32,
}

/// A security key or passkey of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityKey {
    /// Number.
    pub id: u32,
    /// Milliseconds since 1970-01-01T00:00Z at which it was added.
    pub added_at: i64,
    /// The same at which it was last used.
    pub used_at: Option<i64>,
    /// What is kept of it.
    pub kept: NewKey,
}

/// Lets whoever holds its secret sign in by a provider as an account, from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invitation {
    /// Account.
    pub account: u32,
    /// Milliseconds since 1970-01-01T00:00Z at which it ends.
    pub expires_at: i64,
}

impl Directory {
    /// The account of this name, in any case of letters.
    pub fn named(&self, name: &str) -> Option<&(Account, Option<String>)> {
        self.accounts.values().find(|(account, _)| account.name.eq_ignore_ascii_case(name))
    }

    /// The account that a change was about, by its word as in [`AccountChange::code`] and its number: that of the account,
    /// or of the token.
    pub fn account_of(&self, what: &str, number: u32) -> Option<&Account> {
        let account = if what.starts_with("token_") {
            self.tokens.values().find(|token| token.id == number)?.account
        } else {
            number
        };
        self.accounts.get(&account).map(|(account, _)| account)
    }

    /// Whether somebody at a provider is this account.
    pub fn is_linked(&self, account: u32) -> bool {
        self.identities.values().any(|linked| *linked == account)
    }

    /// Whether anything is asked for beside the password of an account.
    pub fn has_second_factor(&self, account: u32) -> bool {
        self.second_factor(account).is_some() || !self.keys_of(account).is_empty()
    }

    /// The security keys of an account.
    pub fn keys_of(&self, account: u32) -> &[SecurityKey] {
        self.security_keys.get(&account).map_or(&[], Vec::as_slice)
    }

    /// The one-time codes of an account, if they are asked for.
    pub fn second_factor(&self, account: u32) -> Option<&SecondFactor> {
        self.second_factors.get(&account).filter(|factor| factor.confirmed)
    }

    /// Whether someone could administer.
    pub fn has_administrator(&self) -> bool {
        let administers = |account: &Account| account.may_somewhere(crate::domain::Action::Administer);
        self.accounts.values().any(|(account, _)| administers(account))
    }
}

/// A look at a holder's record.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Access {
    /// Milliseconds since 1970-01-01T00:00Z.
    pub at: i64,
    /// Name of the account.
    pub account: String,
    /// Parcel.
    pub parcel: ParcelId,
    /// What was looked at.
    #[schemars(extend("enum" = ["holder", "list", "search"]))]
    pub what: String,
}

/// A change of the accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountChange {
    /// A new account with its first role; the password is the hash of one.
    Add {
        /// Name for signing in.
        name: String,
        /// Name of the person.
        full_name: String,
        /// Hash of the password.
        password: Option<String>,
        /// Role.
        grant: Option<Grant>,
    },
    /// A role is given.
    Grant(u32, Grant),
    /// A role is taken back.
    Revoke(u32, Grant),
    /// The hash of another password; all sessions end, and all tokens are taken back.
    Password(u32, String),
    /// The account may sign in or not; all sessions end.
    Disabled(u32, bool),
    /// A token with this hash.
    AddToken(SecretHash, Token),
    /// A token is taken back.
    RevokeToken(u32),
    /// An invitation by the hash of its secret, which ends at this time; earlier ones for the account end.
    Invite(u32, SecretHash, i64),
    /// Somebody at a provider is this account from now on; its invitations end.
    Link {
        /// Account.
        account: u32,
        /// Address of the provider.
        issuer: String,
        /// Who it is there.
        subject: String,
    },
    /// Nobody at any provider is this account any more; all sessions end.
    Unlink(u32),
    /// The secret of a second factor that is not asked for yet.
    SecondFactor(u32, Vec<u8>),
    /// The same secret of a second factor, kept otherwise: sealed. Nothing when it is no longer the one that was read.
    SecretSealed {
        /// Account.
        account: u32,
        /// As it was read.
        plain: Vec<u8>,
        /// As it is to be kept.
        sealed: Vec<u8>,
    },
    /// The second factor is asked for from now on; all sessions end.
    SecondFactorOn {
        /// Account.
        account: u32,
        /// Step of the code by which it was confirmed, which is used up.
        step: u64,
        /// Hashes of codes that may take its place, once each; none where there are some already.
        recovery: Vec<SecretHash>,
    },
    /// One-time codes are asked for no more; all sessions end. Security keys stay, and with them the recovery codes.
    CodesOff(u32),
    /// No second factor of any kind is asked for any more; all sessions end.
    SecondFactorOff(u32),
    /// A security key may be used from now on; all sessions end. Nothing where there are [`MOST_KEYS_OF_ACCOUNT`].
    KeyAdded {
        /// Account.
        account: u32,
        /// The key.
        key: NewKey,
        /// Hashes of codes that may take its place, once each; none where there are some already.
        recovery: Vec<SecretHash>,
    },
    /// A security key is used no more; all sessions end. With the last factor go the recovery codes.
    KeyRemoved {
        /// Account.
        account: u32,
        /// Number of the key.
        key: u32,
    },
}

impl AccountChange {
    /// A word for the kind of change.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Add { .. } => "added",
            Self::Grant(..) => "role_given",
            Self::Revoke(..) => "role_taken",
            Self::Password(..) => "password_set",
            Self::Disabled(_, true) => "disabled",
            Self::Disabled(_, false) => "enabled",
            Self::AddToken(..) => "token_made",
            Self::RevokeToken(_) => "token_revoked",
            Self::Invite(..) => "invited",
            Self::Link { .. } => "linked",
            Self::Unlink(_) => "unlinked",
            Self::SecondFactor(..) => "second_factor_begun",
            Self::SecretSealed { .. } => "secret_sealed",
            Self::SecondFactorOn { .. } => "second_factor_on",
            Self::CodesOff(_) => "codes_off",
            Self::SecondFactorOff(_) => "second_factor_off",
            Self::KeyAdded { .. } => "key_added",
            Self::KeyRemoved { .. } => "key_removed",
        }
    }
}

/// A change of an account as it was noted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct AccountLog {
    /// Its number: later ones have higher ones.
    pub id: u64,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub at: i64,
    /// Who made it.
    pub author: String,
    /// Number of the account, or of the token.
    pub account: u32,
    /// What was done, as in [`AccountChange::code`].
    pub what: String,
}
