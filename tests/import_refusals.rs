//! Bad files, one by one, through the real binary: each is refused or taken
//! with words that help, and a refused one leaves no trace in the store.

#![allow(clippy::print_stdout, reason = "its figures are for reading")]

use std::{
    path::{Path, PathBuf},
    process::Output,
    sync::OnceLock,
};

use crate::harness::{matbang, succeed};
use crate::support::{
    self, CHECK_5897, HOLDER, converted, parcel_row, parcels_csv, square, square_degrees, wkt,
};

/// A folder with a store of one commune and one project around the check point.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        static TEMPLATE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
        let (_, template) = TEMPLATE.get_or_init(|| {
            let folder = tempfile::tempdir().unwrap();
            let store = folder.path().join("template.gpkg");
            let around = square_degrees(105.88, 20.52, 0.04);
            fill(&store, folder.path(), &around);
            (folder, store)
        });
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(template, folder.path().join("store.gpkg")).unwrap();
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store.gpkg")
    }

    fn csv(&self, rows: &[String]) -> PathBuf {
        parcels_csv(self.path(), "thua.csv", rows)
    }

    /// Position and head of the ledger, and whether the store is whole.
    fn state(&self) -> (serde_json::Value, serde_json::Value, serde_json::Value) {
        let text = succeed(&self.store(), &["verify", "--json"]);
        let mut found: serde_json::Value = serde_json::from_str(&text).unwrap();
        (found["at"].take(), found["head"].take(), found["whole"].take())
    }

    fn import(&self, file: &Path, options: &[&str]) -> Output {
        let fixed = ["import", "parcels", file.to_str().unwrap()];
        matbang(&self.store(), &[&fixed[..], options].concat())
    }

    /// Imports a file that must end with `status`, for real and as a dry run,
    /// say all of `words` and change nothing.
    fn refuses(&self, file: &Path, options: &[&str], status: i32, words: &[&str]) {
        let before = self.state();
        for dry_run in [&[][..], &["--dry-run"]] {
            let run = self.import(file, &[options, dry_run].concat());
            let told = told(&run);
            assert_eq!(run.status.code(), Some(status), "{told}");
            for word in words {
                assert!(told.contains(word), "\"{word}\" is missing:\n{told}");
            }
        }
        assert_eq!(self.state(), before);
        let left: Vec<_> = std::fs::read_dir(self.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert!(!left.iter().any(|name| name.to_string_lossy().ends_with("journal")), "{left:?}");
    }

    /// A dry run that must succeed, say all of `words` and change nothing;
    /// then the import, which must succeed too.
    fn takes(&self, file: &Path, options: &[&str], words: &[&str]) {
        let before = self.state();
        let dry = self.import(file, &[options, &["--dry-run"]].concat());
        let told = told(&dry);
        assert_eq!(dry.status.code(), Some(0), "{told}");
        for word in words {
            assert!(told.contains(word), "\"{word}\" is missing:\n{told}");
        }
        assert_eq!(self.state(), before);
        assert_eq!(self.import(file, options).status.code(), Some(0));
        assert_ne!(self.state().0, before.0);
    }
}

fn fill(store: &Path, folder: &Path, boundary: &str) {
    let units = folder.join("xa.csv");
    std::fs::write(&units, format!("code,name,level,WKT\n13285,Xã Đồng Du,commune,\"{boundary}\"\n"))
        .unwrap();
    let projects = folder.join("du-an.csv");
    std::fs::write(&projects, format!("code,name,WKT\nDA01,Đường vành đai,\"{boundary}\"\n")).unwrap();
    succeed(store, &["import", "units", units.to_str().unwrap()]);
    succeed(store, &["import", "projects", projects.to_str().unwrap()]);
}

/// Everything that a run printed. Personal data must never be among it.
fn told(run: &Output) -> String {
    let text = [&run.stdout[..], &run.stderr[..]].map(String::from_utf8_lossy).concat();
    assert!(!text.contains(HOLDER) && !text.contains("Thường"), "a holder's name was printed:\n{text}");
    assert!(!text.contains("panicked"), "{text}");
    text
}

