//! Files made to do harm: none reads another file, asks another host, or takes the server with it.
//! Each of them did before files were read in a process of their own.

use std::{
    io::Write,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Output},
    time::{Duration, Instant},
};

use matbang::ingest::{self, Bounds, Options};
use serde_json::json;

use crate::harness::{Demo, Reply, Server, matbang, succeed};
use crate::hostile::{self, SECRET};
use crate::support;

/// Longer than this no hostile file here may take, on a busy machine too.
const SOON: Duration = Duration::from_secs(30);

fn import(demo: &Demo, file: &Path, more: &[&str]) -> Output {
    let file = file.to_str().unwrap();
    let base = ["import", "parcels", file, "--project", "DA01", "--unit", "13285", "--dry-run"];
    matbang(&demo.store(), &[&base[..], more].concat())
}

fn words(run: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr))
}

/// Fails as an error of the file with these words, soon, and without the secret.
fn refused(demo: &Demo, file: &Path, more: &[&str], expected: &str) {
    let started = Instant::now();
    let run = import(demo, file, more);
    let said = words(&run);
    assert_eq!(run.status.code(), Some(1), "{said}");
    assert!(said.contains(expected), "{said}");
    assert!(!said.contains(SECRET), "{said}");
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
}

fn send(server: &Server, files: &[&Path]) -> String {
    let id = server.post("/api/v1/imports", "").json()["id"].as_str().unwrap().to_owned();
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let path = format!("/api/v1/imports/{id}/files/{name}");
        assert_eq!(server.request("PUT", &path, &[], &std::fs::read(file).unwrap()).status, 201);
    }
    id
}

fn preview(server: &Server, id: &str, more: &[(&str, &str)]) -> Reply {
    let mut wish = json!({ "target": "parcels", "project": "DA01", "mapping": { "unit": "#13285" } });
    for (name, value) in more {
        wish[*name] = json!(value);
    }
    server.post(&format!("/api/v1/imports/{id}/preview"), &wish.to_string())
}

/// Parcels that can be imported, as CSV.
fn honest(demo: &Demo) -> PathBuf {
    let rows: Vec<String> = (0..3)
        .map(|n| support::parcel_row(&format!("90{n}"), &support::square(f64::from(n) * 30.0, 0.0)))
        .collect();
    support::parcels_csv(demo.folder(), "thua.csv", &rows)
}

#[test]
fn a_virtual_table_that_reads_other_files_is_refused_by_server_and_command() {
    let demo = Demo::new();
    let file = hostile::virtual_text(demo.folder(), &honest(&demo));
    refused(&demo, &file, &["--layer", "leak"], "the virtual table \"leak\"");
    let server = Server::start(&demo.store());
    let id = send(&server, &[&file]);
    for reply in [
        server.get(&format!("/api/v1/imports/{id}"), &[]),
        preview(&server, &id, &[("layer", "leak")]),
        preview(&server, &id, &[("layer", "parcels")]),
    ] {
        let body = String::from_utf8_lossy(&reply.body).into_owned();
        assert_eq!((reply.status, &reply.json()["code"]), (422, &json!("active")), "{body}");
        assert!(!body.contains(SECRET) && !body.contains("matbang-read-"), "{body}");
    }
}

#[test]
fn views_and_foreign_triggers_are_refused_and_those_of_gdal_are_not() {
    let demo = Demo::new();
    let csv = honest(&demo);
    let fresh = |name: &str| support::converted(&csv, "GPKG", name, &["-nln", "parcels"]);
    let accepted = |file: &Path, more: &[&str]| {
        let run = import(&demo, file, more);
        assert!(words(&run).contains("accepted 3"), "{}", words(&run));
    };
    // GDAL's own has an R-tree, its triggers, and those that count features.
    accepted(&fresh("plain.gpkg"), &["--crs", "EPSG:5897"]);
    for (name, sql, what) in [
        ("view.gpkg", "CREATE VIEW leak AS SELECT * FROM parcels", "the view \"leak\""),
        (
            "trigger.gpkg",
            "CREATE TRIGGER leak AFTER INSERT ON parcels BEGIN DELETE FROM gpkg_contents; END",
            "the trigger \"leak\"",
        ),
        ("fts.gpkg", "CREATE VIRTUAL TABLE leak USING fts5(a)", "the virtual table \"leak\""),
    ] {
        let file = fresh(name);
        rusqlite::Connection::open(&file).unwrap().execute_batch(sql).unwrap();
        refused(&demo, &file, &["--crs", "EPSG:5897"], what);
    }
    // A file that another program has open, with changes that are not brought in yet.
    let open = fresh("open.gpkg");
    let other = rusqlite::Connection::open(&open).unwrap();
    other.execute_batch("PRAGMA journal_mode = wal; UPDATE gpkg_contents SET description = 'x'").unwrap();
    assert!(open.with_file_name("open.gpkg-wal").exists());
    accepted(&open, &["--crs", "EPSG:5897"]);
    other.execute_batch("CREATE VIEW leak AS SELECT * FROM parcels").unwrap();
    refused(&demo, &open, &["--crs", "EPSG:5897"], "the view \"leak\"");
    // Our own export.
    let own = demo.folder().join("own.gpkg");
    let out = own.to_str().unwrap();
    succeed(&demo.store(), &["export", "projects", "--format", "gpkg", "--out", out]);
    let back = matbang(&demo.store(), &["import", "projects", out, "--dry-run"]);
    assert!(back.status.success(), "{}", words(&back));
}

