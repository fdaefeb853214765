//! The programs of analysts against the real server and its exports: GDAL, QGIS, `OWSLib`, geopandas, pyarrow,
//! DuckDB, R, openpyxl, PMTiles, Schemathesis, and every line of docs/api.md.
#![allow(clippy::print_stdout, reason = "what clients say is for reading")]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use crate::harness::{Demo, Server, UNTIL, succeed};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A program under `.tools/python`.
fn tool(name: &str) -> PathBuf {
    let path = root().join(".tools/python/bin").join(name);
    assert!(path.exists(), "{} is missing: run `make setup-test`", path.display());
    path
}

/// Runs a command that must succeed and gives what it says.
fn run(command: &mut Command) -> String {
    let done = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}; run `make setup-test`"));
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{command:?}\n{text}\n{}", String::from_utf8_lossy(&done.stderr));
    text
}

/// What clients must find, from all features as JSON.
fn truth(server: &Server, as_of: &str) -> Value {
    let path = format!("/ogc/collections/parcels/items?limit=10000&as_of={as_of}");
    let page = server.get(&path, &[]).json();
    let features = page["features"].as_array().unwrap();
    let texts = |name: &str| {
        let all: std::collections::BTreeSet<&str> =
            features.iter().filter_map(|f| f["properties"][name].as_str()).collect();
        all.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let area: f64 = features.iter().map(|f| f["properties"]["area"].as_f64().unwrap()).sum();
    let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for feature in features {
        walk(&feature["geometry"]["coordinates"], &mut |x, y| {
            bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)];
        });
    }
    let corner = &features[300]["geometry"]["coordinates"][0][0];
    let (x, y) = (corner[0].as_f64().unwrap(), corner[1].as_f64().unwrap());
    let edges = [x - 0.010_000_1, y - 0.010_000_1, x + 0.010_000_1, y + 0.010_000_1];
    let box_ = edges.map(|edge| (edge * 1e7).round() / 1e7);
    let list = box_.map(|edge| edge.to_string()).join(",");
    let boxed = server.get(&format!("/ogc/collections/parcels/items?limit=1&bbox={list}"), &[]).json();
    json!({
        "count": features.len(),
        "area": area,
        "stages": texts("stage"),
        "days": texts("handed_over_on"),
        "bounds": bounds,
        "box": box_,
        "boxed": boxed["numberMatched"],
        "paid": features.iter().filter(|f| f["properties"]["stage"] == "paid").count(),
    })
}

fn walk(coordinates: &Value, give: &mut dyn FnMut(f64, f64)) {
    match coordinates.as_array() {
        Some(pair) if pair.first().is_some_and(Value::is_number) => {
            give(pair[0].as_f64().unwrap(), pair[1].as_f64().unwrap());
        }
        Some(list) => list.iter().for_each(|inner| walk(inner, give)),
        None => {}
    }
}

#[test]
fn python_libraries_read_every_export() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    for (format, end) in [
        ("geojson", "geojson"),
        ("geojsonseq", "geojsonl"),
        ("csv", "csv"),
        ("gpkg", "gpkg"),
        ("fgb", "fgb"),
        ("parquet", "parquet"),
        ("shp", "shp.zip"),
        ("xlsx", "xlsx"),
        ("kml", "kml"),
    ] {
        let path = demo.folder().join(format!("parcels.{end}"));
        let out = path.to_str().unwrap();
        succeed(&demo.store(), &["export", "parcels", "--format", format, "--as-of", UNTIL, "--out", out]);
    }
    let script = root().join("tests/clients/exports.py");
    let truth = truth(&server, UNTIL).to_string();
    println!("{}", run(Command::new(tool("python")).arg(script).arg(demo.folder()).arg(truth)));
}

