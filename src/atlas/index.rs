//! R-trees over rectangles in world units.
//!
//! `rstar` compares 32-bit floats, rounded outwards, which halves its memory;
//! the exact rectangle in the leaf decides. Trees are bulk-loaded, never
//! changed: an import makes a new atlas.

use std::sync::Arc;

use rstar::{AABB, RTree, RTreeObject};

use super::world::Extent;

/// A rectangle and the number of what lies in it.
#[derive(Debug, Clone, Copy)]
pub struct Leaf {
    extent: Extent,
    number: u32,
}

/// 32-bit floats tell world units apart in steps of at most 256.
fn below(v: u32) -> f32 {
    v.saturating_sub(256) as f32
}

fn above(v: u32) -> f32 {
    v.saturating_add(256) as f32
}

fn envelope(extent: Extent) -> AABB<[f32; 2]> {
    AABB::from_corners([below(extent.min_x), below(extent.min_y)], [above(extent.max_x), above(extent.max_y)])
}

impl RTreeObject for Leaf {
    type Envelope = AABB<[f32; 2]>;

    fn envelope(&self) -> Self::Envelope {
        envelope(self.extent)
    }
}

/// Trees that an index may have before its smaller ones become one.
const MOST_TREES: usize = 6;

/// An index of rectangles.
#[derive(Debug, Default, Clone)]
pub struct Index(Vec<Arc<RTree<Leaf>>>);

impl Index {
    /// Loads all rectangles at once: O(n log n).
    pub fn new(extents: impl Iterator<Item = (u32, Extent)>) -> Self {
        Self::default().with(extents)
    }

    /// This index and more rectangles; what was there is shared, or loaded again with the new ones
    /// where it has come in many small parts.
    #[must_use]
    pub fn with(&self, extents: impl Iterator<Item = (u32, Extent)>) -> Self {
        let mut leaves: Vec<Leaf> = extents.map(|(number, extent)| Leaf { extent, number }).collect();
        let mut trees = self.0.clone();
        while trees.len() >= MOST_TREES || trees.last().is_some_and(|tree| tree.size() <= leaves.len()) {
            let Some(small) = trees.pop() else { break };
            leaves.extend(small.iter());
        }
        if !leaves.is_empty() {
            trees.push(Arc::new(RTree::bulk_load(leaves)));
        }
        Self(trees)
    }

    /// Numbers of the rectangles that touch `extent`, in no order.
    pub fn touching(&self, extent: Extent) -> impl Iterator<Item = (u32, Extent)> + '_ {
        let found =
            self.0.iter().flat_map(move |tree| tree.locate_in_envelope_intersecting(envelope(extent)));
        found.filter(move |leaf| leaf.extent.touches(extent)).map(|leaf| (leaf.number, leaf.extent))
    }

    /// Bytes, roughly: a leaf or inner node takes 40, an inner node holds three to six.
    pub fn bytes(&self) -> usize {
        self.0.iter().map(|tree| tree.size() * 50).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn extent() -> impl Strategy<Value = Extent> {
        (3_400_000_000u32..3_400_100_000, 1_900_000_000u32..1_900_100_000, 0u32..3000, 0u32..3000)
            .prop_map(|(x, y, w, h)| Extent { min_x: x, min_y: y, max_x: x + w, max_y: y + h })
    }

    proptest! {
        #[test]
        fn the_tree_finds_what_a_look_at_each_one_finds(all in prop::collection::vec(extent(), 0..200), query in extent()) {
            let part = all.len() / 3;
            let index = Index::new((0u32..).zip(all[..part].iter().copied()));
            let index = (part..all.len()).fold(index, |index, at| index.with(std::iter::once((at as u32, all[at]))));
            let mut found: Vec<u32> = index.touching(query).map(|(n, _)| n).collect();
            found.sort_unstable();
            let naive: Vec<u32> = (0u32..).zip(&all).filter(|(_, e)| e.touches(query)).map(|(n, _)| n).collect();
            prop_assert_eq!(found, naive);
        }
    }
}
