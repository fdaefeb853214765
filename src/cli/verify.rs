//! `matbang verify`: is the store whole?

use std::process::ExitCode;

use super::{Outcome, Place, output::say};
use crate::store::digest_hex;

/// Options of `matbang verify`.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(place: &Place, options: &Verify) -> Outcome {
    let found = place.open()?.verify(place.law()?)?;
    let head = digest_hex(&found.head.hash);
    let whole = found.findings.is_empty();
    if options.json {
        let answer = serde_json::json!({
            "whole": whole,
            "at": found.head.position,
            "head": head,
            "units": found.units,
            "projects": found.projects,
            "parcels": found.parcels,
            "findings": found.findings,
        });
        say!("{answer:#}");
    } else {
        say!("position {}", found.head.position);
        say!("head     {head}");
        say!("units    {}\nprojects {}\nparcels  {}", found.units, found.projects, found.parcels);
        for finding in &found.findings {
            let row = finding.row.map_or(String::new(), |row| format!(" {row}"));
            say!("! {}{row}: {}", finding.table, finding.what);
        }
        say!("{}", if whole { "whole" } else { "NOT whole" });
    }
    if whole {
        return Ok(ExitCode::SUCCESS);
    }
    let count = found.findings.len();
    Err(format!("{count} findings; restore a backup and compare before anybody writes to this store").into())
}
