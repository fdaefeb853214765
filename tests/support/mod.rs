//! Fixtures made on the fly, with GDAL's own tools.

use std::path::{Path, PathBuf};
use std::process::Command;

/// WGS 84 place of the check point: longitude, latitude.
pub const CHECK_WGS84: (f64, f64) = (105.90, 20.54);
/// The same place in EPSG:5897: easting, northing.
pub const CHECK_5897: (f64, f64) = (593_654.305, 2_272_288.187);

/// Runs `ogr2ogr`; fails the test with its words if it fails.
pub fn ogr2ogr(arguments: &[&str]) {
    let output = Command::new("ogr2ogr").args(arguments).output().expect("ogr2ogr runs");
    assert!(output.status.success(), "ogr2ogr {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Real data beside the project, or none where it is not at hand.
pub fn shared(name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("MATBANG_SHARED").map_or(beside, PathBuf::from);
    Some(folder.join("data").join(name)).filter(|path| path.exists())
}

/// Metres between two places near each other, in degrees.
pub fn metres_between(a: (f64, f64), b: (f64, f64)) -> f64 {
    let east = (a.0 - b.0) * 111_320.0 * a.1.to_radians().cos();
    let north = (a.1 - b.1) * 110_700.0;
    east.hypot(north)
}

/// A square parcel of 20 m × 20 m in EPSG:5897 whose south-west corner is
/// `east`, `north` metres from the check point, as a ring of coordinates.
pub fn square_5897(east: f64, north: f64) -> Vec<(f64, f64)> {
    let (x, y) = (CHECK_5897.0 + east, CHECK_5897.1 + north);
    vec![(x, y), (x + 20.0, y), (x + 20.0, y + 20.0), (x, y + 20.0), (x, y)]
}

/// A ring as WKT polygon.
pub fn wkt(ring: &[(f64, f64)]) -> String {
    let points: Vec<String> = ring.iter().map(|(x, y)| format!("{x} {y}")).collect();
    format!("POLYGON(({}))", points.join(","))
}