/// The planner's third job: the parcels of a commune that are overdue by more than 90 days, as a table that its head
/// reads: names, not codes, the longest first, what was chosen above, a total below.
#[test]
fn a_heads_list_of_what_is_long_overdue_opens_in_excel_as_he_reads_it() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let get = |path: &str| server.get(path, &[]).json();
    let chosen = "filter=overdue_days%20%3E%2090&as_of=2026-06-30";
    let all =
        get(&format!("/ogc/collections/parcels/items?{chosen}&properties=unit,overdue_days&limit=10000"));
    let mut by_unit: std::collections::BTreeMap<String, Vec<i64>> = std::collections::BTreeMap::new();
    for feature in all["features"].as_array().unwrap() {
        let of = &feature["properties"];
        by_unit
            .entry(of["unit"].as_str().unwrap().to_owned())
            .or_default()
            .push(of["overdue_days"].as_i64().unwrap());
    }
    let (unit, mut days) = by_unit.into_iter().max_by_key(|(_, days)| days.len()).unwrap();
    days.sort_unstable_by(|a, b| b.cmp(a));
    let catalog = get("/api/v1/catalog?as_of=2026-06-30");
    let now = |one: &&Value| one["code"] == unit.as_str() && one["valid_to"].is_null();
    let name = catalog["units"].as_array().unwrap().iter().find(now).unwrap()["name"].clone();
    let columns = "unit_name,project_name,sheet,parcel,area,stage,due_act,due_on,overdue_days,blockers,body";
    let asked = format!("{chosen}&unit={unit}&properties={columns}&sortby=-overdue_days&words=vi");
    let names = |list: &Value| {
        list.as_array().unwrap().iter().map(|one| one["name"]["vi"].clone()).collect::<Vec<_>>()
    };
    let truth = serde_json::json!({
        "heads": [
            "Tên đơn vị hành chính", "Tên dự án", "Số tờ bản đồ", "Số thửa", "Diện tích thu hồi (m²)", "Tình trạng",
            "Việc đến hạn", "Hạn theo luật", "Số ngày quá hạn luật định", "Vướng mắc", "Đơn vị thực hiện GPMB",
        ],
        "above": ["Thửa đất thu hồi", "Số ngày quá hạn luật định > 90", name.as_str().unwrap(), "30/06/2026", "minh họa"],
        "count": days.len(),
        "days": days,
        "unit": name,
        "standings": names(&catalog["standings"]),
        "acts": names(&get("/api/v1/procedures")["acts"]),
    });
    let file = demo.folder().join("overdue.xlsx");
    let reply = server.get(&format!("/ogc/collections/parcels/items?{asked}&f=xlsx"), &[]);
    assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
    std::fs::write(&file, &reply.body).unwrap();
    let script = root().join("tests/clients/people.py");
    let told = run(Command::new(tool("python")).arg(script).arg(&file).arg(truth.to_string()));
    assert!(told.starts_with("people: "), "{told}");
    println!("{told}");
    // The same as text for Excel: its separator and its comma.
    let csv = server.get(&format!("/ogc/collections/parcels/items?{asked}&f=csv"), &[]);
    let text = String::from_utf8(csv.body).unwrap();
    assert!(text.starts_with("\u{feff}Thửa đất thu hồi"), "{text}");
    assert!(text.contains("Tên đơn vị hành chính;Tên dự án;Số tờ bản đồ;"), "{text}");
    assert!(text.lines().last().unwrap().starts_with(&format!("Cộng số dòng: {}", days.len())), "{text}");
    // For programs there are no words.
    assert_eq!(server.get(&format!("/ogc/collections/parcels/items?{asked}&f=fgb"), &[]).status, 400);
}

/// Number and summed area of what `ogrinfo` finds.
fn ogr(server: &Server, more: &[&str]) -> (u64, f64) {
    let text = run(Command::new("ogrinfo")
        .args(["-al", "-q", "-geom=NO"])
        .args(more)
        .arg(format!("OAPIF:{}/ogc", server.url))
        .arg("parcels"));
    let areas = text.lines().filter_map(|line| line.trim().strip_prefix("area (Real) = "));
    areas.fold((0, 0.0), |(count, sum), area| (count + 1, sum + area.parse::<f64>().unwrap()))
}

