//! The columns of parcels that events never change, in blocks of 16 384.
//!
//! All blocks but the last are full, so a parcel's place follows from its
//! index. Who adds parcels copies the last block at most; the others are
//! shared with the snapshots before.

use std::{ops::Range, sync::Arc};

use super::{
    arena::{Arena, Shape},
    error::BuildError,
    symbols::Symbols,
};

/// Parcels a block.
pub(super) const BLOCK: usize = 16_384;
pub(super) const NO_AREA: u32 = u32::MAX;
pub(super) const NO_DAY: u16 = u16::MAX;

/// One array a column; a missing value has a number of its own.
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
    pub(super) arena: Arena,
}

/// The symbols of a chunk as they are among all parcels, by its own.
pub(super) struct Translation {
    texts: Vec<u32>,
    uses: Vec<u16>,
}

impl Translation {
    /// Takes the texts and land uses of a chunk in.
    pub(super) fn of(
        chunk: [&Symbols; 2],
        texts: &mut Symbols,
        uses: &mut Symbols,
    ) -> Result<Self, BuildError> {
        let uses = uses.adopt(chunk[1]).into_iter().map(land_use).collect::<Result<_, _>>()?;
        Ok(Self { texts: texts.adopt(chunk[0]), uses })
    }
}

/// The cell of a land use.
pub(super) fn land_use(symbol: u32) -> Result<u16, BuildError> {
    u16::try_from(symbol).map_err(|_| BuildError::TooMany(65_536, "land uses"))
}

impl Columns {
    /// Adds a run of the parcels of `other`, whose symbols are its own, behind these.
    fn append(&mut self, other: &Self, run: Range<usize>, to: &Translation) {
        let texts = |symbols: &[u32]| -> Vec<u32> {
            symbols[run.clone()].iter().map(|symbol| to.texts[*symbol as usize]).collect()
        };
        self.ids.extend_from_slice(&other.ids[run.clone()]);
        self.projects.extend_from_slice(&other.projects[run.clone()]);
        self.units.extend_from_slice(&other.units[run.clone()]);
        self.sheets.extend(texts(&other.sheets));
        self.numbers.extend(texts(&other.numbers));
        let uses = other.land_uses[run.clone()].iter();
        self.land_uses.extend(uses.map(|symbol| to.uses[usize::from(*symbol)]));
        self.recovered.extend_from_slice(&other.recovered[run.clone()]);
        self.total.extend_from_slice(&other.total[run.clone()]);
        self.declared.extend_from_slice(&other.declared[run.clone()]);
        self.holders.extend_from_slice(&other.holders[run.clone()]);
        self.planned.extend_from_slice(&other.planned[run.clone()]);
        self.arena.append(&other.arena, run);
    }

    fn shrink(&mut self) {
        for column in [&mut self.projects, &mut self.units, &mut self.land_uses, &mut self.planned] {
            column.shrink_to_fit();
        }
        for column in [
            &mut self.ids,
            &mut self.sheets,
            &mut self.numbers,
            &mut self.recovered,
            &mut self.total,
            &mut self.declared,
            &mut self.holders,
        ] {
            column.shrink_to_fit();
        }
        self.arena.shrink();
    }
}

/// All blocks.
#[derive(Debug, Default, Clone)]
pub(super) struct Blocks(Vec<Arc<Columns>>);

impl Blocks {
    /// The block of the parcel at `index`, and its place there.
    pub(super) fn at(&self, index: u32) -> (&Columns, usize) {
        (&self.0[index as usize / BLOCK], index as usize % BLOCK)
    }

    /// Number of parcels.
    pub(super) fn len(&self) -> usize {
        self.0.last().map_or(0, |last| (self.0.len() - 1) * BLOCK + last.ids.len())
    }

    /// The last id.
    pub(super) fn last_id(&self) -> Option<u32> {
        self.0.last().and_then(|block| block.ids.last()).copied()
    }

    /// First index whose id is greater than `id`; the number of parcels where none is.
    pub(super) fn after(&self, id: u32) -> usize {
        let block = self.0.partition_point(|block| block.ids.last().is_some_and(|last| *last <= id));
        let inside = self.0.get(block).map_or(0, |block| block.ids.partition_point(|other| *other <= id));
        block * BLOCK + inside
    }

    /// The holders' numbers of the first `len` parcels.
    pub(super) fn holders(&self, len: usize) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().flat_map(|block| block.holders.iter().copied()).take(len)
    }

    /// Adds parcels behind the last; a block that someone else reads is copied.
    pub(super) fn append(&mut self, added: &Columns, to: &Translation) {
        let mut from = 0;
        while from < added.ids.len() {
            if self.0.last().is_none_or(|block| block.ids.len() == BLOCK) {
                self.0.push(Arc::default());
            }
            let Some(block) = self.0.last_mut().map(Arc::make_mut) else { return };
            let until = added.ids.len().min(from + BLOCK - block.ids.len());
            block.append(added, from..until, to);
            if block.ids.len() == BLOCK {
                block.shrink();
            }
            from = until;
        }
    }

    /// Shapes, by index.
    pub(super) fn shapes(&self) -> Shapes<'_> {
        Shapes(self)
    }

    /// Bytes of the shapes.
    pub(super) fn shape_bytes(&self) -> usize {
        self.0.iter().map(|block| block.arena.bytes()).sum()
    }

    /// Bytes of all else, roughly.
    pub(super) fn column_bytes(&self) -> usize {
        self.len() * (4 + 2 + 2 + 4 + 4 + 2 + 4 + 4 + 4 + 4 + 2)
    }
}

/// The shapes of all parcels.
#[derive(Debug, Clone, Copy)]
pub struct Shapes<'a>(&'a Blocks);

impl<'a> Shapes<'a> {
    /// The shape of the parcel at `index`, which must be less than their number.
    pub fn shape(self, index: usize) -> Shape<'a> {
        self.0.0[index / BLOCK].arena.shape(index % BLOCK)
    }
}
