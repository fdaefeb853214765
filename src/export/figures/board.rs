//! Emulation campaigns, their boards and the evidence behind each point.
//!
//! No holder's name appears; households that handed over early come as numbers and parcels.

use serde_json::{Value, json};

use super::parcel;
use crate::{
    analysis::{
        Board, BoardSpan, Case, EarlyHolder, GroupBoard, Nominated, Nominees, Points, RankStatus, Row, View,
        board as rank, evidence as cases,
    },
    domain::{Award, Awarded, Campaign, Criterion, Day, Period},
};

/// Why a board can't be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BoardError {
    /// The period begins after the day asked about.
    #[error("{period} begins on {first}, after {day}, the day asked about")]
    Ahead {
        /// Period.
        period: Period,
        /// Its first day.
        first: Day,
        /// The day asked about.
        day: Day,
    },
    /// The campaign does not run in the period.
    #[error("the campaign runs from {from} to {to}; {period} lies outside")]
    Outside {
        /// Period.
        period: Period,
        /// First day of the campaign.
        from: Day,
        /// Last day of it.
        to: Day,
    },
    /// No group has such a unit or body in the period.
    #[error("no group of the campaign has \"{0}\" in this period")]
    NoContestant(String),
}

/// All campaigns, with all that does not depend on a period.
pub fn campaigns(view: &View, campaigns: &[Campaign]) -> Value {
    let one = |campaign: &Campaign| {
        let period = |period: &Period| json!({ "code": period.to_string(), "from": period.first(), "to": period.last() });
        let scope = campaign.scope();
        json!({
            "code": campaign.code().as_str(),
            "name": campaign.name(),
            "basis": campaign.basis(),
            "origin": campaign.text().code(),
            "illustration": campaign.illustration(),
            "from": campaign.from(),
            "to": campaign.to(),
            "period": campaign.period_on(view.today).to_string(),
            "periods": campaign.periods().iter().map(period).collect::<Vec<_>>(),
            "scope": { "key": scope.key, "kinds": scope.kinds, "projects": scope.projects },
            "groups": campaign.groups().iter().map(|group| json!({
                "code": group.code, "name": group.name, "of": group.of, "least_parcels": group.least_parcels,
                "least_weight": group.least_weight, "least_due": group.least_due,
            })).collect::<Vec<_>>(),
            "criteria": criteria(campaign),
            "tie_break": campaign.tie_break().iter().map(|at| &campaign.criteria()[*at].code).collect::<Vec<_>>(),
            "awards": campaign.awards().iter().map(award).collect::<Vec<_>>(),
        })
    };
    json!({
        "at": view.snapshot.position(),
        "as_of": view.today.to_string(),
        "campaigns": campaigns.iter().map(one).collect::<Vec<_>>(),
    })
}

fn criteria(campaign: &Campaign) -> Value {
    campaign.criteria().iter().map(criterion).collect()
}

fn criterion(criterion: &Criterion) -> Value {
    json!({
        "code": criterion.code,
        "name": criterion.name,
        "measure": criterion.measure.code(),
        "counts": criterion.measure.unit(),
        "weight": criterion.weight,
        "target": criterion.target,
        "floor": criterion.floor,
        "article": criterion.article,
        "to_be_confirmed": criterion.to_be_confirmed,
    })
}

fn award(award: &Award) -> Value {
    let to = match &award.to {
        Awarded::Group(code) => code,
        Awarded::Holders => "holders",
    };
    json!({
        "code": award.code,
        "name": award.name,
        "to": to,
        "places": award.places,
        "least_score": award.least_score,
        "none_out_of_order": award.none_out_of_order,
        "most_irregular": award.most_irregular,
        "days_early": award.days_early,
        "article": award.article,
    })
}

/// The period that `asked` names, else the one that `campaign` shows on the view's day.
///
/// # Errors
/// A period outside the campaign.
fn period(view: &View, campaign: &Campaign, asked: Option<Period>) -> Result<Period, BoardError> {
    let period = asked.unwrap_or_else(|| campaign.period_on(view.today));
    let (from, to) = (campaign.from(), campaign.to());
    if period.last() < from || period.first() > to {
        return Err(BoardError::Outside { period, from, to });
    }
    Ok(period)
}

