//! The emulation board: who did how much of the work that a period found undone, and how.
//!
//! ```text
//! parcel ─ cases ─► one case for or against, by criterion ─ tally ─► sums by unit or body ─ rank ─► points, ranks, nominees
//!                               └──────────────────────────── evidence: the same cases, listed
//! ```
//! Points and the evidence behind them come from one function, [`cases`](cases::cases), so they
//! cannot disagree. Sums are whole numbers (tenths of m², đồng, counts): their order does not matter.
//! Units are those of the last day of the period on which units of their level existed; parcels
//! recorded in others are led there by the successions.

mod cases;
mod contest;
mod evidence;
mod nominees;
mod rank;
mod tally;

use crate::{
    atlas::Snapshot,
    domain::{Campaign, Day, HolderId, Period},
};

pub use cases::{Case, CaseReason};
pub use contest::Contestant;
pub use evidence::{Evidence, evidence};
pub use rank::{Points, RankStatus, Row};
pub use tally::{Irregular, Sum, Work};

/// The days of a period that a board is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub first: Day,
    /// Last day that is known.
    pub last: Day,
    /// The last day itself goes on: what is due on it is not late yet.
    pub open: bool,
}

impl Span {
    /// What is known of `period` on `day`; nothing before it begins.
    pub fn of(period: Period, day: Day) -> Option<Self> {
        let last = period.last().min(day);
        (period.first() <= day).then_some(Self { first: period.first(), last, open: day <= period.last() })
    }

    /// Whether `day` lies in it.
    pub fn holds(self, day: Day) -> bool {
        self.first <= day && day <= self.last
    }

    /// Whether something due on `due` is late if it has not come by the end of the span.
    pub fn passed(self, due: Day) -> bool {
        due < self.last || (due == self.last && !self.open)
    }
}

/// One group of the board.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupBoard {
    /// The group, by its index in the campaign.
    pub group: usize,
    /// The days that count for it; none when no unit of its level existed in the period.
    pub span: Option<Span>,
    /// Ranked first, in order; then those who are not ranked.
    pub rows: Vec<Row>,
    /// Units, by index, of the group's level that ended in the period; their work counts for those that came after.
    pub vanished: Vec<usize>,
}

/// Who is put forward.
#[derive(Debug, Clone, PartialEq)]
pub enum Nominated {
    /// A unit or body: its group and row on the board.
    Contestant(usize, usize),
    /// A holder who handed over early.
    Holder(EarlyHolder),
}

/// A holder all of whose land was handed over early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlyHolder {
    /// Number; it says nothing about the person.
    pub holder: HolderId,
    /// Parcels, by index.
    pub parcels: Vec<u32>,
    /// Day of the last handover.
    pub on: Day,
    /// Days before the planned day, of the parcel that was nearest to it; none where none was planned.
    pub days_early: Option<i32>,
    /// At least one parcel was handed over before payment.
    pub before_payment: bool,
}

/// Those put forward for an award.
#[derive(Debug, Clone, PartialEq)]
pub struct Nominees {
    /// The award, by its index in the campaign.
    pub award: usize,
    /// The nominees, the best first.
    pub rows: Vec<Nominated>,
    /// Holders who meet the rule, more than there are places for; for units the number of rows.
    pub eligible: usize,
}

/// A campaign's board.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// Period.
    pub period: Period,
    /// The days of it that are known.
    pub span: Span,
    /// The period that trends are measured against; none in the first.
    pub previous: Option<Period>,
    /// The groups in the campaign's order.
    pub groups: Vec<GroupBoard>,
    /// By award.
    pub nominees: Vec<Nominees>,
}

/// The board of `campaign` for `period` as known on `day`; none before the period begins. O(parcels).
pub fn board(snapshot: &Snapshot, campaign: &Campaign, period: Period, day: Day) -> Option<Board> {
    let span = Span::of(period, day)?;
    let mut groups = rank::groups(snapshot, campaign, period, span);
    let previous = Some(period.before()).filter(|before| before.last() >= campaign.from());
    if let Some((before, span)) = previous.and_then(|before| Some((before, Span::of(before, day)?))) {
        rank::trend(&mut groups, &rank::groups(snapshot, campaign, before, span));
    }
    let nominees = nominees::nominees(snapshot, campaign, &groups, span);
    Some(Board { period, span, previous, groups, nominees })
}
