//! Which column of a file feeds which field.
//!
//! Fields have default names, Vietnamese first, compared without case, marks
//! and separators; the ten characters that a DBF leaves of a name are enough.
//! What the caller maps comes before any default.

use std::collections::BTreeMap;

use super::error::IngestError;
use super::fold::fold;
use super::options::{Mapping, Origin, Target};
use super::source::{ColumnKind, Source, SourceColumn, SourceRow};

/// Names in a DBF end after so many characters.
const DBF_NAME: usize = 10;
/// Letters of a name that was cut by which it is still known.
const FEWEST: usize = 4;

/// A field of a record and the names its column may have.
#[derive(Debug)]
pub struct Field {
    /// Name in `--map`, reports and messages.
    pub name: &'static str,
    /// Every record needs it.
    pub required: bool,
    /// Personal data: its values are never shown.
    pub personal: bool,
    /// Default names of its column, best first.
    pub names: &'static [&'static str],
}

impl Field {
    /// A field that every record needs.
    pub const fn required(name: &'static str, names: &'static [&'static str]) -> Self {
        Self { name, required: true, personal: false, names }
    }

    /// A field that a record may lack.
    pub const fn optional(name: &'static str, names: &'static [&'static str]) -> Self {
        Self { name, required: false, personal: false, names }
    }
}

/// Where each field's value comes from, by position in the list of fields.
#[derive(Debug)]
pub struct Binding {
    fields: &'static [Field],
    origins: Vec<Option<Bound>>,
    /// Kinds of the file's columns.
    kinds: Vec<ColumnKind>,
    /// Indices of the columns to read.
    pub read: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Bound {
    /// Position in [`Binding::read`].
    Cell(usize),
    Constant(String),
}

impl Binding {
    /// Finds the columns of `fields`. `given` are fields that the caller
    /// provides otherwise: their columns are not looked for.
    ///
    /// # Errors
    /// A mapping to an unknown field or column; a required field without a column.
    pub fn new(
        target: Target,
        fields: &'static [Field],
        source: &Source,
        mapping: &Mapping,
        given: &[&str],
    ) -> Result<Self, IngestError> {
        check_names(target, fields, mapping)?;
        let kinds = source.columns.iter().map(|column| column.kind).collect();
        let mut binding = Self { fields, origins: vec![None; fields.len()], kinds, read: Vec::new() };
        let mut taken = Vec::new();
        for (position, field) in fields.iter().enumerate() {
            match mapping.get(field.name) {
                Some(Origin::Constant(text)) => {
                    binding.origins[position] = Some(Bound::Constant(text.clone()));
                }
                Some(Origin::Column(name)) => {
                    let column =
                        column_named(source, name).ok_or_else(|| unknown_column(source, field.name, name))?;
                    binding.bind(position, column);
                    taken.push(column);
                }
                None => {}
            }
        }
        for (position, field) in fields.iter().enumerate() {
            if binding.origins[position].is_none()
                && !given.contains(&field.name)
                && let Some(column) = default_column(field, &source.columns, &taken)
            {
                binding.bind(position, column);
                taken.push(column);
            }
        }
        Ok(binding)
    }

    fn bind(&mut self, position: usize, column: usize) {
        self.origins[position] = Some(Bound::Cell(self.read.len()));
        self.read.push(column);
    }

    /// Reads one more column and returns its position among the cells.
    pub fn also_read(&mut self, column: usize) -> usize {
        self.read.push(column);
        self.read.len() - 1
    }

    /// Feeds the fields of these names, unless they have an origin already,
    /// from cells that are added after those read.
    pub fn add_cells(&mut self, names: &[&str]) {
        for (added, name) in names.iter().enumerate() {
            let position = self.fields.iter().position(|field| field.name == *name);
            if let Some(position) = position.filter(|p| self.origins[*p].is_none()) {
                self.origins[position] = Some(Bound::Cell(self.read.len() + added));
            }
        }
    }

    /// Fails if a required field has no origin and is not `given` otherwise.
    ///
    /// # Errors
    /// The first such field, with the columns that there are.
    pub fn check_required(&self, source: &Source, given: &[&str]) -> Result<(), IngestError> {
        let missing = self
            .fields
            .iter()
            .zip(&self.origins)
            .find(|(field, origin)| field.required && origin.is_none() && !given.contains(&field.name));
        missing.map_or(Ok(()), |(field, _)| {
            Err(IngestError::MissingField {
                file: source.file.clone(),
                field: field.name,
                columns: source.column_names(),
                hint: match field.name {
                    "project" => ", or give the project with --project CODE",
                    "unit" => ", or give one commune for all with --map unit=#CODE, or import the communes' boundaries with `matbang import units`, by which parcels are then placed",
                    _ => "",
                },
            })
        })
    }

    /// The value of the field at `position`.
    pub fn value<'a>(&'a self, row: &'a SourceRow, position: usize) -> Option<&'a str> {
        match self.origins[position].as_ref()? {
            Bound::Cell(cell) => row.cells[*cell].as_deref(),
            Bound::Constant(text) => Some(text),
        }
    }

    /// The field at `position`.
    pub fn field(&self, position: usize) -> &'static Field {
        &self.fields[position]
    }

    /// Whether the file keeps the field at `position` as numbers, not as texts.
    pub fn is_number(&self, position: usize) -> bool {
        let Some(Bound::Cell(cell)) = &self.origins[position] else { return false };
        let kind = self.read.get(*cell).and_then(|column| self.kinds.get(*column));
        matches!(kind, Some(ColumnKind::Integer | ColumnKind::Real))
    }

    /// Whether all fields come from the same columns, and from numbers or texts alike.
    pub fn is_same(&self, other: &Self) -> bool {
        let numbers =
            |binding: &Self| (0..self.fields.len()).map(|p| binding.is_number(p)).collect::<Vec<_>>();
        self.origins == other.origins && self.read == other.read && numbers(self) == numbers(other)
    }

    /// Whether the cell at `cell` feeds a field that may be shown.
    pub fn is_public(&self, cell: usize) -> bool {
        let bound = |origin: &Option<Bound>| matches!(origin, Some(Bound::Cell(c)) if *c == cell);
        self.fields.iter().zip(&self.origins).any(|(field, origin)| !field.personal && bound(origin))
    }

    /// Field → column or `#constant`, for the report.
    pub fn describe(&self, columns: &[SourceColumn]) -> BTreeMap<String, String> {
        let origin = |bound: &Bound| match bound {
            Bound::Cell(cell) => match self.read.get(*cell) {
                Some(column) => columns[*column].name.clone(),
                None => "texts inside the parcel".to_owned(),
            },
            Bound::Constant(text) => format!("#{text}"),
        };
        let pairs = self.fields.iter().zip(&self.origins);
        pairs.filter_map(|(f, bound)| Some((f.name.to_owned(), origin(bound.as_ref()?)))).collect()
    }
}

fn check_names(target: Target, fields: &[Field], mapping: &Mapping) -> Result<(), IngestError> {
    match mapping.fields().find(|name| !fields.iter().any(|field| field.name == *name)) {
        None => Ok(()),
        Some(unknown) => Err(IngestError::UnknownField {
            target: target.word(),
            field: unknown.to_owned(),
            fields: fields.iter().map(|f| f.name).collect::<Vec<_>>().join(", "),
        }),
    }
}

/// Exact name first, then without regard to case and marks.
fn column_named(source: &Source, name: &str) -> Option<usize> {
    let exact = source.columns.iter().position(|column| column.name == name);
    exact.or_else(|| source.columns.iter().position(|column| fold(&column.name) == fold(name)))
}

fn unknown_column(source: &Source, field: &str, column: &str) -> IngestError {
    IngestError::UnknownColumn {
        file: source.file.clone(),
        field: field.to_owned(),
        column: column.to_owned(),
        columns: source.column_names(),
    }
}

fn default_column(field: &Field, columns: &[SourceColumn], taken: &[usize]) -> Option<usize> {
    let free = |index: &usize| !taken.contains(index);
    field
        .names
        .iter()
        .find_map(|name| (0..columns.len()).filter(free).find(|&index| is_called(&columns[index].name, name)))
}

/// Whether `column` is `name`, whole or as a DBF cut it off.
fn is_called(column: &str, name: &str) -> bool {
    let folded = fold(column);
    if folded == fold(name) {
        return true;
    }
    // Letters with marks take several of a DBF's ten bytes.
    if !column.is_ascii() && (DBF_NAME - 3..=DBF_NAME).contains(&column.len()) && folded.len() >= FEWEST {
        return fold(name).starts_with(&folded);
    }
    let cut: String = name.chars().take(DBF_NAME).collect();
    let cut_folded: String = fold(name).chars().take(DBF_NAME).collect();
    column.chars().count() == DBF_NAME
        && name.chars().count() > DBF_NAME
        && (folded == fold(&cut) || folded == cut_folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> SourceColumn {
        SourceColumn { name: name.into(), kind: crate::ingest::source::ColumnKind::Text }
    }

    #[test]
    fn a_column_is_known_by_any_writing_of_its_name() {
        for name in ["so_to", "SO_TO", "Số tờ", "SoTo"] {
            assert!(is_called(name, "so_to"), "{name}");
        }
        assert!(is_called("chu_su_dun", "chu_su_dung"));
        // "Số thửa" is eleven bytes long, "Loại đất" twelve.
        assert!(is_called("Số thử", "so_thua") && !is_called("Số thử", "so_to"));
        assert!(is_called("Loại đ", "loai_dat") && is_called("Diện tí", "dien_tich"));
        assert!(!is_called("Số", "so_to") && !is_called("Số tờ", "so_thua"));
        assert!(is_called("CHUSUDUNGD", "chu_su_dung_dat"));
        assert!(!is_called("chu_su", "chu_su_dung"));
    }

    #[test]
    fn the_best_name_wins_and_no_column_serves_twice() {
        let columns = [column("area"), column("dien_tich")];
        let field = Field::optional("declared_area", &["dien_tich", "area"]);
        assert_eq!(default_column(&field, &columns, &[]), Some(1));
        assert_eq!(default_column(&field, &columns, &[1]), Some(0));
    }
}
