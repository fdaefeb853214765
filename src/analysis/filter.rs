//! Which parcels are meant.

use std::sync::Arc;

use super::sums::ParcelFacts;
use crate::{
    atlas::Snapshot,
    domain::{Day, ProjectKind, Standing},
};

/// Conditions that all must hold; inside a list, one of them. Projects and
/// units are indexes of the snapshot, land uses symbols of its parcels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a condition of its own")]
pub struct Filter {
    /// Projects; all when empty.
    pub projects: Vec<usize>,
    /// Units, each with all below it, as on the day; all when empty.
    pub units: Vec<usize>,
    /// Kind of project.
    pub kind: Option<ProjectKind>,
    /// Clearance body.
    pub body: Option<String>,
    /// Key projects only.
    pub key: bool,
    /// Where they stand on the day.
    pub stages: Vec<Standing>,
    /// Land uses.
    pub land_uses: Vec<u32>,
    /// Blocked on the day only.
    pub blocked: bool,
    /// Past a legal deadline on the day only.
    pub overdue: bool,
    /// Past the planned day only.
    pub late: bool,
    /// Only these parcels, indexes rising; all when there is none.
    pub among: Option<Selection>,
}

/// Parcels that were chosen, by index, rising.
pub type Selection = Vec<u32>;

impl Filter {
    /// The parcels of `snapshot` for which the filter holds on `day`.
    pub fn select(&self, snapshot: &Snapshot, day: Day) -> Selection {
        let (chooser, moment) = (self.chooser(snapshot, day), snapshot.law().moment(day));
        let state = !self.stages.is_empty() || self.blocked || self.overdue || self.late;
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
        match self.projects[..] {
            [project] => snapshot.projects()[project].parcels.iter().copied().filter(holds).collect(),
            _ => (0..snapshot.parcels().len() as u32).filter(holds).collect(),
        }
    }

    /// The filter made ready for one parcel after another.
    pub(super) fn chooser<'a>(&'a self, snapshot: &'a Snapshot, day: Day) -> Chooser<'a> {
        let territories = self.units.iter().map(|unit| snapshot.territory(*unit, day));
        let units = territories.reduce(|(mut meant, of), (more, _)| {
            meant.iter_mut().zip(more).for_each(|(is, too)| *is |= too);
            (meant, of)
        });
        Chooser { filter: self, snapshot, projects: self.projects(snapshot), units }
    }

    /// Which projects of the snapshot the filter lets through.
    pub fn projects(&self, snapshot: &Snapshot) -> Vec<bool> {
        let through = |(index, entry): (usize, &Arc<crate::atlas::ProjectEntry>)| {
            let project = &entry.project;
            (self.projects.is_empty() || self.projects.contains(&index))
                && self.kind.is_none_or(|kind| kind == project.kind)
                && self.body.as_ref().is_none_or(|body| project.body.as_ref() == Some(body))
                && (!self.key || project.key)
        };
        snapshot.projects().iter().enumerate().map(through).collect()
    }
}

/// A filter with what it needs to know of the snapshot.
#[derive(Debug)]
pub(super) struct Chooser<'a> {
    filter: &'a Filter,
    snapshot: &'a Snapshot,
    projects: Vec<bool>,
    /// Which units are meant, and in which each parcel lies on the day.
    units: Option<(Vec<bool>, Arc<[u16]>)>,
}

impl Chooser<'_> {
    /// Whether what never changes of a parcel is let through.
    pub fn may(&self, parcel: u32) -> bool {
        let (filter, parcels) = (self.filter, self.snapshot.parcels());
        self.projects[parcels.project(parcel)]
            && self.units.as_ref().is_none_or(|(meant, of)| meant[usize::from(of[parcel as usize])])
            && (filter.land_uses.is_empty() || filter.land_uses.contains(&parcels.land_use_symbol(parcel)))
            && filter.among.as_ref().is_none_or(|among| among.binary_search(&parcel).is_ok())
    }

    /// Whether its state is.
    pub fn holds(&self, facts: &ParcelFacts) -> bool {
        let filter = self.filter;
        (filter.stages.is_empty() || facts.stage.is_some_and(|stage| filter.stages.contains(&stage)))
            && (!filter.blocked || facts.blocked)
            && (!filter.overdue || facts.overdue)
            && (!filter.late || facts.late)
    }
}
