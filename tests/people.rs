//! What people do with their own accounts: passwords, second factors, sessions that end, and what is told of it.

mod authenticator;
mod factors;
mod keys;

use std::{
    io::{BufRead, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use factors::with_factor;
use serde_json::{Value, json};

use crate::harness::{
    Demo, Reply, Server,
    people::{PASSWORD, Person, add},
    succeed,
};

const ANOTHER: &str = "sáu con trâu lội sông";

/// Somewhere else each time: how often it may be tried from one place is not what is tested here.
fn place() -> String {
    static PLACES: AtomicU16 = AtomicU16::new(1);
    let [high, low] = PLACES.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    format!("10.{high}.{low}.1")
}

/// Signs in.
fn sign_in(server: &Server, body: &Value) -> Reply {
    server.send("/api/v1/session", &[("x-forwarded-for", &place())], body.to_string().as_bytes())
}

fn code_of(reply: &Reply) -> String {
    reply.json()["code"].as_str().unwrap_or_default().to_owned()
}

/// Writes to the store what time would do, and has servers look.
fn later(store: &Path, sql: &str) {
    let connection = rusqlite::Connection::open(store).unwrap();
    let counted = "UPDATE settings SET value = value + 1 WHERE name = 'accounts'";
    connection.execute_batch(&format!("{sql}; {counted}")).unwrap();
}

fn millis() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}

#[test]
fn a_password_that_others_try_first_is_refused_by_every_door() {
    let demo = Demo::new();
    add(&demo.store(), "chi.le", "administrator", None);
    let cli = |arguments: &[&str], password: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_matbang"))
            .arg("--data")
            .arg(demo.store())
            .args(arguments)
            .arg("--password-stdin")
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
        let done = child.wait_with_output().unwrap();
        (done.status.code(), String::from_utf8_lossy(&done.stderr).into_owned())
    };
    let new = ["user", "add", "le.khoi", "--full-name", "Lê Khôi", "--role", "viewer"];
    for (arguments, password) in [
        (&new[..], "matkhau123456"),
        (&new, "Le.Khoi.2026!"),
        (&["user", "reset", "chi.le"], "qwertyuiop123"),
    ] {
        let (status, told) = cli(arguments, password);
        assert!(status == Some(1) && told.contains("others try first"), "{password}: {told}");
    }
    assert!(cli(&new, "chín con cá").1.contains("fewer than 12"));
    let server = Server::start(&demo.store());
    let chi = Person::sign_in(&server, "chi.le");
    let refused_as = |code: &str, path: &str, body: Value| {
        let reply = chi.post(&server, path, &body);
        assert_eq!(
            (reply.status, code_of(&reply).as_str()),
            (400, code),
            "{path}: {}",
            reply.json()["detail"]
        );
    };
    let refused = |path: &str, body: Value| refused_as("password_common", path, body);
    let account = |password: &str| json!({ "name": "binh", "full_name": "Bình", "role": "viewer", "password": password });
    refused("/api/v1/accounts", account("Password2026!!"));
    refused("/api/v1/accounts/chi.le", json!({ "password": "giaiphongmatbang" }));
    let own = "/api/v1/session/password";
    refused(own, json!({ "old": PASSWORD, "new": "chi.le.2026.chi" }));
    refused_as("password_same", own, json!({ "old": PASSWORD, "new": PASSWORD }));
    refused_as("password_short", own, json!({ "old": PASSWORD, "new": "chín con cá" }));
    refused_as("password_long", own, json!({ "old": PASSWORD, "new": "đất lành ".repeat(30) }));
    assert_eq!(chi.post(&server, "/api/v1/accounts", &account(ANOTHER)).status, 201);
}

#[test]
fn who_changes_the_password_gives_the_old_one_and_all_else_ends() {
    let demo = Demo::new();
    add(&demo.store(), "an", "viewer", None);
    let token = succeed(&demo.store(), &["token", "add", "an", "--scope", "write", "--days", "1"]);
    let token = format!("Bearer {}", token.trim());
    let server = Server::start(&demo.store());
    let (an, elsewhere) = (Person::sign_in(&server, "an"), Person::sign_in(&server, "an"));
    let change = |old: &str, new: &str| {
        an.post(&server, "/api/v1/session/password", &json!({ "old": old, "new": new }))
    };
    let wrong = change("con-voi-ba-chan", ANOTHER);
    assert_eq!((wrong.status, code_of(&wrong).as_str()), (403, "wrong_password"));
    assert_eq!(change(PASSWORD, PASSWORD).status, 400, "the old one is no new one");
    let body = json!({ "old": PASSWORD, "new": ANOTHER }).to_string();
    let by_token = server.send("/api/v1/session/password", &[("authorization", &token)], body.as_bytes());
    assert_eq!(by_token.status, 400, "a program changes no password");
    let done = change(PASSWORD, ANOTHER);
    let now = Person::of(&done);
    assert_eq!(done.json()["signed_in"], true);
    let seen = |headers: &[(&str, &str)]| server.get("/api/v1/summary", headers).status;
    assert_eq!(seen(&[("cookie", &now.cookie)]), 200);
    for ended in [&an.cookie, &elsewhere.cookie] {
        assert_eq!(seen(&[("cookie", ended)]), 401);
    }
    assert_eq!(seen(&[("authorization", &token)]), 401);
    assert_eq!(sign_in(&server, &json!({ "name": "an", "password": PASSWORD })).status, 401);
    assert_eq!(sign_in(&server, &json!({ "name": "an", "password": ANOTHER })).status, 200);
    // It can't be guessed by who finds a page open, either: one was wrong before, and ten are enough.
    let tries: Vec<u16> = (0..10)
        .map(|_| json!({ "old": "con-voi-ba-chan", "new": PASSWORD }))
        .map(|wish| now.post(&server, "/api/v1/session/password", &wish).status)
        .collect();
    assert_eq!(tries, [&[403; 9][..], &[429]].concat());
}

