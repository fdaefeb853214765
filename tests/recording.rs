//! Recording under hostile and hurried hands: two with one version, splits among others, shapes that
//! are none, writers that fail.
#![allow(clippy::print_stdout, reason = "its figures are for reading")]

use std::sync::{
    Barrier,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use serde_json::{Value, json};

use crate::harness::{self, Demo, Server};

const DATE: &str = "2026-06-30";

fn opened(parcel: u64, blocker: &str) -> Value {
    json!({ "parcel": parcel, "kind": "blocker_opened", "blocker": blocker, "date": DATE })
}

/// Parcels on which something can be recorded, with their versions.
fn parcels(server: &Server, most: usize) -> Vec<(u64, u64)> {
    let work = server.get("/api/v1/work?limit=1000", &[]).json();
    let free = |p: &&Value| p["blockers"].as_array().is_some_and(Vec::is_empty);
    let known = work["parcels"].as_array().unwrap().iter().filter(free);
    let found: Vec<_> =
        known.map(|p| (p["id"].as_u64().unwrap(), p["version"].as_u64().unwrap())).take(most).collect();
    assert_eq!(found.len(), most, "the demo has enough parcels");
    found
}

#[test]
fn of_two_who_hold_the_same_version_one_is_taken() {
    const PAIRS: usize = 120;
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let (pairs, others) = {
        let all = parcels(&server, PAIRS + 40);
        (all[..PAIRS].to_vec(), all[PAIRS..].to_vec())
    };
    let stop = AtomicBool::new(false);
    let (taken, conflicts, wrong) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        // Load: others write all the time, so that orders share transactions.
        for writer in 0..8 {
            let (server, others, stop) = (&server, &others, &stop);
            scope.spawn(move || {
                for turn in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let (parcel, _) = others[(turn / 2 * 8 + writer) % others.len()];
                    let kind = if turn % 2 == 0 { "blocker_opened" } else { "blocker_closed" };
                    let event = json!({ "parcel": parcel, "kind": kind, "blocker": "graves", "date": DATE });
                    assert!(server.post("/api/v1/events", &event.to_string()).status < 500);
                }
            });
        }
        let doubles = pairs.iter().filter(|(parcel, version)| {
            let together = Barrier::new(2);
            let send = |blocker: &str| {
                together.wait();
                let headers =
                    [("content-type", "application/json"), ("if-match", &*format!("\"{version}\""))];
                server
                    .send("/api/v1/events", &headers, opened(*parcel, blocker).to_string().as_bytes())
                    .status
            };
            let (one, two) = std::thread::scope(|pair| {
                let other = pair.spawn(|| send("origin"));
                (send("price"), other.join().unwrap())
            });
            for status in [one, two] {
                match status {
                    201 => taken.fetch_add(1, Ordering::Relaxed),
                    412 => conflicts.fetch_add(1, Ordering::Relaxed),
                    _ => wrong.fetch_add(1, Ordering::Relaxed),
                };
            }
            (one, two) == (201, 201)
        });
        let doubles = doubles.count();
        stop.store(true, Ordering::Relaxed);
        println!("pairs {PAIRS}, double {doubles}");
        assert_eq!(doubles, 0);
    });
    let counts = [taken, conflicts, wrong].map(AtomicUsize::into_inner);
    assert_eq!(counts, [PAIRS, PAIRS, 0]);
}

/// A parcel's ring and what is known of it.
fn parcel(server: &Server, id: u64) -> Value {
    server.get(&format!("/ogc/collections/parcels/items/{id}"), &[]).json()
}

#[test]
fn who_must_wait_too_long_for_another_writer_is_asked_to_come_again() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let id = parcels(&server, 1)[0].0;
    let event = opened(id, "price").to_string();
    // Another program holds the file.
    let other = rusqlite::Connection::open(demo.store()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let reply = server.post("/api/v1/events", &event);
    assert_eq!((reply.status, reply.header("retry-after")), (503, "1"));
    assert_eq!(server.get("/api/v1/summary", &[]).status, 200, "reads go on");
    assert_eq!(server.get("/readyz", &[]).json()["writes"], true, "waiting is no fault");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(server.post("/api/v1/events", &event).status, 201);
}

/// A parcel's outer ring.
fn outline(feature: &Value) -> &Value {
    let coordinates = &feature["geometry"]["coordinates"];
    if feature["geometry"]["type"] == "Polygon" { &coordinates[0] } else { &coordinates[0][0] }
}

/// A ring cut in two at the middle of its box; both halves are rough, the areas theirs.
fn halves(ring: &[(f64, f64)]) -> [Vec<(f64, f64)>; 2] {
    use geo::{BooleanOps, BoundingRect, Rect, coord};
    let polygon = geo::Polygon::new(ring.to_vec().into(), Vec::new());
    let bounds = polygon.bounding_rect().unwrap();
    let middle = f64::midpoint(bounds.min().x, bounds.max().x);
    [(bounds.min().x - 1.0, middle), (middle, bounds.max().x + 1.0)].map(|(from, to)| {
        let side =
            Rect::new(coord! { x: from, y: bounds.min().y - 1.0 }, coord! { x: to, y: bounds.max().y + 1.0 });
        let part = polygon.intersection(&side.to_polygon());
        part.0[0].exterior().coords().map(|c| (c.x, c.y)).collect()
    })
}

