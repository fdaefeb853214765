//! A compiled condition and its evaluation, with SQL's three values: what is missing is neither true nor false.

use std::{cmp::Ordering, collections::BTreeMap, sync::Arc};

use super::{
    among::Among,
    scalar::{Comparison, Scalar},
    source::{Entry, Source},
    spatial::Spatial,
    temporal::{self, Span, TemporalOp},
    text::Pattern,
};
use crate::{
    analysis::View,
    atlas::Extent,
    domain::Day,
    query::{
        column::{Column, Dictionary},
        value::Value,
    },
};

/// Entries up to which a condition on a column is worked out once an entry.
const MOST_ENTRIES: usize = 1 << 16;

/// A condition.
#[derive(Debug, Clone)]
pub enum Node {
    /// Always the same.
    Constant(Option<bool>),
    /// All hold.
    And(Vec<Node>),
    /// One holds.
    Or(Vec<Node>),
    /// It does not hold.
    Not(Box<Node>),
    /// A value that is true or false.
    Flag(Scalar),
    /// Two values in an order.
    Compare(Comparison, Scalar, Scalar),
    /// A value between two others.
    Between(Scalar, Scalar, Scalar),
    /// A value that is one of some.
    In(Scalar, Among),
    /// A text like a pattern.
    Like(Scalar, Pattern),
    /// A value that is missing.
    IsNull(Scalar),
    /// A shape that is missing.
    NoShape,
    /// Where a feature lies.
    Spatial(Arc<Spatial>),
    /// When.
    Temporal(TemporalOp, Span, Span),
    /// Lies in one of these units or below it, by their codes.
    InUnits(Vec<Arc<str>>),
    /// As found for a view: the units that are meant, and in which one each parcel lies.
    Territory(Arc<[bool]>, Arc<[u16]>),
    /// Worked out for each entry of a dictionary, and for none.
    Entry(Dictionary, Arc<[Option<bool>]>),
}

impl Node {
    /// Whether it holds for a feature; none where a value is missing.
    pub fn holds(&self, source: &impl Source) -> Option<bool> {
        match self {
            Self::Constant(value) => *value,
            Self::And(all) => {
                let mut result = Some(true);
                for node in all {
                    match node.holds(source) {
                        Some(false) => return Some(false),
                        None => result = None,
                        Some(true) => {}
                    }
                }
                result
            }
            Self::Or(all) => {
                let mut result = Some(false);
                for node in all {
                    match node.holds(source) {
                        Some(true) => return Some(true),
                        None => result = None,
                        Some(false) => {}
                    }
                }
                result
            }
            Self::Not(node) => node.holds(source).map(|holds| !holds),
            Self::Flag(scalar) => match scalar.value(source) {
                Value::Boolean(value) => Some(value),
                _ => None,
            },
            Self::Compare(how, a, b) => a.value(source).compare(&b.value(source)).map(|o| how.holds(o)),
            Self::Between(value, low, high) => {
                let value = value.value(source);
                let above = value.compare(&low.value(source)).map(Ordering::is_ge);
                let below = value.compare(&high.value(source)).map(Ordering::is_le);
                match (above, below) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                }
            }
            Self::In(value, list) => list.holds(&value.value(source), source),
            Self::Like(value, pattern) => match value.value(source) {
                Value::Text(text) => Some(pattern.matches(&text)),
                _ => None,
            },
            Self::IsNull(value) => Some(value.value(source).is_null()),
            Self::NoShape => Some(!source.has_shape()),
            Self::Spatial(test) => source.test(test),
            Self::Temporal(how, a, b) => temporal::holds(*how, a, b, source),
            // Before it is bound to a view nothing lies anywhere.
            Self::InUnits(_) => None,
            Self::Territory(meant, lies_in) => {
                lies_in.get(source.index() as usize).map(|unit| meant[usize::from(*unit)])
            }
            Self::Entry(dictionary, table) => table[source.entry(dictionary).min(table.len() - 1)],
        }
    }

    /// The conditions that all must hold for it to hold.
    pub fn conditions(&self) -> Vec<&Self> {
        match self {
            Self::And(all) => all.iter().flat_map(Self::conditions).collect(),
            one => vec![one],
        }
    }

    /// Whether a geometry in it was given up.
    pub fn gave_up(&self) -> bool {
        match self {
            Self::Spatial(test) => test.gave_up(),
            Self::And(all) | Self::Or(all) => all.iter().any(Self::gave_up),
            Self::Not(node) => node.gave_up(),
            _ => false,
        }
    }

    /// Where a feature must lie for it to hold; none = anywhere.
    pub fn extent(&self) -> Option<Extent> {
        match self {
            Self::Spatial(test) => test.within(),
            Self::And(all) => all.iter().filter_map(Self::extent).reduce(Extent::meet),
            Self::Or(all) => {
                let extents: Option<Vec<Extent>> = all.iter().map(Self::extent).collect();
                extents.map(|extents| extents.into_iter().fold(Extent::EMPTY, Extent::join))
            }
            _ => None,
        }
    }

    /// With what depends on a single column of few values worked out for `day`, and what costs least asked first.
    pub fn bind(&self, view: &View, day: Day) -> Self {
        if let Some(dictionary) = self.dictionary(view) {
            let count = (dictionary.len)(view);
            let entry = |value: Value<'_>| self.holds(&Entry { value });
            let mut table: Vec<_> = (0..count).map(|n| entry((dictionary.value)(view, n))).collect();
            table.push(entry(Value::Null));
            return Self::Entry(dictionary, table.into());
        }
        match self {
            Self::InUnits(codes) => in_units(codes, view, day),
            Self::And(all) => Self::And(Self::bound(all, view, day)),
            Self::Or(all) => Self::Or(Self::bound(all, view, day)),
            Self::Not(node) => Self::Not(Box::new(node.bind(view, day))),
            other => other.clone(),
        }
    }

    fn bound(all: &[Self], view: &View, day: Day) -> Vec<Self> {
        let mut bound: Vec<Self> = all.iter().map(|node| node.bind(view, day)).collect();
        bound.sort_by_key(Self::cost);
        bound
    }

    fn cost(&self) -> u8 {
        match self {
            Self::Constant(_) | Self::Entry(..) | Self::Territory(..) => 0,
            Self::And(all) | Self::Or(all) => all.iter().map(Self::cost).max().unwrap_or(0),
            Self::Not(node) => node.cost(),
            Self::Like(..) => 2,
            Self::NoShape | Self::Spatial(_) => 3,
            _ => 1,
        }
    }

    /// How its only column repeats, if it has just one that does.
    fn dictionary(&self, view: &View) -> Option<Dictionary> {
        let mut found = BTreeMap::new();
        if !self.columns(&mut found) || found.len() != 1 {
            return None;
        }
        let dictionary = found.into_values().next()?.dictionary?;
        ((dictionary.len)(view) <= MOST_ENTRIES).then_some(dictionary)
    }

    /// Collects the columns; false when it depends on more than columns.
    fn columns(&self, found: &mut BTreeMap<&'static str, &'static Column>) -> bool {
        match self {
            Self::Constant(_) => true,
            Self::And(all) | Self::Or(all) => all.iter().all(|node| node.columns(found)),
            Self::Not(node) => node.columns(found),
            Self::Flag(a) | Self::IsNull(a) | Self::Like(a, _) => {
                a.columns(found);
                true
            }
            Self::Compare(_, a, b) => {
                a.columns(found);
                b.columns(found);
                true
            }
            Self::Between(a, b, c) => {
                [a, b, c].iter().for_each(|scalar| scalar.columns(found));
                true
            }
            Self::In(a, list) => {
                a.columns(found);
                list.computed().for_each(|scalar| scalar.columns(found));
                true
            }
            Self::NoShape
            | Self::Spatial(_)
            | Self::Temporal(..)
            | Self::Entry(..)
            | Self::InUnits(_)
            | Self::Territory(..) => false,
        }
    }
}

