//! Accounts, tokens, the ledger and the server itself.

use serde_json::json;

use super::{
    operation::Operation,
    parameters::{needed, path, query, text, whole},
};
use crate::api::{
    Accesses, AccountAdded, AccountChangeRequest, Accounts, Condition, DemoFilled, DemoRequest, HeadAt,
    Heads, HolderResults, Invitation, LawBook, LedgerPage, NewAccount, NewToken, TokenAdded,
};

const ADMINISTRATION: &str = "administration";

pub fn procedures() -> Operation {
    Operation::new(
        ADMINISTRATION,
        "get_procedures",
        "The law as its files have it: acts, clocks, order, authority and transitions with their articles.",
    )
    .answers::<LawBook>(200, "The answer.")
    .fails(&[400, 401, 403, 503])
}

pub fn holders() -> Operation {
    Operation::new(
        ADMINISTRATION,
        "get_holders",
        "Parcels by who holds them, in the account's units; each one found is noted.",
    )
    .asks(needed(
        "q",
        "Words of the name, three letters at least.",
        json!({ "type": "string", "minLength": 3 }),
    ))
    .answers::<HolderResults>(200, "The answer.")
    .fails(&[400, 401, 403, 503])
}

pub fn fill_demo() -> Operation {
    Operation::new(ADMINISTRATION, "post_demo", "Fill an empty store with the illustrative province.")
        .sends::<DemoRequest>()
        .answers::<DemoFilled>(201, "Filled.")
        .fails(&[400, 401, 403, 409, 415, 422, 503, 507])
}

pub fn heads() -> Operation {
    Operation::new(ADMINISTRATION, "get_heads", "The last signed ends of the ledger, newest first, and the key to hold them against; neither where the server has no key.")
        .answers::<Heads>(200, "The answer.")
        .fails(&[401, 403, 503])
}

pub fn head_at() -> Operation {
    Operation::new(
        ADMINISTRATION,
        "get_head",
        "The hash of the ledger at a position, to hold against what a report or a copy says.",
    )
    .asks(path("position", "The position.", json!({ "type": "integer", "minimum": 1 })))
    .answers::<HeadAt>(200, "The answer.")
    .fails(&[401, 403, 404, 503])
}

pub fn ledger() -> Operation {
    Operation::new(ADMINISTRATION, "get_ledger", "The last events of the ledger, newest first.")
        .asks(query("before", "Only events before this position.", whole()))
        .asks(query("limit", "", json!({ "type": "integer", "minimum": 1, "maximum": 500, "default": 100 })))
        .answers::<LedgerPage>(200, "The answer.")
        .fails(&[400, 401, 403, 503])
}

pub fn condition() -> Operation {
    Operation::new(ADMINISTRATION, "get_condition", "How the server is.")
        .answers::<Condition>(200, "The answer.")
        .fails(&[400, 401, 403, 503])
}

pub fn accounts() -> Operation {
    Operation::new(ADMINISTRATION, "get_accounts", "The accounts.")
        .answers::<Accounts>(200, "The answer.")
        .fails(&[400, 401, 403, 503])
}

pub fn add_account() -> Operation {
    Operation::new(ADMINISTRATION, "post_accounts", "Add an account.")
        .sends::<NewAccount>()
        .answers::<AccountAdded>(201, "Added.")
        .fails(&[400, 401, 403, 503])
}

pub fn change_account() -> Operation {
    Operation::new(
        ADMINISTRATION,
        "post_account",
        "Change an account: one of grant, revoke, password, disabled, invite, unlink.",
    )
    .asks(path("name", "The account.", text()))
    .sends::<AccountChangeRequest>()
    .answers::<Invitation>(200, "The invitation, shown once.")
    .done(204, "Changed.")
    .fails(&[400, 401, 403, 404, 422, 503])
}

pub fn add_token() -> Operation {
    Operation::new(ADMINISTRATION, "post_tokens", "Make a token; its secret is shown once.")
        .sends::<NewToken>()
        .answers::<TokenAdded>(201, "Made.")
        .fails(&[400, 401, 403, 404, 503])
}

pub fn revoke_token() -> Operation {
    Operation::new(ADMINISTRATION, "delete_token", "Take a token back.")
        .asks(path("id", "Number of the token.", text()))
        .done(204, "Taken back.")
        .fails(&[401, 403, 404, 503])
}

pub fn accesses() -> Operation {
    Operation::new(ADMINISTRATION, "get_accesses", "Who looked at whose personal data.")
        .answers::<Accesses>(200, "The answer.")
        .fails(&[400, 401, 403, 503])
}
