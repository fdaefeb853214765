//! Progress of any set of parcels by five measures.

use serde::Serialize;

use super::cleared_length;
use crate::{
    atlas::Snapshot,
    domain::{Day, SquareMetres, Stage},
};

/// Recovered area, m².
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct AreaMeasure {
    /// To recover.
    pub total: SquareMetres,
    /// Handed over.
    pub done: SquareMetres,
    /// Planned to be handed over by the day; none without a plan.
    pub planned: Option<SquareMetres>,
}

/// Parcels or holders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct CountMeasure {
    /// In all.
    pub total: u64,
    /// Cleared; a holder counts when all parcels of the set are handed over.
    pub done: u64,
    /// Planned by the day; none without a plan.
    pub planned: Option<u64>,
}

/// Compensation and support, đồng, of the whole set: never of one holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct MoneyMeasure {
    /// Approved.
    pub approved: u64,
    /// Paid.
    pub paid: u64,
    /// Both are rounded to a whole number of this; none when they are exact.
    pub rounded_to: Option<u64>,
}

/// đồng: what sums are rounded to for who may not know what one household gets. A household's compensation lies below
/// it, so that the difference of two sums tells next to nothing of one.
const ROUNDED_TO: u64 = 1_000_000_000;

/// How money is shown to who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discretion {
    /// Exactly: they may look up each holder in the set.
    Exact,
    /// Rounded: they may not, and the set is one that everybody asks for: the province, a unit, a project.
    Rounded,
    /// Not at all: they may not, and have put the set together themselves; enough of such sums tell each of their parts
    /// however they are rounded.
    Withheld,
}

/// Metres of alignment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct LengthMeasure {
    /// In all.
    pub total: f64,
    /// Clear over the whole cross-section.
    pub done: f64,
}

/// The five measures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Measures {
    /// Recovered area: the headline.
    pub area: AreaMeasure,
    /// Parcels.
    pub parcels: CountMeasure,
    /// Holders.
    pub holders: CountMeasure,
    /// Money; none when so few holders stand behind it that it would tell one household's.
    pub money: Option<MoneyMeasure>,
    /// Alignment of the linear projects among those asked for; none when there is none.
    pub length: Option<LengthMeasure>,
}

/// Progress on a day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Progress {
    /// Share of the area handed over.
    pub share: f64,
    /// Share planned by the day.
    pub planned_share: Option<f64>,
    /// Days ahead of the plan, negative when behind.
    pub days_ahead: Option<i32>,
    /// The measures.
    pub measures: Measures,
}

impl Progress {
    /// As it is shown with this discretion.
    #[must_use]
    pub fn disclosed(mut self, discretion: Discretion) -> Self {
        let rounded = |amount: u64| (amount + ROUNDED_TO / 2) / ROUNDED_TO * ROUNDED_TO;
        self.measures.money = self.measures.money.and_then(|money| match discretion {
            Discretion::Exact => Some(money),
            Discretion::Rounded => Some(MoneyMeasure {
                approved: rounded(money.approved),
                paid: rounded(money.paid),
                rounded_to: Some(ROUNDED_TO),
            }),
            Discretion::Withheld => None,
        });
        self
    }
}

/// Holders below which money is kept back: a sum over fewer says much about each of them.
pub const FEWEST_HOLDERS: u64 = 5;

/// Holders of `parcels`, which all count on `day`.
pub(super) fn holders(snapshot: &Snapshot, parcels: &[u32], day: Day) -> CountMeasure {
    let state = |parcel: &u32| {
        let holder = snapshot.parcels().holder(*parcel)?;
        let pending = !snapshot.days(*parcel).reached(Stage::HandedOver, day);
        let due = snapshot.planned_day(*parcel);
        Some((holder, pending, due.is_none_or(|due| due > day), due.is_some()))
    };
    let mut all: Vec<_> = parcels.iter().filter_map(state).collect();
    all.sort_unstable();
    let any_plan = all.iter().any(|holder| holder.3);
    let (mut total, mut done, mut planned) = (0, 0, 0);
    for parcels in all.chunk_by(|a, b| a.0 == b.0) {
        total += 1;
        done += u64::from(parcels.iter().all(|parcel| !parcel.1));
        planned += u64::from(parcels.iter().all(|parcel| !parcel.2));
    }
    CountMeasure { total, done, planned: any_plan.then_some(planned) }
}

/// The alignments of `projects` in all and what of them is clear on `day`; none when they have none.
pub fn length(snapshot: &Snapshot, projects: &[usize], day: Day) -> Option<LengthMeasure> {
    let entries = projects.iter().map(|project| &snapshot.projects()[*project]);
    let lengths = entries.filter_map(|entry| Some((entry.length_m?, cleared_length(snapshot, entry, day)?)));
    lengths.fold(None, |sum, (total, done)| {
        let before = sum.unwrap_or(LengthMeasure { total: 0.0, done: 0.0 });
        Some(LengthMeasure { total: before.total + total, done: before.done + done })
    })
}
