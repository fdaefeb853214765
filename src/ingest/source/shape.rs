//! From OGR geometry to plain 2-D parts, repaired where that is safe.
//!
//! Works in the file's own coordinates and knows nothing of CRSs. Heights and
//! measures are dropped, curves become chords. Nothing is snapped or rounded.

use gdal::cpl::CslStringList;
use gdal::vector::{Geometry, OGRwkbGeometryType, ToGdal, geometry_type_flatten};
use geo::{Area, BoundingRect, ConvexHull, Coord, LineString, MultiPolygon, Point, Polygon, Winding};

use super::plain::is_plainly_valid;
use super::{curve, messages};

/// Longest ring that is accepted. The largest real parcels have some thousand
/// vertices; checks and repairs of millions would stall the whole import.
pub const MAX_RING_VERTICES: usize = 100_000;

/// A repair may change the area by this share before it counts as guessing.
const MAX_AREA_CHANGE: f64 = 0.5;

/// The parts of one feature's geometry.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shape {
    /// Areas, outer rings closed.
    pub polygons: Vec<Polygon<f64>>,
    /// Lines.
    pub lines: Vec<LineString<f64>>,
    /// Points.
    pub points: Vec<Point<f64>>,
}

/// Why a geometry is not taken as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A ring with more than [`MAX_RING_VERTICES`] vertices: the count.
    RingTooLong(usize),
    /// Can't be used: why.
    Refused(String),
}

impl Shape {
    /// Whether there is no part at all.
    pub fn is_empty(&self) -> bool {
        self.polygons.is_empty() && self.lines.is_empty() && self.points.is_empty()
    }

    /// Outer rings counter-clockwise, holes clockwise, as RFC 7946 has it and
    /// areas on the ellipsoid need it; Shapefiles have it the other way round.
    pub fn orient(&mut self) {
        for polygon in &mut self.polygons {
            polygon.exterior_mut(Winding::make_ccw_winding);
            polygon.interiors_mut(|rings| rings.iter_mut().for_each(Winding::make_cw_winding));
        }
    }

    /// Every coordinate, to change it in place.
    pub fn for_each_mut(&mut self, mut change: impl FnMut(&mut Coord<f64>)) {
        for polygon in &mut self.polygons {
            polygon.exterior_mut(|ring| ring.0.iter_mut().for_each(&mut change));
            polygon.interiors_mut(|rings| {
                rings.iter_mut().flat_map(|ring| ring.0.iter_mut()).for_each(&mut change);
            });
        }
        self.lines.iter_mut().flat_map(|line| line.0.iter_mut()).for_each(&mut change);
        self.points.iter_mut().for_each(|point| change(&mut point.0));
    }

    /// Every coordinate.
    pub fn for_each(&self, mut see: impl FnMut(Coord<f64>)) {
        for polygon in &self.polygons {
            let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
            rings.flat_map(|ring| &ring.0).for_each(|c| see(*c));
        }
        self.lines.iter().flat_map(|line| &line.0).for_each(|c| see(*c));
        self.points.iter().for_each(|point| see(point.0));
    }
}

/// Takes a geometry apart; repairs its polygons if they are invalid and says
/// how. An empty geometry gives an empty shape.
///
/// # Errors
/// [`Problem`] when the geometry can't be used.
pub fn read(geometry: &Geometry) -> Result<(Shape, Option<String>), Problem> {
    if geometry.is_empty() {
        return Ok((Shape::default(), None));
    }
    check_lengths(geometry)?;
    let mut shape = Shape::default();
    collect(geometry, &mut shape)?;
    sound(shape)
}

/// A shape whose polygons are valid, repaired if they were not, and how.
///
/// # Errors
/// [`Problem`] when they can't be.
pub fn sound(mut shape: Shape) -> Result<(Shape, Option<String>), Problem> {
    if shape.polygons.is_empty() || is_plainly_valid(&shape.polygons) {
        return Ok((shape, None));
    }
    let remark = repair(&mut shape)?;
    Ok((shape, remark))
}

