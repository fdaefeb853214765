//! Parcels by holder: worked out once, for who counts holders.

/// The parcels of each holder, holders by number.
#[derive(Debug, Default)]
pub struct HolderIndex {
    /// Where each holder's parcels begin, and the end of the last one's.
    starts: Vec<u32>,
    parcels: Vec<u32>,
}

impl HolderIndex {
    /// By parcel the holder's number, 0 where there is none.
    pub(super) fn of(holders: impl Iterator<Item = u32>) -> Self {
        let held = (0u32..).zip(holders).filter(|(_, holder)| *holder != 0);
        let mut pairs: Vec<(u32, u32)> = held.map(|(parcel, holder)| (holder, parcel)).collect();
        pairs.sort_unstable();
        let mut starts = Vec::new();
        let mut last = 0;
        for (index, (holder, _)) in (0u32..).zip(&pairs) {
            if *holder != last {
                starts.push(index);
                last = *holder;
            }
        }
        starts.push(pairs.len() as u32);
        Self { starts, parcels: pairs.into_iter().map(|(_, parcel)| parcel).collect() }
    }

    /// Number of holders.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The parcels, by index, rising, of the holder at `place`.
    pub fn parcels(&self, index: usize) -> &[u32] {
        &self.parcels[self.starts[index] as usize..self.starts[index + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_holder_has_his_parcels() {
        let held = HolderIndex::of([7, 0, 3, 7, 3].into_iter());
        assert_eq!((held.len(), held.parcels(0), held.parcels(1)), (2, &[2, 4][..], &[0, 3][..]));
        assert!(HolderIndex::of([0, 0].into_iter()).is_empty());
    }
}
