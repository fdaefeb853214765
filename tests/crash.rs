//! Acknowledged means durable: the server is killed at random moments under
//! load, and everything that it had acknowledged is there afterwards.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "its figures are for reading")]

use std::{
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};

use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

use crate::harness::{Demo, Server, matbang, read_only::ReadOnly, succeed};

/// A hundred with KILLS=100.
fn kills() -> usize {
    std::env::var("KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(25)
}

const WRITERS: u64 = 6;

fn write(server: &Server, parcel: u64, open: bool, date: &str) -> Option<(u16, Value)> {
    let kind = if open { "blocker_opened" } else { "blocker_closed" };
    let event =
        json!({ "parcel": parcel, "kind": kind, "blocker": "graves", "date": date, "note": "x".repeat(200) });
    let (status, body) = server.try_post("/api/v1/events", &event.to_string())?;
    Some((status, serde_json::from_slice(&body).ok()?))
}

#[test]
fn nothing_acknowledged_is_lost_however_often_it_is_killed() {
    let demo = Demo::new();
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    let acknowledged: Arc<Mutex<Vec<(u64, u64)>>> = Arc::default();
    let parcels: Vec<u64> = {
        let server = Server::start(&demo.store());
        let work = server.get("/api/v1/work?limit=500", &[]).json();
        let free =
            |p: &&Value| p["blockers"].as_array().is_some_and(|b| b.iter().all(|b| b["kind"] != "graves"));
        work["parcels"].as_array().unwrap().iter().filter(free).map(|p| p["id"].as_u64().unwrap()).collect()
    };
    let (kills, mut unsure) = (kills(), 0);
    for round in 0..kills {
        let server = Server::start(&demo.store());
        let day = server.get("/api/v1/catalog", &[]).json()["today"].as_i64().unwrap();
        let date = matbang::domain::Day::from_number(day).unwrap().to_string();
        let pid = server.pid().to_string();
        let wait = Duration::from_millis(random.random_range(1..60));
        let before = acknowledged.lock().unwrap().len();
        let lost_answers = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let (server, parcels, date, acknowledged) = (&server, &parcels, &date, &acknowledged);
                    scope.spawn(move || {
                        for turn in 0u64.. {
                            let parcel = parcels[((turn / 2 * WRITERS + writer) as usize) % parcels.len()];
                            let Some((status, body)) = write(server, parcel, turn % 2 == 0, date) else {
                                return 1;
                            };
                            // A kill may have left the blocker open: then opening it again is refused.
                            if status == 201 {
                                let position = body["events"][0]["position"].as_u64().unwrap();
                                acknowledged.lock().unwrap().push((position, parcel));
                            }
                        }
                        0
                    })
                })
                .collect();
            // Most rounds count from the first answer, so that there is something to lose on a busy machine, too.
            if round % 4 > 0 {
                Server::wait(|| acknowledged.lock().unwrap().len() > before);
            }
            std::thread::sleep(wait);
            Command::new("kill").args(["-KILL", &pid]).status().unwrap();
            writers.into_iter().map(|writer| writer.join().unwrap()).sum::<usize>()
        });
        unsure += lost_answers;
        drop(server);
    }
    let verified: Value = serde_json::from_str(&succeed(&demo.store(), &["verify", "--json"])).unwrap();
    assert_eq!(verified["findings"], json!([]));
    let sql = rusqlite::Connection::open(demo.store()).unwrap();
    let acknowledged = acknowledged.lock().unwrap();
    let mut find = sql.prepare("SELECT parcel FROM ledger WHERE position = ?1").unwrap();
    let kept = |(position, parcel): &&(u64, u64)| {
        let found: Result<i64, _> = find.query_row([*position as i64], |row| row.get(0));
        found.is_ok_and(|found| found as u64 == *parcel)
    };
    let there = acknowledged.iter().filter(kept).count();
    println!(
        "kills {kills}, acknowledged {}, lost {}, cut off without an answer {unsure}",
        acknowledged.len(),
        acknowledged.len() - there
    );
    assert_eq!(there, acknowledged.len());
    assert!(acknowledged.len() > kills / 2, "the load was no load: {}", acknowledged.len());
}

#[test]
fn a_full_disk_is_told_and_leaves_the_store_whole() {
    let demo = Demo::new();
    let size = std::fs::metadata(demo.store()).unwrap().len() / 1024;
    // No file may grow beyond the store's size: the write-ahead log runs into it, as into a full disk.
    let limit = (size / 2).min(1024);
    let script =
        format!("trap '' XFSZ; ulimit -f {limit}; exec \"$0\" --data \"$1\" serve --listen 127.0.0.1:0");
    let mut command = Command::new("bash");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_matbang")]).arg(demo.store());
    let server = Server::run(command);
    let day = server.get("/api/v1/catalog", &[]).json()["today"].as_i64().unwrap();
    let date = matbang::domain::Day::from_number(day).unwrap().to_string();
    let parcel = server.get("/api/v1/work?limit=1", &[]).json()["parcels"][0]["id"].as_u64().unwrap();
    let (mut taken, mut refused) = (0, None);
    for turn in 0..5000 {
        let (status, body) = write(&server, parcel, turn % 2 == 0, &date).unwrap();
        if status == 201 {
            taken += 1;
        } else {
            refused = Some((status, body));
            break;
        }
    }
    let (status, body) = refused.expect("the disk is full at last");
    assert_eq!(status, 507, "{body}");
    assert!(body["detail"].as_str().unwrap().contains("nothing was recorded"), "{body}");
    // Reads go on.
    assert_eq!(server.get("/api/v1/summary", &[]).status, 200);
    let at = server.get("/api/v1/catalog", &[]).json()["at"].clone();
    drop(server);
    let verified: Value = serde_json::from_str(&succeed(&demo.store(), &["verify", "--json"])).unwrap();
    assert_eq!((&verified["findings"], &verified["at"]), (&json!([]), &at));
    assert!(taken > 0);
}

#[test]
fn a_store_that_cannot_be_written_is_told_with_what_to_do() {
    let demo = Demo::new();
    let (folder, store) = ReadOnly::with_copy_of(&demo.store(), demo.folder().join("readonly"));
    let run = matbang(&store, &["serve", "--listen", "127.0.0.1:0"]);
    drop(folder);
    assert_eq!(run.status.code(), Some(1));
    let message = String::from_utf8_lossy(&run.stderr).to_string();
    assert!(message.contains("read") && message.contains("only"), "{message}");
}