#[test]
fn gdal_pages_through_everything_and_filters_on_the_server() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let today = server.get("/ogc/collections/parcels/items?limit=10000", &[]).json();
    let truth = truth(&server, UNTIL);
    let sum = |wanted: &dyn Fn(&Value) -> bool| {
        let features = today["features"].as_array().unwrap().iter().map(|f| &f["properties"]);
        features
            .filter(|p| wanted(p))
            .fold((0, 0.0), |(n, sum), p| (n + 1, sum + p["area"].as_f64().unwrap()))
    };
    let same =
        |(n, a): (u64, f64), (m, b): (u64, f64)| assert!(n == m && (a - b).abs() < 0.05, "{n} {m} {a} {b}");
    let all = ogr(&server, &["-oo", "PAGE_SIZE=170"]);
    same(all, sum(&|_| true));
    let stored = rusqlite::Connection::open(demo.store()).unwrap();
    let query = "SELECT count(*), sum(recovered_area) FROM parcels";
    let stored =
        stored.query_row(query, [], |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, f64>(1)?))).unwrap();
    same(all, stored);
    let filter = "stage = 'paid' AND area > 200";
    let wanted = sum(&|p| p["stage"] == "paid" && p["area"].as_f64().unwrap() > 200.0);
    same(ogr(&server, &["-where", filter]), wanted);
    let box_: Vec<String> = truth["box"].as_array().unwrap().iter().map(ToString::to_string).collect();
    let spat: Vec<&str> = std::iter::once("-spat").chain(box_.iter().map(String::as_str)).collect();
    let (found, area) = ogr(&server, &spat);
    assert_eq!(found, truth["boxed"].as_u64().unwrap());
    let out = demo.folder().join("copy.gpkg");
    let source = format!("OAPIF:{}/ogc", server.url);
    let (source, arguments) = (source.as_str(), ["-f", "GPKG"]);
    run(Command::new("ogr2ogr")
        .args(arguments)
        .arg(&out)
        .args([source, "parcels", "-where", "cleared = 1"])
        .args(&spat));
    let copy = rusqlite::Connection::open(&out).unwrap();
    let count: i64 = copy.query_row("SELECT count(*) FROM parcels", [], |row| row.get(0)).unwrap();
    assert!(count > 0 && count as u64 <= found);
    println!(
        "gdal: {} parcels, {:.1} m2; {} by attribute; {found} in the box, {area:.1} m2",
        all.0, all.1, wanted.0
    );
}

#[test]
fn qgis_reads_by_its_provider() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let truth = truth(&server, UNTIL);
    let script = root().join("tests/clients/qgis_client.py");
    // Debian's Python is the one that its QGIS belongs to.
    let mut command = Command::new("/usr/bin/python3");
    command.arg(script).arg(format!("{}/ogc", server.url)).arg(truth.to_string());
    println!("{}", run(command.env("HOME", demo.folder())));
}

#[test]
fn owslib_finds_its_way() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let truth = truth(&server, UNTIL);
    let script = root().join("tests/clients/owslib_client.py");
    let address = format!("{}/ogc/", server.url);
    println!("{}", run(Command::new(tool("python")).arg(script).arg(address).arg(truth.to_string())));
}

#[test]
fn the_archive_of_tiles_is_read_by_the_libraries_of_web_maps() {
    let demo = Demo::new();
    let out = demo.folder().join("tiles.pmtiles");
    succeed(&demo.store(), &["tiles", "--max-zoom", "14", "--as-of", UNTIL, "--out", out.to_str().unwrap()]);
    // No offset of the header is that of the header itself: `pmtiles verify` refuses it.
    let header = std::fs::read(&out).unwrap();
    let offset = |place: usize| u64::from_le_bytes(header[place..place + 8].try_into().unwrap());
    let [root_at, metadata, leaves, tiles] = [8, 24, 40, 56].map(offset);
    assert!(root_at >= 127 && metadata > root_at && leaves > metadata && tiles >= leaves, "{leaves}");
    let own = root().join(".tools/node_modules/.bin/node");
    let node = if own.exists() { own } else { PathBuf::from("node") };
    println!(
        "{}",
        run(Command::new(node).arg(root().join("tests/clients/archive.mjs")).arg(out).arg("2000"))
    );
}

