//! Fronts of a site: cleared parcels that touch make a patch; a patch of some area is workable.

use super::neighbours::neighbours;
use crate::{
    atlas::{ProjectEntry, Snapshot},
    domain::{Day, SquareMetres, Stage},
};

/// Cleared parcels in one piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// The parcels, by index, rising.
    pub parcels: Vec<u32>,
    /// Their recovered area.
    pub area: SquareMetres,
    /// Whether it is large enough to build on.
    pub workable: bool,
}

/// Pending parcels in one piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// The parcels, by index, rising.
    pub parcels: Vec<u32>,
    /// Their recovered area.
    pub area: SquareMetres,
    /// Workable area that clearing all of them adds.
    pub gain: SquareMetres,
}

/// A pending parcel and what clearing it alone gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SingleGain {
    /// The parcel, by index.
    pub parcel: u32,
    /// Workable area that clearing it adds.
    pub gain: SquareMetres,
    /// Patches that it joins.
    pub joins: usize,
}

/// The fronts of a project without alignment on a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArealFronts {
    /// Area to recover.
    pub area: SquareMetres,
    /// Cleared area.
    pub cleared: SquareMetres,
    /// Area in workable patches.
    pub workable: SquareMetres,
    /// Patches, the largest first.
    pub patches: Vec<Patch>,
    /// Pending clusters, the one that opens the most first.
    pub clusters: Vec<Cluster>,
    /// Pending parcels that open something, the one that opens the most first.
    pub singles: Vec<SingleGain>,
}

/// Patches and gains of the project's parcels on `day`, when a cleared patch of `least` is workable.
pub fn areal_fronts(snapshot: &Snapshot, entry: &ProjectEntry, day: Day, least: SquareMetres) -> ArealFronts {
    let parcels = super::super::standing(snapshot, &entry.parcels, day);
    let cleared: Vec<bool> =
        parcels.iter().map(|p| snapshot.days(*p).reached(Stage::HandedOver, day)).collect();
    let areas: Vec<SquareMetres> = parcels.iter().map(|p| snapshot.parcels().recovered(*p)).collect();
    let mut found = areal(&neighbours(snapshot, &parcels), &cleared, &areas, least);
    let name =
        |indexes: &mut Vec<u32>| indexes.iter_mut().for_each(|index| *index = parcels[*index as usize]);
    found.patches.iter_mut().for_each(|patch| name(&mut patch.parcels));
    found.clusters.iter_mut().for_each(|cluster| name(&mut cluster.parcels));
    found.singles.iter_mut().for_each(|single| single.parcel = parcels[single.parcel as usize]);
    found
}

/// The same over parcels by their index in a list.
fn areal(
    touching: &[Vec<u32>],
    cleared: &[bool],
    areas: &[SquareMetres],
    least: SquareMetres,
) -> ArealFronts {
    let sum = |indexes: &[u32]| indexes.iter().map(|index| areas[*index as usize]).sum::<SquareMetres>();
    let worth = |area: SquareMetres| if area >= least { area } else { SquareMetres::ZERO };
    let pieces = pieces(touching, cleared);
    let mut patch_of = vec![usize::MAX; areas.len()];
    let (mut patches, mut pending) = (Vec::new(), Vec::new());
    for piece in pieces {
        if cleared[piece[0] as usize] {
            piece.iter().for_each(|index| patch_of[*index as usize] = patches.len());
            let area = sum(&piece);
            patches.push(Patch { parcels: piece, area, workable: area >= least });
        } else {
            pending.push(piece);
        }
    }
    // Clearing these joins them with every patch that they touch.
    let gain = |indexes: &[u32]| {
        let beside = indexes.iter().flat_map(|index| &touching[*index as usize]);
        let mut joined: Vec<usize> =
            beside.map(|index| patch_of[*index as usize]).filter(|patch| *patch != usize::MAX).collect();
        joined.sort_unstable();
        joined.dedup();
        let before = joined.iter().map(|patch| worth(patches[*patch].area)).sum::<SquareMetres>();
        let all = joined.iter().map(|patch| patches[*patch].area).sum::<SquareMetres>() + sum(indexes);
        (worth(all) - before, joined.len())
    };
    let single = |index: &u32| {
        let (gain, joins) = gain(&[*index]);
        SingleGain { parcel: *index, gain, joins }
    };
    let mut singles: Vec<SingleGain> = pending.iter().flatten().map(single).collect();
    singles.retain(|single| single.gain > SquareMetres::ZERO);
    singles.sort_by_key(|single| (std::cmp::Reverse((single.gain, single.joins)), single.parcel));
    let mut clusters: Vec<Cluster> = pending
        .into_iter()
        .map(|parcels| Cluster { area: sum(&parcels), gain: gain(&parcels).0, parcels })
        .collect();
    clusters.sort_by_key(|c| (std::cmp::Reverse(c.gain), c.parcels.len(), c.parcels[0]));
    patches.sort_by_key(|patch| (std::cmp::Reverse(patch.area), patch.parcels[0]));
    ArealFronts {
        area: areas.iter().copied().sum(),
        cleared: patches.iter().map(|patch| patch.area).sum(),
        workable: patches.iter().map(|patch| worth(patch.area)).sum(),
        patches,
        clusters,
        singles,
    }
}

/// Places that touch and are alike, in pieces, each rising.
fn pieces(touching: &[Vec<u32>], alike: &[bool]) -> Vec<Vec<u32>> {
    let mut seen = vec![false; alike.len()];
    let mut pieces = Vec::new();
    for start in 0..alike.len() {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let mut piece = vec![start as u32];
        let mut next = 0;
        while let Some(index) = piece.get(next).map(|index| *index as usize) {
            for other in &touching[index] {
                if !seen[*other as usize] && alike[*other as usize] == alike[index] {
                    seen[*other as usize] = true;
                    piece.push(*other);
                }
            }
            next += 1;
        }
        piece.sort_unstable();
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parcel_between_two_patches_is_worth_both() {
        // A row of five parcels of 4 000 m²: cleared, cleared, pending, cleared, pending; workable from 1 ha.
        // Patches: 0-1 (8 000, too small), 3 (4 000, too small): nothing is workable.
        // Parcel 2 joins both: 8 000 + 4 000 + 4 000 = 16 000. Parcel 4 with 3: 8 000, too small: 0.
        let touching = [vec![1], vec![0, 2], vec![1, 3], vec![2, 4], vec![3]];
        let areas = [SquareMetres::new(4000.0); 5];
        let least = SquareMetres::new(10_000.0);
        let found = areal(&touching, &[true, true, false, true, false], &areas, least);
        assert_eq!((found.cleared.get(), found.workable.get()), (12_000.0, 0.0));
        let gain = SquareMetres::new(16_000.0);
        assert_eq!(found.singles, [SingleGain { parcel: 2, gain, joins: 2 }]);
        assert_eq!(
            found.clusters.iter().map(|c| (c.parcels[0], c.gain)).collect::<Vec<_>>(),
            [(2, gain), (4, SquareMetres::ZERO)]
        );
        // Once 2 is cleared, 4 adds its own area alone.
        let found = areal(&touching, &[true, true, true, true, false], &areas, least);
        assert_eq!((found.workable, found.singles[0].gain.get()), (gain, 4000.0));
    }
}
