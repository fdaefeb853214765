//! Files that come through the web app: looked at, mended, stored in one step, taken back.

use std::{io::Write, path::Path};

use serde_json::{Value, json};

use crate::harness::{Demo, Reply, Server, succeed};
use crate::support;

/// Squares of 20 m near the check point, in EPSG:5897, which the file does not say.
fn csv(folder: &Path, name: &str, numbers: &[&str]) -> std::path::PathBuf {
    let squares = (0..).map(|n| support::square(f64::from(n % 200) * 30.0, f64::from(n / 200) * 30.0));
    let rows: Vec<String> =
        numbers.iter().zip(squares).map(|(number, shape)| support::parcel_row(number, &shape)).collect();
    support::parcels_csv(folder, name, &rows)
}

fn begin(server: &Server, files: &[&Path]) -> String {
    let id = server.post("/api/v1/imports", "").json()["id"].as_str().unwrap().to_owned();
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let path = format!("/api/v1/imports/{id}/files/{name}");
        let reply = server.request("PUT", &path, &[], &std::fs::read(file).unwrap());
        assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
    }
    id
}

fn wish(more: &Value) -> String {
    let mut wish = json!({ "target": "parcels", "project": "DA01", "mapping": { "unit": "#13285" } });
    wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    wish.to_string()
}

fn ask(server: &Server, id: &str, what: &str, more: &Value) -> Reply {
    server.post(&format!("/api/v1/imports/{id}/{what}"), &wish(more))
}

/// Position of the ledger and number of parcels.
fn state(store: &Path) -> (u64, u64) {
    let verified: Value = serde_json::from_str(&succeed(store, &["verify", "--json"])).unwrap();
    (verified["at"].as_u64().unwrap(), verified["parcels"].as_u64().unwrap())
}

#[test]
fn a_shapefile_with_a_wrong_crs_is_mended_in_the_preview_and_stored() {
    let demo = Demo::new();
    let store = demo.store();
    let plain = csv(demo.folder(), "thua.csv", &["9001", "9002"]);
    // The file claims a zone that is not its own.
    support::converted(
        &plain,
        "ESRI Shapefile",
        "thua.shp",
        &["-a_srs", "EPSG:5899", "-lco", "ENCODING=UTF-8"],
    );
    let server = Server::start(&store);
    let before = state(&store);
    let parts: Vec<_> =
        ["shp", "shx", "dbf", "prj"].map(|end| demo.folder().join(format!("thua.{end}"))).into();
    let id = begin(&server, &parts.iter().map(std::path::PathBuf::as_path).collect::<Vec<_>>());

    let outline = server.get(&format!("/api/v1/imports/{id}"), &[]).json();
    assert_eq!(outline["layers"][0]["features"], 2);
    assert!(outline["layers"][0]["columns"].as_array().unwrap().contains(&json!("so_to")), "{outline}");
    assert!(
        outline["fields"]["parcels"]
            .as_array()
            .unwrap()
            .contains(&json!({ "name": "sheet", "required": true }))
    );

    let wrong = ask(&server, &id, "preview", &json!({}));
    let body = wrong.json();
    assert_eq!((wrong.status, &body["crs"]["code"]), (200, &json!("EPSG:5899")), "{body}");
    // It is read as it says, and told to lie elsewhere.
    assert!(body["misplaced"]["distance_km"].as_f64().unwrap() > 200.0, "{body}");
    let right = ask(&server, &id, "preview", &json!({ "crs": "EPSG:5897" })).json();
    assert_eq!(right["crs"]["code"], "EPSG:5897");
    assert_eq!((&right["accepted"], &right["refused"]), (&json!(2), &json!([])), "{right}");
    let corner = &right["preview"]["features"][0]["geometry"]["coordinates"][0][0][0];
    let place = (corner[0].as_f64().unwrap(), corner[1].as_f64().unwrap());
    assert!(support::metres_between(place, support::CHECK_WGS84) < 30.0, "{corner}");
    assert!(!right.to_string().contains(support::HOLDER));
    assert_eq!(state(&store), before, "a preview stores nothing");

    let done = ask(&server, &id, "commit", &json!({ "crs": "EPSG:5897" }));
    assert_eq!(done.status, 201, "{}", String::from_utf8_lossy(&done.body));
    assert_eq!(done.json()["stored"]["inserted"], 2);
    assert_eq!(state(&store), (before.0 + 1, before.1 + 2));
    // It is there at once, and the file no longer waits.
    assert_eq!(server.get("/api/v1/search?q=12/9001", &[]).json()["results"][0]["type"], "parcel");
    assert_eq!(server.get(&format!("/api/v1/imports/{id}"), &[]).status, 404);
}

