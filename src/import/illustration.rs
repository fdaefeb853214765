//! The illustrative province on its way into an empty store.

use crate::{
    demo::{Entry, Options, Province, UnitsError, province},
    domain::{Day, NewEvent},
    store::{self, StoreError, Transaction},
};

/// Ledger entries that are written at once.
const AT_ONCE: usize = 4096;

/// A made-up province that is to be written.
#[derive(Debug)]
pub struct Illustration {
    made: Province,
    until: Day,
}

impl Illustration {
    /// Makes it with about `parcels` parcels and two years of ledger, which end with `until`.
    ///
    /// # Errors
    /// [`UnitsError`] when the tables of units can't be read; they come with the program.
    pub fn make(parcels: usize, seed: u64, until: Day) -> Result<Self, UnitsError> {
        Ok(Self { made: province(Options { parcels, seed, until })?, until })
    }

    /// Units, projects and parcels.
    pub fn counts(&self) -> (usize, usize, usize) {
        (self.made.units.len(), self.made.projects.len(), self.made.parcels())
    }

    /// Writes all of it; `progress` hears how many ledger entries of how many are done.
    ///
    /// # Errors
    /// [`StoreError`] when the store refuses a row or can't be written; then the change must not be committed.
    pub fn write(
        self,
        change: &mut dyn Transaction,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), StoreError> {
        let Self { made, until } = self;
        let opening = until.plus(-730);
        let entry = |source: &str, day: Day, recorded_at: i64| store::Entry {
            source: source.to_owned(),
            author: "minh-hoa".to_owned(),
            recorded_at,
            day,
            units_on: until,
        };
        let opened = i64::from(opening.number()) * 86_400_000;
        let total = made.entries.len() as u64;
        change.set("illustration", "true")?;
        change.set("province", "Hà Nam")?;
        change.units(&entry("data/units", opening, opened), &made.units)?;
        change.projects(&entry("demo", opening, opened), &made.projects)?;
        let mut waiting: Vec<NewEvent> = Vec::new();
        for (done, step) in (1..).zip(made.entries) {
            match step {
                Entry::Happened(event) => waiting.push(event),
                Entry::Listed { day, recorded_at, parcels } => {
                    flush(change, &mut waiting)?;
                    change.parcels(&entry("demo", day, recorded_at), &parcels)?;
                }
            }
            if waiting.len() >= AT_ONCE {
                flush(change, &mut waiting)?;
                progress(done, total);
            }
        }
        flush(change, &mut waiting)
    }
}

fn flush(change: &mut dyn Transaction, waiting: &mut Vec<NewEvent>) -> Result<(), StoreError> {
    change.append(waiting)?;
    waiting.clear();
    Ok(())
}
