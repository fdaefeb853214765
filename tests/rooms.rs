//! What the rooms of the web app ask beside figures: rows of tables, briefings, accounts, the log.

mod administration;

use serde_json::{Value, json};

use crate::harness::{self, Demo, Server};

fn rows(server: &Server, query: &str) -> Value {
    let reply = server.get(&format!("/api/v1/table?{query}"), &[]);
    assert_eq!(reply.status, 200, "{query}: {}", String::from_utf8_lossy(&reply.body));
    reply.json()
}

fn ids(answer: &Value) -> Vec<u64> {
    answer["rows"].as_array().unwrap().iter().map(|row| row["id"].as_u64().unwrap()).collect()
}

#[test]
fn a_table_is_the_same_rows_whatever_the_window() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let whole = rows(&server, "sortby=-area,sheet&limit=1000");
    let total = whole["total"].as_u64().unwrap();
    assert_eq!(total, 2000);
    let mut pieced = Vec::new();
    for offset in (0..1000).step_by(170) {
        pieced.extend(ids(&rows(&server, &format!("sortby=-area,sheet&limit=170&offset={offset}"))));
    }
    assert_eq!(pieced[..1000], ids(&whole)[..]);
    let areas: Vec<f64> =
        whole["rows"].as_array().unwrap().iter().map(|row| row["area"].as_f64().unwrap()).collect();
    assert!(areas.is_sorted_by(|a, b| a >= b));
}

#[test]
fn a_row_says_what_its_item_says() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let day = harness::UNTIL;
    let table = rows(&server, &format!("limit=1000&as_of={day}"));
    let row = table["rows"][0].as_object().unwrap();
    let names: Vec<&str> =
        row.keys().map(String::as_str).filter(|name| !["id", "bbox"].contains(name)).collect();
    let query = format!("limit=1000&as_of={day}&properties={}", names.join(","));
    let page = server.get(&format!("/ogc/collections/parcels/items?{query}"), &[]).json();
    let mut marked = 0;
    for (row, item) in table["rows"].as_array().unwrap().iter().zip(page["features"].as_array().unwrap()) {
        assert_eq!(row["id"], item["id"]);
        marked += usize::from(!row["marks"].is_null()) + usize::from(!row["blockers"].is_null());
        for name in &names {
            assert_eq!(row[name], item["properties"][name], "{name} of {row}");
        }
    }
    assert!(marked > 0, "none of a thousand parcels has a mark or a blocker");
}

#[test]
fn sections_hold_every_row_once_and_add_up_to_the_summary() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let summary = server.get("/api/v1/summary?blocked=true", &[]).json();
    for group in ["project", "unit", "body", "kind", "use", "stage", "law"] {
        let answer = rows(&server, &format!("group={group}&blocked=true&sortby=parcel&limit=1000"));
        let sections = answer["groups"].as_array().unwrap();
        let mut offset = 0;
        for section in sections {
            assert_eq!(section["offset"], offset, "{group}");
            offset += section["parcels"].as_u64().unwrap();
        }
        assert_eq!(offset, answer["total"].as_u64().unwrap());
        assert_eq!(summary["total"]["measures"]["parcels"]["total"], answer["total"]);
        let sum: f64 = sections.iter().map(|section| section["area"].as_f64().unwrap()).sum();
        let area = summary["total"]["measures"]["area"]["total"].as_f64().unwrap();
        assert!((sum - area).abs() < 0.05, "{group}: {sum} {area}");
    }
}

#[test]
fn a_table_refuses_what_it_does_not_have() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    for (query, word) in [
        ("sortby=holder", "sortby"),
        ("group=area", "group"),
        ("limit=1001", "limit"),
        ("offset=-1", "offset"),
        ("sortby=area,area,area,area,area", "sortby"),
    ] {
        let reply = server.get(&format!("/api/v1/table?{query}"), &[]);
        assert_eq!(reply.status, 400, "{query}");
        assert!(reply.json()["detail"].as_str().unwrap().contains(&format!("\"{word}\"")), "{query}");
    }
}

#[test]
fn stays_in_stages_count_every_parcel_that_waits() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let answer = server.get(&format!("/api/v1/dwells?as_of={}", harness::UNTIL), &[]).json();
    let summary = server.get(&format!("/api/v1/summary?as_of={}", harness::UNTIL), &[]).json();
    let waiting: u64 =
        answer["stages"].as_array().unwrap().iter().map(|stage| stage["going_on"].as_u64().unwrap()).sum();
    let handed = |stages: &Value| stages.as_array().unwrap().last().unwrap()["parcels"].as_u64().unwrap();
    let total = summary["total"]["measures"]["parcels"]["total"].as_u64().unwrap();
    assert_eq!(waiting + handed(&summary["stages"]), total);
    for stage in answer["stages"].as_array().unwrap() {
        let days = |name: &str| stage[name].as_u64().unwrap_or(u64::MAX);
        assert!(days("quarter") <= days("half") && days("half") <= days("three_quarters"), "{stage}");
        assert_eq!(stage["half"].is_null(), stage["ended"].as_u64().unwrap() < 5, "{stage}");
    }
}