const IN_5897: [&str; 2] = ["--crs", "EPSG:5897"];

#[test]
fn swapped_axes_are_never_taken_in_silence() {
    let desk = Desk::new();
    let swapped =
        |east| wkt(&support::square_5897(east, 0.0).iter().map(|(x, y)| (*y, *x)).collect::<Vec<_>>());
    let file = desk.csv(&[parcel_row("1", &swapped(0.0)), parcel_row("2", &swapped(20.0))]);
    desk.refuses(&file, &["--crs", "EPSG:4326"], 1, &["thua.csv", "outside Vietnam", "EPSG:5897", "--crs"]);
    desk.takes(&file, &[], &["DETECTED", "axes SWAPPED", "EPSG:5897", "warning"]);
    let other = Desk::new();
    let file = other.csv(&[parcel_row("1", &swapped(0.0))]);
    other.takes(&file, &IN_5897, &["axes SWAPPED", "northing", "swapped they lie inside"]);
}

#[test]
fn a_missing_crs_is_found_out_aloud_or_asked_for() {
    let desk = Desk::new();
    let file = desk.csv(&[parcel_row("1", &square(0.0, 0.0))]);
    desk.takes(&file, &[], &["DETECTED", "EPSG:5897", "EPSG:3405"]);
    let bare = Desk { folder: tempfile::tempdir().unwrap() };
    fill(&bare.store(), bare.path(), "");
    let file = bare.csv(&[parcel_row("1", &square(0.0, 0.0))]);
    bare.refuses(&file, &[], 1, &["thua.csv", "has no CRS", "several systems", "--crs EPSG:CODE"]);
}

#[test]
fn a_bow_tie_is_repaired_and_reported() {
    let desk = Desk::new();
    let (x, y) = CHECK_5897;
    let bow_tie = wkt(&[(x, y), (x + 20.0, y + 20.0), (x + 20.0, y), (x, y + 20.0), (x, y)]);
    let file = desk.csv(&[parcel_row("1", &bow_tie)]);
    desk.takes(&file, &IN_5897, &["repaired 1", "1: the boundary crosses itself near 593664.3", "2 parts"]);
}

#[test]
fn overlaps_are_reported_with_their_area() {
    let desk = Desk::new();
    let file = desk.csv(&[parcel_row("1", &square(0.0, 0.0)), parcel_row("2", &square(15.0, 0.0))]);
    desk.takes(&file, &IN_5897, &["1 and 2: 100.0 m²"]);
    let more = parcels_csv(desk.path(), "them.csv", &[parcel_row("3", &square(30.0, 10.0))]);
    desk.takes(&more, &IN_5897, &["1 (sheet 12, parcel 3) and DA01 12/2 (in the store): 50.0 m²"]);
}

#[test]
fn an_empty_layer_is_nothing_to_import() {
    let desk = Desk::new();
    desk.refuses(&desk.csv(&[]), &IN_5897, 1, &["thua.csv", "layer \"thua\"", "no features"]);
}

#[test]
fn a_truncated_shapefile_is_refused_with_its_sizes() {
    let desk = Desk::new();
    let csv = desk.csv(&[parcel_row("1", &square(0.0, 0.0)), parcel_row("2", &square(20.0, 0.0))]);
    let shp = converted(&csv, "ESRI Shapefile", "thua.shp", &["-a_srs", "EPSG:5897"]);
    let whole = std::fs::read(&shp).unwrap();
    std::fs::write(&shp, &whole[..whole.len() - 40]).unwrap();
    desk.refuses(&shp, &[], 1, &["thua.shp", "cut off", "its header says", "fetch it again"]);
    std::fs::write(&shp, &whole).unwrap();
    std::fs::remove_file(shp.with_extension("dbf")).unwrap();
    desk.refuses(&shp, &[], 1, &["thua.shp", ".dbf table is missing", "belong together"]);
}

#[test]
fn what_is_no_data_set_is_called_that() {
    let desk = Desk::new();
    let text = desk.path().join("thua.gpkg");
    std::fs::write(&text, "just text\n").unwrap();
    desk.refuses(&text, &[], 1, &["thua.gpkg", "not a vector data set", "check that the file is"]);
    desk.refuses(&desk.path().join("none.shp"), &[], 1, &["none.shp", "no such file", "check the path"]);
}

