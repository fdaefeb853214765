//! CQL2: the standard's own examples (OGC 21-065r2, annexes B and C) turned to our columns. Which
//! features are right is worked out here from the features' JSON and by GEOS, not by the program.
#![allow(clippy::float_cmp, reason = "decimals of one digit are read, not reckoned with")]

mod places;

use std::collections::BTreeSet;

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::harness::{self, Demo, Server, UNTIL, succeed};

/// A query string that is safe in an address.
fn coded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

struct WorldPoint {
    demo: Demo,
    server: Server,
}

impl WorldPoint {
    fn new() -> Self {
        let demo = Demo::new();
        let server = Server::start(&demo.store());
        Self { demo, server }
    }

    /// All features of a collection with all columns, on the day until which the demo's ledger runs.
    fn all(&self, collection: &str) -> Vec<Value> {
        let path = format!("/ogc/collections/{collection}/queryables");
        let columns = self.server.get(&path, &[]).json();
        let names: Vec<_> = columns["properties"]
            .as_object()
            .unwrap()
            .keys()
            .filter(|name| *name != "geometry")
            .cloned()
            .collect();
        let query = coded(&[("limit", "10000"), ("as_of", UNTIL), ("properties", &names.join(","))]);
        let page = self.server.get(&format!("/ogc/collections/{collection}/items?{query}"), &[]).json();
        page["features"].as_array().unwrap().clone()
    }

    fn found(&self, collection: &str, pairs: &[(&str, &str)]) -> BTreeSet<u64> {
        let pairs: Vec<_> = pairs.iter().copied().chain([("limit", "10000"), ("as_of", UNTIL)]).collect();
        let reply = self.server.get(&format!("/ogc/collections/{collection}/items?{}", coded(&pairs)), &[]);
        assert_eq!(reply.status, 200, "{pairs:?}: {}", String::from_utf8_lossy(&reply.body));
        let page = reply.json();
        let ids: BTreeSet<u64> =
            page["features"].as_array().unwrap().iter().map(|f| f["id"].as_u64().unwrap()).collect();
        assert_eq!(page["numberMatched"], ids.len());
        ids
    }
}

fn ids(features: &[Value], wanted: impl Fn(&Value) -> bool) -> BTreeSet<u64> {
    features.iter().filter(|f| wanted(&f["properties"])).map(|f| f["id"].as_u64().unwrap()).collect()
}

fn text<'a>(p: &'a Value, name: &str) -> &'a str {
    p[name].as_str().unwrap_or_default()
}

fn number(p: &Value, name: &str) -> f64 {
    p[name].as_f64().unwrap_or(f64::NAN)
}

/// A date's text orders as the date does; what is missing is never in a relation.
fn dates(p: &Value, names: [&str; 2], holds: impl Fn(&str, &str) -> bool) -> bool {
    names.iter().all(|name| p[*name].is_string()) && holds(text(p, names[0]), text(p, names[1]))
}

type Expected = Box<dyn Fn(&Value) -> bool>;

