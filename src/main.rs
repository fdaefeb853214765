//! The `matbang` program: parse, dispatch, exit status.

use std::process::ExitCode;

use clap::Parser;
use matbang::cli::Cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    matbang::cli::run(&cli)
}