#[test]
fn a_part_that_is_a_link_is_not_followed() {
    let demo = Demo::new();
    let secret = hostile::secret(demo.folder());
    support::converted(&honest(&demo), "ESRI Shapefile", "linked.shp", &[]);
    let prj = demo.folder().join("linked.prj");
    let _ = std::fs::remove_file(&prj);
    std::os::unix::fs::symlink(&secret, &prj).unwrap();
    let run = import(&demo, &demo.folder().join("linked.shp"), &["--crs", "EPSG:5897"]);
    assert!(words(&run).contains("accepted 3") && !words(&run).contains(SECRET), "{}", words(&run));
    // A table in the place of one of its columns' texts, which would be shown.
    let table = demo.folder().join("linked.dbf");
    std::fs::remove_file(&table).unwrap();
    std::os::unix::fs::symlink(&secret, &table).unwrap();
    refused(&demo, &demo.folder().join("linked.shp"), &[], ".dbf table is missing");
}

#[test]
fn nothing_in_a_file_makes_the_reader_ask_another_host() {
    let demo = Demo::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    let linked = hostile::geojson_with_linked_crs(demo.folder(), &host);
    let located = hostile::gml_with_schema_elsewhere(demo.folder(), &host);
    let included = hostile::gml_with_including_xsd(demo.folder(), &host);
    for file in [&linked, &located, &included] {
        // Whether it can be read without what the link leads to differs; that nobody is asked does not.
        let run = import(&demo, file, &["--crs", "EPSG:4326"]);
        assert!(matches!(run.status.code(), Some(0 | 1)), "{}", words(&run));
    }
    let server = Server::start(&demo.store());
    for files in [vec![linked], vec![located], vec![included.clone(), included.with_extension("xsd")]] {
        let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
        let id = send(&server, &files);
        server.get(&format!("/api/v1/imports/{id}"), &[]);
        preview(&server, &id, &[("crs", "EPSG:4326")]);
    }
    assert!(listener.accept().is_err(), "a reader connected");
}

#[test]
fn entities_tables_and_lines_without_end_are_refused_soon() {
    let demo = Demo::new();
    let folder = demo.folder();
    for name in ["entities.gml", "entities.kml"] {
        refused(&demo, &hostile::entities(folder, name), &[], "a document type (DOCTYPE)");
    }
    let bomb = hostile::xlsx(folder, "bomb.xlsx", 1_500_000);
    assert!(std::fs::metadata(&bomb).unwrap().len() < 600_000);
    refused(&demo, &bomb, &[], "far more than its size tells");
    let drawing = hostile::random_lines(folder, 2_000);
    refused(&demo, &drawing, &["--crs", "EPSG:5897"], "cross each other more than");
}

#[test]
fn memory_and_time_end_with_their_limit_and_words_what_to_do() {
    let demo = Demo::new();
    // Small enough to be no bomb, large enough for a small limit: what GDAL itself holds of a spreadsheet.
    let table = hostile::xlsx(demo.folder(), "table.xlsx", 500_000);
    refused(&demo, &table, &["--memory", "64"], "takes more than 64 MB of memory; split it, or allow more");
    // Every parcel overlaps every other: the work grows with the square of the rows.
    let slow = hostile::same_place(demo.folder(), 4_000);
    refused(&demo, &slow, &["--time", "1"], "takes longer than 1 s; split it, or allow more");
}

