//! A road of ten parcels, small enough to be worked out on paper.
#![allow(dead_code, reason = "each test file uses a part")]

use std::{fmt::Write, path::PathBuf};

use serde_json::Value;

use crate::{harness::succeed, support};

/// The day that is asked about.
pub const DAY: &str = "2026-04-01";

/// Where the ten parcels of the road begin, metres from Km0+000, and where the last one ends.
/// Each is 40 m wide, so its area is 40 times its length.
const EDGES: [f64; 11] = [0., 200., 400., 600., 800., 1000., 1200., 1260., 1600., 1800., 2000.];

/// The stages of the 2024 law after the listing, in order.
const STAGES: [&str; 7] =
    ["notice", "inventory", "plan_posted", "plan_approved", "paid", "recovery_decided", "handed_over"];

/// Days from the notice on which the law lets the stages follow each other: 45 of posting and appraisal, payment
/// and decision within their terms.
const AFTER: [i32; 7] = [0, 30, 50, 95, 100, 103, 113];

/// How far each parcel is: stages reached and the day of the last one. Earlier stages came as [`AFTER`] says.
///
/// ```text
/// Km     0 ── 0.2 ── 0.4 ── 0.6 ── 0.8 ── 1.0 ── 1.2 ─ 1.26 ── 1.6 ── 1.8 ── 2.0
/// parcel   1      2      3      4      5      6     7       8      9     10
///          ■      ■      ■      □      ■      ■     □       □      ■      □       ■ handed over
/// ```
const REACHED: [(usize, &str); 10] = [
    (7, "2026-01-20"),
    (7, "2026-01-20"),
    (7, "2026-02-10"),
    (4, "2026-03-10"),
    (7, "2026-02-10"),
    (7, "2026-03-20"),
    (5, "2026-03-05"),
    (1, "2026-03-01"),
    (7, "2026-03-28"),
    (3, "2026-02-01"),
];

/// A store with the road.
pub struct Road {
    folder: tempfile::TempDir,
}

impl Road {
    pub fn new() -> Self {
        let road = Self { folder: tempfile::tempdir().unwrap() };
        let (x, y) = support::CHECK_5897;
        road.write("xa.csv", "code,name,level,valid_from\n1,Xã Đường,commune,2025-07-01\n");
        road.write(
            "da.csv",
            &format!(
                "code,name,kind,body,procedure,required_on,plan,WKT\n\
                 DA01,Đường mười thửa,road,Trung tâm quỹ đất,law2024,2026-05-01,\
                 2026-01-01=0;2026-03-01=0.5;2026-05-01=1,\"LINESTRING({x} {y},{} {y})\"\n",
                x + 2000.0
            ),
        );
        let mut parcels = "so_to,so_thua,loai_dat,du_an,ma_xa,WKT\n".to_owned();
        let mut events = "du_an,so_to,so_thua,buoc,ngay\n".to_owned();
        for (number, edge) in (1..).zip(EDGES.windows(2)) {
            let (west, east) = (x + edge[0], x + edge[1]);
            let ring = [(west, y - 20.), (east, y - 20.), (east, y + 20.), (west, y + 20.), (west, y - 20.)];
            let ring = support::wkt(&ring);
            writeln!(parcels, "1,{number},LUC,DA01,1,\"{ring}\"").unwrap();
            let (stages, last) = REACHED[number - 1];
            let last = matbang::domain::Day::parse(last).unwrap();
            for (place, stage) in STAGES[..stages].iter().enumerate() {
                let day = last.plus(AFTER[place] - AFTER[stages - 1]);
                writeln!(events, "DA01,1,{number},{stage},{day}").unwrap();
            }
        }
        road.write("thua.csv", &parcels);
        road.write("viec.csv", &events);
        road.import("units", "xa.csv", &["--day", "2026-01-01"]);
        road.import("projects", "da.csv", &["--crs", "EPSG:5897", "--day", "2026-01-01"]);
        road.import("parcels", "thua.csv", &["--crs", "EPSG:5897", "--day", "2026-01-01"]);
        road.import("events", "viec.csv", &[]);
        road
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub fn store(&self) -> PathBuf {
        self.folder.path().join("road.gpkg")
    }

    pub fn import(&self, what: &str, name: &str, options: &[&str]) {
        let file = self.folder.path().join(name);
        succeed(&self.store(), &[&["import", what, file.to_str().unwrap()], options].concat());
    }

    pub fn json(&self, arguments: &[&str]) -> Value {
        let all = [arguments, &["--as-of", DAY, "--json"]].concat();
        serde_json::from_str(&succeed(&self.store(), &all)).unwrap()
    }
}
