//! Temporal functions (OGC 21-065r2, 8.6): Allen's relations of instants and intervals.
//! A day counts as the instant at its beginning; an instant as an interval without length.

use super::{scalar::Scalar, source::Source};
use crate::query::value::Value;

/// A relation of two times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemporalOp {
    /// `T_AFTER`
    After,
    /// `T_BEFORE`
    Before,
    /// `T_CONTAINS`
    Contains,
    /// `T_DISJOINT`
    Disjoint,
    /// `T_DURING`
    During,
    /// `T_EQUALS`
    Equals,
    /// `T_FINISHEDBY`
    FinishedBy,
    /// `T_FINISHES`
    Finishes,
    /// `T_INTERSECTS`
    Intersects,
    /// `T_MEETS`
    Meets,
    /// `T_METBY`
    MetBy,
    /// `T_OVERLAPPEDBY`
    OverlappedBy,
    /// `T_OVERLAPS`
    Overlaps,
    /// `T_STARTEDBY`
    StartedBy,
    /// `T_STARTS`
    Starts,
}

impl TemporalOp {
    /// The relation with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "t_after" => Self::After,
            "t_before" => Self::Before,
            "t_contains" => Self::Contains,
            "t_disjoint" => Self::Disjoint,
            "t_during" => Self::During,
            "t_equals" => Self::Equals,
            "t_finishedby" => Self::FinishedBy,
            "t_finishes" => Self::Finishes,
            "t_intersects" => Self::Intersects,
            "t_meets" => Self::Meets,
            "t_metby" => Self::MetBy,
            "t_overlappedby" => Self::OverlappedBy,
            "t_overlaps" => Self::Overlaps,
            "t_startedby" => Self::StartedBy,
            "t_starts" => Self::Starts,
            _ => return None,
        })
    }

    fn holds(self, (s1, e1): (i64, i64), (s2, e2): (i64, i64)) -> bool {
        match self {
            Self::After => s1 > e2,
            Self::Before => e1 < s2,
            Self::Contains => s1 < s2 && e1 > e2,
            Self::Disjoint => s1 > e2 || e1 < s2,
            Self::During => s1 > s2 && e1 < e2,
            Self::Equals => s1 == s2 && e1 == e2,
            Self::FinishedBy => s1 < s2 && e1 == e2,
            Self::Finishes => s1 > s2 && e1 == e2,
            Self::Intersects => s1 <= e2 && e1 >= s2,
            Self::Meets => e1 == s2,
            Self::MetBy => s1 == e2,
            Self::OverlappedBy => s1 > s2 && s1 < e2 && e1 > e2,
            Self::Overlaps => s1 < s2 && e1 > s2 && e1 < e2,
            Self::StartedBy => s1 == s2 && e1 > e2,
            Self::Starts => s1 == s2 && e1 < e2,
        }
    }
}

/// A time.
#[derive(Debug, Clone)]
pub enum Span {
    /// One instant.
    Instant(Scalar),
    /// From one to another; open where there is none, unknown where a value is missing.
    Interval(Option<Scalar>, Option<Scalar>),
    /// From one to another; open where a value is missing.
    Validity(Scalar, Scalar),
}

impl Span {
    fn ends(&self, source: &impl Source) -> Option<(i64, i64)> {
        let at = |scalar: &Scalar| scalar.value(source).instant();
        match self {
            Self::Instant(scalar) => at(scalar).map(|at| (at, at)),
            Self::Interval(from, to) => {
                let from = from.as_ref().map_or(Some(i64::MIN), at)?;
                Some((from, to.as_ref().map_or(Some(i64::MAX), at)?))
            }
            Self::Validity(from, to) => Some((at(from).unwrap_or(i64::MIN), at(to).unwrap_or(i64::MAX))),
        }
    }
}

/// Whether two times stand in a relation; none where one is missing.
pub fn holds(how: TemporalOp, a: &Span, b: &Span, source: &impl Source) -> Option<bool> {
    Some(how.holds(a.ends(source)?, b.ends(source)?))
}

/// A day or moment as CQL2 writes it: `2026-01-31` or `2026-01-31T00:00:00Z`.
pub fn instant(text: &str) -> Option<Value<'static>> {
    // GDAL 3.6 writes days as 2026-01-31T.
    let text = text.strip_suffix('T').filter(|day| day.len() == 10).unwrap_or(text);
    if let Ok(date) = text.parse::<jiff::civil::Date>()
        && !text.contains('T')
    {
        return crate::domain::Day::from_date(date).ok().map(Value::Day);
    }
    text.parse::<jiff::Timestamp>().ok().map(|at| Value::Moment(at.as_millisecond()))
}
