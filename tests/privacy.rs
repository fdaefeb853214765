//! Every route and export, as every role: who gets in where, and no name of a
//! holder where it may not be.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "its figures are for reading")]

use std::{fmt::Write as _, path::Path, process::Command};

use matbang::{
    domain::Day,
    server::{ROUTES, Rule},
};

use crate::harness::{Demo, Reply, Server, succeed};

const ROLES: [&str; 6] = ["viewer", "officer", "manager", "analyst", "leader", "administrator"];
const PASSWORD: &str = "mat-khau-thu-nghiem";

/// Adds an account; the password goes through standard input as a script would give it.
fn add(store: &Path, name: &str, role: &str, unit: Option<&str>) {
    let unit = unit.map(|code| format!("--unit {code}")).unwrap_or_default();
    let script = format!(
        "echo {PASSWORD} | \"$0\" --data \"$1\" user add {name} --full-name 'Nguyễn Thị {name}' --role {role} {unit} --password-stdin"
    );
    let mut command = Command::new("bash");
    let done = command.args(["-c", &script, env!("CARGO_BIN_EXE_matbang")]).arg(store).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Signs in: the cookie and what unsafe requests send back.
fn sign_in(server: &Server, name: &str) -> (String, String) {
    let body = format!("{{\"name\":\"{name}\",\"password\":\"{PASSWORD}\"}}");
    let reply = server.send("/api/v1/session", &[("content-type", "application/json")], body.as_bytes());
    assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
    let cookie = reply.header("set-cookie").split(';').next().unwrap().to_owned();
    (cookie, reply.json()["csrf"].as_str().unwrap().to_owned())
}

/// The unit in which most parcels lie, another one, and a parcel of each.
fn units(store: &Path) -> [(String, u32); 2] {
    let sql = rusqlite::Connection::open(store).unwrap();
    let query = "SELECT u.code, min(p.fid) FROM parcels p JOIN units u ON u.fid = p.unit
        WHERE p.holder IS NOT NULL GROUP BY p.unit ORDER BY count(*) DESC LIMIT 2";
    let mut statement = sql.prepare(query).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let found: Vec<(String, u32)> = rows.map(Result::unwrap).collect();
    found.try_into().unwrap()
}

/// A sample address of a route.
fn address(route: &str, parcel: u32) -> String {
    if route == "/api/v1/board" {
        return format!("{route}?campaign=thi-dua-gpmb");
    }
    route
        .replace("/tiles/{layers}/{z}/{x}/{y}", "/tiles/parcels,projects,units/10/813/452")
        .replace("{layers}", "parcels")
        .replace("{set}/{z}/{row}/{col}", "WebMercatorQuad/10/452/813")
        .replace("{set}", "WebMercatorQuad")
        .replace("/collections/{id}", "/collections/parcels")
        .replace("{item}", &parcel.to_string())
        .replace(
            "/board/evidence",
            "/board/evidence?campaign=thi-dua-gpmb&unit=13285&criterion=consent&limit=10000",
        )
        .replace("{code}", "DA01")
        .replace("{name}", "nobody")
        .replace("/attachments/{id}", "/attachments/none")
        .replace("{id}", &parcel.to_string())
}

fn ask(server: &Server, method: &str, path: &str, identity: Option<&(String, String)>) -> Reply {
    let mut headers = vec![("content-type", "application/json")];
    if let Some((cookie, csrf)) = identity {
        headers.extend([("cookie", cookie.as_str()), ("x-csrf-token", csrf.as_str())]);
    }
    match method {
        "GET" => server.get(path, &headers),
        method => server.request(method, path, &headers, b"[]"),
    }
}

/// Status of a stream, which does not end.
fn status_line(server: &Server, path: &str, identity: Option<&(String, String)>) -> u16 {
    let host = server.url.trim_start_matches("http://");
    let mut socket = std::net::TcpStream::connect(host).unwrap();
    let cookie = identity.map(|(cookie, _)| format!("Cookie: {cookie}\r\n")).unwrap_or_default();
    std::io::Write::write_all(
        &mut socket,
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{cookie}\r\n").as_bytes(),
    )
    .unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(socket), &mut line).unwrap();
    line.split(' ').nth(1).unwrap().parse().unwrap()
}

