//! A fast yes to the question whether two parcels share no land.
//!
//! Neighbours share corners and edges: handing each pair to a general overlay costs a hundred times as much as looking
//! whether one edge crosses another. Corners are whole numbers here, so that every answer about sides is exact. Only a
//! clear yes is given; anything else (corners on edges, holes, several parts) is for the overlay to judge.
//!
//! Two boundaries that meet in common corners and edges only, and do not cross, leave each other edge wholly inside the
//! other ring or wholly outside: one point of it tells which.

use std::cmp::Ordering;

/// A corner: longitude and latitude in units of the grid.
pub type Corner = [i64; 2];

/// Whether two rings, counter-clockwise and without their closing corner, share no land without doubt.
pub fn are_plainly_apart(a: &[Corner], b: &[Corner]) -> bool {
    let (box_a, box_b) = (around(a), around(b));
    let low = [box_a.0[0].max(box_b.0[0]), box_a.0[1].max(box_b.0[1])];
    let high = [box_a.1[0].min(box_b.1[0]), box_a.1[1].min(box_b.1[1])];
    if low[0] >= high[0] || low[1] >= high[1] {
        return true;
    }
    let near = |(from, to): &(Corner, Corner)| {
        (0..2).all(|axis| from[axis].max(to[axis]) >= low[axis] && from[axis].min(to[axis]) <= high[axis])
    };
    let near_b: Vec<(Corner, Corner)> = edges(b).filter(near).collect();
    let mut shared_b = vec![false; near_b.len()];
    for edge in edges(a).filter(near) {
        let mut is_shared = false;
        for (index, other) in near_b.iter().enumerate() {
            match meeting(edge, *other) {
                Meeting::Apart => {}
                Meeting::Shared => (is_shared, shared_b[index]) = (true, true),
                Meeting::Doubtful => return false,
            }
        }
        if !is_shared && holds(b, edge) {
            return false;
        }
    }
    !near_b.iter().zip(&shared_b).any(|(edge, is_shared)| !is_shared && holds(a, *edge))
}

fn edges(ring: &[Corner]) -> impl Iterator<Item = (Corner, Corner)> {
    (0..ring.len()).map(|index| (ring[index], ring[(index + 1) % ring.len()]))
}

/// The corners of the box around a ring.
fn around(ring: &[Corner]) -> (Corner, Corner) {
    ring.iter().fold(([i64::MAX; 2], [i64::MIN; 2]), |(low, high), corner| {
        ([low[0].min(corner[0]), low[1].min(corner[1])], [high[0].max(corner[0]), high[1].max(corner[1])])
    })
}

/// How two edges meet.
enum Meeting {
    /// Not at all, or in a corner that is one of both rings.
    Apart,
    /// They are the same, run through in opposite directions: the rings lie on its two sides.
    Shared,
    /// They cross, or one has a corner on the other, or they lie on each other.
    Doubtful,
}

fn meeting((a, b): (Corner, Corner), (c, d): (Corner, Corner)) -> Meeting {
    let beside = |axis: usize| {
        a[axis].max(b[axis]) < c[axis].min(d[axis]) || c[axis].max(d[axis]) < a[axis].min(b[axis])
    };
    if beside(0) || beside(1) {
        return Meeting::Apart;
    }
    if a == d && b == c {
        return Meeting::Shared;
    }
    let sides = [side(c, d, a), side(c, d, b), side(a, b, c), side(a, b, d)];
    if sides[0] == sides[1] && sides[0] != Ordering::Equal
        || sides[2] == sides[3] && sides[2] != Ordering::Equal
    {
        return Meeting::Apart;
    }
    // A corner of both, and nothing else in common: the other ends lie off the other edge's line, or lead away from it
    // on one line.
    let on_lines = sides.into_iter().filter(|side| *side == Ordering::Equal).count();
    let ends = [(a, b, c, d), (a, b, d, c), (b, a, c, d), (b, a, d, c)];
    let mut common = ends.into_iter().filter(|(corner, _, same, _)| corner == same);
    match (common.next(), common.next()) {
        (Some((corner, from, _, to)), None) if on_lines == 2 || lead_away(corner, from, to) => Meeting::Apart,
        _ => Meeting::Doubtful,
    }
}

