//! Pending parcels led on by chance, many times over.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{
    History,
    history::{HashMap, reached},
    survival::Survival,
};
use crate::{
    atlas::Snapshot,
    domain::{Day, Stage},
};

/// Times that the future is played.
const RUNS: usize = 200;

/// Days between two points of the band.
pub const STEP_DAYS: i32 = 30;

/// Points of the band.
const STEPS: usize = 48;

/// How much slower or faster a project may become within a year: the standard deviation of the logarithm,
/// growing with the square root of the time ahead, as what adds up by chance does. `matbang backtest` shows
/// whether the bands hold.
const DRIFT_A_YEAR: f64 = 0.22;

/// Stages that a parcel can still go through: more would go round in circles.
const MOST_STAGES: usize = 12;

/// Share of the area without the last hard cases.
const MOSTLY: f64 = 0.95;

/// Parcels that are named as those which drive the end.
const DRIVERS: usize = 10;

/// A value that one in ten, half and nine in ten outcomes do not exceed.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Band<T> {
    /// One in ten.
    pub p10: T,
    /// Half.
    pub p50: T,
    /// Nine in ten.
    pub p90: T,
}

/// A parcel that often is among the last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Driver {
    /// Parcel, by index.
    pub parcel: u32,
    /// Share of the runs in which it was the last one or handed over within a week of it.
    pub share: f64,
    /// The day by which it is handed over in half of the runs; none = beyond four years.
    pub p50: Option<Day>,
}

/// The outcomes.
#[derive(Debug, Clone, PartialEq)]
pub struct Simulated {
    /// Day on which the last parcel is handed over; none = beyond the four years that a forecast reaches.
    pub completion: Band<Option<Day>>,
    /// Day on which 95 % of the area is handed over; none as above.
    pub mostly: Band<Option<Day>>,
    /// Share of the runs that meet the required day; none without one.
    pub on_time: Option<f64>,
    /// m² to recover, of which shares are given.
    pub area: f64,
    /// m² cleared by every 30th day from the day of the forecast on.
    pub cleared: Vec<(Day, Band<f64>)>,
    /// Parcels that drive the end, the first one most.
    pub drivers: Vec<Driver>,
}

/// What can be said about a project's end.
#[derive(Debug, Clone, PartialEq)]
pub enum Forecast {
    /// All is handed over, the last parcel on this day; none when there is no parcel.
    Done(Option<Day>),
    /// Too few parcels in the province have left this stage to say how long it takes.
    NotEnoughHistory(Stage),
    /// The outcomes.
    Expected(Simulated),
}

struct Pending<'a> {
    parcel: u32,
    procedure: usize,
    stage: Stage,
    /// Days that it has stood there.
    elapsed: f64,
    area: f64,
    here: &'a Survival,
    /// Number of its sheet: parcels of one sheet move together.
    sheet: usize,
    /// By number, the times in the stages ahead.
    ahead: [Option<&'a Survival>; 9],
}

/// The forecast for the project at `index`, made on `day` from `history` of
/// that day. Deterministic. O(runs · pending parcels · stages).
pub fn forecast(snapshot: &Snapshot, history: &History, index: usize, day: Day) -> Forecast {
    let entry = &snapshot.projects()[index];
    let standing = super::super::standing(snapshot, &entry.parcels, day);
    let (mut pending, mut cleared, mut last) = (Vec::new(), 0.0, None);
    let (mut kinds, mut sheets_known) = (HashMap::default(), HashMap::default());
    for &parcel in &*standing {
        let area = snapshot.parcels().recovered(parcel).get();
        match reached(snapshot, parcel, day).last() {
            Some((Stage::HandedOver, on)) => {
                cleared += area;
                last = last.max(Some(*on));
            }
            // What is listed later is not known on this day.
            None => {}
            Some((stage, since)) => {
                let blocked = snapshot.blocked_on(parcel, day);
                let Some(here) = history.time_in(snapshot, parcel, *stage, blocked) else {
                    return Forecast::NotEnoughHistory(*stage);
                };
                let procedure = snapshot.law_index(parcel);
                let elapsed = f64::from(day.since(*since));
                let kind =
                    (procedure, snapshot.parcels().land_use_symbol(parcel), snapshot.parcels().unit(parcel));
                let ahead = *kinds.entry(kind).or_insert_with(|| history.times(snapshot, parcel));
                let sheets = sheets_known.len();
                let sheet = *sheets_known.entry(snapshot.parcels().sheet_symbol(parcel)).or_insert(sheets);
                pending.push(Pending { parcel, procedure, stage: *stage, elapsed, area, here, sheet, ahead });
            }
        }
    }
    if pending.is_empty() {
        return Forecast::Done(last);
    }
    if let Some(stage) = unknown(snapshot, history, &pending) {
        return Forecast::NotEnoughHistory(stage);
    }
    Forecast::Expected(play(snapshot, history, index, day, &pending, cleared))
}

