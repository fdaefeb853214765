//! `matbang demo`: an illustrative province in an empty store.

use std::{path::Path, process::ExitCode, time::Instant};

use super::{Outcome, clock, open_or_create, progress_bar::Progress};
use crate::{
    demo::{Entry, Options, Province, province},
    domain::{Day, NewEvent},
    store::{self, Store, Transaction},
};

/// Options of `matbang demo`.
#[derive(Debug, clap::Args)]
pub struct Demo {
    /// Number of parcels.
    #[arg(long, default_value_t = 40_000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    parcels: u32,
    /// The same seed gives the same province.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Last day of its two years of ledger, as in 2026-11-24; today if left out.
    #[arg(long, value_parser = Day::parse, value_name = "DATE")]
    until: Option<Day>,
}

pub fn run(data: &Path, options: &Demo) -> Outcome {
    let started = Instant::now();
    let mut store = open_or_create(data)?;
    if store.head()?.position.0 > 0 {
        return Err(format!(
            "{} is not empty; `demo` fills empty stores only. Name another file with --data, or remove this one",
            data.display()
        )
        .into());
    }
    let until = options.until.map_or_else(clock::today, Ok)?;
    let made = province(Options { parcels: options.parcels as usize, seed: options.seed, until })?;
    let parcels: usize = made
        .entries
        .iter()
        .map(|e| if let Entry::Listed { parcels, .. } = e { parcels.len() } else { 0 })
        .sum();
    let (units, projects) = (made.units.len(), made.projects.len());
    if parcels < options.parcels as usize {
        return Err(format!("the made-up projects hold {parcels} parcels at most; ask for fewer").into());
    }
    let head = write(&mut store, made, until)?;
    eprintln!(
        "An illustrative province: {units} units, {projects} projects, {parcels} parcels, {} ledger entries, in {:.1} s.",
        head.position,
        started.elapsed().as_secs_f64()
    );
    eprintln!("Next: matbang --data {} serve", data.display());
    Ok(ExitCode::SUCCESS)
}

fn write(
    store: &mut impl Store,
    made: Province,
    until: Day,
) -> Result<store::Head, Box<dyn std::error::Error>> {
    let opening = until.plus(-730);
    let entry = |source: &str, day: Day, recorded_at: i64| store::Entry {
        source: source.to_owned(),
        author: "minh-hoa".to_owned(),
        recorded_at,
        day,
        units_on: until,
    };
    let opened = i64::from(opening.number()) * 86_400_000;
    let mut bar = Progress::new("ledger entries");
    let total = made.entries.len() as u64;
    let mut change = store.begin()?;
    change.set("illustration", "true")?;
    change.set("province", "Hà Nam")?;
    change.units(&entry("data/units", opening, opened), &made.units)?;
    change.projects(&entry("demo", opening, opened), &made.projects)?;
    let mut waiting: Vec<NewEvent> = Vec::new();
    for (done, step) in (1..).zip(made.entries) {
        match step {
            Entry::Happened(event) => waiting.push(event),
            Entry::Listed { day, recorded_at, parcels } => {
                flush(change.as_mut(), &mut waiting)?;
                change.parcels(&entry("demo", day, recorded_at), &parcels)?;
            }
        }
        if waiting.len() >= 4096 {
            flush(change.as_mut(), &mut waiting)?;
            bar.at(done, Some(total));
        }
    }
    flush(change.as_mut(), &mut waiting)?;
    bar.end();
    Ok(change.commit()?)
}

fn flush(change: &mut dyn Transaction, waiting: &mut Vec<NewEvent>) -> Result<(), store::StoreError> {
    change.append(waiting)?;
    waiting.clear();
    Ok(())
}
