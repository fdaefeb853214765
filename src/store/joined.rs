//! What becomes of a row that is told again: what the new one leaves open stays.

use crate::{
    domain::{AdminUnit, Project, Succession},
    store::Written,
};

/// What became of a row that was to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrote {
    /// It is new, with this number.
    New(u32),
    /// It was there, under another state or the same.
    Known,
}

impl Wrote {
    /// Counts it.
    pub fn count(self, written: &mut Written) {
        match self {
            Self::Known => written.updated += 1,
            Self::New(number) => {
                written.first = if written.inserted == 0 { number } else { written.first };
                written.inserted += 1;
            }
        }
    }
}

/// A unit's row with what the new one says.
pub(super) fn unit(known: &AdminUnit, new: &AdminUnit) -> AdminUnit {
    let list = |new: &Vec<Succession>, known: &Vec<Succession>| {
        if new.is_empty() { known.clone() } else { new.clone() }
    };
    AdminUnit {
        code: known.code.clone(),
        name: new.name.clone(),
        level: known.level,
        parent: new.parent.clone().or_else(|| known.parent.clone()),
        valid_from: new.valid_from.or(known.valid_from),
        valid_to: new.valid_to.or(known.valid_to),
        predecessors: list(&new.predecessors, &known.predecessors),
        successors: list(&new.successors, &known.successors),
        boundary: new.boundary.clone().or_else(|| known.boundary.clone()),
    }
}

/// A project's row with what the new one says.
pub(super) fn project(known: &Project, new: &Project) -> Project {
    Project {
        investor: new.investor.clone().or_else(|| known.investor.clone()),
        body: new.body.clone().or_else(|| known.body.clone()),
        required_day: new.required_day.or(known.required_day),
        plan: if new.plan.write().is_empty() { known.plan.clone() } else { new.plan.clone() },
        boundary: new.boundary.clone().or_else(|| known.boundary.clone()),
        alignment: new.alignment.clone().or_else(|| known.alignment.clone()),
        ..new.clone()
    }
}
