//! Units across reforms: which one a parcel lay in on a day.

use std::sync::Arc;

use super::{snapshot::Snapshot, world::WorldPoint};
use crate::domain::{Code, Day, Succession};

/// Steps that a chain of reforms may have.
const MOST_REFORMS: usize = 8;

impl Snapshot {
    /// The unit, by index, in which each parcel lay on `day`, by parcel index: as recorded, or before and
    /// after a reform by the successions; a part that went elsewhere by where the parcel lies.
    /// A parcel that no succession leads on keeps its recorded unit. O(parcels) once a reform.
    pub fn units_on(&self, day: Day) -> Arc<[u16]> {
        let reforms =
            self.units().iter().filter(|entry| entry.unit.valid_from.is_some_and(|from| from <= day));
        // The same units exist on all days between two reforms.
        let epoch = reforms.count();
        if let Some((_, column)) = self.tables.unit_columns().get(&epoch) {
            return Arc::clone(column);
        }
        let column: Arc<[u16]> = units_on(self, day, 0).into();
        self.tables.unit_columns().insert(epoch, (day, Arc::clone(&column)));
        column
    }

    /// Takes over where parcels lay on the days that `base` was asked for; the units are the same, parcels
    /// may have come or not be known yet.
    pub(super) fn take_units(&self, base: &Self) {
        let known = base.tables.unit_columns().clone();
        for (epoch, (day, column)) in known {
            let kept = column.len().min(self.parcels.len());
            let column = if (kept, kept) == (column.len(), self.parcels.len()) {
                column
            } else {
                column[..kept].iter().copied().chain(units_on(self, day, kept)).collect()
            };
            self.tables.unit_columns().insert(epoch, (day, column));
        }
    }
}

/// By parcel index, from `first` on, the unit, by index, in which it lay on `day`.
fn units_on(snapshot: &Snapshot, day: Day, first: usize) -> Vec<u16> {
    let count = snapshot.units().len();
    let candidates: Vec<Vec<u16>> = (0..count).map(|unit| candidates(snapshot, unit, day)).collect();
    let parcels = snapshot.parcels();
    let unit = |parcel: u32| {
        let recorded = parcels.unit(parcel);
        match &candidates[recorded][..] {
            [] => recorded as u16,
            [one] => *one,
            several => {
                let point = inside(snapshot, parcel);
                let holds = |unit: &&u16| snapshot.unit_shape(usize::from(**unit)).holds(point);
                let away = |unit: &&u16| distance(snapshot, usize::from(**unit), point);
                let found = several.iter().find(holds);
                found.or_else(|| several.iter().min_by_key(away)).copied().unwrap_or(recorded as u16)
            }
        }
    };
    (first as u32..parcels.len() as u32).map(unit).collect()
}

/// The units of `day` that a unit came from or went to; itself if it existed then.
fn candidates(snapshot: &Snapshot, unit: usize, day: Day) -> Vec<u16> {
    let mut reached = vec![unit];
    for _ in 0..MOST_REFORMS {
        if reached.iter().all(|unit| snapshot.units()[*unit].unit.exists_on(day)) {
            break;
        }
        let step = |unit: &usize| {
            let own = &snapshot.units()[*unit].unit;
            if own.exists_on(day) {
                return vec![*unit];
            }
            match (own.valid_from.filter(|from| day < *from), own.valid_to) {
                (Some(from), _) => named(snapshot, &own.predecessors, from.plus(-1)),
                (None, Some(to)) => named(snapshot, &own.successors, to.plus(1)),
                (None, None) => Vec::new(),
            }
        };
        reached = reached.iter().flat_map(step).collect();
        reached.sort_unstable();
        reached.dedup();
    }
    reached.into_iter().map(|unit| unit as u16).collect()
}

fn named(snapshot: &Snapshot, successions: &[Succession], day: Day) -> Vec<usize> {
    let find = |code: &Code| {
        snapshot.units().iter().position(|entry| entry.unit.code == *code && entry.unit.exists_on(day))
    };
    successions.iter().filter_map(|succession| find(&succession.code)).collect()
}

/// Squared steps from a place to the nearest corner of a unit's boundary; the farthest without one.
fn distance(snapshot: &Snapshot, unit: usize, point: WorldPoint) -> u64 {
    let away = |corner: &WorldPoint| {
        let (x, y) = (u64::from(corner.x.abs_diff(point.x)), u64::from(corner.y.abs_diff(point.y)));
        (x * x).saturating_add(y * y)
    };
    snapshot.unit_shape(unit).vertices().iter().map(away).min().unwrap_or(u64::MAX)
}

/// A place in the parcel: the middle of its extent, or one of its corners where that lies outside.
fn inside(snapshot: &Snapshot, parcel: u32) -> WorldPoint {
    let shape = snapshot.parcels().arena().shape(parcel as usize);
    let extent = shape.extent();
    let middle =
        WorldPoint { x: extent.min_x.midpoint(extent.max_x), y: extent.min_y.midpoint(extent.max_y) };
    if shape.holds(middle) { middle } else { shape.vertices().first().copied().unwrap_or(middle) }
}
