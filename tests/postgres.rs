//! Several servers on one PostgreSQL database: what moves into it is the same, what one records the other shows,
//! and a database that goes away comes back.
#![allow(clippy::print_stdout, reason = "its figures are for reading")]

use std::{
    collections::HashSet,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Instant,
};

use matbang::{
    domain::{Day, EventKind, NewEvent, ParcelId},
    store::open,
};
use serde_json::{Value, json};

use crate::harness::{
    self, Demo, Server, Stream, matbang,
    postgres::{Cluster, filled, serve},
    succeed,
};

/// What a store says of itself.
fn told(store: &Path) -> [String; 4] {
    [
        succeed(store, &["verify", "--json"]),
        succeed(store, &["progress", "--json", "--as-of", harness::UNTIL]),
        succeed(store, &["export", "ledger"]),
        succeed(store, &["user", "list", "--json"]),
    ]
}

/// A parcel without blockers and its version.
fn parcel(server: &Server, place: usize) -> (u64, u64) {
    let work = server.get("/api/v1/work?limit=500", &[]).json();
    let free = |p: &&Value| p["blockers"].as_array().is_some_and(Vec::is_empty);
    let found = work["parcels"].as_array().unwrap().iter().filter(free).nth(place).unwrap();
    (found["id"].as_u64().unwrap(), found["version"].as_u64().unwrap())
}

fn opened(parcel: u64, blocker: &str) -> String {
    json!({ "parcel": parcel, "kind": "blocker_opened", "blocker": blocker, "date": harness::UNTIL })
        .to_string()
}

fn at(server: &Server) -> u64 {
    server.get("/readyz", &[]).json()["at"].as_u64().unwrap()
}

#[test]
fn a_store_is_the_same_in_a_database_and_back_in_a_file() {
    let (demo, cluster) = (Demo::new(), Cluster::shared());
    let store = demo.store();
    let add = ["user", "add", "an", "--full-name", "An", "--role", "administrator", "--no-password"];
    succeed(&store, &add);
    let address = filled(cluster, &demo);
    let database = Path::new(&address);
    assert_eq!(told(&store), told(database));
    let back = demo.folder().join("back.gpkg");
    succeed(database, &["copy", &address, back.to_str().unwrap()]);
    assert_eq!(told(&store), told(&back));
    // A copy for keeping, and the way back into another database.
    let kept = demo.folder().join("kept.gpkg");
    succeed(database, &["backup", kept.to_str().unwrap()]);
    let other = cluster.database();
    succeed(Path::new(&other), &["restore", kept.to_str().unwrap()]);
    assert_eq!(told(&store), told(Path::new(&other)));
    // The same by the database's own programs, which a file has none of.
    let (dump, third) = (demo.folder().join("kept.dump"), cluster.database());
    succeed(database, &["backup", dump.to_str().unwrap()]);
    succeed(Path::new(&third), &["restore", dump.to_str().unwrap()]);
    assert_eq!(told(&store), told(Path::new(&third)));
    assert_eq!(matbang(Path::new(&third), &["restore", dump.to_str().unwrap()]).status.code(), Some(1));
    let of_file = demo.folder().join("of-file.dump");
    assert_eq!(matbang(&store, &["backup", of_file.to_str().unwrap()]).status.code(), Some(1));
    assert!(!of_file.exists());
    // What is not empty stays as it is.
    for (from, to) in [(&*address, &*other), (&*address, back.to_str().unwrap())] {
        assert_eq!(matbang(database, &["copy", from, to]).status.code(), Some(1));
    }
    assert_eq!(told(&store), told(Path::new(&other)));
}

#[test]
fn the_illustration_fills_a_database_as_it_fills_a_file() {
    let (demo, cluster) = (Demo::new(), Cluster::shared());
    let address = cluster.database();
    let fill = ["demo", "--parcels", "2000", "--seed", "1", "--until", harness::UNTIL];
    succeed(Path::new(&address), &fill);
    assert_eq!(told(&demo.store())[..3], told(Path::new(&address))[..3]);
}

