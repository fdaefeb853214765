//! Signing in and out, and what people change of their own accounts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::keys::{KeyAnswer, KeyEntry};
use crate::domain::Role;

/// A role, in a unit or everywhere.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Grant")]
pub struct SessionGrant {
    /// Role.
    pub role: Role,
    /// Code of the unit; null = everywhere.
    pub unit: Option<String>,
}

/// Who is signed in.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct SessionAccount {
    /// Name to sign in with.
    pub name: String,
    /// Name of the person.
    pub full_name: String,
    /// Without one its person comes by a provider of identities.
    pub has_password: bool,
    /// What it may do, and where.
    pub grants: Vec<SessionGrant>,
}

/// What they may do somewhere.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(inline)]
#[expect(clippy::struct_excessive_bools, reason = "each is a permission of its own")]
pub struct Permissions {
    /// Look at the map, parcels and figures.
    pub read: bool,
    /// Record events.
    pub write_events: bool,
    /// Change plans, and bring in files.
    pub manage: bool,
    /// See who holds a parcel.
    pub see_holders: bool,
    /// Keep accounts.
    pub administer: bool,
}

/// Whether there are accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum SessionMode {
    /// Whoever asks from this machine is let in.
    Local,
    /// People sign in.
    Accounts,
}

/// A provider of identities.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Provider {
    /// What it is called.
    pub name: String,
}

/// Who is signed in, and what they may do.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Session {
    /// Whether there are accounts.
    pub mode: SessionMode,
    /// Somebody is signed in.
    pub signed_in: bool,
    /// Who; null where nobody is, or there are no accounts.
    pub account: Option<SessionAccount>,
    /// What they may do somewhere.
    pub may: Permissions,
    /// To be sent as X-CSRF-Token.
    pub csrf: String,
    /// A second factor of any kind is asked for.
    pub second_factor: bool,
    /// One-time codes of a device are asked for.
    pub one_time_codes: bool,
    /// Security keys, in the order in which they were added.
    pub keys: Vec<KeyEntry>,
    /// Security keys can be used on this page: it was opened by a name and over HTTPS, or on this machine by `localhost`.
    pub keys_here: bool,
    /// Recovery codes that are left.
    pub recovery_codes: usize,
    /// The provider of identities; null where there is none.
    pub oidc: Option<Provider>,
    /// The map is open to all.
    pub public_map: bool,
}

/// A name and a password. What is sent beside them is not looked at.
#[derive(JsonSchema)]
#[schemars(inline)]
#[expect(dead_code, reason = "its fields are read one by one: nothing that was sent is repeated in an error")]
pub struct SignIn {
    /// Name.
    name: String,
    /// Password.
    password: String,
    /// Six digits of the device or a recovery code, where there is a second factor; without it the problem has the code
    /// `second_factor`, says what may be given, and asks the security keys.
    code: Option<String>,
    /// What a security key has answered.
    key: Option<KeyAnswer>,
}

/// Another password for one's own account.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct NewPassword {
    /// The old one.
    pub old: String,
    /// The new one.
    pub new: String,
    /// Where there is a second factor.
    pub code: Option<String>,
    /// What a security key has answered, in place of a code.
    pub key: Option<KeyAnswer>,
}

/// What only they know.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct PasswordProof {
    /// Password.
    pub password: String,
    /// Of the device, or a recovery code; where there is a second factor.
    pub code: Option<String>,
    /// What a security key has answered, in place of a code.
    pub key: Option<KeyAnswer>,
}

/// The first code of a second factor.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct FactorCode {
    /// Six digits of the device.
    pub code: String,
}

/// A second factor that begins.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct FactorBegun {
    /// Base32, to be typed.
    pub secret: String,
    /// `otpauth://totp/…`, to be shown as a QR code.
    pub uri: String,
}

/// Codes for somebody who has lost the device.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct RecoveryCodes {
    /// Each is good once; none where the account has some already.
    pub recovery_codes: Vec<String>,
}
