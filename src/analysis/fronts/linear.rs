//! Fronts along an alignment.
//!
//! A station is clear when every parcel over its cross-section is cleared;
//! where no parcel lies, the land was public already and is clear.

use serde::Serialize;

use super::choices;
use crate::{
    atlas::{ProjectEntry, Snapshot},
    domain::{Day, ProjectId, Span, Stage},
};

/// What can be done with a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "snake_case")]
pub enum FrontState {
    /// Clear and long enough to build on.
    Workable,
    /// Clear, too short to build on.
    Short,
    /// Pending parcels lie over it.
    Blocked,
}

impl FrontState {
    /// The state's code in files and answers.
    pub fn code(self) -> &'static str {
        match self {
            Self::Workable => "workable",
            Self::Short => "short",
            Self::Blocked => "blocked",
        }
    }
}

/// A stretch of an alignment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Front {
    /// From–to, decimetres.
    pub span: Span,
    /// State.
    pub state: FrontState,
    /// Pending parcels over it, by index, rising.
    pub parcels: Vec<u32>,
    /// Decimetres that would become workable if all of them were cleared.
    pub gain: u32,
    /// 1 = opens the most for each of its parcels, among the blocked stretches that open something.
    pub rank: Option<usize>,
}

/// The number of a project's stretch in tiles and features: no two are the same.
pub fn front_id(project: ProjectId, index: u32) -> u32 {
    project.0 << 12 | index.min(0xfff)
}

/// A number of parcels and what clearing them gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BestParcels {
    /// The parcels, by index, rising.
    pub parcels: Vec<u32>,
    /// Decimetres added to the workable length.
    pub gain: u32,
    /// The stretches that are workable then.
    pub stretches: Vec<Span>,
}

/// The fronts of a linear project on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinearFronts {
    /// Decimetres of alignment.
    pub length: u32,
    /// Decimetres that are clear.
    pub cleared: u32,
    /// Decimetres in workable stretches.
    pub workable: u32,
    /// The longest clear stretch.
    pub longest: Option<Span>,
    /// Every stretch from the start on: together they are the alignment.
    pub fronts: Vec<Front>,
    /// For 1, 2, 3 … parcels the ones that open the most; only numbers that open more than a smaller one.
    pub best: Vec<BestParcels>,
}

fn decimetres(metres: f64) -> u32 {
    (metres * 10.0).round().max(0.0) as u32
}

/// The pending parcels of `entry` on `day` with their runs along its alignment of `length`.
fn pending(snapshot: &Snapshot, entry: &ProjectEntry, length: u32, day: Day) -> Vec<(Span, u32)> {
    let spans = entry.parcels.iter().zip(&entry.chainages).filter_map(|(parcel, span)| {
        let stands = !snapshot.days(*parcel).reached(Stage::HandedOver, day);
        let span = Span::of_metres(*span, length);
        (stands && span.from < span.to && snapshot.exists_on(*parcel, day)).then_some((span, *parcel))
    });
    let mut spans: Vec<_> = spans.collect();
    spans.sort_unstable();
    spans
}

/// Cleared metres of the project's alignment on `day`; none when it has none.
pub fn cleared_length(snapshot: &Snapshot, entry: &ProjectEntry, day: Day) -> Option<f64> {
    let length = decimetres(entry.length_m?);
    let (mut covered, mut reach) = (0, 0);
    for (span, _) in pending(snapshot, entry, length, day) {
        covered += span.to.saturating_sub(span.from.max(reach));
        reach = reach.max(span.to);
    }
    Some(f64::from(length - covered) / 10.0)
}

/// Every stretch of the project's alignment on `day`, with what clearing it
/// would open when a clear stretch of `least_m` metres is workable; nothing
/// without an alignment.
pub fn project_fronts(snapshot: &Snapshot, entry: &ProjectEntry, day: Day, least_m: f64) -> Vec<Front> {
    let Some(length) = entry.length_m.map(decimetres) else { return Vec::new() };
    stretches(&pending(snapshot, entry, length, day), length, decimetres(least_m).clamp(1, length.max(1)))
}

