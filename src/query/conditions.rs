//! The conditions on parcels that have a parameter of their own: another way to write a condition on the column
//! of the same name.

use super::{
    collection::Collection,
    column::Column,
    filter::{Filter, FilterError},
};
use crate::{analysis::View, domain::Day};

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// Codes that must be there, between commas.
    Codes,
    /// One code that must be there.
    Code,
    /// Values between commas; one that nothing has finds nothing.
    Values,
    /// A value; one that nothing has finds nothing.
    Value,
    /// `true`, or `false`, which asks for nothing.
    Flag,
}

/// A parameter, named after its column.
#[derive(Debug, Clone, Copy)]
pub struct Condition {
    /// Name of the parameter and of the column.
    pub name: &'static str,
    takes: Takes,
}

const fn condition(name: &'static str, takes: Takes) -> Condition {
    Condition { name, takes }
}

/// All of them.
pub const CONDITIONS: [Condition; 10] = [
    condition("project", Takes::Codes),
    condition("unit", Takes::Codes),
    condition("kind", Takes::Code),
    condition("body", Takes::Value),
    condition("key", Takes::Flag),
    condition("stage", Takes::Codes),
    condition("use", Takes::Values),
    condition("blocked", Takes::Flag),
    condition("overdue", Takes::Flag),
    condition("late", Takes::Flag),
];

/// The names of [`CONDITIONS`].
pub const CONDITION_NAMES: [&str; CONDITIONS.len()] = {
    let mut names = [""; CONDITIONS.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = CONDITIONS[index].name;
        index += 1;
    }
    names
};

/// What the parameter of a column of parcels asks for: where it takes several values between commas, one of them; of a
/// unit also what lies below it, as by every other door.
///
/// # Errors
/// A text that writes no value of the column's kind.
pub fn parameter(column: &'static Column, text: &str) -> Result<Filter, FilterError> {
    let own = CONDITIONS.iter().find(|condition| condition.name == column.name);
    match own.map(|own| own.takes) {
        Some(Takes::Codes) if column.name == "unit" => Ok(Filter::in_units(text.split(','))),
        Some(Takes::Codes | Takes::Values) => Filter::one_of(column, text.split(',')),
        _ => Filter::equal(column, text),
    }
}

impl Condition {
    /// What `text` asks for on `day`.
    ///
    /// # Errors
    /// A code that names nothing, or a flag that is neither true nor false.
    pub fn read(&self, view: &View, day: Day, text: &str) -> Result<Filter, FilterError> {
        let columns = Collection::Parcels.columns();
        let column = columns.iter().find(|column| column.name == self.name);
        let column = column.ok_or_else(|| FilterError(format!("\"{}\" is no column", self.name)))?;
        match (self.takes, text) {
            (Takes::Flag, "false") => return Ok(Filter::all()),
            (Takes::Flag, "true") | (Takes::Value | Takes::Values, _) => {}
            (Takes::Flag, _) => return Err(FilterError("must be true or false".to_owned())),
            (Takes::Code, code) => self.known(view, day, column, code)?,
            (Takes::Codes, codes) => {
                codes.split(',').try_for_each(|code| self.known(view, day, column, code))?;
            }
        }
        parameter(column, text)
    }

    fn known(&self, view: &View, day: Day, column: &Column, code: &str) -> Result<(), FilterError> {
        let snapshot = &view.snapshot;
        let known = match self.name {
            "project" => snapshot.project_by_code(code).is_some(),
            "unit" => snapshot.unit_by_code(code, day).is_some(),
            _ => (column.codes)().contains(&code),
        };
        if known { Ok(()) } else { Err(FilterError(format!("\"{code}\" names nothing here"))) }
    }
}