#[test]
fn how_far_reading_is_can_be_asked_while_it_goes_on() {
    let demo = Demo::new();
    let numbers: Vec<String> = (1..=30_000).map(|n| format!("{}", 9000 + n)).collect();
    let plain = csv(demo.folder(), "thua.csv", &numbers.iter().map(String::as_str).collect::<Vec<_>>());
    let server = Server::start(&demo.store());
    let id = begin(&server, &[&plain]);
    let path = format!("/api/v1/imports/{id}/work");
    assert_eq!(server.get(&path, &[]).json(), json!({ "work": null }));
    let told = std::thread::scope(|scope| {
        let reading = scope.spawn(|| ask(&server, &id, "preview", &json!({})));
        let mut told = Vec::new();
        while !reading.is_finished() {
            told.push(server.get(&path, &[]).json()["work"].clone());
        }
        assert_eq!(reading.join().unwrap().status, 200);
        told
    });
    assert_eq!(server.get(&path, &[]).json(), json!({ "work": null }));
    let works: Vec<&Value> = told.iter().filter(|work| !work.is_null()).collect();
    assert!(works.iter().all(|work| work["doing"] == "preview"), "{works:?}");
    let steps = ["waiting", "reading", "checking"];
    let step = |work: &&Value| steps.iter().position(|step| work["step"] == *step).unwrap();
    assert!(works.is_sorted_by_key(step), "{works:?}");
    assert!(works.is_sorted_by_key(|work| work["done"].as_u64().unwrap()), "{works:?}");
    assert!(works.iter().all(|work| work["of"].as_u64().is_none_or(|of| of == 30_000)), "{works:?}");
    assert!(works.iter().any(|work| work["step"] == "checking" && work["done"] == 30_000), "{works:?}");
    assert!(works.iter().all(|work| work["started_at"] == works[0]["started_at"]), "{works:?}");
    assert_eq!(server.get("/api/v1/imports/another/work", &[]).status, 404);
}

