//! OGC API - Features as its clients use it: by hand and through GDAL's OAPIF driver.

use std::collections::BTreeSet;

use gdal::{Dataset, vector::LayerAccess};

use crate::harness::{Demo, Server};

#[test]
fn pages_hold_every_parcel_once() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let mut path = "/ogc/collections/parcels/items?limit=300".to_owned();
    let (mut ids, mut pages) = (BTreeSet::new(), 0);
    loop {
        let reply = server.get(&path, &[]);
        assert_eq!(reply.header("content-type"), "application/geo+json");
        let page = reply.json();
        assert_eq!(page["numberMatched"], 2000);
        for feature in page["features"].as_array().unwrap() {
            assert!(ids.insert(feature["id"].as_u64().unwrap()), "a parcel came twice");
        }
        pages += 1;
        let next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next");
        let Some(next) = next else { break };
        path = next["href"].as_str().unwrap().strip_prefix(&server.url).unwrap().to_owned();
    }
    assert_eq!((ids.len(), pages), (2000, 7));
}

#[test]
fn gdal_reads_the_same_features_as_the_store_holds() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let stored = Dataset::open(demo.store()).unwrap();
    let served =
        Dataset::open(format!("OAPIF:{}/ogc", server.url)).expect("GDAL's OAPIF driver opens the API");
    for name in ["projects", "parcels", "units"] {
        let (mut a, mut b) = (stored.layer_by_name(name).unwrap(), served.layer_by_name(name).unwrap());
        let area = |layer: &mut gdal::vector::Layer<'_>| -> (usize, f64) {
            let areas: Vec<f64> = layer
                .features()
                .map(|f| f.geometry().filter(|g| g.has_gdal_ptr()).map_or(0.0, gdal::vector::Geometry::area))
                .collect();
            (areas.len(), areas.iter().sum())
        };
        let ((count_a, area_a), (count_b, area_b)) = (area(&mut a), area(&mut b));
        assert_eq!(count_a, count_b, "{name}");
        // A centimetre at each vertex is the atlas's resolution.
        assert!((area_a - area_b).abs() <= area_a * 1e-3, "{name}: {area_a} {area_b}");
    }
}

#[test]
fn a_bbox_finds_what_lies_in_it() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let all = server.get("/ogc/collections/parcels/items?limit=10000", &[]).json();
    let feature = &all["features"][5];
    let place = &feature["geometry"]["coordinates"][0][0];
    let (x, y) = (place[0].as_f64().unwrap(), place[1].as_f64().unwrap());
    let found = server.get(&format!("/ogc/collections/parcels/items?bbox={x},{y},{x},{y}"), &[]).json();
    let ids: Vec<_> = found["features"].as_array().unwrap().iter().map(|f| f["id"].clone()).collect();
    assert!(ids.contains(&feature["id"]) && ids.len() < 12, "{ids:?}");
    let one = server.get(&format!("/ogc/collections/parcels/items/{}", feature["id"]), &[]).json();
    assert_eq!(one["geometry"], feature["geometry"]);
    let none = server.get("/ogc/collections/parcels/items?bbox=0,0,1,1", &[]).json();
    assert_eq!(none["features"].as_array().map(Vec::len), Some(0));
}

#[test]
fn wrong_requests_are_problems_that_say_what_is_allowed() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    for (path, status, word) in [
        ("/ogc/collections/lots", 404, "parcels"),
        ("/ogc/collections/parcels/items?limit=0", 400, "limit"),
        ("/ogc/collections/parcels/items?bbox=1,2,3", 400, "west,south,east,north"),
        ("/ogc/collections/parcels/items?colour=red", 400, "colour"),
        ("/ogc/collections/parcels/items?f=dwg", 400, "json"),
        ("/ogc/collections/parcels/items/99999999", 404, "99999999"),
        ("/api/v1/summary?unit=99999", 400, "99999"),
        ("/api/v1/summary?as_of=yesterday", 400, "2026-11-24"),
        ("/api/v1/projects/NONE", 404, "NONE"),
        ("/api/v1/nothing", 404, "/api/v1/nothing"),
    ] {
        let reply = server.get(path, &[]);
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(reply.header("content-type"), "application/problem+json", "{path}");
        assert!(reply.json()["detail"].as_str().unwrap().contains(word), "{path}: {}", reply.json());
    }
}

#[test]
fn figures_agree_with_the_features() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let parcels = server.get("/ogc/collections/parcels/items?limit=10000", &[]).json();
    let parcels = parcels["features"].as_array().unwrap();
    let area = |wanted: &dyn Fn(&serde_json::Value) -> bool| -> f64 {
        let of = parcels.iter().map(|f| &f["properties"]).filter(|p| wanted(p));
        of.map(|p| p["area"].as_f64().unwrap()).sum()
    };
    let summary = server.get("/api/v1/summary", &[]).json();
    let measure = &summary["total"]["measures"]["area"];
    let same = |a: f64, b: &serde_json::Value| assert!((a - b.as_f64().unwrap()).abs() < 0.06, "{a} {b}");
    same(area(&|_| true), &measure["total"]);
    same(area(&|p| p["cleared"] == true), &measure["done"]);
    for stage in summary["stages"].as_array().unwrap() {
        same(area(&|p| p["stage"] == stage["stage"]), &stage["area"]);
    }
    for project in summary["projects"].as_array().unwrap() {
        same(area(&|p| p["project"] == project["code"]), &project["area"]);
    }
    let unit = &summary["units"][0]["code"];
    let filtered = server.get(&format!("/api/v1/summary?unit={}", unit.as_str().unwrap()), &[]).json();
    same(area(&|p| p["unit"] == *unit), &filtered["total"]["measures"]["area"]["total"]);
}

#[test]
fn no_holder_appears_in_any_answer() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let first = server.get("/ogc/collections/parcels/items?limit=1", &[]).json()["features"][0]["id"].clone();
    for path in [
        "/api/v1/catalog",
        "/api/v1/summary",
        "/api/v1/series",
        "/api/v1/projects/DA01",
        "/api/v1/search?q=minh",
        "/ogc/collections/parcels/items?limit=10000",
        &format!("/api/v1/parcels/{first}"),
        "/metrics",
    ] {
        let body = String::from_utf8(server.get(path, &[]).body).unwrap();
        // Every made-up holder's name ends in these words.
        assert!(!body.contains("hộ minh họa"), "{path} names a holder");
    }
}

#[test]
fn money_of_few_holders_stays_inside() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let all = server.get("/api/v1/summary", &[]).json();
    assert!(all["total"]["measures"]["money"]["approved"].as_u64().unwrap() > 0);
    let parcel = server.get("/api/v1/parcels/7", &[]).json();
    let [x, y] = [&parcel["point"][0], &parcel["point"][1]].map(|v| v.as_f64().unwrap());
    let ring: Vec<[f64; 2]> = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0)]
        .map(|(dx, dy)| [x + dx * 1e-5, y + dy * 1e-5])
        .to_vec();
    let body = serde_json::json!({ "type": "Polygon", "coordinates": [ring] });
    let few = server.post("/api/v1/totals", &body.to_string()).json();
    assert_eq!(few["total"]["measures"]["parcels"]["total"], 1);
    assert!(few["total"]["measures"]["money"].is_null(), "{few}");
}
