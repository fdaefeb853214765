//! The command line as a newcomer meets it: results, messages, exit status.

use crate::harness::{self, Demo, Server, matbang, succeed};

fn sql(store: &std::path::Path, statement: &str) {
    let connection = rusqlite::Connection::open(store).unwrap();
    connection.execute_batch(statement).unwrap();
}

#[test]
fn the_same_seed_gives_the_same_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let head = |name: &str, seed: &str| {
        let store = folder.path().join(name);
        succeed(&store, &["demo", "--parcels", "500", "--seed", seed, "--until", harness::UNTIL]);
        let report: serde_json::Value =
            serde_json::from_str(&succeed(&store, &["verify", "--json"])).unwrap();
        assert_eq!((&report["whole"], &report["parcels"]), (&true.into(), &500.into()));
        report["head"].clone()
    };
    assert_eq!(head("a.gpkg", "1"), head("b.gpkg", "1"));
    assert_ne!(head("c.gpkg", "2"), head("a2.gpkg", "1"));
}

#[test]
fn demo_never_writes_into_a_store_that_is_not_empty() {
    let demo = Demo::new();
    let before = succeed(&demo.store(), &["verify"]);
    let run = matbang(&demo.store(), &["demo"]);
    assert_eq!(run.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&run.stderr).contains("not empty"));
    assert_eq!(succeed(&demo.store(), &["verify"]), before);
}

#[test]
fn wrong_usage_ends_with_2_and_failed_work_with_1() {
    let folder = tempfile::tempdir().unwrap();
    let none = folder.path().join("none.gpkg");
    for arguments in
        [&["fly"][..], &["demo", "--parcels", "3"], &["import", "lots", "x"], &["serve", "--listen", "here"]]
    {
        assert_eq!(matbang(&none, arguments).status.code(), Some(2), "{arguments:?}");
    }
    for arguments in [&["verify"][..], &["export", "parcels"]] {
        let run = matbang(&none, arguments);
        assert_eq!(run.status.code(), Some(1), "{arguments:?}");
        assert!(
            String::from_utf8_lossy(&run.stderr).contains("matbang demo"),
            "{arguments:?} says what to do"
        );
    }
    assert!(!none.exists(), "a store was made by a command that only reads");
    std::fs::write(&none, "just text").unwrap();
    let run = matbang(&none, &["verify"]);
    assert_eq!(run.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&run.stderr).contains("not a Matbang store"));
}

#[test]
fn verify_finds_whatever_was_changed_behind_the_ledger() {
    let tampered = [
        "DROP TRIGGER ledger_never_changes; UPDATE ledger SET day = day - 1 WHERE position = 900",
        "DROP TRIGGER ledger_never_shrinks; DELETE FROM ledger WHERE position = 900",
        "DROP TRIGGER ledger_never_changes; UPDATE ledger SET document = 'x' WHERE position = 900",
        "UPDATE parcels SET d8 = 20000, cleared = 1 WHERE fid = (SELECT fid FROM parcels WHERE cleared = 0 LIMIT 1)",
        "UPDATE parcels SET recovered_area = recovered_area + 1 WHERE fid = 17",
        "UPDATE parcels SET money = 5 WHERE fid = 17",
        "UPDATE parcels SET sheet = '999' WHERE fid = 17",
        "UPDATE projects SET required_on = '2030-01-01' WHERE fid = 1",
        "UPDATE units SET name = 'x' WHERE fid = 1",
    ];
    for statement in tampered {
        let demo = Demo::new();
        sql(&demo.store(), statement);
        let run = matbang(&demo.store(), &["verify", "--json"]);
        assert_eq!(run.status.code(), Some(1), "{statement}");
        let report: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
        assert_eq!(report["whole"], false, "{statement}");
    }
}

#[test]
fn the_ledger_refuses_to_be_edited() {
    let demo = Demo::new();
    let connection = rusqlite::Connection::open(demo.store()).unwrap();
    for statement in ["UPDATE ledger SET day = 0", "DELETE FROM ledger"] {
        let error = connection.execute(statement, []).unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
    }
}

