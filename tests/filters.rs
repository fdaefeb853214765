//! Filters made to hurt, by every door: told their limit, and the server goes on; long honest ones work.

use serde_json::{Value, json};

use crate::harness::{Demo, Server, matbang};

fn coded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// What a few kilobytes of signs can ask a parser to do.
fn hostile() -> Vec<(&'static str, String)> {
    let mut nested = json!({ "property": "area" });
    for _ in 0..60 {
        nested = json!({ "op": "+", "args": [nested, 1] });
    }
    vec![
        ("minus", format!("area > {}5", "- ".repeat(1843))),
        ("signs", format!("area > {}1", "-".repeat(4000))),
        ("not", format!("{}late", "NOT ".repeat(2000))),
        ("plus", format!("area > 1{}", "+1".repeat(4000))),
        ("times", format!("area > 1{}", "*1".repeat(4000))),
        ("power", format!("1{} = 1", "^1".repeat(4000))),
        ("equals", format!("1{}", "=1".repeat(4000))),
        ("unequal", format!("1{}", "<>1".repeat(4000))),
        ("like", format!("sheet{}", " LIKE 'a'".repeat(2000))),
        ("in", format!("sheet{}", " IN ('a','b')".repeat(2000))),
        ("names of words", format!("1{}", "+and+1".repeat(3000))),
        ("between", format!("1 BETWEEN 1 AND 1{}", "=1 BETWEEN 1 AND 1".repeat(1500))),
        ("brackets", format!("{}late{}", "(".repeat(300), ")".repeat(300))),
        ("calls", format!("{}sheet{} = 'a'", "CASEI(".repeat(300), ")".repeat(300))),
        ("or", vec!["late"; 13_000].join(" OR ")),
        ("json", json!({ "op": ">", "args": [nested, 1] }).to_string()),
        (
            "json quotes",
            format!("{{\"op\":\"=\",\"args\":[\"it's\",{}1{}]}}", "[".repeat(4000), "]".repeat(4000)),
        ),
        ("long", "x".repeat(200_000)),
    ]
}

/// Every route that takes a filter.
const DOORS: [&str; 6] = [
    "/ogc/collections/parcels/items?limit=1",
    "/ogc/collections/projects/items?limit=1",
    "/ogc/collections/fronts/items?limit=1",
    "/api/v1/table?limit=1",
    "/ogc/collections/parcels/items?f=csv",
    "/ogc/collections/units/items?limit=1",
];

#[test]
fn a_filter_made_to_hurt_is_told_its_limit_at_every_door() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    for (name, filter) in hostile() {
        // What does not fit an address is for the command line below.
        if filter.len() > 20_000 {
            continue;
        }
        let language = if filter.starts_with('{') { "cql2-json" } else { "cql2-text" };
        for door in DOORS {
            let query = coded(&[("filter", &filter), ("filter-lang", language)]);
            let reply = server.get(&format!("{door}&{query}"), &[]);
            assert!((400..500).contains(&reply.status), "{name} at {door}: {}", reply.status);
        }
        let reply = server
            .get(&format!("{}&{}", DOORS[0], coded(&[("filter", &filter), ("filter-lang", language)])), &[]);
        let detail = reply.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("operators") || detail.contains("brackets"), "{name}: {detail}");
    }
    assert_eq!(server.get("/readyz", &[]).status, 200);
}

#[test]
fn the_command_line_is_told_too() {
    let demo = Demo::new();
    for (name, filter) in hostile() {
        // An argument has at most 128 kB on this system.
        let filter: String = filter.chars().take(120_000).collect();
        let run = matbang(&demo.store(), &["export", "parcels", "--filter", &filter, "--format", "csv"]);
        assert_eq!(run.status.code(), Some(1), "{name}: {}", String::from_utf8_lossy(&run.stderr));
    }
}

