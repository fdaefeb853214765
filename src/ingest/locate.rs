//! In which commune a parcel lies, for files that do not say.
//!
//! The commune is the one whose boundary holds most of the parcel's area.
//! Boundaries of communes and of cadastral sheets never agree to the metre, so
//! that a parcel at the edge may stick out a little; one that has more land
//! outside all boundaries than in any commune is not placed at all.

use geo::{BooleanOps, BoundingRect, Contains, MultiPolygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::area::area_of;
use super::intersect::is_crossed;
use super::options::Commune;

/// A parcel with less of its land in its commune is worth a look.
const CLEAR_SHARE: f64 = 0.95;

/// Communes, to be asked by place.
pub struct Communes<'a> {
    communes: &'a [Commune],
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
}

/// Where a parcel lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CommuneShare {
    /// Place of the commune in the list.
    pub commune: usize,
    /// Share of the parcel's land in it, 0 … 1.
    pub share: f64,
}

impl CommuneShare {
    /// Whether so much of the parcel lies elsewhere that somebody should look.
    pub fn is_divided(self) -> bool {
        self.share < CLEAR_SHARE
    }
}

impl<'a> Communes<'a> {
    /// An index over `communes`.
    pub fn new(communes: &'a [Commune]) -> Self {
        let entry = |(index, commune): (usize, &Commune)| {
            let rect = commune.boundary.bounding_rect()?;
            Some(GeomWithData::new(Rectangle::from_corners(rect.min().into(), rect.max().into()), index))
        };
        let tree = RTree::bulk_load(communes.iter().enumerate().filter_map(entry).collect());
        Self { communes, tree }
    }

    /// The commune at a place in the list.
    pub fn get(&self, index: usize) -> &'a Commune {
        &self.communes[index]
    }

    /// The commune that holds most of a parcel; none if more of it lies outside
    /// all of them.
    pub fn holding(&self, parcel: &MultiPolygon<f64>) -> Option<CommuneShare> {
        let rect = parcel.bounding_rect()?;
        let around = AABB::from_corners(rect.min().into(), rect.max().into());
        let total = area_of(parcel);
        let mut outside = 1.0;
        let mut best: Option<CommuneShare> = None;
        for entry in self.tree.locate_in_envelope_intersecting(around) {
            let boundary = &self.communes[entry.data].boundary;
            let share = if is_crossed(boundary, rect) {
                if total > 0.0 { area_of(&boundary.intersection(parcel)) / total } else { 0.0 }
            } else if boundary.contains(&rect.center()) {
                1.0
            } else {
                0.0
            };
            outside -= share;
            // Of two that hold as much the first in the list, whatever the tree's order.
            let is_better = |b: CommuneShare| share > b.share || (share >= b.share && entry.data < b.commune);
            if share > 0.0 && best.is_none_or(is_better) {
                best = Some(CommuneShare { commune: entry.data, share: share.min(1.0) });
            }
        }
        best.filter(|located| located.share >= outside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Code;
    use geo::polygon;

    fn square(x: f64, y: f64, side: f64) -> MultiPolygon<f64> {
        let (x, y) = (105.9 + x, 20.5 + y);
        polygon![(x: x, y: y), (x: x + side, y: y), (x: x + side, y: y + side), (x: x, y: y + side)].into()
    }

    fn commune(code: &str, boundary: MultiPolygon<f64>) -> Commune {
        Commune { code: Code::new(code).unwrap(), name: format!("Xã {code}"), boundary }
    }

    #[test]
    fn the_commune_with_most_of_the_land_is_taken() {
        let communes = [commune("1", square(0.0, 0.0, 0.01)), commune("2", square(0.01, 0.0, 0.01))];
        let communes = Communes::new(&communes);
        let located = |x, y| communes.holding(&square(x, y, 0.001));
        assert_eq!(located(0.004, 0.004), Some(CommuneShare { commune: 0, share: 1.0 }));
        let divided = located(0.0093, 0.004).unwrap();
        assert_eq!(divided.commune, 0);
        assert!((divided.share - 0.7).abs() < 1e-3 && divided.is_divided());
        assert_eq!(located(0.0097, 0.004).unwrap().commune, 1);
        assert_eq!(located(0.5, 0.5), None);
        // 40 % in a commune, 60 % in none.
        assert_eq!(located(0.004, 0.0096), None);
        assert!(located(0.004, 0.0094).is_some());
    }
}
