//! Parcels as rows of a table: in any order, in groups with subtotals.
//!
//! Sorting works on keys made once per parcel; what is shown of the rows is
//! the caller's business.

use std::cmp::Ordering;

use super::{Figures, Filter, mark_codes};
use crate::{
    atlas::Snapshot,
    domain::{Day, Standing},
};

/// What rows can be sorted and grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Name of the project.
    Project,
    /// Name of the commune.
    Unit,
    /// Name of the clearance body.
    Body,
    /// Kind of the project.
    Kind,
    /// Sheet number, by its value where it is a number.
    Sheet,
    /// Parcel number, by its value where it is a number.
    Parcel,
    /// Land-use code.
    Use,
    /// Recovered area, m².
    Area,
    /// Stage, by number.
    Stage,
    /// Day on which that stage was reached.
    StageDay,
    /// Planned day of handover.
    PlannedDay,
    /// Last day in time of the legal deadline that runs.
    DueDay,
    /// Blocked or not.
    Blocked,
    /// Number of marks of the law.
    Marks,
}

impl Column {
    /// All columns, in the order of lists.
    pub const ALL: [Self; 14] = [
        Self::Project,
        Self::Unit,
        Self::Body,
        Self::Kind,
        Self::Sheet,
        Self::Parcel,
        Self::Use,
        Self::Area,
        Self::Stage,
        Self::StageDay,
        Self::PlannedDay,
        Self::DueDay,
        Self::Blocked,
        Self::Marks,
    ];

    /// Its name in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Unit => "unit",
            Self::Body => "body",
            Self::Kind => "kind",
            Self::Sheet => "sheet",
            Self::Parcel => "parcel",
            Self::Use => "use",
            Self::Area => "area",
            Self::Stage => "stage",
            Self::StageDay => "stage_day",
            Self::PlannedDay => "planned_day",
            Self::DueDay => "due_day",
            Self::Blocked => "blocked",
            Self::Marks => "marks",
        }
    }

    /// The column with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == name)
    }

    /// Whether rows can be put together by it.
    pub fn groups(self) -> bool {
        matches!(self, Self::Project | Self::Unit | Self::Body | Self::Kind | Self::Use | Self::Stage)
    }
}

/// A column, rising or falling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// Column.
    pub column: Column,
    /// Largest first.
    pub falling: bool,
}

/// Rows that belong together, with their figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Code of what they have in common; a body's name; empty where none is recorded.
    pub code: String,
    /// Number of rows before it.
    pub offset: usize,
    /// Number of its rows.
    pub len: usize,
    /// Its subtotals.
    pub figures: Figures,
}

/// Rows in their order, and the sections if they are grouped.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// Parcels, by index.
    pub rows: Vec<u32>,
    /// Sections in the order of the rows; empty without grouping.
    pub sections: Vec<Section>,
}

/// A key to sort by: numbers by value, texts by their folded form, then as written.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
enum Key {
    Number(f64),
    Text(String),
    /// Comes last, whichever way the column runs.
    Missing,
}

/// The parcels that `filter` lets through on `day`, sorted by `sorts` (the
/// first counts most, ids decide ties) inside the groups of `group`.
/// O(n log n).
pub fn listing(
    snapshot: &Snapshot,
    filter: &Filter,
    day: Day,
    sorts: &[Sort],
    group: Option<Column>,
    fold: &dyn Fn(&str) -> String,
) -> Listing {
    let chosen = filter.select(snapshot, day);
    let grouping = group.map(|column| Sort { column, falling: false });
    let all: Vec<Sort> = grouping.into_iter().chain(sorts.iter().copied()).collect();
    let keys = Keys::new(snapshot, day, fold);
    let rows = sorted(&keys, chosen, &all);
    let sections = group.map(|column| sections(&keys, &rows, column)).unwrap_or_default();
    Listing { rows, sections }
}

fn sorted(keys: &Keys<'_>, chosen: Vec<u32>, sorts: &[Sort]) -> Vec<u32> {
    if sorts.is_empty() {
        return chosen;
    }
    let row =
        |parcel: u32| (sorts.iter().map(|sort| keys.of(parcel, sort.column)).collect::<Vec<_>>(), parcel);
    let mut rows: Vec<(Vec<Key>, u32)> = chosen.into_iter().map(row).collect();
    rows.sort_by(|a, b| {
        let pairs = a.0.iter().zip(&b.0).zip(sorts);
        let decided = pairs.map(|((a, b), sort)| compare(a, b, sort.falling)).find(|order| order.is_ne());
        decided.unwrap_or(Ordering::Equal).then(a.1.cmp(&b.1))
    });
    rows.into_iter().map(|(_, parcel)| parcel).collect()
}

fn compare(a: &Key, b: &Key, falling: bool) -> Ordering {
    let order = a.partial_cmp(b).unwrap_or(Ordering::Equal);
    let either_missing = matches!(a, Key::Missing) || matches!(b, Key::Missing);
    if falling && !either_missing { order.reverse() } else { order }
}

