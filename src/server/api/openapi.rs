//! `/api/v1/openapi.json`: the description of this interface, `data/openapi.json`.
//! `tests/openapi.rs` holds it against the routes and their answers.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

/// The description, OpenAPI 3.1.
pub const OPENAPI: &str = include_str!("../../../data/openapi.json");

/// The description.
pub async fn openapi() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")];
    (headers, OPENAPI).into_response()
}
