//! Finding out a CRS that nobody stated.
//!
//! Every system in use in Vietnam is tried, with both orders of the axes.
//! Zones a quarter of a degree apart put the same numbers some 26 km apart, so
//! that only the place where the data should lie can tell them from each other.

use gdal::spatial_ref::CoordTransform;
use geo::{Coord, Rect};

use super::{Known, Placement, Source, inside_vietnam, moved, reference, transform_of};
use crate::domain::{ZONES, Zone};
use crate::ingest::error::IngestError;
use crate::ingest::report::{Axes, CrsReport, CrsSource};

/// Data may lie so far outside the area expected, in degrees: about 20 km.
const NEAR: f64 = 0.19;

/// A system with which the data would lie inside Vietnam.
struct Candidate {
    zone: Zone,
    axes: Axes,
    name: String,
    transform: Option<CoordTransform>,
    /// The data's corners and centre in WGS 84.
    corners: Vec<Coord<f64>>,
}

/// Finds the one system that fits.
///
/// # Errors
/// [`IngestError`] when no system fits, or several do.
pub fn detect(
    source: &Source,
    extent: &Rect<f64>,
    expected: Option<Rect<f64>>,
) -> Result<Placement, IngestError> {
    let no_crs = |cause| IngestError::NoCrs { file: source.file.clone(), layer: source.layer.clone(), cause };
    let candidates_found = candidates(&corners_of(extent));
    if candidates_found.is_empty() {
        let c = extent.center();
        return Err(no_crs(format!(
            "no system in use in Vietnam puts coordinates like {:.3}, {:.3} inside Vietnam",
            c.x, c.y
        )));
    }
    let listed = list(&candidates_found);
    let near: Vec<Candidate> =
        candidates_found.into_iter().filter(|c| is_near(&c.corners, expected)).collect();
    let near = prefer_cadastral(near);
    match near.len() {
        1 => Ok(placement(near)),
        0 => Err(no_crs(format!(
            "none of the systems that put the data inside Vietnam puts them where the known units and projects are: {listed}"
        ))),
        _ => Err(no_crs(format!("several systems would fit: {}", list(&near)))),
    }
}

/// For data that a stated CRS puts outside Vietnam: what would put them inside.
pub fn hint(points: &[Coord<f64>]) -> String {
    let candidates_found = candidates(points);
    if candidates_found.is_empty() {
        String::new()
    } else {
        format!("; they would be inside with {}", list(&candidates_found))
    }
}

fn corners_of(extent: &Rect<f64>) -> Vec<Coord<f64>> {
    let (low, high) = (extent.min(), extent.max());
    vec![low, Coord { x: high.x, y: low.y }, high, Coord { x: low.x, y: high.y }, extent.center()]
}

fn candidates(points: &[Coord<f64>]) -> Vec<Candidate> {
    let both = |zone: &Zone| [Axes::AsWritten, Axes::Swapped].map(|axes| candidate(*zone, axes, points));
    let found = ZONES.iter().flat_map(both).flatten().collect();
    crate::ingest::source::messages::take();
    found
}

fn candidate(zone: Zone, axes: Axes, points: &[Coord<f64>]) -> Option<Candidate> {
    let reference = reference(zone.epsg)?;
    let name = reference.name().unwrap_or_default();
    let code = Some(format!("EPSG:{}", zone.epsg));
    let known = Known { reference, source: CrsSource::Detected, code, name };
    let transform = transform_of(&known).ok()?;
    let corners = moved(transform.as_ref(), axes, points);
    (inside_vietnam(&corners) == corners.len()).then(|| Candidate {
        zone,
        axes,
        name: known.name,
        transform,
        corners,
    })
}

fn is_near(corners: &[Coord<f64>], expected: Option<Rect<f64>>) -> bool {
    let Some(expected) = expected else { return true };
    let (low, high) = (expected.min(), expected.max());
    corners.iter().all(|c| {
        (low.x - NEAR..=high.x + NEAR).contains(&c.x) && (low.y - NEAR..=high.y + NEAR).contains(&c.y)
    })
}

/// UTM shares meridians with 3-degree zones and shifts data by some 700 m
/// only. Cadastral maps are drawn in 3-degree zones (Circular 25/2014, Art. 5),
/// so that these win, and the warning names the other reading.
fn prefer_cadastral(mut near: Vec<Candidate>) -> Vec<Candidate> {
    let cadastral: Vec<(Option<f64>, Axes)> =
        near.iter().filter(|c| c.zone.is_cadastral()).map(|c| (c.zone.meridian, c.axes)).collect();
    let is_utm = |c: &Candidate| (c.zone.scale - 0.9996).abs() < 1e-9;
    near.retain(|c| !is_utm(c) || !cadastral.contains(&(c.zone.meridian, c.axes)));
    near
}

fn list(candidates_found: &[Candidate]) -> String {
    let entry = |c: &Candidate| {
        let centre = c.corners.last().copied().unwrap_or_default();
        let axes = if c.axes == Axes::Swapped { ", axes swapped" } else { "" };
        format!("EPSG:{} {}{axes} (centre at {:.3} E {:.3} N)", c.zone.epsg, c.name, centre.x, centre.y)
    };
    candidates_found.iter().map(entry).collect::<Vec<_>>().join("; ")
}

fn placement(near: Vec<Candidate>) -> Placement {
    let mut warning = format!("the file states no usable CRS; found out: {}", list(&near));
    let other = near.first().map(|c| c.zone).and_then(other_reading);
    warning.extend(other);
    let Some(found) = near.into_iter().next() else { return super::nowhere() };
    let report = CrsReport {
        source: CrsSource::Detected,
        code: Some(format!("EPSG:{}", found.zone.epsg)),
        name: found.name,
        axes: found.axes,
        note: Some(warning.clone()),
    };
    Placement { transform: found.transform, report, warnings: vec![warning] }
}

/// What else the same numbers could be without leaving the area.
fn other_reading(zone: Zone) -> Option<String> {
    let Some(meridian) = zone.meridian else {
        return Some("; if they are VN-2000 degrees, say --crs EPSG:4756 (190 m away)".into());
    };
    let same = |z: &&Zone| z.epsg != zone.epsg && z.meridian == Some(meridian);
    let other = ZONES.iter().find(same)?;
    Some(format!("; if the map is in UTM, say --crs EPSG:{} (about 700 m away)", other.epsg))
}
