//! Tiles that were never asked for, beside martin on PostGIS: the same parcels with the same columns, one tile after the
//! other of each server in turn, HTTP with gzip. `make bench-peers`, or `cargo bench --bench peers` (PARCELS for fewer,
//! MARTIN for where the peer's program is).
//!
//! The peer is got by `cargo install martin --version 1.14.0 --locked --no-default-features --features postgres`;
//! PostgreSQL and PostGIS are Debian's (`make setup-test`), with two gigabytes of shared buffers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a failed measurement stops"
)]
#![allow(missing_docs, reason = "a program")]

use std::{
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

#[path = "../tests/harness/mod.rs"]
mod harness;
mod support;

use harness::postgres::Cluster;
use support::served::{Connection, path_of, serve, squares};

/// Where the fabric lies: west, south, east, north.
const FABRIC: [f64; 4] = [105.76, 20.36, 106.02, 20.53];

struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--test" || argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let program = std::env::var("MARTIN").unwrap_or_else(|_| "martin".to_owned());
    let Ok(version) = Command::new(&program).arg("--version").output() else {
        eprintln!(
            "{program} is not there; get it by\n  cargo install martin --version 1.14.0 --locked --no-default-features --features postgres\nor say where it is: MARTIN=…"
        );
        return ExitCode::FAILURE;
    };
    println!("{}", String::from_utf8_lossy(&version.stdout).trim());
    let parcels = std::env::var("PARCELS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let (server, _) = serve(&support::store(parcels));
    let cluster = Cluster::start_with(&["shared_buffers=2GB", "work_mem=64MB", "max_wal_size=8GB"]);
    let database = cluster.database_named();
    let address = cluster.address(&database);
    load(&server.host, &address);
    cluster.sql(&database, "ANALYZE");
    let (_peer, host) = martin(&program, &address);
    compare(&host, &server.host);
    ExitCode::SUCCESS
}

/// The parcels as the server exports them, with all columns, into PostGIS.
fn load(host: &str, database: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("parcels.fgb");
    let mut body =
        ureq::get(format!("http://{host}/ogc/collections/parcels/items?f=fgb")).call().unwrap().into_body();
    std::io::copy(&mut body.as_reader(), &mut std::fs::File::create(&file).unwrap()).unwrap();
    let began = Instant::now();
    ogr2ogr(&file, database);
    println!("into PostGIS by ogr2ogr: {:.0} s", began.elapsed().as_secs_f64());
}

fn ogr2ogr(file: &Path, database: &str) {
    let done = Command::new("ogr2ogr")
        .args(["-f", "PostgreSQL", &database.replacen("postgres://", "postgresql://", 1)])
        .arg(file)
        .args([
            "-nln",
            "parcels",
            "-lco",
            "GEOMETRY_NAME=geom",
            "-lco",
            "FID=gid",
            "--config",
            "PG_USE_COPY",
            "YES",
        ])
        .status();
    assert!(done.unwrap().success(), "ogr2ogr");
}

fn martin(program: &str, database: &str) -> (Peer, String) {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = free.local_addr().unwrap().to_string();
    drop(free);
    let child = Command::new(program)
        .args(["--listen-addresses", &host, database])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let peer = Peer(child);
    let began = Instant::now();
    while ureq::get(format!("http://{host}/health")).call().is_err() {
        assert!(began.elapsed() < Duration::from_mins(1), "the peer does not start");
        std::thread::sleep(Duration::from_millis(100));
    }
    (peer, host)
}

/// Median and 99th percentile, ms.
fn middle_and_end(mut times: Vec<f64>) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)];
    (at(0.5), at(0.99))
}

fn compare(peer: &str, own: &str) {
    let (mut theirs, mut ours) = (Connection::open(peer), Connection::open(own));
    println!(
        "| zoom | tiles | martin p50, p99 ms | kB | ours p50, p99 ms | kB | times as fast |\n|---|---|---|---|---|---|---|"
    );
    for (z, count) in [(12, 12), (13, 40), (14, 100), (15, 150), (16, 150)] {
        let all = squares(FABRIC, z, count);
        let mut times = [Vec::new(), Vec::new()];
        let mut bytes = [0, 0];
        for square in &all {
            let path = path_of(*square);
            let asked = [(&mut theirs, path.replacen("/tiles", "", 1)), (&mut ours, path)];
            for (place, (connection, path)) in asked.into_iter().enumerate() {
                let began = Instant::now();
                let (status, body) = connection.get(&path, "gzip");
                assert!(matches!(status, 200 | 204), "{path}: {status}");
                times[place].push(began.elapsed().as_secs_f64() * 1e3);
                bytes[place] += body.len();
            }
        }
        let n = all.len();
        let [(their_middle, their_end), (our_middle, our_end)] = times.map(middle_and_end);
        let [their_size, our_size] = bytes.map(|bytes| bytes / n / 1000);
        println!(
            "| {z} | {n} | {their_middle:.1}, {their_end:.1} | {their_size} | {our_middle:.2}, {our_end:.2} | {our_size} | {:.1} |",
            their_middle / our_middle
        );
    }
}
