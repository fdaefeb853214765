//! What a condition looks at: a feature, or an entry of a column whose values repeat.

use std::cell::RefCell;

use super::spatial::Spatial;
use crate::query::{
    collection::Collection,
    column::{Column, Dictionary},
    outline::Outline,
    rows::Rows,
    value::Value,
};

/// What a condition looks at.
pub trait Source {
    /// Value of a column.
    fn value(&self, column: &'static Column) -> Value<'_>;
    /// Entry of a column whose values repeat.
    fn entry(&self, dictionary: &Dictionary) -> usize;
    /// Index of the feature; beyond all where it is none.
    fn index(&self) -> u32;
    /// Whether there is a shape.
    fn has_shape(&self) -> bool;
    /// Where the shape lies.
    fn test(&self, test: &Spatial) -> Option<bool>;
}

/// A feature.
pub struct Row<'r, 'a> {
    /// Its collection.
    pub collection: Collection,
    /// Where its columns read from.
    pub rows: &'r Rows<'a>,
    /// Its index.
    pub index: u32,
    /// Room for its shape.
    pub outline: &'r RefCell<Outline>,
}

impl Source for Row<'_, '_> {
    fn value(&self, column: &'static Column) -> Value<'_> {
        (column.read)(self.rows, self.index)
    }

    fn entry(&self, dictionary: &Dictionary) -> usize {
        (dictionary.number)(self.rows, self.index)
    }

    fn index(&self) -> u32 {
        self.index
    }

    fn has_shape(&self) -> bool {
        !self.collection.extent_of(self.rows, self.index).is_empty()
    }

    fn test(&self, test: &Spatial) -> Option<bool> {
        let extent = self.collection.extent_of(self.rows, self.index);
        if extent.is_empty() {
            return None;
        }
        test.holds(extent, || {
            let mut outline = self.outline.borrow_mut();
            self.collection.outline(self.rows, self.index, &mut outline).then(|| outline.to_geo())
        })
    }
}

/// An entry of the one column that a condition depends on.
pub struct Entry<'a> {
    /// Its value.
    pub value: Value<'a>,
}

impl Source for Entry<'_> {
    fn value(&self, _: &'static Column) -> Value<'_> {
        self.value.clone()
    }

    fn entry(&self, _: &Dictionary) -> usize {
        usize::MAX
    }

    fn index(&self) -> u32 {
        u32::MAX
    }

    fn has_shape(&self) -> bool {
        false
    }

    fn test(&self, _: &Spatial) -> Option<bool> {
        None
    }
}
