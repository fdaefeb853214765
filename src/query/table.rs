//! Parcels as rows of a table: chosen, in order, in groups with subtotals.

use super::{collection::Collection, column::Column, rows::Rows, sort, sort::Sort};
use crate::analysis::Figures;

/// Columns by which rows can be put together, and by which groups stand in order where it is not the same.
const GROUPS: [(&str, Option<&str>); 7] = [
    ("project", Some("project_name")),
    ("unit", Some("unit_name")),
    ("body", None),
    ("kind", None),
    ("use", None),
    ("stage", None),
    ("law", None),
];

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

/// How rows are put together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grouping {
    column: &'static Column,
    named: Option<&'static Column>,
}

impl Grouping {
    /// Names of all columns by which rows can be put together.
    pub fn names() -> Vec<&'static str> {
        GROUPS.iter().map(|(name, _)| *name).collect()
    }

    /// Reads the name of a column.
    ///
    /// # Errors
    /// Text for a person when nothing can be grouped by the column.
    pub fn parse(text: &str) -> Result<Self, String> {
        let names = || Self::names().join(", ");
        let found = GROUPS.into_iter().find(|(name, _)| *name == text);
        let (name, named) = found.ok_or_else(|| format!("\"{text}\" is not one of {}", names()))?;
        let column = column(name).ok_or_else(|| format!("\"{name}\" is no column"))?;
        Ok(Self { column, named: named.and_then(self::column) })
    }

    /// Code of the group that a parcel is in; empty where nothing is recorded.
    fn code(&self, rows: &Rows<'_>, parcel: u32) -> String {
        (self.column.read)(rows, parcel).to_string()
    }
}

fn column(name: &str) -> Option<&'static Column> {
    Collection::Parcels.columns().iter().find(|column| column.name == name)
}

/// The parcels `chosen`, sorted inside their groups; ids decide ties. O(n log n).
pub fn listing(rows: &Rows<'_>, mut chosen: Vec<u32>, sort: &Sort, group: Option<Grouping>) -> Listing {
    let grouping = group.map_or([None, None], |group| [group.named, Some(group.column)]);
    let grouping = grouping.into_iter().flatten().map(|column| sort::Key { column, falling: false });
    let all = Sort(grouping.chain(sort.0.iter().copied()).collect());
    all.head(rows, &mut chosen, usize::MAX);
    let sections = group.map(|group| sections(rows, &chosen, group)).unwrap_or_default();
    Listing { rows: chosen, sections }
}

fn sections(rows: &Rows<'_>, chosen: &[u32], group: Grouping) -> Vec<Section> {
    let read = |parcel: &u32| (group.column.read)(rows, *parcel);
    let mut offset = 0;
    let section = |part: &[u32]| {
        let mut parcels = part.to_vec();
        parcels.sort_unstable();
        let section = Section {
            code: group.code(rows, part[0]),
            offset,
            len: part.len(),
            figures: Figures::of(&rows.view.snapshot, &parcels, &[], rows.today),
        };
        offset += part.len();
        section
    };
    chosen.chunk_by(|a, b| read(a) == read(b)).map(section).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_that_groups_is_there() {
        for (name, named) in GROUPS {
            let group = Grouping::parse(name).unwrap();
            assert_eq!((group.column.name, group.named.map(|column| column.name)), (name, named));
        }
        assert!(Grouping::parse("holder").unwrap_err().contains("stage"));
    }
}
