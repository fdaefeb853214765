//! How far reading a file is.

use serde::{Deserialize, Serialize};

/// How far reading a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Features come out of the file.
    Reading {
        /// Features read.
        done: u64,
        /// Features in all, where the format tells before the end.
        of: Option<u64>,
    },
    /// All is read; texts, places and shapes are looked at.
    Checking {
        /// Features that were compared with the others.
        done: u64,
        /// Features in all, where they are compared.
        of: Option<u64>,
    },
}

/// Called as reading goes on.
pub type ReadProgress<'a> = &'a mut (dyn FnMut(Step) + Send);