/// What people wrote and money are seen by those who record, in their units; every format holds to it.
fn events_tell_by_role(server: &Server, identities: &[(String, String)], (inside, outside): (u32, u32)) {
    let note = |parcel: u32, word: &str, (cookie, csrf): &(String, String)| {
        let body = format!(
            "[{{\"parcel\":{parcel},\"kind\":\"blocker_opened\",\"blocker\":\"price\",\"date\":\"2026-06-30\",\"note\":\"{word}\"}}]"
        );
        let reply =
            server.send("/api/v1/events", &[("cookie", cookie), ("x-csrf-token", csrf)], body.as_bytes());
        assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
    };
    note(inside, "Wjkzin", &identities[5]);
    note(outside, "Wjkzout", &identities[5]);
    for (role, identity) in ROLES.into_iter().zip(identities) {
        let records = matches!(role, "officer" | "manager" | "administrator");
        let queryables = ask(server, "GET", "/ogc/collections/events/queryables", Some(identity)).json();
        for column in ["note", "author", "document", "amount"] {
            assert_eq!(queryables["properties"].get(column).is_some(), records, "{role} {column}");
            let path = format!("/ogc/collections/events/items?filter={column}%20IS%20NULL&limit=1");
            assert_eq!(ask(server, "GET", &path, Some(identity)).status == 200, records, "{role} {column}");
        }
        for form in
            ["json", "html", "geojson", "geojsonseq", "csv", "kml", "gpkg", "fgb", "shp", "xlsx", "parquet"]
        {
            let path = format!("/ogc/collections/events/items?f={form}&kind=blocker_opened&limit=100000");
            let reply = ask(server, "GET", &path, Some(identity));
            assert_eq!(reply.status, 200, "{role} {form}");
            // These are packed; the others hold texts as they are.
            if matches!(form, "shp" | "xlsx" | "parquet") {
                continue;
            }
            let text = String::from_utf8_lossy(&reply.body);
            let whole = !matches!(form, "json" | "html");
            assert!(text.contains("Wjkzin") == (records && whole) || !whole, "{role} {form}");
            let everywhere = role == "administrator";
            assert!(text.contains("Wjkzout") == (everywhere && whole) || !whole, "{role} {form}");
            assert!(records || !text.contains("Wjkz"), "{role} {form}");
        }
        for form in ["geojson", "csv", "kml", "gpkg", "fgb"] {
            let path = format!("/ogc/collections/parcels/items?f={form}");
            let reply = ask(server, "GET", &path, Some(identity));
            assert_eq!(reply.status, 200, "{role} {form}");
            assert!(!String::from_utf8_lossy(&reply.body).contains("Zxqvb"), "{role} {form}");
        }
    }
    assert_eq!(ask(server, "GET", "/ogc/collections/events/items", None).status, 401);
}

