//! Errors as documents (RFC 9457).

use schemars::JsonSchema;
use serde::Serialize;

use super::keys::SecondFactorAsked;
use crate::{
    ingest,
    recording::{Conflict, RowRefusal},
};

/// A problem document (RFC 9457).
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub struct ProblemDocument {
    /// `about:blank`, or a name for the kind of error.
    pub r#type: String,
    /// The kind of error for people.
    pub title: &'static str,
    /// HTTP status.
    pub status: u16,
    /// What is wrong, and what to do.
    pub detail: String,
    /// The kind of error in one word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub code: Option<&'static str>,
    /// Seconds after which it may be tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub retry_after: Option<u64>,
    /// Rows that are refused, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<RowRefusal>")]
    pub errors: Option<Refused>,
    /// Parcels that have changed since they were seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub conflicts: Option<Vec<Conflict>>,
    /// What may be given beside the password.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub second_factor: Option<SecondFactorAsked>,
}

/// What is refused.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Refused {
    /// Rows of events.
    Rows(Vec<RowRefusal>),
    /// Features of a file.
    Features(Vec<ingest::Refusal>),
}

impl Refused {
    /// Nothing in particular: the detail says it all.
    pub fn none() -> Self {
        Self::Rows(Vec::new())
    }
}

/// A [`ProblemDocument`] about a file: what it refuses are features.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is read by the description only")]
#[schemars(description = "A problem document (RFC 9457) about a file.")]
pub struct ImportProblem {
    /// `about:blank`, or a name for the kind of error.
    r#type: String,
    /// The kind of error for people.
    title: String,
    /// HTTP status.
    status: u16,
    /// What is wrong, and what to do.
    detail: String,
    /// The kind of error in one word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    code: Option<String>,
    /// Seconds after which it may be tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    retry_after: Option<u64>,
    /// Features that are refused, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    errors: Option<Vec<ingest::Refusal>>,
}
