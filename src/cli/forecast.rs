//! `matbang forecast`, `backtest`: when it will be done, and how well that was told before.

use std::process::ExitCode;

use super::{
    Outcome, StoreLocation,
    figures::{find, hectares, list, names, percent, plain, table, view},
    output::say,
};
use crate::{domain::Day, export::figures};

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
pub fn forecast(place: &StoreLocation, options: &Forecast) -> Outcome {
    let view = view(place, options.as_of)?;
    let answer = figures::forecast(&view, find(&view, &options.project)?);
    if options.json {
        say!("{answer}");
        return Ok(ExitCode::SUCCESS);
    }
    say!("{} {}", options.project, plain(&answer["name"]));
    match answer["state"].as_str() {
        Some("done") => say!("all land is handed over; the last parcel on {}", plain(&answer["done_on"])),
        Some("not_enough_history") => say!(
            "not enough history: too few parcels in the province have left the stage \"{}\"",
            plain(&answer["stage"])
        ),
        _ => {
            for (what, name) in [("complete", "completion"), ("95 % of the area", "cleared_95_percent")] {
                let day = |share: &str| match answer[name][share].as_str() {
                    Some(day) => day.to_owned(),
                    None => "more than four years".to_owned(),
                };
                say!("{what} by {} (1 in 10), {} (half), {} (9 in 10)", day("p10"), day("p50"), day("p90"));
            }
            say!(
                "required on {}: met in {} of the runs",
                plain(&answer["required_on"]),
                percent(&answer["on_time"])
            );
            let mut cleared = table(&["by", "1 in 10 ha", "half ha", "9 in 10 ha"]);
            for row in list(&answer["cleared"]) {
                let day = row["day"].as_i64().and_then(|day| Day::from_number(day).ok());
                let mut cells = vec![day.map(|day| day.to_string()).unwrap_or_default()];
                cells.extend(["p10", "p50", "p90"].map(|name| hectares(&row[name])));
                cleared.add_row(cells);
            }
            say!("\n{cleared}");
            let mut drivers = table(&["last in", "parcel (sheet/parcel)", "stage", "blocked", "half by"]);
            for row in list(&answer["drivers"]) {
                let parcel = &row["parcel"];
                drivers.add_row([
                    percent(&row["share"]),
                    names(&serde_json::Value::Array(vec![parcel.clone()])),
                    plain(&parcel["stage"]),
                    plain(&parcel["blocked"]),
                    plain(&row["p50"]),
                ]);
            }
            say!("\nThe parcels that drive the end:\n{drivers}");
        }
    }
    eprintln!("as of {}, ledger position {}", view.today, view.snapshot.position());
    Ok(ExitCode::SUCCESS)
}

/// `matbang backtest`.
pub fn backtest(place: &StoreLocation, options: &Backtest) -> Outcome {
    let view = view(place, options.as_of)?;
    let answer = figures::backtest(&view);
    if options.json {
        say!("{answer}");
        return Ok(ExitCode::SUCCESS);
    }
    let mut rows = table(&["days ahead", "forecasts", "inside 10-90 %", "below", "above", "middle error"]);
    for row in list(&answer["rows"]).iter().chain([&answer["total"]]) {
        rows.add_row([
            row["days_ahead"].as_i64().map_or_else(|| "all".to_owned(), |days| days.to_string()),
            plain(&row["forecasts"]),
            percent(&row["coverage"]),
            plain(&row["below"]),
            plain(&row["above"]),
            percent(&row["median_error"]),
        ]);
    }
    say!("{rows}");
    let ends = &answer["last_handover"];
    say!(
        "\nday of the last handover: {} forecasts whose truth is known, {} inside 10-90 %, {} came earlier, {} later; middle error {} days",
        plain(&ends["forecasts"]),
        percent(&ends["coverage"]),
        plain(&ends["earlier"]),
        plain(&ends["later"]),
        plain(&ends["median_error_days"]),
    );
    eprintln!(
        "forecasts made on {} past days, what came up to {}, ledger position {}",
        list(&answer["made_on"]).len(),
        view.today,
        view.snapshot.position()
    );
    Ok(ExitCode::SUCCESS)
}