/// Filters on parcels, and what they mean.
fn parcels() -> Vec<(&'static str, Expected)> {
    fn e(filter: &'static str, expected: impl Fn(&Value) -> bool + 'static) -> (&'static str, Expected) {
        (filter, Box::new(expected))
    }
    vec![
        e("stage = 'paid'", |p| text(p, "stage") == "paid"),
        e("area > 300.0", |p| number(p, "area") > 300.0),
        e("area = total_area", |p| number(p, "area") == number(p, "total_area")),
        e("area < (total_area - 100)", |p| number(p, "area") < number(p, "total_area") - 100.0),
        e("area * 2 <= total_area + 10", |p| number(p, "area") * 2.0 <= number(p, "total_area") + 10.0),
        e("area / total_area > 0.5 AND area % 2 < 1", |p| {
            number(p, "area") / number(p, "total_area") > 0.5 && number(p, "area") % 2.0 < 1.0
        }),
        e("total_area ^ 2 > 40000 AND area div 100 = 2", |p| {
            number(p, "total_area").powi(2) > 40_000.0 && (number(p, "area") / 100.0).trunc() == 2.0
        }),
        e("cleared = true", |p| p["cleared"] == true),
        e("cleared", |p| p["cleared"] == true),
        e("NOT cleared AND blocked", |p| p["cleared"] == false && p["blocked"] == true),
        e("late AND (use = 'LUC' OR use = 'ONT')", |p| {
            p["late"] == true && ["LUC", "ONT"].contains(&text(p, "use"))
        }),
        e("NOT (area < 500 AND cleared = true)", |p| !(number(p, "area") < 500.0 && p["cleared"] == true)),
        e("sheet <> '1'", |p| text(p, "sheet") != "1"),
        e("declared_area IS NULL", |p| p["declared_area"].is_null()),
        e("declared_area IS NOT NULL", |p| !p["declared_area"].is_null()),
        e("declared_area > area", |p| number(p, "declared_area") > number(p, "area")),
        // Neither this nor its opposite holds for what is missing.
        e("NOT (declared_area > area)", |p| number(p, "declared_area") <= number(p, "area")),
        e("area BETWEEN 100.0 AND 150.0", |p| (100.0..=150.0).contains(&number(p, "area"))),
        e("area NOT BETWEEN 100 AND 150", |p| !(100.0..=150.0).contains(&number(p, "area"))),
        e("stage IN ('paid','recovery_decided','handed_over')", |p| {
            ["paid", "recovery_decided", "handed_over"].contains(&text(p, "stage"))
        }),
        e("stage NOT IN ('paid','notice')", |p| !["paid", "notice"].contains(&text(p, "stage"))),
        e("project_name LIKE 'Đường%'", |p| text(p, "project_name").starts_with("Đường")),
        e("project_name NOT LIKE '%đô thị%'", |p| !text(p, "project_name").contains("đô thị")),
        e("CASEI(project_name) LIKE CASEI('%KHU%')", |p| {
            text(p, "project_name").to_lowercase().contains("khu")
        }),
        e("CASEI(stage) IN (CASEI('PAID'), CASEI('Notice'))", |p| {
            ["paid", "notice"].contains(&text(p, "stage"))
        }),
        e("ACCENTI(CASEI(unit_name)) LIKE '%phu ly%'", |p| {
            text(p, "unit_name").to_lowercase().contains("phủ lý")
        }),
        e("ACCENTI(body) IS NULL", |p| p["body"].is_null()),
        e("key AND kind = 'road'", |p| p["key"] == true && text(p, "kind") == "road"),
        e("handed_over_on >= DATE('2025-09-01')", |p| text(p, "handed_over_on") >= "2025-09-01"),
        e("handed_over_on < DATE('2025-09-01')", |p| {
            p["handed_over_on"].is_string() && text(p, "handed_over_on") < "2025-09-01"
        }),
        e("paid_on > plan_approved_on", |p| dates(p, ["paid_on", "plan_approved_on"], |a, b| a > b)),
        e("T_AFTER(handed_over_on, DATE('2026-01-31'))", |p| text(p, "handed_over_on") > "2026-01-31"),
        e("T_BEFORE(handed_over_on, TIMESTAMP('2026-01-31T12:00:00Z'))", |p| {
            p["handed_over_on"].is_string() && text(p, "handed_over_on") <= "2026-01-31"
        }),
        e("T_EQUALS(notice_on, meeting_on)", |p| dates(p, ["notice_on", "meeting_on"], |a, b| a == b)),
        e("T_DISJOINT(notice_on, INTERVAL('2025-01-01','2025-06-30'))", |p| {
            p["notice_on"].is_string() && !("2025-01-01"..="2025-06-30").contains(&text(p, "notice_on"))
        }),
        e("T_INTERSECTS(notice_on, INTERVAL('2025-01-01','..'))", |p| text(p, "notice_on") >= "2025-01-01"),
        e("T_INTERSECTS(INTERVAL(notice_on, handed_over_on), INTERVAL('2025-06-01','2025-06-30'))", |p| {
            dates(p, ["notice_on", "handed_over_on"], |from, to| from <= "2025-06-30" && to >= "2025-06-01")
        }),
        e("T_DURING(INTERVAL(notice_on, handed_over_on), INTERVAL('2024-12-31','2025-12-31'))", |p| {
            dates(p, ["notice_on", "handed_over_on"], |from, to| from > "2024-12-31" && to < "2025-12-31")
        }),
        e("T_CONTAINS(INTERVAL(notice_on, handed_over_on), INTERVAL('2025-06-01','2025-06-10'))", |p| {
            dates(p, ["notice_on", "handed_over_on"], |from, to| from < "2025-06-01" && to > "2025-06-10")
        }),
        e("T_OVERLAPS(INTERVAL(notice_on, handed_over_on), INTERVAL('2025-06-01','2026-06-01'))", |p| {
            dates(p, ["notice_on", "handed_over_on"], |from, to| {
                from < "2025-06-01" && to > "2025-06-01" && to < "2026-06-01"
            })
        }),
        e("T_OVERLAPPEDBY(INTERVAL(notice_on, handed_over_on), INTERVAL('2024-01-01','2025-06-01'))", |p| {
            dates(p, ["notice_on", "handed_over_on"], |from, to| {
                from > "2024-01-01" && from < "2025-06-01" && to > "2025-06-01"
            })
        }),
        e("T_MEETS(INTERVAL(listed_on, notice_on), INTERVAL(notice_on, handed_over_on))", |p| {
            p["listed_on"].is_string() && dates(p, ["notice_on", "handed_over_on"], |_, _| true)
        }),
        e("T_STARTS(INTERVAL(notice_on, inventory_on), INTERVAL(notice_on, handed_over_on))", |p| {
            p["notice_on"].is_string() && dates(p, ["inventory_on", "handed_over_on"], |a, b| a < b)
        }),
        e("T_FINISHES(INTERVAL(notice_on, handed_over_on), INTERVAL(listed_on, handed_over_on))", |p| {
            p["handed_over_on"].is_string() && dates(p, ["notice_on", "listed_on"], |a, b| a > b)
        }),
    ]
}