/// A stage ahead of some parcel about which nearly nothing is known.
fn unknown(snapshot: &Snapshot, history: &History, pending: &[Pending<'_>]) -> Option<Stage> {
    let mut ahead: Vec<(u32, usize, Stage)> =
        pending.iter().map(|parcel| (parcel.parcel, parcel.procedure, parcel.stage)).collect();
    ahead.sort_unstable_by_key(|entry| (entry.1, entry.2.number()));
    ahead.dedup_by_key(|entry| (entry.1, entry.2));
    let mut index = 0;
    while let Some((parcel, procedure, stage)) = ahead.get(index).copied() {
        let next = history.next(procedure, stage);
        if next.is_empty() || history.time_in(snapshot, parcel, stage, false).is_none() {
            return Some(stage);
        }
        for (stage, _) in next.iter().filter(|(stage, _)| *stage != Stage::HandedOver) {
            if !ahead.iter().any(|entry| entry.1 == procedure && entry.2 == *stage) {
                ahead.push((parcel, procedure, *stage));
            }
        }
        index += 1;
    }
    None
}

fn play(
    snapshot: &Snapshot,
    history: &History,
    index: usize,
    day: Day,
    pending: &[Pending<'_>],
    cleared: f64,
) -> Simulated {
    let entry = &snapshot.projects()[index];
    let mut rng = ChaCha8Rng::seed_from_u64(u64::from(entry.id.0) << 16 | u64::from(day.number()));
    let slowness = history.slowness(index);
    let mut ends = vec![vec![0.0f32; pending.len()]; RUNS];
    let mut sums = vec![vec![0.0; STEPS + 1]; RUNS];
    let sheets = pending.iter().map(|parcel| parcel.sheet + 1).max().unwrap_or(0);
    let mut draws = vec![[f64::NAN; 9]; sheets];
    for run in 0..RUNS {
        let own = slowness.log + slowness.spread * normal(&mut rng);
        let drift = DRIFT_A_YEAR * normal(&mut rng);
        // All parcels of a project follow the same procedure.
        let slow = Stage::ALL.map(|stage| {
            let spread = history.uncertainty(pending[0].procedure, stage);
            (own + spread * normal(&mut rng)).exp()
        });
        draws.fill([f64::NAN; 9]);
        for (index, parcel) in pending.iter().enumerate() {
            let days = lead(history, parcel, &slow, &mut draws[parcel.sheet], &mut rng);
            let days = days * (drift * (days / 365.0).min(2.0).sqrt()).exp();
            ends[run][index] = days as f32;
            let step = (days / f64::from(STEP_DAYS)).ceil() as usize;
            sums[run][step.min(STEPS)] += if step <= STEPS { parcel.area } else { 0.0 };
        }
        let mut sum = cleared;
        for value in &mut sums[run] {
            sum += *value;
            *value = sum;
        }
    }
    let last: Vec<f32> = ends.iter().map(|run| run.iter().copied().fold(0.0, f32::max)).collect();
    let reach = (STEPS as i32 * STEP_DAYS) as f32;
    let at = |days: f32| (days <= reach).then(|| day.plus(days.ceil() as i32));
    let all = cleared + pending.iter().map(|parcel| parcel.area).sum::<f64>();
    let mostly = |run: &Vec<f32>| share_reached(pending, run, all * MOSTLY - cleared);
    let mostly = days_band(ends.iter().map(mostly).collect(), at);
    let completion = days_band(last.clone(), at);
    let required = entry.project.required_day;
    let on_time = required.map(|required| {
        last.iter().filter(|days| at(**days).is_some_and(|day| day <= required)).count() as f64 / RUNS as f64
    });
    let point = |step: usize| {
        let values: Vec<f64> = sums.iter().map(|run| run[step]).collect();
        (day.plus(step as i32 * STEP_DAYS), band_of(values))
    };
    let drivers = drivers(pending, &ends, &last, at);
    let mut curve: Vec<_> = (0..=STEPS).map(point).collect();
    // The band ends where nothing is left to come.
    if let Some(end) = curve.iter().position(|(_, band)| band.p10 >= all - 0.05) {
        curve.truncate(end + 1);
    }
    Simulated { completion, mostly, on_time, area: all, cleared: curve, drivers }
}

/// Days until the parcel is handed over, by chance, in a project this `slow`, by stage. `draws` are its sheet's in this run, by stage.
fn lead(
    history: &History,
    parcel: &Pending<'_>,
    slow: &[f64; 9],
    draws: &mut [f64; 9],
    rng: &mut ChaCha8Rng,
) -> f64 {
    let mut draw = |stage: Stage, curve: &Survival, elapsed: f64| {
        let own = rng.random_range(f64::MIN_POSITIVE..1.0);
        let sheet = &mut draws[stage.number()];
        if sheet.is_nan() {
            *sheet = rng.random_range(f64::MIN_POSITIVE..1.0);
        }
        let follows = rng.random::<f64>() < history.together(parcel.procedure, stage);
        let (share, slow) = (if follows { *sheet } else { own }, slow[stage.number()]);
        let days = slow * curve.days_at(curve.after(elapsed / slow) * share) - elapsed;
        (days, rng.random::<f64>())
    };
    let (first, mut pick) = draw(parcel.stage, parcel.here, parcel.elapsed);
    let (mut days, mut stage) = (first.max(1.0), parcel.stage);
    for _ in 0..MOST_STAGES {
        let Some(after) = chosen(history.next(parcel.procedure, stage), pick) else { break };
        let Some(curve) = parcel.ahead[after.number()].filter(|_| after != Stage::HandedOver) else { break };
        let more;
        (more, pick) = draw(after, curve, 0.0);
        (days, stage) = (days + more, after);
    }
    days
}

/// One of the stages, as often as it came; `pick` is between 0 and 1.
fn chosen(next: &[(Stage, u32)], pick: f64) -> Option<Stage> {
    let all: u32 = next.iter().map(|(_, often)| often).sum();
    let mut left = pick * f64::from(all);
    let here = |(_, often): &&(Stage, u32)| {
        left -= f64::from(*often);
        left < 0.0
    };
    next.iter().find(here).map(|(stage, _)| *stage)
}

/// A draw from the normal distribution of mean 0 and deviation 1 (Box and Muller, 1958).
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let (u, v): (f64, f64) = (rng.random_range(f64::MIN_POSITIVE..1.0), rng.random());
    (-2.0 * u.ln()).sqrt() * (2.0 * std::f64::consts::PI * v).cos()
}

fn drivers(
    pending: &[Pending<'_>],
    ends: &[Vec<f32>],
    last: &[f32],
    at: impl Fn(f32) -> Option<Day>,
) -> Vec<Driver> {
    let share = |index: usize| {
        ends.iter().zip(last).filter(|(run, last)| run[index] >= **last - 7.0).count() as f64
            / ends.len() as f64
    };
    let mut shares: Vec<(usize, f64)> = (0..pending.len()).map(|index| (index, share(index))).collect();
    shares.retain(|(_, share)| *share > 0.0);
    shares.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    shares.truncate(DRIVERS);
    let driver = |(index, share): (usize, f64)| {
        let days = days_band(ends.iter().map(|run| run[index]).collect(), &at);
        Driver { parcel: pending[index].parcel, share, p50: days.p50 }
    };
    shares.into_iter().map(driver).collect()
}

/// Days after which so many m² of the pending parcels are handed over in a run.
fn share_reached(pending: &[Pending<'_>], run: &[f32], area: f64) -> f32 {
    let mut order: Vec<usize> = (0..run.len()).collect();
    order.sort_unstable_by(|a, b| run[*a].total_cmp(&run[*b]));
    let mut sum = 0.0;
    let reached = |index: &&usize| {
        sum += pending[**index].area;
        sum >= area
    };
    if area <= 0.0 {
        0.0
    } else {
        order.iter().find(reached).or(order.last()).map_or(0.0, |index| run[*index])
    }
}

fn days_band(days: Vec<f32>, at: impl Fn(f32) -> Option<Day>) -> Band<Option<Day>> {
    let band = band_of(days.into_iter().map(f64::from).collect());
    let day = |days: f64| at(days as f32);
    Band { p10: day(band.p10), p50: day(band.p50), p90: day(band.p90) }
}

fn band_of(mut values: Vec<f64>) -> Band<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| values[((values.len() as f64 * share) as usize).min(values.len() - 1)];
    Band { p10: at(0.1), p50: at(0.5), p90: at(0.9) }
}
