//! `matbang demo`: an illustrative province in an empty store.

use std::{process::ExitCode, time::Instant};

use super::{Outcome, Place, clock, progress_bar::Progress};
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

pub fn run(place: &Place, options: &Demo) -> Outcome {
    let started = Instant::now();
    let store = place.open_or_create()?;
    if store.head()?.position.0 > 0 {
        return Err(format!(
            "{} is not empty; `demo` fills empty stores only. Name another file with --data, or remove this one",
            place.data.display()
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
    let head = write(&*store, made, until)?;
    eprintln!(
        "An illustrative province: {units} units, {projects} projects, {parcels} parcels, {} ledger entries, in {:.1} s.",
        head.position,
        started.elapsed().as_secs_f64()
    );
    eprintln!("Next: matbang --data {} serve", place.data.display());
    Ok(ExitCode::SUCCESS)
}

fn write(store: &dyn Store, made: Province, until: Day) -> Result<store::Head, store::StoreError> {
    let mut made = Some(made);
    store.change(&mut |change| {
        made.take().map_or(Ok(()), |made| fill(change, made, until))?;
        Ok(true)
    })
}

fn fill(change: &mut dyn Transaction, made: Province, until: Day) -> Result<(), store::StoreError> {
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
    change.set("illustration", "true")?;
    change.set("province", "Hà Nam")?;
    change.units(&entry("data/units", opening, opened), &made.units)?;
    change.projects(&entry("demo", opening, opened), &made.projects)?;
    let mut waiting: Vec<NewEvent> = Vec::new();
    for (done, step) in (1..).zip(made.entries) {
        match step {
            Entry::Happened(event) => waiting.push(event),
            Entry::Listed { day, recorded_at, parcels } => {
                flush(change, &mut waiting)?;
                change.parcels(&entry("demo", day, recorded_at), &parcels)?;
            }
        }
        if waiting.len() >= 4096 {
            flush(change, &mut waiting)?;
            bar.at(done, Some(total));
        }
    }
    flush(change, &mut waiting)?;
    bar.end();
    Ok(())
}

fn flush(change: &mut dyn Transaction, waiting: &mut Vec<NewEvent>) -> Result<(), store::StoreError> {
    change.append(waiting)?;
    waiting.clear();
    Ok(())
}
