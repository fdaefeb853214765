//! The columns of parcels that events never change.
//!
//! A parcel is named inside by its index: the rank of its id. Each column is
//! one array; a missing value has a number of its own. Ids rise with the
//! ledger, so an earlier state of it is the same columns, cut short.

use std::sync::{Arc, OnceLock};

use super::{arena::Arena, held::Held, index::Index, symbols::Symbols, world::Extent};
use crate::domain::{Day, HolderId, ParcelId, SquareMetres};

pub(super) const NO_AREA: u32 = u32::MAX;
pub(super) const NO_DAY: u16 = u16::MAX;

/// The arrays.
#[derive(Debug, Default, Clone)]
pub(super) struct Columns {
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
}

/// What imports wrote about the parcels.
#[derive(Debug, Default, Clone)]
pub struct Parcels {
    pub(super) columns: Arc<Columns>,
    /// So many of them are known.
    len: usize,
    /// Worked out when first asked for.
    held: Arc<OnceLock<Held>>,
}

impl Parcels {
    pub(super) fn new(columns: Columns) -> Self {
        let len = columns.ids.len();
        Self { columns: Arc::new(columns), len, held: Arc::default() }
    }

    /// The first `len` of these parcels; the columns are shared.
    pub(super) fn first(&self, len: usize) -> Self {
        if len >= self.len {
            return self.clone();
        }
        Self { columns: Arc::clone(&self.columns), len, held: Arc::default() }
    }

    /// Number of parcels.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Id of the parcel at `index`.
    pub fn id(&self, index: u32) -> ParcelId {
        ParcelId(self.columns.ids[index as usize])
    }

    /// Index of the parcel with this id: O(log n), and mostly O(1).
    pub fn find(&self, id: ParcelId) -> Option<u32> {
        let ids = &self.columns.ids[..self.len];
        // Ids mostly follow each other without a gap.
        let guess = id.0.checked_sub(*ids.first()?)?;
        if ids.get(guess as usize) == Some(&id.0) {
            return Some(guess);
        }
        ids.binary_search(&id.0).ok().map(|index| index as u32)
    }

    /// First index whose id is greater than `id`.
    pub fn after(&self, id: ParcelId) -> u32 {
        self.columns.ids[..self.len].partition_point(|other| *other <= id.0) as u32
    }

    /// Index of its project in the snapshot.
    pub fn project(&self, index: u32) -> usize {
        usize::from(self.columns.projects[index as usize])
    }

    /// Index of its unit in the snapshot.
    pub fn unit(&self, index: u32) -> usize {
        usize::from(self.columns.units[index as usize])
    }

    /// Sheet number.
    pub fn sheet(&self, index: u32) -> &str {
        self.columns.texts.text(self.columns.sheets[index as usize])
    }

    /// Parcel number.
    pub fn number(&self, index: u32) -> &str {
        self.columns.texts.text(self.columns.numbers[index as usize])
    }

    /// Land-use code, empty when unknown.
    pub fn land_use(&self, index: u32) -> &str {
        self.columns.uses.text(u32::from(self.columns.land_uses[index as usize]))
    }

    /// Symbol of the sheet number in [`Parcels::texts`].
    pub fn sheet_symbol(&self, index: u32) -> u32 {
        self.columns.sheets[index as usize]
    }

    /// Symbol of the parcel number in [`Parcels::texts`].
    pub fn number_symbol(&self, index: u32) -> u32 {
        self.columns.numbers[index as usize]
    }

    /// Symbol of the land use in [`Parcels::land_uses`].
    pub fn land_use_symbol(&self, index: u32) -> u32 {
        u32::from(self.columns.land_uses[index as usize])
    }

    /// All sheet and parcel numbers that occur.
    pub fn texts(&self) -> &Symbols {
        &self.columns.texts
    }

    /// All land-use codes that occur.
    pub fn land_uses(&self) -> &Symbols {
        &self.columns.uses
    }

    /// Recovered area.
    pub fn recovered(&self, index: u32) -> SquareMetres {
        SquareMetres::from_tenths(u64::from(self.columns.recovered[index as usize]))
    }

    /// Area of the whole cadastral parcel.
    pub fn total(&self, index: u32) -> SquareMetres {
        SquareMetres::from_tenths(u64::from(self.columns.total[index as usize]))
    }

    /// Area as declared by the file.
    pub fn declared(&self, index: u32) -> Option<SquareMetres> {
        let tenths = self.columns.declared[index as usize];
        (tenths != NO_AREA).then(|| SquareMetres::from_tenths(u64::from(tenths)))
    }

    /// Who holds it; the number says nothing about the person.
    pub fn holder(&self, index: u32) -> Option<HolderId> {
        let holder = self.columns.holders[index as usize];
        (holder != 0).then_some(HolderId(holder))
    }

    /// The parcels by holder: O(n log n) when first asked for.
    pub fn held(&self) -> &Held {
        self.held.get_or_init(|| Held::of(&self.columns.holders[..self.len]))
    }

    /// Planned day of handover.
    pub fn planned_day(&self, index: u32) -> Option<Day> {
        Day::from_cell(self.columns.planned[index as usize])
    }

    /// Shapes, by index.
    pub fn arena(&self) -> &Arena {
        &self.columns.arena
    }

    /// Parcels whose extent touches `extent`, by index with theirs, in no order.
    pub fn touching(&self, extent: Extent) -> impl Iterator<Item = (u32, Extent)> + '_ {
        self.columns.index.touching(extent).filter(|(index, _)| (*index as usize) < self.len)
    }

    /// Bytes of all columns, the arena and the R-tree, roughly.
    pub fn bytes(&self) -> usize {
        self.len() * (4 + 2 + 2 + 4 + 4 + 2 + 4 + 4 + 4 + 4 + 2)
            + self.columns.texts.bytes()
            + self.columns.arena.bytes()
            + self.columns.index.bytes()
    }
}
