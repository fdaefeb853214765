//! How files are read by commands: in a process of its own, within limits that an operator may change.

use crate::reader::{Confinement, Limits, Reader};

/// Options of commands that read files.
#[derive(Debug, clap::Args)]
pub struct Reading {
    /// Memory that reading the file may take, in MB.
    #[arg(long, value_name = "MB", default_value_t = 4096, value_parser = clap::value_parser!(u64).range(64..=1 << 20))]
    memory: u64,
    /// Time that reading the file may take on the processors, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    time: u64,
}

impl Reading {
    /// A reader within these limits.
    pub fn reader(&self) -> Reader {
        Reader::new(Limits::command(self.memory, self.time))
    }
}

/// Says what this kernel could not keep a file from, if anything.
pub fn warn_of_lack(reader: &Reader) {
    if let Some(lack) = reader.walls().and_then(Confinement::lack) {
        eprintln!("matbang: {lack}");
    }
}
