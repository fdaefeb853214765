//! Something that the law says against an act.

use super::Act;
use crate::domain::{Day, LedgerPosition};

/// What is said against an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum MarkCode {
    /// A legal precondition is missing or the act came too early.
    V,
    /// Signed by who may not.
    A,
    /// After its term.
    L,
    /// A paper is missing.
    P,
    /// On the last day of a minimum: allowed by a literal reading.
    #[serde(rename = "EDGE")]
    Edge,
    /// The law is silent.
    #[serde(rename = "NO_TEXT")]
    NoText,
    /// Nobody knows who may sign.
    #[serde(rename = "AUTH_UNKNOWN")]
    AuthUnknown,
    /// The minimum wait ends after the term.
    #[serde(rename = "FLOOR_OVER_MAX")]
    FloorOverMax,
    /// Handed over before it was paid for: lawful, but to be seen.
    #[serde(rename = "UNPAID")]
    Unpaid,
    /// More is paid than was approved: shown only to who records it.
    #[serde(rename = "OVERPAID")]
    Overpaid,
}

impl MarkCode {
    /// All codes, the heaviest first.
    pub const ALL: [Self; 10] = [
        Self::V,
        Self::A,
        Self::L,
        Self::P,
        Self::Edge,
        Self::NoText,
        Self::AuthUnknown,
        Self::FloorOverMax,
        Self::Unpaid,
        Self::Overpaid,
    ];

    /// The code in files and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::V => "V",
            Self::A => "A",
            Self::L => "L",
            Self::P => "P",
            Self::Edge => "EDGE",
            Self::NoText => "NO_TEXT",
            Self::AuthUnknown => "AUTH_UNKNOWN",
            Self::FloorOverMax => "FLOOR_OVER_MAX",
            Self::Unpaid => "UNPAID",
            Self::Overpaid => "OVERPAID",
        }
    }
}

/// What a mark or a bound rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RuleRef {
    /// A rule of order, by place.
    Order(usize),
    /// A clock, by place.
    Clock(usize),
    /// A transition, by place.
    Transition(usize),
    /// A rule of authority, by place.
    Authority(usize),
    /// Nothing but the mark itself.
    None,
}

/// Something that the law says against an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// What.
    pub code: MarkCode,
    /// The act.
    pub act: Act,
    /// Its day; none where it has not come and its term has passed.
    pub on: Option<Day>,
    /// The event that reported it; 0 where none did.
    pub at: LedgerPosition,
    /// What says so.
    pub rule: RuleRef,
    /// The first lawful day, or the last one in time.
    pub bound: Option<Day>,
}

impl Mark {
    pub(super) fn new(code: MarkCode, act: Act, on: Option<Day>) -> Self {
        Self { code, act, on, at: LedgerPosition(0), rule: RuleRef::None, bound: None }
    }

    pub(super) fn by(self, rule: RuleRef, bound: Option<Day>) -> Self {
        Self { rule, bound, ..self }
    }

    /// Days too early or too late, where a day bounds it; `today` where the act has not come.
    pub fn days(&self, today: Day) -> Option<i32> {
        let bound = self.bound?;
        Some(self.on.unwrap_or(today).since(bound).abs())
    }
}

/// A mark as answers and files tell it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MarkEntry {
    /// What.
    pub code: MarkCode,
    /// The act.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<Act>,
    /// Its day; none where it has not come.
    pub on: Option<Day>,
    /// The event that reported it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<LedgerPosition>,
    /// Id of the clock or transition behind it.
    pub rule: Option<String>,
    /// Where it stands.
    pub article: Option<String>,
    /// The first lawful day, or the last one in time.
    pub bound: Option<Day>,
    /// Days too early or too late.
    pub days: Option<i32>,
    /// Acts of which one had to come first, and none came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Act>,
}