#[test]
fn curves_by_unit_add_up_to_the_whole() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let answer = server.get("/api/v1/series?by=unit", &[]).json();
    let groups = answer["groups"].as_array().unwrap();
    let sum: f64 = groups.iter().filter_map(|group| group["actual"].as_array()?.last()?.as_f64()).sum();
    let whole = answer["actual"].as_array().unwrap().last().unwrap().as_f64().unwrap();
    assert!(groups.len() > 3 && (sum - whole).abs() < 0.5, "{sum} {whole}");
}

#[test]
fn a_briefing_is_frozen_and_shows_when_it_was_touched() {
    let demo = Demo::new();
    let store = demo.store();
    let server = Server::start(&store);
    let slides = json!([{ "about": "project", "code": "DA01", "note": "Hỏi tiến độ" }, { "about": "all" }]);
    let made =
        server.post("/api/v1/briefings", &json!({ "title": "Giao ban", "slides": slides }).to_string());
    assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
    let (code, at) = (made.json()["code"].as_str().unwrap().to_owned(), made.json()["at"].clone());
    let kept = server.get(&format!("/api/v1/briefings/{code}"), &[]).json();
    assert_eq!(kept["slides"][0]["note"], "Hỏi tiến độ");
    assert_eq!((&kept["whole"], &kept["at"]), (&json!(true), &at));
    assert_eq!(kept["verification"].as_str().unwrap().len(), 19);
    assert_eq!(server.get("/api/v1/briefings", &[]).json()["briefings"].as_array().unwrap().len(), 1);

    // What it is held against stays, whatever happens afterwards.
    let then = || server.get(&format!("/api/v1/summary?at={at}"), &[]).json();
    let now = || server.get("/api/v1/summary", &[]).json();
    let (frozen, before) = (then(), now());
    assert_eq!(frozen["total"], before["total"]);
    let work = server.get("/api/v1/work", &[]).json();
    let event = json!({ "parcel": work["parcels"][0]["id"], "kind": "money_approved", "amount": 4_000_000_000_u64,
        "date": before["as_of"] });
    let recorded = server.post("/api/v1/events", &event.to_string());
    assert_eq!(recorded.status, 201, "{}", String::from_utf8_lossy(&recorded.body));
    assert_ne!(now()["total"], before["total"]);
    assert_eq!(then(), frozen);
    // Somebody changes a word beside the server.
    let sql = rusqlite::Connection::open(&store).unwrap();
    sql.execute("UPDATE briefings SET title = 'Giao ban 2'", []).unwrap();
    assert_eq!(server.get(&format!("/api/v1/briefings/{code}"), &[]).json()["whole"], false);
    drop(sql);

    for wrong in [
        json!({ "title": "", "slides": slides }),
        json!({ "title": "a", "slides": [] }),
        json!({ "title": "a", "slides": [{ "about": "parcel" }] }),
        json!({ "title": "a", "slides": slides, "more": 1 }),
    ] {
        assert_eq!(server.post("/api/v1/briefings", &wrong.to_string()).status, 400, "{wrong}");
    }
    assert_eq!(server.request("DELETE", &format!("/api/v1/briefings/{code}"), &[], b"").status, 204);
    assert_eq!(server.get(&format!("/api/v1/briefings/{code}"), &[]).status, 404);
    let restore = |code: &str| server.post(&format!("/api/v1/briefings/{code}/restore"), "").status;
    assert_eq!((restore(&code), restore(&code), restore("nothing")), (204, 404, 404));
    assert_eq!(server.get(&format!("/api/v1/briefings/{code}"), &[]).json()["title"], "Giao ban 2");
}