fn sections(keys: &Keys<'_>, rows: &[u32], column: Column) -> Vec<Section> {
    let mut offset = 0;
    let same = rows.chunk_by(|a, b| keys.code(*a, column) == keys.code(*b, column));
    let section = |rows: &[u32]| {
        let mut parcels = rows.to_vec();
        parcels.sort_unstable();
        let section = Section {
            code: keys.code(rows[0], column).to_owned(),
            offset,
            len: rows.len(),
            figures: Figures::of(keys.snapshot, &parcels, &[], keys.day),
        };
        offset += rows.len();
        section
    };
    same.map(section).collect()
}

/// Makes keys; names are folded once.
struct Keys<'a> {
    snapshot: &'a Snapshot,
    day: Day,
    lies_in: std::sync::Arc<[u16]>,
    projects: Vec<String>,
    units: Vec<String>,
    bodies: Vec<String>,
}

impl<'a> Keys<'a> {
    fn new(snapshot: &'a Snapshot, day: Day, fold: &dyn Fn(&str) -> String) -> Self {
        // The code behind the name keeps groups of the same name apart.
        let named = |name: &str, code: &str| format!("{} {code}", fold(name));
        let projects = snapshot.projects().iter().map(|entry| &entry.project);
        Self {
            snapshot,
            day,
            lies_in: snapshot.units_on(day),
            projects: projects.clone().map(|p| named(&p.name, p.code.as_str())).collect(),
            units: snapshot.units().iter().map(|u| named(&u.unit.name, u.unit.code.as_str())).collect(),
            bodies: projects
                .map(|p| p.body.as_deref().map_or_else(String::new, |body| named(body, body)))
                .collect(),
        }
    }

    fn of(&self, parcel: u32, column: Column) -> Key {
        let (snapshot, columns, day) = (self.snapshot, self.snapshot.parcels(), self.day);
        let on = |day: Option<Day>| day.map_or(Key::Missing, |day| Key::Number(f64::from(day.number())));
        match column {
            Column::Project => Key::Text(self.projects[columns.project(parcel)].clone()),
            Column::Unit => Key::Text(self.units[usize::from(self.lies_in[parcel as usize])].clone()),
            Column::Body => text(&self.bodies[columns.project(parcel)]),
            Column::Kind => text(self.code(parcel, Column::Kind)),
            Column::Sheet => number(columns.sheet(parcel)),
            Column::Parcel => number(columns.number(parcel)),
            Column::Use => text(columns.land_use(parcel)),
            Column::Area => Key::Number(columns.recovered(parcel).get()),
            Column::Stage => {
                let stage = snapshot.stage_on(parcel, day);
                stage.map_or(Key::Missing, |stage| Key::Number(stage.number() as f64))
            }
            Column::StageDay => {
                on(snapshot.stage_on(parcel, day).and_then(|s| s.since(snapshot.days(parcel))))
            }
            Column::PlannedDay => on(snapshot.planned_day(parcel)),
            Column::DueDay => on(snapshot.pressing(parcel, snapshot.law().moment(day)).map(|term| term.due)),
            Column::Blocked => Key::Number(f64::from(u8::from(snapshot.blocked_on(parcel, day)))),
            Column::Marks => match mark_codes(snapshot, parcel, day).len() {
                0 => Key::Missing,
                marks => Key::Number(marks as f64),
            },
        }
    }

    /// The code of the group that a parcel is in.
    fn code(&self, parcel: u32, column: Column) -> &str {
        let columns = self.snapshot.parcels();
        let project = &self.snapshot.parcel(parcel).project().project;
        match column {
            Column::Project => project.code.as_str(),
            Column::Unit => {
                self.snapshot.units()[usize::from(self.lies_in[parcel as usize])].unit.code.as_str()
            }
            Column::Body => project.body.as_deref().unwrap_or_default(),
            Column::Kind => project.kind.code(),
            Column::Use => columns.land_use(parcel),
            Column::Stage => self.snapshot.stage_on(parcel, self.day).map_or("", Standing::code),
            _ => "",
        }
    }
}

fn text(text: &str) -> Key {
    if text.is_empty() { Key::Missing } else { Key::Text(text.to_owned()) }
}

/// Numbers before what only looks like one ("12" before "12a").
fn number(text: &str) -> Key {
    text.parse::<u32>().map_or_else(|_| Key::Text(text.to_owned()), |number| Key::Number(f64::from(number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_sort_by_value_and_before_texts_and_what_is_missing_comes_last() {
        let rising = |a: &Key, b: &Key| compare(a, b, false);
        assert!(rising(&number("9"), &number("12")).is_lt());
        assert!(rising(&number("12"), &number("12a")).is_lt());
        assert!(rising(&Key::Missing, &number("12a")).is_gt());
        assert!(compare(&number("9"), &number("12"), true).is_gt());
        assert!(compare(&Key::Missing, &number("12"), true).is_gt());
    }

    #[test]
    fn every_column_is_found_by_its_name() {
        for column in Column::ALL {
            assert_eq!(Column::from_name(column.name()), Some(column));
        }
        assert_eq!(Column::from_name("holder"), None);
    }
}
