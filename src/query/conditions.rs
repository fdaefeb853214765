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
    let mut place = 0;
    while place < names.len() {
        names[place] = CONDITIONS[place].name;
        place += 1;
    }
    names
};

/// Whether the parameter of a column of parcels takes several values, between commas.
pub fn is_listed(column: &Column) -> bool {
    let own = CONDITIONS.iter().find(|condition| condition.name == column.name);
    own.is_some_and(|own| matches!(own.takes, Takes::Codes | Takes::Values))
}

impl Condition {
    /// What `text` asks for on `day`. A unit means that unit with what lies below it, as by every other door.
    ///
    /// # Errors
    /// A code that names nothing, or a flag that is neither true nor false.
    pub fn read(&self, view: &View, day: Day, text: &str) -> Result<Filter, FilterError> {
        let columns = Collection::Parcels.columns();
        let column = columns.iter().find(|column| column.name == self.name);
        let column = column.ok_or_else(|| FilterError(format!("\"{}\" is no column", self.name)))?;
        match self.takes {
            Takes::Flag => match text {
                "true" => Filter::equal(column, text),
                "false" => Ok(Filter::all()),
                _ => Err(FilterError("must be true or false".to_owned())),
            },
            Takes::Value => Filter::equal(column, text),
            Takes::Values => Filter::one_of(column, text.split(',')),
            Takes::Code => self.known(view, day, column, text).and_then(|()| Filter::equal(column, text)),
            Takes::Codes => {
                text.split(',').try_for_each(|code| self.known(view, day, column, code))?;
                match self.name {
                    "unit" => Ok(Filter::in_units(text.split(','))),
                    _ => Filter::one_of(column, text.split(',')),
                }
            }
        }
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
