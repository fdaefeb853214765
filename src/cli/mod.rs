//! The command line: one file a command, one place for messages and exit status.
//!
//! Results go to standard output, messages to standard error. Status 0 is
//! success, 1 says that the work failed, 2 (from the parser) wrong usage.

// Printing is what this layer is for.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod backup;
mod board;
mod clock;
mod clocks;
mod copy;
mod demo;
mod export;
mod figures;
mod forecast;
mod guards;
mod import;
mod import_events;
mod import_report;
mod location;
mod logs;
mod output;
mod progress_bar;
mod reading;
mod report;
mod serve;
mod tiles;
mod token;
mod user;
mod verify;
mod witness;

use std::{error::Error, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::reader;
use location::StoreLocation;

/// Follows land clearance (giải phóng mặt bằng) parcel by parcel.
#[derive(Debug, Parser)]
#[command(name = "matbang", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// The store: a GeoPackage file with the ledger inside, or a PostgreSQL database with PostGIS as in
    /// <postgres://user@host/database>.
    #[arg(
        long,
        global = true,
        env = "MATBANG_DATA",
        default_value = "data/matbang.gpkg",
        value_name = "FILE|ADDRESS"
    )]
    data: PathBuf,
    /// Folder with what an operator changes: procedures, campaigns, calendar, words of reports. That of the store if
    /// left out; for a database the folder "data".
    #[arg(long, global = true, env = "MATBANG_CONFIG", value_name = "DIR")]
    config: Option<PathBuf>,
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
    Clocks(clocks::Clocks),
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
    /// Make a key that signs the ledger's end, and say its public part.
    Key(witness::Key),
    /// Copy a store, also while it is served, and check the copy.
    Backup(backup::Backup),
    /// Bring a copy back.
    Restore(backup::Restore),
    /// Move a store into another engine: same ledger, same head, and all beside it.
    Copy(copy::Copy),
    /// Print the description of the web app's own interface (OpenAPI 3.1), as `data/openapi.json` keeps it.
    #[command(hide = true)]
    Openapi,
    /// Read one file for another process of this program, which tells how on standard input.
    #[command(name = reader::COMMAND, hide = true)]
    Read,
}

/// What every command can end with: a message for a person.
type Outcome = Result<ExitCode, Box<dyn Error>>;

/// Runs the command and gives the exit status.
pub fn run(cli: &Cli) -> ExitCode {
    let location = StoreLocation::new(&cli.data, cli.config.as_deref());
    // Whatever is made is its owner's alone; tiles are made to be published.
    if !matches!(cli.command, Command::Tiles(_)) {
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    }
    let outcome = match &cli.command {
        Command::Serve(command) => serve::run(&location, command),
        Command::Demo(command) => demo::run(&location, command),
        Command::Import(command) => import::run(&location, command),
        Command::Export(command) => export::run(&location, command),
        Command::Tiles(command) => tiles::run(&location, command),
        Command::Progress(command) => figures::progress(&location, command),
        Command::Clocks(command) => clocks::clocks(&location, command),
        Command::Fronts(command) => figures::fronts(&location, command),
        Command::Forecast(command) => forecast::forecast(&location, command),
        Command::Backtest(command) => forecast::backtest(&location, command),
        Command::Board(command) => board::board(&location, command),
        Command::Report(command) => report::report(&location, command),
        Command::Verify(command) => verify::run(&location, command),
        Command::User(command) => user::run(&location, command),
        Command::Token(command) => token::run(&location, command),
        Command::Key(command) => witness::key(command),
        Command::Backup(command) => backup::backup(&location, command),
        Command::Restore(command) => backup::restore(&location, command),
        Command::Copy(command) => copy::run(&location, command),
        Command::Openapi => openapi(),
        Command::Read => Ok(reader::run_child()),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("matbang: {error}");
        ExitCode::FAILURE
    })
}

fn openapi() -> Outcome {
    output::say!("{}", crate::server::description_file()?.trim_end());
    Ok(ExitCode::SUCCESS)
}
