//! Who is put forward for which award.

use std::cmp::Reverse;

use rayon::prelude::*;

use crate::{
    atlas::Snapshot,
    domain::{Award, Awarded, Campaign, Day},
};

use super::{EarlyHolder, GroupBoard, Nominated, Nominees, Span, cases::Facts, contest::in_scope};

/// The nominees of each award.
pub fn nominees(
    snapshot: &Snapshot,
    campaign: &Campaign,
    groups: &[GroupBoard],
    span: Span,
) -> Vec<Nominees> {
    let awards = campaign.awards().iter().enumerate();
    let of = |(award, rule): (usize, &Award)| match &rule.to {
        Awarded::Group(code) => {
            let rows =
                groups.iter().enumerate().find(|(_, board)| campaign.groups()[board.group].code == *code);
            let rows = rows.map_or_else(Vec::new, |(at, board)| best(rule, at, board));
            Nominees { award, eligible: rows.len(), rows }
        }
        Awarded::Holders => {
            let mut early = early_holders(snapshot, campaign, span, rule.days_early);
            let eligible = early.len();
            early.truncate(rule.places);
            Nominees { award, eligible, rows: early.into_iter().map(Nominated::Holder).collect() }
        }
    };
    awards.map(of).collect()
}

fn best(rule: &Award, group: usize, board: &GroupBoard) -> Vec<Nominated> {
    let fit = |row: &&super::Row| {
        row.rank().is_some()
            && row.score.is_some_and(|score| score >= rule.least_score)
            && !(rule.none_out_of_order && row.irregular.out_of_order > 0)
            && row.irregular.share() <= rule.most_irregular
    };
    let fit: Vec<_> = board.rows.iter().enumerate().filter(|(_, row)| fit(row)).collect();
    // Who shares the last place comes in too.
    let last = fit.get(rule.places.saturating_sub(1)).or(fit.last()).and_then(|(_, row)| row.rank());
    let within = |row: &super::Row| row.rank() <= last;
    fit.iter().filter(|(_, row)| within(row)).map(|(at, _)| Nominated::Contestant(group, *at)).collect()
}

/// Holders all of whose land in the campaign was handed over, the last of it in the span, each parcel
/// this many days before its planned day or before payment, without mandatory inventory and
/// enforcement; the earliest first.
fn early_holders(snapshot: &Snapshot, campaign: &Campaign, span: Span, least: u16) -> Vec<EarlyHolder> {
    let scope = in_scope(snapshot, campaign.scope());
    let columns = snapshot.parcels();
    let held = columns.held();
    let in_span = |parcel: &u32| snapshot.days(*parcel).cleared_on().is_some_and(|on| span.holds(on));
    let one = |index: usize| {
        let parcels = held.parcels(index);
        if !parcels.iter().any(in_span) {
            return None;
        }
        let holder = columns.holder(parcels[0])?;
        let (own, on) = (Vec::new(), Day::FIRST);
        let mut early = EarlyHolder { holder, parcels: own, on, days_early: None, before_payment: false };
        for parcel in parcels.iter().filter(|parcel| scope[columns.project(**parcel)]) {
            // Land that no longer counts, or does not yet, is neither for nor against.
            let Some(facts) = Facts::of(snapshot, *parcel, span) else { continue };
            let (on, days, before_payment) = ahead(snapshot, *parcel, &facts, least)?;
            early.parcels.push(*parcel);
            early.on = early.on.max(on);
            early.days_early = [early.days_early, days].into_iter().flatten().min();
            early.before_payment |= before_payment;
        }
        span.holds(early.on).then_some(early)
    };
    let mut all: Vec<EarlyHolder> = (0..held.len()).into_par_iter().filter_map(one).collect();
    all.sort_by_key(|one| (Reverse(one.days_early), Reverse(one.before_payment), one.holder.0));
    all
}

/// The day of a handover that was early, by how many days, and whether it came before payment.
fn ahead(
    snapshot: &Snapshot,
    parcel: u32,
    facts: &Facts<'_>,
    least: u16,
) -> Option<(Day, Option<i32>, bool)> {
    let on = snapshot.days(parcel).cleared_on().filter(|on| *on <= facts.last())?;
    let days = snapshot.planned_day(parcel).map(|planned| planned.since(on));
    let before_payment = snapshot.marks(parcel).is_some_and(|marks| marks.early);
    let early = before_payment || days.is_some_and(|days| days >= i32::from(least));
    (early && facts.forced().is_none()).then_some((on, days, before_payment))
}
