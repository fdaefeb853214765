//! Why a file was not read, and whose fault that is.

use crate::ingest::IngestError;

/// A file that was not read. None of these is a fault of the program that asked.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file, or what was said of it: the reader's words.
    #[error("{words}")]
    File {
        /// One of [`IngestError::CODES`].
        code: &'static str,
        /// What is wrong, and what to do.
        words: String,
        /// The caller's words are at fault rather than the file.
        wrong_usage: bool,
    },
    /// The memory was used up.
    #[error("{file}: reading it takes more than {megabytes} MB of memory; {more}")]
    Memory {
        /// Path as given.
        file: String,
        /// What it may take.
        megabytes: u64,
        /// What to do.
        more: &'static str,
    },
    /// The time was used up.
    #[error("{file}: reading it takes longer than {seconds} s; {more}")]
    Time {
        /// Path as given.
        file: String,
        /// On the processors, or by the clock.
        seconds: u64,
        /// What to do.
        more: &'static str,
    },
    /// The reader died of it.
    #[error(
        "{file}: reading it failed ({how}); the file is damaged, or made to do harm: fetch it again from its source, or save it anew in another format"
    )]
    Died {
        /// Path as given.
        file: String,
        /// The signal or status, and its last words.
        how: String,
    },
    /// What came back is not an answer.
    #[error(
        "{file}: what came of reading it can't be right ({what}); the file is damaged, or made to do harm"
    )]
    Nonsense {
        /// Path as given.
        file: String,
        /// What is wrong with it.
        what: String,
    },
    /// The reader could not be started.
    #[error("no process can be started to read files in: {0}")]
    Start(String),
    /// Nobody waits for it any more.
    #[error("reading was given up, because nobody waits for it any more")]
    Left,
}

impl ReadError {
    /// A word for the kind of error, which a program can tell apart.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File { code, .. } => code,
            Self::Memory { .. } => "memory",
            Self::Time { .. } => "time",
            Self::Died { .. } => "died",
            Self::Nonsense { .. } => "nonsense",
            Self::Start(_) => "start",
            Self::Left => "left",
        }
    }

    /// Whether the caller's words are at fault rather than the file.
    pub fn is_wrong_usage(&self) -> bool {
        matches!(self, Self::File { wrong_usage: true, .. })
    }

    /// Whether the machine is at fault rather than the file.
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::Start(_))
    }
}

impl From<IngestError> for ReadError {
    fn from(error: IngestError) -> Self {
        Self::File { code: error.code(), words: error.to_string(), wrong_usage: error.is_wrong_usage() }
    }
}
