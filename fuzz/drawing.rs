//! Drawings: lines and labels of any kind become parcels that do not lie over one another.
#![no_main]
#![allow(clippy::expect_used, missing_docs, reason = "a target ends by panicking")]

use std::{fmt::Write as _, sync::OnceLock};

use geo::{BoundingRect, GeodesicArea};
use libfuzzer_sys::fuzz_target;
use matbang::{
    domain::Code,
    ingest::{Options, read_parcels},
};

fuzz_target!(|input: (Vec<[i8; 4]>, Vec<(i8, i8, String)>)| {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let path = FOLDER.get_or_init(|| tempfile::tempdir().expect("a folder")).path().join("a.dxf");
    std::fs::write(&path, drawing(&input.0, &input.1)).expect("a file");
    let code = |text: &str| Code::new(text).ok();
    let options = Options {
        crs: Some("EPSG:5897".to_owned()),
        project: code("DA01"),
        unit: code("13288"),
        ..Options::default()
    };
    let Ok(batch) = read_parcels(&path, &options, &mut |_| {}) else { return };
    let area = |shape: &geo::MultiPolygon<f64>| shape.geodesic_area_unsigned();
    let sum: f64 = batch.records.iter().map(|parcel| area(&parcel.geometry)).sum();
    let all: geo::MultiPolygon<f64> = batch.records.iter().flat_map(|one| one.geometry.0.clone()).collect();
    if let Some(around) = all.bounding_rect() {
        // The sides of the rectangle are no geodesics.
        assert!(sum <= around.to_polygon().geodesic_area_unsigned() * 1.001 + 1.0, "faces lie apart: {sum}");
    }
});

fn drawing(lines: &[[i8; 4]], labels: &[(i8, i8, String)]) -> String {
    let (x, y) = (|n: i8| 600_000.0 + f64::from(n) * 5.0, |n: i8| 2_270_000.0 + f64::from(n) * 5.0);
    let mut text = "0\nSECTION\n2\nENTITIES\n".to_owned();
    for &[a, b, c, d] in lines.iter().take(200) {
        let _ = write!(text, "0\nLINE\n8\nTHUA\n10\n{}\n20\n{}\n11\n{}\n21\n{}\n", x(a), y(b), x(c), y(d));
    }
    for (a, b, words) in labels.iter().take(50) {
        let words: String = words.chars().filter(|c| !c.is_control()).take(40).collect();
        let _ = write!(text, "0\nTEXT\n8\nSO\n10\n{}\n20\n{}\n40\n2\n1\n{words}\n", x(*a), y(*b));
    }
    text + "0\nENDSEC\n0\nEOF\n"
}
