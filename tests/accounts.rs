//! Coming in: passwords, sessions, tokens, limits, and what `serve` insists on.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::harness::{Demo, Reply, Server, matbang, succeed};

const PASSWORD: &str = "mat-khau-thu-nghiem";

/// Runs the binary with a line on standard input.
fn with_input(store: &Path, arguments: &[&str], line: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_matbang"))
        .arg("--data")
        .arg(store)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{line}").unwrap();
    child.wait_with_output().unwrap()
}

fn administrator(store: &Path) {
    let add = [
        "user",
        "add",
        "an.nguyen",
        "--full-name",
        "Nguyễn Văn An",
        "--role",
        "administrator",
        "--password-stdin",
    ];
    let done = with_input(store, &add, PASSWORD);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn sign_in(server: &Server, name: &str, password: &str) -> Reply {
    let body = serde_json::json!({ "name": name, "password": password }).to_string();
    server.send("/api/v1/session", &[], body.as_bytes())
}

fn cookie(reply: &Reply) -> String {
    reply.header("set-cookie").split(';').next().unwrap().to_owned()
}

#[test]
fn a_session_begins_with_the_right_password_and_ends_with_signing_out() {
    let demo = Demo::new();
    administrator(&demo.store());
    let server = Server::start(&demo.store());
    assert_eq!(server.get("/api/v1/summary", &[]).status, 401);
    assert_eq!(server.get("/", &[]).status, 200);
    assert_eq!(sign_in(&server, "an.nguyen", "wrong-password").status, 401);
    assert_eq!(sign_in(&server, "nobody", PASSWORD).status, 401);
    let reply = sign_in(&server, "An.Nguyen", PASSWORD);
    assert_eq!(reply.status, 200);
    let set = reply.header("set-cookie");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && !set.contains("Secure"), "{set}");
    let (cookie, csrf) = (cookie(&reply), reply.json()["csrf"].as_str().unwrap().to_owned());
    assert_eq!(server.get("/api/v1/summary", &[("cookie", &cookie)]).status, 200);
    // The page's own proof is asked for, and another site's page has none.
    let event = b"[{}]";
    let post = |headers: &[(&str, &str)]| server.send("/api/v1/events", headers, event);
    assert_eq!(post(&[("cookie", &cookie)]).status, 403);
    assert_eq!(post(&[("cookie", &cookie), ("x-csrf-token", "0")]).json()["code"], "csrf");
    assert_eq!(post(&[("cookie", &cookie), ("x-csrf-token", &csrf)]).status, 422);
    let foreign =
        [("cookie", cookie.as_str()), ("x-csrf-token", csrf.as_str()), ("origin", "http://evil.example")];
    assert_eq!(post(&foreign).status, 403);
    // Sessions outlive the server.
    drop(server);
    let server = Server::start(&demo.store());
    assert_eq!(server.get("/api/v1/summary", &[("cookie", &cookie)]).status, 200);
    // Disabled on the command line while the server runs: out within a moment.
    succeed(&demo.store(), &["user", "disable", "an.nguyen"]);
    Server::wait(|| server.get("/api/v1/summary", &[("cookie", &cookie)]).status == 401);
    assert_eq!(sign_in(&server, "an.nguyen", PASSWORD).status, 401);
}

#[test]
fn too_many_tries_have_to_wait() {
    let demo = Demo::new();
    administrator(&demo.store());
    let server = Server::start(&demo.store());
    let tries: Vec<Reply> = (0..7).map(|_| sign_in(&server, "an.nguyen", "wrong-password")).collect();
    let last = tries.last().unwrap();
    assert_eq!((tries[0].status, last.status), (401, 429));
    assert!(last.header("retry-after").parse::<u64>().unwrap() > 0);
    // Not even the right password gets through meanwhile.
    assert_eq!(sign_in(&server, "an.nguyen", PASSWORD).status, 429);
}

