//! Where the coordinates of a file lie on the Earth.
//!
//! The CRS comes from the caller, from the file, or is found out by trying all
//! systems in use in Vietnam, with both orders of the axes; what was found out
//! is always reported, and what is not certain is asked for. Coordinates leave
//! this module as WGS 84 longitude and latitude in degrees.

mod detect;

use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, SpatialRef};
use geo::{Coord, Rect};

use super::error::IngestError;
use super::fold::fold;
use super::options::Options;
use super::report::{Axes, CrsReport, CrsSource};
use super::source::{Source, SourceRow};
use crate::domain::ZONES;

/// Drivers that state WGS 84 because their format has no other, whatever the
/// coordinates really are.
const ASSUMING_DRIVERS: [&str; 5] = ["GeoJSON", "GeoJSONSeq", "TopoJSON", "KML", "LIBKML"];

/// So many points, up to twice as many, decide whether a CRS puts the data inside Vietnam.
const SAMPLE: usize = 500;

/// Vietnam with its islands near the coast, in degrees.
pub fn vietnam() -> Rect<f64> {
    Rect::new(Coord { x: 102.0, y: 8.0 }, Coord { x: 110.0, y: 23.5 })
}

/// What is known about the coordinates, and how to move them.
pub struct Placement {
    /// Moves to WGS 84; none when the coordinates are that already.
    transform: Option<CoordTransform>,
    /// For the report.
    pub report: CrsReport,
    /// For the operator.
    pub warnings: Vec<String>,
}

/// A CRS that a placement may use.
struct Known {
    reference: SpatialRef,
    source: CrsSource,
    code: Option<String>,
    name: String,
}

/// What of the places of a file was seen, to tell its CRS by: points spread over it, and how far it reaches.
#[derive(Debug)]
pub struct PlaceEvidence {
    /// The first point of every so-many-th feature.
    points: Vec<Coord<f64>>,
    /// How many features one point stands for.
    stride: usize,
    /// Features seen.
    seen: usize,
    low: Coord<f64>,
    high: Coord<f64>,
}

impl Default for PlaceEvidence {
    fn default() -> Self {
        let (low, high) = (Coord { x: f64::MAX, y: f64::MAX }, Coord { x: f64::MIN, y: f64::MIN });
        Self { points: Vec::new(), stride: 1, seen: 0, low, high }
    }
}

impl PlaceEvidence {
    /// Takes note of where rows lie, by the file's own coordinates.
    pub fn see(&mut self, rows: &[SourceRow]) {
        for row in rows.iter().filter(|row| !row.shape.is_empty()) {
            let mut first = None;
            let (mut low, mut high) = (self.low, self.high);
            row.shape.for_each(|c| {
                first = first.or(Some(c));
                low = Coord { x: low.x.min(c.x), y: low.y.min(c.y) };
                high = Coord { x: high.x.max(c.x), y: high.y.max(c.y) };
            });
            (self.low, self.high) = (low, high);
            if self.seen.is_multiple_of(self.stride) {
                self.points.extend(first);
            }
            self.seen += 1;
            if self.points.len() == 2 * SAMPLE {
                // Every other one is enough from here on.
                let mut index = 0;
                self.points.retain(|_| {
                    index += 1;
                    index % 2 == 1
                });
                self.stride *= 2;
            }
        }
    }

    /// Decides on the CRS.
    ///
    /// # Errors
    /// Unknown `--crs`; no CRS and none or several that would fit; data outside Vietnam.
    pub fn place(&self, source: &Source, options: &Options) -> Result<Placement, IngestError> {
        let points = &self.points;
        if points.is_empty() {
            return Ok(nowhere());
        }
        let stated = source.crs.as_ref().filter(|crs| !crs.is_local()).and_then(known_from_file);
        if let Some(wanted) = &options.crs {
            let chosen = known_from_option(wanted)?;
            let mut placement = fit(source, points, &chosen)?;
            if let Some(stated) = stated.filter(|s| s.code != chosen.code && !is_assumed(source, points)) {
                placement.warnings.push(format!(
                    "the file says {}, --crs {} was followed",
                    label(stated.code.as_deref(), &stated.name),
                    chosen.code.as_deref().unwrap_or(wanted)
                ));
            }
            return Ok(placement);
        }
        match stated {
            // A file that says another system than the habit means it.
            Some(stated) if !stated.reference.is_geographic() || !is_assumed(source, points) => {
                fit(source, points, &stated)
            }
            _ => detect::detect(source, &Rect::new(self.low, self.high), options.expected_area),
        }
    }
}

