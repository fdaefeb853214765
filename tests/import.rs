//! Files of all formats come in: right place, right text, right count; and
//! what can't come in is refused with words that help.

#![allow(clippy::print_stdout, reason = "its figures are for reading")]

use std::path::{Path, PathBuf};

use crate::support::{CHECK_WGS84, metres_between, ogr2ogr, parcel_row, parcels_csv, square};
use geo::BoundingRect;
use matbang::domain::{AdminUnit, Level, Parcel, SquareMetres};
use matbang::ingest::{self, Batch, IngestError, Mapping, Options};

fn parcels(path: &Path, options: &Options) -> Result<Batch<Parcel>, IngestError> {
    ingest::read_parcels(path, options, &mut |_| {})
}

fn units(path: &Path) -> Batch<AdminUnit> {
    ingest::read_units(path, &Options::default(), &mut |_| {}).unwrap()
}

/// Two squares side by side, the first with its corner at the check point.
fn csv_5897(folder: &Path) -> PathBuf {
    let row = |number: &str, east| parcel_row(number, &square(east, 0.0));
    parcels_csv(folder, "thua.csv", &[row("1", 0.0), row("2", 20.0)])
}

fn in_5897() -> Options {
    Options { crs: Some("EPSG:5897".into()), ..Options::default() }
}

/// The parcel at the check point; some formats keep features in an order of their own.
fn first(batch: &Batch<Parcel>) -> &Parcel {
    batch.records.iter().find(|parcel| parcel.key.number == "1").unwrap()
}

/// Distance of the first parcel's south-west corner from the check point.
fn miss(batch: &Batch<Parcel>) -> f64 {
    let corner = first(batch).geometry.bounding_rect().unwrap().min();
    metres_between(CHECK_WGS84, (corner.x, corner.y))
}

fn assert_two_good_parcels(batch: &Batch<Parcel>) {
    assert!(batch.report.refused.is_empty(), "{:?}", batch.report.refused);
    assert_eq!(batch.records.len(), 2);
    assert!(miss(batch) < 2.0, "{} m off", miss(batch));
    let first = first(batch);
    assert_eq!((first.key.sheet.as_str(), first.key.number.as_str()), ("12", "1"));
    assert_eq!((first.key.project.as_str(), first.key.unit.as_str()), ("DA01", "13285"));
    assert_eq!(first.land_use, "LUC");
    assert_eq!(first.declared_area.map(SquareMetres::get), Some(400.0));
    assert!((first.recovered_area.get() - 400.0).abs() < 1.0, "{:?}", first.recovered_area);
    assert_eq!(first.holder.as_deref(), Some("Nguyễn Văn Thường"));
    assert!(batch.report.overlaps.is_empty());
}

#[test]
fn csv_with_wkt_comes_in_at_its_place() {
    let folder = tempfile::tempdir().unwrap();
    assert_two_good_parcels(&parcels(&csv_5897(folder.path()), &in_5897()).unwrap());
}

#[test]
fn every_format_brings_the_same_parcels_to_the_same_place() {
    let folder = tempfile::tempdir().unwrap();
    let csv = csv_5897(folder.path());
    let formats = [
        ("GPKG", "gpkg", "EPSG:5897"),
        ("FlatGeobuf", "fgb", "EPSG:5897"),
        ("ESRI Shapefile", "shp", "EPSG:5897"),
        ("MapInfo File", "mif", "EPSG:5897"),
        ("MapInfo File", "tab", "EPSG:5897"),
        ("GeoJSON", "geojson", "EPSG:4326"),
        ("GeoJSONSeq", "geojsonl", "EPSG:4326"),
        ("LIBKML", "kml", "EPSG:4326"),
        ("KML", "kml", "EPSG:4326"),
        ("GML", "gml", "EPSG:5897"),
    ];
    for (driver, extension, crs) in formats {
        let out = folder.path().join(format!("{}.{extension}", driver.replace(' ', "_")));
        let (from, to) = (csv.to_str().unwrap(), out.to_str().unwrap());
        ogr2ogr(&[
            "-f",
            driver,
            to,
            from,
            "-a_srs",
            "EPSG:5897",
            "-s_srs",
            "EPSG:5897",
            "-t_srs",
            crs,
            "-lco",
            "ENCODING=UTF-8",
            "-oo",
            "GEOM_POSSIBLE_NAMES=WKT",
            "-oo",
            "KEEP_GEOM_COLUMNS=NO",
        ]);
        let batch = parcels(&out, &Options::default()).unwrap_or_else(|e| panic!("{driver}: {e}"));
        println!("{driver}: {:?}", batch.report.crs);
        assert_two_good_parcels(&batch);
    }
}

/// A file that comes with the program.
fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/units").join(name)
}

#[test]
fn the_real_units_of_ha_nam_come_in_with_their_successions() {
    let old = units(&shipped("ha-nam-to-2025-06.csv"));
    assert_eq!((old.records.len(), old.report.refused.len()), (105, 0));
    assert_eq!(old.records.iter().filter(|u| u.level == Level::Commune).count(), 98);
    assert_eq!(old.records[0].name, "Tỉnh Hà Nam");
    let new = units(&shipped("ha-nam-from-2025-07.csv"));
    assert_eq!((new.records.len(), new.report.refused.len()), (34, 0));
    assert_eq!(new.records[1].predecessors.len(), 4);
}

#[test]
fn units_come_in_with_their_boundaries() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huyen.geojson");
    let feature = |(code, name, west): (&str, &str, f64)| {
        let ring = [[west, 20.5], [west + 0.1, 20.5], [west + 0.1, 20.6], [west, 20.6], [west, 20.5]];
        serde_json::json!({
            "type": "Feature",
            "properties": { "code": code, "name": name, "level": "district" },
            "geometry": { "type": "Polygon", "coordinates": [ring] },
        })
    };
    let districts = [("347", "Thành phố Phủ Lý", 105.9), ("349", "Thị xã Duy Tiên", 106.0)];
    let file = serde_json::json!({ "type": "FeatureCollection", "features": districts.map(feature) });
    std::fs::write(&path, file.to_string()).unwrap();
    let batch = units(&path);
    assert_eq!((batch.records.len(), batch.report.refused.len()), (2, 0));
    for (unit, (code, name, west)) in batch.records.iter().zip(districts) {
        assert_eq!((unit.code.as_str(), unit.name.as_str(), unit.level), (code, name, Level::District));
        let boundary = unit.boundary.as_ref().unwrap();
        let bounds = boundary.bounding_rect().unwrap();
        assert!((bounds.min().x - west).abs() < 1e-9 && (bounds.max().y - 20.6).abs() < 1e-9, "{bounds:?}");
    }
}

#[test]
fn a_required_column_that_is_missing_is_asked_for_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.csv");
    std::fs::write(&path, "to,thua_so,WKT\n1,2,\"POINT(1 1)\"\n").unwrap();
    let error = parcels(&path, &Options::default()).unwrap_err().to_string();
    assert!(error.contains("--map sheet=COLUMN") && error.contains("to, thua_so"), "{error}");
    let mapping = Mapping::parse("sheets=to").unwrap();
    let error = parcels(&path, &Options { mapping, ..Options::default() }).unwrap_err().to_string();
    assert!(error.contains("no field \"sheets\""), "{error}");
}
