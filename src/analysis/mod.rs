//! The numbers: pure functions of a snapshot and a day.
//!
//! No clock, no I/O: `day` is an argument, and the same snapshot and day give
//! the same figures. Shares are 0 … 1, areas m², days whole days.

mod authority;
mod board;
mod clearance;
mod decisions;
mod deferred;
mod duties;
mod dwell;
mod facts;
mod figures;
mod filter;
mod forecast;
mod fronts;
mod group;
mod marked;
mod plan;
mod progress;
mod series;
mod spread;
mod sums;
mod survey;
mod view;

pub use authority::{Authority, authority};
pub use board::{
    Board, Case, CaseReason, Contestant, EarlyHolder, Evidence, GroupBoard, Irregular, Nominated, Nominees,
    Points, RankStatus, Row, Span as BoardSpan, Sum, Work, board, evidence,
};
pub use clearance::{BlockerTally, Deadline, ParcelClock, Tally, blockers, clocks, deadlines, stage_tallies};
pub use decisions::{Decision, DecisionScope, Longest, Named, decisions};
pub use deferred::{Deferred, DeferredRows};
pub use duties::{Duty, DutyKind, duties};
pub use dwell::{Dwell, dwells};
pub use facts::ParcelFacts;
pub use figures::{Figures, progress};
pub use filter::{Filter, Mask, Selection, Units};
pub use forecast::{Backtest, Band, Driver, End, Forecast, History, Outcome, Simulated, backtest, forecast};
pub use fronts::{
    ArealFronts, BestParcels, Choice, Cluster, Front, FrontState, LEAST_AREA_M2, LEAST_LENGTH_M,
    LinearFronts, Patch, SingleGain, areal_fronts, choices, cleared_length, front_id, linear_fronts,
    project_fronts,
};
pub use group::{Group, GroupBy, Grouping, groups, wholes};
pub use marked::{mark_codes, marked};
pub use plan::{PlanLine, PlanSums};
pub use progress::{
    AreaMeasure, CountMeasure, Discretion, FEWEST_HOLDERS, LengthMeasure, Measures, MoneyMeasure, Progress,
    length,
};
pub use series::{Series, each_day, series, steps};
pub use sums::Sums;
pub use survey::Survey;
pub use view::View;

/// Those of `parcels` that count on `day`.
pub fn standing<'a>(
    snapshot: &crate::atlas::Snapshot,
    parcels: &'a [u32],
    day: crate::domain::Day,
) -> std::borrow::Cow<'a, [u32]> {
    if parcels.iter().all(|parcel| snapshot.exists_on(*parcel, day)) {
        return std::borrow::Cow::Borrowed(parcels);
    }
    parcels.iter().copied().filter(|parcel| snapshot.exists_on(*parcel, day)).collect::<Vec<_>>().into()
}
