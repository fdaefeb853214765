//! Errors as problem documents (RFC 9457): the one place that turns an error into HTTP.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    api::{ProblemDocument, Refused, SecondFactorAsked},
    recording::Conflict,
};

/// An answer that says what is wrong and what is allowed.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    title: &'static str,
    detail: String,
    more: Option<Box<More>>,
}

/// What a program that asks can go by.
#[derive(Debug, Clone)]
enum More {
    Code(&'static str),
    RetryAfter(u64),
    Errors(Refused),
    Conflicts(Vec<Conflict>),
    SecondFactor(&'static str, SecondFactorAsked),
}

impl Problem {
    /// A parameter that can't be used.
    pub fn parameter(name: &str, why: impl std::fmt::Display) -> Self {
        let detail = format!("parameter \"{name}\": {why}");
        Self { status: StatusCode::BAD_REQUEST, title: "Invalid parameter", detail, more: None }
    }

    /// A request that makes no sense.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, title: "Invalid request", detail: detail.into(), more: None }
    }

    /// What the framework refuses before any handler sees it, in its words.
    pub fn framework(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = match status {
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "Unsupported media type",
            StatusCode::PAYLOAD_TOO_LARGE => "Too large",
            _ => "Invalid request",
        };
        Self { status, title, detail: detail.into(), more: None }
    }

    /// Nothing has this address.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, title: "Not found", detail: detail.into(), more: None }
    }

    /// The address is right, the method is not.
    pub fn method() -> Self {
        let detail = "this address does not take that method".to_owned();
        Self { status: StatusCode::METHOD_NOT_ALLOWED, title: "Method not allowed", detail, more: None }
    }

    /// The atlas is not loaded yet.
    pub fn starting() -> Self {
        let detail = "the atlas is being loaded; try again in a moment".to_owned();
        Self { status: StatusCode::SERVICE_UNAVAILABLE, title: "Starting", detail, more: None }
    }

    /// Too many are waiting to write.
    pub fn busy() -> Self {
        let detail = "too many are writing at this moment; try again in a moment".to_owned();
        Self { status: StatusCode::SERVICE_UNAVAILABLE, title: "Busy", detail, more: None }
    }

    /// Too many questions that take long are being answered.
    pub fn busy_answering() -> Self {
        let detail =
            "too many large questions are being answered at this moment; try again in a moment".to_owned();
        Self { status: StatusCode::SERVICE_UNAVAILABLE, title: "Busy", detail, more: None }
    }

    /// The store's database can't be reached or does not answer; whoever sends a request again under its key is heard
    /// once.
    pub fn away() -> Self {
        let detail = "the database does not answer at this moment; try again in a moment: an entry that is sent again \
                      under its Idempotency-Key is recorded once, also if it was kept already"
            .to_owned();
        let more = Some(Box::new(More::RetryAfter(2)));
        Self { status: StatusCode::SERVICE_UNAVAILABLE, title: "Database away", detail, more }
    }

    /// Too many files are being written for downloads.
    pub fn busy_exporting() -> Self {
        let detail = "too many files are being written at this moment; try again in a moment".to_owned();
        Self { status: StatusCode::SERVICE_UNAVAILABLE, title: "Busy", detail, more: None }
    }

    /// Too many files are being read for imports.
    pub fn busy_reading() -> Self {
        let detail = "other files are being read at this moment; try again in ten seconds".to_owned();
        let more = Some(Box::new(More::RetryAfter(10)));
        Self { status: StatusCode::SERVICE_UNAVAILABLE, title: "Busy", detail, more }
    }

    /// The operator's scanner fails: nothing is taken that it has not seen.
    pub fn no_scan() -> Self {
        let detail =
            "the file could not be scanned at this moment, and nothing was kept; try again later".to_owned();
        let more = Some(Box::new(More::RetryAfter(60)));
        Self { status: StatusCode::SERVICE_UNAVAILABLE, title: "Not scanned", detail, more }
    }

    /// A password that is not taken; `code` says why in one word.
    pub fn password(code: &'static str, parameter: &str, why: impl std::fmt::Display) -> Self {
        let more = Some(Box::new(More::Code(code)));
        Self { more, ..Self::parameter(parameter, why) }
    }

    /// The account is one of a provider of identities: nothing here hangs on a password.
    pub fn no_password() -> Self {
        let detail = "the account has no password: it comes by a provider of identities";
        Self { more: Some(Box::new(More::Code("no_password"))), ..Self::invalid(detail) }
    }

