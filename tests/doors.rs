//! Who may what: an officer or manager of one commune before what belongs to another, and before what belongs to all.

use std::path::Path;

use serde_json::{Value, json};

use crate::harness::{
    self, Demo, Server,
    people::{Person, add},
    succeed,
};

const DATE: &str = "2026-06-30";

/// Two communes of today and what lies in them; a project that lies in the first alone, and one that goes beyond.
struct Land {
    here: (String, u32),
    there: (String, u32),
    own_project: String,
    wide_project: String,
}

fn land(store: &Path) -> Land {
    let sql = rusqlite::Connection::open(store).unwrap();
    let row = |query: &str, values: &[&dyn rusqlite::ToSql]| -> (String, String, u32) {
        sql.query_row(query, values, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap()
    };
    let of = "FROM parcels p JOIN units u ON u.fid = p.unit JOIN projects r ON r.fid = p.project";
    let alone = format!(
        "SELECT r.code, min(u.code), min(p.fid) {of} GROUP BY r.fid
         HAVING count(DISTINCT u.fid) = 1 AND max(u.valid_to) IS NULL ORDER BY count(*) DESC LIMIT 1"
    );
    let (own_project, here, parcel) = row(&alone, &[]);
    let wide = format!(
        "SELECT r.code, max(u.code), 0 {of} GROUP BY r.fid HAVING count(DISTINCT u.fid) > 1 ORDER BY r.code LIMIT 1"
    );
    let (wide_project, ..) = row(&wide, &[]);
    let other = format!(
        "SELECT r.code, u.code, min(p.fid) {of} WHERE u.valid_to IS NULL AND u.code <> ?1 AND p.ended_on IS NULL
         GROUP BY u.fid ORDER BY count(*) DESC LIMIT 1"
    );
    let (_, there, another) = row(&other, &[&here]);
    Land { here: (here, parcel), there: (there, another), own_project, wide_project }
}

/// A store with accounts of two communes, served.
fn served() -> (Demo, Land, Server, [Person; 5]) {
    let demo = Demo::new();
    let store = demo.store();
    let land = land(&store);
    add(&store, "chi", "administrator", None);
    add(&store, "an", "officer", Some(&land.here.0));
    add(&store, "binh", "officer", Some(&land.there.0));
    add(&store, "giang", "manager", Some(&land.here.0));
    add(&store, "xem", "viewer", None);
    let server = Server::start(&store);
    let people = ["chi", "an", "binh", "giang", "xem"].map(|name| Person::sign_in(&server, name));
    (demo, land, server, people)
}

fn opened(parcel: u32, more: &Value) -> Value {
    let mut event = json!({ "parcel": parcel, "kind": "blocker_opened", "blocker": "graves", "date": DATE });
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

#[test]
fn a_plan_is_changed_by_who_manages_all_of_the_project() {
    let (demo, land, server, [chi, an, _, giang, xem]) = served();
    let plan = |who: &Person, project: &str, day: &str| {
        let event = json!({ "kind": "plan_changed", "project": project, "required_on": day, "date": DATE });
        let reply = who.post(&server, "/api/v1/events", &event);
        (reply.status, reply.json()["errors"][0]["code"].as_str().map(str::to_owned))
    };
    let outside = (422, Some("outside_units".to_owned()));
    let own = &land.own_project;
    // Their whole project lies in their commune, and all the same officers carry plans out and make none.
    assert_eq!(plan(&an, own, "2028-01-01"), outside);
    assert_eq!(plan(&giang, own, "2028-01-02"), (201, None));
    assert_eq!(plan(&giang, &land.wide_project, "2028-01-03"), outside);
    assert_eq!(plan(&chi, &land.wide_project, "2028-01-04"), (201, None));
    assert_eq!(plan(&xem, own, "2028-01-05").0, 403);
    // A project without parcels lies nowhere: it is nobody's but who manages everywhere.
    let sql = rusqlite::Connection::open(demo.store()).unwrap();
    sql.execute(
        "INSERT INTO projects (code, name, kind, key_project, procedure, since)
        SELECT 'DA99', name, kind, 0, procedure, 1 FROM projects LIMIT 1",
        [],
    )
    .unwrap();
    drop(sql);
    assert_eq!(plan(&giang, "DA99", "2028-01-06"), outside);
    assert_eq!(plan(&an, "DA99", "2028-01-07"), outside);
}

#[test]
fn a_scan_is_opened_to_who_sent_it_and_where_it_was_recorded() {
    let (demo, land, server, [chi, an, binh, giang, xem]) = served();
    let send = |who: &Person, body: &[u8]| {
        let reply = who.send(&server, "POST", "/api/v1/attachments", "image/png", body);
        assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
        reply.json()["id"].as_str().unwrap().to_owned()
    };
    let scan = send(&an, &harness::png(3, 2));
    let open = |who: &Person, id: &str| who.get(&server, &format!("/api/v1/attachments/{id}")).status;
    let all = |id: &str| [&chi, &an, &binh, &giang, &xem].map(|who| open(who, id));
    assert_eq!(all(&scan), [200, 200, 404, 404, 403], "before it is recorded: who sent it");
    // Who knows the name does not open it by naming it in an event of their own.
    let event = opened(land.there.1, &json!({ "attachments": [scan] }));
    let refused = binh.post(&server, "/api/v1/events", &event);
    assert_eq!(
        (refused.status, refused.json()["errors"][0]["code"].clone()),
        (422, "unknown_attachment".into())
    );
    assert_eq!(open(&binh, &scan), 404);
    let event = opened(land.here.1, &json!({ "attachments": [scan] }));
    assert_eq!(an.post(&server, "/api/v1/events", &event).status, 201);
    assert_eq!(all(&scan), [200, 200, 404, 200, 403], "then also who records there");
    assert_eq!(an.get(&server, &format!("/api/v1/attachments/{scan}")).header("cache-control"), "no-store");
    // Who sends the same picture has it already.
    assert_eq!(send(&binh, &harness::png(3, 2)), scan);
    assert_eq!(open(&binh, &scan), 200);
    // What stands behind a plan is of no household.
    let of_plan = send(&giang, &harness::png(5, 2));
    let plan = json!({ "kind": "plan_changed", "project": land.own_project, "required_on": "2028-01-02", "date": DATE,
        "attachments": [of_plan] });
    assert_eq!(giang.post(&server, "/api/v1/events", &plan).status, 201);
    assert_eq!(all(&of_plan), [200, 200, 200, 200, 403]);
    drop(server);
    // What is noted of it follows from the ledger, and `verify` says where it does not.
    succeed(&demo.store(), &["verify"]);
    let sql = rusqlite::Connection::open(demo.store()).unwrap();
    sql.execute(
        "INSERT INTO attached (file, parcel) SELECT file, ?1 FROM attached WHERE parcel = 0",
        [land.there.1],
    )
    .unwrap();
    drop(sql);
    let told = harness::matbang(&demo.store(), &["verify"]);
    let told = [told.stdout, told.stderr].concat();
    assert!(String::from_utf8_lossy(&told).contains("1 files are noted here that no event names"));
}

/// Sends a file of one parcel and has it looked at and stored: what is refused, and the status of storing it.
fn import(server: &Server, who: &Person, feature: &Value) -> (Value, u16) {
    let id = who.post(server, "/api/v1/imports", &json!({})).json()["id"].as_str().unwrap().to_owned();
    let file = json!({ "type": "FeatureCollection", "features": [feature] }).to_string();
    let path = format!("/api/v1/imports/{id}/files/thua.geojson");
    assert_eq!(who.send(server, "PUT", &path, "application/octet-stream", file.as_bytes()).status, 201);
    let wish = json!({ "target": "parcels" });
    let looked = who.post(server, &format!("/api/v1/imports/{id}/preview"), &wish).json();
    let stored = who.post(server, &format!("/api/v1/imports/{id}/commit"), &wish).status;
    (looked["refused"].clone(), stored)
}

#[test]
fn a_parcel_is_not_brought_in_onto_the_land_of_others() {
    let (_demo, land, server, [chi, _, _, giang, _]) = served();
    let geometry = |parcel: u32| {
        chi.get(&server, &format!("/ogc/collections/parcels/items/{parcel}")).json()["geometry"].clone()
    };
    let feature = |unit: &str, number: &str, geometry: &Value| {
        json!({ "type": "Feature", "geometry": geometry, "properties": {
            "so_to": "99", "so_thua": number, "loai_dat": "LUC", "du_an": land.own_project, "ma_xa": unit } })
    };
    // Said to lie in their own commune, drawn on a parcel of another one.
    let (refused, stored) = import(&server, &giang, &feature(&land.here.0, "1", &geometry(land.there.1)));
    assert_eq!(stored, 422);
    let why = refused[0]["reason"].as_str().unwrap_or_else(|| panic!("{refused}"));
    assert!(why.contains(&land.there.0) && why.contains("not yours"), "{why}");
    assert!(refused[0]["feature"].as_str().unwrap().contains("sheet 99, parcel 1"), "{refused}");
    // Said to lie in the other one.
    assert_eq!(import(&server, &giang, &feature(&land.there.0, "2", &geometry(land.there.1))).1, 422);
    let far = json!({ "type": "Polygon", "coordinates":
        [[[107.0, 21.0], [107.001, 21.0], [107.001, 21.001], [107.0, 21.001], [107.0, 21.0]]] });
    assert_eq!(
        import(&server, &giang, &feature(&land.there.0, "2", &far)).1,
        403,
        "where nobody's land is known"
    );
    // On their own land it comes in, with a warning; who manages both may do either.
    let (refused, stored) = import(&server, &giang, &feature(&land.here.0, "3", &geometry(land.here.1)));
    assert_eq!((refused, stored), (json!([]), 201));
    assert_eq!(import(&server, &chi, &feature(&land.here.0, "4", &geometry(land.there.1))).1, 201);
    // What others bring in elsewhere is not told.
    let listed = |who: &Person| {
        let all = who.get(&server, "/api/v1/imports").json()["imports"].as_array().unwrap().clone();
        all.iter().filter(|one| one["layer"] == "parcels" && one["source"] == "thua.geojson").count()
    };
    assert_eq!(import(&server, &chi, &feature(&land.there.0, "5", &geometry(land.there.1))).1, 201);
    assert_eq!((listed(&giang), listed(&chi)), (2, 3));
}

#[test]
fn a_file_that_waits_is_its_senders_alone() {
    let (_demo, _, server, [chi, _, _, giang, _]) = served();
    let id = giang.post(&server, "/api/v1/imports", &json!({})).json()["id"].as_str().unwrap().to_owned();
    let wish = json!({ "target": "parcels" });
    for what in ["preview", "commit"] {
        assert_eq!(chi.post(&server, &format!("/api/v1/imports/{id}/{what}"), &wish).status, 404, "{what}");
    }
    let path = format!("/api/v1/imports/{id}");
    assert_eq!(chi.get(&server, &path).status, 404);
    assert_eq!(chi.send(&server, "DELETE", &path, "", b"").status, 404);
    assert_eq!(chi.send(&server, "PUT", &format!("{path}/files/a.csv"), "", b"x").status, 404);
    assert_eq!(giang.send(&server, "DELETE", &path, "", b"").status, 204);
}

#[test]
fn the_number_of_a_document_is_told_to_who_records_there_by_every_door() {
    let demo = Demo::new();
    let store = demo.store();
    let land = land(&store);
    for (name, role, unit) in [
        ("chi", "administrator", None),
        ("an", "officer", Some(&land.here.0)),
        ("binh", "officer", Some(&land.there.0)),
        ("xem", "viewer", None),
    ] {
        add(&store, name, role, unit.map(String::as_str));
    }
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_matbang"));
    command.arg("--data").arg(&store).args(["serve", "--listen", "127.0.0.1:0", "--public-map"]);
    let server = Server::run(command);
    let [chi, an, binh, xem] = ["chi", "an", "binh", "xem"].map(|name| Person::sign_in(&server, name));
    let event = opened(land.here.1, &json!({ "document": "Wjkz-77/QĐ" }));
    assert_eq!(an.post(&server, "/api/v1/events", &event).status, 201);
    let id = land.here.1;
    let mut doors = vec![
        format!("/api/v1/parcels/{id}"),
        format!("/api/v1/parcels/{id}/record"),
        format!("/api/v1/parcels/{id}?as_of=2026-12-31"),
        format!("/ogc/collections/parcels/items/{id}"),
        "/api/v1/ledger".to_owned(),
        "/api/v1/table?limit=100&columns=sheet,parcel,stage".to_owned(),
        "/api/v1/decisions".to_owned(),
        "/api/v1/duties".to_owned(),
        "/api/v1/search?q=Wjkz".to_owned(),
        "/api/v1/procedures".to_owned(),
        "/api/v1/live?last_event_id=1".to_owned(),
        format!("/api/v1/report?project={}&format=docx", land.own_project),
        "/tiles/parcels,projects,units/10/813/452".to_owned(),
    ];
    doors.extend(
        ["geojson", "geojsonseq", "csv", "kml", "gpkg", "fgb"]
            .map(|form| format!("/ogc/collections/events/items?f={form}&kind=blocker_opened&limit=10000")),
    );
    let tells = |cookie: &str, path: &str| {
        if path.contains("/live") {
            return streamed(&server, path, cookie).contains("Wjkz");
        }
        let reply = server.get(path, &[("cookie", cookie)]);
        assert!(reply.status < 500, "{path}: {}", reply.status);
        String::from_utf8_lossy(&reply.body).contains("Wjkz")
    };
    let mut told = 0;
    for door in &doors {
        assert!(!tells("", door), "a stranger at {door}");
        assert!(!tells(&xem.cookie, door), "who looks, at {door}");
        assert!(!tells(&binh.cookie, door), "an officer elsewhere, at {door}");
        let everywhere = tells(&chi.cookie, door);
        let here = tells(&an.cookie, door);
        assert_eq!(here, everywhere && !door.ends_with("/ledger"), "{door}");
        told += usize::from(here);
    }
    assert_eq!(told, 9, "the sheet twice, the record, and the events in six formats");
    // What was made for one is not answered to another out of memory.
    let sheet = format!("/api/v1/parcels/{id}");
    assert!(tells(&an.cookie, &sheet) && !tells(&xem.cookie, &sheet) && tells(&an.cookie, &sheet));
    assert_eq!(an.get(&server, &sheet).header("cache-control"), "no-store");
}

/// What a stream tells until it says where it begins.
fn streamed(server: &Server, path: &str, cookie: &str) -> String {
    use std::io::{BufRead, Write};
    let host = server.url.trim_start_matches("http://");
    let mut socket = std::net::TcpStream::connect(host).unwrap();
    write!(socket, "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n").unwrap();
    let mut all = String::new();
    for line in std::io::BufReader::new(socket).lines() {
        all += &line.unwrap();
        if all.contains("event: position") {
            break;
        }
    }
    all
}

#[test]
fn a_token_for_reading_changes_nothing() {
    let demo = Demo::new();
    add(&demo.store(), "chi", "administrator", None);
    let out = succeed(&demo.store(), &["token", "add", "chi", "--scope", "read", "--days", "1"]);
    let token = format!("Bearer {}", out.trim());
    let server = Server::start(&demo.store());
    let send = |method: &str, path: &str, body: &Value| {
        server.request(method, path, &[("authorization", &token)], body.to_string().as_bytes()).status
    };
    let slides = json!({ "title": "Giao ban", "slides": [{ "about": "all" }] });
    assert_eq!(send("POST", "/api/v1/briefings", &slides), 403);
    assert_eq!(send("DELETE", "/api/v1/briefings/abc", &json!({})), 403);
    assert_ne!(send("POST", "/api/v1/totals", &json!({})), 403, "totals are read by sending an area");
    assert_eq!(server.get("/api/v1/briefings", &[("authorization", &token)]).status, 200);
}