#[test]
fn the_standards_examples_find_what_they_mean() {
    let world = WorldPoint::new();
    let all = world.all("parcels");
    assert_eq!(all.len(), 2000);
    let mut kinds = (0, 0);
    for (filter, expected) in parcels() {
        let wanted = ids(&all, expected);
        let found = world.found("parcels", &[("filter", filter), ("filter-lang", "cql2-text")]);
        assert_eq!(found, wanted, "{filter}");
        kinds.0 += usize::from(!found.is_empty());
        kinds.1 += usize::from(found.len() < all.len());
        // The same in CQL2 JSON, as another reader of the standard wrote it.
        let mut pairs = include_str!("query/cql2.tsv").lines().filter_map(|line| line.split_once('\t'));
        let (_, json) = pairs.find(|(text, _)| *text == filter).expect(filter);
        let same = world.found("parcels", &[("filter", json), ("filter-lang", "cql2-json")]);
        assert_eq!(same, wanted, "{json}");
    }
    // Filters that find nothing or everything tell little.
    let count = parcels().len();
    assert!(kinds.0 + 4 >= count && kinds.1 + 3 >= count, "{kinds:?} of {count}");
}

#[test]
fn the_command_line_finds_the_same_as_the_server() {
    let world = WorldPoint::new();
    for (filter, _) in parcels().into_iter().step_by(5) {
        let found = world.found("parcels", &[("filter", filter)]);
        let out = succeed(
            &world.demo.store(),
            &["export", "parcels", "--format", "geojsonseq", "--as-of", UNTIL, "--filter", filter],
        );
        let exported: BTreeSet<u64> = out
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_u64().unwrap())
            .collect();
        assert_eq!(exported, found, "{filter}");
    }
}

