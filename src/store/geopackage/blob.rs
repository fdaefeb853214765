//! GeoPackage geometry blobs: a header with the envelope, then WKB
//! (OGC 12-128r18, clause 2.1.3).

use geo::{BoundingRect, LineString, MultiPolygon};
use wkb::writer::{WriteOptions, write_line_string, write_multi_polygon};

use crate::{
    domain::wkb::{NoArea, bounds_of_area},
    store::shape,
};

const HEADER: [u8; 8] = [b'G', b'P', 0, 0b0000_0011, 0xE6, 0x10, 0, 0];

/// Blob of a `MultiPolygon` in WGS 84 degrees.
pub fn multi_polygon(polygons: &MultiPolygon<f64>) -> Vec<u8> {
    let mut blob = header(polygons.bounding_rect());
    // Writing to memory does not fail.
    let _ = write_multi_polygon(&mut blob, polygons, &WriteOptions::default());
    blob
}

/// Blob of a `LineString` in WGS 84 degrees.
pub fn line_string(line: &LineString<f64>) -> Vec<u8> {
    let mut blob = header(line.bounding_rect());
    let _ = write_line_string(&mut blob, line, &WriteOptions::default());
    blob
}

/// Writes the blob of an area that is WKB already in the place of `blob`'s content.
///
/// # Errors
/// Bytes that are no area.
pub fn of_area(wkb: &[u8], blob: &mut Vec<u8>) -> Result<(), NoArea> {
    let [west, south, east, north] = bounds_of_area(wkb)?.unwrap_or([f64::NAN; 4]);
    blob.clear();
    blob.extend_from_slice(&HEADER);
    [west, east, south, north].iter().for_each(|edge| blob.extend_from_slice(&edge.to_le_bytes()));
    blob.extend_from_slice(wkb);
    Ok(())
}

fn header(rect: Option<geo::Rect<f64>>) -> Vec<u8> {
    let mut blob = HEADER.to_vec();
    let edges = rect.map_or([f64::NAN; 4], |r| [r.min().x, r.max().x, r.min().y, r.max().y]);
    edges.iter().for_each(|edge| blob.extend_from_slice(&edge.to_le_bytes()));
    blob
}

/// The WKB inside a blob.
///
/// # Errors
/// Text for [`StoreError::Row`] naming what is wrong with the header.
pub fn wkb(blob: &[u8]) -> Result<&[u8], String> {
    let header = blob.get(..8).ok_or("shorter than a GeoPackage header")?;
    if &header[..2] != b"GP" {
        return Err("does not begin with GP".to_owned());
    }
    let envelope = match (header[3] >> 1) & 0b111 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        other => return Err(format!("envelope of unknown kind {other}")),
    };
    blob.get(8 + envelope..).ok_or_else(|| "ends inside its envelope".to_owned())
}

/// The `MultiPolygon` in a blob; a Polygon becomes one of one part.
///
/// # Errors
/// Text for [`StoreError::Row`] when the bytes are no geometry, or one of another type.
pub fn to_multi_polygon(blob: &[u8]) -> Result<MultiPolygon<f64>, String> {
    shape::to_multi_polygon(wkb(blob)?)
}

/// The `LineString` in a blob.
///
/// # Errors
/// Text for [`StoreError::Row`] when the bytes are no geometry, or one of another type.
pub fn to_line_string(blob: &[u8]) -> Result<LineString<f64>, String> {
    shape::to_line_string(wkb(blob)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn geometries_come_back() {
        let polygons =
            MultiPolygon(vec![polygon![(x: 105.9, y: 20.5), (x: 106.0, y: 20.5), (x: 106.0, y: 20.6)]]);
        let (mut area, mut blob) = (Vec::new(), vec![1; 7]);
        crate::domain::wkb::write_area(polygons.0.iter(), &mut area);
        assert_eq!((of_area(&area, &mut blob), &blob), (Ok(()), &multi_polygon(&polygons)));
        assert_eq!(to_multi_polygon(&multi_polygon(&polygons)), Ok(polygons));
        let alignment = LineString::from(vec![(105.9, 20.5), (106.0, 20.5)]);
        assert_eq!(to_line_string(&line_string(&alignment)), Ok(alignment));
        assert!(to_line_string(b"GP").is_err() && wkb(b"PK345678").is_err());
    }
}
