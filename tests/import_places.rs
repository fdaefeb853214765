//! Parcels and places: communes found by their boundaries, and what a
//! project's boundary recovers of a cadastral map.

#![allow(clippy::print_stdout, reason = "its figures are for reading")]

use std::path::{Path, PathBuf};

use crate::harness::{matbang, succeed};
use crate::support::{self, parcels_csv, square, square_degrees};

/// A store with the two communes 1 and 2 beside each other until the reform of
/// 1 July 2025, commune 3 in place of both since, and a project over a part.
/// The communes meet 100 m east of the check point.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        let edge = 105.9 + 100.0 / 104_350.0;
        let (west, east) = (square_degrees(edge - 0.02, 20.53, 0.02), square_degrees(edge, 20.53, 0.02));
        let both = format!(
            "MULTIPOLYGON({},{})",
            west.trim_start_matches("POLYGON"),
            east.trim_start_matches("POLYGON")
        );
        desk.write(
            "xa.csv",
            &format!(
                "code,name,level,valid_from,valid_to,WKT\n1,Xã Tây,commune,,2025-06-30,\"{west}\"\n\
                 2,Xã Đông,commune,,2025-06-30,\"{east}\"\n3,Xã Mới,commune,2025-07-01,,\"{both}\"\n\
                 9,Huyện,district,,,\"{both}\"\n"
            ),
        );
        // 0 … 50 m east and 0 … 100 m north of the check point.
        let (x, y) = support::CHECK_5897;
        let project = support::wkt(&[(x, y), (x + 50.0, y), (x + 50.0, y + 100.0), (x, y + 100.0), (x, y)]);
        desk.write("da.csv", &format!("code,name,WKT\nDA01,Đường vành đai,\"{project}\"\n"));
        desk.succeed("units", "xa.csv", &["--crs", "EPSG:4326"]);
        desk.succeed("projects", "da.csv", &["--crs", "EPSG:5897"]);
        desk
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store.gpkg")
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn succeed(&self, what: &str, name: &str, options: &[&str]) -> String {
        succeed(&self.store(), &[&["import", what, &self.file(name)], options].concat())
    }

    fn json(&self, name: &str, options: &[&str]) -> serde_json::Value {
        let options = [&["--crs", "EPSG:5897", "--project", "DA01", "--json"], options].concat();
        serde_json::from_str(&self.succeed("parcels", name, &options)).unwrap()
    }

    fn verified(&self) -> serde_json::Value {
        serde_json::from_str(&succeed(&self.store(), &["verify", "--json"])).unwrap()
    }
}

/// Parcels without a commune, so many metres east of the check point.
fn without_commune(folder: &Path, places: &[f64]) {
    let row = |(index, east): (usize, &f64)| format!("12,{},\"{}\"\n", index + 1, square(*east, 10.0));
    let rows: String = places.iter().enumerate().map(row).collect();
    std::fs::write(folder.join("thua.csv"), format!("so_to,so_thua,WKT\n{rows}")).unwrap();
}

#[test]
fn a_parcel_lies_in_the_commune_that_holds_most_of_it() {
    let desk = Desk::new();
    without_commune(desk.folder.path(), &[0.0, 85.0, 95.0, 200.0]);
    let report = desk.json("thua.csv", &["--day", "2025-06-30"]);
    let expected = serde_json::json!([
        {"unit": "1", "name": "Xã Tây", "parcels": 2}, {"unit": "2", "name": "Xã Đông", "parcels": 2}]);
    assert_eq!(report["located"], expected);
    let divided: Vec<&str> =
        report["divided"].as_array().unwrap().iter().map(|d| d["feature"].as_str().unwrap()).collect();
    assert_eq!(divided, ["2", "3"]);
    assert!(report["divided"][0]["reason"].as_str().unwrap().contains("lies in 1 Xã Tây"));
    assert_eq!(desk.verified()["whole"], true);
}

