//! Which parcels are meant.

use crate::{
    atlas::Snapshot,
    domain::{Day, ProjectKind, Stage},
};

/// Conditions that all must hold; inside a list, one of them. Projects and
/// units are indexes of the snapshot, land uses symbols of its parcels.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a condition of its own")]
pub struct Filter {
    /// Projects; all when empty.
    pub projects: Vec<usize>,
    /// Commune, or district or province with all below it.
    pub unit: Option<usize>,
    /// Kind of project.
    pub kind: Option<ProjectKind>,
    /// Clearance body.
    pub body: Option<String>,
    /// Key projects only.
    pub key: bool,
    /// Stages on the day.
    pub stages: Vec<Stage>,
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
        let projects = self.projects(snapshot);
        let units = self.unit.map(|unit| units_within(snapshot, unit));
        let parcels = snapshot.parcels();
        let holds = |parcel: &u32| {
            let parcel = *parcel;
            snapshot.exists_on(parcel, day)
                && projects[parcels.project(parcel)]
                && units.as_ref().is_none_or(|units| units[parcels.unit(parcel)])
                && (self.land_uses.is_empty() || self.land_uses.contains(&parcels.land_use_symbol(parcel)))
                && (self.stages.is_empty()
                    || snapshot.stage_on(parcel, day).is_some_and(|stage| self.stages.contains(&stage)))
                && (!self.blocked || snapshot.blocked_on(parcel, day))
                && (!self.overdue || snapshot.overdue_on(parcel, day))
                && (!self.late || snapshot.late_on(parcel, day))
        };
        if let Some(among) = &self.among {
            return among.iter().copied().filter(holds).collect();
        }
        match self.projects[..] {
            [project] => snapshot.projects()[project].parcels.iter().copied().filter(holds).collect(),
            _ => (0..parcels.len() as u32).filter(holds).collect(),
        }
    }

    /// Which projects of the snapshot the filter lets through.
    pub fn projects(&self, snapshot: &Snapshot) -> Vec<bool> {
        let through = |(index, entry): (usize, &crate::atlas::ProjectEntry)| {
            let project = &entry.project;
            (self.projects.is_empty() || self.projects.contains(&index))
                && self.kind.is_none_or(|kind| kind == project.kind)
                && self.body.as_ref().is_none_or(|body| project.body.as_ref() == Some(body))
                && (!self.key || project.key)
        };
        snapshot.projects().iter().enumerate().map(through).collect()
    }
}

/// The unit itself and, by parent codes of the same time, all units below it.
fn units_within(snapshot: &Snapshot, top: usize) -> Vec<bool> {
    let units = snapshot.units();
    let mut within = vec![false; units.len()];
    within[top] = true;
    // Three levels: two rounds reach the lowest.
    for _ in 0..2 {
        for index in 0..units.len() {
            let unit = &units[index].unit;
            let below = |(above, inside): (usize, &bool)| {
                let parent = &units[above].unit;
                *inside
                    && unit.parent.as_ref() == Some(&parent.code)
                    && parent.level < unit.level
                    && unit.valid_from == parent.valid_from
            };
            if within.iter().enumerate().any(below) {
                within[index] = true;
            }
        }
    }
    within
}
