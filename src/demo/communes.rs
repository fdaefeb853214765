//! Units: real codes, names and successions; invented boundaries.
//!
//! Each commune of before the reform gets a cell around a made-up place in its
//! district; a commune of today is the union of those it succeeded.

use std::collections::HashMap;

use geo::{
    BooleanOps, Contains, Coord, LineString, MultiPoint, MultiPolygon, Point, Polygon, Voronoi, unary_union,
};

use super::frame::{bend, polygons_to_degrees, to_metres};
use crate::domain::{AdminUnit, Code, Day, Level, Succession};

const BEFORE: &str = include_str!("../../data/units/ha-nam-to-2025-06.csv");
const AFTER: &str = include_str!("../../data/units/ha-nam-from-2025-07.csv");

/// Rough centre (lon, lat) and radius (metres) of the districts.
const DISTRICTS: [(&str, f64, f64, f64); 6] = [
    ("347", 105.915, 20.540, 6_000.0),
    ("349", 105.965, 20.640, 7_600.0),
    ("350", 105.835, 20.590, 8_200.0),
    ("353", 106.085, 20.560, 9_000.0),
    ("351", 105.900, 20.440, 8_200.0),
    ("352", 106.020, 20.480, 8_000.0),
];

/// A row of the unit tables that can't be read.
#[derive(Debug, thiserror::Error)]
#[error("the unit tables that come with the program cannot be read: {0}")]
pub struct UnitsError(String);

fn fault(error: impl std::fmt::Display) -> UnitsError {
    UnitsError(error.to_string())
}

/// All units, those before the reform first.
///
/// # Errors
/// [`UnitsError`] when a table can't be read.
pub fn units() -> Result<Vec<AdminUnit>, UnitsError> {
    let mut before = table(BEFORE)?;
    let mut after = table(AFTER)?;
    let cells = cells(&before);
    let heirs: HashMap<Code, Code> =
        before.iter().filter_map(|unit| Some((unit.code.clone(), heir(unit)?))).collect();
    for unit in before.iter_mut().chain(after.iter_mut()).filter(|unit| unit.level == Level::Commune) {
        let metres = match unit.valid_from {
            None => cells.get(unit.code.as_str()).cloned(),
            Some(_) => Some(union(unit.predecessors.iter().filter_map(|p| {
                cells.get(p.code.as_str()).filter(|_| heirs.get(&p.code) == Some(&unit.code))
            }))),
        };
        unit.boundary = metres.filter(|cell| !cell.0.is_empty()).map(|cell| polygons_to_degrees(&cell));
    }
    for at in 0..before.len() {
        if before[at].level == Level::Commune {
            continue;
        }
        let all = before[at].level == Level::Province;
        let inside = |unit: &&AdminUnit| {
            unit.level == Level::Commune && (all || unit.parent.as_ref() == Some(&before[at].code))
        };
        let parts = before.iter().filter(inside).filter_map(|unit| cells.get(unit.code.as_str()));
        before[at].boundary = Some(polygons_to_degrees(&union(parts)));
    }
    before.append(&mut after);
    Ok(before)
}

/// The one unit at which a commune of before the reform is drawn whole, although
/// it may have passed in parts: the one that kept its code, else the first.
fn heir(unit: &AdminUnit) -> Option<Code> {
    let codes = || unit.successors.iter().map(|successor| &successor.code);
    codes().find(|code| **code == unit.code).or_else(|| codes().next()).cloned()
}

fn union<'a>(parts: impl Iterator<Item = &'a MultiPolygon<f64>>) -> MultiPolygon<f64> {
    let polygons: Vec<&Polygon<f64>> = parts.flat_map(MultiPolygon::iter).collect();
    unary_union(polygons)
}

fn table(text: &str) -> Result<Vec<AdminUnit>, UnitsError> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().map_err(fault)?.clone();
    let column = |name: &str| headers.iter().position(|header| header == name);
    let (from, to) = (column("valid_from"), column("valid_to"));
    let (before, after) = (column("predecessor_codes"), column("successor_codes"));
    reader
        .records()
        .map(|record| {
            let record = record.map_err(fault)?;
            let field = |index: Option<usize>| index.and_then(|i| record.get(i)).unwrap_or_default();
            let day = |text: &str| match text {
                "" => Ok(None),
                text => Day::parse(text).map(Some).map_err(fault),
            };
            Ok(AdminUnit {
                code: Code::new(&record[0]).map_err(fault)?,
                name: record[1].to_owned(),
                level: Level::from_code(&record[2]).ok_or_else(|| fault(&record[2]))?,
                parent: Some(&record[3])
                    .filter(|c| !c.is_empty())
                    .map(Code::new)
                    .transpose()
                    .map_err(fault)?,
                valid_from: day(field(from))?,
                valid_to: day(field(to))?,
                predecessors: Succession::parse_list(field(before)).map_err(fault)?,
                successors: Succession::parse_list(field(after)).map_err(fault)?,
                boundary: None,
            })
        })
        .collect()
}

