//! Columns: the one description of what features of a collection say.

use std::collections::BTreeMap;

use super::{rows::Rows, value::Value};
use crate::{
    analysis::View,
    domain::{Label, law::LawError},
};

/// What kind of values a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Boolean,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Number,
    /// Texts.
    Text,
    /// Calendar days.
    Day,
    /// Moments, UTC.
    Moment,
}

impl Kind {
    /// Whether values are numbers.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Number)
    }

    /// Whether values are days or moments.
    pub fn is_temporal(self) -> bool {
        matches!(self, Self::Day | Self::Moment)
    }

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Boolean => "true or false",
            Self::Integer | Self::Number => "a number",
            Self::Text => "a text",
            Self::Day => "a date",
            Self::Moment => "a timestamp",
        }
    }
}

/// How the values of a column stand in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collation {
    /// As filters compare them.
    Value,
    /// Numbers by value, then texts.
    Numbers,
    /// Names by their letters, without case and marks.
    Names,
    /// Codes in the order of the list.
    Codes,
    /// Lists of words by their number.
    Words,
}

/// What the entries of a dictionary are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entries {
    /// Projects, by index.
    Projects,
    /// Units, by index.
    Units,
    /// Land uses, by symbol.
    Uses,
    /// Stages, and outside them.
    Stages,
    /// Laws.
    Laws,
}

/// How to read a column whose values repeat: each parcel has the number of an entry.
#[derive(Debug, Clone, Copy)]
pub struct Dictionary {
    /// What its entries are.
    pub of: Entries,
    /// Number of entries.
    pub len: fn(&View) -> usize,
    /// Entry of a feature; [`Dictionary::len`] or more means nothing.
    pub number: fn(&Rows<'_>, u32) -> usize,
    /// Value of an entry.
    pub value: for<'a> fn(&'a View, usize) -> Value<'a>,
}

/// A column of a collection.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Name in all formats and filters.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Unit of measure, as UCUM writes it.
    pub unit: Option<&'static str>,
    /// Left out unless it is asked for by name: it says of a parcel what its project or unit says.
    pub on_request: bool,
    /// Seen only by those who may record, in their units.
    pub personal: bool,
    /// The codes that occur; empty where any value may.
    pub codes: fn() -> Vec<&'static str>,
    /// The value of the feature at an index.
    pub read: for<'a> fn(&Rows<'a>, u32) -> Value<'a>,
    /// How values repeat, if they do.
    pub dictionary: Option<Dictionary>,
    /// How values stand in order.
    pub collation: Collation,
}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Column {
    /// A column of any values.
    pub const fn new(name: &'static str, kind: Kind, read: for<'a> fn(&Rows<'a>, u32) -> Value<'a>) -> Self {
        Self {
            name,
            kind,
            unit: None,
            on_request: false,
            personal: false,
            codes: Vec::new,
            read,
            dictionary: None,
            collation: Collation::Value,
        }
    }

    pub(super) const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }

    pub(super) const fn on_request(mut self) -> Self {
        self.on_request = true;
        self
    }

    pub(super) const fn personal(mut self) -> Self {
        self.personal = true;
        self
    }

    pub(super) const fn coded(mut self, codes: fn() -> Vec<&'static str>) -> Self {
        self.codes = codes;
        self
    }

    pub(super) const fn sorted(mut self, collation: Collation) -> Self {
        self.collation = collation;
        self
    }

    pub(super) const fn of(mut self, dictionary: Dictionary) -> Self {
        self.dictionary = Some(dictionary);
        self
    }
}

/// Words for collections and columns, from `data/columns.toml`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Titles of collections.
    pub collections: BTreeMap<String, Label>,
    /// Descriptions of collections.
    pub descriptions: BTreeMap<String, Label>,
    /// Titles of columns.
    pub columns: BTreeMap<String, BTreeMap<String, Label>>,
    /// Texts of the pages.
    pub pages: BTreeMap<String, Label>,
    /// Words by which conditions are shown.
    pub conditions: BTreeMap<String, Label>,
}

/// The words that come with the program.
///
/// # Errors
/// A file that is not of this shape; the message says line and column.
pub fn words() -> Result<Words, LawError> {
    toml::from_str(include_str!("../../data/columns.toml"))
        .map_err(|error| LawError::Format("columns.toml".to_owned(), error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Collection;

    #[test]
    fn every_collection_and_column_has_its_words() {
        let words = words().unwrap();
        for collection in Collection::ALL {
            let name = collection.name();
            assert!(words.collections.contains_key(name) && words.descriptions.contains_key(name), "{name}");
            for column in collection.columns() {
                assert!(words.columns[name].contains_key(column.name), "{name}.{}", column.name);
            }
            assert_eq!(words.columns[name].len(), collection.columns().len(), "{name} has words too many");
        }
    }
}
