//! Sets of parcels by project, unit, clearance body or kind of project.

use crate::{
    atlas::Snapshot,
    domain::{Day, Level, ProjectKind},
};

/// What parcels are put together by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    /// Project.
    Project,
    /// Administrative unit of this level, as the units are on the day.
    Unit(Level),
    /// Clearance body.
    Body,
    /// Kind of project.
    Kind,
}

/// Parcels that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Code of the project, unit or kind, or the body's name; empty where none is recorded.
    pub code: String,
    /// Name; for a kind its code.
    pub name: String,
    /// The parcels, by index, rising.
    pub parcels: Vec<u32>,
    /// The projects, by index, that lie wholly in the group: their alignments count in it.
    pub projects: Vec<usize>,
}

/// The groups of `parcels` on `day` that are not empty, each parcel in exactly one, by code.
pub fn groups(snapshot: &Snapshot, parcels: &[u32], by: GroupBy, day: Day) -> Vec<Group> {
    let keys = Grouping::of(snapshot, by, day);
    let mut of = vec![Vec::new(); keys.names.len()];
    parcels.iter().for_each(|parcel| of[keys.row_of(snapshot, *parcel)].push(*parcel));
    let wholes = wholes(snapshot, parcels);
    let group = |(number, parcels): (usize, Vec<u32>)| {
        let (code, name) = keys.names[number].clone();
        let mut projects: Vec<usize> = parcels.iter().map(|p| snapshot.parcels().project(*p)).collect();
        projects.dedup();
        projects.sort_unstable();
        projects.dedup();
        // A unit cuts alignments into parts; the other groups take projects whole.
        projects.retain(|project| wholes[*project] && !matches!(by, GroupBy::Unit(_)));
        Group { code, name, parcels, projects }
    };
    let some = of.into_iter().enumerate().filter(|(_, parcels)| !parcels.is_empty());
    let mut groups: Vec<Group> = some.map(group).collect();
    groups.sort_by(|a, b| (&a.code, &a.name).cmp(&(&b.code, &b.name)));
    groups
}

/// Which projects have all their parcels among these.
pub fn wholes(snapshot: &Snapshot, parcels: &[u32]) -> Vec<bool> {
    let mut counts = vec![0; snapshot.projects().len()];
    parcels.iter().for_each(|parcel| counts[snapshot.parcels().project(*parcel)] += 1);
    let whole = |(entry, count): (&std::sync::Arc<crate::atlas::ProjectEntry>, usize)| {
        count > 0 && count == entry.parcels.len()
    };
    snapshot.projects().iter().zip(counts).map(whole).collect()
}

/// Which row each project or unit belongs to.
#[derive(Debug)]
pub struct Grouping {
    /// Code and name of each row.
    pub names: Vec<(String, String)>,
    /// By project or unit, the number of its row.
    rows: Vec<usize>,
    units: Option<std::sync::Arc<[u16]>>,
}

impl Grouping {
    /// Whether rows are units.
    pub fn is_by_unit(&self) -> bool {
        self.units.is_some()
    }

    /// The row of a project and unit.
    pub fn row(&self, project: usize, unit: usize) -> usize {
        self.rows[if self.units.is_some() { unit } else { project }]
    }

    /// The row of a parcel.
    pub fn row_of(&self, snapshot: &Snapshot, parcel: u32) -> usize {
        match &self.units {
            Some(units) => self.rows[usize::from(units[parcel as usize])],
            None => self.rows[snapshot.parcels().project(parcel)],
        }
    }
    /// The rows by `by` on `day`, those without parcels too.
    pub fn of(snapshot: &Snapshot, by: GroupBy, day: Day) -> Self {
        let mut names: Vec<(String, String)> = Vec::new();
        let mut number = |code: &str, name: &str| {
            let known = names.iter().position(|(c, n)| c == code && n == name);
            known.unwrap_or_else(|| {
                names.push((code.to_owned(), name.to_owned()));
                names.len() - 1
            })
        };
        let projects = snapshot.projects().iter().map(|entry| &entry.project);
        let rows = match by {
            GroupBy::Project => {
                projects.map(|project| number(project.code.as_str(), &project.name)).collect()
            }
            GroupBy::Body => {
                let body = |project: &crate::domain::Project| project.body.clone().unwrap_or_default();
                projects.map(|project| number(&body(project), &body(project))).collect()
            }
            GroupBy::Kind => {
                projects.map(|project: &crate::domain::Project| kind(project.kind, &mut number)).collect()
            }
            GroupBy::Unit(level) => {
                let unit = |index: usize| {
                    let unit = &snapshot.units()[snapshot.above(index, level, day)].unit;
                    number(unit.code.as_str(), &unit.name)
                };
                (0..snapshot.units().len()).map(unit).collect()
            }
        };
        let units = matches!(by, GroupBy::Unit(_)).then(|| snapshot.units_on(day));
        Self { names, rows, units }
    }
}

fn kind(kind: ProjectKind, number: &mut impl FnMut(&str, &str) -> usize) -> usize {
    number(kind.code(), kind.code())
}
