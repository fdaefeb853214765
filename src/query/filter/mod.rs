//! Filters: CQL2 (OGC 21-065r2) over the columns of a collection.
//!
//! Read from text or JSON ([`cql2`]), checked against the columns
//! once ([`compile`]), then evaluated feature by feature without looking
//! anything up by name ([`node`]). What depends on a column of few values only
//! is worked out once a value when the filter is bound to a view.

mod among;
mod bounds;
mod compile;
mod cql2;
mod edges;
mod node;
mod plan;
mod scalar;
mod source;
mod spatial;
mod temporal;
mod text;
mod words;

use std::{cell::RefCell, sync::Arc};

use super::{collection::Collection, column::Column, outline::Outline, rows::Rows, value::Value};
use crate::{analysis::View, atlas::Extent, domain::Day};
use node::Node;
use scalar::Scalar;
use source::Row;
use spatial::{Spatial, SpatialOp};

pub(super) use edges::Edges;
pub(super) use spatial::MOST_LOOKS;
use temporal::{Span, TemporalOp};
pub use words::Speech;

/// Why a filter can't be used, for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FilterError(pub String);

/// How a filter is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// CQL2 Text.
    #[default]
    Text,
    /// CQL2 JSON.
    Json,
}

/// Moves a coordinate of a filter to WGS 84 longitude and latitude; none when it can't be.
pub type ToWgs84<'a> = &'a dyn Fn([f64; 2]) -> Option<[f64; 2]>;

/// A condition on the features of a collection.
#[derive(Debug, Clone)]
pub struct Filter(Node);

impl Filter {
    /// All features.
    pub fn all() -> Self {
        Self(Node::Constant(Some(true)))
    }

    /// Reads CQL2; `columns` may be named, coordinates are moved by `to_wgs84`.
    ///
    /// ```
    /// use matbang::query::{Collection, Filter, Language};
    ///
    /// let columns: Vec<_> = Collection::Parcels.columns().iter().filter(|column| !column.personal).collect();
    /// let read = |text| Filter::parse(text, Language::Text, &columns, &|place| Some(place));
    /// assert!(read("overdue_days > 90 AND unit = '13288'").is_ok());
    /// assert!(read("phone = '1'").is_err());
    /// ```
    ///
    /// # Errors
    /// Not CQL2, a property that is not among `columns`, or values of other kinds than theirs.
    pub fn parse(
        text: &str,
        language: Language,
        columns: &[&'static Column],
        to_wgs84: ToWgs84<'_>,
    ) -> Result<Self, FilterError> {
        compile::parse(text, language, columns, to_wgs84).map(Self)
    }

    /// The features whose `column` has the value that `text` writes.
    ///
    /// # Errors
    /// A text that writes no value of the column's kind.
    pub fn equal(column: &'static Column, text: &str) -> Result<Self, FilterError> {
        let value = compile::value(column.kind, text).ok_or_else(|| {
            FilterError(format!("\"{text}\" is not {}, which \"{}\" holds", column.kind.name(), column.name))
        })?;
        Ok(Self(Node::Compare(scalar::Comparison::Equal, Scalar::Column(column), Scalar::Constant(value))))
    }

    /// The parcels that lie in a unit with one of these codes, or in one below it, on the day.
    pub fn in_units<'a>(codes: impl Iterator<Item = &'a str>) -> Self {
        Self(Node::InUnits(codes.map(Into::into).collect()))
    }

    /// The features that share a point with this area or line, in WGS 84 degrees.
    pub fn touching(area: geo::Geometry<f64>) -> Self {
        Self(Node::Spatial(Arc::new(Spatial::new(SpatialOp::Intersects, area))))
    }

    /// The features of whose time a part lies between two days, both included; open where there is none.
    /// Features of collections without time are all meant.
    pub fn during(collection: Collection, from: Option<Day>, to: Option<Day>) -> Self {
        let Some((first, last)) = collection.temporal() else { return Self::all() };
        let column = |name: &str| collection.columns().iter().find(|column| column.name == name);
        let scalar = |name: &str| column(name).map_or(Scalar::Constant(Value::Null), Scalar::Column);
        let own = match last {
            None => Span::Instant(scalar(first)),
            Some(last) => Span::Validity(scalar(first), scalar(last)),
        };
        let end = |day: Option<Day>| day.map(|day| Scalar::Constant(Value::Day(day)));
        Self(Node::Temporal(TemporalOp::Intersects, own, Span::Interval(end(from), end(to))))
    }

    /// Both conditions.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self.0, other.0) {
            (Node::Constant(Some(true)), node) | (node, Node::Constant(Some(true))) => Self(node),
            (Node::And(mut all), node) => {
                all.push(node);
                Self(Node::And(all))
            }
            (one, two) => Self(Node::And(vec![one, two])),
        }
    }

    /// The features whose `column` has one of the values that `texts` write.
    ///
    /// # Errors
    /// A text that writes no value of the column's kind.
    pub fn one_of<'a>(
        column: &'static Column,
        texts: impl Iterator<Item = &'a str>,
    ) -> Result<Self, FilterError> {
        let values: Vec<Node> =
            texts.map(|text| Self::equal(column, text).map(|one| one.0)).collect::<Result<_, _>>()?;
        Ok(Self(node::gathered(values)))
    }

    /// The filter for the features of a view on `day`: whatever depends on a column of few values is worked out.
    pub fn bind(&self, collection: Collection, view: &View, day: Day) -> BoundFilter {
        BoundFilter { collection, node: self.0.bind(view, day) }
    }
}

/// A filter for one view.
#[derive(Debug)]
pub struct BoundFilter {
    collection: Collection,
    node: Node,
}

impl BoundFilter {
    /// Where a feature must lie for the filter to hold; none = anywhere.
    pub fn extent(&self) -> Option<Extent> {
        self.node.extent()
    }

    /// Whether it can't be asked to the end: a geometry in it costs too much.
    ///
    /// # Errors
    /// [`FilterError`] with what to do about it, for a person.
    pub fn check(&self) -> Result<(), FilterError> {
        if !self.node.gave_up() {
            return Ok(());
        }
        let why = "a geometry of the filter has too many edges in each other's way near too many features; \
                   make it simpler, or ask for a smaller part";
        Err(FilterError(why.to_owned()))
    }

    /// What `Bound::holds` writes shapes into; one a thread.
    pub fn scratch() -> RefCell<Outline> {
        RefCell::default()
    }

    /// Whether the filter holds for a feature that exists on the day.
    pub fn holds(&self, rows: &Rows<'_>, index: u32, scratch: &RefCell<Outline>) -> bool {
        if self.collection == Collection::Parcels && !rows.view.snapshot.exists_on(index, rows.today) {
            return false;
        }
        let row = Row { collection: self.collection, rows, index, outline: scratch };
        self.node.holds(&row) == Some(true)
    }
}