#[test]
fn days_are_found_by_datetime() {
    let world = WorldPoint::new();
    let parcels = world.all("parcels");
    let day = |from: &'static str, to: &'static str| {
        move |p: &Value| p["handed_over_on"].is_string() && (from..=to).contains(&text(p, "handed_over_on"))
    };
    let found = |datetime: &str| world.found("parcels", &[("datetime", datetime)]);
    assert_eq!(found("2025-08-01/2025-12-31"), ids(&parcels, day("2025-08-01", "2025-12-31")));
    assert_eq!(found("../2025-08-01T00:00:00Z"), ids(&parcels, day("0000", "2025-08-01")));
    assert_eq!(found("2025-08-01/.."), ids(&parcels, day("2025-08-01", "9999")));
    let some = parcels.iter().find_map(|f| f["properties"]["handed_over_on"].as_str()).unwrap();
    assert!(!found(some).is_empty());
    let units = world.all("units");
    let valid = |p: &Value| text(p, "valid_to").is_empty() || text(p, "valid_to") >= "2025-07-01";
    let wanted = ids(&units, valid);
    assert_eq!(world.found("units", &[("datetime", "2025-07-01/..")]), wanted);
    assert!(wanted.len() < units.len());
}

#[test]
fn queryables_are_parameters_and_properties_are_chosen() {
    let world = WorldPoint::new();
    let all = world.all("parcels");
    let wanted = ids(&all, |p| text(p, "stage") == "paid" && p["blocked"] == true);
    assert_eq!(world.found("parcels", &[("stage", "paid"), ("blocked", "true")]), wanted);
    assert_eq!(world.found("parcels", &[("kind", "road")]), ids(&all, |p| text(p, "kind") == "road"));
    let query = coded(&[("properties", "area,stage"), ("limit", "1")]);
    let page = world.server.get(&format!("/ogc/collections/parcels/items?{query}"), &[]).json();
    let names: Vec<_> = page["features"][0]["properties"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["area", "stage"]);
}

#[test]
fn figures_take_the_same_filters() {
    let world = WorldPoint::new();
    let total = |query: &str| {
        let answer = world.server.get(&format!("/api/v1/summary?as_of={UNTIL}&{query}"), &[]);
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        answer.json()["total"].clone()
    };
    assert_eq!(total(&coded(&[("filter", "stage = 'paid'")])), total("stage=paid"));
    assert_eq!(total(&coded(&[("filter", "key = 1 AND blocked = true")])), total("key=true&blocked=true"));
    let some = coded(&[("filter", "ACCENTI(unit_name) LIKE '%Phu Ly%' AND area > 200")]);
    let found = world.found("parcels", &[("filter", "ACCENTI(unit_name) LIKE '%Phu Ly%' AND area > 200")]);
    assert_eq!(total(&some)["measures"]["parcels"]["total"], found.len());
    let progress = world.server.get(&format!("/api/v1/progress?as_of={UNTIL}&{some}"), &[]).json();
    assert_eq!(progress["total"]["measures"]["parcels"]["total"], found.len(), "{progress}");
    let wrong = world.server.get(&format!("/api/v1/summary?{}", coded(&[("filter", "size > 1")])), &[]);
    assert!(wrong.status == 400 && wrong.json()["detail"].as_str().unwrap().contains("declared_area"));
}

