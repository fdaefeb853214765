//! What people send: pictures that are too large, too much, what a scanner says, and files that wait.

use std::{io::Write as _, os::unix::fs::PermissionsExt as _, path::Path, process::Command};

use serde_json::json;

use crate::harness::{
    Demo, Reply, Server,
    people::{Person, add},
};

fn served(store: &Path, more: &[&str]) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_matbang"));
    command.arg("--data").arg(store).args(["serve", "--listen", "127.0.0.1:0"]).args(more);
    Server::run(command)
}

fn attach(server: &Server, media: &str, body: &[u8]) -> Reply {
    server.send("/api/v1/attachments", &[("content-type", media)], body)
}

fn detail(reply: &Reply) -> String {
    reply.json()["detail"].as_str().unwrap_or_default().to_owned()
}

/// A PDF of so many kB, unlike others with another number.
fn pdf(number: u8, kilobytes: usize) -> Vec<u8> {
    [&b"%PDF-1.7\n"[..], &[number][..], &vec![b' '; kilobytes << 10][..]].concat()
}

/// A grey picture of this size as PNG, of one bit a pixel: a file of few bytes.
fn grey(width: u32, height: u32) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(kind);
        crc.update(data);
        [&(data.len() as u32).to_be_bytes()[..], kind, data, &crc.sum().to_be_bytes()].concat()
    };
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[1, 0, 0, 0, 0]].concat();
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let row = vec![0; 1 + width.div_ceil(8) as usize];
    (0..height).for_each(|_| packed.write_all(&row).unwrap());
    let body = packed.finish().unwrap();
    [&b"\x89PNG\r\n\x1a\n"[..], &*chunk(b"IHDR", &head), &chunk(b"IDAT", &body), &chunk(b"IEND", &[])]
        .concat()
}

#[test]
fn a_picture_of_more_than_fifty_million_pixels_is_not_decoded() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    for (width, height) in [(10_000, 5_001), (50_000_001, 1)] {
        // Only the header says so: there is nothing to be decoded.
        let mut picture = grey(8, 8);
        picture[16..20].copy_from_slice(&u32::to_be_bytes(width));
        picture[20..24].copy_from_slice(&u32::to_be_bytes(height));
        let mut crc = flate2::Crc::new();
        crc.update(&picture[12..29]);
        picture[29..33].copy_from_slice(&crc.sum().to_be_bytes());
        let reply = attach(&server, "image/png", &picture);
        assert!(reply.status == 400 && detail(&reply).contains("at most 50 million"), "{}", detail(&reply));
    }
    assert_eq!(attach(&server, "image/png", &grey(1000, 1000)).status, 201);
}

/// Most memory that a process has had, MB.
fn most_memory(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() >> 10
}

#[test]
fn pictures_are_decoded_one_at_a_time() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let before = most_memory(&server);
    // Each takes 144 MB in colours of three bytes; all at once they would take more than two GB.
    let mut large = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut large, 80);
    encoder.encode(&vec![0; 8000 * 6000 * 3], 8000, 6000, jpeg_encoder::ColorType::Rgb).unwrap();
    let statuses: Vec<(u16, String)> = std::thread::scope(|all| {
        let one = || {
            let reply = attach(&server, "image/jpeg", &large);
            (reply.status, reply.header("retry-after").to_owned())
        };
        let sent: Vec<_> = (0..16).map(|_| all.spawn(one)).collect();
        sent.into_iter().map(|one| one.join().unwrap()).collect()
    });
    for (status, after) in &statuses {
        assert!(*status == 201 || (*status == 503 && after == "10"), "{statuses:?}");
    }
    assert!(statuses.iter().any(|(status, _)| *status == 201), "{statuses:?}");
    let grown = most_memory(&server) - before;
    assert!(grown < 1000, "it grew by {grown} MB");
    assert_eq!(server.get("/readyz", &[]).status, 200);
}