    /// More than somebody may have here within a time.
    pub fn quota(detail: impl Into<String>) -> Self {
        let more = Some(Box::new(More::Code("quota")));
        Self { status: StatusCode::TOO_MANY_REQUESTS, title: "Too much", detail: detail.into(), more }
    }

    /// The store's disk is full or can't be written; nothing was kept.
    pub fn disk(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "the disk failed");
        let detail = "the server's disk is full or cannot be written; nothing was recorded".to_owned();
        Self { status: StatusCode::INSUFFICIENT_STORAGE, title: "Insufficient storage", detail, more: None }
    }

    /// What a store's error means to who asks.
    pub fn store(error: &crate::store::StoreError) -> Self {
        if error.is_busy() {
            tracing::warn!(%error, "asked to come again");
            return Self::busy();
        }
        if error.is_gone() {
            tracing::warn!(%error, "asked to come again");
            return Self::away();
        }
        if error.is_disk() { Self::disk(error) } else { Self::internal(error) }
    }

    /// Rows break rules; `errors` says which and why.
    pub fn refused(detail: impl Into<String>, errors: Refused) -> Self {
        let more = Some(Box::new(More::Errors(errors)));
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, title: "Refused", detail: detail.into(), more }
    }

    /// A file that can't be read as it was asked for; `code` says why in one word.
    pub fn unreadable(code: &'static str, detail: impl Into<String>) -> Self {
        let more = Some(Box::new(More::Code(code)));
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, title: "Unreadable", detail: detail.into(), more }
    }

    /// Something has changed since it was seen; `conflicts` says what it is now.
    pub fn conflict(detail: impl Into<String>, conflicts: Vec<Conflict>) -> Self {
        let more = Some(Box::new(More::Conflicts(conflicts)));
        Self {
            status: StatusCode::PRECONDITION_FAILED,
            title: "Changed meanwhile",
            detail: detail.into(),
            more,
        }
    }

    /// Nobody is signed in.
    pub fn unauthorized() -> Self {
        let detail = "sign in first, or send a token".to_owned();
        Self { status: StatusCode::UNAUTHORIZED, title: "Not signed in", detail, more: None }
    }

    /// Whether it asks to sign in.
    pub fn asks_to_sign_in(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED
    }

    /// Name and password do not belong together.
    pub fn wrong_password() -> Self {
        let detail = "name or password are wrong".to_owned();
        Self { status: StatusCode::UNAUTHORIZED, title: "Not signed in", detail, more: None }
    }

    /// Somebody who is signed in gave another password than theirs.
    pub fn not_their_password() -> Self {
        let more = Some(Box::new(More::Code("wrong_password")));
        let detail = "the password is wrong".to_owned();
        Self { status: StatusCode::FORBIDDEN, title: "Not allowed", detail, more }
    }

    /// The same with another status.
    #[must_use]
    pub fn instead(self, status: StatusCode) -> Self {
        let is_due = self.status == StatusCode::UNAUTHORIZED;
        if is_due { Self { status, ..self } } else { self }
    }

    /// The code is none of now, or was used before.
    pub fn wrong_code() -> Self {
        Self::second_factor(
            "second_factor_wrong",
            "the code is wrong or was used before; wait for the next one",
        )
    }

    /// The code can't be checked: the secret behind it is sealed by a key that the server does not have.
    pub fn sealed(error: &super::auth::VaultError) -> Self {
        tracing::error!(%error, "the secret of a second factor can't be opened");
        let detail = "the code can't be checked: this server lacks the key to second factors; give a recovery code, or \
                      tell who keeps the server"
            .to_owned();
        let more = Some(Box::new(More::Code("second_factor_sealed")));
        Self { status: StatusCode::SERVICE_UNAVAILABLE, title: "Second factor", detail, more }
    }

    /// The same, with what may be given beside the password.
    #[must_use]
    pub fn asking(self, asked: SecondFactorAsked) -> Self {
        match self.more.as_deref() {
            Some(More::Code(code)) => Self { more: Some(Box::new(More::SecondFactor(code, asked))), ..self },
            _ => self,
        }
    }

    /// Something about what is given beside the password; `code` says what in one word.
    pub fn second_factor(code: &'static str, detail: impl Into<String>) -> Self {
        let more = Some(Box::new(More::Code(code)));
        Self { status: StatusCode::UNAUTHORIZED, title: "Second factor", detail: detail.into(), more }
    }

    /// Signed in, but not allowed.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::FORBIDDEN, title: "Not allowed", detail: detail.into(), more: None }
    }

    /// What is there leaves no room for what is wished.
    pub fn taken(detail: impl Into<String>) -> Self {
        let more = Some(Box::new(More::Code("not_empty")));
        Self { status: StatusCode::CONFLICT, title: "Not empty", detail: detail.into(), more }
    }

    /// An entry that one account made and another one sends.
    pub fn other_author(author: &str, signed_in: &str) -> Self {
        let detail = format!(
            "the entry was made by \"{author}\", but \"{signed_in}\" is signed in; it is recorded when \"{author}\" sends it"
        );
        let more = Some(Box::new(More::Code("other_author")));
        Self { status: StatusCode::CONFLICT, title: "Made by another account", detail, more }
    }

    /// A request that another site's page may have sent.
    pub fn csrf() -> Self {
        let detail = "the request does not come from a page of this server; load the page again".to_owned();
        let more = Some(Box::new(More::Code("csrf")));
        Self { status: StatusCode::FORBIDDEN, title: "Not allowed", detail, more }
    }

    /// A page that was opened under one name, and a request that reached the server under another.
    pub fn other_origin(page: &str, host: &str) -> Self {
        let detail = format!(
            "the page is of {page}, but the server was asked as \"{host}\": if a server in front of it passes requests on, it must pass the name on too (nginx: proxy_set_header Host $host;)"
        );
        Self { detail, ..Self::csrf() }
    }

    /// Tried too often; `seconds` until the next try.
    pub fn too_often(seconds: u64) -> Self {
        let detail = format!("tried too often; try again in {seconds} s");
        let more = Some(Box::new(More::RetryAfter(seconds)));
        Self { status: StatusCode::TOO_MANY_REQUESTS, title: "Too many tries", detail, more }
    }

    /// The provider of identities fails; the reason goes to the log.
    pub fn provider(error: &dyn std::fmt::Display) -> Self {
        tracing::warn!(%error, "the provider of identities failed");
        let detail = "the provider of identities could not be asked or gave a wrong answer".to_owned();
        Self { status: StatusCode::BAD_GATEWAY, title: "Sign-in failed", detail, more: None }
    }

    /// More than is taken at once.
    pub fn too_large(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::PAYLOAD_TOO_LARGE, title: "Too large", detail: detail.into(), more: None }
    }

    /// Whether it says that something is too large.
    pub fn is_too_large(&self) -> bool {
        self.status == StatusCode::PAYLOAD_TOO_LARGE
    }

    /// A kind of content that is not taken here.
    pub fn media_type(detail: impl Into<String>) -> Self {
        Self {
            status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
            title: "Unsupported media type",
            detail: detail.into(),
            more: None,
        }
    }

    /// Something of ours failed; the reason goes to the log, not to the reader.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "request failed");
        let detail = "the server could not answer; its log says why".to_owned();
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, title: "Internal error", detail, more: None }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut document = ProblemDocument {
            r#type: "about:blank".to_owned(),
            title: self.title,
            status: self.status.as_u16(),
            detail: self.detail,
            code: None,
            retry_after: None,
            errors: None,
            conflicts: None,
            second_factor: None,
        };
        match self.more.map(|more| *more) {
            Some(More::Code(code)) => {
                document.r#type = format!("urn:matbang:problem:{code}");
                document.code = Some(code);
            }
            Some(More::SecondFactor(code, asked)) => {
                document.r#type = format!("urn:matbang:problem:{code}");
                document.code = Some(code);
                document.second_factor = Some(asked);
            }
            Some(More::RetryAfter(seconds)) => document.retry_after = Some(seconds),
            Some(More::Errors(errors)) => document.errors = Some(errors),
            Some(More::Conflicts(conflicts)) => document.conflicts = Some(conflicts),
            None => {}
        }
        let retry = document.retry_after;
        let body = serde_json::to_string(&document).unwrap_or_default();
        let headers =
            [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")];
        let mut response = (self.status, headers, body).into_response();
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
        }
        if let Some(seconds) = retry {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = header::HeaderValue::from_static("Bearer realm=\"matbang\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
