//! Several servers on one PostgreSQL database, beside one on a file: how soon a server is ready, events a second, tiles.
//! `cargo bench --bench cluster` (PARCELS, SECONDS, WRITERS, READERS, LISTENERS change it; PARTS=load or PARTS=crowd for
//! one part)
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a failed measurement stops"
)]
#![allow(missing_docs, reason = "a program")]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use matbang::{domain::law, store};

#[path = "../tests/harness/mod.rs"]
mod harness;
#[path = "support/people.rs"]
mod people;
mod support;

use harness::{
    Server,
    postgres::{Cluster, serve_in},
    succeed,
};
use people::{crowd, number};

/// Times of three loads, and of a server until it says that it is ready.
fn loads(name: &str, place: &str, folder: &Path) {
    let mut times: Vec<f64> = (0..3)
        .map(|_| {
            let store = store::open(Path::new(place)).unwrap();
            let began = Instant::now();
            let snapshot = store.load(law(&[]).unwrap().into()).unwrap();
            assert!(!snapshot.parcels().is_empty());
            began.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let began = Instant::now();
    let server = serve_in(place, folder, &[]);
    let ready = began.elapsed().as_secs_f64();
    println!("{name}: read in {:.2} s (median of three), ready after {ready:.2} s", times[1]);
    let memory = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap_or_default();
    let resident = memory.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    println!("  {}", resident.split_whitespace().collect::<Vec<_>>().join(" "));
}

fn load(cluster: &Cluster, parcels: usize) {
    let folder = tempfile::tempdir().unwrap();
    let file = support::copy(&support::store(parcels));
    let file = file.to_str().unwrap();
    loads(&format!("{parcels} parcels from a GeoPackage"), file, folder.path());
    let name = cluster.database_named();
    let address = cluster.address(&name);
    let began = Instant::now();
    succeed(Path::new(file), &["copy", file, &address]);
    println!("copied into PostgreSQL and verified in {:.0} s", began.elapsed().as_secs_f64());
    loads(&format!("{parcels} parcels from PostgreSQL"), &address, folder.path());
    let size = |table: &str| {
        let bytes = cluster.sql(&name, &format!("SELECT pg_total_relation_size('matbang.{table}')"));
        let rows = cluster.sql(&name, &format!("SELECT count(*) FROM matbang.{table}"));
        let (bytes, rows): (f64, f64) = (bytes.trim().parse().unwrap(), rows.trim().parse().unwrap());
        println!("  {table}: {rows} rows, {:.0} bytes a row with indexes", bytes / rows);
    };
    ["parcels", "ledger", "prior_states", "holders"].into_iter().for_each(size);
}

fn crowds(cluster: &Cluster) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("crowd.gpkg");
    succeed(&file, &["demo"]);
    let address = cluster.database();
    succeed(&file, &["copy", file.to_str().unwrap(), &address]);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (seconds, writers, readers) = (number("SECONDS", 20), number("WRITERS", 48), number("READERS", 96));
    let listeners = number("LISTENERS", 0);
    for (name, place, count) in [
        ("one server on a GeoPackage", file.to_str().unwrap(), 1),
        ("one server on PostgreSQL", &address, 1),
        ("three servers on PostgreSQL", &address, 3),
    ] {
        let servers: Vec<Server> = (0..count).map(|_| serve_in(place, folder.path(), &[])).collect();
        let urls: Vec<String> = servers.iter().map(|server| server.url.clone()).collect();
        println!("{name}");
        runtime.block_on(crowd(&urls, seconds, (writers, readers, listeners), Duration::from_millis(250)));
        runtime.block_on(crowd(&urls, seconds, (0, readers, 0), Duration::from_millis(50)));
    }
}

fn main() {
    if std::env::args().any(|argument| argument == "--test" || argument == "--list") {
        return;
    }
    let cluster = Cluster::start_new();
    let parts = std::env::var("PARTS").unwrap_or_default();
    if parts != "crowd" {
        load(&cluster, usize::try_from(number("PARCELS", 1_000_000)).unwrap());
    }
    if parts != "load" {
        crowds(&cluster);
    }
}