#[test]
fn every_route_is_walked_as_every_role_and_tells_no_holder() {
    let demo = Demo::new();
    let store = demo.store();
    // A name that no word of the program holds; every holder has it.
    let sql = rusqlite::Connection::open(&store).unwrap();
    sql.execute("UPDATE holders SET name = 'Zxqvbí Mật ' || fid", []).unwrap();
    drop(sql);
    let [(unit, inside), (_, outside)] = units(&store);
    for role in ROLES {
        let within = matches!(role, "officer" | "manager").then_some(unit.as_str());
        add(&store, role, role, within);
    }
    let server = Server::start(&store);
    let identities: Vec<_> = ROLES.iter().map(|role| sign_in(&server, role)).collect();
    let mut table =
        format!("| route | nobody | {} |\n|---|---|{}\n", ROLES.join(" | "), "---|".repeat(ROLES.len()));
    for (method, route, rule) in ROUTES.iter().copied() {
        // Signing in and out and the provider are walked in tests/accounts.rs and in a browser.
        if route.contains("oidc") || (route.ends_with("session") && method != "GET") {
            continue;
        }
        let path = address(route, inside);
        let _ = write!(table, "| {method} {route} |");
        for (role, identity) in
            std::iter::once(("nobody", None)).chain(ROLES.into_iter().zip(identities.iter().map(Some)))
        {
            if route.ends_with("/live") {
                let status = status_line(&server, &path, identity);
                assert_eq!(status, if role == "nobody" { 401 } else { 200 }, "{path} as {role}");
                let _ = write!(table, " {status} |");
                continue;
            }
            let reply = ask(&server, method, &path, identity);
            let in_ = !matches!(reply.status, 401 | 403);
            let may = match (rule, role) {
                (Rule::Open, _) => true,
                (_, "nobody") => false,
                (Rule::Read | Rule::ReadByRole, _) => true,
                (Rule::May(action), role) => matbang::domain::Role::from_code(role).unwrap().allows(action),
            };
            assert_eq!(in_, may, "{method} {path} as {role}: {}", reply.status);
            assert_ne!(reply.status, 500, "{method} {path} as {role}");
            let text = String::from_utf8_lossy(&reply.body);
            let allowed = route.ends_with("/holder") && may;
            assert_eq!(text.contains("Zxqvb"), allowed, "{method} {path} as {role}: {text}");
            let _ = write!(table, " {} |", reply.status);
        }
        table.push('\n');
    }
    // Within the route the unit counts.
    for (role, identity) in ROLES.iter().zip(&identities) {
        let holder = |parcel: u32| {
            ask(&server, "GET", &format!("/api/v1/parcels/{parcel}/holder"), Some(identity)).status
        };
        let expected = match *role {
            "administrator" => (200, 200),
            "officer" | "manager" => (200, 403),
            _ => (403, 403),
        };
        assert_eq!((holder(inside), holder(outside)), expected, "{role}");
    }
    // So it does when holders are looked for by name.
    for (role, identity) in ROLES.iter().zip(&identities) {
        let reply = ask(&server, "GET", "/api/v1/holders?q=zxqvbi", Some(identity));
        if !matches!(*role, "administrator" | "officer" | "manager") {
            assert_eq!(reply.status, 403, "{role}");
            continue;
        }
        let parcels = reply.json()["results"].as_array().unwrap().clone();
        assert_eq!(parcels.len(), 20, "{role}");
        for parcel in parcels {
            let path = format!("/ogc/collections/parcels/items/{}", parcel["id"]);
            let of = ask(&server, "GET", &path, Some(identity)).json()["properties"]["unit"].clone();
            assert!(*role == "administrator" || of == unit.as_str(), "{role} {parcel} of {of}");
        }
    }
    assert_eq!(ask(&server, "GET", "/api/v1/holders?q=zxqvbi", None).status, 401);
    let looks = ask(&server, "GET", "/api/v1/accesses", Some(&identities[5])).json();
    let looks = looks["accesses"].as_array().unwrap();
    assert!(looks.iter().any(|look| look["account"] == "officer" && look["parcel"] == inside));
    assert!(!looks.iter().any(|look| look["account"] == "officer" && look["parcel"] == outside));
    // An officer's events: inside the unit taken or judged, outside refused.
    let event = |parcel: u32| {
        let body = format!(
            "{{\"parcel\":{parcel},\"kind\":\"blocker_opened\",\"blocker\":\"graves\",\"date\":\"2026-06-30\"}}"
        );
        let (cookie, csrf) = &identities[1];
        server.send("/api/v1/events", &[("cookie", cookie), ("x-csrf-token", csrf)], body.as_bytes())
    };
    assert_eq!(event(inside).status, 201);
    let refused = event(outside);
    assert_eq!((refused.status, refused.json()["errors"][0]["code"].clone()), (422, "outside_units".into()));
    events_tell_by_role(&server, &identities, (inside, outside));
    drop(server);
    for what in ["parcels", "projects", "units"] {
        let out = succeed(&store, &["export", what, "--format", "geojson"]);
        assert!(!out.contains("Zxqvb"), "export {what}");
    }
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("target/route-roles.md"), &table).unwrap();
    println!("{table}");
}

