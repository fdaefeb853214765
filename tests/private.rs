//! What lies on the disk and in caches: nobody else on the machine reads it, and nothing is left behind.

use std::{
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::json;

use crate::harness::{
    self, Demo, Server,
    people::{Person, add},
    succeed,
};

/// Everything in a folder that others than its owner may do something with.
fn open_to_others(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mode = path.symlink_metadata().unwrap().permissions().mode();
        if path.is_dir() {
            found.extend(open_to_others(&path));
        }
        if mode & 0o077 != 0 {
            found.push(path);
        }
    }
    found
}

/// `arguments` of the binary in a shell that lets everybody read what it makes.
fn shared(arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "umask 022; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_matbang")]).args(arguments);
    command
}

fn run(arguments: &[&str]) {
    let done = shared(arguments).output().unwrap();
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn whatever_is_made_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let temporary = folder.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    std::fs::set_permissions(&temporary, std::fs::Permissions::from_mode(0o700)).unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (store, key, witness) = (at("s/store.gpkg"), at("key"), at("witness"));
    run(&["--data", &store, "demo", "--parcels", "500", "--until", harness::UNTIL]);
    run(&["key", &key]);
    let mut command = shared(&["--data", &store, "serve", "--listen", "127.0.0.1:0"]);
    command.args(["--head-key", &key, "--witness", &witness]).env("TMPDIR", &temporary);
    let server = Server::run(command);
    let kept = server.send("/api/v1/attachments", &[("content-type", "image/png")], &harness::png(3, 2));
    assert_eq!(kept.status, 201);
    let campaign = server.get("/api/v1/campaigns/thi-dua-gpmb/file", &[]).body;
    let put = server.request("PUT", "/api/v1/campaigns/thi-dua-gpmb/file", &[], &campaign);
    assert!(put.status < 300, "{}", String::from_utf8_lossy(&put.body));
    let id = server.post("/api/v1/imports", "").json()["id"].as_str().unwrap().to_owned();
    let sent = server.request("PUT", &format!("/api/v1/imports/{id}/files/a.csv"), &[], b"so_to\n1\n");
    assert_eq!(sent.status, 201);
    run(&["--data", &store, "backup", &at("copy.gpkg"), "--head-key", &key]);
    run(&["--data", &store, "export", "events", "--format", "csv", "--out", &at("events.csv")]);
    for made in ["s/store.gpkg-wal", "s/store.files", "s/campaigns", "copy.files", "copy.gpkg.head.json"] {
        assert!(folder.path().join(made).exists(), "{made} was made");
    }
    Server::wait(|| Path::new(&witness).exists());
    assert!(std::fs::read_dir(&temporary).unwrap().next().is_some(), "the file waits");
    assert_eq!(open_to_others(folder.path()), Vec::<PathBuf>::new());
    // Tiles are made for everybody.
    run(&["--data", &store, "tiles", "--out", &at("t.pmtiles")]);
    assert_eq!(std::fs::metadata(at("t.pmtiles")).unwrap().permissions().mode() & 0o777, 0o644);
    // What was made before is told of.
    drop(server);
    std::fs::set_permissions(&store, std::fs::Permissions::from_mode(0o644)).unwrap();
    let mut command = shared(&["--data", &store, "serve", "--listen", "127.0.0.1:0"]);
    let told = folder.path().join("told");
    command.env("TMPDIR", &temporary).stderr(std::fs::File::create(&told).unwrap());
    drop(Server::run(command));
    let told = std::fs::read_to_string(told).unwrap();
    assert!(told.contains(&format!("may read {store}")), "{told}");
}

/// A server whose files that wait lie in `temporary`.
fn served(store: &Path, temporary: &Path) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_matbang"));
    command.arg("--data").arg(store).args(["serve", "--listen", "127.0.0.1:0"]).env("TMPDIR", temporary);
    Server::run(command)
}

fn waiting(server: &Server) -> String {
    let id = server.post("/api/v1/imports", "").json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/imports/{id}/files/thua.csv");
    assert_eq!(server.request("PUT", &path, &[], b"so_to,so_thua\n1,1\n").status, 201);
    id
}

#[test]
fn what_a_killed_server_left_is_removed_and_what_another_uses_stays() {
    let (demo, other) = (Demo::new(), Demo::new());
    let temporary = tempfile::tempdir().unwrap();
    let folders = || std::fs::read_dir(temporary.path()).unwrap().count();
    let alive = served(&other.store(), temporary.path());
    let id = waiting(&alive);
    let killed = served(&demo.store(), temporary.path());
    waiting(&killed);
    assert_eq!(folders(), 2);
    // Dropped, a server is killed.
    drop(killed);
    assert_eq!(folders(), 2, "nobody was there to remove it");
    let next = served(&demo.store(), temporary.path());
    assert_eq!(folders(), 2, "its own and that of the one that lives");
    let seen = alive.get(&format!("/api/v1/imports/{id}"), &[]);
    assert_eq!(seen.json()["files"], json!(["thua.csv"]), "{}", String::from_utf8_lossy(&seen.body));
    // One that ends by itself leaves nothing.
    assert_eq!(next.stop("TERM"), Some(0));
    assert_eq!(folders(), 1);
}

