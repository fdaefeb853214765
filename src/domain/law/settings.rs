//! Words and settings beside the rules.

use serde::Deserialize;

use super::{Act, MarkCode};
use crate::domain::{Branch, Day, Label};

/// An act in words.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActWords {
    /// The act.
    #[serde(rename = "code")]
    pub act: Act,
    /// Name on screens and papers.
    pub name: Label,
    /// The document that proves it.
    pub document: Option<Label>,
    /// Who issues that.
    pub issuer: Option<Label>,
    /// Where it stands.
    pub article: Option<String>,
    /// Fields that the law asks for beside its day.
    #[serde(default)]
    pub details: Vec<String>,
    /// It may come more than once.
    #[serde(default)]
    pub repeats: bool,
    /// The side state that it begins.
    pub branch: Option<Branch>,
}

/// A body that must act.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// Code.
    pub code: String,
    /// Name on screens and papers.
    pub name: Label,
}

/// A mark in words.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkWords {
    /// The mark.
    pub code: MarkCode,
    /// It says that an act was unlawful.
    #[serde(default)]
    pub unlawful: bool,
    /// Name on screens and papers.
    pub name: Label,
}

/// A law that a project may name as the one under which it began.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LawName {
    /// Code.
    pub code: String,
    /// Name on screens and papers.
    pub name: Label,
}

/// A text behind the articles.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LawText {
    /// Short name, as articles use it.
    pub id: String,
    /// Name.
    pub name: Label,
    /// First day in force.
    pub from: Day,
    /// Last day in force; none while it goes on.
    pub to: Option<Day>,
    /// What copy was read.
    pub copy: Label,
}

/// Days on which force may not be used.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blackout {
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// Why.
    pub name: Label,
    /// The yearly decision is not known yet.
    #[serde(default)]
    pub to_be_confirmed: bool,
}

/// What late payment costs.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LateInterest {
    /// First day of the rate.
    pub from: Day,
    /// Millionths of the amount a day.
    pub per_million_a_day: u32,
    /// Where it stands; for the reader of the file.
    #[serde(rename = "article")]
    pub _article: String,
}
