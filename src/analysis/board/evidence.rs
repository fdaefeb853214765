//! What stands behind the points: the cases themselves.

use crate::{
    atlas::Snapshot,
    domain::{Campaign, Day, Period},
};

use super::{
    Case, Span,
    cases::{Facts, cases},
    contest::in_scope,
    rank::{Row, contests, groups},
};

/// The cases of one contestant under one criterion.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The group, by its index in the campaign.
    pub group: usize,
    /// The days that count.
    pub span: Span,
    /// The contestant's row.
    pub row: Row,
    /// Parcel, by index, and case: those against first.
    pub cases: Vec<(u32, Case)>,
}

/// The cases behind the points of who is called `code` under the criterion at `criterion`, in the first
/// group, or the one at `group`, that has such a contestant. None before the period begins and when
/// there is no such contestant in it. O(parcels).
pub fn evidence(
    snapshot: &Snapshot,
    campaign: &Campaign,
    (period, day): (Period, Day),
    group: Option<usize>,
    code: &str,
    criterion: usize,
) -> Option<Evidence> {
    let span = Span::of(period, day)?;
    let contests = contests(snapshot, campaign, span);
    let named = |at: &usize| {
        let contest = contests[*at].as_ref().filter(|_| group.is_none_or(|group| group == *at))?;
        let row = contest.contestants.iter().position(|one| one.code(snapshot) == code)?;
        Some((*at, contest, row))
    };
    let (group, contest, index) = (0..contests.len()).find_map(|at| named(&at))?;
    let scope = in_scope(snapshot, campaign.scope());
    let measure = campaign.criteria()[criterion].measure;
    let mut found: Vec<(u32, Case)> = Vec::new();
    for parcel in 0..snapshot.parcels().len() as u32 {
        if !scope[snapshot.parcels().project(parcel)] || contest.row(snapshot, parcel) != Some(index) {
            continue;
        }
        let Some(facts) = Facts::of(snapshot, parcel, contest.span) else { continue };
        cases(&facts, measure, |case| found.push((parcel, case)));
    }
    found.sort_by_key(|(parcel, case)| (case.counts, *parcel));
    let board = groups(snapshot, campaign, period, span).swap_remove(group);
    let row = board.rows.into_iter().find(|row| row.contestant == contest.contestants[index])?;
    Some(Evidence { group, span: contest.span, row, cases: found })
}
