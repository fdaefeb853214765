//! `matbang progress`, `clocks`, `fronts`: the figures of the API as tables.

use std::{process::ExitCode, sync::Arc};

use comfy_table::Table;

use super::{Outcome, StoreLocation, clock, output::say};
use crate::{
    analysis::{Discretion, Filter, GroupBy, View},
    api::{self, ArealFronts, Least, LinearFronts, ParcelBrief, ProgressFigures},
    domain::{Day, Level},
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

pub(super) fn view(location: &StoreLocation, as_of: Option<Day>) -> Result<View, Box<dyn std::error::Error>> {
    let snapshot = Arc::new(location.load(&*location.open()?)?);
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

/// A share in per cent; a dash where it is not known.
pub(super) fn percent(share: impl Into<Option<f64>>) -> String {
    share.into().map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

/// Square metres in hectares.
pub(super) fn hectares(area: f64) -> String {
    format!("{:.2}", area / 10_000.0)
}

/// A dash where nothing is known.
pub(super) fn plain<T: std::fmt::Display>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// A code as answers write it.
pub(super) fn word(code: impl serde::Serialize) -> String {
    serde_json::json!(code).as_str().unwrap_or_default().to_owned()
}

/// With a decimal, also where it is none.
pub(super) fn metres(number: f64) -> String {
    format!("{number:?}")
}

/// Prints an answer as the interface gives it.
pub(super) fn print_json(answer: &impl serde::Serialize) -> Outcome {
    say!("{}", serde_json::to_string(answer)?);
    Ok(ExitCode::SUCCESS)
}

/// `matbang progress`.
pub fn progress(location: &StoreLocation, options: &Progress) -> Outcome {
    let view = view(location, options.as_of)?;
    let by = by(options.by, options.level);
    let answer = api::progress(&view, &Filter::default(), (Some(by), options.since), Discretion::Exact);
    if options.json {
        return print_json(&answer);
    }
    let mut table = table(&[
        "code", "name", "cleared", "planned", "days", "ha", "of ha", "parcels", "of", "holders", "of",
        "7 d ha", "30 d ha",
    ]);
    for row in answer.rows.iter().flatten() {
        table.add_row(measured(&row.code, &row.name, &row.figures));
    }
    table.add_row(measured("total", "", &answer.total));
    say!("{table}");
    eprintln!("as of {}, ledger position {}", view.today, view.snapshot.position());
    Ok(ExitCode::SUCCESS)
}

fn measured(code: &str, name: &str, figures: &ProgressFigures) -> [String; 13] {
    let ProgressFigures { progress, change, .. } = figures;
    let measures = &progress.measures;
    [
        code.to_owned(),
        name.to_owned(),
        percent(progress.share),
        percent(progress.planned_share),
        plain(progress.days_ahead.map(|days| format!("{days:+}"))),
        hectares(measures.area.done.get()),
        hectares(measures.area.total.get()),
        measures.parcels.done.to_string(),
        measures.parcels.total.to_string(),
        measures.holders.done.to_string(),
        measures.holders.total.to_string(),
        hectares(change.days7.area),
        hectares(change.days30.area),
    ]
}

/// `matbang fronts`.
pub fn fronts(location: &StoreLocation, options: &Fronts) -> Outcome {
    let view = view(location, options.as_of)?;
    let index = find(&view, &options.project)?;
    let least = Least {
        length_m: f64::from(options.least_length),
        area_m2: f64::from(options.least_area),
        most: usize::from(options.most),
    };
    let answer = api::fronts(&view, index, least);
    if options.json {
        return print_json(&answer);
    }
    match &answer {
        api::Fronts::Linear(fronts) => linear(fronts),
        api::Fronts::Areal(fronts) => areal(fronts),
    }
    eprintln!("as of {}, ledger position {}", view.today, view.snapshot.position());
    Ok(ExitCode::SUCCESS)
}

/// Parcels by sheet and number, the first eight of them.
pub(super) fn names(parcels: &[ParcelBrief]) -> String {
    let name = |parcel: &ParcelBrief| format!("{}/{}", parcel.sheet, parcel.parcel);
    let shown: Vec<_> = parcels.iter().take(8).map(name).collect();
    let more = if parcels.len() > shown.len() {
        format!(" and {} more", parcels.len() - shown.len())
    } else {
        String::new()
    };
    format!("{}{more}", shown.join(", "))
}

fn linear(fronts: &LinearFronts) {
    say!("{} {}", fronts.about.project, fronts.about.name);
    say!(
        "length {} m, cleared {} m, workable {} m ({}) in stretches of at least {} m",
        metres(fronts.length_m),
        metres(fronts.cleared_m),
        metres(fronts.workable_m),
        percent(fronts.workable_share),
        metres(fronts.least_length_m),
    );
    if let Some(longest) = &fronts.longest {
        say!("longest clear stretch {} - {}, {} m", longest.from, longest.to, metres(longest.length_m));
    }
    let mut stretches =
        table(&["from", "to", "metres", "state", "opens m", "rank", "pending (sheet/parcel)"]);
    for row in &fronts.stretches {
        stretches.add_row([
            row.span.from.clone(),
            row.span.to.clone(),
            metres(row.span.length_m),
            row.state.code().to_owned(),
            metres(row.gain_m),
            plain(row.rank),
            names(&row.parcels),
        ]);
    }
    say!("\n{stretches}");
    let mut best = table(&["clear", "adds m", "workable m", "which (sheet/parcel)"]);
    for row in &fronts.best {
        best.add_row([
            row.clear.to_string(),
            metres(row.gain_m),
            metres(row.workable_m),
            names(&row.parcels),
        ]);
    }
    if !best.is_empty() {
        say!("\nThe parcels that open the most, for each number of them:\n{best}");
    }
}

fn areal(fronts: &ArealFronts) {
    say!("{} {}", fronts.about.project, fronts.about.name);
    say!(
        "{} ha, cleared {} ha, workable {} ha ({}) in patches of at least {} m2",
        hectares(fronts.area.get()),
        hectares(fronts.cleared_area.get()),
        hectares(fronts.workable_area.get()),
        percent(fronts.workable_share),
        metres(fronts.least_area),
    );
    let mut patches = table(&["patch ha", "parcels", "workable"]);
    for row in &fronts.patches {
        patches.add_row([hectares(row.area.get()), row.parcels.to_string(), row.workable.to_string()]);
    }
    say!("\n{patches}");
    let mut clusters = table(&["pending ha", "opens ha", "parcels (sheet/parcel)"]);
    for row in &fronts.clusters {
        clusters.add_row([hectares(row.area.get()), hectares(row.gain.get()), names(&row.parcels)]);
    }
    say!("\n{clusters}");
    let mut best = table(&["parcel (sheet/parcel)", "opens ha", "joins patches"]);
    for row in &fronts.best {
        let parcel = std::slice::from_ref(&row.parcel);
        best.add_row([names(parcel), hectares(row.gain.get()), row.joins.to_string()]);
    }
    if !best.is_empty() {
        say!("\n{best}");
    }
}
