//! Ten million parcels on one machine: import, start, memory, tiles, an event, exports, a day of the past.
//! `cargo bench --bench ten_million` (PARCELS=1000000 for fewer; 10 GB of room under target/bench). By hand: it takes a
//! quarter of an hour.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a failed measurement stops"
)]
#![allow(missing_docs, reason = "a program")]

use std::{
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command},
    time::{Duration, Instant},
};

use matbang::domain::Day;
use serde_json::{Value, json};

mod support;

use support::served::{Connection, Server, path_of, percentiles, resident, serve, squares};

fn main() {
    if std::env::args().any(|argument| argument == "--test" || argument == "--list") {
        return;
    }
    let parcels = std::env::var("PARCELS").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000_000);
    let store = imported(parcels);
    let (server, start) = serve(&store);
    println!("start to ready: {:.1} s; resident {} MB", start.as_secs_f64(), megabytes(server.pid()));
    let mut connection = Connection::open(&server.host);
    parts(&mut connection);
    tiles(&mut connection);
    events(&mut connection);
    past(&mut connection);
    exports(&server);
}

fn megabytes(pid: u32) -> usize {
    resident(pid) / 1_000_000
}

/// A store into which a file of so many parcels was imported by the command line, made once.
fn imported(parcels: usize) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    std::fs::create_dir_all(&folder).expect("target can be written");
    let store = folder.join(format!("imported-1-{parcels}.gpkg"));
    if store.exists() {
        return store;
    }
    let (lines, part) =
        (folder.join(format!("lines-1-{parcels}.geojsonl")), store.with_extension("part.gpkg"));
    let _ = std::fs::remove_file(&part);
    support::as_lines(parcels, &lines, &part);
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_matbang"))
        .args(["--data".as_ref(), part.as_os_str()])
        .args(["import", "parcels"])
        .arg(&lines)
        .args(["--day", "2025-01-01"])
        .spawn()
        .expect("the binary starts");
    let [asker, reader] = peaks(&mut child);
    println!(
        "import of {parcels} parcels: {:.0} s; at most {asker} MB, and {reader} MB in the reader; file {} MB, store {} MB",
        started.elapsed().as_secs_f64(),
        size(&lines),
        size(&part)
    );
    std::fs::remove_file(&lines).expect("target can be written");
    std::fs::rename(&part, &store).expect("target can be written");
    store
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |data| data.len() / 1_000_000)
}

/// The most memory of a process and of the one it has started, in MB, once it has ended.
fn peaks(child: &mut Child) -> [usize; 2] {
    let mut most = [0; 2];
    loop {
        if let Some(status) = child.try_wait().expect("own child") {
            assert!(status.success(), "the import failed");
            return most;
        }
        for (most, pid) in most.iter_mut().zip([Some(child.id()), started_by(child.id())]) {
            *most = pid.map_or(0, megabytes).max(*most);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A process that one of a process's threads has started.
fn started_by(pid: u32) -> Option<u32> {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).ok()?.flatten();
    let children = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    children
        .flat_map(|pids| pids.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<u32>>())
        .next()
}

/// What the server says of its memory.
fn parts(connection: &mut Connection) {
    let (_, metrics) = connection.get("/metrics", "identity");
    let metrics = String::from_utf8(metrics).expect("text");
    metrics
        .lines()
        .filter(|line| line.starts_with("matbang_memory_bytes"))
        .for_each(|line| println!("{line}"));
}

fn answer(connection: &mut Connection, path: &str) -> Value {
    let (status, body) = connection.get(path, "identity");
    assert_eq!(status, 200, "{path}");
    serde_json::from_slice(&body).expect("JSON")
}

fn tiles(connection: &mut Connection) {
    let extent = answer(connection, "/ogc/collections/parcels?f=json");
    let bbox: Vec<f64> =
        serde_json::from_value(extent["extent"]["spatial"]["bbox"][0].clone()).expect("a box");
    for (z, count) in [(12, 30), (13, 60), (14, 200), (15, 200), (16, 300)] {
        let (mut times, mut bytes) = (Vec::new(), 0);
        for square in squares([bbox[0], bbox[1], bbox[2], bbox[3]], z, count) {
            let started = Instant::now();
            bytes += connection.get(&path_of(square), "gzip").1.len();
            times.push(started.elapsed().as_secs_f64() * 1e3);
        }
        let n = times.len();
        println!("cold z{z}: {} ({n} tiles, {} kB each, gzip)", percentiles(times), bytes / n / 1000);
    }
    let mut times = Vec::new();
    for square in squares([bbox[0], bbox[1], bbox[2], bbox[3]], 12, 30) {
        let path = path_of(square).replace("/parcels/", "/overview/") + ".mlt";
        let started = Instant::now();
        connection.get(&path, "gzip");
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    println!("cold z12 of the overview: {}", percentiles(times));
}

/// From sending an event until its parcel shows it.
fn events(connection: &mut Connection) {
    let today = answer(connection, "/api/v1/summary")["as_of"].as_str().expect("a day").to_owned();
    let mut times = Vec::new();
    for parcel in 1..=20 {
        let path = format!("/api/v1/parcels/{}", parcel * 1000);
        let version = answer(connection, &path)["version"].clone();
        let event = json!({
            "parcel": parcel * 1000, "version": version, "kind": "blocker_opened", "blocker": "graves", "date": today,
        });
        let started = Instant::now();
        let (status, body) = connection.post("/api/v1/events", &event.to_string());
        assert_eq!(status, 201, "{}", String::from_utf8_lossy(&body));
        while answer(connection, &path)["version"] == version {
            std::thread::sleep(Duration::from_millis(1));
        }
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    println!("an event until it is shown: {}", percentiles(times));
}

/// Figures of the day, and of the ledger as it was.
fn past(connection: &mut Connection) {
    let last = answer(connection, "/api/v1/summary")["at"].as_u64().expect("a position");
    let mut ask = |name: &str, path: &dyn Fn(u64) -> String| {
        let mut times = Vec::new();
        for turn in 0..8 {
            let started = Instant::now();
            answer(connection, &path(turn));
            times.push(started.elapsed().as_secs_f64() * 1e3);
        }
        println!("{name}: {}", percentiles(times));
    };
    let day = |turn: u64| Day::from_number(20_100 + turn as i64).expect("a day");
    ask("summary, each time of a fresh day", &|turn| format!("/api/v1/summary?as_of={}", day(turn)));
    ask("summary, each time as the ledger was", &|turn| format!("/api/v1/summary?at={}", last - turn - 1));
}

fn exports(server: &Server) {
    let pid = server.pid();
    for format in ["geojsonseq", "csv", "fgb", "parquet", "gpkg"] {
        let rest = resident(pid);
        let address = format!("http://{}/ogc/collections/parcels/items?f={format}", server.host);
        let started = Instant::now();
        let mut body = ureq::get(&address).call().expect("an answer").into_body().into_reader();
        let (mut bytes, mut first, mut most) = (0, None, rest);
        let mut buffer = vec![0; 1 << 20];
        loop {
            let count = body.read(&mut buffer).expect("a body");
            first.get_or_insert_with(|| started.elapsed());
            if count == 0 {
                break;
            }
            bytes += count;
            if bytes % (64 << 20) < count {
                most = most.max(resident(pid));
            }
        }
        println!(
            "{format}: first byte {:.2} s, {:.1} s, {} MB, {} MB of memory more",
            first.unwrap_or_default().as_secs_f64(),
            started.elapsed().as_secs_f64(),
            bytes / 1_000_000,
            most.saturating_sub(rest) / 1_000_000
        );
    }
}
