//! How far along an alignment places lie: by the foot on its nearest side.

use rstar::{
    PointDistance as _, RTree,
    primitives::{GeomWithData, Line},
};

use super::world::{Extent, WorldPoint};

/// A side of the alignment in world units, with its number and what lies before it.
type Side = GeomWithData<Line<[f64; 2]>, (usize, f64)>;

/// The sides of an alignment, found by place.
pub(super) struct Feet {
    sides: RTree<Side>,
    length: f64,
}

impl Feet {
    /// Of a line through these points.
    pub(super) fn of(alignment: &[WorldPoint]) -> Self {
        let mut length = 0.0;
        let mut sides = Vec::with_capacity(alignment.len());
        for (number, ends) in alignment.windows(2).enumerate() {
            let side = Line::new(place(ends[0]), place(ends[1]));
            // Points that are given twice make no side.
            if side.length_2() > 0.0 {
                sides.push(Side::new(side, (number, length)));
                length += side.length_2().sqrt();
            }
        }
        Self { sides: RTree::bulk_load(sides), length }
    }

    /// From where to where along the line the feet of `points` lie, which lie in `extent`; 0 at its start, 1 at its
    /// end. Each point's foot is on the side nearest to it, the first of several.
    pub(super) fn reach(&self, points: &[WorldPoint], extent: Extent) -> [f64; 2] {
        let first = place(WorldPoint { x: extent.min_x, y: extent.min_y });
        let last = place(WorldPoint { x: extent.max_x, y: extent.max_y });
        let middle = [first[0].midpoint(last[0]), first[1].midpoint(last[1])];
        let radius = (last[0] - middle[0]).hypot(last[1] - middle[1]);
        let Some(nearest) = self.sides.nearest_neighbor(middle) else { return [0.0, 0.0] };
        // Each point is within `radius` of the middle, so no further than that more from the middle's side; and its own
        // nearest side is no further from the middle than `radius` again. A unit more for what rounding takes.
        let within = nearest.distance_2(&middle).sqrt() + 2.0 * radius + 1.0;
        let mut near: Vec<&Side> = self.sides.locate_within_distance(middle, within * within).collect();
        near.sort_unstable_by_key(|side| side.data.0);
        let (mut from, mut to) = (1.0f64, 0.0f64);
        for point in points.iter().copied().map(place) {
            let mut least = f64::INFINITY;
            let mut foot = 0.0;
            for side in &near {
                let (share, distance) = project(side.geom(), point);
                if distance < least {
                    least = distance;
                    foot = (side.data.1 + share * side.geom().length_2().sqrt()) / self.length;
                }
            }
            (from, to) = (from.min(foot), to.max(foot));
        }
        [from, to.max(from)]
    }
}

fn place(point: WorldPoint) -> [f64; 2] {
    [f64::from(point.x), f64::from(point.y)]
}

/// Share of a side at which a point's foot lies, 0 … 1, and the square of how far it is.
fn project(side: &Line<[f64; 2]>, point: [f64; 2]) -> (f64, f64) {
    let along = [side.to[0] - side.from[0], side.to[1] - side.from[1]];
    let off = [point[0] - side.from[0], point[1] - side.from[1]];
    let share = ((off[0] * along[0] + off[1] * along[1]) / side.length_2()).clamp(0.0, 1.0);
    let rest = [off[0] - share * along[0], off[1] - share * along[1]];
    (share, rest[0] * rest[0] + rest[1] * rest[1])
}

#[cfg(test)]
mod tests {
    use geo::{LineLocatePoint as _, LineString, Point};
    use proptest::prelude::*;

    use super::*;

    fn points(most: usize) -> impl Strategy<Value = Vec<WorldPoint>> {
        let point = (0u32..40_000, 0u32..40_000);
        prop::collection::vec(point.prop_map(|(x, y)| WorldPoint { x, y }), 1..most)
    }

    proptest! {
        #[test]
        fn a_reach_is_what_every_side_asked_one_by_one_gives(
            line in points(60),
            at in (0u32..40_000, 0u32..40_000),
            parcel in prop::collection::vec((0u32..900, 0u32..900), 1..9),
        ) {
            let parcel: Vec<_> =
                parcel.iter().map(|(x, y)| WorldPoint { x: at.0 + x, y: at.1 + y }).collect();
            let extent = parcel.iter().fold(Extent::EMPTY, |extent, point| extent.with(*point));
            let reach = Feet::of(&line).reach(&parcel, extent);
            let line: LineString<f64> = line.iter().map(|p| (f64::from(p.x), f64::from(p.y))).collect();
            let foot = |p: &WorldPoint| {
                line.line_locate_point(&Point::new(f64::from(p.x), f64::from(p.y))).unwrap_or(0.0)
            };
            let feet: Vec<f64> = parcel.iter().map(foot).collect();
            let from = feet.iter().copied().fold(1.0, f64::min);
            let to = feet.iter().copied().fold(0.0, f64::max);
            prop_assert!((reach[0] - from).abs() < 1e-9 && (reach[1] - to).abs() < 1e-9, "{reach:?} {from} {to}");
        }
    }
}
