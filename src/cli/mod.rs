//! The command line: one file a command, one place for messages and exit status.
//!
//! Results go to standard output, messages to standard error. Status 0 is
//! success, 1 says that the work failed, 2 (from the parser) wrong usage.

// Printing is what this layer is for.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod backup;
mod board;
mod clock;
mod demo;
mod export;
mod figures;
mod forecast;
mod import;
mod import_events;
mod import_report;
mod output;
mod progress_bar;
mod reading;
mod report;
mod serve;
mod tiles;
mod token;
mod user;
mod verify;

use std::{error::Error, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    domain::{Procedure, calendar, procedures_with},
    reader,
    store::GeoPackage,
};

/// Follows land clearance (giải phóng mặt bằng) parcel by parcel.
#[derive(Debug, Parser)]
#[command(name = "matbang", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// The store: a GeoPackage file with the ledger inside.
    #[arg(
        long,
        global = true,
        env = "MATBANG_DATA",
        default_value = "data/matbang.gpkg",
        value_name = "FILE"
    )]
    data: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the web app, tiles and APIs.
    Serve(serve::Serve),
    /// Fill an empty store with an illustrative province.
    Demo(demo::Demo),
    /// Bring in administrative units, projects, parcels or events from any GDAL/OGR source.
    Import(import::Import),
    /// Write projects, parcels, units, fronts or events in any format.
    Export(export::Export),
    /// Write all layers as tiles into one PMTiles archive.
    Tiles(tiles::Tiles),
    /// How far the clearance is, by five measures.
    Progress(figures::Progress),
    /// Legal deadlines that run: what is due, when, and by whom.
    Clocks(figures::Clocks),
    /// Where one can build, what is in the way, and which parcels open the most.
    Fronts(figures::Fronts),
    /// When a project will be done, with its uncertainty.
    Forecast(forecast::Forecast),
    /// How well forecasts made on past days held.
    Backtest(forecast::Backtest),
    /// Emulation campaigns: ranks, points, and what stands behind them.
    Board(board::Board),
    /// Write the briefing document as PDF, DOCX or XLSX.
    Report(report::Report),
    /// Check the whole store: hash chain, references, geometries, areas.
    Verify(verify::Verify),
    /// Accounts and what they may do.
    User(user::User),
    /// Keys for programs.
    Token(token::Token),
    /// Copy a store, also while it is served, and check the copy.
    Backup(backup::Backup),
    /// Bring a copy back.
    Restore(backup::Restore),
    /// Read one file for another process of this program, which tells how on standard input.
    #[command(name = reader::COMMAND, hide = true)]
    Read,
}

/// What every command can end with: a message for a person.
type Outcome = Result<ExitCode, Box<dyn Error>>;

/// Runs the command and gives the exit status.
pub fn run(cli: &Cli) -> ExitCode {
    let outcome = match &cli.command {
        Command::Serve(command) => serve::run(&cli.data, command),
        Command::Demo(command) => demo::run(&cli.data, command),
        Command::Import(command) => import::run(&cli.data, command),
        Command::Export(command) => export::run(&cli.data, command),
        Command::Tiles(command) => tiles::run(&cli.data, command),
        Command::Progress(command) => figures::progress(&cli.data, command),
        Command::Clocks(command) => figures::clocks(&cli.data, command),
        Command::Fronts(command) => figures::fronts(&cli.data, command),
        Command::Forecast(command) => forecast::forecast(&cli.data, command),
        Command::Backtest(command) => forecast::backtest(&cli.data, command),
        Command::Board(command) => board::board(&cli.data, command),
        Command::Report(command) => report::report(&cli.data, command),
        Command::Verify(command) => verify::run(&cli.data, command),
        Command::User(command) => user::run(&cli.data, command),
        Command::Token(command) => token::run(&cli.data, command),
        Command::Backup(command) => backup::backup(&cli.data, command),
        Command::Restore(command) => backup::restore(&cli.data, command),
        Command::Read => Ok(reader::run_child()),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("matbang: {error}");
        ExitCode::FAILURE
    })
}

fn open(data: &std::path::Path) -> Result<GeoPackage, Box<dyn Error>> {
    Ok(GeoPackage::open(data, own_procedures(data)?)?)
}

fn open_or_create(data: &std::path::Path) -> Result<GeoPackage, Box<dyn Error>> {
    Ok(GeoPackage::open_or_create(data, own_procedures(data)?)?)
}

/// The procedures, an operator's among them, with his days off if there is a `calendar.toml` beside the store.
fn own_procedures(data: &std::path::Path) -> Result<Vec<Procedure>, Box<dyn Error>> {
    let own = own_file(data, "calendar.toml")?;
    let (name, text) =
        own.as_ref().map_or(("calendar.toml", None), |(name, text)| (name, Some(text.as_str())));
    let days_off = calendar(text).map_err(|error| format!("{name}: {error}"))?;
    Ok(procedures_with(&own_files(data, "procedures")?, days_off)?)
}

/// An operator's own file (name, text) beside the store, if there is one.
fn own_file(data: &std::path::Path, name: &str) -> Result<Option<(String, String)>, Box<dyn Error>> {
    let path = data.with_file_name(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path.display().to_string(), text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("{}: {error}", path.display()).into()),
    }
}

/// An operator's own data: the TOML files (name, text) in a folder of this name beside the store.
fn own_files(data: &std::path::Path, folder: &str) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let folder = data.with_file_name(folder);
    let Ok(entries) = std::fs::read_dir(&folder) else { return Ok(Vec::new()) };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let read = |path: PathBuf| match std::fs::read_to_string(&path) {
        Ok(text) => Ok((path.display().to_string(), text)),
        Err(error) => Err(format!("{}: {error}", path.display()).into()),
    };
    paths.into_iter().map(read).collect()
}