/// Refuses overlong rings before anything is copied.
fn check_lengths(geometry: &Geometry) -> Result<(), Problem> {
    let vertices = match geometry_type_flatten(geometry.geometry_type()) {
        OGRwkbGeometryType::wkbLineString | OGRwkbGeometryType::wkbCircularString => geometry.point_count(),
        _ => 0,
    };
    if vertices > MAX_RING_VERTICES {
        return Err(Problem::RingTooLong(vertices));
    }
    (0..geometry.geometry_count()).try_for_each(|i| check_lengths(&geometry.get_geometry(i)))
}

fn collect(geometry: &Geometry, shape: &mut Shape) -> Result<(), Problem> {
    match geometry_type_flatten(geometry.geometry_type()) {
        OGRwkbGeometryType::wkbPoint if !geometry.is_empty() => {
            let (x, y, _) = geometry.get_point(0);
            shape.points.push(Point::new(x, y));
        }
        OGRwkbGeometryType::wkbLineString
        | OGRwkbGeometryType::wkbCircularString
        | OGRwkbGeometryType::wkbCompoundCurve => shape.lines.push(line(geometry)?),
        OGRwkbGeometryType::wkbPolygon
        | OGRwkbGeometryType::wkbTriangle
        | OGRwkbGeometryType::wkbCurvePolygon => shape.polygons.extend(polygon(geometry)?),
        _ => {
            for i in 0..geometry.geometry_count() {
                collect(&geometry.get_geometry(i), shape)?;
            }
        }
    }
    Ok(())
}

fn polygon(geometry: &Geometry) -> Result<Option<Polygon<f64>>, Problem> {
    let mut rings = (0..geometry.geometry_count()).map(|i| line(&geometry.get_geometry(i)));
    let Some(outer) = rings.next().transpose()? else { return Ok(None) };
    let holes = rings.collect::<Result<Vec<_>, _>>()?;
    let polygon = Polygon::new(outer, holes);
    if polygon.exterior().0.len() < 4 {
        return Err(Problem::Refused("a ring has fewer than three corners".into()));
    }
    Ok(Some(polygon))
}

fn line(geometry: &Geometry) -> Result<LineString<f64>, Problem> {
    let points = curve::points_of(geometry);
    if points.iter().any(|c| !c.x.is_finite() || !c.y.is_finite()) {
        return Err(Problem::Refused("a coordinate is not a number".into()));
    }
    Ok(LineString::new(points))
}

/// Makes the polygons valid. None if they were, otherwise what was wrong and
/// by how much the area changed.
fn repair(shape: &mut Shape) -> Result<Option<String>, Problem> {
    let polygons = MultiPolygon::new(std::mem::take(&mut shape.polygons));
    let refused = |e: gdal::errors::GdalError| Problem::Refused(format!("can't be repaired: {e}"));
    let geometry = polygons.to_gdal().map_err(refused)?;
    messages::take();
    if geometry.is_valid() {
        shape.polygons = polygons.0;
        return Ok(None);
    }
    let fault = messages::take_last().map_or_else(|| "is invalid".into(), |fault| in_words(&fault));
    let valid = geometry.make_valid(&CslStringList::new()).map_err(refused)?;
    messages::take();
    let mut repaired = Shape::default();
    collect(&valid, &mut repaired)?;
    let change = area_change(&polygons, &repaired.polygons)
        .ok_or_else(|| Problem::Refused(format!("{fault}; no area is left after the repair")))?;
    if change.abs() > MAX_AREA_CHANGE {
        let percent = change * 100.0;
        return Err(Problem::Refused(format!("{fault}; the repair would change its area by {percent:.0} %")));
    }
    shape.polygons = repaired.polygons;
    let parts = match shape.polygons.len() {
        1 => String::new(),
        parts => format!(" into {parts} parts"),
    };
    Ok(Some(format!("{fault}; repaired{parts}, area changed by {:+.2} %", change * 100.0)))
}

