//! The drawn S-curve: plan, actual, and the band of the forecast.

use super::{
    Picture, ReportError, Words,
    picture::{Anchor, Canvas, Paint, Palette, Trace, line},
    words,
};
use crate::{
    analysis::{Simulated, View, series},
    domain::{Day, Stage},
};

const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 430.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 50.0;
const BOTTOM: f64 = 45.0;

/// Days between two points of the curves.
const STEP: i32 = 7;
/// Opacity of the forecast's band.
const BAND: f32 = 0.22;

/// Where days and shares stand.
struct Axes {
    first: Day,
    last: Day,
}

impl Axes {
    fn x(&self, day: Day) -> f64 {
        let along = f64::from(day.since(self.first)) / f64::from(self.last.since(self.first).max(1));
        LEFT + along.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
    }

    fn y(share: f64) -> f64 {
        TOP + (1.0 - share.clamp(0.0, 1.0)) * (HEIGHT - TOP - BOTTOM)
    }
}

/// The curve of `parcels`; none when there is none.
pub fn curve(
    view: &View,
    parcels: &[u32],
    required: Option<Day>,
    expected: Option<&Simulated>,
    words: &Words,
) -> Result<Option<Picture>, ReportError> {
    let palette = Palette::load()?;
    let snapshot = &view.snapshot;
    let listed = parcels.iter().filter_map(|parcel| snapshot.days(*parcel).get(Stage::Listed)).min();
    let Some(first) = listed.filter(|first| *first < view.today) else { return Ok(None) };
    let forecast = expected.map_or(&[][..], |expected| &expected.cleared[..]);
    let planned_last = parcels.iter().filter_map(|parcel| snapshot.planned_day(*parcel)).max();
    let ahead = forecast.iter().map(|(day, _)| *day).take_while(|day| day.since(view.today) <= 400).last();
    let last =
        [Some(view.today), required, planned_last, ahead].into_iter().flatten().max().unwrap_or(view.today);
    let axes = Axes { first, last };
    let days: Vec<Day> = (0..=last.since(first) / STEP).map(|n| first.plus(n * STEP)).chain([last]).collect();
    let curve = series(snapshot, parcels, &days);
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    grid(&axes, &palette, words, &mut canvas);
    if curve.area > 0.0 {
        let band = forecast.iter().filter(|(day, _)| *day <= last);
        let low = band.clone().map(|(day, band)| [axes.x(*day), Axes::y(band.p10 / curve.area)]);
        let high = band.rev().map(|(day, band)| [axes.x(*day), Axes::y(band.p90 / curve.area)]);
        let around = Trace { closed: true, ..line(low.chain(high)) };
        canvas.path(vec![around], Paint::veil(palette.light.curve, BAND));
        if let Some(planned) = &curve.planned {
            let points =
                days.iter().zip(planned).map(|(day, area)| [axes.x(*day), Axes::y(area / curve.area)]);
            canvas.path(vec![line(points)], Paint::line(palette.light.accent, 2.5).dashed(9.0, 5.0));
        }
        let known = days.iter().zip(&curve.actual).filter(|(day, _)| **day <= view.today);
        let points = known.map(|(day, area)| [axes.x(*day), Axes::y(area / curve.area)]);
        canvas.path(vec![line(points)], Paint::line(palette.light.curve, 3.5));
    }
    key(!forecast.is_empty(), &palette, words, &mut canvas);
    Ok(Some(Picture { caption: words.text("caption_curve"), drawing: canvas }))
}

fn grid(axes: &Axes, palette: &Palette, words: &Words, canvas: &mut Canvas) {
    let stroke = Paint::line(palette.light.line, 1.0);
    for step in 0..=4 {
        let share = f64::from(step) / 4.0;
        let y = Axes::y(share);
        canvas.path(vec![line([[LEFT, y], [WIDTH - RIGHT, y]])], stroke);
        let label = words::number(share * 100.0, 0, words.language());
        canvas.text([LEFT - 10.0, y + 6.0], 18.0, Anchor::End, palette.light.ink_soft, &label);
    }
    // Firsts of months, at most eight of them.
    let months = axes.last.since(axes.first) / 30 + 1;
    let every = (months / 8 + 1) as i8;
    let start = axes.first.date().first_of_month();
    for n in 1.. {
        let date = start.saturating_add(jiff::Span::new().months(n * every));
        let Some(day) = Day::from_date(date).ok().filter(|day| *day <= axes.last) else { break };
        let x = axes.x(day);
        canvas.path(vec![line([[x, TOP], [x, HEIGHT - BOTTOM]])], stroke);
        let label = date.strftime("%m/%Y").to_string();
        canvas.text([x, HEIGHT - BOTTOM + 24.0], 17.0, Anchor::Middle, palette.light.ink_soft, &label);
    }
}

fn key(band: bool, palette: &Palette, words: &Words, canvas: &mut Canvas) {
    let mut x = LEFT;
    let names = [
        ("curve_actual", Paint::line(palette.light.curve, 3.0)),
        ("curve_planned", Paint::line(palette.light.accent, 3.0).dashed(9.0, 5.0)),
    ];
    for (name, paint) in names {
        canvas.path(vec![line([[x, 24.0], [x + 40.0, 24.0]])], paint);
        canvas.text([x + 48.0, 30.0], 18.0, Anchor::Start, palette.light.ink, &words.text(name));
        x += 190.0;
    }
    if band {
        canvas.rect([x, 14.0, 40.0, 18.0], Paint::veil(palette.light.curve, BAND));
        canvas.text([x + 48.0, 30.0], 18.0, Anchor::Start, palette.light.ink, &words.text("curve_band"));
    }
}
