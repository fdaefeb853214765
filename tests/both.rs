//! One ledger in both stores: a server on the file and one on PostgreSQL answer the same, byte by byte: figures, the tags
//! and bodies of tiles, exports in every format, the ledger's lines and its head. `PARCELS=40000` compares a province
//! of that size.

use std::{collections::BTreeSet, path::Path};

use calamine::Reader as _;

use crate::harness::{
    Server, UNTIL,
    postgres::{Cluster, serve_in},
    succeed,
};
use crate::support;

/// Tiles of a zoom that are asked for at most.
const TILES: usize = 24;

/// What is in a `GeoPackage`, a feature a line.
fn geopackage(file: &Path) -> String {
    let lines = file.with_extension("geojsonl");
    support::ogr2ogr(&["-f", "GeoJSONSeq", lines.to_str().unwrap(), file.to_str().unwrap()]);
    std::fs::read_to_string(lines).unwrap()
}

/// What is in the first sheet of a workbook, a row a line.
fn workbook(file: &Path) -> String {
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(file).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    sheet.rows().map(|row| format!("{row:?}")).collect::<Vec<_>>().join("\n")
}

/// Two servers, and where they did not answer the same.
struct Both {
    servers: [Server; 2],
    differ: Vec<String>,
}

impl Both {
    /// Asks both for the same: status, tag and body are to be equal. The body.
    fn ask(&mut self, path: &str) -> Vec<u8> {
        let [one, other] = &self.servers;
        let [one, other] = [one, other].map(|server| server.get(path, &[]));
        let text = |body: &[u8]| String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
        if (one.status, other.status) != (200, 200) {
            self.differ.push(format!("{path}: {} {}: {}", one.status, other.status, text(&one.body)));
        } else if one.header("etag") != other.header("etag") {
            self.differ.push(format!("{path}: tags {} {}", one.header("etag"), other.header("etag")));
        } else if one.body != other.body {
            let at = one.body.iter().zip(&other.body).take_while(|(a, b)| a == b).count();
            let (one, other) = (one.body.len(), other.body.len());
            self.differ.push(format!("{path}: {one} and {other} bytes, equal up to {at}"));
        }
        one.body
    }
}

/// Tiles that hold a parcel each, at a zoom, some of all of them.
fn tiles(corners: &[(f64, f64)], zoom: u32) -> Vec<(u32, u32)> {
    let side = f64::from(1 << zoom);
    let all: BTreeSet<(u32, u32)> = corners
        .iter()
        .map(|(lng, lat)| {
            let x = (lng + 180.0) / 360.0 * side;
            let y = (1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * side;
            (x as u32, y as u32)
        })
        .collect();
    let step = all.len().div_ceil(TILES);
    all.into_iter().step_by(step).collect()
}

#[test]
fn a_server_on_the_file_and_one_on_the_database_answer_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::shared();
    let (file, address) = (folder.path().join("store.gpkg"), cluster.database());
    let parcels = std::env::var("PARCELS").unwrap_or_else(|_| "4000".to_owned());
    succeed(&file, &["demo", "--parcels", &parcels, "--until", UNTIL]);
    let parcels: usize = parcels.parse().unwrap();
    succeed(&file, &["copy", file.to_str().unwrap(), &address]);
    let servers = [file.to_str().unwrap(), &address].map(|place| serve_in(place, folder.path(), &[]));
    let mut both = Both { servers, differ: Vec::new() };

    for path in [
        "/api/v1/summary",
        "/api/v1/progress",
        "/api/v1/progress?by=unit",
        "/api/v1/board?campaign=thi-dua-gpmb",
        "/api/v1/forecast?project=DA01",
        "/api/v1/fronts?project=DA02",
        "/api/v1/heads",
        "/api/v1/clocks",
        "/api/v1/decisions",
        "/api/v1/series",
        "/api/v1/table?limit=1000",
        "/api/v1/work?limit=2000",
        "/api/v1/summary?at=5000",
        "/ogc/collections/parcels/items?f=geojsonseq&filter=late",
    ] {
        both.ask(path);
    }

    let all = both.ask("/ogc/collections/parcels/items?f=csv&geom=lonlat&properties=parcel");
    let all = String::from_utf8(all).unwrap();
    let corners: Vec<(f64, f64)> = all
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let number = |from_end: usize| cells[cells.len() - from_end].parse().unwrap();
            (number(2), number(1))
        })
        .collect();
    assert!(corners.len() >= parcels, "{} parcels", corners.len());
    let mut asked = 0;
    for zoom in 8..=17 {
        for (x, y) in tiles(&corners, zoom) {
            asked += 1;
            both.ask(&format!("/tiles/units,projects,parcels/{zoom}/{x}/{y}"));
        }
    }
    assert!(asked > 100, "{asked} tiles");

    for layer in ["parcels", "projects", "units", "fronts"] {
        let items = format!("/ogc/collections/{layer}/items");
        for format in ["geojson", "geojsonseq", "csv", "fgb", "parquet", "shp", "kml"] {
            both.ask(&format!("{items}?f={format}"));
        }
        // These say when they were written.
        for (format, read) in [("gpkg", geopackage as fn(&Path) -> String), ("xlsx", workbook)] {
            let path = format!("{items}?f={format}");
            let [one, other] = [0, 1].map(|turn| {
                let written = folder.path().join(format!("{layer}{turn}.{format}"));
                let reply = both.servers[turn].get(&path, &[]);
                assert_eq!(reply.status, 200, "{path}");
                std::fs::write(&written, reply.body).unwrap();
                read(&written)
            });
            if one != other || one.lines().count() < 2 {
                both.differ.push(format!("{path}: what is in it"));
            }
        }
    }
    assert!(both.differ.is_empty(), "{}", both.differ.join("\n"));

    let lines = |place: &str| succeed(Path::new(place), &["export", "ledger"]);
    let [one, other] = [file.to_str().unwrap(), &address].map(lines);
    assert!(one == other && one.lines().count() > parcels, "{} lines", one.lines().count());
    let verified = |place: &str| succeed(Path::new(place), &["verify"]);
    assert_eq!(verified(file.to_str().unwrap()), verified(&address));
}
