//! A program of the operator's that looks at files before anything else does: it is given the path of one, and says by
//! its exit status whether it is clean. It knows nothing of what the file is for.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use tokio::sync::Semaphore;

use super::problem::Problem;

/// Files that are looked at at once.
const AT_ONCE: usize = 2;
/// Letters of what the program says that are passed on.
const SHOWN: usize = 200;

/// The program.
#[derive(Debug, Clone)]
pub struct Scanner {
    program: PathBuf,
    time: Duration,
    permits: Arc<Semaphore>,
}

impl Scanner {
    /// A program that is given so much time for a file.
    pub fn new(program: PathBuf, time: Duration) -> Self {
        Self { program, time, permits: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Has a file looked at.
    ///
    /// # Errors
    /// 422 where the program refuses it, with the first line of what it says; 503 where it fails or takes too long.
    pub async fn look(&self, file: &Path) -> Result<(), Problem> {
        let failed = |error: &dyn std::fmt::Display| {
            tracing::error!(%error, program = %self.program.display(), "a file could not be scanned and is not taken");
            Problem::no_scan()
        };
        let asked = tokio::time::timeout(self.time, self.permits.acquire()).await;
        let Ok(Ok(_permit)) = asked else { return Err(Problem::busy_reading()) };
        let mut command = tokio::process::Command::new(&self.program);
        command
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let ran = tokio::time::timeout(self.time, command.output()).await;
        let done = ran.map_err(|_| failed(&"it took too long"))?.map_err(|error| failed(&error))?;
        match done.status.code() {
            Some(0) => Ok(()),
            Some(1) => {
                let answer = String::from_utf8_lossy(&done.stdout);
                let answer: String = answer.lines().next().unwrap_or_default().chars().take(SHOWN).collect();
                // The folder is nobody's business.
                let answer = answer.replace(&*file.to_string_lossy(), "the file");
                tracing::warn!(answer, "the scanner refused a file");
                Err(Problem::unreadable("scanner", format!("the scanner refuses the file: {answer}")))
            }
            _ => Err(failed(&done.status)),
        }
    }
}