/// What GEOS found wrong, in words for people who draw maps.
fn in_words(fault: &str) -> String {
    let (what, point) = fault.split_once(" at or near point ").unwrap_or((fault, ""));
    let what = match what {
        "Self-intersection" => "the boundary crosses itself",
        "Ring Self-intersection" => "the boundary touches itself",
        "Hole lies outside shell" => "a hole lies outside the area",
        "Holes are nested" => "a hole lies inside another hole",
        "Nested shells" => "one part lies inside another",
        "Duplicate Rings" => "a boundary is drawn twice",
        "Interior is disconnected" => "holes cut the area apart",
        "Too few points in geometry component" => "a boundary has too few corners",
        other => other,
    };
    let coordinate = |text: &str| text.parse::<f64>().ok();
    match point.split_once(' ').map(|(x, y)| (coordinate(x), coordinate(y))) {
        Some((Some(x), Some(y))) if x.abs() > 360.0 => format!("{what} near {x:.2} {y:.2}"),
        Some((Some(x), Some(y))) => format!("{what} near {x:.7} {y:.7}"),
        _ => what.to_owned(),
    }
}

/// Relative change of area by a repair; none when nothing is left.
///
/// The lobes of a figure of eight cancel out in the area formula, so that its
/// area before is compared as half the hull, which is what two equal lobes
/// fill, whenever that comes closer.
fn area_change(before: &MultiPolygon<f64>, after: &[Polygon<f64>]) -> Option<f64> {
    // Far from the origin the area formula loses digits: count from a corner.
    let origin = before.bounding_rect()?.min();
    let near = |polygon: &Polygon<f64>| geo::Translate::translate(polygon, -origin.x, -origin.y);
    let area: f64 = after.iter().map(|p| near(p).unsigned_area()).sum();
    if area <= 0.0 {
        return None;
    }
    let signed: f64 = before.iter().map(|p| near(p).unsigned_area()).sum();
    let half_hull = before.iter().map(|p| near(p).convex_hull().unsigned_area()).sum::<f64>() / 2.0;
    let change =
        |reference: f64| if reference > 0.0 { (area - reference) / reference } else { f64::INFINITY };
    let (by_area, by_hull) = (change(signed), change(half_hull));
    Some(if by_area.abs() <= by_hull.abs() { by_area } else { by_hull })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(wkt: &str) -> Result<(Shape, Option<String>), Problem> {
        messages::listen();
        read(&Geometry::from_wkt(wkt).unwrap())
    }

    #[test]
    fn a_figure_of_eight_becomes_two_parts() {
        let (shape, remark) = shape("POLYGON((0 0,10 10,10 0,0 10,0 0))").unwrap();
        assert_eq!(shape.polygons.len(), 2);
        assert_eq!(
            remark.unwrap(),
            "the boundary crosses itself near 5.0000000 5.0000000; repaired into 2 parts, area changed by +0.00 %"
        );
    }

    #[test]
    fn heights_are_dropped_and_curves_become_chords() {
        let (flat, remark) = shape("POLYGON Z((0 0 5,1 0 5,1 1 5,0 0 5))").unwrap();
        assert_eq!((flat.polygons.len(), remark), (1, None));
        let (circle, _) = shape("CURVEPOLYGON(CIRCULARSTRING(-1 0,1 0,-1 0))").unwrap();
        let area: f64 = circle.polygons.iter().map(Area::unsigned_area).sum();
        assert!((area - std::f64::consts::PI).abs() < 0.01, "{area}");
        let (surface, _) = shape("MULTISURFACE(CURVEPOLYGON(CIRCULARSTRING(-1 0,1 0,-1 0)))").unwrap();
        assert_eq!(surface.polygons.len(), 1);
    }

    #[test]
    fn what_has_no_area_is_refused() {
        assert!(matches!(shape("POLYGON((0 0,1 1,2 2,0 0))"), Err(Problem::Refused(_))));
        assert!(shape("POLYGON EMPTY").unwrap().0.is_empty());
    }

    #[test]
    fn a_ring_of_a_million_vertices_is_refused_unseen() {
        let mut ring = Geometry::empty(OGRwkbGeometryType::wkbLinearRing).unwrap();
        for i in 0..=MAX_RING_VERTICES {
            ring.add_point_2d((f64::from(i as u32), 0.0));
        }
        let mut polygon = Geometry::empty(OGRwkbGeometryType::wkbPolygon).unwrap();
        polygon.add_geometry(ring).unwrap();
        assert_eq!(read(&polygon), Err(Problem::RingTooLong(MAX_RING_VERTICES + 1)));
    }
}