#[test]
fn what_one_server_records_another_shows_and_of_one_version_one_is_taken() {
    let (demo, cluster) = (Demo::new(), Cluster::shared());
    let address = filled(cluster, &demo);
    let (one, other) = (serve(&address, &demo), serve(&address, &demo));
    let (id, version) = parcel(&one, 0);
    // Who listens at one server hears what is recorded at the other, and finds it shown there.
    let mut streams = [Stream::open(&one, None), Stream::open(&other, None)];
    for stream in &mut streams {
        assert_eq!(stream.next().1, "position");
    }
    let mut delays = Vec::new();
    for (turn, kind) in ["blocker_opened", "blocker_closed"].repeat(25).into_iter().enumerate() {
        let event = json!({ "parcel": id, "kind": kind, "blocker": "graves", "date": harness::UNTIL });
        let (writes, shows) = if turn % 2 == 0 { (&one, &other) } else { (&other, &one) };
        let began = Instant::now();
        let reply = writes.post("/api/v1/events", &event.to_string());
        assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
        let (recorded, position) = (began.elapsed(), reply.json()["at"].as_u64().unwrap());
        let [here, there] = &mut streams;
        let (here, there) = if turn % 2 == 0 { (here, there) } else { (there, here) };
        let heard = there.next();
        delays.push(began.elapsed().saturating_sub(recorded));
        let blocked = json!(kind == "blocker_opened");
        assert_eq!((heard.0, &heard.2["parcel"], &heard.2["blocked"]), (position, &json!(id), &blocked));
        assert_eq!(here.next().0, position);
        assert_eq!(at(shows), position);
    }
    delays.sort();
    println!("heard on the other server after p50 {:?}, at most {:?}", delays[25], delays[49]);
    // Whoever holds a version that another server has moved on is told so.
    let tag = format!("\"{version}\"");
    let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
    let reply = other.send("/api/v1/events", &headers, opened(id, "price").as_bytes());
    assert_eq!(reply.status, 412, "{}", String::from_utf8_lossy(&reply.body));
    // Two at the same moment on two servers: one is taken.
    for place in 1..9 {
        let (id, version) = parcel(&one, place);
        let tag = format!("\"{version}\"");
        let headers = [("content-type", "application/json"), ("if-match", tag.as_str())];
        let send = |server: &Server, blocker: &str| {
            server.send("/api/v1/events", &headers, opened(id, blocker).as_bytes()).status
        };
        let mut both = std::thread::scope(|pair| {
            let first = pair.spawn(|| send(&one, "price"));
            [send(&other, "origin"), first.join().unwrap()]
        });
        both.sort_unstable();
        assert_eq!(both, [201, 412]);
    }
    let verified: Value = serde_json::from_str(&succeed(Path::new(&address), &["verify", "--json"])).unwrap();
    assert_eq!(verified["findings"], json!([]));
}

#[test]
fn while_the_database_is_away_reads_go_on_and_both_servers_come_back_by_themselves() {
    let (demo, cluster) = (Demo::new(), Cluster::start_new());
    let address = filled(&cluster, &demo);
    let (one, other) = (serve(&address, &demo), serve(&address, &demo));
    let (id, _) = parcel(&one, 0);
    cluster.stop();
    for server in [&one, &other] {
        let reply = server.post("/api/v1/events", &opened(id, "price"));
        assert_eq!(reply.status, 503, "{}", String::from_utf8_lossy(&reply.body));
        assert!(!reply.header("retry-after").is_empty());
        assert_eq!(server.get("/api/v1/summary", &[]).status, 200);
        assert_eq!(server.get("/ogc/collections/parcels/items?limit=5", &[]).status, 200);
        let ready = server.get("/readyz", &[]);
        assert_eq!((ready.status, &ready.json()["writes"]), (200, &json!(false)));
    }
    cluster.start();
    for server in [&one, &other] {
        Server::wait(|| server.get("/readyz", &[]).json()["writes"] == true);
    }
    let reply = one.post("/api/v1/events", &opened(id, "price"));
    assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
    let position = reply.json()["at"].as_u64().unwrap();
    Server::wait(|| at(&other) >= position);
    let verified: Value = serde_json::from_str(&succeed(Path::new(&address), &["verify", "--json"])).unwrap();
    assert_eq!(verified["findings"], json!([]));
}

