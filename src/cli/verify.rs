//! `matbang verify`: is the store whole?

use std::process::ExitCode;

use super::{Outcome, StoreLocation, output::say, witness};
use crate::api::Verified;

/// Options of `matbang verify`.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
    /// What the ledger's hash at a position was, as a report, a copy or /api/v1/heads told it; may be given several times.
    #[arg(long = "expect-head", value_name = "POSITION:HASH", value_parser = witness::expected)]
    expected: Vec<(u64, String)>,
    /// Signed ends of the ledger, as `serve --witness` has kept them elsewhere.
    #[arg(long, value_name = "FILE")]
    witness: Option<std::path::PathBuf>,
    /// The public key that the witness must have signed with.
    #[arg(long, value_name = "HEX", requires = "witness")]
    signed_by: Option<String>,
}

pub fn run(location: &StoreLocation, options: &Verify) -> Outcome {
    let store = location.open()?;
    let mut found = store.verify(location.law()?)?;
    let mut expected = options.expected.clone();
    if let Some(file) = &options.witness {
        expected.extend(witness::read(file, options.signed_by.as_deref())?);
    }
    found.findings.extend(witness::compare(&*store, &expected)?);
    let verified = Verified::from(found);
    if options.json {
        say!("{}", serde_json::to_string_pretty(&verified)?);
    } else {
        say!("position {}", verified.at);
        say!("head     {}", verified.head);
        say!("units    {}\nprojects {}\nparcels  {}", verified.units, verified.projects, verified.parcels);
        for finding in &verified.findings {
            let row = finding.row.map_or(String::new(), |row| format!(" {row}"));
            say!("! {}{row}: {}", finding.table, finding.what);
        }
        say!("{}", if verified.whole { "whole" } else { "NOT whole" });
    }
    if verified.whole {
        return Ok(ExitCode::SUCCESS);
    }
    let count = verified.findings.len();
    Err(format!("{count} findings; restore a backup and compare before anybody writes to this store").into())
}
