//! `matbang board`: the emulation board, and the evidence behind a point.

use std::process::ExitCode;

use comfy_table::Table;

use super::{
    Outcome, StoreLocation,
    figures::{percent, plain, print_json, table, view, word},
    output::say,
};
use crate::{
    analysis::View,
    api::{self, BoardGroup, BoardPeriod, Campaigns, Evidence, EvidenceAsk, EvidenceCase, Nominee},
    domain::{Campaign, Day, Period, campaigns, law::Act},
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
fn own_campaigns(location: &StoreLocation) -> Result<Vec<(String, String)>, Box<dyn std::error::Error>> {
    let (store, files) = (location.open()?, location.files("campaigns")?);
    Ok(match store.shared() {
        Some(shared) => shared.campaign_texts()?.over(files),
        None => files,
    })
}

/// `matbang board`.
pub fn board(location: &StoreLocation, options: &Board) -> Outcome {
    let all = campaigns(&own_campaigns(location)?)?;
    let view = view(location, options.as_of)?;
    let Some(code) = &options.campaign else {
        return print(options, &view, &api::campaigns(&view, &all), listed);
    };
    let campaign = all.iter().find(|campaign| campaign.code().as_str() == code).ok_or_else(|| {
        let codes = all.iter().map(|campaign| campaign.code().as_str()).collect::<Vec<_>>().join(", ");
        format!("no campaign has the code \"{code}\"; these are: {codes}")
    })?;
    if let (Some(unit), Some(code)) = (&options.unit, &options.criterion) {
        let criterion = criterion(campaign, code)?;
        let ask = EvidenceAsk {
            period: options.period,
            group: None,
            unit,
            criterion,
            limit: options.limit,
            offset: 0,
        };
        return print(options, &view, &api::evidence(&view, campaign, &ask)?, evidence);
    }
    print(options, &view, &api::board(&view, campaign, options.period)?, ranking)
}

fn criterion(campaign: &Campaign, code: &str) -> Result<usize, String> {
    let found = campaign.criteria().iter().position(|criterion| criterion.code == code);
    found.ok_or_else(|| {
        let codes = campaign.criteria().iter().map(|criterion| criterion.code.as_str());
        format!("no criterion has the code \"{code}\"; these are: {}", codes.collect::<Vec<_>>().join(", "))
    })
}

fn print<T: serde::Serialize>(options: &Board, view: &View, answer: &T, table: fn(&T)) -> Outcome {
    if options.json {
        return print_json(answer);
    }
    table(answer);
    eprintln!("as of {}, ledger position {}", view.today, view.snapshot.position());
    Ok(ExitCode::SUCCESS)
}

fn listed(answer: &Campaigns) {
    let mut rows = table(&["code", "name", "from", "to", "period", "illustration"]);
    for campaign in &answer.campaigns {
        rows.add_row([
            campaign.code.to_string(),
            campaign.name.vi.clone(),
            campaign.from.to_string(),
            campaign.to.to_string(),
            campaign.period.clone(),
            campaign.illustration.to_string(),
        ]);
    }
    say!("{rows}");
}

fn decimals(number: Option<f64>) -> String {
    plain(number.map(|number| format!("{number:.2}")))
}

fn ranking(answer: &api::Board) {
    let BoardPeriod { period, until, open } = &answer.period;
    let goes_on = if *open { " (goes on)" } else { "" };
    say!("{}: {}, {} to {until}{goes_on}", answer.name.vi, period.code, period.from);
    let codes: Vec<&str> = answer.criteria.iter().map(|criterion| criterion.code.as_str()).collect();
    for group in &answer.groups {
        say!("\n{}", group.name.vi);
        let Some(last) = group.until else {
            say!("no unit of this level existed in the period");
            continue;
        };
        if last != *until {
            say!("until {last}, the last day of these units");
        }
        say!("{}", contestants(group, &codes));
    }
    for award in &answer.nominees {
        say!("\n{} ({} fulfil the rule)", award.award.name.vi, award.eligible);
        for row in &award.rows {
            say!("  {}", nominee(row));
        }
    }
}

fn contestants(group: &BoardGroup, codes: &[&str]) -> Table {
    let mut header: Vec<&str> = vec!["rank", "code", "name", "score", "trend", "parcels", "done"];
    header.extend(codes);
    header.extend(["out of order", "clock broken"]);
    let mut rows = table(&header);
    for row in &group.rows {
        let rank = row.rank.map_or_else(
            || plain(row.reason).replace('_', " "),
            |rank| format!("{rank}{}", if row.tied { "=" } else { "" }),
        );
        let mut cells = vec![
            rank,
            row.code.clone(),
            row.name.clone(),
            decimals(row.score),
            plain(row.trend.map(|trend| format!("{:+.2}", trend.score))),
            row.work.parcels.to_string(),
            row.work.handed_over_parcels.to_string(),
        ];
        cells.extend(row.criteria.iter().map(|criterion| decimals(criterion.points)));
        cells.extend([row.irregular.out_of_order, row.irregular.clock_broken].map(|n| n.to_string()));
        rows.add_row(cells);
    }
    rows
}

fn nominee(row: &Nominee) -> String {
    match row {
        Nominee::Contestant(row) => {
            format!("{}. {} ({})", plain(row.rank), row.name, decimals(row.score))
        }
        Nominee::Holder(row) => {
            let parcels = row.parcels.iter().map(|parcel| {
                format!("{}/{}/{}/{}", parcel.project, parcel.unit, parcel.sheet, parcel.parcel)
            });
            let parcels = parcels.collect::<Vec<_>>().join(", ");
            format!("holder {}: {} days early, parcels {parcels}", row.holder, plain(row.days_early))
        }
    }
}

fn evidence(answer: &Evidence) {
    let points = &answer.points;
    say!(
        "{} {}, {}: {} of {:?} points, {} reached of {} asked for; {} cases, {} for, {} against",
        answer.unit,
        answer.name,
        answer.criterion.name.vi,
        decimals(points.points),
        points.weight,
        percent(points.value),
        percent(points.target),
        points.cases,
        points.r#for,
        points.against,
    );
    let mut rows = table(&["counts", "why", "project", "unit", "sheet", "parcel", "stage", "on", "due"]);
    for row in &answer.rows {
        let EvidenceCase { parcel, .. } = row;
        rows.add_row([
            row.counts.to_string(),
            word(row.why),
            parcel.project.to_string(),
            parcel.unit.to_string(),
            parcel.sheet.clone(),
            parcel.parcel.clone(),
            plain(row.stage.map(Act::code)),
            plain(row.on),
            plain(row.due_on),
        ]);
    }
    say!("{rows}");
}
