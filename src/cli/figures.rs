//! `matbang progress`, `clocks`, `fronts`: the figures of the API as tables.

use std::{process::ExitCode, sync::Arc};

use comfy_table::Table;
use serde_json::Value;

use super::{Outcome, StoreLocation, clock, output::say};
use crate::{
    analysis::{Discretion, Filter, GroupBy, View},
    domain::{Day, Level},
    export::figures::{self, Least},
};

/// What rows are put together by.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum Grouping {
    Project,
    Unit,
    Body,
    Kind,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum UnitLevel {
    Province,
    District,
    Commune,
}

pub(super) fn by(grouping: Grouping, level: UnitLevel) -> GroupBy {
    match grouping {
        Grouping::Project => GroupBy::Project,
        Grouping::Unit => GroupBy::Unit(match level {
            UnitLevel::Province => Level::Province,
            UnitLevel::District => Level::District,
            UnitLevel::Commune => Level::Commune,
        }),
        Grouping::Body => GroupBy::Body,
        Grouping::Kind => GroupBy::Kind,
    }
}

/// Options of `matbang progress`.
#[derive(Debug, clap::Args)]
pub struct Progress {
    /// One row for each of these.
    #[arg(long, value_enum, default_value_t = Grouping::Project)]
    by: Grouping,
    /// Level of the rows with `--by unit`.
    #[arg(long, value_enum, default_value_t = UnitLevel::Commune)]
    level: UnitLevel,
    /// State as of this day; today if left out.
    #[arg(long, value_name = "DATE", value_parser = Day::parse)]
    as_of: Option<Day>,
    /// Also what was handed over since this day.
    #[arg(long, value_name = "DATE", value_parser = Day::parse)]
    since: Option<Day>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Options of `matbang fronts`.
#[derive(Debug, clap::Args)]
pub struct Fronts {
    /// Code of the project.
    #[arg(long, value_name = "CODE")]
    project: String,
    /// State as of this day; today if left out.
    #[arg(long, value_name = "DATE", value_parser = Day::parse)]
    as_of: Option<Day>,
    /// Metres from which a clear stretch is workable.
    #[arg(long, value_name = "METRES", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    least_length: u32,
    /// Square metres from which a cleared patch is workable.
    #[arg(long, value_name = "M2", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    least_area: u32,
    /// Look for the best 1, 2 … this many parcels.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u8).range(1..=30))]
    most: u8,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn view(place: &StoreLocation, as_of: Option<Day>) -> Result<View, Box<dyn std::error::Error>> {
    let snapshot = Arc::new(place.load(&*place.open()?)?);
    Ok(View::new(snapshot, as_of.map_or_else(clock::today, Ok)?))
}

/// The index of the project with this code.
pub(super) fn find(view: &View, code: &str) -> Result<usize, Box<dyn std::error::Error>> {
    view.snapshot.project_by_code(code).ok_or_else(|| {
        let codes = view.snapshot.projects().iter().map(|entry| entry.project.code.as_str());
        let codes = codes.collect::<Vec<_>>().join(", ");
        format!("no project has the code \"{code}\"; these are: {codes}").into()
    })
}

pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_header(header);
    table
}

pub(super) fn percent(share: &Value) -> String {
    share.as_f64().map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

pub(super) fn hectares(area: &Value) -> String {
    area.as_f64().map_or_else(|| "-".to_owned(), |area| format!("{:.2}", area / 10_000.0))
}

pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// `matbang progress`.
pub fn progress(place: &StoreLocation, options: &Progress) -> Outcome {
    let view = view(place, options.as_of)?;
    let by = by(options.by, options.level);
    let answer = figures::progress(&view, &Filter::default(), (Some(by), options.since), Discretion::Exact);
    if options.json {
        say!("{answer}");
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = table(&[
        "code", "name", "cleared", "planned", "days", "ha", "of ha", "parcels", "of", "holders", "of",
        "7 d ha", "30 d ha",
    ]);
    let rows = list(&answer["rows"]).iter().chain([&answer["total"]]);
    for row in rows {
        let measures = &row["measures"];
        table.add_row([
            row["code"].as_str().unwrap_or("total").to_owned(),
            row["name"].as_str().unwrap_or_default().to_owned(),
            percent(&row["share"]),
            percent(&row["planned_share"]),
            row["days_ahead"].as_i64().map_or_else(|| "-".to_owned(), |days| format!("{days:+}")),
            hectares(&measures["area"]["done"]),
            hectares(&measures["area"]["total"]),
            plain(&measures["parcels"]["done"]),
            plain(&measures["parcels"]["total"]),
            plain(&measures["holders"]["done"]),
            plain(&measures["holders"]["total"]),
            hectares(&row["change"]["days7"]["area"]),
            hectares(&row["change"]["days30"]["area"]),
        ]);
    }
    say!("{table}");
    eprintln!("as of {}, ledger position {}", view.today, view.snapshot.position());
    Ok(ExitCode::SUCCESS)
}

/// `matbang fronts`.
pub fn fronts(place: &StoreLocation, options: &Fronts) -> Outcome {
    let view = view(place, options.as_of)?;
    let index = find(&view, &options.project)?;
    let least = Least {
        length_m: f64::from(options.least_length),
        area_m2: f64::from(options.least_area),
        most: usize::from(options.most),
    };
    let answer = figures::fronts(&view, index, least);
    if options.json {
        say!("{answer}");
        return Ok(ExitCode::SUCCESS);
    }
    say!("{} {}", options.project, plain(&answer["name"]));
    if answer["kind"] == "linear" {
        linear(&answer);
    } else {
        areal(&answer);
    }
    eprintln!("as of {}, ledger position {}", view.today, view.snapshot.position());
    Ok(ExitCode::SUCCESS)
}

pub(super) fn names(parcels: &Value) -> String {
    let name = |parcel: &Value| format!("{}/{}", plain(&parcel["sheet"]), plain(&parcel["parcel"]));
    let all = list(parcels);
    let shown: Vec<_> = all.iter().take(8).map(name).collect();
    let more = if all.len() > shown.len() {
        format!(" and {} more", all.len() - shown.len())
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}

fn linear(answer: &Value) {
    say!(
        "length {} m, cleared {} m, workable {} m ({}) in stretches of at least {} m",
        plain(&answer["length_m"]),
        plain(&answer["cleared_m"]),
        plain(&answer["workable_m"]),
        percent(&answer["workable_share"]),
        plain(&answer["least_length_m"]),
    );
    if answer["longest"].is_object() {
        let longest = &answer["longest"];
        say!(
            "longest clear stretch {} - {}, {} m",
            plain(&longest["from"]),
            plain(&longest["to"]),
            plain(&longest["length_m"])
        );
    }
    let mut stretches =
        table(&["from", "to", "metres", "state", "opens m", "rank", "pending (sheet/parcel)"]);
    for row in list(&answer["stretches"]) {
        let mut cells =
            ["from", "to", "length_m", "state", "gain_m", "rank"].map(|name| plain(&row[name])).to_vec();
        cells.push(names(&row["parcels"]));
        stretches.add_row(cells);
    }
    say!("\n{stretches}");
    let mut best = table(&["clear", "adds m", "workable m", "which (sheet/parcel)"]);
    for row in list(&answer["best"]) {
        let mut cells = ["clear", "gain_m", "workable_m"].map(|name| plain(&row[name])).to_vec();
        cells.push(names(&row["parcels"]));
        best.add_row(cells);
    }
    if !best.is_empty() {
        say!("\nThe parcels that open the most, for each number of them:\n{best}");
    }
}

fn areal(answer: &Value) {
    say!(
        "{} ha, cleared {} ha, workable {} ha ({}) in patches of at least {} m2",
        hectares(&answer["area"]),
        hectares(&answer["cleared_area"]),
        hectares(&answer["workable_area"]),
        percent(&answer["workable_share"]),
        plain(&answer["least_area"]),
    );
    let mut patches = table(&["patch ha", "parcels", "workable"]);
    for row in list(&answer["patches"]) {
        patches.add_row([hectares(&row["area"]), plain(&row["parcels"]), plain(&row["workable"])]);
    }
    say!("\n{patches}");
    let mut clusters = table(&["pending ha", "opens ha", "parcels (sheet/parcel)"]);
    for row in list(&answer["clusters"]) {
        clusters.add_row([hectares(&row["area"]), hectares(&row["gain"]), names(&row["parcels"])]);
    }
    say!("\n{clusters}");
    let mut best = table(&["parcel (sheet/parcel)", "opens ha", "joins patches"]);
    for row in list(&answer["best"]) {
        let parcel = Value::Array(vec![row["parcel"].clone()]);
        best.add_row([names(&parcel), hectares(&row["gain"]), plain(&row["joins"])]);
    }
    if !best.is_empty() {
        say!("\n{best}");
    }
}