#[test]
fn an_order_that_the_database_refuses_fails_alone() {
    let (demo, cluster) = (Demo::new(), Cluster::shared());
    let store = open(Path::new(&filled(cluster, &demo))).unwrap();
    let event = |parcel, document: &str| NewEvent {
        parcel: Some(ParcelId(parcel)),
        day: Day::parse(harness::UNTIL).unwrap(),
        recorded_at: 1,
        author: "t".into(),
        document: Some(document.into()),
        note: None,
        attachments: Vec::new(),
        kind: EventKind::EarlyHandover,
    };
    let before = [1, 2].map(|parcel| store.history(ParcelId(parcel)).unwrap().len());
    let head = store.change(&mut |change| {
        change.open_order()?;
        // No text in a database holds this.
        change.append(&[event(1, "12\0/QĐ")])?;
        assert!(change.keep_order().is_err());
        change.open_order()?;
        change.append(&[event(2, "12/QĐ")])?;
        change.keep_order()?;
        Ok(true)
    });
    assert_eq!(store.head().unwrap(), head.unwrap());
    let after = [1, 2].map(|parcel| store.history(ParcelId(parcel)).unwrap().len());
    assert_eq!(after, [before[0], before[1] + 1]);
}

/// Events that were acknowledged: position and parcel.
type Acknowledged = Mutex<Vec<(u64, u64)>>;

/// Opens and closes a blocker on one server after the other, until told to stop.
fn write(servers: [&Server; 2], parcel: u64, stop: &AtomicBool, acknowledged: &Acknowledged) {
    for turn in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let kind = if turn % 2 == 0 { "blocker_opened" } else { "blocker_closed" };
        let event = json!({ "parcel": parcel, "kind": kind, "blocker": "graves", "date": harness::UNTIL });
        let answer = servers[turn % 2].try_post("/api/v1/events", &event.to_string());
        // What was kept without an answer is refused when it comes again.
        if let Some((201, body)) = answer {
            let body: Value = serde_json::from_slice(&body).unwrap();
            acknowledged.lock().unwrap().push((body["events"][0]["position"].as_u64().unwrap(), parcel));
        }
    }
}

#[test]
fn when_the_standby_takes_over_nothing_acknowledged_is_lost_and_nobody_waits_to_read() {
    let (demo, primary) = (Demo::new(), Cluster::start_new());
    let name = primary.database_named();
    succeed(&demo.store(), &["copy", demo.store().to_str().unwrap(), &primary.address(&name)]);
    let standby = primary.standby();
    let address = format!(
        "postgres://admin@/{name}?host={}&host={}&target_session_attrs=read-write",
        primary.folder().display(),
        standby.folder().display()
    );
    let (one, other) = (serve(&address, &demo), serve(&address, &demo));
    let parcels: Vec<u64> = (0..4).map(|place| parcel(&one, place).0).collect();
    let (acknowledged, stop, refused) =
        (Acknowledged::default(), AtomicBool::new(false), AtomicUsize::new(0));
    let count = || acknowledged.lock().unwrap().len();
    let away = std::thread::scope(|scope| {
        for parcel in &parcels {
            scope.spawn(|| write([&one, &other], *parcel, &stop, &acknowledged));
        }
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                for server in [&one, &other] {
                    let status = server.get("/api/v1/summary", &[]).status;
                    refused.fetch_add(usize::from(status != 200), Ordering::Relaxed);
                }
            }
        });
        Server::wait(|| count() > 40);
        primary.stop();
        let (gone, before) = (Instant::now(), count());
        standby.promote();
        Server::wait(|| count() > before + 40);
        stop.store(true, Ordering::Relaxed);
        gone.elapsed()
    });
    println!("acknowledged {}, 40 more after {away:?}, reads refused {refused:?}", count());
    assert_eq!(refused.into_inner(), 0);
    let kept =
        standby.sql(&name, "SELECT position || ' ' || parcel FROM matbang.ledger WHERE kind LIKE 'blocker%'");
    let kept: HashSet<&str> = kept.lines().collect();
    let lost: Vec<_> = acknowledged.into_inner().unwrap();
    let lost: Vec<_> = lost.into_iter().filter(|(at, id)| !kept.contains(&*format!("{at} {id}"))).collect();
    assert!(lost.is_empty(), "{lost:?}");
    let there = standby.address(&name);
    let verified: Value = serde_json::from_str(&succeed(Path::new(&there), &["verify", "--json"])).unwrap();
    assert_eq!(verified["findings"], json!([]));
}