#[test]
fn who_sees_holders_is_signed_out_after_half_an_hour() {
    let demo = Demo::new();
    for (name, role) in [("an", "officer"), ("xem", "viewer")] {
        add(&demo.store(), name, role, None);
    }
    let server = Server::start(&demo.store());
    let [an, xem] = ["an", "xem"].map(|name| Person::sign_in(&server, name));
    let seen = |who: &Person| who.get(&server, "/api/v1/clocks").status;
    let idle = |minutes: i64| {
        let at = millis() - minutes * 60_000;
        later(&demo.store(), &format!("UPDATE sessions SET seen_at = {at}"));
    };
    idle(29);
    assert_eq!((seen(&an), seen(&xem)), (200, 200));
    idle(31);
    Server::wait(|| seen(&an) == 401);
    assert_eq!(seen(&xem), 200);
    // The page that says that somebody is there keeps it.
    let an = Person::sign_in(&server, "an");
    idle(29);
    Server::wait(|| {
        assert_eq!(an.get(&server, "/api/v1/session").json()["signed_in"], true);
        let sql = rusqlite::Connection::open(demo.store()).unwrap();
        let youngest: i64 = sql.query_row("SELECT max(seen_at) FROM sessions", [], |row| row.get(0)).unwrap();
        millis() - youngest < 20 * 60_000
    });
    idle(12 * 60 + 1);
    Server::wait(|| seen(&xem) == 401);
}

/// Reads a stream to its end, after it has begun.
fn ends(server: &Server, headers: &str) -> std::thread::JoinHandle<()> {
    let host = server.url.trim_start_matches("http://").to_owned();
    let mut socket = std::net::TcpStream::connect(&host).unwrap();
    socket.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    write!(socket, "GET /api/v1/live HTTP/1.1\r\nHost: {host}\r\n{headers}\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut lines = BufReader::new(socket);
    let mut line = String::new();
    while !line.contains("event: position") {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "it begins");
    }
    std::thread::spawn(move || {
        let mut rest = String::new();
        while lines.read_line(&mut rest).unwrap() > 0 {}
    })
}

#[test]
fn a_stream_ends_with_what_let_it_in() {
    let demo = Demo::new();
    let store = demo.store();
    for (name, role) in [("an", "viewer"), ("binh", "viewer"), ("dung", "viewer"), ("chi", "administrator")] {
        add(&store, name, role, None);
    }
    let token = succeed(&store, &["token", "add", "an", "--scope", "read", "--days", "1"]);
    let server = Server::start(&store);
    let [an, binh, dung, chi] = ["an", "binh", "dung", "chi"].map(|name| Person::sign_in(&server, name));
    let by_cookie = |who: &Person| ends(&server, &format!("Cookie: {}", who.cookie));
    let streams = [
        by_cookie(&an),
        by_cookie(&binh),
        by_cookie(&dung),
        ends(&server, &format!("Authorization: Bearer {}", token.trim())),
    ];
    let stays = by_cookie(&chi);
    assert_eq!(an.send(&server, "DELETE", "/api/v1/session", "", b"").status, 204);
    let gone = json!({ "disabled": true });
    assert_eq!(chi.post(&server, "/api/v1/accounts/binh", &gone).status, 204);
    succeed(&store, &["user", "role", "dung", "--role", "viewer", "--remove"]);
    succeed(&store, &["token", "revoke", "1"]);
    // Each is read to its end; a minute without one fails.
    streams.into_iter().for_each(|stream| stream.join().unwrap());
    assert!(!stays.is_finished(), "who may still look goes on");
}

