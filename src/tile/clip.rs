//! Clipping in tile units: polygons after Sutherland and Hodgman (1974),
//! lines side by side. The window is the tile with its buffer.

use super::grid::{BUFFER, EXTENT, Point};

const LOW: i32 = -BUFFER;
const HIGH: i32 = EXTENT + BUFFER;

/// Whether a place lies inside the window: where all of a ring do, nothing is to be clipped.
pub fn holds((x, y): Point) -> bool {
    (LOW..=HIGH).contains(&x) && (LOW..=HIGH).contains(&y)
}

/// Which side of an edge is kept.
#[derive(Clone, Copy)]
enum Edge {
    West,
    East,
    North,
    South,
}

const EDGES: [Edge; 4] = [Edge::West, Edge::East, Edge::North, Edge::South];

impl Edge {
    fn keeps(self, (x, y): Point) -> bool {
        match self {
            Self::West => x >= LOW,
            Self::East => x <= HIGH,
            Self::North => y >= LOW,
            Self::South => y <= HIGH,
        }
    }

    /// Where the side from `a` to `b` crosses the edge, rounded to the nearest unit.
    fn cross(self, a: Point, b: Point) -> Point {
        let at = |from: i32, to: i32, along_from: i32, along_to: i32, edge: i32| {
            let (run, rise) = (i64::from(to) - i64::from(from), i64::from(along_to) - i64::from(along_from));
            let part = (i64::from(edge) - i64::from(from)) as f64 / run as f64;
            (f64::from(along_from) + rise as f64 * part).round() as i32
        };
        match self {
            Self::West => (LOW, at(a.0, b.0, a.1, b.1, LOW)),
            Self::East => (HIGH, at(a.0, b.0, a.1, b.1, HIGH)),
            Self::North => (at(a.1, b.1, a.0, b.0, LOW), LOW),
            Self::South => (at(a.1, b.1, a.0, b.0, HIGH), HIGH),
        }
    }
}

/// The part of a closed ring (first vertex not repeated) inside the window; empty when there is none.
pub fn ring(ring: &mut Vec<Point>, spare: &mut Vec<Point>) {
    for edge in EDGES {
        spare.clear();
        let Some(&last) = ring.last() else { return };
        let mut before = last;
        for &after in ring.iter() {
            match (edge.keeps(before), edge.keeps(after)) {
                (true, true) => spare.push(after),
                (true, false) => spare.push(edge.cross(before, after)),
                (false, true) => spare.extend([edge.cross(before, after), after]),
                (false, false) => {}
            }
            before = after;
        }
        std::mem::swap(ring, spare);
    }
}

/// The parts of an open line inside the window.
pub fn line(line: &[Point]) -> Vec<Vec<Point>> {
    let mut parts = vec![line.to_vec()];
    for edge in EDGES {
        parts = parts.iter().flat_map(|part| cut(part, edge)).collect();
    }
    parts
}

fn cut(line: &[Point], edge: Edge) -> Vec<Vec<Point>> {
    let mut parts: Vec<Vec<Point>> = vec![Vec::new()];
    let mut before: Option<Point> = None;
    for &after in line {
        let crossed = before.filter(|before| edge.keeps(*before) != edge.keeps(after));
        if let (Some(part), Some(before)) = (parts.last_mut(), crossed) {
            part.push(edge.cross(before, after));
        }
        if edge.keeps(after) {
            if let Some(part) = parts.last_mut() {
                part.push(after);
            }
        } else {
            parts.push(Vec::new());
        }
        before = Some(after);
    }
    parts.retain(|part| part.len() > 1);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn area2(ring: &[Point]) -> i64 {
        let pairs = ring.iter().zip(ring.iter().cycle().skip(1));
        pairs
            .map(|(a, b)| i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1))
            .sum::<i64>()
            .abs()
    }

    #[test]
    fn a_ring_around_the_tile_becomes_the_window() {
        let mut big = vec![(-9000, -9000), (9000, -9000), (9000, 9000), (-9000, 9000)];
        ring(&mut big, &mut Vec::new());
        assert_eq!(area2(&big), 2 * i64::from(HIGH - LOW).pow(2));
    }

    #[test]
    fn a_line_that_leaves_and_comes_back_is_two() {
        let parts = line(&[(0, 100), (9000, 100), (9000, 200), (0, 200)]);
        assert_eq!(parts, vec![vec![(0, 100), (HIGH, 100)], vec![(HIGH, 200), (0, 200)]]);
    }

    proptest! {
        #[test]
        fn what_is_clipped_lies_inside_and_is_no_larger(corners in prop::collection::vec((-20_000i32..20_000, -20_000i32..20_000), 3..4)) {
            let mut clipped = corners.clone();
            ring(&mut clipped, &mut Vec::new());
            prop_assert!(clipped.iter().all(|point| holds(*point)));
            prop_assert!(area2(&clipped) <= area2(&corners) + 200_000);
        }
    }
}