fn ahead(view: &View, period: Period) -> BoardError {
    BoardError::Ahead { period, first: period.first(), day: view.today }
}

/// The board of `campaign` for a period, the one of the view's day if none is asked for.
///
/// # Errors
/// A period outside the campaign or not begun.
pub fn board(view: &View, campaign: &Campaign, asked: Option<Period>) -> Result<Value, BoardError> {
    let board = ranked(view, campaign, asked)?;
    let period = board.period;
    Ok(json!({
        "at": view.snapshot.position(),
        "as_of": view.today.to_string(),
        "campaign": campaign.code().as_str(),
        "name": campaign.name(),
        "illustration": campaign.illustration(),
        "period": about(period, board.span),
        "previous": board.previous.map(|period| json!({
            "code": period.to_string(), "from": period.first(), "to": period.last(),
        })),
        "criteria": criteria(campaign),
        "groups": board.groups.iter().map(|one| group(view, campaign, one)).collect::<Vec<_>>(),
        "nominees": board.nominees.iter().map(|one| nominees(view, campaign, &board, one)).collect::<Vec<_>>(),
    }))
}

fn about(period: Period, span: BoardSpan) -> Value {
    json!({
        "code": period.to_string(),
        "from": period.first(),
        "to": period.last(),
        "until": span.last,
        "open": span.open,
    })
}

fn group(view: &View, campaign: &Campaign, board: &GroupBoard) -> Value {
    let snapshot = &view.snapshot;
    let group = &campaign.groups()[board.group];
    let gone = |unit: &usize| {
        let unit = &snapshot.units()[*unit].unit;
        let heirs = unit.successors.iter().map(|link| link.code.as_str());
        json!({
            "code": unit.code.as_str(), "name": unit.name, "valid_to": unit.valid_to,
            "heirs": heirs.collect::<Vec<_>>(),
        })
    };
    json!({
        "code": group.code,
        "name": group.name,
        "of": group.of,
        "from": board.span.map(|span| span.first),
        "until": board.span.map(|span| span.last),
        "rows": board.rows.iter().map(|one| row(view, campaign, one)).collect::<Vec<_>>(),
        "vanished": board.vanished.iter().map(gone).collect::<Vec<_>>(),
    })
}