/// Money of an answer: what was paid and what it is rounded to; none where it is not told.
fn money(answer: &serde_json::Value) -> Option<(u64, Option<u64>)> {
    let money = &answer["total"]["measures"]["money"];
    let money = if answer["total"].is_null() { &answer["progress"]["measures"]["money"] } else { money };
    Some((money["paid"].as_u64()?, money["rounded_to"].as_u64()))
}

#[test]
fn what_a_household_gets_is_not_told_by_the_difference_of_two_answers() {
    const BILLION: u64 = 1_000_000_000;
    let demo = Demo::new();
    for role in ["viewer", "administrator"] {
        add(&demo.store(), role, role, None);
    }
    let server = Server::start(&demo.store());
    let [viewer, administrator] = ["viewer", "administrator"].map(|role| sign_in(&server, role));
    let get = |path: &str, identity| {
        let reply = ask(&server, "GET", path, Some(identity));
        assert_eq!(reply.status, 200, "{path}");
        reply.json()
    };
    let list = "/ogc/collections/parcels/items?f=json&limit=40&properties=project,unit,sheet,parcel,paid_on&filter=paid_on%20IS%20NOT%20NULL";
    let paid = get(list, &administrator);
    let (mut tries, mut exact, mut told) = (0, 0, 0);
    for feature in paid["features"].as_array().unwrap() {
        let text = |name: &str| feature["properties"][name].as_str().unwrap().to_owned();
        let on = Day::parse(&text("paid_on")).unwrap();
        let (project, unit) = (text("project"), text("unit"));
        // Of groups that everybody asks for: on the day of the payment, and the day before it.
        for group in
            [format!("project={project}"), format!("unit={unit}"), String::new(), "by=project".into()]
        {
            for route in ["progress", "summary"] {
                let group = if route == "summary" { group.replace("by=project", "") } else { group.clone() };
                let change = |identity| {
                    let at =
                        |day: Day| money(&get(&format!("/api/v1/{route}?{group}&as_of={day}"), identity));
                    Some((at(on.plus(-1))?, at(on)?))
                };
                if let Some((before, after)) = change(&administrator) {
                    exact += u32::from(after.0 != before.0 && (after.0 - before.0) % BILLION != 0);
                    assert_eq!((before.1, after.1), (None, None));
                }
                if let Some((before, after)) = change(&viewer) {
                    assert_eq!((before.1, after.1), (Some(BILLION), Some(BILLION)));
                    told += u32::from(before.0 % BILLION != 0 || after.0 % BILLION != 0);
                }
                tries += 1;
            }
        }
        // Of sets that somebody has put together, with the household and without: nothing.
        let own = format!("sheet='{}' AND parcel='{}'", text("sheet"), text("parcel"));
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        for set in [
            format!("project={project}&filter={}", encode(&own)),
            format!("project={project}&filter={}", encode(&format!("NOT ({own})"))),
            format!("project={project}&unit={unit}"),
            format!("project={project},DA02"),
            format!("unit={unit},13285"),
            format!("project={project}&overdue=true"),
            format!("project={project}&use=LUC"),
            format!("project={project}&stage=paid"),
        ] {
            for route in ["progress", "summary"] {
                let path = format!("/api/v1/{route}?{set}&as_of={on}");
                assert_eq!(money(&get(&path, &viewer)), None, "{path}");
            }
        }
        let path = format!("/api/v1/projects/{project}?as_of={on}");
        assert!(
            money(&get(&path, &viewer)).is_none_or(|told| told.1 == Some(BILLION) && told.0 % BILLION == 0)
        );
    }
    println!("{tries} differences: {exact} exact for who may know, {told} for who may not");
    assert!(tries >= 40 && exact > 0, "nothing was tried");
    assert_eq!(told, 0);
    let area = r#"{"type":"Polygon","coordinates":[[[105,20],[107,20],[107,21],[105,21],[105,20]]]}"#;
    let totals = |(cookie, csrf): &(String, String)| {
        let headers = [("cookie", cookie.as_str()), ("x-csrf-token", csrf.as_str())];
        money(&server.send("/api/v1/totals", &headers, area.as_bytes()).json())
    };
    assert!(totals(&administrator).is_some_and(|told| told.1.is_none()));
    assert_eq!(totals(&viewer), None);
}
