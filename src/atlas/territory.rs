//! Units above and below each other on a day.
//!
//! A unit means that unit with what lies below it; which parcels lie there on a
//! day is what [`Snapshot::units_on`] says, before and after reforms alike.

use std::sync::Arc;

use super::{project::UnitEntry, snapshot::Snapshot};
use crate::domain::{Day, Level};

impl Snapshot {
    /// By unit index, whether it is the unit at `top` or lies below it on `day`.
    pub fn within(&self, top: usize, day: Day) -> Vec<bool> {
        let units = self.units();
        let mut within = vec![false; units.len()];
        within[top] = true;
        // Three levels: two rounds reach the lowest.
        for _ in 0..2 {
            for index in 0..units.len() {
                let below =
                    |(above, inside): (usize, &bool)| *inside && is_parent(&units[above], &units[index], day);
                if within.iter().enumerate().any(below) {
                    within[index] = true;
                }
            }
        }
        within
    }

    /// The unit of `level` above the unit at `index` on `day`; the highest one below it where there is none.
    pub fn above(&self, index: usize, level: Level, day: Day) -> usize {
        let units = self.units();
        let mut at = index;
        while units[at].unit.level > level {
            let Some(parent) = units.iter().position(|entry| is_parent(entry, &units[at], day)) else {
                break;
            };
            at = parent;
        }
        at
    }

    /// What belongs to the unit at `top` on `day`: which units are it or lie below it, and in which one each
    /// parcel lies. Where the unit is not there on that day, before or after a reform, what belonged to it on the
    /// nearest day on which it was.
    pub fn territory(&self, top: usize, day: Day) -> (Vec<bool>, Arc<[u16]>) {
        let unit = &self.units()[top].unit;
        let day = unit.valid_from.map_or(day, |from| day.max(from));
        let day = unit.valid_to.map_or(day, |to| day.min(to));
        (self.within(top, day), self.units_on(day))
    }
}

/// Whether a unit lies directly below another: by its code, of the same time or on the day.
fn is_parent(parent: &UnitEntry, child: &UnitEntry, day: Day) -> bool {
    child.unit.parent.as_ref() == Some(&parent.unit.code)
        && parent.unit.level < child.unit.level
        && (parent.unit.valid_from == child.unit.valid_from || parent.unit.exists_on(day))
}
