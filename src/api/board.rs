//! The emulation board of a period.
//!
//! No holder's name appears; households that handed over early come as numbers and parcels.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Award, BoardRow, Criterion, ParcelBrief, Period};
use crate::{
    analysis::{self, BoardSpan, EarlyHolder, GroupBoard, Nominated, View, board as rank},
    domain::{self, Campaign, Code, Contestants, Day, HolderId, Label, LedgerPosition},
};

/// Why a board can't be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BoardError {
    /// The period begins after the day asked about.
    #[error("{period} begins on {first}, after {day}, the day asked about")]
    Ahead {
        /// Period.
        period: domain::Period,
        /// Its first day.
        first: Day,
        /// The day asked about.
        day: Day,
    },
    /// The campaign does not run in the period.
    #[error("the campaign runs from {from} to {to}; {period} lies outside")]
    Outside {
        /// Period.
        period: domain::Period,
        /// First day of the campaign.
        from: Day,
        /// Last day of it.
        to: Day,
    },
    /// No group has such a unit or body in the period.
    #[error("no group of the campaign has \"{0}\" in this period")]
    NoContestant(String),
}

/// The period that a board is about.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BoardPeriod {
    /// The period.
    #[serde(flatten)]
    pub period: Period,
    /// Last day of it that is known.
    pub until: Day,
    /// That day goes on: what is due on it is not late yet.
    pub open: bool,
}

impl BoardPeriod {
    pub(super) fn of(period: domain::Period, span: BoardSpan) -> Self {
        Self { period: period.into(), until: span.last, open: span.open }
    }
}

/// A unit that ended in the period.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct VanishedUnit {
    /// Code.
    pub code: Code,
    /// Name.
    pub name: String,
    /// Last day.
    pub valid_to: Day,
    /// Codes of those that came after.
    pub heirs: Vec<Code>,
}

/// A group with its ranks.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct BoardGroup {
    /// Code.
    pub code: String,
    /// Name.
    pub name: Label,
    /// Who is in it.
    pub of: Contestants,
    /// First day that counts; null where no unit of its level existed in the period.
    pub from: Option<Day>,
    /// Last day that counts.
    pub until: Option<Day>,
    /// Ranked first, in order; then those who are not ranked.
    pub rows: Vec<BoardRow>,
    /// Units that ended in the period; their work counts for those that came after.
    pub vanished: Vec<VanishedUnit>,
}

/// A household that handed over early.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HolderNominee {
    /// A number, not a name.
    pub holder: HolderId,
    /// Day of the last handover.
    pub handed_over_on: Day,
    /// Days before the planned day; null where none was planned.
    pub days_early: Option<i32>,
    /// At least one parcel was handed over before payment.
    pub before_payment: bool,
    /// Its parcels.
    pub parcels: Vec<ParcelBrief>,
}

/// A unit or body that is put forward.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ContestantNominee {
    /// Code of the unit, or name of the body.
    pub code: String,
    /// Name.
    pub name: String,
    /// Rank.
    pub rank: Option<usize>,
    /// Score.
    pub score: Option<f64>,
}

/// Who is put forward.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum Nominee {
    /// A household.
    Holder(HolderNominee),
    /// A unit or body.
    Contestant(ContestantNominee),
}

/// Those put forward for an award.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Nominees {
    /// The award.
    #[serde(flatten)]
    pub award: Award,
    /// How many fulfil the rule.
    pub eligible: usize,
    /// The best first.
    pub rows: Vec<Nominee>,
}

/// Ranks and points of a period, and who is put forward.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Board {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Day.
    pub as_of: Day,
    /// Code of the campaign.
    pub campaign: Code,
    /// Its name.
    pub name: Label,
    /// It is made up.
    pub illustration: bool,
    /// The period.
    pub period: BoardPeriod,
    /// The period that trends are measured against; null in the first.
    pub previous: Option<Period>,
    /// By what.
    pub criteria: Vec<Criterion>,
    /// The groups.
    pub groups: Vec<BoardGroup>,
    /// By award.
    pub nominees: Vec<Nominees>,
}