#[test]
fn a_pdf_is_saved_and_never_shown_in_a_page_of_ours() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let id = attach(&server, "application/pdf", &pdf(1, 1)).json()["id"].as_str().unwrap().to_owned();
    let got = server.get(&format!("/api/v1/attachments/{id}"), &[]);
    assert_eq!(got.header("content-disposition"), format!("attachment; filename=\"{id}\""));
    assert_eq!(got.header("content-type"), "application/pdf");
    assert_eq!(got.header("x-content-type-options"), "nosniff");
    assert!(got.header("content-security-policy").contains("sandbox"));
    let id = attach(&server, "image/png", &grey(3, 3)).json()["id"].as_str().unwrap().to_owned();
    assert_eq!(server.get(&format!("/api/v1/attachments/{id}"), &[]).header("content-disposition"), "");
}

#[test]
fn an_account_sends_so_much_a_day_and_a_parcel_has_so_much() {
    let demo = Demo::new();
    add(&demo.store(), "an", "officer", None);
    add(&demo.store(), "binh", "officer", None);
    let server = served(&demo.store(), &["--files-per-day", "2", "--files-per-parcel", "1"]);
    let [an, binh] = ["an", "binh"].map(|name| Person::sign_in(&server, name));
    let send = |who: &Person, number: u8, kilobytes: usize| {
        who.send(&server, "POST", "/api/v1/attachments", "application/pdf", &pdf(number, kilobytes))
    };
    let ids: Vec<String> = (0..4)
        .map(|number| send(&an, number, 400))
        .map(|reply| reply.json()["id"].as_str().unwrap().to_owned())
        .collect();
    let more = send(&an, 5, 600);
    assert_eq!((more.status, more.json()["code"].as_str()), (429, Some("quota")), "{}", detail(&more));
    // What is small enough still goes, and what others send is theirs.
    assert_eq!((send(&an, 6, 100).status, send(&binh, 5, 600).status), (201, 201));
    let work = an.get(&server, "/api/v1/work?limit=2").json();
    let parcel = |place: usize| work["parcels"][place]["id"].as_u64().unwrap();
    let event = |parcel: u64, files: &[String]| {
        json!({ "parcel": parcel, "kind": "blocker_opened", "blocker": "graves", "date": "2026-06-30",
            "attachments": files })
    };
    let record = |events: serde_json::Value| an.post(&server, "/api/v1/events", &events);
    assert_eq!(record(event(parcel(0), &ids[..1])).status, 201);
    let close = |files: &[String]| {
        let mut event = event(parcel(0), files);
        event["kind"] = json!("blocker_closed");
        event
    };
    let refused = record(close(&ids[1..3]));
    assert_eq!((refused.status, refused.json()["errors"][0]["code"].clone()), (422, "too_many_files".into()));
    // The same file again takes nothing more; and two events of one request count together.
    let other = [event(parcel(1), &ids[..2]), event(parcel(1), &ids[2..3])];
    assert_eq!(record(json!(other)).json()["errors"][0]["code"], "too_many_files");
    assert_eq!(record(close(&ids[..2])).status, 201);
}

