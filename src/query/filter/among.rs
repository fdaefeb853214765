//! Lists of values: `IN`, and long chains of `OR` that say the same.
//!
//! Constants are kept in order, so that a list of thousands costs a feature a
//! dozen comparisons.

use std::cmp::Ordering;

use super::{scalar::Scalar, source::Source};
use crate::query::value::Value;

/// The values of a list.
#[derive(Debug, Clone)]
pub struct Among {
    /// Constants of one kind, rising.
    constants: Vec<Value<'static>>,
    /// What depends on the feature.
    computed: Vec<Scalar>,
    /// NULL stands in the list: what is not found in it may be in it.
    missing: bool,
}

impl Among {
    /// The list of these values.
    pub fn new(items: Vec<Scalar>) -> Self {
        let mut list =
            Self { constants: Vec::with_capacity(items.len()), computed: Vec::new(), missing: false };
        for item in items {
            match item {
                Scalar::Constant(Value::Null) => list.missing = true,
                Scalar::Constant(value) => list.constants.push(value),
                other => list.computed.push(other),
            }
        }
        list.constants.sort_by(|a, b| a.compare(b).unwrap_or(Ordering::Equal));
        list
    }

    /// The constants, rising.
    pub fn constants(&self) -> &[Value<'static>] {
        &self.constants
    }

    /// What of the list depends on the feature.
    pub fn computed(&self) -> impl Iterator<Item = &Scalar> {
        self.computed.iter()
    }

    /// Whether `value` stands in the list; none where that can't be said because something is missing.
    pub fn holds(&self, value: &Value<'_>, source: &impl Source) -> Option<bool> {
        if value.is_null() {
            let empty = self.constants.is_empty() && self.computed.is_empty() && !self.missing;
            return empty.then_some(false);
        }
        let order = |constant: &Value<'static>| constant.compare(value).unwrap_or(Ordering::Less);
        if self.constants.binary_search_by(order).is_ok() {
            return Some(true);
        }
        let mut result = (!self.missing).then_some(false);
        for item in &self.computed {
            match value.compare(&item.value(source)) {
                Some(Ordering::Equal) => return Some(true),
                None => result = None,
                Some(_) => {}
            }
        }
        result
    }
}