/// Decides on the CRS of `rows`.
///
/// # Errors
/// As [`PlaceEvidence::place`].
pub fn place(source: &Source, rows: &[SourceRow], options: &Options) -> Result<Placement, IngestError> {
    let mut evidence = PlaceEvidence::default();
    evidence.see(rows);
    evidence.place(source, options)
}

/// The CRS is only the format's habit, and the numbers can't be degrees.
fn is_assumed(source: &Source, points: &[Coord<f64>]) -> bool {
    let degrees = |c: &Coord<f64>| c.x.abs() <= 360.0 && c.y.abs() <= 360.0;
    ASSUMING_DRIVERS.contains(&source.driver.as_str()) && !points.iter().any(degrees)
}

/// The placement of rows without a geometry.
pub fn nowhere() -> Placement {
    let report = CrsReport {
        source: CrsSource::None,
        code: None,
        name: "no geometry".into(),
        axes: Axes::AsWritten,
        note: None,
    };
    Placement { transform: None, report, warnings: Vec::new() }
}

fn known_from_option(wanted: &str) -> Result<Known, IngestError> {
    let unknown = || IngestError::UnknownCrs { crs: wanted.to_owned() };
    // Only codes: GDAL would also follow file names and addresses.
    let digits = wanted.trim().to_ascii_uppercase();
    let digits = digits.strip_prefix("EPSG:").unwrap_or(&digits);
    let epsg = if digits == "OGC:CRS84" || digits == "CRS84" { "4326" } else { digits };
    let reference = reference(epsg.parse().map_err(|_| unknown())?).ok_or_else(unknown)?;
    let name = reference.name().unwrap_or_default();
    Ok(Known { reference, source: CrsSource::Option, code: Some(format!("EPSG:{epsg}")), name })
}

/// The CRS that the file states; none if it is not known to the world.
fn known_from_file(crs: &SpatialRef) -> Option<Known> {
    let epsg = epsg_of(crs).or_else(|| epsg_by_parameters(crs));
    let reference = epsg.and_then(reference).or_else(|| Some(crs.clone()))?;
    let name = reference.name().unwrap_or_else(|| "unnamed".into());
    Some(Known { reference, source: CrsSource::File, code: epsg.map(|code| format!("EPSG:{code}")), name })
}

fn epsg_of(crs: &SpatialRef) -> Option<u32> {
    let name = crs.auth_name()?;
    let code = || crs.auth_code().ok().and_then(|code| u32::try_from(code).ok());
    match name.as_str() {
        "EPSG" => code(),
        "OGC" => Some(4326),
        _ => None,
    }
}

/// Recognises VN-2000 by its parameters where the file carries no code: only
/// then does PROJ know the shift to WGS 84. `MapInfo` has no VN-2000 and writes
/// WGS 84 in its place, others write a datum of their own on its ellipsoid, but
/// 3-degree zones with scale 0.9999 exist in VN-2000 only.
fn epsg_by_parameters(crs: &SpatialRef) -> Option<u32> {
    let datum = fold(&crs.get_attr_value("DATUM", 0).ok().flatten()?);
    let is_vn2000 = datum.contains("vn2000") || datum.contains("vietnam2000");
    let is_wgs84 = matches!(datum.as_str(), "wgs1984" | "wgs84" | "dwgs1984" | "worldgeodeticsystem1984");
    if crs.is_geographic() {
        return is_vn2000.then_some(4756).or(is_wgs84.then_some(4326));
    }
    let parameter = |name| crs.get_proj_param(name).ok().flatten();
    let (meridian, scale) = (parameter("central_meridian")?, parameter("scale_factor")?);
    let easting = parameter("false_easting")?;
    let same = |zone: &&crate::domain::Zone| {
        zone.meridian.is_some_and(|m| (m - meridian).abs() < 1e-6) && (zone.scale - scale).abs() < 1e-7
    };
    let zone = ZONES.iter().find(same).filter(|_| (easting - 500_000.0).abs() < 0.01)?;
    // VN-2000 is measured on the ellipsoid of WGS 84.
    let on_its_ellipsoid = || {
        let near = |radius: Result<f64, _>, expected: f64| radius.is_ok_and(|r| (r - expected).abs() < 0.01);
        near(crs.semi_major(), 6_378_137.0) && near(crs.semi_minor(), 6_356_752.314)
    };
    (is_vn2000 || (zone.is_cadastral() && (is_wgs84 || on_its_ellipsoid()))).then_some(zone.epsg)
}

