//! Any number of servers on one database, with nothing in between that keeps a person at one of them: what is begun at
//! one goes on at another.

use std::path::Path;

use serde_json::{Value, json};

use crate::harness::{
    self, Demo, Reply, Server,
    people::{PASSWORD, Person, add},
    postgres::{Cluster, filled, serve},
};
use crate::support;

/// Two servers on a database with an administrator "an" and an officer "binh".
fn with_people(cluster: &Cluster, demo: &Demo) -> (String, [Server; 2]) {
    let address = filled(cluster, demo);
    add(Path::new(&address), "an", "administrator", None);
    add(Path::new(&address), "binh", "officer", None);
    let servers = [serve(&address, demo), serve(&address, demo)];
    (address, servers)
}

fn sign_in(server: &Server, name: &str, password: &str) -> Reply {
    let body = json!({ "name": name, "password": password }).to_string();
    server.send("/api/v1/session", &[], body.as_bytes())
}

/// One number of a database.
fn count(cluster: &Cluster, address: &str, sql: &str) -> u64 {
    let name = address.split(['/', '?']).nth(3).unwrap();
    cluster.sql(name, sql).trim().parse().unwrap()
}

#[test]
fn who_guesses_at_one_server_after_the_other_has_no_more_tries() {
    let (demo, cluster) = (Demo::new(), Cluster::start_new());
    let (address, servers) = with_people(&cluster, &demo);
    let tried: Vec<u16> =
        (0..7).map(|turn| sign_in(&servers[turn % 2], "an", "sai-mat-khau").status).collect();
    assert_eq!(tried, [401, 401, 401, 401, 401, 429, 429]);
    let late = sign_in(&servers[1], "an", PASSWORD);
    let wait: u64 = late.header("retry-after").parse().unwrap();
    assert!(late.status == 429 && (1..=61).contains(&wait), "{wait}");
    // Another name is not held up, and its tries are counted under hashes: of the address, of the pair and of the name.
    assert_eq!(sign_in(&servers[0], "binh", PASSWORD).status, 200);
    assert_eq!(count(&cluster, &address, "SELECT count(*) FROM matbang.tries"), 5);
    // Who guesses very many names from very many places fills nothing: what is over goes, and of more than a bounded
    // number what would be over first.
    let fill = "INSERT INTO matbang.tries SELECT sha256(n::text::bytea), CASE WHEN n <= 500 THEN 1 ELSE matbang.now_ms()
        + 3600000 + n END FROM generate_series(1, 102000) AS n; SELECT 1";
    count(&cluster, &address, fill);
    let third = serve(&address, &demo);
    assert_eq!(sign_in(&third, "binh", PASSWORD).status, 200);
    let left = |condition: &str| {
        count(&cluster, &address, &format!("SELECT count(*) FROM matbang.tries WHERE {condition}"))
    };
    assert_eq!((left("free_from <= 1"), left("true")), (0, 100_000));
    let latest = "key IN (SELECT sha256(n::text::bytea) FROM generate_series(2600, 102000) AS n)";
    assert_eq!(left(latest), 99_401);
    drop(third);
    // Without the database nobody is let in, nobody is told that the password is wrong, and nothing is counted.
    cluster.stop();
    for server in &servers {
        let refused = sign_in(server, "binh", PASSWORD);
        assert_eq!(refused.status, 503, "{}", String::from_utf8_lossy(&refused.body));
        assert!(!refused.header("retry-after").is_empty());
    }
    cluster.start();
    Server::wait(|| sign_in(&servers[1], "binh", PASSWORD).status == 200);
}

#[test]
fn who_signs_in_at_one_server_is_known_at_the_next_at_once() {
    let (demo, cluster) = (Demo::new(), Cluster::shared());
    let (_, [one, other]) = with_people(cluster, &demo);
    for turn in 0..4 {
        let (first, second) = if turn % 2 == 0 { (&one, &other) } else { (&other, &one) };
        let person = Person::sign_in(first, "an");
        let session = person.get(second, "/api/v1/session").json();
        assert_eq!(session["account"]["name"], "an", "{session}");
        // Whom nobody knows is asked to sign in.
        let stranger = Person { cookie: "matbang_session=0123456789".to_owned(), csrf: String::new() };
        assert_eq!(stranger.get(second, "/api/v1/accounts").status, 401);
        // Who signs out is out everywhere.
        let done = person.send(second, "DELETE", "/api/v1/session", "application/json", b"");
        assert_eq!(done.status, 204);
        Server::wait(|| person.get(first, "/api/v1/accounts").status == 401);
    }
}

