//! `matbang demo`: an illustrative province in an empty store.

use std::{process::ExitCode, time::Instant};

use super::{Outcome, StoreLocation, clock, progress_bar::Progress};
use crate::{domain::Day, import::Illustration};

/// Options of `matbang demo`.
#[derive(Debug, clap::Args)]
pub struct Demo {
    /// Number of parcels.
    #[arg(long, default_value_t = 40_000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    parcels: u32,
    /// The same seed gives the same province.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Last day of its two years of ledger, as in 2026-11-24; yesterday if left out, since today is not over.
    #[arg(long, value_parser = Day::parse, value_name = "DATE")]
    until: Option<Day>,
}

pub fn run(location: &StoreLocation, options: &Demo) -> Outcome {
    let started = Instant::now();
    let store = location.open_or_create()?;
    if store.head()?.position.0 > 0 {
        return Err(format!(
            "{} is not empty; `demo` fills empty stores only. Name another with --data, or remove this one",
            location.shown()
        )
        .into());
    }
    let until = options.until.map_or_else(|| clock::today().map(|today| today.plus(-1)), Ok)?;
    let made = Illustration::make(options.parcels as usize, options.seed, until)?;
    let (units, projects, parcels) = made.counts();
    if parcels < options.parcels as usize {
        return Err(format!(
            "the made-up province has no room for {} parcels; ask for fewer",
            options.parcels
        )
        .into());
    }
    let mut bar = Progress::new("ledger entries");
    let mut made = Some(made);
    let head = store.change(&mut |change| {
        if let Some(made) = made.take() {
            made.write(change, &mut |done, total| bar.at(done, Some(total)))?;
        }
        Ok(true)
    })?;
    bar.end();
    eprintln!(
        "An illustrative province: {units} units, {projects} projects, {parcels} parcels, {} ledger entries, in {:.1} s.",
        head.position,
        started.elapsed().as_secs_f64()
    );
    eprintln!("Next: matbang --data {} serve", location.shown());
    Ok(ExitCode::SUCCESS)
}