/// The period that `asked` names, else the one that `campaign` shows on the view's day.
///
/// # Errors
/// [`ApiError`] when the period lies outside the campaign.
pub(super) fn period(
    view: &View,
    campaign: &Campaign,
    asked: Option<domain::Period>,
) -> Result<domain::Period, BoardError> {
    let period = asked.unwrap_or_else(|| campaign.period_on(view.today));
    let (from, to) = (campaign.from(), campaign.to());
    if period.last() < from || period.first() > to {
        return Err(BoardError::Outside { period, from, to });
    }
    Ok(period)
}

pub(super) fn ahead(view: &View, period: domain::Period) -> BoardError {
    BoardError::Ahead { period, first: period.first(), day: view.today }
}

/// The board of `campaign` for a period, the one of the view's day if none is asked for, before it is written in any
/// format.
///
/// # Errors
/// `ApiError` when the period lies outside the campaign or has not begun.
pub fn ranked(
    view: &View,
    campaign: &Campaign,
    asked: Option<domain::Period>,
) -> Result<analysis::Board, BoardError> {
    let period = period(view, campaign, asked)?;
    rank(&view.snapshot, campaign, period, view.today).ok_or_else(|| ahead(view, period))
}

/// The board of `campaign` for a period, the one of the view's day if none is asked for.
///
/// # Errors
/// `ApiError` when the period lies outside the campaign or has not begun.
pub fn board(view: &View, campaign: &Campaign, asked: Option<domain::Period>) -> Result<Board, BoardError> {
    let board = ranked(view, campaign, asked)?;
    let nominees = board.nominees.iter().map(|one| Nominees {
        award: (&campaign.awards()[one.award]).into(),
        eligible: one.eligible,
        rows: one.rows.iter().map(|nominated| nominee(view, &board, nominated)).collect(),
    });
    Ok(Board {
        at: view.snapshot.position(),
        as_of: view.today,
        campaign: campaign.code().clone(),
        name: campaign.name().clone(),
        illustration: campaign.illustration(),
        period: BoardPeriod::of(board.period, board.span),
        previous: board.previous.map(Into::into),
        criteria: campaign.criteria().iter().map(Into::into).collect(),
        groups: board.groups.iter().map(|one| group(view, campaign, one)).collect(),
        nominees: nominees.collect(),
    })
}

fn group(view: &View, campaign: &Campaign, board: &GroupBoard) -> BoardGroup {
    let group = &campaign.groups()[board.group];
    let gone = |unit: &usize| {
        let unit = &view.snapshot.units()[*unit].unit;
        Some(VanishedUnit {
            code: unit.code.clone(),
            name: unit.name.clone(),
            valid_to: unit.valid_to?,
            heirs: unit.successors.iter().map(|link| link.code.clone()).collect(),
        })
    };
    BoardGroup {
        code: group.code.clone(),
        name: group.name.clone(),
        of: group.of,
        from: board.span.map(|span| span.first),
        until: board.span.map(|span| span.last),
        rows: board.rows.iter().map(|one| BoardRow::of(view, campaign, one)).collect(),
        vanished: board.vanished.iter().filter_map(gone).collect(),
    }
}

fn nominee(view: &View, board: &analysis::Board, nominated: &Nominated) -> Nominee {
    match nominated {
        Nominated::Holder(early) => Nominee::Holder(holder(view, early)),
        Nominated::Contestant(group, at) => {
            let row = &board.groups[*group].rows[*at];
            Nominee::Contestant(ContestantNominee {
                code: row.contestant.code(&view.snapshot).to_owned(),
                name: row.contestant.name(&view.snapshot).to_owned(),
                rank: row.rank(),
                score: row.score,
            })
        }
    }
}

fn holder(view: &View, early: &EarlyHolder) -> HolderNominee {
    HolderNominee {
        holder: early.holder,
        handed_over_on: early.on,
        days_early: early.days_early,
        before_payment: early.before_payment,
        parcels: ParcelBrief::all(view, &early.parcels),
    }
}
