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

/// Land beside what parcels should need, in times, at which the province is full.
const MOST_ROOM: f64 = 4.0;

/// What is to be made.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Number of parcels; fewer are made only of more than the province has room for.
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

impl Province {
    /// Number of its parcels.
    pub fn parcels(&self) -> usize {
        let listed =
            |entry: &Entry| if let Entry::Listed { parcels, .. } = entry { parcels.len() } else { 0 };
        self.entries.iter().map(listed).sum()
    }
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
    let (mut works, pieces) = enough(options.parcels, |room| {
        let works = catalogue::works(options, room, &units);
        let pieces = fabric::pieces(options, &works);
        let made = pieces.iter().map(Vec::len).sum();
        ((works, pieces), made)
    });
    let parcels = fabric::parcels(options, &mut works, pieces, &units);
    let (projects, entries) = history::ledger(options, works, parcels);
    Ok(Province { units, projects, entries })
}

/// What `make` makes of land for so many times the parcels asked for, with its number of them: a tenth too many first
/// (chance then leaves out what is over), more where they fall short. Large projects reach into each other and over the
/// province's edge, where nothing more comes of them.
fn enough<T>(asked: usize, mut make: impl FnMut(f64) -> (T, usize)) -> T {
    let mut room = 1.1;
    loop {
        let (made, number) = make(room);
        if number >= asked || room > MOST_ROOM {
            return made;
        }
        room *= 1.1 * asked as f64 / number.max(1) as f64;
    }
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
        assert_eq!(province.parcels(), 600);
        assert_eq!(province.units.len(), 105 + 34);
    }

    #[test]
    fn where_parcels_fall_short_land_is_made_larger_until_the_province_is_full() {
        // Of twice the land come half as many parcels more.
        let made = |room: f64| (100_000.0 * room.sqrt() * 0.88) as usize;
        let mut rooms = Vec::new();
        let number = enough(100_000, |room| {
            rooms.push(room);
            (made(room), made(room))
        });
        assert!(made(1.1) < 100_000 && number >= 100_000 && rooms.len() == 2, "{rooms:?}: {number}");
        assert_eq!(enough(100, |_| (50, 50)), 50, "a full province ends it");
        let mut once = 0;
        enough(600, |_| {
            ((), {
                once += 1;
                660
            })
        });
        assert_eq!(once, 1);
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
