//! Whether the lines of a drawing can be cut at their crossings at all.
//!
//! The work of noding, and the faces that come out, grow with the crossings,
//! and these with the square of the lines: 2 000 lines drawn at random make
//! half a million. Boundaries of parcels meet at their ends. So crossings are
//! counted first, up to the number from which a drawing can't be of parcels.

use geo::{Coord, Kernel, LineString, Orientation, kernels::RobustKernel};
use rstar::primitives::{GeomWithData, Line};
use rstar::{RTree, RTreeObject};

use super::LineworkFault;
use crate::ingest::bounds::Bound;

/// Crossings that any drawing may have; hatchings and frames make some thousands.
const ALLOWED: usize = 50_000;
/// Crossings that it may have beside, for each straight piece of its lines.
const ALLOWED_A_PIECE: usize = 4;
/// Pairs of pieces that are compared for each crossing allowed: long slanted lines
/// lie in each other's boxes without crossing.
const COMPARED: usize = 200;

type Piece = GeomWithData<Line<[f64; 2]>, usize>;

/// Fails if the lines have more than `most` pieces, or cross each other too often.
///
/// # Errors
/// [`IngestError`] naming the bound that the lines go over.
pub fn keep_within(lines: &[LineString<f64>], most: usize) -> Result<(), LineworkFault> {
    let count: usize = lines.iter().map(|line| line.0.len().saturating_sub(1)).sum();
    if count > most {
        return Err(LineworkFault::TooMuch(Bound::Lines, most));
    }
    let allowed = ALLOWED + ALLOWED_A_PIECE * count;
    if crossings(lines, allowed) > allowed {
        return Err(LineworkFault::TooMuch(Bound::Crossings, allowed));
    }
    Ok(())
}

/// Pairs of pieces that cross inside both, counted up to a little over `enough`;
/// comparing too many pairs counts as too many crossings.
fn crossings(lines: &[LineString<f64>], enough: usize) -> usize {
    let pieces = lines.iter().flat_map(|line| line.0.array_windows());
    let piece =
        |(index, [a, b]): (usize, &[Coord<f64>; 2])| Piece::new(Line::new([a.x, a.y], [b.x, b.y]), index);
    let pieces: Vec<Piece> = pieces.enumerate().map(piece).collect();
    let tree = RTree::bulk_load(pieces.clone());
    let (mut found, mut left) = (0, enough.saturating_mul(COMPARED));
    for piece in &pieces {
        for other in tree.locate_in_envelope_intersecting(piece.envelope()) {
            if other.data <= piece.data {
                continue;
            }
            left -= 1;
            found += usize::from(cross(piece.geom(), other.geom()));
            if found > enough || left == 0 {
                return enough + 1;
            }
        }
    }
    found
}

/// Whether each piece has its ends strictly on both sides of the other.
fn cross(one: &Line<[f64; 2]>, other: &Line<[f64; 2]>) -> bool {
    let apart = |line: &Line<[f64; 2]>, a: [f64; 2], b: [f64; 2]| {
        let side = |c: [f64; 2]| RobustKernel::orient2d(line.from.into(), line.to.into(), c.into());
        let (first, second) = (side(a), side(b));
        first != second && first != Orientation::Collinear && second != Orientation::Collinear
    };
    apart(one, other.from, other.to) && apart(other, one.from, one.to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[(f64, f64)]) -> LineString<f64> {
        points.iter().copied().collect()
    }

    #[test]
    fn lines_that_meet_at_their_ends_do_not_cross() {
        let square = line(&[(0., 0.), (1., 0.), (1., 1.), (0., 1.), (0., 0.)]);
        let wall = line(&[(0., 0.), (1., 1.)]);
        assert_eq!(crossings(&[square.clone(), wall], 100), 0);
        assert_eq!(crossings(&[square, line(&[(0.5, -1.), (0.5, 2.)])], 100), 2);
    }

    #[test]
    fn a_grid_of_crossings_ends_at_the_bound() {
        let across = (0..300).map(|n| line(&[(0., f64::from(n) + 0.5), (300., f64::from(n) + 0.5)]));
        let along = (0..300).map(|n| line(&[(f64::from(n) + 0.5, 0.), (f64::from(n) + 0.5, 300.)]));
        let lines: Vec<_> = across.chain(along).collect();
        assert_eq!(crossings(&lines, 100_000), 90_000);
        assert!(matches!(keep_within(&lines, 1000), Err(LineworkFault::TooMuch(Bound::Crossings, 52_400))));
        assert!(matches!(keep_within(&lines, 599), Err(LineworkFault::TooMuch(Bound::Lines, 599))));
    }
}
