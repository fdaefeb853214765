//! What a project recovers of a cadastral layer.
//!
//! Pure: boundary and parcels in, recovered parts out. Clipping is done in
//! degrees, which over the size of a parcel is as good as in metres; areas are
//! measured on the ellipsoid.

use geo::{Area, BooleanOps, BoundingRect, Contains, Coord, Intersects, MultiPolygon, Rect};

use crate::domain::{Parcel, ParcelKey, SquareMetres};

use super::area::area_of;
use super::report::Report;

/// Less of a parcel than this is the inaccuracy of two drawings: m².
const SLIVER_M2: f64 = 0.5;
/// The same as a share of the parcel; as much may be missing of a whole one.
const SLIVER_SHARE: f64 = 0.001;

/// How much of a parcel a project recovers.
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct IntersectRow {
    /// Place of the parcel in the list that was cut.
    #[serde(skip)]
    pub position: usize,
    /// The parcel, as it reads in reports.
    #[serde(serialize_with = "as_text")]
    #[schemars(with = "String")]
    pub key: ParcelKey,
    /// Area of the whole parcel.
    pub total_area: SquareMetres,
    /// Area that the project recovers.
    pub recovered_area: SquareMetres,
    /// Share of the parcel's land that lies inside the boundary, 0 … 1.
    pub share: f64,
    /// Whether nothing of the parcel remains.
    pub whole: bool,
}

fn as_text<S: serde::Serializer>(key: &ParcelKey, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(key)
}

/// Cuts parcels at the boundary of a project, run by run.
#[derive(Debug)]
pub struct Cut {
    boundary: MultiPolygon<f64>,
    around: Option<Rect<f64>>,
    outside: usize,
}

/// A parcel as it is after the cut.
type CutParcel<T> = (T, Parcel, IntersectRow);

impl Cut {
    /// Cuts at this boundary.
    pub fn new(boundary: MultiPolygon<f64>) -> Self {
        let around = boundary.bounding_rect();
        Self { boundary, around, outside: 0 }
    }

    /// The parcels of a run that are recovered, whole or in
    /// part, with the recovered part as geometry, and a row for each.
    ///
    /// The recovered area is the parcel's total area (which may be the declared
    /// one) times the share of its land inside the boundary. Parts under 0.5 m² or
    /// 0.1 % of the parcel are not recovered; a parcel of which less than that
    /// remains is recovered whole, and keeps its geometry.
    pub fn keep<T: Sync + Send>(&mut self, parcels: Vec<(T, Parcel)>) -> Vec<CutParcel<T>> {
        let parts = super::parallel::map(&parcels, |(_, parcel)| {
            recovered_part(&self.boundary, self.around?, parcel)
        });
        let before = parcels.len();
        let kept: Vec<CutParcel<T>> = parcels
            .into_iter()
            .zip(parts)
            .enumerate()
            .filter_map(|(position, ((feature, parcel), part))| {
                let part = part?;
                let recovered_area =
                    if part.whole { parcel.total_area } else { share_of(parcel.total_area, part.share) };
                let row = IntersectRow {
                    position,
                    key: parcel.key.clone(),
                    total_area: parcel.total_area,
                    recovered_area,
                    share: part.share,
                    whole: part.whole,
                };
                let geometry = part.geometry.unwrap_or(parcel.geometry);
                Some((feature, Parcel { recovered_area, geometry, ..parcel }, row))
            })
            .collect();
        self.outside += before - kept.len();
        kept
    }

    /// Forgets what was left out.
    pub fn anew(&mut self) {
        self.outside = 0;
    }

    /// Says in the report what was left out.
    pub fn tell(&self, report: &mut Report) {
        if self.outside > 0 {
            let words =
                format!("{} parcels lie outside the project's boundary and are left out", self.outside);
            report.warnings.push(words);
        }
        report.accepted -= self.outside;
    }
}

fn share_of(total: SquareMetres, share: f64) -> SquareMetres {
    SquareMetres::new(total.get() * share)
}

/// The part of a parcel inside a boundary.
struct Part {
    /// None: the parcel's own.
    geometry: Option<MultiPolygon<f64>>,
    share: f64,
    whole: bool,
}

