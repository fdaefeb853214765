//! Progress: a bar on a terminal, plain lines elsewhere.

use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

/// Between two lines where there is no terminal.
const BETWEEN_LINES: Duration = Duration::from_secs(30);

/// Progress of long work.
pub struct Progress {
    bar: Option<ProgressBar>,
    label: String,
    last_line: Instant,
}

impl Progress {
    /// Begins work described by `label`.
    pub fn new(label: &str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = "{msg} {wide_bar} {human_pos}/{human_len} {eta}";
            let style = ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::no_length().with_style(style).with_message(label.to_owned())
        });
        Self { bar, label: label.to_owned(), last_line: Instant::now() }
    }

    /// Says how far the work is; `total` where it is known.
    pub fn at(&mut self, done: u64, total: Option<u64>) {
        match &self.bar {
            Some(bar) => {
                if let Some(total) = total {
                    bar.set_length(total);
                }
                bar.set_position(done);
            }
            None if self.last_line.elapsed() > BETWEEN_LINES => {
                self.last_line = Instant::now();
                let of = total.map_or(String::new(), |total| format!(" of {total}"));
                eprintln!("{}: {done}{of}", self.label);
            }
            None => {}
        }
    }

    /// Says that other work, `label`, goes on from here.
    pub fn turn(&mut self, label: &str) {
        label.clone_into(&mut self.label);
        match &self.bar {
            Some(bar) => {
                bar.set_message(self.label.clone());
                bar.enable_steady_tick(Duration::from_millis(100));
            }
            None if self.last_line.elapsed() > BETWEEN_LINES => {
                self.last_line = Instant::now();
                eprintln!("{label}");
            }
            None => {}
        }
    }

    /// Ends the work.
    pub fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