#[test]
fn who_comes_in_is_refused_or_looks_is_told_in_lines() {
    let demo = Demo::new();
    let store = demo.store();
    let sql = rusqlite::Connection::open(&store).unwrap();
    sql.execute("UPDATE holders SET name = 'Zxqvbí Mật ' || fid", []).unwrap();
    let parcel: u32 =
        sql.query_row("SELECT min(fid) FROM parcels WHERE holder IS NOT NULL", [], |row| row.get(0)).unwrap();
    drop(sql);
    for (name, role) in [("an", "viewer"), ("chi", "administrator")] {
        add(&store, name, role, None);
    }
    let told = demo.folder().join("log");
    let mut command = Command::new(env!("CARGO_BIN_EXE_matbang"));
    command.arg("--data").arg(&store).args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"]);
    command.stderr(std::fs::File::create(&told).unwrap()).env_remove("RUST_LOG");
    let server = Server::run(command);
    let from = [("x-forwarded-for", "10.9.8.7")];
    let enter = |name: &str, password: &str, code: Option<&str>| {
        let body = json!({ "name": name, "password": password, "code": code }).to_string();
        server.send("/api/v1/session", &from, body.as_bytes())
    };
    assert_eq!(enter("an", "con-voi-ba-chan", None).status, 401);
    assert_eq!(enter("mot mat khau go nham", PASSWORD, None).status, 401);
    let chi = Person::of(&enter("chi", PASSWORD, None));
    let an = Person::sign_in(&server, "an");
    assert_eq!(an.get(&server, "/api/v1/accounts").status, 403);
    assert_eq!(chi.get(&server, &format!("/api/v1/parcels/{parcel}/holder")).status, 200);
    assert_eq!(chi.get(&server, "/api/v1/holders?q=zxqvbi").status, 200);
    let token = json!({ "account": "an", "name": "t", "scope": "read", "days": 1 });
    let token = chi.post(&server, "/api/v1/tokens", &token).json()["token"].as_str().unwrap().to_owned();
    let grant = json!({ "grant": { "role": "leader" } });
    assert_eq!(chi.post(&server, "/api/v1/accounts/an", &grant).status, 204);
    // What is changed on the command line while the server runs is in its log too.
    let token_of_chi = succeed(&store, &["token", "add", "chi", "--scope", "read", "--days", "1"]);
    let bearer = format!("Bearer {}", token_of_chi.trim());
    Server::wait(|| server.get("/api/v1/summary", &[("authorization", &bearer)]).status == 200);
    let (_, recovery, an) = with_factor(&server, &an);
    assert_eq!(enter("an", PASSWORD, None).status, 401);
    assert_eq!(enter("an", PASSWORD, Some("000000")).status, 401);
    assert_eq!(enter("an", PASSWORD, Some(&recovery[0])).status, 200);
    assert_eq!(an.send(&server, "DELETE", "/api/v1/session", "", b"").status, 204);
    while enter("an", "con-voi-ba-chan", None).status != 429 {}
    drop(server);
    let told = std::fs::read_to_string(&told).unwrap();
    let lines = told.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let lines: Vec<Value> = lines.filter(|line| line["target"] == "security").collect();
    let find = |wanted: &Value| {
        let is = |line: &&Value| {
            wanted.as_object().unwrap().iter().all(|(name, value)| line["fields"][name] == *value)
        };
        assert!(lines.iter().any(|line| is(&line)), "{wanted} is not in {told}");
    };
    // What the server has changed itself is told once.
    let made = lines.iter().filter(|line| line["fields"]["what"] == "token_made").count();
    assert_eq!(made, 2, "{told}");
    for wanted in [
        json!({ "event": "not_signed_in", "account": "an", "why": "wrong", "address": "10.9.8.7" }),
        json!({ "event": "not_signed_in", "account": "", "why": "wrong", "address": "10.9.8.7" }),
        json!({ "event": "signed_in", "account": "chi", "how": "password", "address": "10.9.8.7" }),
        json!({ "event": "signed_in", "account": "an", "how": "password", "address": "127.0.0.1" }),
        json!({ "event": "refused", "account": "an", "what": "/api/v1/accounts" }),
        json!({ "event": "looked_at_holders", "account": "chi", "what": "holder", "parcels": 1, "parcel": parcel }),
        json!({ "event": "looked_at_holders", "account": "chi", "what": "search", "parcels": 20 }),
        json!({ "event": "account_changed", "author": "chi", "account": "an", "what": "token_made" }),
        json!({ "event": "account_changed", "author": "chi", "account": "an", "what": "role_given" }),
        json!({ "event": "account_changed", "account": "chi", "what": "token_made" }),
        json!({ "event": "account_changed", "author": "an", "account": "an", "what": "second_factor_on" }),
        json!({ "event": "not_signed_in", "account": "an", "why": "second_factor_due" }),
        json!({ "event": "not_signed_in", "account": "an", "why": "second_factor_wrong" }),
        json!({ "event": "signed_in", "account": "an", "how": "password+recovery_code" }),
        json!({ "event": "signed_out", "account": "an" }),
        json!({ "event": "not_signed_in", "account": "an", "why": "limit" }),
    ] {
        find(&wanted);
    }
    for secret in [PASSWORD, "con-voi-ba-chan", "mot mat khau go nham", &token, &recovery[0], "Zxqvb"] {
        assert!(!told.contains(secret), "{secret} is told");
    }
}