#[test]
fn what_is_recorded_at_one_server_is_shown_by_the_next_to_who_asks_for_it() {
    let (demo, cluster) = (Demo::new(), Cluster::shared());
    let address = filled(cluster, &demo);
    // Reading here and there costs as much beside reading all as it would where the ledger is some hundred times as long.
    let name = address.split(['/', '?']).nth(3).unwrap();
    cluster.sql(name, &format!("ALTER DATABASE \"{name}\" SET random_page_cost = 40"));
    let servers = [serve(&address, &demo), serve(&address, &demo)];
    let work = servers[0].get("/api/v1/work?limit=500", &[]).json();
    let free = |p: &&Value| p["blockers"].as_array().is_some_and(Vec::is_empty);
    let scans = |kind: &str| {
        let select = format!("SELECT {kind}_scan FROM pg_stat_user_tables WHERE relname = 'ledger'");
        count(cluster, &address, &select)
    };
    let [whole, by_index] = ["seq", "idx"].map(scans);
    let id = work["parcels"].as_array().unwrap().iter().find(free).unwrap()["id"].clone();
    for (turn, kind) in ["blocker_opened", "blocker_closed"].repeat(20).into_iter().enumerate() {
        let event = json!({ "parcel": id, "kind": kind, "blocker": "graves", "date": harness::UNTIL });
        let reply = servers[turn % 2].post("/api/v1/events", &event.to_string());
        assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
        let at = reply.json()["at"].as_u64().unwrap();
        let shown = servers[1 - turn % 2].get(&format!("/api/v1/summary?at={at}"), &[]);
        assert_eq!((shown.status, &shown.json()["at"]), (200, &json!(at)));
        // No position is made up.
        let beyond = servers[1 - turn % 2].get(&format!("/api/v1/summary?at={}", at + 1), &[]);
        assert_eq!(beyond.status, 400);
    }
    // What it costs to record and to follow does not grow with the ledger: none of it reads the whole. The database
    // counts with some delay; loading may be counted too.
    Server::wait(|| scans("idx") > by_index + 80);
    let read = scans("seq") - whole;
    assert!(read < 10, "the ledger was read as a whole {read} times for 40 events");
}