/// A CRS by EPSG code, longitude or easting first.
fn reference(epsg: u32) -> Option<SpatialRef> {
    let mut reference = SpatialRef::from_epsg(epsg).ok()?;
    reference.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    Some(reference)
}

/// The way to WGS 84; `Ok(None)` when there is none to go.
fn transform_of(known: &Known) -> Result<Option<CoordTransform>, gdal::errors::GdalError> {
    if known.code.as_deref() == Some("EPSG:4326") {
        return Ok(None);
    }
    let mut wgs84 = SpatialRef::from_epsg(4326)?;
    wgs84.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    CoordTransform::new(&known.reference, &wgs84).map(Some)
}

/// Uses a known CRS, as written or, if that leads out of Vietnam, swapped.
fn fit(source: &Source, points: &[Coord<f64>], known: &Known) -> Result<Placement, IngestError> {
    let transform = transform_of(known).map_err(|e| IngestError::Gdal {
        file: source.file.clone(),
        what: "moving coordinates to WGS 84",
        cause: e.to_string(),
    })?;
    let label = label(known.code.as_deref(), &known.name);
    let inside = |axes| inside_vietnam(&moved(transform.as_ref(), axes, points));
    let mut warnings = Vec::new();
    let axes = if inside(Axes::AsWritten) > 0 {
        Axes::AsWritten
    } else if inside(Axes::Swapped) > 0 {
        warnings.push(format!(
            "the coordinates are written northing (latitude) first: with {label} as written the data would lie outside Vietnam, swapped they lie inside"
        ));
        Axes::Swapped
    } else {
        return Err(IngestError::OutsideVietnam {
            file: source.file.clone(),
            layer: source.layer.clone(),
            crs: label,
            place: describe(&moved(transform.as_ref(), Axes::AsWritten, points)),
            hint: detect::hint(points),
        });
    };
    let report = CrsReport {
        source: known.source,
        code: known.code.clone(),
        name: known.name.clone(),
        axes,
        note: warnings.first().cloned(),
    };
    Ok(Placement { transform, report, warnings })
}

fn label(code: Option<&str>, name: &str) -> String {
    code.map_or_else(|| name.to_owned(), |code| format!("{code} ({name})"))
}

fn moved(transform: Option<&CoordTransform>, axes: Axes, points: &[Coord<f64>]) -> Vec<Coord<f64>> {
    let swapped = axes == Axes::Swapped;
    let (mut xs, mut ys): (Vec<f64>, Vec<f64>) =
        points.iter().map(|c| if swapped { (c.y, c.x) } else { (c.x, c.y) }).unzip();
    if let Some(transform) = transform {
        // Points that can't be moved come out infinite, hence outside.
        let _ = transform.transform_coords(&mut xs, &mut ys, &mut []);
    }
    xs.into_iter().zip(ys).map(|(x, y)| Coord { x, y }).collect()
}

fn inside_vietnam(points: &[Coord<f64>]) -> usize {
    let (low, high) = (vietnam().min(), vietnam().max());
    points.iter().filter(|c| (low.x..=high.x).contains(&c.x) && (low.y..=high.y).contains(&c.y)).count()
}

fn describe(points: &[Coord<f64>]) -> String {
    match points.first() {
        Some(c) if c.x.is_finite() && c.y.is_finite() => {
            format!("longitude {:.4}, latitude {:.4}", c.x, c.y)
        }
        _ => "no place on the Earth".into(),
    }
}

impl Placement {
    /// Whether coordinates are moved the same way.
    pub fn is_same_way(&self, other: &Self) -> bool {
        let way = |placement: &Self| {
            let report = &placement.report;
            (report.source, report.code.clone(), report.name.clone(), report.axes)
        };
        way(self) == way(other)
    }

    /// Moves all coordinates to WGS 84 degrees, outer rings counter-clockwise;
    /// features that end up outside Vietnam are refused.
    pub fn apply(&self, rows: &mut [SourceRow]) {
        let mut points = Vec::new();
        for row in rows.iter() {
            row.shape.for_each(|c| points.push(c));
        }
        let points = moved(self.transform.as_ref(), self.report.axes, &points);
        let mut rest = points.into_iter();
        for row in rows {
            let mut point = None;
            row.shape.for_each_mut(|c| {
                *c = rest.next().unwrap_or(*c);
                if inside_vietnam(std::slice::from_ref(c)) == 0 {
                    point = point.or(Some(*c));
                }
            });
            if let Some(point) = point {
                let reason = format!("lies outside Vietnam, at {}", describe(&[point]));
                row.refused.get_or_insert(reason);
            }
            row.shape.orient();
        }
        super::source::messages::take();
    }
}
