//! Which parcels are meant, made ready for a pass over all of them.
//!
//! People say it by the parameters of an address or in CQL2; both become one
//! condition, of which `query` works out these tables.

use std::sync::Arc;

use super::facts::ParcelFacts;
use crate::{
    atlas::Snapshot,
    domain::{Day, Standing},
};

/// Which of some rows are meant, by index.
pub type Mask = Vec<bool>;

/// Parcels that were chosen, by index, rising.
pub type Selection = Vec<u32>;

/// The units in which parcels must lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Units {
    /// Which units are meant.
    pub meant: Mask,
    /// By parcel the unit in which it lies: on the day, or on the last day of a unit that is no more.
    pub lies_in: Arc<[u16]>,
}

impl Units {
    /// Whether a parcel lies there.
    fn hold(&self, parcel: u32) -> bool {
        self.meant[usize::from(self.lies_in[parcel as usize])]
    }
}

/// Conditions that all must hold, for one day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Projects; all when there is none.
    pub projects: Option<Mask>,
    /// Where it lies; anywhere when there is none.
    pub units: Option<Units>,
    /// Where a parcel stands on the day; anywhere when there is none.
    pub stages: Option<[bool; Standing::COUNT]>,
    /// Land uses, by their symbols; all when there is none.
    pub land_uses: Option<Mask>,
    /// Blocked on the day only.
    pub blocked: bool,
    /// Past a legal deadline on the day only.
    pub overdue: bool,
    /// Past the planned day only.
    pub late: bool,
    /// Only these parcels; all when there is none.
    pub among: Option<Selection>,
}

impl Filter {
    /// The parcels of a project, by its index.
    pub fn of_project(snapshot: &Snapshot, project: usize) -> Self {
        let projects = (0..snapshot.projects().len()).map(|index| index == project).collect();
        Self { projects: Some(projects), ..Self::default() }
    }

    /// The parcels that lie in a unit, by its index, or in one below it on `day`.
    pub fn in_unit(snapshot: &Snapshot, unit: usize, day: Day) -> Self {
        let (meant, lies_in) = snapshot.territory(unit, day);
        Self { units: Some(Units { meant, lies_in }), ..Self::default() }
    }

    /// The parcels of `snapshot` for which the filter holds on `day`.
    pub fn select(&self, snapshot: &Snapshot, day: Day) -> Selection {
        let (chooser, moment) = (self.chooser(snapshot), snapshot.law().moment(day));
        let state = self.stages.is_some() || self.blocked || self.overdue || self.late;
        let holds = |parcel: &u32| {
            chooser.may(*parcel)
                && if state {
                    ParcelFacts::of(snapshot, *parcel, moment).is_some_and(|facts| chooser.holds(&facts))
                } else {
                    snapshot.exists_on(*parcel, day)
                }
        };
        if let Some(among) = &self.among {
            return among.iter().copied().filter(holds).collect();
        }
        match self.only_project() {
            Some(project) => snapshot.projects()[project].parcels.iter().copied().filter(holds).collect(),
            None => (0..snapshot.parcels().len() as u32).filter(holds).collect(),
        }
    }

    /// The project that is meant, where it is just one.
    fn only_project(&self) -> Option<usize> {
        let mask = self.projects.as_ref()?;
        let mut meant = mask.iter().enumerate().filter_map(|(index, is)| is.then_some(index));
        meant.next().filter(|_| meant.next().is_none())
    }

    /// The filter made ready for one parcel after another.
    pub(super) fn chooser<'a>(&'a self, snapshot: &'a Snapshot) -> Chooser<'a> {
        Chooser { filter: self, snapshot }
    }
}

/// A filter with the snapshot that it is about.
#[derive(Debug)]
pub(super) struct Chooser<'a> {
    filter: &'a Filter,
    snapshot: &'a Snapshot,
}

impl Chooser<'_> {
    /// Whether what never changes of a parcel is let through.
    pub fn may(&self, parcel: u32) -> bool {
        let (filter, parcels) = (self.filter, self.snapshot.parcels());
        filter.projects.as_ref().is_none_or(|meant| meant[parcels.project(parcel)])
            && filter.units.as_ref().is_none_or(|units| units.hold(parcel))
            && filter.land_uses.as_ref().is_none_or(|meant| meant[parcels.land_use_symbol(parcel) as usize])
            && filter.among.as_ref().is_none_or(|among| among.binary_search(&parcel).is_ok())
    }

    /// Whether its state is.
    pub fn holds(&self, facts: &ParcelFacts) -> bool {
        let filter = self.filter;
        filter.stages.is_none_or(|meant| facts.stage.is_some_and(|stage| meant[stage.number()]))
            && (!filter.blocked || facts.blocked)
            && (!filter.overdue || facts.overdue)
            && (!filter.late || facts.late)
    }
}
