//! What people record over HTTP: all or nothing, judged by the procedure, seen at once.

use serde_json::{Value, json};

use crate::harness::{self, Demo, Server, Stream, succeed};

/// A parcel that waits for its next stage and has no blocker: (id, version, next stage).
fn pending(server: &Server) -> (u64, u64, String) {
    let work = server.get("/api/v1/work?limit=2000", &[]).json();
    let free = |parcel: &&Value| {
        let early =
            ["meeting", "notice", "inventory"].contains(&parcel["stage"].as_str().unwrap_or_default());
        early && parcel["blockers"].as_array().is_some_and(Vec::is_empty)
    };
    let parcel = work["parcels"].as_array().unwrap().iter().find(free).expect("a pending parcel").clone();
    let next = parcel["next"][0].as_str().unwrap().to_owned();
    (parcel["id"].as_u64().unwrap(), parcel["version"].as_u64().unwrap(), next)
}

fn today(server: &Server) -> String {
    let day = server.get("/api/v1/catalog", &[]).json()["today"].as_i64().unwrap();
    matbang::domain::Day::from_number(day).unwrap().to_string()
}

fn reached(parcel: u64, stage: &str, date: &str) -> Value {
    json!({ "parcel": parcel, "kind": "stage_reached", "stage": stage, "date": date })
}

fn codes(problem: &Value) -> Vec<(u64, String)> {
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    let code = |error: &Value| (error["row"].as_u64().unwrap(), error["code"].as_str().unwrap().to_owned());
    errors.iter().map(code).collect()
}

#[test]
fn what_is_recorded_is_seen_at_once_and_survives_a_restart() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let (parcel, version, next) = pending(&server);
    let date = today(&server);
    let before = server.get("/api/v1/catalog", &[]).json()["at"].as_u64().unwrap();
    let reply = server.post("/api/v1/events", &reached(parcel, &next, &date).to_string());
    assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
    let answer = reply.json();
    assert_eq!(answer["at"], before + 1);
    assert_eq!(answer["events"][0]["parcel"], parcel);
    let sheet = server.get(&format!("/api/v1/parcels/{parcel}"), &[]).json();
    assert_eq!((&sheet["stage"], &sheet["version"]), (&json!(next), &json!(before + 1)));
    assert_ne!(sheet["version"], version);
    assert_eq!(server.stop("TERM"), Some(0));
    let verified: Value = serde_json::from_str(&succeed(&demo.store(), &["verify", "--json"])).unwrap();
    assert_eq!((&verified["at"], &verified["findings"]), (&json!(before + 1), &json!([])));
    let again = Server::start(&demo.store());
    assert_eq!(again.get(&format!("/api/v1/parcels/{parcel}"), &[]).json()["stage"], next);
}

#[test]
fn a_batch_with_one_bad_row_stores_nothing_and_names_every_bad_row() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let (parcel, _, next) = pending(&server);
    let date = today(&server);
    let before = server.get("/api/v1/catalog", &[]).json()["at"].clone();
    let batch = json!([
        reached(parcel, &next, &date),
        reached(parcel, &next, &date),
        reached(parcel, "listed", &date),
        reached(999_999, "paid", &date),
        reached(parcel, "notice", "2149-01-01"),
        { "parcel": parcel, "kind": "blocker_closed", "blocker": "graves", "date": date },
        { "parcel": parcel, "kind": "money_paid", "amount": 5, "colour": "red", "date": date },
        { "kind": "parcel_withdrawn", "date": date },
    ]);
    let reply = server.post("/api/v1/events", &batch.to_string());
    assert_eq!(reply.status, 422);
    assert_eq!(reply.header("content-type"), "application/problem+json");
    let expected = [
        (2, "already_reached"),
        (3, "invalid_value"),
        (4, "unknown_parcel"),
        (5, "in_future"),
        (6, "blocker_not_open"),
        (7, "unknown_field"),
        (8, "missing_field"),
    ];
    assert_eq!(codes(&reply.json()), expected.map(|(row, code)| (row, code.to_owned())));
    assert_eq!(server.get("/api/v1/catalog", &[]).json()["at"], before);
}

