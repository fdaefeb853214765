//! Changes of accounts that this server did not make: those of the command line and of other servers are in the security
//! log of each server that sees them.

use std::collections::VecDeque;

use super::log;
use crate::store::Directory;

/// Changes of its own that it remembers: more than come between two looks.
const OWN: usize = 256;

/// What was told to the log.
pub struct Journal {
    /// Number of the last change that was seen.
    seen: u64,
    /// What this server has changed itself: when, who, what.
    own: VecDeque<(i64, String, String)>,
}

impl Journal {
    /// Begins after what was changed before.
    pub fn after(directory: &Directory) -> Self {
        Self { seen: newest(directory), own: VecDeque::new() }
    }

    /// This server is about to change something: it tells of that itself.
    pub fn own(&mut self, at: i64, author: &str, what: &str) {
        self.own.truncate(OWN - 1);
        self.own.push_front((at, author.to_owned(), what.to_owned()));
    }

    /// Tells the log of what others have changed since the last time, oldest first.
    pub fn log_changes(&mut self, directory: &Directory) {
        for change in directory.changes.iter().rev().filter(|change| change.id > self.seen) {
            let is_own = |(at, author, what): &(i64, String, String)| {
                (*at, author, what) == (change.at, &change.author, &change.what)
            };
            if !self.own.iter().any(is_own) {
                let account = directory.account_of(&change.what, change.account);
                let account = account.map_or("", |account| &account.name);
                log::changed(&change.author, account, &change.what, None);
            }
        }
        self.seen = self.seen.max(newest(directory));
    }
}

fn newest(directory: &Directory) -> u64 {
    directory.changes.first().map_or(0, |change| change.id)
}
