//! What is being done with a file that waits to be imported, told to who asks meanwhile.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ingest::Step;

/// What somebody asked for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Operation {
    /// Layers and columns.
    Outline,
    /// Reading and checking.
    Preview,
    /// Reading, checking and storing.
    Commit,
}

/// Where the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Phase {
    /// Others' files are read first.
    Waiting,
    Reading,
    Checking,
    Storing,
}

/// One piece of work; `done` and `of` are features.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Work {
    /// What somebody asked for.
    doing: Operation,
    /// Where the work is.
    step: Phase,
    /// Features read.
    done: u64,
    /// Features in all, where the format tells before the end.
    of: Option<u64>,
    /// When it began.
    #[serde(serialize_with = "written", deserialize_with = "read")]
    #[schemars(with = "String", extend("format" = "date-time"))]
    started_at: Timestamp,
}

/// What is being done with a file that waits.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct StagedWork {
    /// Null when nothing is done.
    pub work: Option<Work>,
}

fn written<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

fn read<'d, D: serde::Deserializer<'d>>(deserializer: D) -> Result<Timestamp, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

/// The latest work on one file, none when nothing is done.
#[derive(Debug, Default)]
pub struct Works(Mutex<(u64, Option<Work>)>);

impl Works {
    /// What is being done.
    pub fn now(&self) -> Option<Work> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1
    }
}

/// Tells other servers what is done now.
pub type Announce = Box<dyn Fn(Option<&Work>) + Send + Sync>;

/// Others are told how far reading is after so long.
const EVERY: Duration = Duration::from_millis(500);

/// Work that is told as long as this lives.
pub struct Tracker {
    works: Arc<Works>,
    number: u64,
    announce: Option<Announce>,
    /// When others were told last.
    last_sent: Mutex<Instant>,
}

impl Tracker {
    /// Begins to tell of work on a file, and to `announce` it to other servers where there are any.
    pub fn new(works: Arc<Works>, doing: Operation, announce: Option<Announce>) -> Self {
        let mut now = works.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = now.0 + 1;
        let started_at = Timestamp::now().round(jiff::Unit::Second).unwrap_or_else(|_| Timestamp::now());
        let work = Work { doing, step: Phase::Waiting, done: 0, of: None, started_at };
        *now = (number, Some(work));
        drop(now);
        if let Some(announce) = &announce {
            announce(Some(&work));
        }
        Self { works, number, announce, last_sent: Mutex::new(Instant::now()) }
    }

    /// The file is being read.
    pub fn reading(&self) {
        self.change(|work| work.step = Phase::Reading);
    }

    /// Reading is so far.
    pub fn at(&self, step: Step) {
        self.change(|work| match step {
            Step::Reading { done, of } => (work.step, work.done, work.of) = (Phase::Reading, done, of),
            // How many were read stays told: what is compared with the others is a part of it only.
            Step::Checking { .. } => work.step = Phase::Checking,
        });
    }

    /// So many records of so many are written.
    pub fn storing(&self, done: u64, of: u64) {
        self.change(|work| (work.step, work.done, work.of) = (Phase::Storing, done, Some(of)));
    }

    /// Later work on the same file is told instead.
    fn change(&self, change: impl FnOnce(&mut Work)) {
        let mut now = self.works.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let (number, Some(work)) = &mut *now
            && *number == self.number
        {
            let before = work.step;
            change(work);
            self.announce(work, before);
        }
    }

    fn announce(&self, work: &Work, before: Phase) {
        let Some(announce) = &self.announce else { return };
        let mut last_sent = self.last_sent.lock().unwrap_or_else(PoisonError::into_inner);
        if work.step != before || last_sent.elapsed() >= EVERY {
            *last_sent = Instant::now();
            announce(Some(work));
        }
    }
}

impl Drop for Tracker {
    fn drop(&mut self) {
        let mut now = self.works.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.0 == self.number {
            now.1 = None;
            if let Some(announce) = &self.announce {
                announce(None);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(works: &Works) -> serde_json::Value {
        serde_json::to_value(works.now()).unwrap()
    }

    #[test]
    fn the_latest_work_is_told_until_it_ends() {
        let works = Arc::<Works>::default();
        assert!(works.now().is_none());
        let first = Tracker::new(Arc::clone(&works), Operation::Preview, None);
        assert_eq!(shown(&works)["step"], "waiting");
        first.at(Step::Reading { done: 3000, of: Some(8000) });
        let now = shown(&works);
        assert_eq!((&now["doing"], &now["step"]), (&"preview".into(), &"reading".into()));
        assert_eq!((&now["done"], &now["of"]), (&3000.into(), &8000.into()));
        first.at(Step::Checking { done: 0, of: None });
        assert_eq!(shown(&works)["done"], 3000);
        first.at(Step::Checking { done: 500, of: Some(3000) });
        assert_eq!(shown(&works)["done"], 3000);
        let second = Tracker::new(Arc::clone(&works), Operation::Commit, None);
        first.at(Step::Reading { done: 8000, of: Some(8000) });
        drop(first);
        second.storing(10, 8000);
        assert_eq!((&shown(&works)["doing"], &shown(&works)["step"]), (&"commit".into(), &"storing".into()));
        assert_eq!((&shown(&works)["done"], &shown(&works)["of"]), (&10.into(), &8000.into()));
        drop(second);
        assert!(works.now().is_none());
    }
}
