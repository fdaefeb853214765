//! The outline around polygons that lie side by side: sides that two of them share cancel each other.
//!
//! Rings are taken as closed paths of directed sides. A side that is passed in both directions is inside; what is left
//! leads through each place as often as away from it, so that it falls into closed paths again. Where polygons overlap
//! or leave gaps smaller than the grid, the outline does too; nothing is lost.

use super::grid::Point;

/// Where the grid of places begins: outside of every tile with its margin.
const EDGE: i32 = 1 << 14;

/// Finds outlines; its room is kept.
#[derive(Debug, Default)]
pub struct Outline {
    /// Sides by their two places, the lower first, and whether they are passed from there.
    sides: Vec<(u64, bool)>,
    /// Sides that are left, and how often each is still to be passed.
    left: Vec<(u64, usize)>,
    points: Vec<Point>,
    ends: Vec<u32>,
}

fn packed((x, y): Point) -> u32 {
    (((x + EDGE) as u32) << 16) | (y + EDGE) as u32
}

fn unpacked(place: u32) -> Point {
    ((place >> 16) as i32 - EDGE, (place & 0xffff) as i32 - EDGE)
}

fn side(from: u32, to: u32) -> u64 {
    u64::from(from) << 32 | u64::from(to)
}

impl Outline {
    /// Finds the outline around polygons given by their rings, outer ones clockwise on the screen, on a grid that is
    /// coarser by so many bits. Holes are closed. Where all is thinner than the grid it is a square of one unit.
    pub fn around<'a>(&mut self, rings: impl Iterator<Item = &'a [Point]>, coarser: i32) {
        self.sides.clear();
        self.points.clear();
        self.ends.clear();
        let half = (1 << coarser) >> 1;
        let coarse = |(x, y): Point| ((x + half) >> coarser, (y + half) >> coarser);
        let mut middle = None;
        for ring in rings {
            let Some(&last) = ring.last() else { continue };
            middle.get_or_insert_with(|| coarse(last));
            let mut from = packed(coarse(last));
            for &point in ring {
                let to = packed(coarse(point));
                if from != to {
                    self.sides.push(if from < to { (side(from, to), true) } else { (side(to, from), false) });
                }
                from = to;
            }
        }
        self.cancel();
        self.walk();
        if let (true, Some((x, y))) = (self.ends.is_empty(), middle) {
            self.points.extend([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]);
            self.ends.push(4);
        }
    }

    /// The rings found last.
    pub fn rings(&self) -> impl Iterator<Item = &[Point]> {
        let mut from = 0;
        self.ends.iter().map(move |end| {
            let ring = &self.points[from..*end as usize];
            from = *end as usize;
            ring
        })
    }

    /// Leaves the sides that are passed more often in one direction than in the other, by where they begin.
    fn cancel(&mut self) {
        self.sides.sort_unstable();
        self.left.clear();
        for same in self.sides.chunk_by(|one, other| one.0 == other.0) {
            let forward = same.iter().filter(|(_, forward)| *forward).count();
            let backward = same.len() - forward;
            let (low, high) = ((same[0].0 >> 32) as u32, same[0].0 as u32);
            let left = if forward > backward { side(low, high) } else { side(high, low) };
            if forward != backward {
                self.left.push((left, forward.abs_diff(backward)));
            }
        }
        self.left.sort_unstable();
    }

    /// Follows the sides that are left until each path is closed.
    fn walk(&mut self) {
        for first in 0..self.left.len() {
            while self.left[first].1 > 0 {
                self.follow(first);
            }
        }
    }

    /// Follows a path from one of its sides on until it is closed.
    fn follow(&mut self, first: usize) {
        let (start, from) = ((self.left[first].0 >> 32) as u32, self.points.len());
        let mut at = first;
        loop {
            self.left[at].1 -= 1;
            let place = self.left[at].0 as u32;
            self.push(from, unpacked(place));
            if place == start {
                break;
            }
            let Some(next) = self.next(at) else { break };
            at = next;
        }
        self.close(from);
    }

    /// The side that goes on from the one at `at`. Where there are several it is the one most to the left, which leads
    /// around all of them: a seam between neighbours whose places are not the same is passed on both sides later, and
    /// encloses nothing.
    fn next(&self, at: usize) -> Option<usize> {
        let (from, place) = (unpacked((self.left[at].0 >> 32) as u32), self.left[at].0 as u32);
        let here = unpacked(place);
        let first = self.left.partition_point(|(side, _)| *side < u64::from(place) << 32);
        let away = (first..self.left.len()).take_while(|at| (self.left[*at].0 >> 32) as u32 == place);
        let turn = |at: &usize| {
            let to = unpacked(self.left[*at].0 as u32);
            let [(ax, ay), (bx, by)] = [(here.0 - from.0, here.1 - from.1), (to.0 - here.0, to.1 - here.1)]
                .map(|(x, y)| (f64::from(x), f64::from(y)));
            // To the right is more, and straight back most: coordinates grow downwards.
            (ax * by - ay * bx + 0.0).atan2(ax * bx + ay * by)
        };
        away.filter(|at| self.left[*at].1 > 0).min_by(|one, other| turn(one).total_cmp(&turn(other)))
    }

    /// Adds a place to the path from `from` on; what lies straight between its neighbours is left out.
    fn push(&mut self, from: usize, point: Point) {
        while let [.., before, last] = self.points[from..]
            && straight(before, last, point)
        {
            self.points.pop();
        }
        if self.points.len() == from || self.points.last() != Some(&point) {
            self.points.push(point);
        }
    }

    /// Ends the path from `from` on; without an area, or turned the other way as holes are, it is forgotten.
    fn close(&mut self, from: usize) {
        while let [first, second, .., before, last] = self.points[from..] {
            if last == first || straight(before, last, first) {
                self.points.pop();
            } else if straight(last, first, second) {
                self.points.remove(from);
            } else {
                break;
            }
        }
        let ring = &self.points[from..];
        let sides = ring.iter().zip(ring.iter().cycle().skip(1));
        let area: i64 =
            sides.map(|(a, b)| i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1)).sum();
        if area > 0 {
            self.ends.push(self.points.len() as u32);
        } else {
            self.points.truncate(from);
        }
    }
}

