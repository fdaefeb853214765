//! Who takes part: which unit or body each parcel counts for.

use std::sync::Arc;

use crate::{
    atlas::Snapshot,
    domain::{CampaignScope, Contestants, Day, Level},
};

use super::Span;

/// A unit or body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contestant {
    /// A unit, by index.
    Unit(usize),
    /// A clearance body, by name.
    Body(String),
}

impl Contestant {
    /// The code of the unit or the name of the body: what pledges and questions call it.
    pub fn code<'a>(&'a self, snapshot: &'a Snapshot) -> &'a str {
        match self {
            Self::Unit(unit) => snapshot.units()[*unit].unit.code.as_str(),
            Self::Body(name) => name,
        }
    }

    /// The name.
    pub fn name<'a>(&'a self, snapshot: &'a Snapshot) -> &'a str {
        match self {
            Self::Unit(unit) => &snapshot.units()[*unit].unit.name,
            Self::Body(name) => name,
        }
    }
}

/// A group's contestants in a span.
#[derive(Debug)]
pub struct Contest {
    /// The days that count.
    pub span: Span,
    /// The contestants, by row.
    pub contestants: Vec<Contestant>,
    /// Units, by index, that ended in the span.
    pub vanished: Vec<usize>,
    /// Row by unit or project index.
    rows: Vec<Option<u16>>,
    units: Option<Arc<[u16]>>,
}

impl Contest {
    /// None when no unit of the level existed in the span.
    pub fn of(snapshot: &Snapshot, of: Contestants, span: Span) -> Option<Self> {
        match of.level() {
            Some(level) => Self::of_units(snapshot, level, span),
            None => Some(Self::of_bodies(snapshot, span)),
        }
    }

    fn of_units(snapshot: &Snapshot, level: Level, span: Span) -> Option<Self> {
        let units = snapshot.units();
        let of_level = || units.iter().enumerate().filter(|(_, entry)| entry.unit.level == level);
        let last = of_level().filter_map(|(_, entry)| {
            let starts = entry.unit.valid_from.is_none_or(|from| from <= span.last);
            let last = entry.unit.valid_to.map_or(span.last, |to| to.min(span.last));
            (starts && last >= span.first).then_some(last)
        });
        let last = last.max()?;
        let span = Span { last, open: span.open && last == span.last, ..span };
        let standing: Vec<usize> =
            of_level().filter(|(_, entry)| entry.unit.exists_on(last)).map(|(index, _)| index).collect();
        let ended = |day: Option<Day>| day.is_some_and(|to| span.first <= to && to < last);
        let vanished = of_level().filter(|(_, entry)| ended(entry.unit.valid_to)).map(|(index, _)| index);
        let row = |unit: usize| {
            let above = snapshot.above(unit, level, last);
            standing.iter().position(|other| *other == above).map(|row| row as u16)
        };
        Some(Self {
            span,
            vanished: vanished.collect(),
            rows: (0..units.len()).map(row).collect(),
            contestants: standing.into_iter().map(Contestant::Unit).collect(),
            units: Some(snapshot.units_on(last)),
        })
    }

    fn of_bodies(snapshot: &Snapshot, span: Span) -> Self {
        let body = |entry: &std::sync::Arc<crate::atlas::ProjectEntry>| entry.project.body.clone();
        let mut names: Vec<String> = snapshot.projects().iter().filter_map(body).collect();
        names.sort_unstable();
        names.dedup();
        let row = |entry| body(entry).and_then(|name| names.binary_search(&name).ok()).map(|row| row as u16);
        Self {
            span,
            vanished: Vec::new(),
            rows: snapshot.projects().iter().map(row).collect(),
            contestants: names.into_iter().map(Contestant::Body).collect(),
            units: None,
        }
    }

    /// The row of the contestant that a parcel counts for.
    pub fn row(&self, snapshot: &Snapshot, parcel: u32) -> Option<usize> {
        let unit = self.units.as_ref().map(|units| units[parcel as usize]);
        self.row_of(Place { unit: unit.unwrap_or_default(), project: snapshot.parcels().project(parcel) })
    }

    /// The row of the contestant for which parcels of a place count.
    pub fn row_of(&self, place: Place) -> Option<usize> {
        let key = if self.units.is_some() { usize::from(place.unit) } else { place.project };
        self.rows[key].map(usize::from)
    }

    /// Unit of each parcel, by index, on the last day of the span; none where bodies take part.
    pub fn units(&self) -> Option<&[u16]> {
        self.units.as_deref()
    }
}

/// What tells for whom a parcel counts: its unit on the last day, and its project, by index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// Unit; any where only bodies take part.
    pub unit: u16,
    /// Project.
    pub project: usize,
}

/// Which projects count, by index.
pub fn in_scope(snapshot: &Snapshot, scope: &CampaignScope) -> Vec<bool> {
    let counts = |entry: &std::sync::Arc<crate::atlas::ProjectEntry>| {
        let project = &entry.project;
        (!scope.key || project.key)
            && (scope.kinds.is_empty() || scope.kinds.contains(&project.kind))
            && (scope.projects.is_empty() || scope.projects.iter().any(|code| *code == project.code.as_str()))
    };
    snapshot.projects().iter().map(counts).collect()
}