/// The check point is 105.90, 20.54; in VN-2000 with the meridian 105° it is 593 654.305 east, 2 272 288.187 north.
#[test]
fn people_find_places_as_they_write_them() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let results = |text: &str| {
        let asked = form_urlencoded::Serializer::new(String::new()).append_pair("q", text).finish();
        let answer = server.get(&format!("/api/v1/search?limit=50&{asked}"), &[]).json();
        answer["results"].as_array().unwrap().clone()
    };
    let near = |result: &Value| {
        let bbox: Vec<f64> = result["bbox"].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
        (bbox[0] - 105.9).abs() < 1e-6 && (bbox[1] - 20.54).abs() < 1e-6
    };
    for text in [
        "20.54 105.9",
        "20,54 105,9",
        "20°32'24\"N 105°54'E",
        "2272288.187 593654.305 105°00'",
        "593654,305 2272288,187 KTT 105",
    ] {
        let found = results(text);
        // Of the zones with one meridian that of cadastral maps comes first.
        assert!(found.len() <= 2 && near(&found[0]), "{text}: {found:?}");
    }
    // Without a meridian each zone that leads here is offered, the right one among them.
    let zones = results("2272288.187, 593654.305");
    assert!(zones.iter().any(|one| near(one) && one["detail"] == "VN-2000 105°00′, 3°"), "{zones:?}");
    let of = |found: &[Value], kind: &str| -> Vec<String> {
        let own = found.iter().filter(|one| one["type"] == kind);
        own.map(|one| one["label"].as_str().unwrap().to_owned()).collect()
    };
    assert!(
        of(&results("KCN Đồng Văn"), "project")
            .iter()
            .any(|name| name.starts_with("Khu công nghiệp Đồng Văn"))
    );
    assert!(of(&results("ĐT nâng cấp"), "project")[0].starts_with("Đường tỉnh nâng cấp"));
    // Phường Lam Hạ became part of 13366 on 1 July 2025.
    let heir = results("Lam Hạ").into_iter().find(|one| one["code"] == "13366").unwrap();
    assert_eq!((&heir["type"], &heir["detail"]), (&json!("unit"), &json!("Phường Lam Hạ")));
    assert_eq!(of(&results("chi nhánh quỹ đất Duy Tiên"), "body"), ["Chi nhánh quỹ đất Duy Tiên (minh họa)"]);
    let post = results("Km1+500 DA01");
    assert_eq!(
        (post.len(), &post[0]["label"], &post[0]["type"]),
        (1, &json!("Km1+500 DA01"), &json!("place"))
    );
    // Sheet and number with the commune's name find those of that commune alone.
    let page =
        server.get("/ogc/collections/parcels/items?limit=1&properties=sheet,parcel,unit_name", &[]).json();
    let parcel = &page["features"][0];
    let of = |name: &str| parcel["properties"][name].as_str().unwrap();
    let found = results(&format!("{} tờ {} thửa {}", of("unit_name"), of("sheet"), of("parcel")));
    assert!(found.iter().any(|one| one["id"] == parcel["id"]), "{found:?}");
    assert!(found.iter().all(|one| one["type"] == "parcel" && one["detail"] == of("unit_name")), "{found:?}");
}

#[test]
fn the_list_of_work_names_holders_when_asked_and_notes_each_look() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let plain = server.get("/api/v1/work?limit=5", &[]).json();
    assert!(plain["parcels"].as_array().unwrap().iter().all(|entry| entry.get("holder").is_none()));
    let named = server.get("/api/v1/work?limit=5&holders=true", &[]).json();
    let entries = named["parcels"].as_array().unwrap();
    let looks = server.get("/api/v1/accesses", &[]).json();
    assert_eq!((entries.len(), looks["accesses"].as_array().unwrap().len()), (5, 5));
    for entry in entries {
        let sheet = server.get(&format!("/api/v1/parcels/{}/holder", entry["id"]), &[]).json();
        assert_eq!(entry["holder"]["name"], sheet["name"]);
    }
    assert!(looks["accesses"].as_array().unwrap().iter().all(|look| look["what"] == "list"));
}

#[test]
fn decisions_say_where_a_map_may_pin_them() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let all = server.get("/api/v1/decisions", &[]).json();
    let all = all["decisions"].as_array().unwrap();
    assert_eq!(all.len(), 3);
    for decision in all {
        let at = |axis: usize| decision["point"][axis].as_f64().unwrap();
        // The point lies in a parcel of what the decision names.
        let filter = form_urlencoded::Serializer::new(String::new())
            .append_pair("filter", &format!("S_INTERSECTS(geometry, POINT({} {}))", at(0), at(1)))
            .finish();
        let found = server.get(&format!("/ogc/collections/parcels/items?{filter}"), &[]).json();
        let parcel = &found["features"][0]["properties"];
        for (key, column) in [("project", "project"), ("unit", "unit")] {
            assert!(decision.get(key).is_none_or(|code| *code == parcel[column]), "{decision} {parcel}");
        }
        assert!(decision["kind"] != "late" || parcel["late"] == true, "{decision} {parcel}");
        assert!(decision["kind"] != "blocker" || parcel["blocked"] == true, "{decision} {parcel}");
    }
}