fn wish() -> Value {
    json!({ "target": "parcels", "project": "DA01", "mapping": { "unit": "#13285" }, "crs": "EPSG:5897" })
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_file_is_sent_to_one_server_looked_at_on_another_and_stored_by_a_third() {
    let (demo, cluster) = (Demo::new(), Cluster::shared());
    let (address, [one, other]) = with_people(cluster, &demo);
    let third = serve(&address, &demo);
    let rows = ["9001", "9002"].iter().zip([0.0, 30.0]);
    let rows: Vec<_> =
        rows.map(|(number, east)| support::parcel_row(number, &support::square(east, 0.0))).collect();
    let plain = support::parcels_csv(demo.folder(), "thua.csv", &rows);
    support::converted(&plain, "ESRI Shapefile", "thua.shp", &["-lco", "ENCODING=UTF-8"]);
    let an = Person::sign_in(&one, "an");
    let begun = an.post(&one, "/api/v1/imports", &json!({}));
    let id = begun.json()["id"].as_str().unwrap().to_owned();
    let at = |what: &str| format!("/api/v1/imports/{id}{what}");
    let put = |server: &Server, end: &str| {
        let body = std::fs::read(plain.with_extension(end)).unwrap();
        let sent =
            an.send(server, "PUT", &at(&format!("/files/thua.{end}")), "application/octet-stream", &body);
        assert_eq!(sent.status, 201, "{}", String::from_utf8_lossy(&sent.body));
        sent.json()["files"].as_array().unwrap().len()
    };
    // Its parts come to one server after the other, and each has all of them.
    let sent: Vec<usize> =
        [(&one, "shp"), (&other, "shx"), (&one, "dbf")].map(|(server, end)| put(server, end)).into();
    assert_eq!(sent, [1, 2, 3]);
    // A part that is sent again takes the place of the one before, also where that lies.
    assert_eq!(put(&other, "dbf"), 3);
    let preview = |server: &Server| an.post(server, &at("/preview"), &wish());
    for server in [&other, &one] {
        let seen = preview(server);
        assert_eq!(seen.status, 200, "{}", String::from_utf8_lossy(&seen.body));
        assert_eq!((&seen.json()["accepted"], &seen.json()["refused"]), (&json!(2), &json!([])));
    }
    // It is nobody else's on any server.
    let binh = Person::sign_in(&other, "binh");
    assert!([403, 404].contains(&binh.get(&third, &at("")).status));
    assert_eq!(an.get(&third, &at("/work")).json(), json!({ "work": null }));
    let done = an.post(&third, &at("/commit"), &wish());
    assert_eq!(done.status, 201, "{}", String::from_utf8_lossy(&done.body));
    assert_eq!(done.json()["stored"]["inserted"], 2);
    // It waits nowhere any more, and nothing of it lies about.
    for server in [&one, &other, &third] {
        assert_eq!(an.get(server, &at("")).status, 404);
    }
    assert_eq!(names(&demo.folder().join("files")), Vec::<String>::new());
    assert_eq!(count(cluster, &address, "SELECT count(*) FROM matbang.waiting_files"), 0);
}

#[test]
fn who_begins_more_imports_than_a_few_gives_up_their_oldest_on_whichever_server() {
    let (demo, cluster) = (Demo::new(), Cluster::shared());
    let (address, servers) = with_people(cluster, &demo);
    let an = Person::sign_in(&servers[0], "an");
    let begun: Vec<String> = (0..6)
        .map(|turn| {
            let server = &servers[turn % 2];
            let id = an.post(server, "/api/v1/imports", &json!({})).json()["id"].as_str().unwrap().to_owned();
            let path = format!("/api/v1/imports/{id}/files/thua.csv");
            assert_eq!(an.send(server, "PUT", &path, "text/csv", b"so_to,so_thua\n").status, 201);
            id
        })
        .collect();
    let there: Vec<bool> = begun
        .iter()
        .map(|id| an.get(&servers[0], &format!("/api/v1/imports/{id}/work")).status == 200)
        .collect();
    assert_eq!(there, [false, false, true, true, true, true]);
    let kept = "SELECT count(*) FROM matbang.waiting_files WHERE NOT is_over";
    assert_eq!(count(cluster, &address, kept), 4);
    Server::wait(|| names(&demo.folder().join("files")).len() <= 5);
}

#[test]
fn a_campaign_that_is_changed_at_one_server_counts_at_the_others_at_once() {
    let (demo, cluster) = (Demo::new(), Cluster::shared());
    let address = filled(cluster, &demo);
    let (one, other) = (serve(&address, &demo), serve(&address, &demo));
    let (file, board) = ("/api/v1/campaigns/thi-dua-gpmb/file", "/api/v1/board?campaign=thi-dua-gpmb");
    let ours = String::from_utf8(one.get(file, &[]).body).unwrap();
    let weight = |server: &Server| server.get(board, &[]).json()["criteria"][0]["weight"].as_f64().unwrap();
    assert!((weight(&other) - 30.0).abs() < 1e-9);
    let put = |server: &Server, code: &str, text: &str, tag: Option<&str>| {
        let headers: Vec<_> = [Some(("content-type", "text/plain")), tag.map(|tag| ("if-match", tag))]
            .into_iter()
            .flatten()
            .collect();
        server.request("PUT", &format!("/api/v1/campaigns/{code}/file"), &headers, text.as_bytes()).status
    };
    let tag = other.get(file, &[]).header("etag").to_owned();
    let changed = ours.replacen("weight = 30", "weight = 25", 1);
    assert_eq!(put(&one, "thi-dua-gpmb", &changed, Some(&tag)), 200);
    Server::wait(|| (weight(&other) - 25.0).abs() < 1e-9);
    assert_eq!(String::from_utf8(other.get(file, &[]).body).unwrap(), changed);
    // Who has read the text of before changes nothing, at whichever server.
    assert_eq!(put(&other, "thi-dua-gpmb", &ours, Some(&tag)), 412);
    // Those that are put at the same moment at both all count.
    let new = |n: usize| (format!("moi-{n}"), ours.replacen("thi-dua-gpmb", &format!("moi-{n}"), 1));
    std::thread::scope(|scope| {
        for n in 0..8 {
            let (put, server) = (&put, if n % 2 == 0 { &one } else { &other });
            scope.spawn(move || {
                let (code, text) = new(n);
                assert_eq!(put(server, &code, &text, None), 200);
            });
        }
    });
    let listed =
        |server: &Server| server.get("/api/v1/campaigns", &[]).json()["campaigns"].as_array().unwrap().len();
    for server in [&one, &other] {
        Server::wait(|| listed(server) == 9);
    }
    // A server that starts later, and a command, know them too; taken away, they are gone everywhere.
    let third = serve(&address, &demo);
    assert_eq!((listed(&third), weight(&third).round() as i64), (9, 25));
    let told = harness::succeed(Path::new(&address), &["board", "--json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["campaigns"].as_array().unwrap().len(), 9);
    for code in ["moi-0", "thi-dua-gpmb"] {
        assert_eq!(third.request("DELETE", &format!("/api/v1/campaigns/{code}/file"), &[], b"").status, 204);
    }
    for server in [&one, &other, &third] {
        Server::wait(|| listed(server) == 8 && (weight(server) - 30.0).abs() < 1e-9);
    }
}
