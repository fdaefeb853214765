//! `matbang clocks`: legal deadlines and the lists that heads read, as tables.

use std::process::ExitCode;

use super::{
    Outcome, StoreLocation,
    figures::{Grouping, UnitLevel, by, list, plain, table, view},
    output::say,
};
use crate::{
    analysis::{DutyKind, Filter, View},
    domain::Day,
    export::figures::{self, DutyAsk},
};

/// Options of `matbang clocks`.
#[derive(Debug, clap::Args)]
pub struct Clocks {
    /// One row for each of these.
    #[arg(long, value_enum, default_value_t = Grouping::Unit)]
    by: Grouping,
    /// Level of the rows with `--by unit`.
    #[arg(long, value_enum, default_value_t = UnitLevel::Commune)]
    level: UnitLevel,
    /// State as of this day; today if left out.
    #[arg(long, value_name = "DATE", value_parser = Day::parse)]
    as_of: Option<Day>,
    /// Parcels that are listed, the most urgent first.
    #[arg(long, default_value_t = 20)]
    limit: usize,
    /// A list for heads instead: notices that expire, files that need a new notice, decisions signed too early,
    /// late payments with their interest, recoveries to decide, enforcement on forbidden days.
    #[arg(long, value_name = "LIST", value_parser = duty)]
    list: Option<DutyKind>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

fn duty(text: &str) -> Result<DutyKind, String> {
    let codes = || DutyKind::ALL.map(DutyKind::code).join(", ");
    DutyKind::from_code(text).ok_or_else(|| format!("it is one of {}", codes()))
}

/// `matbang clocks`.
pub fn clocks(place: &StoreLocation, options: &Clocks) -> Outcome {
    let view = view(place, options.as_of)?;
    if let Some(kind) = options.list {
        duties(&view, options, kind);
        return Ok(ExitCode::SUCCESS);
    }
    let answer = figures::clocks(&view, &Filter::default(), by(options.by, options.level), options.limit, 0);
    if options.json {
        say!("{answer}");
        return Ok(ExitCode::SUCCESS);
    }
    let mut counts =
        table(&["code", "name", "running", "overdue", "due in 7 days", "in 30 days", "longest overdue"]);
    for row in list(&answer["rows"]).iter().chain([&answer["total"]]) {
        let mut cells =
            vec![row["code"].as_str().unwrap_or("total").to_owned(), plain(&row["name"]).replace('-', "")];
        cells.extend(
            ["running", "overdue", "due_in_7_days", "due_in_30_days", "longest_overdue_days"]
                .map(|n| plain(&row[n])),
        );
        counts.add_row(cells);
    }
    say!("{counts}\n");
    let mut parcels =
        table(&["project", "unit", "sheet", "parcel", "due", "article", "on", "days left", "body"]);
    for row in list(&answer["parcels"]) {
        parcels.add_row(
            ["project", "unit", "sheet", "parcel", "due_stage", "article", "due_on", "days_left", "body"]
                .map(|name| plain(&row[name])),
        );
    }
    say!("{parcels}");
    eprintln!("as of {}, ledger position {}", view.today, view.snapshot.position());
    Ok(ExitCode::SUCCESS)
}

/// A list for heads; whoever has the store may see what late payments cost.
fn duties(view: &View, options: &Clocks, kind: DutyKind) {
    let ask = DutyAsk {
        list: Some(kind),
        by: by(options.by, options.level),
        limit: options.limit,
        offset: 0,
        with_money: true,
    };
    let answer = figures::duties(view, &Filter::default(), ask);
    if options.json {
        say!("{answer}");
        return;
    }
    let mut counts = table(&["list", "parcels"]);
    for row in list(&answer["lists"]) {
        counts.add_row(["code", "parcels"].map(|name| plain(&row[name])));
    }
    say!("{counts}\n");
    let mut rows = table(&["code", "name", "parcels"]);
    for row in list(&answer["rows"]) {
        rows.add_row(["code", "name", "parcels"].map(|name| plain(&row[name])));
    }
    say!("{rows}\n");
    let names = [
        "project",
        "unit",
        "sheet",
        "parcel",
        "act",
        "on",
        "days",
        "lawful_on",
        "article",
        "who",
        "body",
        "interest_a_day",
        "interest_so_far",
    ];
    let mut parcels = table(&names);
    for row in list(&answer["parcels"]) {
        parcels.add_row(names.map(|name| plain(&row[name])));
    }
    say!("{parcels}");
    eprintln!("as of {}, ledger position {}", view.today, view.snapshot.position());
}
