//! A flat frame in metres for drawing: good to a few centimetres a kilometre,
//! which is enough for what is made up. Recorded areas come from the ellipsoid.

use geo::{Coord, LineString, MapCoords, MultiPolygon};

/// Centre of the frame: WGS 84 degrees (lon, lat).
const CENTRE: (f64, f64) = (105.95, 20.54);
/// Metres a degree of longitude and latitude at 20.54° N on WGS 84.
const DEGREE: (f64, f64) = (104_294.0, 110_716.0);

/// Metres east and north of the centre, from degrees.
pub fn to_metres(lon: f64, lat: f64) -> Coord<f64> {
    Coord { x: (lon - CENTRE.0) * DEGREE.0, y: (lat - CENTRE.1) * DEGREE.1 }
}

fn to_degrees(c: Coord<f64>) -> Coord<f64> {
    let round = |v: f64| (v * 1e8).round() / 1e8;
    Coord { x: round(CENTRE.0 + c.x / DEGREE.0), y: round(CENTRE.1 + c.y / DEGREE.1) }
}

/// Polygons in degrees (lon, lat).
pub fn polygons_to_degrees(polygons: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    polygons.map_coords(to_degrees)
}

/// A line in degrees (lon, lat).
pub fn line_to_degrees(line: &LineString<f64>) -> LineString<f64> {
    line.map_coords(to_degrees)
}

/// Polygons in metres.
pub fn polygons_to_metres(polygons: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    polygons.map_coords(|c| to_metres(c.x, c.y))
}

/// A gentle bend of the plane: what was straight no longer is, neighbours stay neighbours.
pub fn bend(c: Coord<f64>, reach: f64) -> Coord<f64> {
    let (x, y) = (c.x / reach, c.y / reach);
    let wave = reach * 0.035;
    Coord {
        x: c.x + wave * ((y * 1.9 + 0.4).sin() + 0.6 * (x * 3.1 - y * 2.3 + 1.7).sin()),
        y: c.y + wave * ((x * 2.1 + 1.1).sin() + 0.6 * (y * 2.9 + x * 2.7 + 0.3).sin()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_come_back() {
        let c = to_degrees(to_metres(105.9, 20.6));
        assert!((c.x - 105.9).abs() < 1e-7 && (c.y - 20.6).abs() < 1e-7);
    }
}
