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
mod parcel_history;
mod people;
mod shape;

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
/// [`UnitsError`] when the tables of units can't be read; they come with the program.
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

    #[test]
    fn what_is_told_is_lawful_but_for_a_few_in_a_hundred() {
        use std::collections::BTreeMap;

        use crate::domain::{
            Event, LedgerPosition, Record,
            law::{Act, CaseFile},
        };
        let (law, until) = (crate::domain::law(&[]).unwrap(), Day::parse("2026-11-24").unwrap());
        let province = small();
        let mut uses = Vec::new();
        let mut events: BTreeMap<u32, Vec<Event>> = BTreeMap::new();
        for (position, entry) in (1..).zip(&province.entries) {
            match entry {
                Entry::Listed { parcels, .. } => {
                    uses.extend(parcels.iter().map(|parcel| parcel.land_use.clone()));
                }
                Entry::Happened(body) => {
                    let own = events.entry(body.parcel.unwrap().0).or_default();
                    own.push(Event { position: LedgerPosition(position), body: body.clone() });
                }
            }
        }
        let (mut decided, mut against) = (0.0, 0.0);
        for (parcel, events) in &events {
            let record = Record::replay(None, events);
            let file = CaseFile {
                land: law.land_group(&uses[*parcel as usize - 1]),
                early: record.marks.early,
                resettles: record.marks.resettles(),
                ..CaseFile::new(record.days, &record.marks.facts)
            };
            let marks = law.marks(&file, until);
            if file.came(Act::RecoveryDecided, until) {
                decided += 1.0;
                let own = |mark: &&crate::domain::law::Mark| {
                    mark.act == Act::RecoveryDecided && law.is_unlawful(mark.code)
                };
                against += f64::from(u8::from(marks.iter().any(|mark| own(&mark))));
            }
        }
        assert!(decided > 200.0, "{decided}");
        let share = against / decided;
        assert!((0.01..0.2).contains(&share), "{share}");
    }
}
