//! Fixtures made on the fly, with GDAL's own tools.
#![allow(dead_code, reason = "each test file uses a part")]

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

/// Name of the holder in every fixture: personal data that no message may show.
pub const HOLDER: &str = "Nguyễn Văn Thường";

/// Columns of [`parcel_row`].
pub const PARCEL_COLUMNS: &str = "so_to,so_thua,loai_dat,dien_tich,du_an,ma_xa,chu_su_dung,WKT\n";

/// A line of a parcels CSV: sheet 12, 400 m², project DA01, commune 13285.
pub fn parcel_row(number: &str, geometry: &str) -> String {
    format!("12,{number},luc,\"400,0\",DA01,13285,{HOLDER},\"{geometry}\"\n")
}

/// A CSV of parcels in EPSG:5897, which the file does not say.
pub fn parcels_csv(folder: &Path, name: &str, rows: &[String]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, PARCEL_COLUMNS.to_owned() + &rows.concat()).expect("a file");
    path
}

/// A square parcel of 20 m × 20 m as WKT; see [`square_5897`].
pub fn square(east: f64, north: f64) -> String {
    wkt(&square_5897(east, north))
}

/// A square in WGS 84 degrees as WKT: its south-west corner and its side in degrees.
pub fn square_degrees(lon: f64, lat: f64, side: f64) -> String {
    let (right, top) = (lon + side, lat + side);
    wkt(&[(lon, lat), (right, lat), (right, top), (lon, top), (lon, lat)])
}

/// Another format of a CSV in EPSG:5897, by `ogr2ogr`.
pub fn converted(csv: &Path, driver: &str, name: &str, options: &[&str]) -> PathBuf {
    let out = csv.with_file_name(name);
    let (from, to) = (csv.to_str().expect("UTF-8"), out.to_str().expect("UTF-8"));
    let reading = ["-oo", "GEOM_POSSIBLE_NAMES=WKT", "-oo", "KEEP_GEOM_COLUMNS=NO"];
    ogr2ogr(&[&["-f", driver, to, from], &reading[..], options].concat());
    out
}