#[test]
fn a_hostile_file_costs_the_server_nothing() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let peak = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    };
    let before = peak();
    let table = hostile::xlsx(demo.folder(), "table.xlsx", 200_000);
    for file in
        [hostile::random_lines(demo.folder(), 2_000), table, hostile::entities(demo.folder(), "e.gml")]
    {
        let id = send(&server, &[&file]);
        let reply = preview(&server, &id, &[("crs", "EPSG:5897")]);
        assert_eq!(reply.status, 422, "{}", String::from_utf8_lossy(&reply.body));
        assert!(reply.json()["code"].is_string());
    }
    assert!(peak() < before + 64, "{before} MB became {} MB", peak());
    assert_eq!(server.get("/readyz", &[]).status, 200);
    assert!(hostile::children(server.pid()).is_empty(), "readers are left");
}

#[test]
fn a_reader_ends_with_whoever_asked() {
    let demo = Demo::new();
    let slow = hostile::same_place(demo.folder(), 4_000);
    let server = Server::start(&demo.store());
    // The reader that tries the walls when the server starts is gone first.
    let alone = || hostile::children(server.pid()).is_empty();
    Server::wait(alone);
    let id = send(&server, &[&slow]);
    let begin = || {
        let mut asker = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
        let wish = json!({ "target": "parcels", "project": "DA01", "unit": "13285" }).to_string();
        write!(
            asker,
            "POST /api/v1/imports/{id}/preview HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{wish}",
            wish.len()
        )
        .unwrap();
        Server::wait(|| !alone());
        (asker, hostile::children(server.pid()))
    };
    let (asker, _) = begin();
    drop(asker);
    Server::wait(alone);
    // Killed at once, a server can't end it: it sees so itself.
    let (_asker, readers) = begin();
    server.stop("KILL");
    Server::wait(|| readers.iter().all(|reader| !hostile::lives(*reader)));
}

#[test]
fn where_the_kernel_lacks_a_wall_that_is_said_and_the_rest_stands() {
    let demo = Demo::new();
    let file = honest(&demo);
    let walls = import(&demo, &file, &[]);
    assert!(walls.status.success() && !words(&walls).contains("this kernel has no"), "{}", words(&walls));
    let run = |call: i64| {
        let (store, file) = (demo.store(), file.clone());
        // The filter is inherited by what this thread starts, and by nothing else.
        let without = std::thread::spawn(move || {
            hostile::forget_call(call);
            Command::new(env!("CARGO_BIN_EXE_matbang"))
                .arg("--data")
                .arg(store)
                .args(["import", "parcels", file.to_str().unwrap()])
                .args(["--project", "DA01", "--unit", "13285", "--dry-run"])
                .output()
                .unwrap()
        });
        without.join().unwrap()
    };
    let open = run(libc::SYS_landlock_create_ruleset);
    assert!(open.status.success(), "{}", words(&open));
    assert!(words(&open).contains("this kernel has no Landlock"), "{}", words(&open));
}

#[test]
fn the_hidden_command_is_not_offered_and_of_no_use() {
    let demo = Demo::new();
    assert!(!succeed(&demo.store(), &["--help"]).contains("read-for"));
    let run = Command::new(env!("CARGO_BIN_EXE_matbang")).arg("read-for-matbang").output().unwrap();
    assert_eq!(run.status.code(), Some(1), "{}", words(&run));
}

#[test]
fn rows_vertices_and_texts_have_bounds() {
    let demo = Demo::new();
    let file = honest(&demo);
    let code = |file: &Path, bounds: Bounds| {
        let options = Options { bounds, ..Options::default() };
        ingest::read_parcels(file, &options, &mut |_| {}).map(|_| ()).unwrap_err().code()
    };
    assert_eq!(code(&file, Bounds { rows: 2, ..Bounds::UPLOAD }), "too_many_rows");
    assert_eq!(code(&file, Bounds { vertices: 11, ..Bounds::UPLOAD }), "too_many_vertices");
    let long = support::parcel_row(&"9".repeat(20_001), &support::square(0.0, 0.0));
    let file = support::parcels_csv(demo.folder(), "long.csv", &[long]);
    assert_eq!(code(&file, Bounds::UPLOAD), "text_too_long");
}
