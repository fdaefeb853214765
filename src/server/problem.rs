//! Errors as problem documents (RFC 9457): the one place that turns an error into HTTP.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

/// An answer that says what is wrong and what is allowed.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    title: &'static str,
    detail: String,
}

impl Problem {
    /// A parameter that can't be used.
    pub fn parameter(name: &str, why: impl std::fmt::Display) -> Self {
        let detail = format!("parameter \"{name}\": {why}");
        Self { status: StatusCode::BAD_REQUEST, title: "Invalid parameter", detail }
    }

    /// A request that makes no sense.
    pub fn nonsense(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, title: "Invalid request", detail: detail.into() }
    }

    /// Nothing has this address.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, title: "Not found", detail: detail.into() }
    }

    /// The address is right, the method is not.
    pub fn method() -> Self {
        let detail = "this address does not take that method".to_owned();
        Self { status: StatusCode::METHOD_NOT_ALLOWED, title: "Method not allowed", detail }
    }

    /// The atlas is not loaded yet.
    pub fn starting() -> Self {
        let detail = "the atlas is being loaded; try again in a moment".to_owned();
        Self { status: StatusCode::SERVICE_UNAVAILABLE, title: "Starting", detail }
    }

    /// Something of ours failed; the reason goes to the log, not to the reader.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "request failed");
        let detail = "the server could not answer; its log says why".to_owned();
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, title: "Internal error", detail }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::json!({
            "type": "about:blank",
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        let headers =
            [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")];
        let mut response = (self.status, headers, body.to_string()).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
        }
        response
    }
}
