//! Forecasts made on past days beside what came.

use super::{Forecast, History, forecast, simulate::STEP_DAYS};
use crate::{
    atlas::Snapshot,
    domain::{Day, Stage},
};

/// A forecast of the area cleared so many days ahead, and what came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Project, by index.
    pub project: usize,
    /// Day on which the forecast was made.
    pub made: Day,
    /// Days ahead.
    pub ahead: i32,
    /// m² to recover.
    pub area: f64,
    /// m² cleared on that day.
    pub before: f64,
    /// m², one in ten, half and nine in ten.
    pub band: [f64; 3],
    /// m² that were cleared.
    pub came: f64,
}

impl Outcome {
    /// Whether what came lies between one in ten and nine in ten; a tenth of a square metre is rounding.
    pub fn inside(&self) -> bool {
        (self.band[0] - 0.1..=self.band[2] + 0.1).contains(&self.came)
    }

    /// Difference of the middle forecast from what came, as a share of the area to recover.
    pub fn error(&self) -> f64 {
        (self.band[1] - self.came).abs() / self.area.max(1.0)
    }
}

/// The day of the last handover as it was told, and as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// Project, by index.
    pub project: usize,
    /// Day on which the forecast was made.
    pub made: Day,
    /// One in ten, half and nine in ten; none = beyond what a forecast reaches.
    pub band: [Option<Day>; 3],
    /// The day; none when it had not come by the last day known, which lies behind nine in ten.
    pub came: Option<Day>,
}

impl End {
    /// Whether it came between one in ten and nine in ten.
    pub fn inside(&self) -> bool {
        let [first, _, last] = self.band;
        self.came.is_some_and(|came| {
            first.is_some_and(|first| first <= came) && last.is_none_or(|last| came <= last)
        })
    }

    /// Days by which the middle forecast was off; none where either is not known.
    pub fn error(&self) -> Option<u32> {
        Some(self.band[1]?.since(self.came?).unsigned_abs())
    }
}

/// What past forecasts said and what came.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Backtest {
    /// Area cleared so many days ahead.
    pub outcomes: Vec<Outcome>,
    /// Days of the last handover, where it is known whether they lay in the band.
    pub ends: Vec<End>,
}

/// Forecasts of every project on each of `days`, for the horizons `ahead` (multiples of 30 days) that end
/// by `known`; only what was in effect on the day of the forecast is used. Projects without pending parcels, or
/// without enough history, make none; nor do those of which nothing was expected to move and nothing moved.
pub fn backtest(snapshot: &Snapshot, days: &[Day], ahead: &[i32], known: Day) -> Backtest {
    let of_days = |days: &[Day]| {
        let mut all = Backtest::default();
        days.iter().for_each(|made| made_on(snapshot, *made, ahead, known, &mut all));
        all
    };
    let (early, late) = days.split_at(days.len() / 2);
    std::thread::scope(|scope| {
        let late = scope.spawn(|| of_days(late));
        let mut all = of_days(early);
        let late = late.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        all.outcomes.extend(late.outcomes);
        all.ends.extend(late.ends);
        all
    })
}

fn made_on(snapshot: &Snapshot, made: Day, ahead: &[i32], known: Day, all: &mut Backtest) {
    let history = History::of(snapshot, made);
    for (project, entry) in snapshot.projects().iter().enumerate() {
        let Forecast::Expected(expected) = forecast(snapshot, &history, project, made) else { continue };
        let standing = super::super::standing(snapshot, &entry.parcels, made);
        let listed = |parcel: &&u32| snapshot.days(**parcel).reached(Stage::Listed, made);
        let cleared_by = |day: Day| -> f64 {
            let cleared = |p: &&u32| snapshot.days(**p).reached(Stage::HandedOver, day);
            let parcels = standing.iter().filter(listed).filter(cleared);
            parcels.map(|parcel| snapshot.parcels().recovered(*parcel).get()).sum()
        };
        let area = standing.iter().filter(listed).map(|p| snapshot.parcels().recovered(*p).get()).sum();
        let band = expected.completion;
        let band = [band.p10, band.p50, band.p90];
        let last = standing
            .iter()
            .filter(listed)
            .map(|p| snapshot.days(*p).cleared_on())
            .max_by_key(|on| on.unwrap_or(Day::LAST));
        let came = last.flatten().filter(|on| *on <= known);
        if came.is_some() || band[2].is_some_and(|last| last < known) {
            all.ends.push(End { project, made, band, came });
        }
        for &ahead in ahead {
            let then = made.plus(ahead);
            if then > known {
                continue;
            }
            // Behind the end of the band all is cleared.
            let step = (ahead / STEP_DAYS) as usize;
            let Some((_, band)) = expected.cleared.get(step).or(expected.cleared.last()) else {
                continue;
            };
            let (before, came) = (cleared_by(made), cleared_by(then));
            if came - before < 0.1 && band.p90 - before < 0.1 {
                continue;
            }
            let band = [band.p10, band.p50, band.p90];
            all.outcomes.push(Outcome { project, made, ahead, area, before, band, came });
        }
    }
}