#[test]
fn a_ring_of_a_million_vertices_is_refused_as_that() {
    let desk = Desk::new();
    let point = |i: u32| {
        let (sin, cos) = (f64::from(i) * std::f64::consts::TAU / 1e6).sin_cos();
        (CHECK_5897.0 + 500.0 * cos, CHECK_5897.1 + 500.0 * sin)
    };
    let mut ring: Vec<_> = (0..1_000_000).map(point).collect();
    ring.push(ring[0]);
    let file = desk.csv(&[parcel_row("1", &wkt(&ring))]);
    desk.refuses(&file, &IN_5897, 1, &["thua.csv", "feature 1", "1000001 vertices", "simplify"]);
}

#[test]
fn an_area_far_from_the_declared_one_is_reported() {
    let desk = Desk::new();
    let file = desk.csv(&[parcel_row("1", &square(0.0, 0.0)).replace("400,0", "4.000,0")]);
    desk.takes(&file, &IN_5897, &["1: declared 4000.0 m², computed 400.0 m² (-90.0 %)"]);
}

#[test]
fn wrong_words_of_the_caller_are_wrong_usage() {
    let desk = Desk::new();
    let file = desk.csv(&[parcel_row("1", &square(0.0, 0.0))]);
    let unknown = ["--map", "to=so_to", "--crs", "EPSG:5897"];
    desk.refuses(&file, &unknown, 2, &["no field \"to\"", "sheet, number"]);
    desk.refuses(&file, &["--map", "sheet"], 2, &["not a mapping", "sheet=SO_TO"]);
    desk.refuses(&file, &["--encoding", "latin"], 2, &["latin", "utf-8, tcvn3, vni, cp1258, auto"]);
    desk.refuses(&file, &["--crs", "EPSG:99999"], 2, &["EPSG:99999", "write it as EPSG:5897"]);
    desk.refuses(&file, &["--level", "10"], 2, &["DGN", "DXF", "leave it out"]);
    desk.refuses(&file, &["--intersect"], 2, &["--project"]);
    desk.refuses(&file, &["--day", "2026-13-01"], 2, &["not a date"]);
}

#[test]
fn a_column_that_is_not_there_is_answered_with_those_that_are() {
    let desk = Desk::new();
    let file = desk.csv(&[parcel_row("1", &square(0.0, 0.0))]);
    let mapping = ["--map", "sheet=to_bd", "--crs", "EPSG:5897"];
    desk.refuses(&file, &mapping, 1, &["thua.csv", "sheet=to_bd", "no column \"to_bd\"", "so_to, so_thua"]);
}

#[test]
fn unknown_projects_communes_and_layers_are_named() {
    let desk = Desk::new();
    let row = parcel_row("7", &square(0.0, 0.0));
    let file = desk.csv(&[row.replace("DA01", "DA99")]);
    let words = ["1 (sheet 12, parcel 7)", "field project", "\"DA99\"", "matbang import projects"];
    desk.refuses(&file, &IN_5897, 1, &words);
    desk.refuses(&file, &["--project", "DA98"], 1, &["\"DA98\"", "matbang import projects"]);
    let file = desk.csv(&[row.replace("13285", "99999")]);
    let words = ["1 (sheet 12, parcel 7)", "field unit", "\"99999\"", "matbang import units"];
    desk.refuses(&file, &IN_5897, 1, &words);
    let csv = desk.csv(&[row]);
    let gpkg = converted(&csv, "GPKG", "thua.gpkg", &["-a_srs", "EPSG:5897", "-nln", "to_12"]);
    desk.refuses(&gpkg, &["--layer", "to_13"], 1, &["thua.gpkg", "no layer \"to_13\"", "to_12"]);
    let text = gpkg.to_str().unwrap();
    support::ogr2ogr(&["-update", text, csv.to_str().unwrap(), "-nln", "to_14"]);
    desk.refuses(&gpkg, &[], 1, &["several layers", "\"to_12\" (1 features)", "--layer NAME"]);
}

