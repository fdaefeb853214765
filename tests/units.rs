//! One notion of the unit on a day: the same question has the same answer by every door, before
//! and after the reform of 1 July 2025, and a unit means that unit with what lies below it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::harness::{Demo, Server, succeed};

const DAYS: [&str; 4] = ["2025-03-31", "2025-06-30", "2025-07-01", "2026-06-30"];

/// Parcels of a unit, as each door counts them.
fn doors(demo: &Demo, server: &Server, unit: &str, day: &str, commune: bool) -> BTreeMap<&'static str, u64> {
    let get = |path: &str| {
        let reply = server.get(path, &[]);
        assert_eq!(reply.status, 200, "{path}: {}", String::from_utf8_lossy(&reply.body));
        reply.json()
    };
    let mut found = BTreeMap::new();
    let summary = get(&format!("/api/v1/summary?unit={unit}&as_of={day}"));
    found.insert("summary", summary["total"]["measures"]["parcels"]["total"].as_u64().unwrap());
    let progress = get(&format!("/api/v1/progress?unit={unit}&as_of={day}"));
    found.insert("progress", progress["total"]["measures"]["parcels"]["total"].as_u64().unwrap());
    found.insert(
        "table",
        get(&format!("/api/v1/table?unit={unit}&as_of={day}&limit=1"))["total"].as_u64().unwrap(),
    );
    let items = get(&format!("/ogc/collections/parcels/items?unit={unit}&as_of={day}&limit=1"));
    found.insert("items", items["numberMatched"].as_u64().unwrap());
    let units = get(&format!(
        "/ogc/collections/units/items?code={unit}&as_of={day}&limit=10&properties=parcels,valid_to,valid_from"
    ));
    let stands = |feature: &&Value| {
        let day_of = |name: &str| feature["properties"][name].as_str().map(str::to_owned);
        day_of("valid_from").is_none_or(|from| *from <= *day)
            && day_of("valid_to").is_none_or(|to| *to >= *day)
    };
    let standing = units["features"].as_array().unwrap().iter().find(stands).unwrap();
    found.insert("units", standing["properties"]["parcels"].as_u64().unwrap());
    if commune {
        let row = |answer: &Value| {
            let rows = answer.as_array().unwrap();
            rows.iter().find(|row| row["code"] == unit).cloned().unwrap_or_default()
        };
        let by_unit = get(&format!("/api/v1/progress?by=unit&as_of={day}"));
        found.insert(
            "progress by unit",
            row(&by_unit["rows"])["measures"]["parcels"]["total"].as_u64().unwrap(),
        );
        let all = get(&format!("/api/v1/summary?as_of={day}"));
        found.insert("summary by unit", row(&all["units"])["parcels"].as_u64().unwrap());
        let filter = format!("unit='{unit}'");
        let text = succeed(
            &demo.store(),
            &["export", "parcels", "--filter", &filter, "--as-of", day, "--format", "geojsonseq"],
        );
        found.insert("export", text.lines().count() as u64);
        let rows = get(&format!("/api/v1/table?filter={filter}&as_of={day}&limit=1"));
        found.insert("table by filter", rows["total"].as_u64().unwrap());
        let shown = get(&format!("/api/v1/table?unit={unit}&as_of={day}&limit=50"));
        assert!(
            shown["rows"].as_array().unwrap().iter().all(|row| row["unit"] == unit),
            "{unit} on {day}: {shown}"
        );
    }
    found
}

