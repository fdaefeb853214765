//! How much people may send to a server, and what looks at it first.

use std::{path::PathBuf, time::Duration};

use crate::server::{Files, Quota, Scanner, Staging};

/// The limits.
#[derive(Debug, clap::Args)]
pub struct Guards {
    /// Scans and photographs that an account may send within 24 hours, in MB.
    #[arg(long, value_name = "MB", default_value_t = 1024, value_parser = megabytes())]
    files_per_day: u64,
    /// Scans and photographs that the events about one parcel may have together, in MB.
    #[arg(long, value_name = "MB", default_value_t = 256, value_parser = megabytes())]
    files_per_parcel: u64,
    /// Files of one person that wait to be imported, together, in MB.
    #[arg(long, value_name = "MB", default_value_t = 1024, value_parser = megabytes())]
    import_waiting: u64,
    /// A program that is given the path of each file that people send, before anything else looks at it: exit status 0
    /// lets it pass, 1 refuses it; with any other nothing is taken.
    #[arg(long, env = "MATBANG_SCAN_COMMAND", value_name = "PROGRAM")]
    scan_command: Option<PathBuf>,
    /// Time that it is given for a file, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3600))]
    scan_time: u64,
}

fn megabytes() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=1 << 30)
}

impl Guards {
    /// The files behind these limits and the scanner.
    pub fn around(&self, files: Files) -> Files {
        let quota = Quota { of_day: self.files_per_day << 20, of_parcel: self.files_per_parcel << 20 };
        let time = Duration::from_secs(self.scan_time);
        files.guarded(quota, self.scan_command.clone().map(|program| Scanner::new(program, time)))
    }

    /// Room for files that wait.
    pub fn staging(&self) -> Staging {
        Staging::new(self.import_waiting << 20)
    }
}
