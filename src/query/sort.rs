//! The order of features: by columns, then by id, so that it is total.

use std::cmp::Ordering;

use super::{collection::Collection, column::Column, rows::Rows, value::Value};

/// A column to sort by.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Column.
    pub column: &'static Column,
    /// Largest first.
    pub falling: bool,
}

/// An order; without keys that of ids.
#[derive(Debug, Clone, Default)]
pub struct Sort(pub Vec<Key>);

/// Columns that features may be sorted by at once.
const MOST_KEYS: usize = 4;

impl Sort {
    /// Reads `stage,-area,+sheet`; a name without sign rises.
    ///
    /// # Errors
    /// For people: a column that is not known, or too many.
    pub fn parse(text: &str, columns: &[&'static Column]) -> Result<Self, String> {
        let key = |part: &str| {
            let part = part.trim();
            let name = part.trim_start_matches(['+', '-']);
            let column = columns.iter().find(|column| column.name == name).ok_or_else(|| {
                let names: Vec<_> = columns.iter().map(|column| column.name).collect();
                format!("\"{name}\" is not a column here; these are: {}", names.join(", "))
            })?;
            Ok(Key { column, falling: part.starts_with('-') })
        };
        let keys: Vec<Key> = text.split(',').map(key).collect::<Result<_, String>>()?;
        if keys.len() > MOST_KEYS {
            return Err(format!("must name at most {MOST_KEYS} columns"));
        }
        Ok(Self(keys))
    }

    /// The order of two features; what is missing comes last when rising, first when falling.
    pub fn compare(&self, rows: &Rows<'_>, a: u32, b: u32) -> Ordering {
        for key in &self.0 {
            let order = ordered(&(key.column.read)(rows, a), &(key.column.read)(rows, b));
            if order != Ordering::Equal {
                return if key.falling { order.reverse() } else { order };
            }
        }
        a.cmp(&b)
    }

    /// The place of a feature in the order, to go on after it: the values of its keys and its id.
    pub fn place(&self, collection: Collection, rows: &Rows<'_>, index: u32) -> (Vec<Value<'static>>, u64) {
        let values = self.0.iter().map(|key| (key.column.read)(rows, index).into_owned()).collect();
        (values, collection.id(rows, index))
    }

    /// Whether a feature comes after a place.
    pub fn is_after(
        &self,
        collection: Collection,
        rows: &Rows<'_>,
        index: u32,
        (values, id): &(Vec<Value<'static>>, u64),
    ) -> bool {
        for (key, value) in self.0.iter().zip(values) {
            let order = ordered(&(key.column.read)(rows, index), value);
            if order != Ordering::Equal {
                return order.is_gt() != key.falling;
            }
        }
        collection.id(rows, index) > *id
    }

    /// Brings the first `most` of `indexes` into order at their head: O(n + most log most).
    pub fn head(&self, rows: &Rows<'_>, indexes: &mut Vec<u32>, most: usize) {
        if self.0.is_empty() {
            indexes.truncate(most);
            return;
        }
        let compare = |a: &u32, b: &u32| self.compare(rows, *a, *b);
        if most < indexes.len() {
            indexes.select_nth_unstable_by(most, compare);
            indexes.truncate(most);
        }
        indexes.sort_unstable_by(compare);
    }
}

/// A total order in which what is missing is greatest.
fn ordered(a: &Value<'_>, b: &Value<'_>) -> Ordering {
    match (a.is_null(), b.is_null()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => a.compare(b).unwrap_or(Ordering::Equal),
    }
}