#[test]
fn communes_are_those_in_force_on_the_day() {
    let desk = Desk::new();
    without_commune(desk.folder.path(), &[0.0, 95.0]);
    let text = desk.succeed(
        "parcels",
        "thua.csv",
        &["--crs", "EPSG:5897", "--project", "DA01", "--day", "2025-07-01", "--dry-run"],
    );
    assert!(text.contains("commune   3 Xã Mới: 2 parcels, by its boundary"), "{text}");
    assert!(!text.contains("Xã Tây") && !text.contains("Huyện"), "{text}");
}

#[test]
fn a_commune_that_is_given_comes_first() {
    let desk = Desk::new();
    without_commune(desk.folder.path(), &[0.0]);
    for given in [["--map", "unit=#2"], ["--unit", "2"]] {
        let report = desk.json("thua.csv", &[&given[..], &["--day", "2025-06-30", "--dry-run"]].concat());
        assert_eq!(report["located"], serde_json::json!([]), "{given:?}");
        assert_eq!(report["mapping"]["unit"], "#2", "{given:?}");
    }
}

#[test]
fn an_old_code_on_a_new_day_is_said() {
    let desk = Desk::new();
    without_commune(desk.folder.path(), &[0.0]);
    let report = desk.json("thua.csv", &["--unit", "2", "--day", "2025-07-01", "--dry-run"]);
    let warnings = report["warnings"].to_string();
    assert!(warnings.contains("commune 2 does not exist on 2025-07-01"), "{warnings}");
}

#[test]
fn a_parcel_in_no_commune_is_refused() {
    let desk = Desk::new();
    without_commune(desk.folder.path(), &[0.0, 5000.0]);
    let before = desk.verified();
    let file = desk.file("thua.csv");
    let import = ["import", "parcels", &file, "--project", "DA01", "--crs", "EPSG:5897"];
    let run = matbang(&desk.store(), &import);
    assert_eq!(run.status.code(), Some(1));
    let told = String::from_utf8_lossy(&run.stdout).into_owned();
    for words in ["2, field unit", "no commune", "matbang import units", "--map unit=#CODE"] {
        assert!(told.contains(words), "\"{words}\" is missing:\n{told}");
    }
    assert_eq!(desk.verified(), before);
    let before_the_communes = ["--day", "2025-06-30", "--unit", "7"];
    assert_eq!(matbang(&desk.store(), &[&import[..], &before_the_communes].concat()).status.code(), Some(1));
}

#[test]
fn without_boundaries_a_missing_commune_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store.gpkg");
    std::fs::write(folder.path().join("da.csv"), "code,name\nDA01,Đường\n").unwrap();
    succeed(&store, &["import", "projects", folder.path().join("da.csv").to_str().unwrap()]);
    without_commune(folder.path(), &[0.0]);
    let file = folder.path().join("thua.csv");
    let run = matbang(
        &store,
        &["import", "parcels", file.to_str().unwrap(), "--project", "DA01", "--crs", "EPSG:5897"],
    );
    assert_eq!(run.status.code(), Some(1));
    let told = String::from_utf8_lossy(&run.stderr).into_owned();
    for words in ["required field \"unit\"", "--map unit=#CODE", "boundaries"] {
        assert!(told.contains(words), "\"{words}\" is missing:\n{told}");
    }
}