#[test]
fn the_same_request_sent_twice_is_recorded_once_and_an_old_version_is_a_conflict() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let (parcel, version, _) = pending(&server);
    let date = today(&server);
    let body =
        json!({ "parcel": parcel, "kind": "blocker_opened", "blocker": "graves", "date": date }).to_string();
    let tag = format!("\"{version}\"");
    let headers =
        [("content-type", "application/json"), ("idempotency-key", "abc"), ("if-match", tag.as_str())];
    let first = server.send("/api/v1/events", &headers, body.as_bytes());
    assert_eq!(first.status, 201, "{}", String::from_utf8_lossy(&first.body));
    let second = server.send("/api/v1/events", &headers, body.as_bytes());
    assert_eq!((second.status, second.json()), (201, first.json()));
    let other = body.replace("graves", "price");
    let reused = server.send("/api/v1/events", &headers, other.as_bytes());
    assert_eq!(reused.status, 400);
    let stale = server.send("/api/v1/events", &[headers[0], headers[2]], other.as_bytes());
    assert_eq!(stale.status, 412);
    let conflict = &stale.json()["conflicts"][0];
    assert_eq!((&conflict["given"], &conflict["version"]), (&json!(version), &first.json()["at"]));
}

#[test]
fn a_mistake_is_corrected_and_both_questions_get_their_answer() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let (parcel, _, next) = pending(&server);
    let date = today(&server);
    let sheet = |query: &str| server.get(&format!("/api/v1/parcels/{parcel}{query}"), &[]).json();
    let before = sheet("");
    let wrong = server.post("/api/v1/events", &reached(parcel, &next, &date).to_string()).json();
    let at = wrong["at"].as_u64().unwrap();
    let correction =
        json!({ "parcel": parcel, "kind": "correction", "corrects": at, "remove": true, "date": date });
    let corrected = server.post("/api/v1/events", &correction.to_string());
    assert_eq!(corrected.status, 201, "{}", String::from_utf8_lossy(&corrected.body));
    // As known now it did not happen; as known then it had.
    assert_eq!(sheet("")["stage"], before["stage"]);
    assert_eq!(sheet(&format!("?at={at}"))["stage"], next);
    assert_eq!(sheet(&format!("?at={}", at - 1))["stage"], before["stage"]);
    let history = sheet("")["history"].clone();
    let of = |position: u64| {
        history.as_array().unwrap().iter().find(|e| e["position"] == position).unwrap().clone()
    };
    assert_eq!(of(at)["corrected_by"], at + 1);
    assert_eq!(of(at + 1)["corrects"], at);
    // Figures, tiles and features take both parameters too.
    for path in [
        "/api/v1/summary",
        "/api/v1/series",
        "/ogc/collections/parcels/items",
        "/tiles/parcels/14/13012/7213",
    ] {
        let reply = server.get(&format!("{path}?at={at}&as_of=2026-01-31"), &[]);
        assert!(matches!(reply.status, 200 | 204), "{path}: {}", reply.status);
        assert_eq!(server.get(&format!("{path}?at=99999999"), &[]).status, 400, "{path}");
    }
}

#[test]
fn a_split_keeps_the_area_and_the_story_and_a_merge_undoes_it() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let (parcel, ..) = pending(&server);
    let date = today(&server);
    let total =
        || server.get("/api/v1/summary", &[]).json()["total"]["measures"]["area"]["total"].as_f64().unwrap();
    let area = total();
    let sheet = server.get(&format!("/api/v1/parcels/{parcel}"), &[]).json();
    let feature = server.get(&format!("/ogc/collections/parcels/items/{parcel}"), &[]).json();
    let shape = geo::Geometry::<f64>::try_from(
        serde_json::from_value::<geojson::Geometry>(feature["geometry"].clone()).unwrap(),
    );
    let geo::Geometry::Polygon(shape) = shape.unwrap() else { panic!("a polygon") };
    let box_ = geo::BoundingRect::bounding_rect(&shape).unwrap();
    let middle = f64::midpoint(box_.min().x, box_.max().x);
    let half = |from: f64, to: f64| {
        let side = geo::Rect::new((from, box_.min().y - 1.0), (to, box_.max().y + 1.0)).to_polygon();
        geojson::Geometry::new(geojson::GeometryValue::from(&geo::BooleanOps::intersection(&shape, &side)))
    };
    let part = |number: &str, geometry: geojson::Geometry| json!({ "parcel": number, "geometry": geometry });
    let split = json!({ "parcel": parcel, "kind": "parcel_split", "date": date, "parts": [
        part("9001", half(box_.min().x - 1.0, middle)), part("9002", half(middle, box_.max().x + 1.0)) ] });
    let short = json!({ "parcel": parcel, "kind": "parcel_split", "date": date, "parts": [
        part("9001", half(box_.min().x - 1.0, middle)), part("9002", half(box_.min().x - 1.0, middle)) ] });
    assert_ne!(server.post("/api/v1/events", &short.to_string()).status, 500);
    let reply = server.post("/api/v1/events", &split.to_string());
    assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
    let mut children: Vec<u64> =
        reply.json()["events"].as_array().unwrap().iter().map(|e| e["parcel"].as_u64().unwrap()).collect();
    children.retain(|id| *id != parcel);
    children.dedup();
    assert_eq!(children.len(), 2);
    assert!((total() - area).abs() < 1.0, "{} {area}", total());
    let child = server.get(&format!("/api/v1/parcels/{}", children[0]), &[]).json();
    assert_eq!(child["stage"], sheet["stage"]);
    assert!(server.get(&format!("/api/v1/parcels/{parcel}"), &[]).json()["ended_day"].is_number());
    let merge = json!({ "parcel": children[0], "kind": "parcel_merged", "with": [children[1]], "number": "9003", "date": date });
    let reply = server.post("/api/v1/events", &merge.to_string());
    assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
    assert!((total() - area).abs() < 1.0);
    drop(server);
    assert_eq!(
        serde_json::from_str::<Value>(&succeed(&demo.store(), &["verify", "--json"])).unwrap()["findings"],
        json!([])
    );
}

