//! When it will be done, and how well such forecasts held.

use serde_json::{Value, json};

use super::{about_project, parcel};
use crate::{
    analysis::{
        Band, Driver, End, Forecast, Outcome, Simulated, View, backtest as replay, forecast as expect,
    },
    domain::Day,
};

/// Days ahead for which past forecasts are looked at.
pub const HORIZONS: [i32; 3] = [30, 90, 180];

/// Months back from which forecasts are made anew.
const MONTHS: i32 = 18;

/// The forecast for the project at `index` on the view's day.
pub fn forecast(view: &View, index: usize) -> Value {
    let (snapshot, day) = (&view.snapshot, view.today);
    let mut said = match expect(snapshot, view.history(), index, day) {
        Forecast::Done(on) => json!({ "state": "done", "done_on": on.map(|day| day.to_string()) }),
        Forecast::NotEnoughHistory(stage) => json!({ "state": "not_enough_history", "stage": stage }),
        Forecast::Expected(expected) => outcomes(view, &expected),
    };
    let required = snapshot.projects()[index].project.required_day;
    said["required_on"] = json!(required.map(|day| day.to_string()));
    about_project(view, index, said)
}

fn outcomes(view: &View, expected: &Simulated) -> Value {
    let days = |band: Band<Option<Day>>| {
        let text = |day: Option<Day>| day.map(|day| day.to_string());
        json!({ "p10": text(band.p10), "p50": text(band.p50), "p90": text(band.p90) })
    };
    let round = |area: f64| (area * 10.0).round() / 10.0;
    let point = |(day, band): &(Day, Band<f64>)| json!({ "day": day.number(), "p10": round(band.p10), "p50": round(band.p50), "p90": round(band.p90) });
    let driver = |driver: &Driver| json!({ "parcel": parcel(view, driver.parcel), "share": driver.share, "p50": driver.p50.map(|day| day.to_string()) });
    json!({
        "state": "expected",
        "completion": days(expected.completion),
        "cleared_95_percent": days(expected.mostly),
        "on_time": expected.on_time,
        "area": round(expected.area),
        "cleared": expected.cleared.iter().map(point).collect::<Vec<_>>(),
        "drivers": expected.drivers.iter().map(driver).collect::<Vec<_>>(),
    })
}

/// Forecasts made on the first of each of the last months beside what came by the view's day:
/// by horizon the number of forecasts, how often what came lay inside the band, and the middle error
/// as a share of the area to recover.
pub fn backtest(view: &View) -> Value {
    let known = view.today;
    let date = known.date().first_of_month();
    let first = |month: i32| Day::from_date(date.saturating_sub(jiff::Span::new().months(month))).ok();
    let days: Vec<Day> = (1..=MONTHS).rev().filter_map(first).collect();
    let replayed = replay(&view.snapshot, &days, &HORIZONS, known);
    let outcomes = &replayed.outcomes;
    let rows = HORIZONS.iter().map(|ahead| {
        let own: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.ahead == *ahead).collect();
        let mut row = judged(&own);
        row["days_ahead"] = json!(ahead);
        row
    });
    let rows: Vec<Value> = rows.collect();
    json!({
        "at": view.snapshot.position(),
        "as_of": known.to_string(),
        "made_on": days.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "rows": rows,
        "total": judged(&outcomes.iter().collect::<Vec<_>>()),
        "last_handover": ended(&replayed.ends),
    })
}

fn judged(outcomes: &[&Outcome]) -> Value {
    let count = outcomes.len();
    let inside = outcomes.iter().filter(|outcome| outcome.inside()).count();
    let below = outcomes.iter().filter(|outcome| outcome.came < outcome.band[0] - 0.1).count();
    let above = count - inside - below;
    let mut errors: Vec<f64> = outcomes.iter().map(|outcome| outcome.error()).collect();
    errors.sort_by(f64::total_cmp);
    json!({
        "forecasts": count,
        "inside": inside,
        "below": below,
        "above": above,
        "coverage": (count > 0).then(|| inside as f64 / count as f64),
        "median_error": errors.get(count / 2),
    })
}

/// Days of the last handover: how often they came between one in ten and nine in ten, and by how many days the
/// middle forecast was off.
fn ended(ends: &[End]) -> Value {
    let count = ends.len();
    let inside = ends.iter().filter(|end| end.inside()).count();
    let later = |end: &&End| end.band[2].is_some_and(|last| end.came.is_none_or(|came| came > last));
    let late = ends.iter().filter(later).count();
    let mut errors: Vec<u32> = ends.iter().filter_map(End::error).collect();
    errors.sort_unstable();
    json!({
        "forecasts": count,
        "inside": inside,
        "earlier": count - inside - late,
        "later": late,
        "coverage": (count > 0).then(|| inside as f64 / count as f64),
        "median_error_days": errors.get(errors.len() / 2),
    })
}