#[test]
fn the_description_of_the_interface_is_true() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    // What may be in a filter can't be said by a schema: whether valid text is taken is tested in tests/query.rs.
    let checks = "not_a_server_error,status_code_conformance,content_type_conformance,\
                  response_headers_conformance,response_schema_conformance,negative_data_rejection,unsupported_method";
    let text = run(Command::new(tool("schemathesis"))
        .args(["run", &format!("{}/ogc/api", server.url), "--url", &format!("{}/ogc", server.url)])
        .args(["--checks", checks, "--max-examples", "20", "--seed", "1", "--workers", "1", "--no-color"])
        .env("SCHEMATHESIS_HOOKS", root().join("tests/clients/schemathesis_hooks.py"))
        .current_dir(demo.folder()));
    let summary: Vec<&str> = text.lines().skip_while(|line| !line.contains("SUMMARY")).collect();
    println!("{}", summary.join("\n"));
}

#[test]
fn no_request_of_any_shape_is_answered_by_a_fault_or_beside_the_description() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let checks =
        "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
    let text = run(Command::new(tool("schemathesis"))
        .arg("--config-file")
        .arg(root().join("tests/clients/schemathesis.toml"))
        .args(["run", &format!("{}/api/v1/openapi.json", server.url), "--url", &server.url])
        // A stream does not end. By several threads Python loses count of its own parser now and then.
        .args(["--checks", checks, "--exclude-path", "/api/v1/live"])
        .args(["--max-examples", "10", "--seed", "1", "--workers", "1", "--no-color"])
        .current_dir(demo.folder()));
    let summary: Vec<&str> = text.lines().skip_while(|line| !line.contains("SUMMARY")).collect();
    println!("{}", summary.join("\n"));
    assert!(text.contains("generated"), "{text}");
}

/// The fenced blocks of a document: language and text.
fn blocks(document: &str) -> Vec<(String, String)> {
    let mut parts = document.split("\n```");
    let mut found = Vec::new();
    parts.next();
    while let (Some(block), rest) = (parts.next(), parts.next()) {
        let (language, text) = block.split_once('\n').unwrap();
        found.push((language.trim().to_owned(), text.to_owned()));
        if rest.is_none() {
            break;
        }
    }
    found
}

#[test]
fn every_line_of_the_guide_works() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let guide = std::fs::read_to_string(root().join("docs/api.md")).unwrap();
    let (mut shell, mut python, mut r) = (0, 0, 0);
    let path = format!(
        "{}:{}:{}",
        Path::new(env!("CARGO_BIN_EXE_matbang")).parent().unwrap().display(),
        root().join(".tools/python/bin").display(),
        std::env::var("PATH").unwrap()
    );
    for (language, text) in blocks(&guide) {
        let text = text.replace("http://127.0.0.1:8080", &server.url);
        let mut command = match language.as_str() {
            "sh" => {
                shell += 1;
                let mut command = Command::new("bash");
                command.args(["-euo", "pipefail", "-c", &text]);
                command
            }
            "python" => {
                python += 1;
                let mut command = Command::new(tool("python"));
                command.args(["-c", &text]);
                command
            }
            "r" => {
                r += 1;
                let mut command = Command::new("Rscript");
                command.args(["-e", &text]);
                command
            }
            other => panic!("docs/api.md: lines in {other} are not tried by this test"),
        };
        run(command.current_dir(demo.folder()).env("PATH", &path).env("MATBANG_DATA", demo.store()));
    }
    assert!(shell >= 6 && python >= 4 && r >= 1, "{shell} {python} {r}");
    println!("guide: {shell} shell, {python} Python and {r} R blocks");
}