#[test]
fn a_pasted_table_is_shown_first_and_then_recorded() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let (parcel, _, next) = pending(&server);
    let date = today(&server);
    let sheet = server.get(&format!("/api/v1/parcels/{parcel}"), &[]).json();
    let row = |number: &str| {
        let text = |name: &str| sheet[name].as_str().unwrap().to_owned();
        format!("{}\t{}\t{}\t{number}\t{next}\t{date}\t7/BB", text("project"), text("unit"), text("sheet"))
    };
    let number = sheet["parcel"].as_str().unwrap();
    let header = "Dự án\tXã\tSố tờ\tSố thửa\tBước\tNgày\tSố văn bản";
    let bad = format!("{header}\n{}\n{}\n", row(number), row("nowhere"));
    let kind = [("content-type", "text/tab-separated-values; charset=utf-8")];
    let preview = server.send("/api/v1/events/table?dry_run=true", &kind, bad.as_bytes());
    assert_eq!(preview.status, 200, "{}", String::from_utf8_lossy(&preview.body));
    let rows = preview.json()["preview"].as_array().unwrap().clone();
    assert_eq!((&rows[0]["errors"], &rows[1]["errors"][0]["code"]), (&json!([]), &json!("unknown_parcel")));
    assert_eq!(server.send("/api/v1/events/table", &kind, bad.as_bytes()).status, 422);
    let good = format!("{header}\n{}\n", row(number));
    assert_eq!(server.send("/api/v1/events/table", &kind, good.as_bytes()).status, 201);
    let sheet = server.get(&format!("/api/v1/parcels/{parcel}"), &[]).json();
    assert_eq!(sheet["stage"], next);
}

#[test]
fn a_spreadsheet_is_imported_all_or_nothing() {
    let demo = Demo::new();
    let (parcel, next, date, sheet) = {
        let server = Server::start(&demo.store());
        let (parcel, _, next) = pending(&server);
        (parcel, next, today(&server), server.get(&format!("/api/v1/parcels/{parcel}"), &[]).json())
    };
    let csv = demo.folder().join("su-kien.csv");
    let row = |number: &str| {
        let text = |name: &str| sheet[name].as_str().unwrap().to_owned();
        format!("{},{},{},{number},{next},{date}\n", text("project"), text("unit"), text("sheet"))
    };
    let header = "Dự án,Xã,Số tờ,Số thửa,Bước,Ngày\n";
    let number = sheet["parcel"].as_str().unwrap().to_owned();
    std::fs::write(&csv, format!("{header}{}{}", row(&number), row("x1"))).unwrap();
    let file = csv.to_str().unwrap().to_owned();
    let refused = harness::matbang(&demo.store(), &["import", "events", &file]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stdout).contains("row 3: "), "{refused:?}");
    std::fs::write(&csv, format!("{header}{}", row(&number))).unwrap();
    // As XLSX, through GDAL.
    let xlsx = demo.folder().join("su-kien.xlsx");
    let to =
        std::process::Command::new("ogr2ogr").args(["-f", "XLSX"]).arg(&xlsx).arg(&csv).output().unwrap();
    assert!(to.status.success(), "{to:?}");
    let out = succeed(&demo.store(), &["import", "events", xlsx.to_str().unwrap(), "--dry-run", "--json"]);
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&report["read"], &report["stored"], &report["errors"]), (&json!(1), &json!(0), &json!([])));
    succeed(&demo.store(), &["import", "events", xlsx.to_str().unwrap()]);
    let server = Server::start(&demo.store());
    assert_eq!(server.get(&format!("/api/v1/parcels/{parcel}"), &[]).json()["stage"], next);
}

