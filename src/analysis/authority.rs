//! Which province answers for what is shown, on a day.

use crate::{
    atlas::Snapshot,
    domain::{Day, Level},
};

/// What stands before the name of a province.
const KINDS: [&str; 2] = ["Tỉnh ", "Thành phố "];

/// A province.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authority<'a> {
    /// Its name: "Tỉnh Ninh Bình".
    pub name: &'a str,
}

impl<'a> Authority<'a> {
    /// Its name without what it is: "Ninh Bình".
    pub fn short(self) -> &'a str {
        KINDS.iter().find_map(|kind| self.name.strip_prefix(kind)).unwrap_or(self.name)
    }
}

/// The one province that existed on `day`; none where none is known, or several are.
pub fn authority(snapshot: &Snapshot, day: Day) -> Option<Authority<'_>> {
    let units = snapshot.units().iter().map(|entry| &entry.unit);
    let mut provinces = units.filter(|unit| unit.level == Level::Province && unit.exists_on(day));
    let one = provinces.next()?;
    provinces.next().is_none().then_some(Authority { name: &one.name })
}