/// As [`project_fronts`], with the totals and, for up to `most` parcels, the
/// ones that open the most; none without an alignment.
pub fn linear_fronts(
    snapshot: &Snapshot,
    entry: &ProjectEntry,
    day: Day,
    least_m: f64,
    most: usize,
) -> Option<LinearFronts> {
    let length = decimetres(entry.length_m?);
    let least = decimetres(least_m).clamp(1, length.max(1));
    let pending = pending(snapshot, entry, length, day);
    let fronts = stretches(&pending, length, least);
    let sum = |wanted: fn(FrontState) -> bool| {
        fronts.iter().filter(|front| wanted(front.state)).map(|front| front.span.length()).sum()
    };
    let workable = sum(|state| state == FrontState::Workable);
    let clear = fronts.iter().filter(|front| front.state != FrontState::Blocked).map(|front| front.span);
    let spans: Vec<Span> = pending.iter().map(|(span, _)| *span).collect();
    let mut best: Vec<BestParcels> = Vec::new();
    for choice in choices(&spans, length, least, most.min(spans.len())) {
        let gain = choice.workable.saturating_sub(workable);
        if gain > best.last().map_or(0, |before| before.gain) {
            let mut parcels: Vec<u32> = choice.spans.iter().map(|span| pending[*span].1).collect();
            parcels.sort_unstable();
            best.push(BestParcels { parcels, gain, stretches: choice.stretches });
        }
    }
    Some(LinearFronts {
        length,
        cleared: sum(|state| state != FrontState::Blocked),
        workable,
        longest: clear.max_by_key(|span| (span.length(), std::cmp::Reverse(span.from))),
        fronts,
        best,
    })
}

/// Cuts the alignment where what lies over it changes between clear and blocked.
fn stretches(pending: &[(Span, u32)], length: u32, least: u32) -> Vec<Front> {
    let clear = |span: Span| Front {
        span,
        state: if span.length() >= least { FrontState::Workable } else { FrontState::Short },
        parcels: Vec::new(),
        gain: 0,
        rank: None,
    };
    let mut fronts: Vec<Front> = Vec::new();
    let mut reach = 0;
    for (span, parcel) in pending {
        let joined = fronts.last_mut().filter(|f| f.state == FrontState::Blocked && span.from <= reach);
        if let Some(front) = joined {
            front.span.to = front.span.to.max(span.to);
            front.parcels.push(*parcel);
        } else {
            if span.from > reach {
                fronts.push(clear(Span { from: reach, to: span.from }));
            }
            let (state, parcels) = (FrontState::Blocked, vec![*parcel]);
            fronts.push(Front { span: *span, state, parcels, gain: 0, rank: None });
        }
        reach = reach.max(span.to);
    }
    if reach < length {
        fronts.push(clear(Span { from: reach, to: length }));
    }
    gains(&mut fronts, least);
    fronts
}

/// What each blocked stretch alone would open, and their order.
fn gains(fronts: &mut [Front], least: u32) {
    let worth = |length: u32| if length >= least { length } else { 0 };
    for index in 0..fronts.len() {
        if fronts[index].state != FrontState::Blocked {
            continue;
        }
        let beside = |front: Option<&Front>| {
            front.filter(|front| front.state != FrontState::Blocked).map_or(0, |front| front.span.length())
        };
        let before = beside(index.checked_sub(1).and_then(|before| fronts.get(before)));
        let after = beside(fronts.get(index + 1));
        let front = &mut fronts[index];
        front.gain = worth(before + front.span.length() + after) - worth(before) - worth(after);
        front.parcels.sort_unstable();
    }
    let mut order: Vec<usize> = (0..fronts.len()).filter(|index| fronts[*index].gain > 0).collect();
    // What each parcel opens counts: a gap that one household closes comes before one of hundreds.
    order.sort_by(|a, b| {
        let worth = |index: usize| f64::from(fronts[index].gain) / fronts[index].parcels.len().max(1) as f64;
        worth(*b).total_cmp(&worth(*a)).then(fronts[*b].gain.cmp(&fronts[*a].gain)).then(a.cmp(b))
    });
    for (rank, index) in (1..).zip(order) {
        fronts[index].rank = Some(rank);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: u32, to: u32) -> Span {
        Span { from, to }
    }

    #[test]
    fn stretches_cover_the_alignment_and_tell_what_each_gap_opens() {
        // 0 ─ 400 clear ─ 450 blocked by 7 and 3 ─ 900 clear ─ 1000 blocked by 5; workable from 500.
        let pending = [(span(400, 430), 7), (span(420, 450), 3), (span(900, 1000), 5)];
        let fronts = stretches(&pending, 1000, 500);
        let found: Vec<_> = fronts.iter().map(|f| (f.span.from, f.span.to, f.state.code(), f.gain)).collect();
        let expected = [
            (0, 400, "short", 0),
            (400, 450, "blocked", 900),
            (450, 900, "short", 0),
            (900, 1000, "blocked", 550),
        ];
        assert_eq!(found, expected);
        assert_eq!(
            (fronts[1].parcels.clone(), fronts[1].rank, fronts[3].rank),
            (vec![3, 7], Some(2), Some(1))
        );
    }

    #[test]
    fn an_alignment_without_pending_parcels_is_one_front() {
        let fronts = stretches(&[], 300, 300);
        assert_eq!((fronts.len(), fronts[0].state), (1, FrontState::Workable));
    }
}
