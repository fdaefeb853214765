//! The columns of parcels that events never change.
//!
//! A parcel is named inside by its index: the rank of its id. Ids rise with the
//! ledger, so an earlier state of it is the same columns, cut short, and a later
//! one the same with some behind them.

use std::sync::{Arc, OnceLock};

use super::{
    chunk::Chunk,
    columns::{Blocks, NO_AREA, Shapes, Translation},
    error::BuildError,
    holder_index::HolderIndex,
    index::Index,
    symbols::Symbols,
    world::Extent,
};
use crate::domain::{Day, HolderId, ParcelId, SquareMetres};

/// What imports wrote about the parcels.
#[derive(Debug, Default, Clone)]
pub struct Parcels {
    pub(super) blocks: Blocks,
    texts: Symbols,
    uses: Symbols,
    index: Index,
    /// So many of them are known.
    len: usize,
    /// The id of the first one, where all others follow without a gap.
    gapless_from: Option<u32>,
    /// Worked out when first asked for.
    held: Arc<OnceLock<HolderIndex>>,
}

impl Parcels {
    /// Adds a chunk behind the last parcel; where they lie is told to [`Parcels::indexed`].
    ///
    /// # Errors
    /// [`BuildError`] when ids are out of order or there are more land uses than an atlas can number.
    pub(super) fn join(&mut self, chunk: &Chunk) -> Result<(), BuildError> {
        let Some(&lowest) = chunk.parcels.ids.first() else { return Ok(()) };
        if self.len != self.blocks.len() || self.blocks.last_id().is_some_and(|last| last >= lowest) {
            return Err(BuildError::Order(ParcelId(lowest)));
        }
        let translation = Translation::of([&chunk.texts, &chunk.uses], &mut self.texts, &mut self.uses)?;
        self.blocks.append(&chunk.parcels, &translation);
        self.len = self.blocks.len();
        self.gapless_from = self.blocks.last_id().and_then(|last| {
            let first = self.id(0).0;
            ((last - first) as usize + 1 == self.len).then_some(first)
        });
        self.held = Arc::default();
        Ok(())
    }

    /// These parcels, of which the new ones reach so far.
    pub(super) fn indexed(mut self, extents: impl Iterator<Item = (u32, Extent)>) -> Self {
        self.index = self.index.with(extents);
        self
    }

    /// The first `len` of these parcels; the columns are shared.
    pub(super) fn first(&self, len: usize) -> Self {
        if len >= self.len {
            return self.clone();
        }
        Self { len, held: Arc::default(), ..self.clone() }
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
        let (block, at) = self.blocks.at(index);
        ParcelId(block.ids[at])
    }

    /// Index of the parcel with this id: O(log n); O(1) where ids follow each other without a gap.
    pub fn find(&self, id: ParcelId) -> Option<u32> {
        if let Some(first) = self.gapless_from {
            // No look at the ids: those of scattered events are seldom at hand.
            return id.0.checked_sub(first).filter(|index| (*index as usize) < self.len);
        }
        self.after(id).checked_sub(1).filter(|index| self.id(*index) == id)
    }

    /// First index whose id is greater than `id`.
    pub fn after(&self, id: ParcelId) -> u32 {
        self.blocks.after(id.0).min(self.len) as u32
    }

    /// Index of its project in the snapshot.
    pub fn project(&self, index: u32) -> usize {
        let (block, at) = self.blocks.at(index);
        usize::from(block.projects[at])
    }

    /// Index of its unit in the snapshot.
    pub fn unit(&self, index: u32) -> usize {
        let (block, at) = self.blocks.at(index);
        usize::from(block.units[at])
    }

    /// Sheet number.
    pub fn sheet(&self, index: u32) -> &str {
        self.texts.text(self.sheet_symbol(index))
    }

    /// Parcel number.
    pub fn number(&self, index: u32) -> &str {
        self.texts.text(self.number_symbol(index))
    }

    /// Land-use code, empty when unknown.
    pub fn land_use(&self, index: u32) -> &str {
        self.uses.text(self.land_use_symbol(index))
    }

    /// Symbol of the sheet number in [`Parcels::texts`].
    pub fn sheet_symbol(&self, index: u32) -> u32 {
        let (block, at) = self.blocks.at(index);
        block.sheets[at]
    }

    /// Symbol of the parcel number in [`Parcels::texts`].
    pub fn number_symbol(&self, index: u32) -> u32 {
        let (block, at) = self.blocks.at(index);
        block.numbers[at]
    }

    /// Symbol of the land use in [`Parcels::land_uses`].
    pub fn land_use_symbol(&self, index: u32) -> u32 {
        let (block, at) = self.blocks.at(index);
        u32::from(block.land_uses[at])
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
        let (block, at) = self.blocks.at(index);
        SquareMetres::from_tenths(u64::from(block.recovered[at]))
    }

    /// Area of the whole cadastral parcel.
    pub fn total(&self, index: u32) -> SquareMetres {
        let (block, at) = self.blocks.at(index);
        SquareMetres::from_tenths(u64::from(block.total[at]))
    }

    /// Area as declared by the file.
    pub fn declared(&self, index: u32) -> Option<SquareMetres> {
        let (block, at) = self.blocks.at(index);
        let tenths = block.declared[at];
        (tenths != NO_AREA).then(|| SquareMetres::from_tenths(u64::from(tenths)))
    }

    /// Who holds it; the number says nothing about the person.
    pub fn holder(&self, index: u32) -> Option<HolderId> {
        let (block, at) = self.blocks.at(index);
        let holder = block.holders[at];
        (holder != 0).then_some(HolderId(holder))
    }

    /// The parcels by holder: O(n log n) when first asked for.
    pub fn held(&self) -> &HolderIndex {
        self.held.get_or_init(|| HolderIndex::of(self.blocks.holders(self.len)))
    }

    /// Planned day of handover.
    pub fn planned_day(&self, index: u32) -> Option<Day> {
        let (block, at) = self.blocks.at(index);
        Day::from_cell(block.planned[at])
    }

    /// Shapes, by index.
    pub fn arena(&self) -> Shapes<'_> {
        self.blocks.shapes()
    }

    /// Parcels whose extent touches `extent`, by index with theirs, in no order.
    pub fn touching(&self, extent: Extent) -> impl Iterator<Item = (u32, Extent)> + '_ {
        self.index.touching(extent).filter(|(index, _)| (*index as usize) < self.len)
    }

    /// Bytes of the shapes, of the columns, of their texts and of the R-tree, roughly.
    pub(super) fn memory(&self) -> [usize; 4] {
        let blocks = &self.blocks;
        [blocks.shape_bytes(), blocks.column_bytes(), self.texts.bytes(), self.index.bytes()]
    }
}
