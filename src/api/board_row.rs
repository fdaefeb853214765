//! What one unit or body did, and what it earned.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use crate::{
    analysis::{self, RankStatus, Row, View},
    domain::{self, Campaign},
};

/// What one earned by a criterion.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Points {
    /// Code of the criterion.
    pub code: String,
    /// Points at most.
    pub weight: f64,
    /// Points earned; null without a case.
    pub points: Option<f64>,
    /// Share reached.
    pub value: Option<f64>,
    /// Share asked for.
    pub target: Option<f64>,
    /// The share asked for was pledged.
    pub pledged: bool,
    /// Cases.
    pub cases: u64,
    /// Those that count for it.
    pub r#for: u64,
    /// Those that count against it.
    pub against: u64,
    /// m²; null for criteria that count something else, as the next two.
    pub area: Option<f64>,
    /// m² handed over.
    pub done_area: Option<f64>,
    /// m² asked for.
    pub due_area: Option<f64>,
}

impl Points {
    pub(super) fn of(criterion: &domain::Criterion, points: &analysis::Points) -> Self {
        let area = criterion.measure.unit() == "area";
        let amount = |tenths: u64| area.then(|| square_metres(tenths));
        Self {
            code: criterion.code.clone(),
            weight: criterion.weight,
            points: points.points.map(hundredths),
            value: points.value,
            target: points.target,
            pledged: points.pledged,
            cases: points.sum.cases,
            r#for: points.sum.counted,
            against: points.sum.cases - points.sum.counted,
            area: amount(points.sum.amount),
            done_area: amount(points.sum.done),
            due_area: amount(points.sum.due),
        }
    }
}

/// Rank and score of the period before.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct RankBefore {
    /// Rank.
    pub rank: usize,
    /// Score, 0 … 100.
    pub score: f64,
}

/// Places and points gained since the period before.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Trend {
    /// Places.
    pub rank: i64,
    /// Points.
    pub score: f64,
}

/// The work that the period found undone.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct ContestantWork {
    /// Parcels to be cleared.
    pub parcels: u64,
    /// m².
    pub area: f64,
    /// Parcels due by plan, or handed over.
    pub due_parcels: u64,
    /// Parcels handed over.
    pub handed_over_parcels: u64,
    /// m² handed over.
    pub handed_over_area: f64,
}

/// Steps against the law or late.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Irregular {
    /// Out of order.
    pub out_of_order: u64,
    /// Past their legal days.
    pub clock_broken: u64,
    /// Steps judged.
    pub steps: u64,
    /// Share of those that are marked.
    pub share: f64,
}

fn reasons(_: &mut SchemaGenerator) -> Schema {
    let codes = ["no_work", "too_little_work", "too_little_due", "nothing_due"].map(Some);
    let codes: Vec<Option<&str>> = codes.into_iter().chain([None]).collect();
    schemars::json_schema!({ "type": ["string", "null"], "enum": codes })
}

/// A unit or body on the board.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BoardRow {
    /// Code of the unit, or name of the body.
    pub code: String,
    /// Name.
    pub name: String,
    /// Null where it is not ranked.
    pub rank: Option<usize>,
    /// Others have the same rank.
    pub tied: bool,
    /// Why there is no rank.
    #[schemars(schema_with = "reasons")]
    pub reason: Option<&'static str>,
    /// 0 … 100; null without a case.
    pub score: Option<f64>,
    /// Points earned.
    pub points: f64,
    /// Points that could be earned.
    pub out_of: f64,
    /// In the period before; null where it was not ranked.
    pub previous: Option<RankBefore>,
    /// Since the period before.
    pub trend: Option<Trend>,
    /// The work that the period found undone.
    pub work: ContestantWork,
    /// Steps against the law or late.
    pub irregular: Irregular,
    /// By criterion, in the campaign's order.
    pub criteria: Vec<Points>,
}

impl BoardRow {
    pub(super) fn of(view: &View, campaign: &Campaign, row: &Row) -> Self {
        let (tied, reason) = match row.status {
            RankStatus::Ranked { tied, .. } => (tied, None),
            RankStatus::NoWork => (false, Some("no_work")),
            RankStatus::TooLittleWork => (false, Some("too_little_work")),
            RankStatus::TooLittleDue => (false, Some("too_little_due")),
            RankStatus::NothingDue => (false, Some("nothing_due")),
        };
        let both = row.rank().zip(row.score).zip(row.previous);
        let trend = both.map(|((rank, score), (rank_before, before))| Trend {
            rank: rank_before as i64 - rank as i64,
            score: hundredths(score - before),
        });
        let points = campaign.criteria().iter().zip(&row.points);
        Self {
            code: row.contestant.code(&view.snapshot).to_owned(),
            name: row.contestant.name(&view.snapshot).to_owned(),
            rank: row.rank(),
            tied,
            reason,
            score: row.score,
            points: hundredths(row.earned),
            out_of: hundredths(row.out_of),
            previous: row.previous.map(|(rank, score)| RankBefore { rank, score }),
            trend,
            work: ContestantWork {
                parcels: row.work.parcels,
                area: square_metres(row.work.area),
                due_parcels: row.work.due_parcels,
                handed_over_parcels: row.work.done_parcels,
                handed_over_area: square_metres(row.work.done_area),
            },
            irregular: Irregular {
                out_of_order: row.irregular.out_of_order,
                clock_broken: row.irregular.clock_broken,
                steps: row.irregular.steps,
                share: row.irregular.share(),
            },
            criteria: points.map(|(criterion, points)| Points::of(criterion, points)).collect(),
        }
    }
}

fn hundredths(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

fn square_metres(tenths: u64) -> f64 {
    tenths as f64 / 10.0
}