#[test]
fn an_export_has_every_feature_and_the_position() {
    let demo = Demo::new();
    let out = demo.folder().join("parcels.geojson");
    succeed(&demo.store(), &["export", "parcels", "--as-of", harness::UNTIL, "--out", out.to_str().unwrap()]);
    let written: serde_json::Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    assert_eq!(written["features"].as_array().unwrap().len(), 2000);
    assert_eq!(written["as_of"], harness::UNTIL);
    let lines = succeed(&demo.store(), &["export", "projects", "--format", "geojsonseq"]);
    assert!(lines.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    assert!(!String::from_utf8(std::fs::read(&out).unwrap()).unwrap().contains("hộ minh họa"));
}

#[test]
fn an_export_is_in_the_format_that_its_name_ends_with() {
    let demo = Demo::new();
    let write = |name: &str, more: &[&str]| {
        let out = demo.folder().join(name);
        let arguments = [&["export", "projects", "--out", out.to_str().unwrap()], more].concat();
        let run = harness::matbang(&demo.store(), &arguments);
        (run.status.success().then(|| std::fs::read(&out).unwrap()), String::from_utf8(run.stderr).unwrap())
    };
    for (name, begins) in [
        ("du-an.csv", &b"id,"[..]),
        ("du-an.fgb", b"fgb\x03"),
        ("du-an.xlsx", b"PK"),
        ("du-an.zip", b"PK"),
        ("du-an.GPKG", b"SQLite format 3"),
        ("du-an.json", b"{"),
        ("du-an.geojsonl", b"{"),
        ("du-an.parquet", b"PAR1"),
    ] {
        let (file, told) = write(name, &[]);
        assert!(file.is_some_and(|bytes| bytes.starts_with(begins)), "{name}: {told}");
    }
    let (file, told) = write("du-an.shp", &[]);
    assert!(file.is_none() && told.contains("add --format"), "{told}");
    assert!(!demo.folder().join("du-an.part").exists());
    assert!(write("du-an.dat", &["--format", "csv"]).0.is_some_and(|bytes| bytes.starts_with(b"id,")));
}

#[test]
fn the_file_is_a_geopackage_to_gdal_while_it_is_served() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let run = std::process::Command::new("ogrinfo").args(["-so", "-al"]).arg(demo.store()).output().unwrap();
    let text = String::from_utf8_lossy(&run.stdout);
    for layer in ["units", "projects", "alignments", "parcels", "ledger"] {
        assert!(text.contains(&format!("Layer name: {layer}")), "{layer} is missing:\n{text}");
    }
    assert!(text.contains("Feature Count: 2000"));
    assert!(!String::from_utf8_lossy(&run.stderr).contains("ERROR"));
    assert_eq!(server.stop("TERM"), Some(0));
}

#[test]
fn serve_makes_an_empty_store_that_answers_and_takes_a_first_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("new.gpkg");
    let server = Server::start(&store);
    let catalog = server.get("/api/v1/catalog", &[]).json();
    assert_eq!((&catalog["projects"], &catalog["units"]), (&serde_json::json!([]), &serde_json::json!([])));
    let summary = server.get("/api/v1/summary", &[]).json();
    assert_eq!(summary["total"]["measures"]["parcels"]["total"], 0, "{summary}");
    assert_eq!(summary["total"]["planned_share"], serde_json::Value::Null, "{summary}");
    let units = "code,name,level,valid_from\n1,Xã Đầu,commune,2025-07-01\n";
    let file = folder.path().join("units.csv");
    std::fs::write(&file, units).unwrap();
    succeed(&store, &["import", "units", file.to_str().unwrap()]);
    let known = || server.get("/api/v1/catalog", &[]).json()["units"].as_array().map(Vec::len) == Some(1);
    assert!((0..50).any(|_| known() || {
        std::thread::sleep(std::time::Duration::from_millis(100));
        false
    }));
    assert_eq!(server.stop("TERM"), Some(0));
    let verified: serde_json::Value = serde_json::from_str(&succeed(&store, &["verify", "--json"])).unwrap();
    assert_eq!(verified["whole"], true);
}

#[test]
fn serve_stays_on_this_machine() {
    let demo = Demo::new();
    let run = matbang(&demo.store(), &["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(run.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&run.stderr).contains("127.0.0.1"));
}