/// Parcels that lie in one of these units: on `day`, in one that is no more as on its last day.
fn in_units(codes: &[Arc<str>], view: &View, day: Day) -> Node {
    let snapshot = &view.snapshot;
    let mut all: Vec<(Vec<bool>, Arc<[u16]>)> = Vec::new();
    for unit in codes.iter().filter_map(|code| snapshot.unit_by_code(code, day)) {
        let (more, lies_in) = snapshot.territory(unit, day);
        match all.iter_mut().find(|(_, known)| Arc::ptr_eq(known, &lies_in)) {
            Some((meant, _)) => meant.iter_mut().zip(more).for_each(|(is, too)| *is |= too),
            None => all.push((more, lies_in)),
        }
    }
    let mut all = all.into_iter().map(|(meant, lies_in)| Node::Territory(meant.into(), lies_in));
    match (all.next(), all.len()) {
        (None, _) => Node::Constant(Some(false)),
        (Some(only), 0) => only,
        (Some(first), _) => Node::Or(std::iter::once(first).chain(all).collect()),
    }
}

/// A chain of OR; conditions that a column equals a constant become one list a column.
pub fn gathered(all: Vec<Node>) -> Node {
    let mut lists: Vec<(&'static Column, Vec<Scalar>)> = Vec::new();
    let mut others = Vec::new();
    for node in all {
        match node {
            Node::Compare(Comparison::Equal, Scalar::Column(column), constant @ Scalar::Constant(_)) => {
                match lists.iter_mut().find(|(known, _)| std::ptr::eq(*known, column)) {
                    Some((_, list)) => list.push(constant),
                    None => lists.push((column, vec![constant])),
                }
            }
            other => others.push(other),
        }
    }
    let listed = lists.into_iter().map(|(column, mut list)| match list.pop() {
        Some(only) if list.is_empty() => Node::Compare(Comparison::Equal, Scalar::Column(column), only),
        last => {
            list.extend(last);
            Node::In(Scalar::Column(column), Among::new(list))
        }
    });
    others.extend(listed);
    Node::Or(others)
}