/// A condition in three ways: its parameter, CQL2, and what it asks of a feature.
struct Condition {
    parameter: (&'static str, String),
    cql: String,
    holds: Box<dyn Fn(&Value) -> bool>,
}

/// A column's values that occur, some of which are asked for.
fn among(name: &'static str, all: &[Value], rng: &mut ChaCha8Rng) -> Condition {
    let known: BTreeSet<&str> = all.iter().map(|feature| text(&feature["properties"], name)).collect();
    let known: Vec<&str> = known.into_iter().filter(|value| !value.is_empty()).collect();
    let most = if matches!(name, "kind" | "body") { 1 } else { 3 };
    let count = rng.random_range(1..=most);
    let values: Vec<String> =
        (0..count).map(|_| known[rng.random_range(0..known.len())].to_owned()).collect();
    let quoted: Vec<String> = values.iter().map(|value| format!("'{}'", value.replace('\'', "''"))).collect();
    let cql = match rng.random_range(0..3) {
        0 => format!("{name} IN ({})", quoted.join(", ")),
        1 => quoted.iter().map(|value| format!("{name} = {value}")).collect::<Vec<_>>().join(" OR "),
        _ => format!("NOT ({name} NOT IN ({}))", quoted.join(", ")),
    };
    let parameter = (name, values.join(","));
    Condition { parameter, cql, holds: Box::new(move |p| values.iter().any(|value| text(p, name) == value)) }
}

fn flag(name: &'static str, rng: &mut ChaCha8Rng) -> Condition {
    let cql =
        [name.to_owned(), format!("{name} = TRUE"), format!("{name} = 1"), format!("NOT ({name} = false)")];
    let cql = cql[rng.random_range(0..cql.len())].clone();
    Condition { parameter: (name, "true".to_owned()), cql, holds: Box::new(move |p| p[name] == true) }
}

#[test]
fn a_condition_is_the_same_as_a_parameter_in_cql2_and_half_and_half() {
    let world = WorldPoint::new();
    let all = world.all("parcels");
    let mut rng = ChaCha8Rng::seed_from_u64(17);
    let mut some = 0;
    for _ in 0..60 {
        let mut set: Vec<Condition> = Vec::new();
        for name in ["project", "unit", "kind", "body", "stage", "use"] {
            if rng.random_bool(0.3) {
                set.push(among(name, &all, &mut rng));
            }
        }
        for name in ["key", "blocked", "overdue", "late"] {
            if rng.random_bool(0.15) {
                set.push(flag(name, &mut rng));
            }
        }
        let area = rng.random_range(50..600);
        let beyond = rng.random_bool(0.3).then(|| format!("area > {area}"));
        let right = ids(&all, |p| {
            set.iter().all(|one| (one.holds)(p)) && (beyond.is_none() || number(p, "area") > f64::from(area))
        });
        some += usize::from(!right.is_empty());
        let total = |written: &dyn Fn(usize) -> bool| {
            let (parameters, cql): (Vec<_>, Vec<_>) =
                set.iter().enumerate().partition(|(place, _)| written(*place));
            let mut pairs: Vec<(&str, &str)> =
                parameters.iter().map(|(_, one)| (one.parameter.0, one.parameter.1.as_str())).collect();
            let cql: Vec<String> =
                cql.iter().map(|(_, one)| format!("({})", one.cql)).chain(beyond.clone()).collect();
            let cql = cql.join(" AND ");
            if !cql.is_empty() {
                pairs.push(("filter", &cql));
            }
            let query = coded(&pairs);
            let answer = world.server.get(&format!("/api/v1/summary?as_of={UNTIL}&{query}"), &[]).json();
            let table = world.server.get(&format!("/api/v1/table?limit=0&as_of={UNTIL}&{query}"), &[]).json();
            assert_eq!(answer["total"]["measures"]["parcels"]["total"], right.len(), "{query}: {answer}");
            assert_eq!(table["total"], right.len(), "{query}");
            assert_eq!(world.found("parcels", &pairs), right, "{query}");
            answer["total"].clone()
        };
        let by_parameters = total(&|_| true);
        assert_eq!(total(&|_| false), by_parameters);
        assert_eq!(total(&|place| place % 2 == 0), by_parameters);
    }
    assert!(some > 20, "only {some} of 60 choices find anything");
}

#[test]
fn the_command_line_says_what_is_wrong_with_a_filter() {
    let demo = Demo::new();
    let run = harness::matbang(&demo.store(), &["export", "parcels", "--filter", "stag = 'paid'"]);
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.code() == Some(1) && run.stdout.is_empty() && said.contains("\"stag\""), "{said}");
}

