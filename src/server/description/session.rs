//! Signing in and out.

use super::{
    operation::Operation,
    parameters::{path, query, text},
};
use crate::api::{
    FactorBegun, FactorCode, KeyBegun, NewKeyRequest, NewPassword, PasswordProof, RecoveryCodes, Session,
    SignIn,
};

const SESSION: &str = "session";
const RECOVERY: &str =
    "Recovery codes, shown once, none where there are some already; a new session, with its cookie.";

pub fn session() -> Operation {
    Operation::new(SESSION, "get_session", "Who is signed in.")
        .answers::<Session>(200, "The answer.")
        .fails(&[503])
}

pub fn sign_in() -> Operation {
    Operation::new(SESSION, "post_session", "Sign in.")
        .sends::<SignIn>()
        .answers::<Session>(200, "The answer.")
        .fails(&[400, 401, 403, 413, 422, 429, 503])
}

pub fn sign_out() -> Operation {
    Operation::new(SESSION, "delete_session", "Sign out.").done(204, "Signed out.").fails(&[403, 503])
}

pub fn change_password() -> Operation {
    Operation::new(
        SESSION,
        "post_session_password",
        "Change one's own password; all other sessions and all tokens end.",
    )
    .sends::<NewPassword>()
    .answers::<Session>(200, "Changed; a new session, with its cookie.")
    .fails(&[400, 401, 403, 404, 422, 429, 503])
}

pub fn begin_factor() -> Operation {
    Operation::new(
        SESSION,
        "post_session_second_factor",
        "Begin one-time codes (TOTP); they are asked for once they are confirmed.",
    )
    .sends::<PasswordProof>()
    .answers::<FactorBegun>(201, "Its secret, shown once.")
    .fails(&[400, 401, 403, 404, 422, 429, 503])
}

pub fn confirm_factor() -> Operation {
    Operation::new(
        SESSION,
        "post_session_second_factor_confirm",
        "Have one-time codes asked for, by the first of them; all other sessions end.",
    )
    .sends::<FactorCode>()
    .answers::<RecoveryCodes>(200, RECOVERY)
    .fails(&[400, 401, 403, 404, 422, 429, 503])
}

pub fn remove_factor() -> Operation {
    Operation::new(
        SESSION,
        "post_session_second_factor_remove",
        "Take one's own one-time codes away; all other sessions end.",
    )
    .sends::<PasswordProof>()
    .answers::<Session>(200, "Removed; a new session, with its cookie.")
    .fails(&[400, 401, 403, 404, 422, 429, 503])
}

pub fn begin_key() -> Operation {
    Operation::new(
        SESSION,
        "post_session_keys",
        "Begin a security key or passkey (Web Authentication); it may be used once it has answered.",
    )
    .sends::<PasswordProof>()
    .answers::<KeyBegun>(201, "What it is to be, and the question that it has to answer within five minutes.")
    .fails(&[400, 401, 403, 404, 413, 422, 429, 503])
}

pub fn add_key() -> Operation {
    Operation::new(
        SESSION,
        "post_session_keys_confirm",
        "Add the key that has answered; all other sessions end.",
    )
    .sends::<NewKeyRequest>()
    .answers::<RecoveryCodes>(200, RECOVERY)
    .fails(&[400, 401, 403, 404, 413, 422, 429, 503])
}

pub fn remove_key() -> Operation {
    Operation::new(
        SESSION,
        "post_session_keys_remove",
        "Take a security key of one's own away; all other sessions end.",
    )
    .asks(path("id", "Number of the key.", text()))
    .sends::<PasswordProof>()
    .answers::<Session>(200, "Removed; a new session, with its cookie.")
    .fails(&[400, 401, 403, 404, 413, 422, 429, 503])
}

pub fn start() -> Operation {
    Operation::new(SESSION, "get_oidc_start", "To the provider of identities.")
        .shares(&[&["return"]])
        .asks(query("invitation", "Secret of an invitation to be linked to an account.", text()))
        .done(303, "Go there.")
        .fails(&[400, 404, 503])
}

pub fn callback() -> Operation {
    Operation::new(SESSION, "get_oidc_callback", "Back from the provider.")
        .asks(query("code", "As the provider says.", text()))
        .asks(query("state", "As the provider says.", text()))
        .asks(query("error", "As the provider says.", text()))
        .asks(query("error_description", "As the provider says.", text()))
        .asks(query("iss", "As the provider says.", text()))
        .asks(query("session_state", "As the provider says.", text()))
        .asks(query("scope", "As the provider says.", text()))
        .done(303, "Signed in; go on.")
        .fails(&[400, 401, 404, 503])
}
