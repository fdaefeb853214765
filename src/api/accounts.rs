//! Accounts and tokens, as administrators see and change them.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{Account, Grant, Role},
    store::{Access, Directory, Token, TokenScope},
};

/// Days that a token may last.
pub const LONGEST_TOKEN_DAYS: i64 = 3660;

/// An account.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AccountEntry {
    /// Number.
    pub id: u32,
    /// Name to sign in with.
    pub name: String,
    /// Name of the person.
    pub full_name: String,
    /// It may not sign in.
    pub disabled: bool,
    /// What it may do, and where.
    pub grants: Vec<Grant>,
    /// Whether it belongs to somebody at the provider of identities.
    pub linked: bool,
    /// Whether a code or a security key is asked for beside the password.
    pub second_factor: bool,
}

/// All accounts and tokens, without secrets.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Accounts {
    /// Accounts, by name.
    pub accounts: Vec<AccountEntry>,
    /// Tokens, by number.
    pub tokens: Vec<Token>,
}

impl Accounts {
    /// All accounts by name and all tokens by number.
    pub fn of(directory: &Directory) -> Self {
        let entry = |account: &Account| AccountEntry {
            id: account.id,
            name: account.name.clone(),
            full_name: account.full_name.clone(),
            disabled: account.disabled,
            grants: account.grants.clone(),
            linked: directory.is_linked(account.id),
            second_factor: directory.has_second_factor(account.id),
        };
        let mut accounts: Vec<AccountEntry> =
            directory.accounts.values().map(|(account, _)| entry(account)).collect();
        accounts.sort_by(|a, b| a.name.cmp(&b.name));
        let mut tokens: Vec<Token> = directory.tokens.values().cloned().collect();
        tokens.sort_by_key(|token| token.id);
        Self { accounts, tokens }
    }
}

/// A role that is given or taken.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct GrantRequest {
    /// Role.
    pub role: Role,
    /// Code of the unit; everywhere without.
    pub unit: Option<String>,
}

/// A new account.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct NewAccount {
    /// Name to sign in with.
    pub name: String,
    /// Name of the person.
    pub full_name: String,
    /// Its first role.
    pub role: Role,
    /// Code of the unit; everywhere without.
    pub unit: Option<String>,
    /// Password; without one it comes by a provider of identities.
    pub password: Option<String>,
}

/// An account that was added.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct AccountAdded {
    /// Its name.
    pub name: String,
}

fn always(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "const": true })
}

/// What is to change about an account; one of them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum AccountChangeRequest {
    /// A role is given.
    Grant(GrantRequest),
    /// A role is taken.
    Revoke(GrantRequest),
    /// Another password.
    Password(String),
    /// Whether it may not sign in.
    Disabled(bool),
    /// The second factor is taken away, for somebody who has lost it.
    ResetSecondFactor(#[schemars(schema_with = "always")] bool),
    /// A link for one sign-in by the provider, after which it is this account's.
    Invite(#[schemars(schema_with = "always")] bool),
    /// Nobody at the provider is this account any more.
    Unlink(#[schemars(schema_with = "always")] bool),
}

/// An invitation, shown once.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Invitation {
    /// To be opened on this server by who is invited.
    pub path: String,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub expires_at: i64,
}

/// A token that is to be made.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct NewToken {
    /// Name of the account that it stands for.
    pub account: String,
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scope: TokenScope,
    /// Days that it lasts.
    #[schemars(range(min = 1, max = 3660))]
    pub days: i64,
}

/// A token that was made; its secret is shown once.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct TokenAdded {
    /// Number.
    pub id: u32,
    /// The secret.
    pub token: String,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub expires_at: i64,
}

/// The last looks at holders' records.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Accesses {
    /// The looks.
    pub accesses: Vec<Access>,
}
