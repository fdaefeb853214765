//! `matbang forecast`, `backtest`: when it will be done, and how well that was told before.

use std::process::ExitCode;

use super::{
    Outcome, StoreLocation,
    figures::{find, hectares, names, percent, plain, print_json, table, view},
    output::say,
};
use crate::{
    api::{self, AboutProject, Forecast as Answer, ForecastExpected, ForecastsJudged},
    domain::{Day, Standing},
};

/// Options of `matbang forecast`.
#[derive(Debug, clap::Args)]
pub struct Forecast {
    /// Code of the project.
    #[arg(long, value_name = "CODE")]
    project: String,
    /// Made on this day, from what was known by then; today if left out.
    #[arg(long, value_name = "DATE", value_parser = Day::parse)]
    as_of: Option<Day>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Options of `matbang backtest`.
#[derive(Debug, clap::Args)]
pub struct Backtest {
    /// What came is known up to this day; today if left out.
    #[arg(long, value_name = "DATE", value_parser = Day::parse)]
    as_of: Option<Day>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// `matbang forecast`.
pub fn forecast(location: &StoreLocation, options: &Forecast) -> Outcome {
    let view = view(location, options.as_of)?;
    let answer = api::forecast(&view, find(&view, &options.project)?);
    if options.json {
        return print_json(&answer);
    }
    match &answer {
        Answer::Done(done) => {
            print_about(&done.about);
            say!("all land is handed over; the last parcel on {}", plain(done.done_on));
        }
        Answer::Unknown(unknown) => {
            print_about(&unknown.about);
            let stage = unknown.stage.code();
            say!("not enough history: too few parcels in the province have left the stage \"{stage}\"");
        }
        Answer::Expected(expected) => outcomes(expected),
    }
    eprintln!("as of {}, ledger position {}", view.today, view.snapshot.position());
    Ok(ExitCode::SUCCESS)
}

fn print_about(about: &AboutProject) {
    say!("{} {}", about.project, about.name);
}

fn outcomes(expected: &ForecastExpected) {
    print_about(&expected.about);
    let day = |day: Option<Day>| day.map_or_else(|| "more than four years".to_owned(), |day| day.to_string());
    for (what, band) in [("complete", expected.completion), ("95 % of the area", expected.cleared_95_percent)]
    {
        let [first, half, last] = [band.p10, band.p50, band.p90].map(day);
        say!("{what} by {first} (1 in 10), {half} (half), {last} (9 in 10)");
    }
    say!("required on {}: met in {} of the runs", plain(expected.required_on), percent(expected.on_time));
    let mut cleared = table(&["by", "1 in 10 ha", "half ha", "9 in 10 ha"]);
    for row in &expected.cleared {
        cleared.add_row([row.day.date(), hectares(row.p10), hectares(row.p50), hectares(row.p90)]);
    }
    say!("\n{cleared}");
    let mut drivers = table(&["last in", "parcel (sheet/parcel)", "stage", "blocked", "half by"]);
    for row in &expected.drivers {
        drivers.add_row([
            percent(row.share),
            names(std::slice::from_ref(&row.parcel)),
            plain(row.parcel.stage.map(Standing::code)),
            row.parcel.blocked.to_string(),
            plain(row.p50),
        ]);
    }
    say!("\nThe parcels that drive the end:\n{drivers}");
}

/// `matbang backtest`.
pub fn backtest(location: &StoreLocation, options: &Backtest) -> Outcome {
    let view = view(location, options.as_of)?;
    let answer = api::backtest(&view);
    if options.json {
        return print_json(&answer);
    }
    let mut rows = table(&["days ahead", "forecasts", "inside 10-90 %", "below", "above", "middle error"]);
    for row in &answer.rows {
        rows.add_row(judged(row.days_ahead.to_string(), &row.judged));
    }
    rows.add_row(judged("all".to_owned(), &answer.total));
    say!("{rows}");
    let ends = &answer.last_handover;
    say!(
        "\nday of the last handover: {} forecasts whose truth is known, {} inside 10-90 %, {} came earlier, {} later; middle error {} days",
        ends.forecasts,
        percent(ends.coverage),
        ends.earlier,
        ends.later,
        plain(ends.median_error_days),
    );
    eprintln!(
        "forecasts made on {} past days, what came up to {}, ledger position {}",
        answer.made_on.len(),
        view.today,
        view.snapshot.position()
    );
    Ok(ExitCode::SUCCESS)
}

fn judged(ahead: String, judged: &ForecastsJudged) -> [String; 6] {
    [
        ahead,
        judged.forecasts.to_string(),
        percent(judged.coverage),
        judged.below.to_string(),
        judged.above.to_string(),
        percent(judged.median_error),
    ]
}