fn hundredths(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

fn square_metres(tenths: u64) -> f64 {
    tenths as f64 / 10.0
}

fn row(view: &View, campaign: &Campaign, row: &Row) -> Value {
    let (tied, reason) = match row.place {
        RankStatus::Ranked { tied, .. } => (tied, None),
        RankStatus::NoWork => (false, Some("no_work")),
        RankStatus::TooLittleWork => (false, Some("too_little_work")),
        RankStatus::TooLittleDue => (false, Some("too_little_due")),
        RankStatus::NothingDue => (false, Some("nothing_due")),
    };
    let trend = row.rank().zip(row.score).zip(row.previous).map(|((rank, score), (rank_before, before))| {
        json!({ "rank": rank_before as i64 - rank as i64, "score": hundredths(score - before) })
    });
    let points = campaign.criteria().iter().zip(&row.points);
    json!({
        "code": row.contestant.code(&view.snapshot),
        "name": row.contestant.name(&view.snapshot),
        "rank": row.rank(),
        "tied": tied,
        "reason": reason,
        "score": row.score,
        "points": hundredths(row.earned),
        "out_of": hundredths(row.out_of),
        "previous": row.previous.map(|(rank, score)| json!({ "rank": rank, "score": score })),
        "trend": trend,
        "work": {
            "parcels": row.work.parcels,
            "area": square_metres(row.work.area),
            "due_parcels": row.work.due_parcels,
            "handed_over_parcels": row.work.done_parcels,
            "handed_over_area": square_metres(row.work.done_area),
        },
        "irregular": {
            "out_of_order": row.irregular.out_of_order,
            "clock_broken": row.irregular.clock_broken,
            "steps": row.irregular.steps,
            "share": row.irregular.share(),
        },
        "criteria": points.map(|(criterion, points)| earned(criterion, points)).collect::<Vec<_>>(),
    })
}

fn earned(criterion: &Criterion, points: &Points) -> Value {
    let area = criterion.measure.unit() == "area";
    let amount = |tenths: u64| area.then(|| square_metres(tenths));
    json!({
        "code": criterion.code,
        "weight": criterion.weight,
        "points": points.points.map(hundredths),
        "value": points.value,
        "target": points.target,
        "pledged": points.pledged,
        "cases": points.sum.cases,
        "for": points.sum.counted,
        "against": points.sum.cases - points.sum.counted,
        "area": amount(points.sum.amount),
        "done_area": amount(points.sum.done),
        "due_area": amount(points.sum.due),
    })
}

fn nominees(view: &View, campaign: &Campaign, board: &Board, nominees: &Nominees) -> Value {
    let snapshot = &view.snapshot;
    let holder = |early: &EarlyHolder| {
        json!({
            "holder": early.holder,
            "handed_over_on": early.on,
            "days_early": early.days_early,
            "before_payment": early.before_payment,
            "parcels": early.parcels.iter().map(|index| parcel(view, *index)).collect::<Vec<_>>(),
        })
    };
    let one = |nominated: &Nominated| match nominated {
        Nominated::Holder(early) => holder(early),
        Nominated::Contestant(group, at) => {
            let row = &board.groups[*group].rows[*at];
            json!({
                "code": row.contestant.code(snapshot),
                "name": row.contestant.name(snapshot),
                "rank": row.rank(),
                "score": row.score,
            })
        }
    };
    let mut said = award(&campaign.awards()[nominees.award]);
    said["eligible"] = json!(nominees.eligible);
    said["rows"] = nominees.rows.iter().map(one).collect();
    said
}

/// As [`board`], before it is written in any format.
///
/// # Errors
/// A period outside the campaign or not begun.
pub fn ranked(view: &View, campaign: &Campaign, asked: Option<Period>) -> Result<Board, BoardError> {
    let period = period(view, campaign, asked)?;
    rank(&view.snapshot, campaign, period, view.today).ok_or_else(|| ahead(view, period))
}

/// What evidence is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Period; that of the day if none.
    pub period: Option<Period>,
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

/// The cases behind the points of one contestant under one criterion, those against first.
///
/// # Errors
/// A period outside the campaign or not begun, or nobody of that code in it.
pub fn evidence(view: &View, campaign: &Campaign, ask: &Ask<'_>) -> Result<Value, BoardError> {
    let snapshot = &view.snapshot;
    let period = period(view, campaign, ask.period)?;
    if period.first() > view.today {
        return Err(ahead(view, period));
    }
    let found = cases(snapshot, campaign, (period, view.today), ask.group, ask.unit, ask.criterion)
        .ok_or_else(|| BoardError::NoContestant(ask.unit.to_owned()))?;
    let group = &campaign.groups()[found.group];
    let criterion = &campaign.criteria()[ask.criterion];
    let listed = found.cases.iter().skip(ask.offset).take(ask.limit);
    Ok(json!({
        "at": snapshot.position(),
        "as_of": view.today.to_string(),
        "campaign": campaign.code().as_str(),
        "period": about(period, found.span),
        "group": group.code,
        "unit": found.row.contestant.code(snapshot),
        "name": found.row.contestant.name(snapshot),
        "criterion": self::criterion(criterion),
        "points": earned(criterion, &found.row.points[ask.criterion]),
        "cases": found.cases.len(),
        "offset": ask.offset,
        "rows": listed.map(|(index, one)| case(view, *index, one)).collect::<Vec<_>>(),
    }))
}

fn case(view: &View, index: u32, case: &Case) -> Value {
    json!({
        "parcel": parcel(view, index),
        "counts": case.counts,
        "why": case.why,
        "stage": case.act,
        "branch": case.branch,
        "on": case.on,
        "due_on": case.by,
    })
}
