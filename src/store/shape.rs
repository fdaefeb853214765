//! Geometries of rows, from the WKB that every engine keeps or gives.

use geo::{Geometry, LineString, MultiPolygon};

/// The `MultiPolygon` in WKB; a Polygon becomes one of one part.
///
/// # Errors
/// Text for [`StoreError::Row`] when the bytes are no geometry, or one of another type.
pub(super) fn to_multi_polygon(wkb: &[u8]) -> Result<MultiPolygon<f64>, String> {
    match to_geometry(wkb)? {
        Geometry::MultiPolygon(polygons) => Ok(polygons),
        Geometry::Polygon(polygon) => Ok(MultiPolygon(vec![polygon])),
        _ => Err("not a MultiPolygon".to_owned()),
    }
}

/// The `LineString` in WKB.
///
/// # Errors
/// Text for [`StoreError::Row`] when the bytes are no geometry, or one of another type.
pub(super) fn to_line_string(wkb: &[u8]) -> Result<LineString<f64>, String> {
    match to_geometry(wkb)? {
        Geometry::LineString(line) => Ok(line),
        _ => Err("not a LineString".to_owned()),
    }
}

fn to_geometry(wkb: &[u8]) -> Result<Geometry<f64>, String> {
    use geo_traits::to_geo::ToGeoGeometry as _;
    let geometry = wkb::reader::read_wkb(wkb).map_err(|e| e.to_string())?;
    geometry.try_to_geometry().ok_or_else(|| "holds an empty point".to_owned())
}