#[test]
fn a_photograph_is_kept_without_its_metadata() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let png = harness::png(3, 2);
    let kept = server.send("/api/v1/attachments", &[("content-type", "image/png")], &png);
    assert_eq!(kept.status, 201, "{}", String::from_utf8_lossy(&kept.body));
    let id = kept.json()["id"].as_str().unwrap().to_owned();
    let got = server.get(&format!("/api/v1/attachments/{id}"), &[]);
    assert_eq!((got.status, got.header("content-type")), (200, "image/png"));
    assert_eq!(server.send("/api/v1/attachments", &[("content-type", "text/html")], b"<p>").status, 415);
    assert_eq!(server.send("/api/v1/attachments", &[("content-type", "image/png")], b"<p>").status, 400);
    assert_eq!(server.get("/api/v1/attachments/..%2Fstore.gpkg", &[]).status, 404);
    let (parcel, ..) = pending(&server);
    let event = |id: &str| json!({ "parcel": parcel, "kind": "blocker_opened", "blocker": "graves", "date": today(&server), "attachments": [id] });
    let unknown = server.post("/api/v1/events", &event("0.jpg").to_string());
    assert_eq!(codes(&unknown.json()), [(1, "unknown_attachment".to_owned())]);
    assert_eq!(server.post("/api/v1/events", &event(&id).to_string()).status, 201);
}

#[test]
fn listeners_hear_what_happens_and_catch_up_after_a_break() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let (parcel, _, next) = pending(&server);
    let date = today(&server);
    let mut stream = Stream::open(&server, None);
    let (start, kind, _) = stream.next();
    assert_eq!(kind, "position");
    // A break before anything was heard is resumed from there.
    let mut silent = Stream::open(&server, None);
    assert_eq!(silent.next().0, start);
    drop(silent);
    let at = server.post("/api/v1/events", &reached(parcel, &next, &date).to_string()).json()["at"]
        .as_u64()
        .unwrap();
    let (id, kind, data) = stream.next();
    assert_eq!(
        (id, kind.as_str(), &data["parcel"], &data["stage"]),
        (at, "message", &json!(parcel), &json!(next))
    );
    assert_eq!(data["bbox"].as_array().unwrap().len(), 4);
    drop(stream);
    let mut resumed = Stream::open(&server, Some(start));
    let (first, second) = (resumed.next(), resumed.next());
    assert_eq!((first.0, &first.2["stage"], second.0, second.1.as_str()), (at, &json!(next), at, "position"));
    drop(resumed);
    let blocker = |blocker: &str| {
        json!({ "parcel": parcel, "kind": "blocker_opened", "blocker": blocker, "date": date }).to_string()
    };
    for kind in ["graves", "price"] {
        assert_eq!(server.post("/api/v1/events", &blocker(kind)).status, 201);
    }
    let mut again = Stream::open(&server, Some(at));
    assert_eq!([again.next().0, again.next().0], [at + 1, at + 2]);
    let (id, kind, _) = again.next();
    assert_eq!((id, kind.as_str()), (at + 2, "position"));
    // What concerns more than a parcel is told as such, on the stream and after a break.
    let plan =
        json!({ "kind": "plan_changed", "project": "DA02", "required_on": "2027-12-31", "date": date });
    assert_eq!(server.post("/api/v1/events", &plan.to_string()).status, 201);
    let (id, kind, _) = again.next();
    assert_eq!((id, kind.as_str()), (at + 3, "reload"));
    let mut after = Stream::open(&server, Some(at + 2));
    assert_eq!(after.next().1, "reload");
    let mut long_away = Stream::open(&server, Some(1));
    assert_eq!(long_away.next().1, "reload");
    assert_eq!(server.get("/api/v1/live?last_event_id=x", &[]).status, 400);
}
