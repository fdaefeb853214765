//! What a server writes of itself, to standard error.

use tracing_subscriber::EnvFilter;

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
        let filter = EnvFilter::try_new(&asked).map_err(|error| format!("RUST_LOG={asked}: {error}"))?;
        let filter =
            if asked.contains("security") { filter } else { filter.add_directive("security=info".parse()?) };
        let logs = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter);
        match self.log_format {
            Form::Text => logs.init(),
            Form::Json => logs.json().init(),
        }
        Ok(())
    }
}
