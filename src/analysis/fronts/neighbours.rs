//! Which parcels touch.

use geo::{Coord, Distance, Euclidean, Line};

use crate::atlas::{Extent, Shape, Snapshot, WorldPoint};

/// Parcels closer than this touch, metres: the width of a boundary stone and of a surveyor's error.
const TOUCHING_M: f64 = 0.5;

/// For each of the rising `parcels` the places in that list of those that touch it.
pub fn neighbours(snapshot: &Snapshot, parcels: &[u32]) -> Vec<Vec<u32>> {
    let columns = snapshot.parcels();
    let shape = |parcel: u32| columns.arena().shape(parcel as usize);
    let Some(first) = parcels.first().and_then(|parcel| shape(*parcel).vertices().first()) else {
        return vec![Vec::new(); parcels.len()];
    };
    let reach = TOUCHING_M / first.metres();
    let mut touching = vec![Vec::new(); parcels.len()];
    for (index, parcel) in parcels.iter().enumerate() {
        let own = shape(*parcel);
        let near = own.extent().grown(reach.ceil() as u32);
        for (other, _) in columns.touching(near) {
            // Each pair once.
            let Some(at) = parcels[index + 1..].binary_search(&other).ok().map(|at| at + index + 1) else {
                continue;
            };
            if touch(own, shape(other), reach) {
                touching[index].push(at as u32);
                touching[at].push(index as u32);
            }
        }
    }
    touching
}

/// Whether two shapes come within `reach` world units of each other.
fn touch(one: Shape<'_>, other: Shape<'_>, reach: f64) -> bool {
    let grow = reach.ceil() as u32;
    let (near_one, near_other) = (one.extent().grown(grow), other.extent().grown(grow));
    let ours: Vec<_> = sides(one).filter(|side| side.1.touches(near_other)).collect();
    let mut theirs = sides(other).filter(|side| side.1.touches(near_one));
    theirs.any(|(their, around)| {
        let around = around.grown(grow);
        ours.iter().any(|(our, own)| own.touches(around) && Euclidean.distance(our, &their) <= reach)
    })
}

fn sides(shape: Shape<'_>) -> impl Iterator<Item = (Line<f64>, Extent)> {
    let at = |point: WorldPoint| Coord { x: f64::from(point.x), y: f64::from(point.y) };
    shape.rings().flat_map(move |(_, ring)| {
        let next = ring.iter().cycle().skip(1);
        ring.iter()
            .zip(next)
            .map(move |(from, to)| (Line::new(at(*from), at(*to)), Extent::EMPTY.with(*from).with(*to)))
    })
}
