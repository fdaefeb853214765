//! Standard output: one place that writes results.
//!
//! A reader who has enough, as `head` in a pipe, closes its end. That is no
//! failure of the work: the command ends quietly with status 0.

use std::{
    fmt::Arguments,
    io::{ErrorKind, Write, stdout},
};

/// Writes a line of results.
pub fn line(text: Arguments<'_>) {
    if let Err(error) = writeln!(stdout().lock(), "{text}") {
        if error.kind() == ErrorKind::BrokenPipe {
            std::process::exit(0);
        }
        eprintln!("matbang: the results cannot be written: {error}");
        std::process::exit(1);
    }
}

/// As `println!`, for a reader who may leave.
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::output::line(format_args!($($text)*)) };
}

pub(crate) use say;
