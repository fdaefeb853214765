//! The ledger's end is signed and kept elsewhere: whoever owns the file can make all of it anew, and is found out.

use std::{
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::harness::{Demo, Server, matbang, succeed};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn made_key(folder: &Path, name: &str) -> (PathBuf, String) {
    let file = folder.join(name);
    let public = succeed(&folder.join("none.gpkg"), &["key", text(&file)]).trim().to_owned();
    assert_eq!(public.len(), 64);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    (file, public)
}

/// What `verify` says with these options; empty when the store is whole.
fn findings(store: &Path, options: &[&str]) -> String {
    let run = matbang(store, &[&["verify", "--json"], options].concat());
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    let answer: Value = serde_json::from_str(&said).unwrap_or_default();
    match run.status.code() {
        Some(0) => String::new(),
        _ if answer["findings"].is_array() => answer["findings"].to_string(),
        _ => String::from_utf8_lossy(&run.stderr).into_owned(),
    }
}

#[test]
fn a_ledger_that_was_cut_or_made_anew_is_found_by_what_was_signed() {
    let demo = Demo::new();
    let (store, folder) = (demo.store(), demo.folder().to_owned());
    let (key, public) = made_key(&folder, "key");
    assert_eq!(matbang(&store, &["key", text(&key)]).status.code(), Some(1), "a key is never overwritten");
    // As it was before the last event.
    let earlier = folder.join("earlier.gpkg");
    succeed(&store, &["backup", text(&earlier)]);
    let witness = folder.join("elsewhere.jsonl");
    let mut command = Command::new(env!("CARGO_BIN_EXE_matbang"));
    command.arg("--data").arg(&store).args(["serve", "--listen", "127.0.0.1:0", "--head-key"]).arg(&key);
    command.arg("--witness").arg(&witness);
    let server = Server::run(command);
    let heads = || server.get("/api/v1/heads", &[]).json();
    Server::wait(|| heads()["heads"].as_array().unwrap().len() == 1);
    assert_eq!(heads()["key"], public.as_str());
    let parcel = server.get("/api/v1/work?limit=1", &[]).json()["parcels"][0]["id"].clone();
    let event = serde_json::json!({ "parcel": parcel, "kind": "blocker_opened", "blocker": "graves", "date": "2026-06-30" });
    assert_eq!(server.post("/api/v1/events", &event.to_string()).status, 201);
    // What was recorded last is signed when the server stops.
    assert_eq!(server.stop("TERM"), Some(0));
    let lines: Vec<Value> = std::fs::read_to_string(&witness)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let verified: Value = serde_json::from_str(&succeed(&store, &["verify", "--json"])).unwrap();
    assert_eq!(lines.last().unwrap()["position"], verified["at"]);
    assert_eq!(lines.last().unwrap()["head"], verified["head"]);
    let held = ["--witness", text(&witness), "--signed-by", &public];
    assert_eq!(findings(&store, &held), "");
    let told = format!("{}:{}", verified["at"], verified["head"].as_str().unwrap());
    assert_eq!(findings(&store, &["--expect-head", &told]), "");

    // Its end is gone, and it is whole by itself.
    assert_eq!(findings(&earlier, &[]), "");
    assert!(findings(&earlier, &held).contains("cut off"));
    assert!(findings(&earlier, &["--expect-head", &told]).contains("cut off"));
    // Another ledger in its place.
    let other = folder.join("other.gpkg");
    succeed(&other, &["demo", "--parcels", "400", "--seed", "2"]);
    assert!(findings(&other, &held).contains("made anew") || findings(&other, &held).contains("cut off"));
    // Another key, and an altered line.
    let (_, stranger) = made_key(&folder, "stranger");
    assert!(
        findings(&store, &["--witness", text(&witness), "--signed-by", &stranger]).contains("another key")
    );
    let altered = std::fs::read_to_string(&witness).unwrap().replacen("\"position\":", "\"position\":1", 1);
    std::fs::write(&witness, altered).unwrap();
    assert!(findings(&store, &held).contains("line 1"));
}

#[test]
fn a_copy_says_what_it_was_and_nothing_foreign_comes_back_with_it() {
    let demo = Demo::new();
    let folder = demo.folder().to_owned();
    let (key, public) = made_key(&folder, "key");
    let (_, stranger) = made_key(&folder, "stranger");
    let copy = folder.join("copy.gpkg");
    succeed(&demo.store(), &["backup", text(&copy), "--head-key", text(&key)]);
    let fresh = |name: &str, options: &[&str]| {
        let run = matbang(&folder.join(name), &[&["restore", text(&copy)], options].concat());
        (run.status.code(), String::from_utf8_lossy(&run.stderr).into_owned())
    };
    assert_eq!(fresh("a.gpkg", &["--signed-by", &public]).0, Some(0));
    let (status, said) = fresh("b.gpkg", &["--signed-by", &stranger]);
    assert!(status == Some(1) && said.contains("another key"), "{said}");
    // Somebody has put a trigger into the copy.
    let sql = rusqlite::Connection::open(&copy).unwrap();
    sql.execute_batch(
        "CREATE TRIGGER helper AFTER INSERT ON sessions BEGIN UPDATE grants SET role = 'administrator'; END",
    )
    .unwrap();
    drop(sql);
    assert!(findings(&copy, &[]).contains("helper"));
    let (status, said) = fresh("c.gpkg", &[]);
    assert!(status == Some(1) && said.contains("helper"), "{said}");
    assert!(!folder.join("c.gpkg").exists());
    // One that guards the ledger is gone.
    let sql = rusqlite::Connection::open(&copy).unwrap();
    let guard: String = sql
        .query_row(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'ledger' LIMIT 1",
            [],
            |row| row.get(0),
        )
        .unwrap();
    sql.execute_batch(&format!("DROP TRIGGER helper; DROP TRIGGER \"{guard}\"")).unwrap();
    drop(sql);
    assert!(findings(&copy, &[]).contains(&format!("\\\"{guard}\\\" is gone")));
    // A parcel lies in a unit that nobody knows: the writer does not ask the file for that, `verify` does.
    let sql = rusqlite::Connection::open(&copy).unwrap();
    sql.execute_batch("PRAGMA foreign_keys = OFF; UPDATE parcels SET unit = 999999 WHERE fid = 1").unwrap();
    drop(sql);
    assert!(findings(&copy, &[]).contains("a row of parcels names a row of units that is not there"));
}