fn straight(a: Point, b: Point, c: Point) -> bool {
    i64::from(b.0 - a.0) * i64::from(c.1 - b.1) == i64::from(b.1 - a.1) * i64::from(c.0 - b.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn square(x: i32, y: i32, side: i32) -> Vec<Point> {
        vec![(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
    }

    fn around(rings: &[Vec<Point>], coarser: i32) -> Vec<Vec<Point>> {
        let mut outline = Outline::default();
        outline.around(rings.iter().map(Vec::as_slice), coarser);
        outline.rings().map(<[Point]>::to_vec).collect()
    }

    fn area2(rings: &[Vec<Point>]) -> i64 {
        let one = |ring: &Vec<Point>| {
            let sides = ring.iter().zip(ring.iter().cycle().skip(1));
            sides.map(|(a, b)| i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1)).sum::<i64>()
        };
        rings.iter().map(one).sum()
    }

    #[test]
    fn neighbours_become_one_and_what_lies_apart_stays_apart() {
        let row = [square(0, 0, 8), square(8, 0, 8), square(40, 0, 8)];
        assert_eq!(around(&row, 0).len(), 2);
        assert_eq!(area2(&around(&row, 0)), 2 * 3 * 64);
        // A neighbour with a place in the middle of the shared side.
        let with_place = vec![(8, 0), (16, 0), (16, 8), (8, 8), (8, 4)];
        let both = around(&[square(0, 0, 8), with_place], 0);
        assert_eq!((both.len(), area2(&both)), (1, 2 * 128));
        assert_eq!(both[0].len(), 4, "no seam is left: {both:?}");
    }

    #[test]
    fn what_is_thinner_than_the_grid_is_still_there() {
        let thin = vec![vec![(4, 4), (5, 4), (5, 5), (4, 5)]];
        assert_eq!(around(&thin, 2), [square(1, 1, 1)]);
    }

    proptest! {
        #[test]
        fn the_outline_of_any_cells_has_their_area(cells in prop::collection::btree_set((0i32..12, 0i32..2), 1..24)) {
            // Two rows have no room for a hole.
            let rings: Vec<Vec<Point>> = cells.iter().map(|(x, y)| square(x * 8, y * 8, 8)).collect();
            let found = around(&rings, 0);
            prop_assert_eq!(area2(&found), cells.len() as i64 * 128);
            prop_assert!(found.iter().all(|ring| area2(std::slice::from_ref(ring)) > 0));
        }
    }
}
