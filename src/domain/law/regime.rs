//! Regimes and what a change of the law leaves to the earlier one.

use super::act::ActSet;
use super::{Act, MarkCode};
use crate::domain::{Day, Label};

/// A time with its own rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Regime {
    /// Id, as other files name it.
    pub id: String,
    /// First day.
    pub from: Day,
    /// Last day; none while it goes on.
    pub to: Option<Day>,
    /// Code of its law.
    pub law: String,
    /// Name on screens.
    pub name: Label,
}

/// A regime by its place in `regimes.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegimeNumber(pub u8);

/// Several regimes, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegimeSet(pub(super) u16);

impl RegimeSet {
    /// Whether `regime` is among them.
    pub fn holds(self, regime: RegimeNumber) -> bool {
        self.0 & (1 << regime.0) != 0
    }
}

/// What a change of the law leaves as it was.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "a row of a table: each is a column of its own")]
pub struct Transition {
    /// Id: T1 … T17.
    pub id: String,
    /// The day of the change.
    pub change: Day,
    pub(super) had: Vec<Act>,
    pub(super) had_not: Vec<Act>,
    /// The acts of `had`.
    pub(super) wants: ActSet,
    /// Earlier rows of the same day that take its place where they fit, by place.
    pub(super) above: Vec<usize>,
    /// Acts from the change on that it is about.
    pub(super) acts: Vec<Act>,
    pub(super) regime: Option<RegimeNumber>,
    /// By the province's choice for the project.
    pub(super) choice: bool,
    pub(super) mark: Option<MarkCode>,
    pub(super) lapses: Vec<Act>,
    /// The mark holds for acts up to this day.
    pub(super) until: Option<Day>,
    /// Nothing but the notice rests on the earlier law: no later notice.
    pub(super) only_notice: bool,
    pub(super) notice_before: Option<Day>,
    pub(super) notice_since: Option<Day>,
    pub(super) plan_since: Option<Day>,
    /// Fits once the notice has expired.
    pub(super) expired: bool,
    /// Read beside the others of its day.
    pub(super) beside: bool,
    /// Authority by the province's choice.
    pub pending: bool,
    /// Where it stands.
    pub article: String,
    /// In words.
    pub name: Label,
}

/// What holds for an act on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// The regime.
    pub regime: RegimeNumber,
    /// The transition that keeps an earlier one, by its place.
    pub by: Option<usize>,
    /// The transition that says that the law is silent.
    pub silent: Option<usize>,
}