#[test]
fn personal_answers_are_kept_nowhere() {
    let demo = Demo::new();
    let store = demo.store();
    let sql = rusqlite::Connection::open(&store).unwrap();
    let select = "SELECT u.code, min(p.fid) FROM parcels p JOIN units u ON u.fid = p.unit GROUP BY u.fid
        ORDER BY count(*) DESC LIMIT 1";
    let (unit, parcel): (String, u32) =
        sql.query_row(select, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    drop(sql);
    add(&store, "chi", "administrator", None);
    add(&store, "an", "officer", Some(&unit));
    add(&store, "xem", "viewer", None);
    let token = succeed(&store, &["token", "add", "an", "--scope", "write", "--days", "1"]);
    let token = format!("Bearer {}", token.trim());
    let mut command = Command::new(env!("CARGO_BIN_EXE_matbang"));
    command.arg("--data").arg(&store).args(["serve", "--listen", "127.0.0.1:0", "--public-map"]);
    let server = Server::run(command);
    let [chi, an, xem] = ["chi", "an", "xem"].map(|name| Person::sign_in(&server, name));
    let kept = an.send(&server, "POST", "/api/v1/attachments", "image/png", &harness::png(3, 2)).json();
    let more_for_some = [
        format!("/api/v1/parcels/{parcel}"),
        "/api/v1/summary".to_owned(),
        "/api/v1/progress?by=project".to_owned(),
        "/api/v1/projects/DA01".to_owned(),
        "/api/v1/report?project=DA01&format=docx".to_owned(),
        "/ogc/collections/events/items".to_owned(),
        "/ogc/collections/events/items?f=csv".to_owned(),
        "/ogc/collections/events/queryables".to_owned(),
        "/ogc/collections/events/schema".to_owned(),
    ];
    let for_some_alone = [
        "/api/v1/session".to_owned(),
        "/api/v1/work".to_owned(),
        "/api/v1/holders?q=nguyen".to_owned(),
        format!("/api/v1/parcels/{parcel}/holder"),
        format!("/api/v1/parcels/{parcel}/record"),
        format!("/api/v1/attachments/{}", kept["id"].as_str().unwrap()),
        "/api/v1/briefings".to_owned(),
    ];
    let told = |headers: &[(&str, &str)], path: &str| {
        let reply = server.get(path, headers);
        assert_eq!(reply.status, 200, "{path}: {}", String::from_utf8_lossy(&reply.body));
        reply.header("cache-control").to_owned()
    };
    for path in more_for_some.iter().chain(&for_some_alone) {
        assert_eq!(told(&[("cookie", &an.cookie)], path), "no-store", "{path}");
        assert_eq!(told(&[("authorization", &token)], path), "no-store", "{path} by a token");
    }
    for path in ["/api/v1/accounts", "/api/v1/accesses", "/api/v1/ledger", "/api/v1/condition", "/metrics"] {
        assert_eq!(told(&[("cookie", &chi.cookie)], path), "no-store", "{path}");
    }
    // What everybody is told the same is asked for again, and need not come again.
    let figures = "/api/v1/summary";
    for cookie in ["", &*xem.cookie] {
        assert_eq!(told(&[("cookie", cookie)], figures), "no-cache");
    }
    assert_eq!(told(&[("cookie", &an.cookie)], "/api/v1/clocks"), "no-cache");
}

#[test]
fn pages_load_nothing_from_elsewhere_and_are_shown_in_no_other() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    for path in ["/", "/ogc?f=html", "/api/v1/summary", "/nowhere", "/tiles"] {
        let reply = server.get(path, &[("accept", "text/html")]);
        let policy = reply.header("content-security-policy");
        for part in ["default-src '", "form-action 'self'", "frame-ancestors 'self'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains('*') && !policy.contains("unsafe-eval"), "{path}: {policy}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("x-frame-options"), "SAMEORIGIN", "{path}");
        assert_eq!(reply.header("referrer-policy"), "same-origin", "{path}");
    }
    let page = server.get("/", &[]);
    assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
    assert_eq!(page.header("cross-origin-resource-policy"), "same-origin");
    let allowed = page.header("permissions-policy");
    assert!(allowed.contains("geolocation=(self)") && allowed.contains("microphone=()"), "{allowed}");
}
