//! The security log: lines of the target `security`, for whoever watches over the server.
//!
//! It tells who came in or was refused, what was changed of accounts, and who looked at holders; never a password, a
//! token, a code or a holder's name. A name that is no account's is left out: people type passwords into that field.

use std::net::IpAddr;

/// Target of the lines.
const TARGET: &str = "security";

/// How somebody has come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// By a password alone.
    Password,
    /// By a password and a one-time code.
    Code,
    /// By a password and a security key.
    Key,
    /// By a password and a recovery code.
    RecoveryCode,
    /// By a provider of identities.
    Provider,
}

/// Why somebody was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalReason {
    /// Name or password are wrong, or the account is disabled.
    Wrong,
    /// Tried too often.
    Limit,
    /// The password is right and a second factor is due.
    SecondFactorDue,
    /// The password is right and the code or the key is wrong or used up.
    SecondFactorWrong,
    /// The password is right, and the security key counts as if it had been copied.
    KeyCounter,
    /// Nobody here is linked to who the provider says it is.
    NotLinked,
}

impl How {
    fn code(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code => "password+code",
            Self::Key => "password+key",
            Self::RecoveryCode => "password+recovery_code",
            Self::Provider => "provider",
        }
    }
}

impl RefusalReason {
    fn code(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::Limit => "limit",
            Self::SecondFactorDue => "second_factor_due",
            Self::SecondFactorWrong => "second_factor_wrong",
            Self::KeyCounter => "key_counter",
            Self::NotLinked => "not_linked",
        }
    }
}

fn shown(address: Option<IpAddr>) -> String {
    address.map_or_else(String::new, |address| address.to_string())
}

/// Somebody has come in.
pub fn signed_in(account: &str, how: How, address: Option<IpAddr>) {
    tracing::info!(target: TARGET, event = "signed_in", account, how = how.code(), address = shown(address));
}

/// Somebody was not let in; `account` is none where no account has the name.
pub fn not_signed_in(account: Option<&str>, why: RefusalReason, address: Option<IpAddr>) {
    let account = account.unwrap_or("");
    tracing::info!(target: TARGET, event = "not_signed_in", account, why = why.code(), address = shown(address));
}

/// Somebody has signed out.
pub fn signed_out(account: &str, address: Option<IpAddr>) {
    tracing::info!(target: TARGET, event = "signed_out", account, address = shown(address));
}

/// Somebody who is signed in was refused something.
pub fn refused(account: &str, what: &str, address: Option<IpAddr>) {
    tracing::info!(target: TARGET, event = "refused", account, what, address = shown(address));
}

/// Something was changed of an account, by `author`; `what` as the store's log has it.
pub fn changed(author: &str, account: &str, what: &str, address: Option<IpAddr>) {
    tracing::info!(target: TARGET, event = "account_changed", author, account, what, address = shown(address));
}

/// Somebody has looked at the holders of so many parcels; `parcel` is the one, where it is one.
pub fn looked(account: &str, what: &str, parcels: usize, parcel: Option<u32>, address: Option<IpAddr>) {
    let address = shown(address);
    tracing::info!(target: TARGET, event = "looked_at_holders", account, what, parcels, parcel, address);
}