#[test]
fn nobody_changes_what_is_in_the_ledger_and_what_was_altered_is_found() {
    let (demo, cluster) = (Demo::new(), Cluster::shared());
    let name = cluster.database_named();
    let address = cluster.address(&name);
    succeed(&demo.store(), &["copy", demo.store().to_str().unwrap(), &address]);
    for sql in [
        "UPDATE matbang.ledger SET author = 'x' WHERE position = 1",
        "DELETE FROM matbang.ledger WHERE position = 1",
        "TRUNCATE matbang.ledger",
    ] {
        let refused = format!(
            "DO $x$ BEGIN {sql}; RAISE 'done'; EXCEPTION WHEN raise_exception THEN \
            IF SQLERRM <> 'the ledger is append-only' THEN RAISE; END IF; END $x$"
        );
        cluster.sql(&name, &refused);
    }
    for (sql, back) in [
        ("recovered_area = recovered_area + 1", "recovered_area = recovered_area - 1"),
        ("sheet = sheet || 'x'", "sheet = rtrim(sheet, 'x')"),
        ("d0 = d0 - 1", "d0 = d0 + 1"),
    ] {
        cluster.sql(&name, &format!("UPDATE matbang.parcels SET {sql} WHERE fid = 5"));
        assert_eq!(matbang(Path::new(&address), &["verify"]).status.code(), Some(1), "{sql}");
        cluster.sql(&name, &format!("UPDATE matbang.parcels SET {back} WHERE fid = 5"));
    }
    succeed(Path::new(&address), &["verify"]);
}

#[test]
fn what_is_missing_is_said_and_no_password_with_it() {
    let cluster = Cluster::shared();
    let said = |address: &str| {
        let run = matbang(Path::new(address), &["verify"]);
        assert_eq!(run.status.code(), Some(1));
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(!said.contains("hidden"), "{said}");
        said
    };
    cluster.sql("postgres", "CREATE DATABASE bare");
    let bare = cluster.address("bare").replace("admin@", "admin:hidden@");
    assert!(said(&bare).contains("PostGIS"));
    let name = cluster.database_named();
    let empty = cluster.address(&name).replace("admin@", "admin:hidden@");
    assert!(said(&empty).contains("there is no store"));
    cluster.sql(
        &name,
        "CREATE SCHEMA matbang; CREATE TABLE matbang.migrations (number integer); \
        INSERT INTO matbang.migrations VALUES (999)",
    );
    assert!(said(&empty).contains("newer program"));
    assert!(said("postgres://an:hidden@db.example.vn/x").contains("sslmode"));
    assert!(said("postgres://an:hidden@localhost:1/x").contains("connect"));
    assert!(said("mysql://an:hidden@localhost/x").contains("no engine"));
}

