//! Who asks, and whether they may.
//!
//! ```text
//! request ─► identity (cookie, token, loopback) ─► rule of the route ─► handler
//! ```
//! What a route asks for stands in the one list of routes, beside its handler. Accounts are kept in memory and read
//! again when they change.

mod account_changes;
mod attempts;
mod factor;
mod identity;
mod journal;
mod keys;
mod limits;
mod log;
mod oidc;
mod own;
mod password;
mod questions;
mod rules;
mod second;
mod session;
mod strength;
mod vault;
mod webauthn;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;

use crate::store::{Directory, SecretHash};

pub use account_changes::{add_account, add_token, change_account, revoke_token};
pub use identity::Identity;
pub use keys::{add_key, begin_key, remove_key};
pub use log::looked;
pub use oidc::{Oidc, callback, start};
pub use own::{begin_factor, change_password, confirm_factor, remove_factor};
pub use password::{hash as hash_password, secret, secret_hash};
pub use rules::{Route, Rule, guard};
pub use session::{accesses, accounts, holder, session, sign_in, sign_out};
pub use vault::{Vault, VaultError, seal_secrets};

use super::joined::Joined;
use journal::Journal;
use limits::Limits;

/// How the server lets people in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Without accounts, on loopback: whoever asks is the local administrator.
    Local,
    /// By accounts.
    Accounts {
        /// The map and its figures may be seen by all.
        public_map: bool,
    },
}

/// Accounts in memory, and how people come in.
pub struct Auth {
    /// Accounts, sessions and tokens.
    pub directory: ArcSwap<Directory>,
    /// Provider of identities.
    pub oidc: Option<Oidc>,
    /// The question whether the accounts in the store are others by now.
    pub news: Joined,
    strangers: Mutex<HashSet<SecretHash>>,
    journal: Mutex<Journal>,
    public_map: bool,
    limits: Limits,
    vault: Vault,
}

/// Secrets that are known to be nobody's, at most.
const MOST_STRANGERS: usize = 10_000;

impl Auth {
    /// Whether the store was asked about a secret and does not know it. Nobody will ever be given one of these: they are
    /// made at random, and none was asked about before it was made.
    pub fn is_stranger(&self, secret: &SecretHash) -> bool {
        self.strangers.lock().unwrap_or_else(PoisonError::into_inner).contains(secret)
    }

    /// Remembers a secret as nobody's.
    pub fn note_stranger(&self, secret: SecretHash) {
        let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        if strangers.len() >= MOST_STRANGERS {
            strangers.clear();
        }
        strangers.insert(secret);
    }

    /// Whether the map is shown to who is not signed in.
    pub fn is_public(&self) -> bool {
        matches!(self.mode(), Mode::Accounts { public_map: true })
    }

    /// With these accounts; `public_map` shows the map to who is not signed in, `vault` opens second factors.
    pub fn new(directory: Directory, public_map: bool, oidc: Option<Oidc>, vault: Vault) -> Self {
        Self {
            journal: Mutex::new(Journal::after(&directory)),
            directory: ArcSwap::from_pointee(directory),
            oidc,
            news: Joined::default(),
            strangers: Mutex::default(),
            public_map,
            limits: Limits::default(),
            vault,
        }
    }

    /// How people are let in now: the first account ends the time without.
    pub fn mode(&self) -> Mode {
        if self.directory.load().accounts.is_empty() {
            Mode::Local
        } else {
            Mode::Accounts { public_map: self.public_map }
        }
    }

    /// This server is about to change something of an account: it tells the security log of that itself.
    pub fn changes(&self, at: i64, author: &str, what: &str) {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner).own(at, author, what);
    }

    /// Takes the accounts as they are now.
    pub fn refresh(&self, directory: Directory) {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner).log_changes(&directory);
        self.directory.store(Arc::new(directory));
    }
}