fn split(server: &Server, id: u64, numbers: [&str; 2], dry_run: bool) -> harness::Reply {
    let feature = parcel(server, id);
    let ring = outline(&feature).as_array().unwrap();
    let ring: Vec<(f64, f64)> =
        ring.iter().map(|c| (c[0].as_f64().unwrap(), c[1].as_f64().unwrap())).collect();
    let parts: Vec<Value> = halves(&ring)
        .iter()
        .zip(numbers)
        .map(|(ring, number)| {
            let ring: Vec<Value> = ring.iter().map(|(x, y)| json!([x, y])).collect();
            json!({ "parcel": number, "geometry": { "type": "Polygon", "coordinates": [ring] } })
        })
        .collect();
    let event = json!({ "parcel": id, "kind": "parcel_split", "date": DATE, "parts": parts });
    let path = if dry_run { "/api/v1/events?dry_run=true" } else { "/api/v1/events" };
    server.post(path, &event.to_string())
}

#[test]
fn a_split_into_a_number_that_is_taken_is_refused_alone() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let all = parcels(&server, 60);
    let id = all[0].0;
    let own = parcel(&server, id);
    // Another parcel of the same project, commune and sheet.
    let beside = |feature: &&Value| {
        let same = |name: &str| feature["properties"][name] == own["properties"][name];
        ["project", "unit", "sheet"].into_iter().all(same) && feature["id"] != own["id"]
    };
    let filter = format!("project='{}'", own["properties"]["project"].as_str().unwrap());
    let list = server.get(&format!("/ogc/collections/parcels/items?limit=2000&filter={filter}"), &[]).json();
    let taken =
        list["features"].as_array().unwrap().iter().find(beside).unwrap()["properties"]["parcel"].clone();
    let taken = taken.as_str().unwrap().to_owned();
    let code = |reply: &harness::Reply| reply.json()["errors"][0]["code"].clone();
    for dry_run in [true, false] {
        let reply = split(&server, id, [&taken, "moi-2"], dry_run);
        assert_eq!((reply.status, code(&reply)), (422, json!("number_taken")), "dry run {dry_run}");
        let twice = split(&server, id, ["moi-1", "moi-1"], dry_run);
        assert_eq!((twice.status, code(&twice)), (422, json!("number_taken")), "dry run {dry_run}");
    }
    // Many at once: the one that is refused leaves the others as they are.
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let send = |(n, (parcel, _)): (usize, &(u64, u64))| {
            let (server, taken, parcel) = (&server, &taken, *parcel);
            scope.spawn(move || match n % 4 {
                0 => split(server, id, [taken, "moi-2"], false).status,
                _ => server.post("/api/v1/events", &opened(parcel, "price").to_string()).status,
            })
        };
        let work: Vec<_> = all.iter().enumerate().map(send).collect();
        work.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let count = |status: u16| statuses.iter().filter(|other| **other == status).count();
    assert_eq!((count(422), count(201)), (15, 45), "{statuses:?}");
    // The dry run says what recording does.
    assert_eq!(split(&server, all[1].0, ["moi-3", "moi-4"], true).status, 200);
    assert_eq!(split(&server, all[1].0, ["moi-3", "moi-4"], false).status, 201);
    assert_eq!(split(&server, all[2].0, ["moi-3", "moi-5"], true).status, 422);
}

#[test]
fn shapes_that_are_none_are_refused_and_writing_goes_on() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let id = parcels(&server, 1)[0].0;
    let whole = json!([outline(&parcel(&server, id))]);
    let many: Vec<Value> = (0..30_000).map(|n| json!([105.9 + f64::from(n) * 1e-7, 20.5])).collect();
    let shapes = [
        json!([[[1]]]),
        json!([[1, 2], [3, 4]]),
        json!([]),
        json!([[]]),
        json!([[[]]]),
        json!(null),
        json!("x"),
        json!([[[1e308, 0], [0, 1e308], [1, 1], [1e308, 0]]]),
        json!([[[105.9, 20.5], [105.9, 20.5], [105.9, 20.5], [105.9, 20.5]]]),
        json!([many]),
    ];
    for shape in shapes {
        for path in ["/api/v1/events?dry_run=true", "/api/v1/events"] {
            let part = |number: &str| json!({ "parcel": number, "geometry": { "type": "Polygon", "coordinates": shape } });
            let event = json!({ "parcel": id, "kind": "parcel_split", "date": DATE, "parts": [part("a"), part("b")] });
            let reply = server.post(path, &event.to_string());
            assert_eq!((reply.status, &reply.json()["errors"][0]["field"]), (422, &json!("parts")));
        }
    }
    // Two parts that are each the whole parcel lie on each other.
    let part = |number: &str, area: f64| json!({ "parcel": number, "recovered_area": area, "geometry": { "type": "Polygon", "coordinates": whole } });
    let event = json!({ "parcel": id, "kind": "parcel_split", "date": DATE, "parts": [part("a", 1.0), part("b", 1.0)] });
    assert_eq!(server.post("/api/v1/events", &event.to_string()).status, 422);
    assert_eq!(server.get("/readyz", &[]).json()["writes"], true);
    assert_eq!(server.post("/api/v1/events", &opened(id, "price").to_string()).status, 201);
}
