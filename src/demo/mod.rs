//! The illustrative province: real units of Hà Nam, invented everything else.
//!
//! ```text
//! units (data/units) ─► communes (invented boundaries) ─► projects ─► fabric (parcels) ─► history (events)
//! ```
//! Deterministic: the same seed, size and last day give the same province to
//! the byte. It knows nothing of the store: it gives records and events, and
//! whoever asks writes them. Unit codes, names and successions are facts;
//! boundaries, projects, parcels, people and events are made up.

mod catalogue;
mod communes;
mod fabric;
mod frame;
mod history;
mod people;
mod shape;
mod told;

use crate::domain::{AdminUnit, Day, NewEvent, Parcel, Project};

pub use communes::UnitsError;

/// What is to be made.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Number of parcels, exactly.
    pub parcels: usize,
    /// Seed of all chance.
    pub seed: u64,
    /// Last day of the ledger; it begins two years before.
    pub until: Day,
}

/// The made-up province.
#[derive(Debug)]
pub struct Province {
    /// Units before and after the reform of 1 July 2025.
    pub units: Vec<AdminUnit>,
    /// Projects.
    pub projects: Vec<Project>,
    /// What is recorded, in the order in which it was.
    pub entries: Vec<Entry>,
}

/// A step of the making of the ledger.
#[derive(Debug)]
pub enum Entry {
    /// A project's parcels come on its list.
    Listed {
        /// Day from which they are listed.
        day: Day,
        /// Milliseconds since 1970-01-01T00:00Z.
        recorded_at: i64,
        /// The parcels; in an empty store they get consecutive numbers from 1 over all entries.
        parcels: Vec<Parcel>,
    },
    /// Something happened.
    Happened(NewEvent),
}

/// Makes the province.
///
/// # Errors
/// Unit tables that can't be read; they come with the program.
pub fn province(options: Options) -> Result<Province, UnitsError> {
    let units = communes::units()?;
    let mut works = catalogue::works(options, &units);
    let parcels = fabric::parcels(options, &mut works, &units);
    let (projects, entries) = history::ledger(options, works, parcels);
    Ok(Province { units, projects, entries })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Province {
        let until = Day::parse("2026-11-24").unwrap();
        province(Options { parcels: 600, seed: 1, until }).unwrap()
    }

    #[test]
    fn the_same_seed_gives_the_same_province() {
        assert_eq!(format!("{:?}", small()), format!("{:?}", small()));
    }

    #[test]
    fn it_has_exactly_the_parcels_asked_for_and_all_real_units() {
        let province = small();
        let listed = |entry: &Entry| match entry {
            Entry::Listed { parcels, .. } => parcels.len(),
            Entry::Happened(_) => 0,
        };
        assert_eq!(province.entries.iter().map(listed).sum::<usize>(), 600);
        assert_eq!(province.units.len(), 105 + 34);
    }
}