fn recovered_part(boundary: &MultiPolygon<f64>, around: Rect<f64>, parcel: &Parcel) -> Option<Part> {
    let rect = parcel.geometry.bounding_rect()?;
    if !around.intersects(&rect) {
        return None;
    }
    if !is_crossed(boundary, rect) {
        // No edge of the boundary comes near: all inside, or all outside.
        return boundary.contains(&rect.center()).then_some(Part { geometry: None, share: 1.0, whole: true });
    }
    let clipped = boundary.intersection(&parcel.geometry);
    let (area, total) = (area_of(&clipped), area_of(&parcel.geometry));
    let share = if total > 0.0 { (area / total).min(1.0) } else { return None };
    if area < SLIVER_M2 || share < SLIVER_SHARE || clipped.unsigned_area() <= 0.0 {
        return None;
    }
    if total - area < SLIVER_M2 || 1.0 - share < SLIVER_SHARE {
        return Some(Part { geometry: None, share: 1.0, whole: true });
    }
    Some(Part { geometry: Some(clipped), share, whole: false })
}

/// Whether an edge of the boundary enters a rectangle.
pub(super) fn is_crossed(boundary: &MultiPolygon<f64>, rect: Rect<f64>) -> bool {
    let beside = |a: Coord<f64>, b: Coord<f64>| {
        a.x.max(b.x) < rect.min().x
            || a.x.min(b.x) > rect.max().x
            || a.y.max(b.y) < rect.min().y
            || a.y.min(b.y) > rect.max().y
    };
    boundary
        .iter()
        .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
        .flat_map(geo::LineString::lines)
        .any(|edge| !beside(edge.start, edge.end) && rect.intersects(&edge))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Code;
    use geo::polygon;
    use proptest::prelude::*;

    /// About a metre in degrees near the check point.
    const METRE: f64 = 9.3e-6;

    fn rectangle(x: f64, y: f64, width: f64, height: f64) -> MultiPolygon<f64> {
        let (x, y) = (105.9 + x * METRE, 20.5 + y * METRE);
        let (right, top) = (x + width * METRE, y + height * METRE);
        polygon![(x: x, y: y), (x: right, y: y), (x: right, y: top), (x: x, y: top)].into()
    }

    fn parcel(number: u32, geometry: MultiPolygon<f64>) -> Parcel {
        let code = |text: &str| Code::new(text).unwrap();
        let area = SquareMetres::new(area_of(&geometry));
        Parcel {
            key: ParcelKey {
                project: code("P"),
                unit: code("13285"),
                sheet: "1".into(),
                number: number.to_string(),
            },
            land_use: "LUC".into(),
            total_area: area,
            recovered_area: area,
            declared_area: None,
            holder: None,
            planned_day: None,
            geometry,
        }
    }

    fn intersect(boundary: &MultiPolygon<f64>, parcels: Vec<Parcel>) -> (Vec<Parcel>, Vec<IntersectRow>) {
        let named = parcels.into_iter().map(|parcel| ((), parcel)).collect();
        Cut::new(boundary.clone()).keep(named).into_iter().map(|((), parcel, row)| (parcel, row)).unzip()
    }

    #[test]
    fn whole_parts_and_slivers_are_told_apart() {
        let boundary = rectangle(0.0, 0.0, 100.0, 100.0);
        let parcels = vec![
            parcel(1, rectangle(10.0, 10.0, 20.0, 20.0)),
            parcel(2, rectangle(90.0, 10.0, 20.0, 20.0)),
            parcel(3, rectangle(99.99, 50.0, 20.0, 20.0)),
            parcel(4, rectangle(200.0, 50.0, 20.0, 20.0)),
            parcel(5, rectangle(-0.01, 80.0, 20.0, 20.0)),
        ];
        let (cut, rows) = intersect(&boundary, parcels);
        assert_eq!(rows.iter().map(|r| r.key.number.as_str()).collect::<Vec<_>>(), ["1", "2", "5"]);
        assert_eq!(rows.iter().map(|r| r.whole).collect::<Vec<_>>(), [true, false, true]);
        assert!((rows[1].share - 0.5).abs() < 1e-6);
        assert_eq!(cut[1].recovered_area, rows[1].recovered_area);
        assert_eq!(cut[0].recovered_area, cut[0].total_area);
    }

    /// A quarter of the plane kept by each edge of a convex ring in turn
    /// (Sutherland and Hodgman 1974): slow, plain, and nothing of the code above.
    fn clipped(subject: &[Coord<f64>], convex: &[Coord<f64>]) -> Vec<Coord<f64>> {
        let mut kept = subject.to_vec();
        for (i, a) in convex.iter().enumerate() {
            let b = convex[(i + 1) % convex.len()];
            let side = |c: Coord<f64>| (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
            let before = std::mem::take(&mut kept);
            for (j, to) in before.iter().enumerate() {
                let from = before[(j + before.len() - 1) % before.len()];
                let (s, t) = (side(from), side(*to));
                if (s < 0.0) != (t < 0.0) {
                    kept.push(from + (*to - from) * (s / (s - t)));
                }
                if t >= 0.0 {
                    kept.push(*to);
                }
            }
        }
        kept
    }

    fn plane_area(ring: &[Coord<f64>]) -> f64 {
        let Some(origin) = ring.first().copied() else { return 0.0 };
        let next = |i: usize| ring[(i + 1) % ring.len()] - origin;
        let cross =
            |(i, c): (usize, &Coord<f64>)| (c.x - origin.x) * next(i).y - next(i).x * (c.y - origin.y);
        ring.iter().enumerate().map(cross).sum::<f64>().abs() / 2.0
    }

    fn coord((x, y): (f64, f64)) -> Coord<f64> {
        Coord { x: 105.9 + x * METRE, y: 20.5 + y * METRE }
    }

    proptest! {
        #[test]
        fn shares_are_those_of_a_naive_clip(
            mut angles in prop::collection::vec(0.0..std::f64::consts::TAU, 3..12),
            corners in prop::collection::vec(prop::array::uniform3((-60.0..60.0, -60.0..60.0)), 1..12),
        ) {
            // Points of a circle in order are a convex ring.
            angles.sort_by(f64::total_cmp);
            let convex: Vec<_> = angles.iter().map(|a| coord((50.0 * a.cos(), 50.0 * a.sin()))).collect();
            prop_assume!(plane_area(&convex) / METRE.powi(2) > 10.0);
            let polygon = |ring: &[Coord<f64>]| {
                MultiPolygon::from(geo::Polygon::new(ring.iter().copied().collect(), vec![]))
            };
            let triangles: Vec<Vec<_>> = corners.iter().map(|t| t.map(coord).to_vec()).collect();
            let big: Vec<_> =
                triangles.iter().filter(|t| plane_area(t) / METRE.powi(2) > 20.0).collect();
            let parcels: Vec<Parcel> =
                big.iter().enumerate().map(|(i, t)| parcel(i as u32, polygon(t))).collect();
            let totals: Vec<f64> = parcels.iter().map(|p| p.total_area.get()).collect();
            let (_, rows) = intersect(&polygon(&convex), parcels);
            for (i, triangle) in big.iter().enumerate() {
                let naive = plane_area(&clipped(triangle, &convex)) / plane_area(triangle);
                let row = rows.iter().find(|row| row.position == i);
                let share = row.map_or(0.0, |row| row.share);
                let sliver = SLIVER_SHARE.max(SLIVER_M2 / totals[i]);
                let whole_or_none = share <= 0.0 || row.is_some_and(|row| row.whole);
                // A plane knows no geodesics: of a long edge they stray by some cm².
                let allowed = if whole_or_none { sliver * 1.01 } else { 0.0 } + 0.02 / totals[i];
                prop_assert!((share - naive).abs() < allowed, "{share} but {naive}");
                let recovered = row.map_or(0.0, |row| row.recovered_area.get());
                // Areas are kept to a tenth of a square metre or finer.
                prop_assert!((recovered - share * totals[i]).abs() <= 0.051, "{recovered}");
            }
        }

        #[test]
        fn what_is_recovered_is_what_lies_inside(
            (x, y, width, height) in (-60.0..60.0, -60.0..60.0, 5.0..80.0, 5.0..80.0)
        ) {
            let boundary = rectangle(x, y, width, height);
            let parcels: Vec<Parcel> = (0..9)
                .map(|i| parcel(i, rectangle(f64::from(i % 3) * 20.0, f64::from(i / 3) * 20.0, 20.0, 20.0)))
                .collect();
            let total: f64 = parcels.iter().map(|p| area_of(&p.geometry)).sum();
            let (cut, rows) = intersect(&boundary, parcels);
            let fabric = rectangle(0.0, 0.0, 60.0, 60.0);
            let inside = area_of(&fabric.intersection(&boundary));
            let parts: f64 = cut.iter().map(|p| area_of(&p.geometry)).sum();
            // Nine slivers may be dropped or added.
            prop_assert!((parts - inside).abs() < 9.0 * SLIVER_M2 + 0.01, "{} {}", parts, inside);
            prop_assert!(parts <= total + 1e-6);
            for (parcel, row) in cut.iter().zip(&rows) {
                prop_assert!(parcel.recovered_area <= parcel.total_area);
                prop_assert!(row.share > 0.0 && row.share <= 1.0);
            }
        }
    }
}
