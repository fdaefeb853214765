//! Files of more parcels than are read at once: what only their later rows tell, and both ways into the store.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use matbang::{
    domain::{Parcel, SquareMetres},
    ingest::{self, Batch, Options},
};
use serde_json::json;

use crate::harness::{self, Demo, Server, succeed};
use crate::support::HOLDER;

/// More than are read at once.
const MANY: usize = 5000;
/// [`HOLDER`] in TCVN3, as it looks when read as Latin-1.
const HOLDER_TCVN3: &str = "NguyÔn V¨n Th\u{AD}êng";

/// Features as lines, squares beside each other, with more properties each.
fn lines(path: &Path, order: impl Iterator<Item = usize>, more: impl Fn(usize) -> String) {
    let mut text = String::new();
    for number in order {
        let (west, south) = (105.9 + (number % 100) as f64 * 0.0004, 20.5 + (number / 100) as f64 * 0.0004);
        let (east, north) = (west + 0.0002, south + 0.0002);
        writeln!(
            text,
            r#"{{"type":"Feature","properties":{{"so_to":912,"so_thua":{number},"loai_dat":"LUC","du_an":"DA01","ma_xa":"13285"{}}},"geometry":{{"type":"Polygon","coordinates":[[[{west:.7},{south:.7}],[{east:.7},{south:.7}],[{east:.7},{north:.7}],[{west:.7},{north:.7}],[{west:.7},{south:.7}]]]}}}}"#,
            more(number)
        )
        .unwrap();
    }
    std::fs::write(path, text).unwrap();
}

/// Nothing of the first rows, holder and area of the later ones.
fn late(number: usize) -> String {
    if number < 4500 { String::new() } else { format!(r#","chu_su_dung":"{HOLDER}","dien_tich":460.5"#) }
}

fn read(path: &Path) -> Batch<Parcel> {
    let batch = ingest::read_parcels(path, &Options::default(), &mut |_| {}).unwrap();
    assert_eq!((batch.report.refused.len(), batch.records.len()), (0, MANY));
    batch
}

fn by_number(mut batch: Batch<Parcel>) -> Vec<Parcel> {
    batch.records.sort_by_key(|parcel| parcel.key.number.parse::<usize>().unwrap());
    batch.records
}

#[test]
fn columns_that_come_late_are_read_of_all_rows() {
    let folder = tempfile::tempdir().unwrap();
    let [rising, falling] = ["rising.geojsonl", "falling.geojsonl"].map(|name| folder.path().join(name));
    lines(&rising, 0..MANY, late);
    lines(&falling, (0..MANY).rev(), late);
    let parcels = by_number(read(&rising));
    assert_eq!((parcels[0].holder.as_deref(), parcels[0].declared_area), (None, None));
    let last = &parcels[MANY - 1];
    assert_eq!(last.holder.as_deref(), Some(HOLDER));
    assert_eq!(last.declared_area.map(SquareMetres::tenths), Some(4605));
    assert!(parcels == by_number(read(&falling)), "the order of rows makes no difference");
}

#[test]
fn a_font_that_shows_late_is_that_of_all_rows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("thua.geojsonl");
    lines(&path, 0..MANY, |number| {
        let holder = if number < 4500 { "Le Lan" } else { HOLDER_TCVN3 };
        format!(r#","chu_su_dung":"{holder}""#)
    });
    let batch = read(&path);
    assert_eq!(batch.report.encoding.used, "tcvn3");
    assert_eq!(batch.records[0].holder.as_deref(), Some("Le Lan"));
    assert_eq!(batch.records[MANY - 1].holder.as_deref(), Some(HOLDER));
}

#[test]
fn a_line_that_is_not_plain_leaves_the_file_to_the_library() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("thua.geojsonl");
    // A number that is written in the library's own way, long after the first rows.
    lines(&path, 0..MANY, |number| {
        let area = if number < 4900 { "460.5" } else { "4.605e2000" };
        format!(r#","dien_tich":{}"#, if number == 4950 { area } else { "460.5" })
    });
    let batch = ingest::read_parcels(&path, &Options::default(), &mut |_| {}).unwrap();
    assert_eq!(batch.report.read, MANY);
    let told: Vec<&str> = batch.report.refused.iter().map(|refusal| refusal.feature.as_str()).collect();
    assert_eq!((told.len(), batch.records.len()), (1, MANY - 1), "{told:?}");
}

/// All parcels of a store as the server tells them.
fn told(server: &Server) -> Vec<u8> {
    server.get("/ogc/collections/parcels/items?f=geojsonseq&limit=100000", &[]).body
}

fn imported_over_http(server: &Server, file: &Path) {
    let id = server.post("/api/v1/imports", "").json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/imports/{id}/files/thua.geojsonl");
    assert_eq!(server.request("PUT", &path, &[], &std::fs::read(file).unwrap()).status, 201);
    let wish = json!({ "target": "parcels" }).to_string();
    let done = server.post(&format!("/api/v1/imports/{id}/commit"), &wish);
    assert_eq!(done.status, 201, "{}", String::from_utf8_lossy(&done.body));
    assert_eq!(done.json()["stored"]["inserted"], MANY);
}

#[test]
fn storing_while_reading_and_storing_what_waited_come_to_the_same() {
    let (alone, beside) = (Demo::new(), Demo::new());
    let file: PathBuf = alone.folder().join("thua.geojsonl");
    lines(&file, 0..MANY, late);
    // Nobody else has this store open: it is written while the file is read, and once more from its beginning when the
    // late columns have shown.
    succeed(&alone.store(), &["import", "parcels", file.to_str().unwrap()]);
    let server = Server::start(&beside.store());
    imported_over_http(&server, &file);
    let other = Server::start(&alone.store());
    let (one, two) = (told(&other), told(&server));
    assert!(one.len() > MANY * 300, "{} bytes", one.len());
    assert!(one == two, "the stores differ");
    for (server, demo) in [(other, alone), (server, beside)] {
        assert_eq!(server.stop("TERM"), Some(0));
        let verified: serde_json::Value =
            serde_json::from_str(&succeed(&demo.store(), &["verify", "--json"])).unwrap();
        assert_eq!(verified["whole"], json!(true), "{verified}");
    }
}

#[test]
fn of_a_file_that_is_refused_late_nothing_is_kept() {
    let demo = Demo::new();
    let before = succeed(&demo.store(), &["verify", "--json"]);
    let file = demo.folder().join("thua.geojsonl");
    lines(&file, 0..MANY, |number| {
        if number == 4990 { r#","dien_tich":"nhiều""#.to_owned() } else { String::new() }
    });
    let run = harness::matbang(&demo.store(), &["import", "parcels", file.to_str().unwrap()]);
    assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(succeed(&demo.store(), &["verify", "--json"]), before);
}
