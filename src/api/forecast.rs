//! When it will be done, and how well such forecasts held.

use schemars::JsonSchema;
use serde::Serialize;

use super::{AboutProject, DayNumber, ParcelBrief, schema::words};
use crate::{
    analysis::{self, Band, Driver, End, Outcome, Simulated, View, backtest as replay, forecast as expect},
    domain::{Day, LedgerPosition, Stage},
};

/// Days ahead for which past forecasts are looked at.
pub const HORIZONS: [i32; 3] = [30, 90, 180];

/// Months back from which forecasts are made anew.
const MONTHS: i32 = 18;

words! {
    Done = "done";
    NotEnoughHistory = "not_enough_history";
    Expected = "expected";
}

/// Dates; null = beyond the four years that a forecast reaches.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct ForecastBand {
    /// One in ten of the runs end by then.
    pub p10: Option<Day>,
    /// Half of them.
    pub p50: Option<Day>,
    /// Nine in ten.
    pub p90: Option<Day>,
}

impl From<Band<Option<Day>>> for ForecastBand {
    fn from(band: Band<Option<Day>>) -> Self {
        Self { p10: band.p10, p50: band.p50, p90: band.p90 }
    }
}

/// m² handed over by a day.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct ClearedBand {
    /// That day.
    pub day: DayNumber,
    /// One in ten of the runs stay below.
    pub p10: f64,
    /// Half of them.
    pub p50: f64,
    /// Nine in ten.
    pub p90: f64,
}

/// A parcel that drives the end.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct ForecastDriver {
    /// The parcel.
    pub parcel: ParcelBrief,
    /// Share of the runs in which it is the last.
    pub share: f64,
    /// Half of the runs clear it by then; null beyond the four years.
    pub p50: Option<Day>,
}

/// All land is handed over.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ForecastDone {
    /// Which project.
    #[serde(flatten)]
    pub about: AboutProject,
    /// What can be said.
    pub state: Done,
    /// Null where there is no parcel.
    pub done_on: Option<Day>,
    /// Required handover day.
    pub required_on: Option<Day>,
}

/// Nobody can say.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ForecastUnknown {
    /// Which project.
    #[serde(flatten)]
    pub about: AboutProject,
    /// What can be said.
    pub state: NotEnoughHistory,
    /// So few have left it that nobody can say how long it takes.
    pub stage: Stage,
    /// Required handover day.
    pub required_on: Option<Day>,
}

/// What the runs of the simulation say.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ForecastExpected {
    /// Which project.
    #[serde(flatten)]
    pub about: AboutProject,
    /// What can be said.
    pub state: Expected,
    /// When the last parcel is handed over.
    pub completion: ForecastBand,
    /// When 95 % of the area are.
    pub cleared_95_percent: ForecastBand,
    /// Share of the runs that meet the required day; null without one.
    pub on_time: Option<f64>,
    /// m².
    pub area: f64,
    /// m² handed over by every 30th day: one in ten, half, nine in ten of the runs stay below.
    pub cleared: Vec<ClearedBand>,
    /// The parcels that drive the end.
    pub drivers: Vec<ForecastDriver>,
    /// Required handover day.
    pub required_on: Option<Day>,
}

/// When a project will be done.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Forecast {
    /// All land is handed over.
    Done(ForecastDone),
    /// Nobody can say.
    Unknown(ForecastUnknown),
    /// What the runs of the simulation say.
    Expected(ForecastExpected),
}

/// The forecast for the project at `index` on the view's day.
pub fn forecast(view: &View, index: usize) -> Forecast {
    let (snapshot, day) = (&view.snapshot, view.today);
    let about = AboutProject::of(view, index);
    let required_on = snapshot.projects()[index].project.required_day;
    match expect(snapshot, view.history(), index, day) {
        analysis::Forecast::Done(done_on) => {
            Forecast::Done(ForecastDone { about, state: Done::Form, done_on, required_on })
        }
        analysis::Forecast::NotEnoughHistory(stage) => {
            let state = NotEnoughHistory::Form;
            Forecast::Unknown(ForecastUnknown { about, state, stage, required_on })
        }
        analysis::Forecast::Expected(expected) => {
            Forecast::Expected(outcomes(view, about, &expected, required_on))
        }
    }
}