#[test]
fn sorted_pages_hold_every_feature_once_also_when_data_change_between_them() {
    let world = WorldPoint::new();
    let catalog = world.server.get("/api/v1/catalog", &[]).json();
    let code = |standing: &Value| standing["code"].as_str().unwrap().to_owned();
    let order: Vec<String> = catalog["standings"].as_array().unwrap().iter().map(code).collect();
    // By a column that the events below change, in the order in which stages follow each other.
    let query = coded(&[("sortby", "stage,-area"), ("limit", "170"), ("properties", "stage,area")]);
    let mut path = format!("/ogc/collections/parcels/items?{query}");
    let (mut seen, mut keys, mut pages) = (BTreeSet::new(), Vec::new(), 0);
    loop {
        let page = world.server.get(&path, &[]).json();
        for feature in page["features"].as_array().unwrap() {
            assert!(seen.insert(feature["id"].as_u64().unwrap()), "a parcel came twice");
            let stage = text(&feature["properties"], "stage");
            let place = order.iter().position(|code| code == stage);
            // What is missing comes last.
            keys.push((place.unwrap_or(order.len()), -number(&feature["properties"], "area")));
        }
        pages += 1;
        let parcel = seen.iter().nth(pages * 7).unwrap();
        let body = json!([{ "parcel": parcel, "kind": "blocker_opened", "blocker": "graves", "date": "2026-06-30" }]);
        world.server.post("/api/v1/events", &body.to_string());
        let next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next");
        let Some(next) = next else { break };
        path = next["href"].as_str().unwrap().strip_prefix(&world.server.url).unwrap().to_owned();
    }
    assert_eq!((seen.len(), pages), (2000, 12));
    assert!(keys.is_sorted(), "{keys:?}");
}

#[test]
fn wrong_parameters_are_named_with_what_is_allowed() {
    let world = WorldPoint::new();
    let deep = format!("{}area > 1{}", "(".repeat(50), ")".repeat(50));
    let nested = format!("{}1{}", "(".repeat(50), ",2)".repeat(50));
    for (name, value, word) in [
        ("filter", "stag = 'paid'", "stage"),
        ("filter", "area = 'big'", "a number"),
        ("filter", "area >", "character"),
        ("filter", "stage = 1", "a text"),
        ("filter", "area", "a number"),
        ("filter", "handed_over_on > 'soon'", "DATE("),
        ("filter", "S_INTERSECTS(area, POINT(1 2))", "geometry"),
        ("filter", "S_INTERSECTS(geometry, POINT(900 2))", "coordinate system"),
        ("filter", "S_NEAR(geometry, POINT(1 2))", "S_NEAR"),
        ("filter", "S_WITHIN(geometry)", "2 arguments"),
        ("filter", "stage + 1 > 2", "a text"),
        ("filter", "avg(area) > 2", "avg"),
        ("filter", "CASEI(area) = 'a'", "text"),
        ("filter", "area LIKE '1%'", "text"),
        ("filter", &deep, "brackets"),
        ("filter", &nested, "brackets"),
        ("filter", "{\"op\":\"=\"}", "filter"),
        ("filter-lang", "sql", "cql2-text"),
        ("filter-crs", "EPSG:2154", "EPSG:5897"),
        ("crs", "http://www.opengis.net/def/crs/EPSG/0/1", "EPSG:5897"),
        ("bbox-crs", "mars", "EPSG:3857"),
        ("bbox", "1,2,3", "four numbers"),
        ("datetime", "soon", "2026-01-31"),
        ("datetime", "2026-02-01/2026-01-01", "before it begins"),
        ("sortby", "size", "area"),
        ("properties", "area,size", "declared_area"),
        ("limit", "0", "10000"),
        ("limit", "ten", "whole number"),
        ("f", "docx", "xlsx"),
        ("f", "", "is empty"),
        ("after", "first", "id"),
        ("blocked", "maybe", "true or false"),
        ("area", "big", "a number"),
        ("planned_on", "soon", "a date"),
        ("size", "1", "known"),
    ] {
        let path = format!("/ogc/collections/parcels/items?{}", coded(&[(name, value)]));
        let reply = world.server.get(&path, &[]);
        assert_eq!(reply.status, 400, "{name}={value}: {}", String::from_utf8_lossy(&reply.body));
        assert_eq!(reply.header("content-type"), "application/problem+json", "{name}={value}");
        let detail = reply.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(&format!("\"{name}\"")) && detail.contains(word), "{name}={value}: {detail}");
    }
}