#[test]
fn long_honest_lists_work_whichever_way_they_are_written() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let numbers: Vec<String> = (0..5000).map(|n| n.to_string()).collect();
    let quoted: Vec<String> = numbers.iter().map(|n| format!("'{n}'")).collect();
    let matched = |pairs: &[(&str, &str)]| {
        let reply = server.get(&format!("/ogc/collections/parcels/items?limit=1&{}", coded(pairs)), &[]);
        assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
        reply.json()["numberMatched"].as_u64().unwrap()
    };
    let list = matched(&[("filter", &format!("parcel IN ({})", quoted.join(",")))]);
    assert!(list > 100, "{list}");
    let count = |text: &str| {
        let run = matbang(&demo.store(), &["export", "parcels", "--filter", text, "--format", "geojsonseq"]);
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8_lossy(&run.stdout).lines().count() as u64
    };
    let chain = quoted.iter().map(|n| format!("parcel={n}")).collect::<Vec<_>>().join(" OR ");
    assert_eq!(count(&chain), list);
    // A chain of other conditions, and a list beside it.
    let mixed =
        format!("late OR {}", quoted.iter().map(|n| format!("parcel={n}")).collect::<Vec<_>>().join(" OR "));
    let late = count("late");
    let both = count(&format!("late AND parcel IN ({})", quoted.join(",")));
    assert_eq!(count(&mixed), list + late - both);
    let args: Vec<Value> = quoted
        .iter()
        .take(2000)
        .map(|n| json!({ "op": "=", "args": [{ "property": "parcel" }, n.trim_matches('\'')] }))
        .collect();
    let tree = json!({ "op": "or", "args": args }).to_string();
    assert_eq!(count(&tree), count(&format!("parcel IN ({})", quoted[..2000].join(","))));
    // NULL in a list: what is not found may be it.
    assert_eq!(count("parcel IN ('1', NULL)"), count("parcel = '1'"));
    assert_eq!(count("NOT (parcel IN ('1', NULL))"), 0);
}

/// An outline or line of so many edges, each across all others.
fn tangle(kind: &str, edges: usize) -> String {
    let corner = |n: usize| {
        let part = |step: f64| (n as f64 * step).fract();
        format!("{:.4} {:.4}", 105.7 + 0.6 * part(0.4943), 20.3 + 0.4 * part(0.5037))
    };
    let corners: Vec<String> = (0..edges).map(corner).collect();
    match kind {
        "LINESTRING" => format!("LINESTRING({})", corners.join(",")),
        _ => format!("POLYGON(({},{}))", corners.join(","), corners[0]),
    }
}

#[test]
fn a_tangle_of_edges_is_told_and_given_up_and_an_honest_shape_is_answered() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let count = |filter: &str| {
        let query = coded(&[("filter", filter)]);
        server.get(&format!("/ogc/collections/parcels/items?limit=1&{query}"), &[])
    };
    let matched = |filter: &str| count(filter).json()["numberMatched"].as_u64().unwrap();
    for kind in ["POLYGON", "LINESTRING"] {
        // Longer than an address may be: on a million parcels shorter ones are as bad.
        let filter = format!("S_TOUCHES(geometry, {})", tangle(kind, 6000));
        let run = matbang(&demo.store(), &["export", "parcels", "--format", "csv", "--filter", &filter]);
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(run.status.code() == Some(1) && said.contains("make it simpler"), "{kind}: {said}");
        let tangle = tangle(kind, 300);
        let (meet, apart) =
            (format!("S_INTERSECTS(geometry, {tangle})"), format!("S_DISJOINT(geometry, {tangle})"));
        assert_eq!(matched(&meet) + matched(&apart), matched("area > 0"), "{kind}");
    }
    let outline = |corners: usize| {
        let corner = |n: usize| {
            let turn = std::f64::consts::TAU * n as f64 / corners as f64;
            let wide = 0.2 + 0.01 * (n * 7919 % 13) as f64 / 13.0;
            json!([106.0 + wide * turn.cos(), 20.5 + wide * turn.sin()])
        };
        let mut ring: Vec<Value> = (0..corners).map(corner).collect();
        ring.push(ring[0].clone());
        json!({ "type": "Polygon", "coordinates": [ring] })
    };
    let totals = |area: &Value| server.post("/api/v1/totals", &area.to_string());
    let all = totals(&outline(4000)).json();
    assert!(all["total"]["measures"]["parcels"]["total"].as_u64().unwrap() > 0);
    assert_eq!(server.get("/readyz", &[]).status, 200);
}
