//! What a server writes of itself, to standard error.

use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// Lines for people, or for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    Text,
    Json,
}

/// How logs are written.
#[derive(Debug, clap::Args)]
pub struct Logs {
    /// Form of the log's lines on standard error. Who comes in, is refused or looks at holders is always among them.
    #[arg(long, env = "MATBANG_LOG_FORMAT", value_enum, default_value_t = Form::Text)]
    log_format: Form,
}

impl Logs {
    /// Begins to write them.
    ///
    /// # Errors
    /// A `RUST_LOG` that is not understood.
    pub fn begin(&self) -> Result<(), Box<dyn std::error::Error>> {
        let asked = std::env::var("RUST_LOG").unwrap_or_default();
        let asked = if asked.is_empty() { "warn".to_owned() } else { asked };
        let mut levels: Targets = asked.parse().map_err(|error| format!("RUST_LOG={asked}: {error}"))?;
        if !asked.contains("security") {
            levels = levels.with_target("security", LevelFilter::INFO);
        }
        let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        let logs = tracing_subscriber::registry().with(levels);
        match self.log_format {
            Form::Text => logs.with(lines).init(),
            Form::Json => logs.with(lines.json()).init(),
        }
        Ok(())
    }
}
