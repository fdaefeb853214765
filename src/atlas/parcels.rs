//! The columns of parcels that events never change.
//!
//! A parcel is named inside by its index: the rank of its id. Each column is
//! one array; a missing value has a number of its own.

use super::{arena::Arena, held::Held, index::Index, symbols::Symbols};
use crate::domain::{Day, HolderId, ParcelId, SquareMetres};

pub(super) const NO_AREA: u32 = u32::MAX;
pub(super) const NO_DAY: u16 = u16::MAX;

/// What imports wrote about the parcels.
#[derive(Debug, Default)]
pub struct Parcels {
    pub(super) ids: Vec<u32>,
    pub(super) projects: Vec<u16>,
    pub(super) units: Vec<u16>,
    pub(super) sheets: Vec<u32>,
    pub(super) numbers: Vec<u32>,
    pub(super) land_uses: Vec<u16>,
    /// Tenths of a square metre.
    pub(super) recovered: Vec<u32>,
    pub(super) total: Vec<u32>,
    pub(super) declared: Vec<u32>,
    /// 0 = none.
    pub(super) holders: Vec<u32>,
    pub(super) planned: Vec<u16>,
    pub(super) texts: Symbols,
    pub(super) uses: Symbols,
    pub(super) arena: Arena,
    pub(super) index: Index,
    /// Worked out when first asked for.
    pub(super) held: std::sync::OnceLock<Held>,
}

impl Parcels {
    /// Number of parcels.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Id of the parcel at `index`.
    pub fn id(&self, index: u32) -> ParcelId {
        ParcelId(self.ids[index as usize])
    }

    /// Index of the parcel with this id: O(log n).
    pub fn find(&self, id: ParcelId) -> Option<u32> {
        self.ids.binary_search(&id.0).ok().map(|index| index as u32)
    }

    /// First index whose id is greater than `id`.
    pub fn after(&self, id: ParcelId) -> u32 {
        self.ids.partition_point(|other| *other <= id.0) as u32
    }

    /// Index of its project in the snapshot.
    pub fn project(&self, index: u32) -> usize {
        usize::from(self.projects[index as usize])
    }

    /// Index of its unit in the snapshot.
    pub fn unit(&self, index: u32) -> usize {
        usize::from(self.units[index as usize])
    }

    /// Sheet number.
    pub fn sheet(&self, index: u32) -> &str {
        self.texts.text(self.sheets[index as usize])
    }

    /// Parcel number.
    pub fn number(&self, index: u32) -> &str {
        self.texts.text(self.numbers[index as usize])
    }

    /// Land-use code, empty when unknown.
    pub fn land_use(&self, index: u32) -> &str {
        self.uses.text(u32::from(self.land_uses[index as usize]))
    }

    /// Symbol of the sheet number in [`Parcels::texts`].
    pub fn sheet_symbol(&self, index: u32) -> u32 {
        self.sheets[index as usize]
    }

    /// Symbol of the parcel number in [`Parcels::texts`].
    pub fn number_symbol(&self, index: u32) -> u32 {
        self.numbers[index as usize]
    }

    /// Symbol of the land use in [`Parcels::land_uses`].
    pub fn land_use_symbol(&self, index: u32) -> u32 {
        u32::from(self.land_uses[index as usize])
    }

    /// All sheet and parcel numbers that occur.
    pub fn texts(&self) -> &Symbols {
        &self.texts
    }

    /// All land-use codes that occur.
    pub fn land_uses(&self) -> &Symbols {
        &self.uses
    }

    /// Recovered area.
    pub fn recovered(&self, index: u32) -> SquareMetres {
        SquareMetres::from_tenths(u64::from(self.recovered[index as usize]))
    }

    /// Area of the whole cadastral parcel.
    pub fn total(&self, index: u32) -> SquareMetres {
        SquareMetres::from_tenths(u64::from(self.total[index as usize]))
    }

    /// Area as declared by the file.
    pub fn declared(&self, index: u32) -> Option<SquareMetres> {
        let tenths = self.declared[index as usize];
        (tenths != NO_AREA).then(|| SquareMetres::from_tenths(u64::from(tenths)))
    }

    /// Who holds it; the number says nothing about the person.
    pub fn holder(&self, index: u32) -> Option<HolderId> {
        let holder = self.holders[index as usize];
        (holder != 0).then_some(HolderId(holder))
    }

    /// The parcels by holder: O(n log n) when first asked for.
    pub fn held(&self) -> &Held {
        self.held.get_or_init(|| Held::of(&self.holders))
    }

    /// Planned day of handover.
    pub fn planned_day(&self, index: u32) -> Option<Day> {
        Day::from_cell(self.planned[index as usize])
    }

    /// Shapes, by index.
    pub fn arena(&self) -> &Arena {
        &self.arena
    }

    /// R-tree over the shapes' extents.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Bytes of all columns, the arena and the R-tree, roughly.
    pub fn bytes(&self) -> usize {
        self.len() * (4 + 2 + 2 + 4 + 4 + 2 + 4 + 4 + 4 + 4 + 2)
            + self.texts.bytes()
            + self.arena.bytes()
            + self.index.bytes()
    }
}
