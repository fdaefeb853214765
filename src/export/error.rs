//! Why features could not be written.

/// The reason.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The disk is full, or who reads the answer has gone.
    #[error("the features could not be written: {0}")]
    Io(#[from] std::io::Error),
    /// JSON's own.
    #[error("the features could not be written: {0}")]
    Json(#[from] serde_json::Error),
    /// A format's own.
    #[error("the {format} file could not be written: {why}")]
    Format {
        /// Format.
        format: &'static str,
        /// What its library says.
        why: String,
    },
    /// More than the format can hold.
    #[error("{0}")]
    TooMany(String),
    /// A coordinate system that can't be used here.
    #[error("coordinates could not be moved to {crs}: {why}")]
    Crs {
        /// The system.
        crs: String,
        /// What PROJ says.
        why: String,
    },
    /// The ledger could not be read.
    #[error("the ledger could not be read: {0}")]
    Ledger(String),
}

impl ExportError {
    /// An error of a format's library.
    pub(super) fn of(format: &'static str) -> impl Fn(&dyn std::fmt::Display) -> Self {
        move |why| Self::Format { format, why: why.to_string() }
    }
}
