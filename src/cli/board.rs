//! `matbang board`: the emulation board, and the evidence behind a point.

use std::process::ExitCode;

use comfy_table::Table;
use serde_json::Value;

use super::{
    Outcome, StoreLocation,
    figures::{list, percent, plain, table, view},
    output::say,
};
use crate::{
    domain::{Campaign, Day, Period, campaigns},
    export::figures::{self, Ask},
};

/// Options of `matbang board`.
#[derive(Debug, clap::Args)]
pub struct Board {
    /// Code of the campaign; the campaigns are listed if left out.
    #[arg(long, value_name = "CODE")]
    campaign: Option<String>,
    /// State as of this day; today if left out.
    #[arg(long, value_name = "DATE", value_parser = Day::parse)]
    as_of: Option<Day>,
    /// Period, as in 2026-Q2, 2026-06, 2026-H1 or 2026; the one of the day if left out.
    #[arg(long, value_parser = Period::parse, requires = "campaign")]
    period: Option<Period>,
    /// With --criterion: the cases behind the points of this unit (its code) or body (its name).
    #[arg(long, value_name = "CODE", requires_all = ["criterion", "campaign"])]
    unit: Option<String>,
    /// With --unit: code of the criterion.
    #[arg(long, value_name = "CODE", requires = "unit")]
    criterion: Option<String>,
    /// Cases that are listed, those against first.
    #[arg(long, default_value_t = 50, requires = "unit")]
    limit: usize,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The operator's campaigns: files, and what was changed in the app where the store keeps that.
fn own_campaigns(place: &StoreLocation) -> Result<Vec<(String, String)>, Box<dyn std::error::Error>> {
    let (store, files) = (place.open()?, place.files("campaigns")?);
    Ok(match store.shared() {
        Some(shared) => shared.campaign_texts()?.over(files),
        None => files,
    })
}

/// `matbang board`.
pub fn board(place: &StoreLocation, options: &Board) -> Outcome {
    let all = campaigns(&own_campaigns(place)?)?;
    let view = view(place, options.as_of)?;
    let Some(code) = &options.campaign else {
        let answer = figures::campaigns(&view, &all);
        print(options, &answer, listed);
        return Ok(ExitCode::SUCCESS);
    };
    let campaign = all.iter().find(|campaign| campaign.code().as_str() == code).ok_or_else(|| {
        let codes = all.iter().map(|campaign| campaign.code().as_str()).collect::<Vec<_>>().join(", ");
        format!("no campaign has the code \"{code}\"; these are: {codes}")
    })?;
    if let (Some(unit), Some(code)) = (&options.unit, &options.criterion) {
        let criterion = criterion(campaign, code)?;
        let ask =
            Ask { period: options.period, group: None, unit, criterion, limit: options.limit, offset: 0 };
        let answer = figures::evidence(&view, campaign, &ask)?;
        print(options, &answer, evidence);
        return Ok(ExitCode::SUCCESS);
    }
    let answer = figures::board(&view, campaign, options.period)?;
    print(options, &answer, ranking);
    Ok(ExitCode::SUCCESS)
}

fn criterion(campaign: &Campaign, code: &str) -> Result<usize, String> {
    let found = campaign.criteria().iter().position(|criterion| criterion.code == code);
    found.ok_or_else(|| {
        let codes = campaign.criteria().iter().map(|criterion| criterion.code.as_str());
        format!("no criterion has the code \"{code}\"; these are: {}", codes.collect::<Vec<_>>().join(", "))
    })
}

fn print(options: &Board, answer: &Value, table: fn(&Value)) {
    if options.json {
        return say!("{answer}");
    }
    table(answer);
    eprintln!("as of {}, ledger position {}", plain(&answer["as_of"]), plain(&answer["at"]));
}

fn listed(answer: &Value) {
    let mut rows = table(&["code", "name", "from", "to", "period", "illustration"]);
    for campaign in list(&answer["campaigns"]) {
        let mut cells = vec![plain(&campaign["code"]), plain(&campaign["name"]["vi"])];
        cells.extend(["from", "to", "period", "illustration"].map(|name| plain(&campaign[name])));
        rows.add_row(cells);
    }
    say!("{rows}");
}

fn decimals(value: &Value) -> String {
    value.as_f64().map_or_else(|| "-".to_owned(), |number| format!("{number:.2}"))
}

fn ranking(answer: &Value) {
    let period = &answer["period"];
    say!(
        "{}: {}, {} to {}{}",
        plain(&answer["name"]["vi"]),
        plain(&period["code"]),
        plain(&period["from"]),
        plain(&period["until"]),
        if period["open"] == true { " (goes on)" } else { "" },
    );
    let codes: Vec<String> =
        list(&answer["criteria"]).iter().map(|criterion| plain(&criterion["code"])).collect();
    for group in list(&answer["groups"]) {
        say!("\n{}", plain(&group["name"]["vi"]));
        if group["until"].is_null() {
            say!("no unit of this level existed in the period");
            continue;
        }
        if group["until"] != period["until"] {
            say!("until {}, the last day of these units", plain(&group["until"]));
        }
        say!("{}", contestants(group, &codes));
    }
    for award in list(&answer["nominees"]) {
        say!("\n{} ({} fulfil the rule)", plain(&award["name"]["vi"]), plain(&award["eligible"]));
        for row in list(&award["rows"]) {
            say!("  {}", nominee(row));
        }
    }
}

fn contestants(group: &Value, codes: &[String]) -> Table {
    let mut header: Vec<&str> = vec!["rank", "code", "name", "score", "trend", "parcels", "done"];
    header.extend(codes.iter().map(String::as_str));
    header.extend(["out of order", "clock broken"]);
    let mut rows = table(&header);
    for row in list(&group["rows"]) {
        let trend = row["trend"]["score"].as_f64().map_or_else(|| "-".to_owned(), |n| format!("{n:+.2}"));
        let rank = row["rank"].as_u64().map_or_else(
            || plain(&row["reason"]).replace('_', " "),
            |rank| format!("{rank}{}", if row["tied"] == true { "=" } else { "" }),
        );
        let mut cells = vec![rank, plain(&row["code"]), plain(&row["name"]), decimals(&row["score"]), trend];
        cells.extend(["parcels", "handed_over_parcels"].map(|name| plain(&row["work"][name])));
        cells.extend(list(&row["criteria"]).iter().map(|criterion| decimals(&criterion["points"])));
        cells.extend(["out_of_order", "clock_broken"].map(|name| plain(&row["irregular"][name])));
        rows.add_row(cells);
    }
    rows
}

fn nominee(row: &Value) -> String {
    if row["holder"].is_null() {
        return format!("{}. {} ({})", plain(&row["rank"]), plain(&row["name"]), decimals(&row["score"]));
    }
    let parcels = list(&row["parcels"]).iter().map(|parcel| {
        let name = ["project", "unit", "sheet", "parcel"].map(|name| plain(&parcel[name]));
        name.join("/")
    });
    format!(
        "holder {}: {} days early, parcels {}",
        plain(&row["holder"]),
        plain(&row["days_early"]),
        parcels.collect::<Vec<_>>().join(", ")
    )
}

fn evidence(answer: &Value) {
    let points = &answer["points"];
    say!(
        "{} {}, {}: {} of {} points, {} reached of {} asked for; {} cases, {} for, {} against",
        plain(&answer["unit"]),
        plain(&answer["name"]),
        plain(&answer["criterion"]["name"]["vi"]),
        decimals(&points["points"]),
        plain(&points["weight"]),
        percent(&points["value"]),
        percent(&points["target"]),
        plain(&points["cases"]),
        plain(&points["for"]),
        plain(&points["against"]),
    );
    let mut rows = table(&["counts", "why", "project", "unit", "sheet", "parcel", "stage", "on", "due"]);
    for row in list(&answer["rows"]) {
        let mut cells = vec![plain(&row["counts"]), plain(&row["why"])];
        cells.extend(["project", "unit", "sheet", "parcel"].map(|name| plain(&row["parcel"][name])));
        cells.extend(["stage", "on", "due_on"].map(|name| plain(&row[name])));
        rows.add_row(cells);
    }
    say!("{rows}");
}