#[test]
fn a_project_recovers_whole_parcels_and_parts_with_their_areas() {
    let desk = Desk::new();
    // Inside; half inside; outside; touching from outside; declared larger than drawn, a quarter inside.
    let row = |number: u32, east: f64, north: f64, area: &str| {
        format!("12,{number},{area},{}\n", format_args!("\"{}\"", square(east, north)))
    };
    let rows = [
        row(1, 10.0, 10.0, ""),
        row(2, 40.0, 10.0, ""),
        row(3, 70.0, 10.0, ""),
        row(4, 50.0, 50.0, ""),
        row(5, 40.0, 90.0, "440"),
    ];
    desk.write("thua.csv", &format!("so_to,so_thua,dien_tich,WKT\n{}", rows.concat()));
    let dry = desk.json("thua.csv", &["--intersect", "--dry-run"]);
    let rows = dry["recovered"].as_array().unwrap();
    let area = |row: &serde_json::Value| row["recovered_area"].as_f64().unwrap();
    assert_eq!(rows.iter().map(|r| r["whole"].as_bool().unwrap()).collect::<Vec<_>>(), [true, false, false]);
    for (row, expected) in rows.iter().zip([400.0, 200.0, 110.0]) {
        assert!((area(row) - expected).abs() < 0.5, "{row}");
    }
    assert!(rows[2]["key"].as_str().unwrap().contains("sheet 12, parcel 5"));
    assert!(dry["warnings"].to_string().contains("2 parcels lie outside the project's boundary"));
    assert_eq!(dry["stored"], serde_json::Value::Null);
    let text =
        desk.succeed("parcels", "thua.csv", &["--crs", "EPSG:5897", "--project", "DA01", "--intersect"]);
    assert!(text.contains("parcel 2 in part: 200.0 of 400.0 m²"), "{text}");
    assert!(text.contains("parcel 1 whole: 400.0 of 400.0 m²"), "{text}");
    let state = desk.verified();
    assert_eq!((&state["parcels"], &state["whole"]), (&3.into(), &true.into()));
    let help = succeed(&desk.store(), &["import", "--help"]);
    assert!(help.contains("--intersect") && help.contains("recovered area of each"));
}

#[test]
fn nothing_inside_the_project_is_nothing_to_import() {
    let desk = Desk::new();
    parcels_csv(desk.folder.path(), "thua.csv", &[support::parcel_row("1", &square(900.0, 0.0))]);
    let file = desk.file("thua.csv");
    let options = ["--project", "DA01", "--crs", "EPSG:5897", "--unit", "3", "--intersect"];
    let run = matbang(&desk.store(), &[&["import", "parcels", &file], &options[..]].concat());
    assert_eq!(run.status.code(), Some(1));
    let told = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(told.contains("none of the parcels lies inside the project's boundary"), "{told}");
}

/// Drawn in the zone of 105° and read in that of 105°30′, half a degree is 52 km.
#[test]
fn parcels_in_a_wrong_zone_are_told_how_far_they_lie_and_what_brings_them_home() {
    let desk = Desk::new();
    without_commune(desk.folder.path(), &[0.0, 20.0]);
    let given = ["--unit", "3", "--day", "2025-07-01", "--dry-run", "--json", "--project", "DA01"];
    let report = |crs: &str| -> serde_json::Value {
        serde_json::from_str(&desk.succeed("parcels", "thua.csv", &[&given[..], &["--crs", crs]].concat()))
            .unwrap()
    };
    let wrong = report("EPSG:9209");
    let far = wrong["misplaced"]["distance_km"].as_f64().unwrap();
    assert!((51.5..52.8).contains(&far), "{far}");
    let zone = serde_json::json!({ "crs": "EPSG:5897", "meridian": 105.0, "unit": "Xã Mới" });
    assert_eq!((&wrong["misplaced"]["project"], &wrong["misplaced"]["zone"]), (&"DA01".into(), &zone));
    let told = wrong["warnings"].to_string();
    assert!(told.contains("105°00′") && told.contains("say --crs EPSG:5897"), "{told}");
    assert_eq!(report("EPSG:5897")["misplaced"], serde_json::Value::Null);
}

/// As they are found by their places: in the wrong zone none lies in a commune, and each is refused.
#[test]
fn parcels_that_lie_in_no_commune_for_their_zone_are_told_what_brings_them_home() {
    let desk = Desk::new();
    without_commune(desk.folder.path(), &[0.0, 20.0]);
    let file = desk.file("thua.csv");
    let options = ["--day", "2025-07-01", "--dry-run", "--json", "--project", "DA01", "--crs", "EPSG:9209"];
    let run = matbang(&desk.store(), &[&["import", "parcels", &file], &options[..]].concat());
    assert_eq!(run.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!((&report["accepted"], report["refused"].as_array().unwrap().len()), (&0.into(), 2));
    let zone = serde_json::json!({ "crs": "EPSG:5897", "meridian": 105.0, "unit": "Xã Mới" });
    assert_eq!((&report["misplaced"]["project"], &report["misplaced"]["zone"]), (&"DA01".into(), &zone));
}