#[test]
fn a_token_reads_or_writes_until_it_is_taken_back() {
    let demo = Demo::new();
    administrator(&demo.store());
    let token = |scope: &str| {
        let out = succeed(&demo.store(), &["token", "add", "an.nguyen", "--scope", scope, "--days", "1"]);
        format!("Bearer {}", out.trim())
    };
    let (read, write) = (token("read"), token("write"));
    let server = Server::start(&demo.store());
    let get = |path: &str, token: &str| server.get(path, &[("authorization", token)]).status;
    assert_eq!((get("/api/v1/summary", &read), get("/api/v1/work", &read)), (200, 403));
    assert_eq!((get("/api/v1/work", &write), get("/api/v1/accounts", &write)), (200, 403));
    assert_eq!(get("/api/v1/summary", "Bearer mbt_0"), 401);
    let post = |token: &str| server.send("/api/v1/events", &[("authorization", token)], b"[{}]").status;
    assert_eq!((post(&read), post(&write)), (403, 422));
    let list: serde_json::Value =
        serde_json::from_str(&succeed(&demo.store(), &["token", "list", "--json"])).unwrap();
    assert!(!list.to_string().contains("mbt_"));
    succeed(&demo.store(), &["token", "revoke", &list[0]["id"].to_string()]);
    Server::wait(|| get("/api/v1/summary", &read) == 401);
    let sql = rusqlite::Connection::open(demo.store()).unwrap();
    sql.execute_batch(
        "UPDATE tokens SET expires_at = 1; UPDATE settings SET value = value + 1 WHERE name = 'accounts'",
    )
    .unwrap();
    Server::wait(|| get("/api/v1/summary", &write) == 401);
}

#[test]
fn other_machines_are_let_in_by_accounts_only() {
    let demo = Demo::new();
    let refused = matbang(&demo.store(), &["serve", "--public", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("matbang user add"), "{refused:?}");
    let refused = matbang(&demo.store(), &["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--public"), "{refused:?}");
    // Without accounts, a page whose name is made to point at this machine gets nothing.
    let server = Server::start(&demo.store());
    assert_eq!(server.get("/api/v1/summary", &[("host", "evil.example")]).status, 403);
    assert_eq!(server.get("/api/v1/session", &[]).json()["mode"], "local");
    assert_eq!(server.get("/api/v1/summary", &[]).status, 200);
    // The first account ends that, also for a server that runs.
    administrator(&demo.store());
    Server::wait(|| server.get("/api/v1/summary", &[]).status == 401);
    drop(server);
    let mut command = Command::new(env!("CARGO_BIN_EXE_matbang"));
    command.arg("--data").arg(demo.store()).args([
        "serve",
        "--public",
        "--public-map",
        "--listen",
        "0.0.0.0:0",
    ]);
    let server = Server::run(command);
    assert_eq!(server.get("/api/v1/summary", &[]).status, 200);
    assert_eq!(server.get("/api/v1/work", &[]).status, 401);
}

#[test]
fn wrong_words_on_the_command_line_say_what_to_do() {
    let demo = Demo::new();
    let run = |arguments: &[&str]| {
        let done = with_input(&demo.store(), arguments, "short");
        (done.status.code(), String::from_utf8_lossy(&done.stderr).to_string())
    };
    let add = ["user", "add", "x", "--full-name", "X", "--password-stdin", "--role"];
    let (status, message) = run(&[&add[..], &["king"]].concat());
    assert!(status == Some(2) && message.contains("administrator"), "{message}");
    let (status, message) = run(&[&add[..], &["officer"]].concat());
    assert!(status == Some(1) && message.contains("fewer than 12"), "{message}");
    let (status, message) = run(&[&add[..], &["officer", "--unit", "00000"]].concat());
    assert!(status == Some(1) && message.contains("00000"), "{message}");
    let (status, message) = run(&["user", "disable", "nobody"]);
    assert!(status == Some(1) && message.contains("user list"), "{message}");
}

#[test]
fn a_copy_of_a_running_store_is_whole_and_comes_back() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let copy = demo.folder().join("copy.gpkg");
    let copy_text = copy.to_str().unwrap();
    let at = server.get("/api/v1/catalog", &[]).json()["at"].clone();
    succeed(&demo.store(), &["backup", copy_text]);
    let again = matbang(&demo.store(), &["backup", copy_text]);
    assert_eq!(again.status.code(), Some(1));
    let parcel = server.get("/api/v1/work?limit=1", &[]).json()["parcels"][0]["id"].clone();
    let event = serde_json::json!({ "parcel": parcel, "kind": "planned_date_changed", "planned": "2027-01-01", "date": "2026-06-30" });
    assert_eq!(server.post("/api/v1/events", &event.to_string()).status, 201);
    drop(server);
    let refused = matbang(&demo.store(), &["restore", copy_text]);
    assert!(
        refused.status.code() == Some(1) && String::from_utf8_lossy(&refused.stderr).contains("--replace")
    );
    succeed(&demo.store(), &["restore", copy_text, "--replace"]);
    let verified: serde_json::Value =
        serde_json::from_str(&succeed(&demo.store(), &["verify", "--json"])).unwrap();
    assert_eq!((&verified["at"], &verified["findings"]), (&at, &serde_json::json!([])));
    assert!(demo.folder().join("store.gpkg.before").exists());
}
