//! `matbang clocks`: legal deadlines and the lists that heads read, as tables.

use std::process::ExitCode;

use comfy_table::Table;

use super::{
    Outcome, StoreLocation,
    figures::{Grouping, UnitLevel, by, plain, print_json, table, view},
    output::say,
};
use crate::{
    analysis::{DutyKind, Filter, View},
    api::{self, ClockCounts, DutyAsk},
    domain::Day,
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
pub fn clocks(location: &StoreLocation, options: &Clocks) -> Outcome {
    let view = view(location, options.as_of)?;
    if let Some(kind) = options.list {
        return duties(&view, options, kind);
    }
    let answer = api::clocks(&view, &Filter::default(), by(options.by, options.level), options.limit, 0);
    if options.json {
        return print_json(&answer);
    }
    let counts = counts(&answer);
    say!("{counts}\n");
    let mut parcels =
        table(&["project", "unit", "sheet", "parcel", "due", "article", "on", "days left", "body"]);
    for row in answer.parcels {
        parcels.add_row([
            row.parcel.project.to_string(),
            row.parcel.unit.to_string(),
            row.parcel.sheet,
            row.parcel.parcel,
            row.due_stage.code().to_owned(),
            row.article,
            row.due_on.to_string(),
            row.days_left.to_string(),
            plain(row.body),
        ]);
    }
    say!("{parcels}");
    eprintln!("as of {}, ledger position {}", view.today, view.snapshot.position());
    Ok(ExitCode::SUCCESS)
}

fn counts(answer: &api::Clocks) -> Table {
    let mut counts =
        table(&["code", "name", "running", "overdue", "due in 7 days", "in 30 days", "longest overdue"]);
    for row in &answer.rows {
        counts.add_row(counted(&row.code, &row.name, &row.counts));
    }
    counts.add_row(counted("total", "", &answer.total));
    counts
}

fn counted(code: &str, name: &str, counts: &ClockCounts) -> [String; 7] {
    [
        code.to_owned(),
        name.to_owned(),
        counts.running.to_string(),
        counts.overdue.to_string(),
        counts.due_in_7_days.to_string(),
        counts.due_in_30_days.to_string(),
        plain(counts.longest_overdue_days),
    ]
}

/// A list for heads; whoever has the store may see what late payments cost.
fn duties(view: &View, options: &Clocks, kind: DutyKind) -> Outcome {
    let ask = DutyAsk {
        list: Some(kind),
        by: by(options.by, options.level),
        limit: options.limit,
        offset: 0,
        with_money: true,
    };
    let answer = api::duties(view, &Filter::default(), ask);
    if options.json {
        return print_json(&answer);
    }
    let mut counts = table(&["list", "parcels"]);
    for row in &answer.lists {
        counts.add_row([row.code.code().to_owned(), row.parcels.to_string()]);
    }
    say!("{counts}\n");
    let mut rows = table(&["code", "name", "parcels"]);
    for row in &answer.rows {
        rows.add_row([row.code.clone(), row.name.clone(), row.parcels.to_string()]);
    }
    say!("{rows}\n");
    let mut parcels = table(&[
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
    ]);
    for row in answer.parcels {
        parcels.add_row([
            row.parcel.project.to_string(),
            row.parcel.unit.to_string(),
            row.parcel.sheet,
            row.parcel.parcel,
            row.act.code().to_owned(),
            row.on.to_string(),
            row.days.to_string(),
            plain(row.lawful_on),
            plain(row.article),
            plain(row.who),
            plain(row.body),
            plain(row.interest_a_day.map(|amount| amount.0)),
            plain(row.interest_so_far.map(|amount| amount.0)),
        ]);
    }
    say!("{parcels}");
    eprintln!("as of {}, ledger position {}", view.today, view.snapshot.position());
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{api::GroupClocks, domain::LedgerPosition};

    #[test]
    fn a_name_keeps_its_hyphen_and_the_whole_has_none() -> Result<(), crate::domain::DayError> {
        let (code, name) = ("B".to_owned(), "Ban Phủ Lý - Thanh Liêm".to_owned());
        let rows = vec![GroupClocks { counts: ClockCounts::default(), code, name }];
        let (at, as_of, total) = (LedgerPosition(1), Day::parse("2026-06-30")?, ClockCounts::default());
        let answer = api::Clocks { at, as_of, total, rows, offset: 0, parcels: Vec::new() };
        let printed = counts(&answer).to_string();
        let lines: Vec<Vec<&str>> = printed.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[1], ["B", "Ban", "Phủ", "Lý", "-", "Thanh", "Liêm", "0", "0", "0", "0", "-"]);
        assert_eq!(lines[2], ["total", "0", "0", "0", "0", "-"]);
        Ok(())
    }
}
