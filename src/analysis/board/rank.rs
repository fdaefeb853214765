//! From sums to points and places.

use std::cmp::Ordering;

use crate::{
    atlas::Snapshot,
    domain::{Campaign, CampaignGroup, Criterion, Measure, Period},
};

use super::{
    GroupBoard, Irregular, Span, Sum, Work,
    contest::{Contest, Contestant},
    tally::{Tally, tallies},
};

/// Where a contestant stands in its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankStatus {
    /// Its rank from 1; equals share one, and the next one is left out.
    Ranked {
        /// Rank.
        rank: usize,
        /// Someone else has the same.
        tied: bool,
    },
    /// The period found nothing undone.
    NoWork,
    /// Fewer parcels than the group asks for.
    TooLittleWork,
    /// Fewer parcels that were due, or handed over, than the group asks for.
    TooLittleDue,
    /// No criterion had a case, or too few for the group.
    NothingDue,
}

/// What one criterion gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Points {
    /// Points; none when there was no case.
    pub points: Option<f64>,
    /// Share reached.
    pub value: Option<f64>,
    /// Share asked for.
    pub target: Option<f64>,
    /// The target is the contestant's own promise.
    pub pledged: bool,
    /// What stands behind it.
    pub sum: Sum,
}

/// A contestant on the board.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Who.
    pub contestant: Contestant,
    /// Where.
    pub status: RankStatus,
    /// Points of 100, to two decimals; none when not ranked.
    pub score: Option<f64>,
    /// Points earned.
    pub earned: f64,
    /// Points that could be earned: weights of the criteria that had a case.
    pub out_of: f64,
    /// What there was to do.
    pub work: Work,
    /// Steps against the law.
    pub irregular: Irregular,
    /// By criterion.
    pub points: Vec<Points>,
    /// Rank and score in the period before.
    pub previous: Option<(usize, f64)>,
}

impl Row {
    /// Its rank, if it has one.
    pub fn rank(&self) -> Option<usize> {
        match self.status {
            RankStatus::Ranked { rank, .. } => Some(rank),
            _ => None,
        }
    }
}

/// The contests of a campaign's groups.
pub fn contests(snapshot: &Snapshot, campaign: &Campaign, span: Span) -> Vec<Option<Contest>> {
    campaign.groups().iter().map(|group| Contest::of(snapshot, group.of, span)).collect()
}

/// The groups with points and ranks, without trends.
pub fn groups(snapshot: &Snapshot, campaign: &Campaign, period: Period, span: Span) -> Vec<GroupBoard> {
    let contests = contests(snapshot, campaign, span);
    let tallies = tallies(snapshot, campaign, &contests);
    let group = |(index, (contest, tallies)): (usize, (Option<Contest>, Option<Vec<Tally>>))| {
        let Some((contest, tallies)) = contest.zip(tallies) else {
            return GroupBoard { group: index, span: None, rows: Vec::new(), vanished: Vec::new() };
        };
        let rule = &campaign.groups()[index];
        let row = |(contestant, tally): (Contestant, Tally)| {
            self::row(snapshot, campaign, period, rule, contestant, &tally)
        };
        let mut rows: Vec<Row> = contest.contestants.into_iter().zip(tallies).map(row).collect();
        status(snapshot, campaign, &mut rows);
        GroupBoard { group: index, span: Some(contest.span), rows, vanished: contest.vanished }
    };
    contests.into_iter().zip(tallies).enumerate().map(group).collect()
}

fn row(
    snapshot: &Snapshot,
    campaign: &Campaign,
    period: Period,
    rule: &CampaignGroup,
    contestant: Contestant,
    tally: &Tally,
) -> Row {
    let code = contestant.code(snapshot);
    let of = |(at, criterion): (usize, &Criterion)| {
        points(criterion, campaign.pledge(at, code, period), tally.sums[at])
    };
    let points: Vec<Points> = campaign.criteria().iter().enumerate().map(of).collect();
    let weights = campaign.criteria().iter().zip(&points).filter(|(_, points)| points.points.is_some());
    let out_of: f64 = weights.map(|(criterion, _)| criterion.weight).sum();
    let earned: f64 = points.iter().filter_map(|points| points.points).sum();
    let status = match tally.work.parcels {
        0 => RankStatus::NoWork,
        few if few < rule.least_parcels => RankStatus::TooLittleWork,
        _ if tally.work.due_parcels < rule.least_due => RankStatus::TooLittleDue,
        _ if out_of <= 0.0 || out_of < rule.least_weight => RankStatus::NothingDue,
        _ => RankStatus::Ranked { rank: 0, tied: false },
    };
    let score = matches!(status, RankStatus::Ranked { .. }).then(|| (earned / out_of * 1e4).round() / 100.0);
    let (work, irregular) = (tally.work, tally.irregular);
    Row { contestant, status, score, earned, out_of, work, irregular, points, previous: None }
}

fn points(criterion: &Criterion, pledge: Option<f64>, sum: Sum) -> Points {
    let none = Points { points: None, value: None, target: None, pledged: false, sum };
    if sum.amount == 0 {
        return none;
    }
    let share = |part: u64| part as f64 / sum.amount as f64;
    let value = share(sum.done);
    if criterion.to_be_confirmed {
        return Points { value: Some(value), ..none };
    }
    let area = criterion.measure == Measure::HandedOverArea;
    let target = pledge.unwrap_or(if area { share(sum.due) } else { criterion.target });
    if target <= 0.0 && sum.done == 0 {
        // Nothing was due and nothing was done: neither earned nor missed.
        return none;
    }
    Points {
        points: Some(criterion.points(value, target)),
        value: Some(value),
        target: Some(target),
        pledged: pledge.is_some(),
        sum,
    }
}

/// Better first: by score, then by the criteria that break ties.
fn compare(campaign: &Campaign, a: &Row, b: &Row) -> Ordering {
    let points = |row: &Row, at: usize| (row.points[at].points.unwrap_or(0.0) * 100.0).round();
    let score = |row: &Row| row.score.unwrap_or(-1.0);
    let ties = campaign.tie_break().iter().map(|at| points(b, *at).total_cmp(&points(a, *at)));
    ties.fold(score(b).total_cmp(&score(a)), Ordering::then)
}

fn status(snapshot: &Snapshot, campaign: &Campaign, rows: &mut [Row]) {
    rows.sort_by(|a, b| {
        let named = || a.contestant.code(snapshot).cmp(b.contestant.code(snapshot));
        compare(campaign, a, b).then_with(named)
    });
    let ranked = rows.iter().filter(|row| row.score.is_some()).count();
    let equal = |a: &Row, b: &Row| compare(campaign, a, b) == Ordering::Equal;
    let mut rank = 1;
    for at in 0..ranked {
        let same_above = at > 0 && equal(&rows[at - 1], &rows[at]);
        let same_below = at + 1 < ranked && equal(&rows[at], &rows[at + 1]);
        rank = if same_above { rank } else { at + 1 };
        rows[at].status = RankStatus::Ranked { rank, tied: same_above || same_below };
    }
}

/// Tells each row what it was in the period before.
pub fn trend(groups: &mut [GroupBoard], before: &[GroupBoard]) {
    for (group, before) in groups.iter_mut().zip(before) {
        for row in &mut group.rows {
            let same = before.rows.iter().find(|other| other.contestant == row.contestant);
            row.previous = same.and_then(|row| row.rank().zip(row.score));
        }
    }
}
