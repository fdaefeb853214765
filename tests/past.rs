//! The past stays as it was: figures, names, pledges and map of a position are the same whatever
//! is imported, renamed or re-planned afterwards.

use serde_json::{Value, json};

use crate::harness::{Demo, Server, succeed};

/// What a briefing is made of, at a position.
fn told(server: &Server, at: u64) -> Vec<(String, Value)> {
    let paths = [
        "/api/v1/summary?",
        "/api/v1/progress?by=project&",
        "/api/v1/progress?by=unit&",
        "/api/v1/catalog?",
        "/api/v1/projects/DA02?",
        "/api/v1/fronts?project=DA01&",
        "/api/v1/series?project=DA02&",
        "/api/v1/table?limit=50&",
        "/ogc/collections/projects/items?limit=100&",
        "/ogc/collections/units/items?limit=200&",
    ];
    let ask = |path: &str| {
        let day = if path.contains("/ogc/") { "" } else { "&as_of=2026-06-30" };
        let reply = server.get(&format!("{path}at={at}{day}"), &[]);
        assert_eq!(reply.status, 200, "{path}at={at}: {}", String::from_utf8_lossy(&reply.body));
        let mut answer = reply.json();
        if let Some(fields) = answer.as_object_mut() {
            // When it was asked is not what was told.
            fields.remove("timeStamp");
        }
        (path.to_owned(), answer)
    };
    paths.iter().map(|path| ask(path)).collect()
}

/// Tags of the tiles around the province, zooms 8 to 12.
fn tiles(server: &Server, at: u64) -> Vec<(String, u16, String)> {
    let mut found = Vec::new();
    for (z, x, y) in [(8, 203, 112), (9, 406, 225), (10, 813, 451), (11, 1626, 903), (12, 3252, 1806)] {
        let path = format!("/tiles/units,projects,parcels/{z}/{x}/{y}");
        let reply = server.get(&format!("{path}?at={at}"), &[]);
        found.push((path, reply.status, reply.header("etag").to_owned()));
    }
    found
}

#[test]
fn a_position_tells_the_same_after_a_rename_a_new_plan_and_a_new_import() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let at = server.get("/api/v1/summary", &[]).json()["at"].as_u64().unwrap();
    let (before, map) = (told(&server, at), tiles(&server, at));
    assert!(map.iter().any(|(_, status, _)| *status == 200), "{map:?}");

    let plan = json!({ "kind": "plan_changed", "project": "DA02", "required_on": "2027-12-31", "date": "2026-06-30" });
    assert_eq!(server.post("/api/v1/events", &plan.to_string()).status, 201);
    // By another process, while the server runs: a project's name and boundary, a commune's name.
    let projects = demo.folder().join("da.csv");
    let square = "POLYGON((105.9 20.5,105.95 20.5,105.95 20.55,105.9 20.55,105.9 20.5))";
    std::fs::write(
        &projects,
        format!("code,name,kind,WKT\nDA02,Tên sau này,road,\"{square}\"\nDA99,Dự án mới,road,\"{square}\"\n"),
    )
    .unwrap();
    succeed(&demo.store(), &["import", "projects", projects.to_str().unwrap(), "--crs", "EPSG:4326"]);
    let units = server.get("/ogc/collections/units/items?limit=200&filter=level='commune'", &[]).json();
    let unit = units["features"]
        .as_array()
        .unwrap()
        .iter()
        .find(|unit| unit["properties"]["valid_to"].is_null())
        .unwrap();
    let (code, from) = (
        unit["properties"]["code"].as_str().unwrap(),
        unit["properties"]["valid_from"].as_str().unwrap_or(""),
    );
    let list = demo.folder().join("xa.csv");
    std::fs::write(&list, format!("code,name,level,valid_from\n{code},Xã Đổi Tên,commune,{from}\n")).unwrap();
    succeed(&demo.store(), &["import", "units", list.to_str().unwrap()]);
    let new = |name: &str| {
        server.get("/api/v1/catalog", &[]).body.windows(name.len()).any(|part| part == name.as_bytes())
    };
    Server::wait(|| new("Xã Đổi Tên") && new("Tên sau này"));
    assert!(new("DA99"));

    for ((path, then), (_, now)) in before.iter().zip(told(&server, at)) {
        assert_eq!(then, &now, "{path}");
    }
    assert_eq!(map, tiles(&server, at));
    // And today is not the past.
    let now = server.get("/api/v1/projects/DA02", &[]).json();
    let last_day = matbang::domain::Day::parse("2027-12-31").unwrap().number();
    assert_eq!((&now["name"], &now["required_day"]), (&json!("Tên sau này"), &json!(last_day)));
    succeed(&demo.store(), &["verify"]);
}