#[test]
fn nothing_is_kept_before_the_scanner_has_seen_it() {
    let demo = Demo::new();
    let script = demo.folder().join("scan");
    let text = "#!/bin/sh\ntest \"$#\" = 1 && test -r \"$1\" || exit 9\n\
        grep -q WORM \"$1\" && { echo \"$1: Worm.Trial found\"; exit 1; }\n\
        grep -q BROKEN \"$1\" && exit 2\ngrep -q SLOW \"$1\" && sleep 60\nexit 0\n";
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_matbang"));
    command.arg("--data").arg(demo.store()).args(["serve", "--listen", "127.0.0.1:0", "--scan-time", "2"]);
    command.arg("--scan-command").arg(&script).env("TMPDIR", temporary.path());
    let server = Server::run(command);
    let kept = || std::fs::read_dir(demo.folder().join("store.files")).map_or(0, Iterator::count);
    let send = |word: &str| attach(&server, "application/pdf", format!("%PDF-1.7 {word}").as_bytes());
    let refused = send("WORM");
    assert_eq!((refused.status, refused.json()["code"].as_str()), (422, Some("scanner")));
    assert!(detail(&refused).ends_with("the file: Worm.Trial found"), "{}", detail(&refused));
    for word in ["BROKEN", "SLOW"] {
        let failed = send(word);
        assert_eq!((failed.status, failed.header("retry-after")), (503, "60"), "{word}");
    }
    // Pictures are looked at as they came, before they are decoded.
    let hidden = [grey(3, 3), b"WORM".to_vec()].concat();
    assert_eq!(attach(&server, "image/png", &hidden).status, 422);
    assert_eq!(kept(), 0);
    assert_eq!(send("clean").status, 201);
    assert_eq!(kept(), 1);
    // Files that are to be imported are looked at too.
    let id = server.post("/api/v1/imports", "").json()["id"].as_str().unwrap().to_owned();
    let put = |text: &str| {
        let path = format!("/api/v1/imports/{id}/files/thua.csv");
        server.request("PUT", &path, &[], text.as_bytes()).status
    };
    assert_eq!((put("so_to\nWORM\n"), put("so_to\n1\n")), (422, 201));
    // Nothing that was looked at lies about.
    let own = std::fs::read_dir(temporary.path()).unwrap().next().unwrap().unwrap().path();
    let left: Vec<String> = std::fs::read_dir(own)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(left, ["lock"]);
    drop(server);
    // A program that is not there lets nothing pass.
    let server = served(&demo.store(), &["--scan-command", "/nowhere/scan"]);
    assert_eq!(attach(&server, "application/pdf", b"%PDF-1.7 x").status, 503);
    assert_eq!(kept(), 1);
}

#[test]
fn files_that_wait_have_so_much_room_each() {
    let demo = Demo::new();
    add(&demo.store(), "giang", "manager", None);
    add(&demo.store(), "chi", "administrator", None);
    let server = served(&demo.store(), &["--import-waiting", "2"]);
    let [giang, chi] = ["giang", "chi"].map(|name| Person::sign_in(&server, name));
    let begin = |who: &Person| {
        who.post(&server, "/api/v1/imports", &json!({})).json()["id"].as_str().unwrap().to_owned()
    };
    let put = |who: &Person, id: &str, name: &str, body: &[u8]| {
        who.send(&server, "PUT", &format!("/api/v1/imports/{id}/files/{name}"), "", body)
    };
    let (first, second) = (begin(&giang), begin(&giang));
    let large = vec![b'x'; 1_200_000];
    assert_eq!(put(&giang, &first, "a.csv", &large).status, 201);
    let full = put(&giang, &second, "b.csv", &large);
    assert!(full.status == 413 && detail(&full).contains("2 MB together"), "{}", detail(&full));
    assert_eq!(put(&chi, &begin(&chi), "b.csv", &large).status, 201, "another has room of their own");
    // An archive counts by what is in it.
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("c.csv", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(&large).unwrap();
    let zip = zip.finish().unwrap().into_inner();
    let full = put(&giang, &second, "c.zip", &zip);
    assert!(full.status == 413 && detail(&full).contains("2 MB together"), "{}", detail(&full));
    // A file that is sent again takes the place of the one before; one that is given up makes room.
    assert_eq!(put(&giang, &first, "a.csv", &large).status, 201);
    assert_eq!(giang.send(&server, "DELETE", &format!("/api/v1/imports/{first}"), "", b"").status, 204);
    assert_eq!(put(&giang, &second, "c.zip", &zip).status, 201);
    // Of many that somebody begins the last ones wait; nobody else's are given up for them.
    let of_chi = begin(&chi);
    let many: Vec<String> = (0..6).map(|_| begin(&giang)).collect();
    let waits = |who: &Person, id: &str| {
        who.send(&server, "DELETE", &format!("/api/v1/imports/{id}"), "", b"").status == 204
    };
    let there: Vec<bool> = many.iter().map(|id| waits(&giang, id)).collect();
    assert_eq!(there, [false, false, true, true, true, true]);
    assert!(waits(&chi, &of_chi));
}