/// Whether two edges that meet in a corner lead away from it to opposite sides.
fn lead_away(corner: Corner, a: Corner, b: Corner) -> bool {
    let along = |axis: usize| i128::from(a[axis] - corner[axis]) * i128::from(b[axis] - corner[axis]);
    along(0) + along(1) < 0
}

/// On which side of the line from `a` to `b` a corner lies.
fn side(a: Corner, b: Corner, c: Corner) -> Ordering {
    let wide = |number: i64| i128::from(number);
    let turn = wide(b[0] - a[0]) * wide(c[1] - a[1]) - wide(b[1] - a[1]) * wide(c[0] - a[0]);
    turn.cmp(&0)
}

/// Whether the middle of an edge that does not meet the ring's boundary lies inside it (the ray to the east crosses the
/// boundary an odd number of times).
fn holds(ring: &[Corner], (from, to): (Corner, Corner)) -> bool {
    // Twice as fine, so that the middle is a place of the grid.
    let middle = [from[0] + to[0], from[1] + to[1]];
    edges(ring)
        .filter(|(a, b)| {
            let (a, b) = ([2 * a[0], 2 * a[1]], [2 * b[0], 2 * b[1]]);
            let (low, high) = if a[1] < b[1] { (a, b) } else { (b, a) };
            low[1] <= middle[1] && middle[1] < high[1] && side(low, high, middle) == Ordering::Greater
        })
        .count()
        % 2
        == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, BooleanOps, Coord, LineString, Polygon, Winding};
    use proptest::prelude::*;

    #[test]
    fn neighbours_that_share_an_edge_are_apart() {
        let left = [[0, 0], [10, 0], [9, 5], [10, 10], [0, 10]];
        let right = [[10, 0], [20, 0], [20, 10], [10, 10], [9, 5]];
        assert!(are_plainly_apart(&left, &right) && are_plainly_apart(&right, &left));
        // The corner of three parcels.
        assert!(are_plainly_apart(&left, &[[10, 10], [20, 10], [20, 20]]));
        assert!(are_plainly_apart(&left, &[[30, 0], [40, 0], [40, 10]]));
        // Side by side, with other corners on the common line.
        assert!(are_plainly_apart(
            &[[0, 0], [10, 0], [10, 10], [0, 10]],
            &[[10, 2], [20, 2], [20, 8], [10, 8]]
        ));
    }

    #[test]
    fn doubtful_pairs_are_left_to_others() {
        let square = [[0, 0], [10, 0], [10, 10], [0, 10]];
        for other in [
            square.to_vec(),
            vec![[2, 2], [8, 2], [8, 8], [2, 8]],
            vec![[-5, -5], [15, -5], [15, 15], [-5, 15]],
            vec![[9, 0], [19, 0], [19, 10], [9, 10]],
            vec![[0, 0], [10, 0], [10, 10]],
            vec![[5, 10], [2, 14], [2, 5], [-4, 5], [-4, 20], [15, 20]],
        ] {
            assert!(!are_plainly_apart(&square, &other), "{other:?}");
            assert!(!are_plainly_apart(&other, &square), "{other:?}");
        }
    }

    fn polygon(points: &[(i64, i64)]) -> Option<(Vec<Corner>, Polygon<f64>)> {
        let ring: LineString<f64> =
            points.iter().map(|(x, y)| Coord { x: *x as f64, y: *y as f64 }).collect();
        let mut polygon = Polygon::new(ring, vec![]);
        polygon.exterior_mut(Winding::make_ccw_winding);
        let valid = crate::ingest::source::plain::is_plainly_valid(std::slice::from_ref(&polygon));
        let ring = polygon.exterior().0.iter().map(|c| [c.x as i64, c.y as i64]);
        valid.then(|| (ring.skip(1).collect(), polygon.clone()))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]
        #[test]
        fn a_yes_is_never_contradicted_by_an_overlay(
            a in prop::collection::vec((0..7_i64, 0..7_i64), 3..7),
            b in prop::collection::vec((0..7_i64, 0..7_i64), 3..7),
        ) {
            if let (Some(a), Some(b)) = (polygon(&a), polygon(&b))
                && are_plainly_apart(&a.0, &b.0)
            {
                prop_assert!(a.1.intersection(&b.1).unsigned_area() < 1e-9, "{:?} {:?}", a.0, b.0);
            }
        }
    }
}
