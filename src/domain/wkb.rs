//! Areas as well-known binary (OGC 06-103r4), little end first: how parcels travel, are sealed and stored.
//!
//! Written here without a detour, and looked at without building a shape: most of what is asked of a parcel's area is
//! whether it is one, and how far it reaches.

use geo::{Coord, LineString, MultiPolygon, Polygon};

const POLYGON: u32 = 3;
const MULTI_POLYGON: u32 = 6;

/// Why bytes are no area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are no MultiPolygon as WKB, little end first")]
pub struct NoArea;

/// Writes polygons as one `MultiPolygon` behind `bytes`.
pub fn write_area<'a>(polygons: impl ExactSizeIterator<Item = &'a Polygon<f64>>, bytes: &mut Vec<u8>) {
    head(bytes, MULTI_POLYGON, polygons.len());
    for polygon in polygons {
        head(bytes, POLYGON, 1 + polygon.interiors().len());
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            bytes.extend_from_slice(&(ring.0.len() as u32).to_le_bytes());
            for corner in &ring.0 {
                bytes.extend_from_slice(&corner.x.to_le_bytes());
                bytes.extend_from_slice(&corner.y.to_le_bytes());
            }
        }
    }
}

fn head(bytes: &mut Vec<u8>, kind: u32, parts: usize) {
    bytes.push(1);
    bytes.extend_from_slice(&kind.to_le_bytes());
    bytes.extend_from_slice(&(parts as u32).to_le_bytes());
}

/// A ring's corners, the closing one included.
#[derive(Debug, Clone, Copy)]
pub struct Ring<'a>(&'a [[u8; 16]]);

impl<'a> Ring<'a> {
    /// Number of corners.
    pub fn len(self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The corners in their order.
    pub fn corners(self) -> impl Iterator<Item = Coord<f64>> + 'a {
        self.0.iter().map(corner)
    }

    /// Whether it ends where it begins.
    pub fn is_closed(self) -> bool {
        self.0.first() == self.0.last()
    }
}

fn corner(bytes: &[u8; 16]) -> Coord<f64> {
    let number = |half: &[u8]| f64::from_le_bytes(half.try_into().unwrap_or_default());
    Coord { x: number(&bytes[..8]), y: number(&bytes[8..]) }
}

/// Hands each ring of an area to `take`, with whether it is the outer one of a polygon.
///
/// # Errors
/// [`NoArea`] for anything but a plane `MultiPolygon`, little end first, of polygons that have rings.
pub fn each_ring<'a>(wkb: &'a [u8], take: impl FnMut(bool, Ring<'a>)) -> Result<(), NoArea> {
    let mut rest = wkb;
    let polygons = parts(&mut rest, MULTI_POLYGON)?;
    rings_of(polygons, rest, take)
}

fn rings_of<'a>(
    polygons: u32,
    mut rest: &'a [u8],
    mut take: impl FnMut(bool, Ring<'a>),
) -> Result<(), NoArea> {
    for _ in 0..polygons {
        let rings = parts(&mut rest, POLYGON)?;
        if rings == 0 {
            return Err(NoArea);
        }
        for ring in 0..rings {
            let length = number(&mut rest)? as usize;
            let (corners, after) =
                rest.split_at_checked(length.checked_mul(16).ok_or(NoArea)?).ok_or(NoArea)?;
            rest = after;
            take(ring == 0, Ring(corners.as_chunks::<16>().0));
        }
    }
    if rest.is_empty() { Ok(()) } else { Err(NoArea) }
}

/// As [`each_ring`], of a plane `Polygon` too.
///
/// # Errors
/// As [`each_ring`].
pub fn each_ring_of_polygons<'a>(wkb: &'a [u8], take: impl FnMut(bool, Ring<'a>)) -> Result<(), NoArea> {
    let is_one = wkb.get(..5).is_some_and(|head| head[0] == 1 && head[1..] == POLYGON.to_le_bytes());
    let mut rest = wkb;
    let polygons = if is_one { 1 } else { parts(&mut rest, MULTI_POLYGON)? };
    rings_of(polygons, rest, take)
}

fn number(rest: &mut &[u8]) -> Result<u32, NoArea> {
    let (number, after) = rest.split_first_chunk::<4>().ok_or(NoArea)?;
    *rest = after;
    Ok(u32::from_le_bytes(*number))
}

/// How many parts stand below a head of this kind.
fn parts(rest: &mut &[u8], kind: u32) -> Result<u32, NoArea> {
    let (order, after) = rest.split_first().ok_or(NoArea)?;
    *rest = after;
    if *order != 1 || number(rest)? != kind {
        return Err(NoArea);
    }
    number(rest)
}

/// The area.
///
/// # Errors
/// As [`each_ring`].
pub fn read_area(wkb: &[u8]) -> Result<MultiPolygon<f64>, NoArea> {
    let mut polygons: Vec<Polygon<f64>> = Vec::new();
    each_ring(wkb, |is_outer, ring| {
        let line = LineString::new(ring.corners().collect());
        match polygons.last_mut() {
            Some(polygon) if !is_outer => polygon.interiors_push(line),
            _ => polygons.push(Polygon::new(line, Vec::new())),
        }
    })?;
    Ok(MultiPolygon::new(polygons))
}

/// West, south, east, north of an area's outer rings; none of an area without corners.
///
/// # Errors
/// As [`each_ring`].
pub fn bounds_of_area(wkb: &[u8]) -> Result<Option<[f64; 4]>, NoArea> {
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    each_ring(wkb, |is_outer, ring| {
        for Coord { x, y } in ring.corners().filter(|_| is_outer) {
            bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)];
        }
    })?;
    Ok((bounds[0] <= bounds[2]).then_some(bounds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;
    use wkb::writer::{WriteOptions, write_multi_polygon};

    fn area() -> MultiPolygon<f64> {
        let outer = polygon![(x: 105.9, y: 20.5), (x: 105.91, y: 20.5), (x: 105.91, y: 20.51)];
        let hole = polygon![(x: 105.905, y: 20.502), (x: 105.906, y: 20.502), (x: 105.906, y: 20.503)];
        let holed = Polygon::new(outer.exterior().clone(), vec![hole.exterior().clone()]);
        MultiPolygon::new(vec![holed, polygon![(x: 1.0, y: 2.0), (x: 3.0, y: 2.0), (x: 3.0, y: 4.0)]])
    }

    #[test]
    fn an_area_is_written_as_any_other_writer_does_and_read_back() {
        let (mut own, mut other) = (Vec::new(), Vec::new());
        write_area(area().0.iter(), &mut own);
        write_multi_polygon(&mut other, &area(), &WriteOptions::default()).unwrap();
        assert_eq!(own, other);
        assert_eq!(read_area(&own), Ok(area()));
        assert_eq!(bounds_of_area(&own), Ok(Some([1.0, 2.0, 105.91, 20.51])));
        assert_eq!(bounds_of_area(&own[..9]), Err(NoArea));
    }

    #[test]
    fn bytes_that_are_no_area_are_told() {
        let mut bytes = Vec::new();
        write_area(area().0.iter(), &mut bytes);
        for end in 0..bytes.len() {
            assert_eq!(read_area(&bytes[..end]), Err(NoArea), "{end}");
        }
        for (place, value) in [(0, 0), (1, 3), (9, 0), (10, 6), (14, 0), (17, 0xFF), (21, 0xFF)] {
            let mut broken = bytes.clone();
            broken[place] = value;
            assert_eq!(read_area(&broken), Err(NoArea), "{place}");
        }
        bytes.push(0);
        assert_eq!(read_area(&bytes), Err(NoArea));
    }
}