#[test]
fn an_import_is_taken_back_by_events_and_can_come_again() {
    let demo = Demo::new();
    let store = demo.store();
    let plain = csv(demo.folder(), "thua.csv", &["9001", "9002", "9003"]);
    let server = Server::start(&store);
    let total = || server.get("/api/v1/summary", &[]).json()["total"]["measures"]["parcels"]["total"].clone();
    let before = total();
    let store_it = || {
        let id = begin(&server, &[&plain]);
        let done = ask(&server, &id, "commit", &json!({}));
        assert_eq!(done.status, 201, "{}", String::from_utf8_lossy(&done.body));
        done.json()["stored"]["at"].as_u64().unwrap()
    };
    let position = store_it();
    let first = server.get("/api/v1/search?q=12/9001", &[]).json()["results"][0]["id"].clone();
    let listed = server.get("/api/v1/imports", &[]).json();
    assert_eq!(listed["imports"][0]["position"], position);
    assert_eq!(listed["imports"][0]["state"], "can_be_undone");
    // What is there cannot come twice.
    let again = begin(&server, &[&plain]);
    assert_eq!(ask(&server, &again, "commit", &json!({})).status, 422);

    let undo = json!({ "position": position, "note": "nhập nhầm tệp" }).to_string();
    let undone = server.post("/api/v1/imports/undo", &undo);
    assert_eq!(undone.status, 201, "{}", String::from_utf8_lossy(&undone.body));
    assert_eq!(undone.json()["withdrawn"], 3);
    assert_eq!(total(), before);
    assert_eq!(server.get("/api/v1/imports", &[]).json()["imports"][0]["state"], "undone");
    assert_eq!(server.post("/api/v1/imports/undo", &undo).status, 422);

    // The number is free again, twice on the same day.
    let second = store_it();
    // To take the withdrawal back would give one number to two parcels.
    let history = server.get(&format!("/api/v1/parcels/{first}/record"), &[]).json();
    let withdrawal = history["events"].as_array().unwrap().last().unwrap()["position"].clone();
    let day = &listed["imports"][0]["day"];
    let revive =
        json!({ "parcel": first, "kind": "correction", "corrects": withdrawal, "remove": true, "date": day });
    let refused = server.post("/api/v1/events", &revive.to_string());
    assert_eq!(refused.status, 422, "{}", String::from_utf8_lossy(&refused.body));
    assert_eq!(refused.json()["errors"][0]["code"], "number_taken", "{}", refused.json());
    let undo = json!({ "position": second }).to_string();
    assert_eq!(server.post("/api/v1/imports/undo", &undo).status, 201);
    let third = store_it();
    assert!(third > second);
    // An event by number means the parcel that stands.
    let event = json!({ "project": "DA01", "unit": "13285", "sheet": "12", "number": "9001",
        "kind": "blocker_opened", "blocker": "price", "date": listed["imports"][0]["day"] });
    let mut event = event;
    event["parcel"] = event["number"].take();
    event.as_object_mut().unwrap().remove("number");
    let recorded = server.post("/api/v1/events", &event.to_string());
    assert_eq!(recorded.status, 201, "{}", String::from_utf8_lossy(&recorded.body));
    // What has a history is no longer taken back whole.
    let refused = server.post("/api/v1/imports/undo", &json!({ "position": third }).to_string());
    assert_eq!(refused.status, 422);
    succeed(&store, &["verify"]);
}

#[test]
fn an_archive_is_unpacked_and_a_bad_file_is_told_without_its_folder() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let plain = csv(demo.folder(), "thua.csv", &["9001"]);
    let archive = demo.folder().join("gửi.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&archive).unwrap());
    zip.start_file("a/b/thua.csv", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(&std::fs::read(&plain).unwrap()).unwrap();
    zip.finish().unwrap();
    let id = server.post("/api/v1/imports", "").json()["id"].as_str().unwrap().to_owned();
    let sent = server.request(
        "PUT",
        &format!("/api/v1/imports/{id}/files/gui.zip"),
        &[],
        &std::fs::read(&archive).unwrap(),
    );
    assert_eq!(sent.json()["files"], json!(["thua.csv"]));
    assert_eq!(ask(&server, &id, "preview", &json!({})).json()["accepted"], 1);

    let bad = demo.folder().join("x.gpkg");
    std::fs::write(&bad, b"no geopackage").unwrap();
    let id = begin(&server, &[&bad]);
    let told = ask(&server, &id, "preview", &json!({}));
    assert_eq!(told.status, 422);
    let problem = told.json();
    assert_eq!(problem["code"], "not_a_dataset");
    assert!(problem["detail"].as_str().unwrap().starts_with("x.gpkg"), "{problem}");
    assert_eq!(server.request("DELETE", &format!("/api/v1/imports/{id}"), &[], b"").status, 204);
    assert_eq!(ask(&server, &id, "preview", &json!({})).status, 404);
    for (more, status) in [(json!({ "target": "events" }), 400), (json!({ "encoding": "latin" }), 400)] {
        let id = begin(&server, &[&plain]);
        assert_eq!(ask(&server, &id, "preview", &more).status, status);
    }
}