fn outcomes(
    view: &View,
    about: AboutProject,
    expected: &Simulated,
    required_on: Option<Day>,
) -> ForecastExpected {
    let round = |area: f64| (area * 10.0).round() / 10.0;
    let point = |(day, band): &(Day, Band<f64>)| ClearedBand {
        day: (*day).into(),
        p10: round(band.p10),
        p50: round(band.p50),
        p90: round(band.p90),
    };
    let driver = |driver: &Driver| ForecastDriver {
        parcel: ParcelBrief::of(view, driver.parcel),
        share: driver.share,
        p50: driver.p50,
    };
    ForecastExpected {
        about,
        state: Expected::Form,
        completion: expected.completion.into(),
        cleared_95_percent: expected.mostly.into(),
        on_time: expected.on_time,
        area: round(expected.area),
        cleared: expected.cleared.iter().map(point).collect(),
        drivers: expected.drivers.iter().map(driver).collect(),
        required_on,
    }
}

/// Past forecasts beside what came, as `matbang backtest` prints them.
#[derive(Debug, Clone, Serialize)]
pub struct Backtest {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// What came is known up to this day.
    pub as_of: Day,
    /// Days on which forecasts were made.
    pub made_on: Vec<Day>,
    /// By horizon.
    pub rows: Vec<HorizonJudged>,
    /// Of all horizons.
    pub total: Judged,
    /// Of the days of the last handover.
    pub last_handover: EndsJudged,
}

/// How forecasts of the area handed over held.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Judged {
    /// Forecasts.
    pub forecasts: usize,
    /// What came lay between one in ten and nine in ten.
    pub inside: usize,
    /// It lay below.
    pub below: usize,
    /// It lay above.
    pub above: usize,
    /// Share of those inside; none without a forecast.
    pub coverage: Option<f64>,
    /// Middle error as a share of the area to recover.
    pub median_error: Option<f64>,
}

/// That for one horizon.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct HorizonJudged {
    /// How they held.
    #[serde(flatten)]
    pub judged: Judged,
    /// Days ahead.
    pub days_ahead: i32,
}

/// How forecasts of the day of the last handover held.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct EndsJudged {
    /// Forecasts.
    pub forecasts: usize,
    /// The day came between one in ten and nine in ten.
    pub inside: usize,
    /// It came earlier.
    pub earlier: usize,
    /// It came later.
    pub later: usize,
    /// Share of those inside; none without a forecast.
    pub coverage: Option<f64>,
    /// Middle error, days.
    pub median_error_days: Option<u32>,
}

/// Forecasts made on the first of each of the last months beside what came by the view's day:
/// by horizon the number of forecasts, how often what came lay inside the band, and the middle error
/// as a share of the area to recover.
pub fn backtest(view: &View) -> Backtest {
    let known = view.today;
    let date = known.date().first_of_month();
    let first = |month: i32| Day::from_date(date.saturating_sub(jiff::Span::new().months(month))).ok();
    let days: Vec<Day> = (1..=MONTHS).rev().filter_map(first).collect();
    let replayed = replay(&view.snapshot, &days, &HORIZONS, known);
    let outcomes = &replayed.outcomes;
    let rows = HORIZONS.iter().map(|ahead| {
        let own: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.ahead == *ahead).collect();
        HorizonJudged { judged: judged(&own), days_ahead: *ahead }
    });
    let rows = rows.collect();
    Backtest {
        at: view.snapshot.position(),
        as_of: known,
        made_on: days,
        rows,
        total: judged(&outcomes.iter().collect::<Vec<_>>()),
        last_handover: ended(&replayed.ends),
    }
}

fn judged(outcomes: &[&Outcome]) -> Judged {
    let count = outcomes.len();
    let inside = outcomes.iter().filter(|outcome| outcome.inside()).count();
    let below = outcomes.iter().filter(|outcome| outcome.came < outcome.band[0] - 0.1).count();
    let mut errors: Vec<f64> = outcomes.iter().map(|outcome| outcome.error()).collect();
    errors.sort_by(f64::total_cmp);
    Judged {
        forecasts: count,
        inside,
        below,
        above: count - inside - below,
        coverage: (count > 0).then(|| inside as f64 / count as f64),
        median_error: errors.get(count / 2).copied(),
    }
}

/// Days of the last handover: how often they came between one in ten and nine in ten, and by how many days the
/// middle forecast was off.
fn ended(ends: &[End]) -> EndsJudged {
    let count = ends.len();
    let inside = ends.iter().filter(|end| end.inside()).count();
    let is_late = |end: &&End| end.band[2].is_some_and(|last| end.came.is_none_or(|came| came > last));
    let later = ends.iter().filter(is_late).count();
    let mut errors: Vec<u32> = ends.iter().filter_map(End::error).collect();
    errors.sort_unstable();
    EndsJudged {
        forecasts: count,
        inside,
        earlier: count - inside - later,
        later,
        coverage: (count > 0).then(|| inside as f64 / count as f64),
        median_error_days: errors.get(errors.len() / 2).copied(),
    }
}
