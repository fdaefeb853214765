//! One parcel, by what stands beside it in other tables.

use super::{
    project::{ProjectEntry, UnitEntry},
    snapshot::Snapshot,
};
use crate::domain::{ParcelId, SquareMetres};

/// A parcel of a snapshot.
#[derive(Clone, Copy)]
pub struct ParcelEntry<'a> {
    snapshot: &'a Snapshot,
    index: u32,
}

impl Snapshot {
    /// The parcel at an index.
    pub fn parcel(&self, index: u32) -> ParcelEntry<'_> {
        ParcelEntry { snapshot: self, index }
    }
}

impl<'a> ParcelEntry<'a> {
    /// Number.
    pub fn id(self) -> ParcelId {
        self.snapshot.parcels().id(self.index)
    }

    /// The project that it is recovered for.
    pub fn project(self) -> &'a ProjectEntry {
        &self.snapshot.projects()[self.snapshot.parcels().project(self.index)]
    }

    /// The unit that it was recorded under; by which unit it counts on a day is told by [`Snapshot::units_on`].
    pub fn unit(self) -> &'a UnitEntry {
        &self.snapshot.units()[self.snapshot.parcels().unit(self.index)]
    }

    /// Sheet number.
    pub fn sheet(self) -> &'a str {
        self.snapshot.parcels().sheet(self.index)
    }

    /// Parcel number within the sheet.
    pub fn number(self) -> &'a str {
        self.snapshot.parcels().number(self.index)
    }

    /// Land-use code or empty.
    pub fn land_use(self) -> &'a str {
        self.snapshot.parcels().land_use(self.index)
    }

    /// Recovered area, m².
    pub fn recovered(self) -> SquareMetres {
        self.snapshot.parcels().recovered(self.index)
    }
}
