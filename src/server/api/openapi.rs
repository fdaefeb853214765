//! `/api/v1/openapi.json`: the description of this interface, `data/openapi.json`, with who may ask for what from the
//! list of routes. `tests/openapi.rs` holds it against the routes and their answers.

use std::sync::OnceLock;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::{
    domain::Role,
    server::{
        auth::{Route, Rule},
        problem::Problem,
    },
};

const OPENAPI: &str = include_str!("../../../data/openapi.json");

/// The description, OpenAPI 3.1.
pub fn openapi(routes: &[Route]) -> Response {
    static DESCRIBED: OnceLock<Result<Bytes, String>> = OnceLock::new();
    let described = DESCRIBED.get_or_init(|| describe(routes).map_err(|error| error.to_string()));
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")];
    match described {
        Ok(text) => (headers, text.clone()).into_response(),
        Err(error) => Problem::internal(error).into_response(),
    }
}

/// Writes beside each operation who may ask: nobody needs to say who he is, anybody may where the map is open to all,
/// or some roles (`x-roles`) may.
fn describe(routes: &[Route]) -> serde_json::Result<Bytes> {
    let mut document: Value = serde_json::from_str(OPENAPI)?;
    for (method, path, rule) in routes {
        let Some(operation) =
            document["paths"].get_mut(path).and_then(|item| item.get_mut(method.to_lowercase()))
        else {
            continue;
        };
        operation["security"] = match rule {
            Rule::Open => json!([]),
            Rule::Read | Rule::ReadByRole => json!([{ "session": [] }, { "token": [] }, {}]),
            Rule::May(_) => json!([{ "session": [] }, { "token": [] }]),
        };
        if let Rule::May(action) = rule {
            let roles = Role::ALL.into_iter().filter(|role| role.allows(*action));
            operation["x-roles"] = roles.map(Role::code).collect();
        }
    }
    serde_json::to_vec(&document).map(Bytes::from)
}