#[test]
fn a_parcel_comes_once() {
    let desk = Desk::new();
    let twice = [parcel_row("1", &square(0.0, 0.0)), parcel_row("1", &square(20.0, 0.0))];
    let file = desk.csv(&twice);
    let words = ["2, field number: repeats feature 1", "sheet 12, parcel 1", "1 of 2 features"];
    desk.refuses(&file, &IN_5897, 1, &words);
    desk.takes(&desk.csv(&twice[..1]), &IN_5897, &["accepted 1"]);
    let again = desk.csv(&[parcel_row("1", &square(40.0, 0.0)), parcel_row("2", &square(60.0, 0.0))]);
    let words =
        ["1 (sheet 12, parcel 1), field number: the store already holds", "leave it out", "accepted 1"];
    desk.refuses(&again, &IN_5897, 1, &words);
}

#[test]
fn heights_measures_and_arcs_are_taken_and_said() {
    let (x, y) = CHECK_5897;
    let (r, t) = (x + 20.0, y + 20.0);
    let kinds = [
        (format!("POLYGON Z(({x} {y} 5,{r} {y} 5,{r} {t} 5,{x} {y} 5))"), "1 features have heights"),
        (format!("POLYGON M(({x} {y} 5,{r} {y} 5,{r} {t} 5,{x} {y} 5))"), "1 features have measures"),
        (format!("CURVEPOLYGON(CIRCULARSTRING({x} {y},{r} {y},{x} {y}))"), "1 features may have arcs"),
    ];
    for (geometry, words) in kinds {
        let desk = Desk::new();
        desk.takes(&desk.csv(&[parcel_row("1", &geometry)]), &IN_5897, &[words]);
    }
}

#[test]
fn a_feature_without_area_is_refused_by_number() {
    let desk = Desk::new();
    let good = parcel_row("1", &square(0.0, 0.0));
    let file = desk.csv(&[good.clone(), parcel_row("2", "")]);
    desk.refuses(&file, &IN_5897, 1, &["2: has no geometry", "delete its row"]);
    let file = desk.csv(&[good, parcel_row("2", "LINESTRING(593654 2272288,593674 2272288)")]);
    desk.refuses(&file, &IN_5897, 1, &["2: has no area", "close the boundary"]);
    let file = desk.csv(&[parcel_row("1", "POINT(593654 2272288)")]);
    desk.refuses(&file, &IN_5897, 1, &["thua.csv", "holds points", "need polygons"]);
}

#[test]
fn a_value_that_can_not_be_read_names_feature_and_field() {
    let desk = Desk::new();
    let row = parcel_row("1", &square(0.0, 0.0));
    let file = desk.csv(&[row.replace("400,0", "nhiều")]);
    desk.refuses(&file, &IN_5897, 1, &["1, field declared_area: \"nhiều\" is not an area in m²"]);
    let file = desk.csv(&[row.replacen("12,", ",", 1)]);
    desk.refuses(&file, &IN_5897, 1, &["1, field sheet: is empty"]);
}

#[test]
fn a_report_that_can_not_be_written_comes_before_the_commit() {
    let desk = Desk::new();
    let file = desk.csv(&[parcel_row("1", &square(0.0, 0.0))]);
    let report = desk.path().join("no/report.json");
    let options = ["--crs", "EPSG:5897", "--report", report.to_str().unwrap()];
    desk.refuses(&file, &options, 1, &["report.json", "can't be written"]);
}

#[test]
fn without_a_store_only_a_dry_run_reads_parcels() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("none.gpkg");
    let file = parcels_csv(folder.path(), "thua.csv", &[parcel_row("1", &square(0.0, 0.0))]);
    let import = ["import", "parcels", file.to_str().unwrap(), "--crs", "EPSG:5897"];
    let run = matbang(&store, &import);
    assert_eq!(run.status.code(), Some(1));
    assert!(told(&run).contains("import units and projects first"));
    let run = matbang(&store, &[&import[..], &["--dry-run"]].concat());
    assert_eq!(run.status.code(), Some(0));
    assert!(told(&run).contains("codes of projects and communes were not checked"));
    assert!(!store.exists());
}
