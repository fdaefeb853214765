//! Why something can't be recorded.

use super::{Day, Stage};

/// Why an event is refused.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Refusal {
    /// Code of the reason, for programs.
    pub code: &'static str,
    /// Field that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Stage that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// Day that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<Day>,
    /// The numbers that a text may mean, where it may mean two.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<String>,
    /// The reason, for people.
    pub detail: String,
}

impl Refusal {
    /// A refusal about no field in particular.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, field: None, stage: None, on: None, readings: Vec::new(), detail: detail.into() }
    }

    /// The refusal with the field that it is about.
    #[must_use]
    pub fn field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    pub(super) fn about(mut self, stage: Stage, on: Option<Day>) -> Self {
        (self.stage, self.on) = (Some(stage), on);
        self
    }
}
