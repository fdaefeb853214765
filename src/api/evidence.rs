//! The cases behind the points of the emulation board.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    BoardError, BoardPeriod, Criterion, ParcelBrief, Points,
    board::{ahead, period},
};
use crate::{
    analysis::{Case, CaseReason, View, evidence as cases},
    domain::{self, Branch, Campaign, Code, Day, LedgerPosition, law::Act},
};

/// What evidence is asked for.
#[derive(Debug, Clone, Copy)]
pub struct EvidenceAsk<'a> {
    /// Period; that of the day if none.
    pub period: Option<domain::Period>,
    /// Group, by its index; the first that has the contestant if none.
    pub group: Option<usize>,
    /// Code of the unit or name of the body.
    pub unit: &'a str,
    /// Criterion, by its index.
    pub criterion: usize,
    /// Cases listed at most.
    pub limit: usize,
    /// Cases left out before them.
    pub offset: usize,
}

/// A case for or against.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct EvidenceCase {
    /// The parcel.
    pub parcel: ParcelBrief,
    /// It counts for the contestant.
    pub counts: bool,
    /// Why.
    pub why: CaseReason,
    /// The act that it is about.
    pub stage: Option<Act>,
    /// The side branch that it is about.
    pub branch: Option<Branch>,
    /// The day on which it came.
    pub on: Option<Day>,
    /// The day by which it was due.
    pub due_on: Option<Day>,
}

/// The cases behind points, those against first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Evidence {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Day.
    pub as_of: Day,
    /// Code of the campaign.
    pub campaign: Code,
    /// The period.
    pub period: BoardPeriod,
    /// Code of the group.
    pub group: String,
    /// Code of the unit, or name of the body.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// The criterion.
    pub criterion: Criterion,
    /// The points.
    pub points: Points,
    /// How many cases there are.
    pub cases: usize,
    /// Cases left out before those listed.
    pub offset: usize,
    /// The cases.
    pub rows: Vec<EvidenceCase>,
}

/// The cases behind the points of one contestant under one criterion, those against first.
///
/// # Errors
/// A period outside the campaign or not begun, or nobody of that code in it.
pub fn evidence(view: &View, campaign: &Campaign, ask: &EvidenceAsk<'_>) -> Result<Evidence, BoardError> {
    let snapshot = &view.snapshot;
    let period = period(view, campaign, ask.period)?;
    if period.first() > view.today {
        return Err(ahead(view, period));
    }
    let found = cases(snapshot, campaign, (period, view.today), ask.group, ask.unit, ask.criterion)
        .ok_or_else(|| BoardError::NoContestant(ask.unit.to_owned()))?;
    let criterion = &campaign.criteria()[ask.criterion];
    let listed = found.cases.iter().skip(ask.offset).take(ask.limit);
    Ok(Evidence {
        at: snapshot.position(),
        as_of: view.today,
        campaign: campaign.code().clone(),
        period: BoardPeriod::of(period, found.span),
        group: campaign.groups()[found.group].code.clone(),
        unit: found.row.contestant.code(snapshot).to_owned(),
        name: found.row.contestant.name(snapshot).to_owned(),
        criterion: criterion.into(),
        points: Points::of(criterion, &found.row.points[ask.criterion]),
        cases: found.cases.len(),
        offset: ask.offset,
        rows: listed.map(|(index, one)| case(view, *index, one)).collect(),
    })
}

fn case(view: &View, index: u32, case: &Case) -> EvidenceCase {
    EvidenceCase {
        parcel: ParcelBrief::of(view, index),
        counts: case.counts,
        why: case.why,
        stage: case.act,
        branch: case.branch,
        on: case.on,
        due_on: case.by,
    }
}
