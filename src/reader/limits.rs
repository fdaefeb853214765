//! What reading one file may take.

use std::time::Duration;

use crate::ingest::Bounds;

/// Memory, processor time and content of one file.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Memory beside what the program itself takes, bytes.
    pub memory: u64,
    /// Time on the processors, added up over all of them.
    pub processor: Duration,
    /// Most that is taken of the file.
    pub bounds: Bounds,
    /// What a person can do who needs more.
    pub more: &'static str,
}

/// By the clock, reading may last so many times its time on the processors: other programs want them too.
const SHARED: u32 = 3;
/// And so long in any case, for starting and slow disks.
const PATIENCE: Duration = Duration::from_secs(30);

impl Limits {
    /// For files that come over the network: `memory` in megabytes, `seconds` on the processors.
    pub fn upload(memory: u64, seconds: u64) -> Self {
        Self {
            memory: memory << 20,
            processor: Duration::from_secs(seconds),
            bounds: Bounds::UPLOAD,
            more: "split it, or have it imported on the server by the command `matbang import`, which may take more",
        }
    }

    /// For files that an operator names: `memory` in megabytes, `seconds` on the processors.
    pub fn command(memory: u64, seconds: u64) -> Self {
        Self {
            memory: memory << 20,
            processor: Duration::from_secs(seconds),
            bounds: Bounds::COMMAND,
            more: "split it, or allow more with --memory MB and --time SECONDS",
        }
    }

    /// How long reading may last by the clock.
    pub fn clock(&self) -> Duration {
        self.processor * SHARED + PATIENCE
    }
}