/// A cell in metres for each commune of before the reform.
fn cells(before: &[AdminUnit]) -> HashMap<String, MultiPolygon<f64>> {
    let sites = sites(before);
    let points = MultiPoint(sites.iter().map(|(_, point)| Point::from(*point)).collect());
    let outline = outline(&sites);
    // Three sites or more, not on a line: cells always come.
    let cells = points.voronoi_cells().unwrap_or_default();
    let mut found = HashMap::new();
    for cell in cells {
        let inside = cell.intersection(&outline);
        let bent = MultiPolygon(
            inside.iter().map(|polygon| Polygon::new(ragged(polygon.exterior()), vec![])).collect(),
        );
        if let Some((code, _)) = sites.iter().find(|(_, point)| cell.contains(&Point::from(*point))) {
            found.insert(code.clone(), bent);
        }
    }
    found
}

fn sites(before: &[AdminUnit]) -> Vec<(String, Coord<f64>)> {
    let mut sites = Vec::new();
    for (district, lon, lat, radius) in DISTRICTS {
        let of = |unit: &&AdminUnit| unit.parent.as_ref().is_some_and(|parent| parent.as_str() == district);
        let communes: Vec<_> = before.iter().filter(of).collect();
        let centre = to_metres(lon, lat);
        for (n, unit) in communes.iter().enumerate() {
            // Sunflower: even spread without rows.
            let (turn, reach) =
                (n as f64 * 2.399_963, radius * ((n as f64 + 0.5) / communes.len() as f64).sqrt());
            let wobble = 1.0 + 0.12 * (n as f64 * 7.3).sin();
            sites.push((
                unit.code.to_string(),
                Coord {
                    x: centre.x + reach * wobble * turn.cos(),
                    y: centre.y + reach * wobble * turn.sin(),
                },
            ));
        }
    }
    sites
}

/// A made-up outline around all sites.
fn outline(sites: &[(String, Coord<f64>)]) -> Polygon<f64> {
    let steps = 72;
    let ring = (0..steps).map(|step| {
        let angle = f64::from(step) / f64::from(steps) * std::f64::consts::TAU;
        let (cos, sin) = (angle.cos(), angle.sin());
        let far = sites.iter().map(|(_, c)| c.x * cos + c.y * sin).fold(0.0, f64::max);
        let reach = far * 0.93 + 1_500.0 + 500.0 * (angle * 5.0).sin() + 260.0 * (angle * 11.0 + 1.0).cos();
        Coord { x: reach * cos, y: reach * sin }
    });
    Polygon::new(ring.collect(), vec![])
}

/// Long straight sides become ragged lines; both neighbours get the same one.
fn ragged(ring: &LineString<f64>) -> LineString<f64> {
    let mut out = Vec::new();
    for side in ring.lines() {
        let flip = (side.start.x, side.start.y) > (side.end.x, side.end.y);
        let (a, b) = if flip { (side.end, side.start) } else { (side.start, side.end) };
        let pieces = ((b - a).x.hypot((b - a).y) / 180.0).ceil().max(1.0) as usize;
        let at = |n: usize| {
            let part = n as f64 / pieces as f64;
            let c = Coord { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part };
            bend(bend(bend(c, 5_000.0), 1_700.0), 600.0)
        };
        let points: Vec<_> = (0..=pieces).map(at).collect();
        let along: Box<dyn Iterator<Item = &Coord<f64>>> =
            if flip { Box::new(points.iter().rev()) } else { Box::new(points.iter()) };
        out.extend(along.take(pieces).copied());
    }
    let mut line = LineString::new(out);
    line.close();
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reform_leaves_no_ground_without_a_commune() {
        use geo::GeodesicArea;
        let units = units().unwrap();
        let area = |today: bool| -> f64 {
            let of = units.iter().filter(|u| u.level == Level::Commune && u.valid_to.is_none() == today);
            of.filter_map(|u| u.boundary.as_ref()).map(GeodesicArea::geodesic_area_unsigned).sum()
        };
        let (before, after) = (area(false), area(true));
        assert!((before - after).abs() < 1e-6 * before, "{before} {after}");
    }

    #[test]
    fn every_commune_of_today_has_a_boundary() {
        let units = units().unwrap();
        let today: Vec<_> =
            units.iter().filter(|u| u.level == Level::Commune && u.valid_from.is_some()).collect();
        assert_eq!(today.len(), 33);
        for unit in today {
            assert!(unit.boundary.is_some(), "{} has none", unit.name);
        }
    }
}