/// The SQL of docs/cluster.md, block by block.
fn guide() -> Vec<String> {
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cluster.md")).unwrap();
    page.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_rights_of_the_guide_are_what_a_server_needs_and_a_reader_sees_nobody() {
    let (demo, cluster) = (Demo::new(), Cluster::start_new());
    let blocks = guide();
    let [roles, schema, rights] = &blocks[..] else { panic!("{} blocks", blocks.len()) };
    cluster.sql("postgres", roles);
    cluster.sql("postgres", "CREATE DATABASE guided");
    cluster.sql("guided", schema);
    let of = |role: &str| cluster.address("guided").replace("admin@", &format!("{role}@"));
    // The tables are made by who copies, its owner.
    let owner = of("matbang_owner");
    succeed(Path::new(&owner), &["copy", demo.store().to_str().unwrap(), &owner]);
    cluster.sql("guided", rights);
    let (server, other) = (serve(&of("matbang"), &demo), serve(&of("matbang"), &demo));
    let (id, _) = parcel(&server, 0);
    let reply = server.post("/api/v1/events", &opened(id, "price"));
    assert_eq!(reply.status, 201, "{}", String::from_utf8_lossy(&reply.body));
    let position = reply.json()["at"].as_u64().unwrap();
    Server::wait(|| at(&other) >= position);
    let plan = r#"{"kind":"plan_changed","project":"DA02","required_on":"2027-01-31","date":"2026-06-30","document":"12/QĐ"}"#;
    assert_eq!(server.post("/api/v1/events", plan).status, 201);
    assert_eq!(server.get(&format!("/api/v1/parcels/{id}/holder"), &[]).status, 200);
    let user = ["user", "add", "an", "--full-name", "An", "--role", "administrator", "--no-password"];
    let address = of("matbang");
    succeed(Path::new(&address), &user);
    succeed(Path::new(&address), &["user", "role", "an", "--role", "viewer"]);
    succeed(Path::new(&address), &["user", "role", "an", "--role", "viewer", "--remove"]);
    succeed(Path::new(&address), &["verify"]);
    let asks = |role: &str, sql: &str| cluster.ask(role, "guided", sql);
    // Divides by zero where there is a table that a server can't add to.
    let all_open =
        "SELECT 1 / (count(*) = 0)::int FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'matbang' AND c.relkind = 'r' AND c.relname <> 'migrations'
        AND NOT has_table_privilege('matbang', c.oid, 'INSERT')";
    assert!(asks("matbang", all_open), "a table is missing in the guide's rights");
    assert!(asks("matbang_reader", "SELECT count(*) FROM matbang.parcels"));
    for table in ["holders", "accounts", "sessions", "tokens", "accesses", "ledger"] {
        assert!(!asks("matbang_reader", &format!("SELECT count(*) FROM matbang.{table}")), "{table}");
    }
    for sql in ["UPDATE matbang.ledger SET author = ''", "ALTER TABLE matbang.ledger DISABLE TRIGGER ALL"] {
        assert!(!asks("matbang", sql), "{sql}");
    }
}

#[test]
fn states_of_an_older_database_get_their_version_beside_them() {
    let cluster = Cluster::start_new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/postgres/sql");
    let apply = |file: &str| {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        cluster.sql("older", &format!("SET search_path TO matbang, public; {text}"));
    };
    cluster.sql("postgres", "CREATE DATABASE older");
    cluster.sql("older", "CREATE EXTENSION postgis; CREATE SCHEMA matbang");
    ["001_store.sql", "002_doors.sql", "003_removed_briefings.sql"].into_iter().for_each(apply);
    // 18 bytes of days, 8 of money, then the version 3 · 256 + 1, and marks behind.
    let (days, rest) = ("ff".repeat(18), "7b7d");
    let state = format!("{days}40420f0000000000{{}}{rest}");
    let (old, new) = (state.replace("{}", "0103000000000000"), state.replace("{}", ""));
    cluster.sql("older", &format!("INSERT INTO matbang.prior_states VALUES (9, 1, '\\x{old}')"));
    apply("004_versions.sql");
    let is = format!(
        "SELECT 1 / (count(*) = 1)::int FROM matbang.prior_states WHERE version = 769 AND state = '\\x{new}'"
    );
    assert!(cluster.ask("admin", "older", &is), "the version or the state is another");
}