#[test]
fn every_door_gives_the_same_answer_before_and_after_the_reform() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let units = server
        .get("/ogc/collections/units/items?limit=500&properties=code,level,valid_from,valid_to", &[])
        .json();
    let mut asked = 0;
    for day in DAYS {
        let summary = server.get(&format!("/api/v1/summary?as_of={day}"), &[]).json();
        let whole = summary["total"]["measures"]["parcels"]["total"].as_u64().unwrap();
        let rows = summary["units"].as_array().unwrap();
        assert_eq!(rows.iter().map(|row| row["parcels"].as_u64().unwrap()).sum::<u64>(), whole, "{day}");
        let mut by_level: BTreeMap<String, u64> = BTreeMap::new();
        for feature in units["features"].as_array().unwrap() {
            let properties = &feature["properties"];
            let text = |name: &str| properties[name].as_str();
            if text("valid_from").is_some_and(|from| from > day)
                || text("valid_to").is_some_and(|to| to < day)
            {
                continue;
            }
            let (code, level) = (text("code").unwrap(), text("level").unwrap());
            let commune = level == "commune";
            // Communes of which the summary tells nothing have nothing.
            if commune && !rows.iter().any(|row| row["code"] == code) {
                continue;
            }
            let found = doors(&demo, &server, code, day, commune);
            let counts: Vec<u64> = found.values().copied().collect();
            assert!(counts.iter().all(|count| *count == counts[0]), "{level} {code} on {day}: {found:?}");
            *by_level.entry(level.to_owned()).or_default() += counts[0];
            asked += 1;
        }
        // Each level has all of it: a district is its communes, the province its districts.
        for (level, sum) in by_level {
            assert_eq!(sum, whole, "{level} on {day}");
        }
    }
    assert!(asked > 60, "{asked}");
}

#[test]
fn several_units_are_their_land_together_and_none_of_it_twice() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let summary = server.get("/api/v1/summary", &[]).json();
    let rows = summary["units"].as_array().unwrap();
    let (a, b) = (&rows[0], &rows[1]);
    let sum = a["parcels"].as_u64().unwrap() + b["parcels"].as_u64().unwrap();
    let codes = format!("{},{}", a["code"].as_str().unwrap(), b["code"].as_str().unwrap());
    for units in [codes.clone(), format!("{codes},{}", a["code"].as_str().unwrap())] {
        for (path, count) in [
            ("/api/v1/summary", "/total/measures/parcels/total"),
            ("/api/v1/progress", "/total/measures/parcels/total"),
            ("/api/v1/table", "/total"),
            ("/ogc/collections/parcels/items", "/numberMatched"),
        ] {
            let answer = server.get(&format!("{path}?unit={units}"), &[]).json();
            assert_eq!(answer.pointer(count).unwrap().as_u64(), Some(sum), "{path}?unit={units}: {answer}");
        }
    }
    assert_eq!(server.get(&format!("/api/v1/summary?unit={codes},X9"), &[]).status, 400);
}

#[test]
fn a_unit_that_is_no_more_still_means_its_land() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let total = |unit: &str, day: &str| {
        let answer = server.get(&format!("/api/v1/summary?unit={unit}&as_of={day}"), &[]).json();
        answer["total"]["measures"]["parcels"]["total"].as_u64()
    };
    let before = server.get("/api/v1/summary?as_of=2025-06-30", &[]).json();
    let code = |summary: &Value, with: &dyn Fn(&str) -> bool| {
        let rows =
            summary["units"].as_array().unwrap().iter().filter(|row| row["parcels"].as_u64() > Some(5));
        rows.map(|row| row["code"].as_str().unwrap().to_owned()).find(|code| with(code)).unwrap()
    };
    // Codes come back with new meanings: how many communes have had this one.
    let units = server.get("/ogc/collections/units/items?limit=500&properties=code,level", &[]).json();
    let once = |code: &str| {
        let all = units["features"].as_array().unwrap().iter().map(|unit| &unit["properties"]);
        all.filter(|unit| unit["level"] == "commune" && unit["code"] == code).count() == 1
    };
    // A commune of before the reform whose code was not given again.
    let old = code(&before, &once);
    let land = total(&old, "2025-06-30");
    assert!(land > Some(5), "{old}");
    assert_eq!((total(&old, "2025-07-01"), total(&old, "2026-06-30")), (land, land), "{old}");
}
