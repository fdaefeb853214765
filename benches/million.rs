//! The figures of docs/performance.md: the real binary over HTTP with 1 000 000 parcels.
//! `cargo bench --bench million` (PARCELS=100000 for fewer; `wrk` must be installed)
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a failed measurement stops"
)]
#![allow(missing_docs, reason = "criterion makes public items")]

use std::{hint::black_box, io::Write, process::Command, sync::Arc, time::Instant};

use matbang::{
    analysis::{Filter, GroupBy, View},
    api::{self, DutyAsk},
    atlas::Extent,
    domain::{Day, law},
    export::{Collection, write_collection},
    store,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

mod support;

use support::served::{Connection, Server, path_of, percentiles, resident, serve, squares};

fn main() {
    let parcels = std::env::var("PARCELS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let made = Instant::now();
    let path = support::store(parcels);
    println!(
        "store of {parcels} parcels ready after {:.1} s: {} MB",
        made.elapsed().as_secs_f64(),
        std::fs::metadata(&path).map_or(0, |m| m.len() / 1_000_000)
    );
    let bbox = in_process(&path, parcels);
    let (server, start) = serve(&path);
    println!(
        "start to ready: {:.2} s; resident {} MB",
        start.as_secs_f64(),
        resident(server.pid()) / 1_000_000
    );
    let mut connection = Connection::open(&server.host);
    figures(&mut connection);
    if std::env::var("ONLY").is_ok_and(|only| only == "figures") {
        return;
    }
    for (z, count) in [(12, 20), (13, 60), (14, 150), (15, 200), (16, 300)] {
        let (mut times, mut bytes) = (Vec::new(), 0);
        for square in squares(bbox, z, count) {
            let started = Instant::now();
            bytes += connection.get(&path_of(square), "zstd").1.len();
            times.push(started.elapsed().as_secs_f64() * 1e3);
        }
        let n = times.len();
        println!("cold z{z}: {} ({n} tiles, {} kB each, zstd)", percentiles(times), bytes / n / 1000);
    }
    warm(&server, bbox);
}

/// Questions about days that were never asked for, each another one.
fn figures(connection: &mut Connection) {
    let days = |from: i64| (0..20).map(move |n| Day::from_number(from + n * 7).expect("a day").to_string());
    for (name, path) in [
        ("summary", "/api/v1/summary?"),
        ("progress by unit", "/api/v1/progress?by=unit&"),
        ("progress by project", "/api/v1/progress?by=project&"),
        ("clocks by unit", "/api/v1/clocks?by=unit&"),
        ("board", "/api/v1/board?campaign=thi-dua-gpmb&"),
    ] {
        let mut times = Vec::new();
        for day in days(20_330) {
            let started = Instant::now();
            let (status, _) = connection.get(&format!("{path}as_of={day}"), "identity");
            assert_eq!(status, 200, "{path}");
            times.push(started.elapsed().as_secs_f64() * 1e3);
        }
        println!("{name}, each time a fresh day: {}", percentiles(times));
    }
}

/// What needs no HTTP: memory of the atlas, queries, export.
fn in_process(path: &std::path::Path, parcels: usize) -> [f64; 4] {
    let store = store::open(path).expect("store");
    let started = Instant::now();
    let snapshot = Arc::new(store.load(law(&[]).expect("law").into()).expect("load"));
    println!(
        "load: {:.2} s; {} bytes a parcel counted",
        started.elapsed().as_secs_f64(),
        snapshot.bytes() / parcels
    );
    let started = Instant::now();
    let view = View::new(Arc::clone(&snapshot), Day::parse("2026-06-30").expect("a day")).ready();
    println!("figures of all projects and units: {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
    lawful(&view);
    let bbox = Collection::Parcels.extent(&view).expect("parcels");
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let (mut times, mut found) = (Vec::new(), 0);
    for _ in 0..500 {
        let (x, y) = (rng.random_range(bbox[0]..bbox[2] - 0.01), rng.random_range(bbox[1]..bbox[3] - 0.01));
        let started = Instant::now();
        found += snapshot.parcels_in(Extent::from_degrees([x, y, x + 0.01, y + 0.01])).len();
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    println!("bbox query: {} ({} parcels each)", percentiles(times), found / 500);
    let started = Instant::now();
    let mut counter = Counter(0);
    let indexes: Vec<u32> = (0..snapshot.parcels().len() as u32).collect();
    write_collection(&view, Collection::Parcels, &indexes, &mut counter).expect("export");
    let seconds = started.elapsed().as_secs_f64();
    println!("GeoJSON export: {:.1} s, {:.0} MB/s", seconds, counter.0 as f64 / 1e6 / seconds);
    bbox
}

/// Legal clocks and the lists of heads, of all parcels.
fn lawful(view: &View) {
    let filter = Filter::default();
    let ask = DutyAsk { list: None, by: GroupBy::Body, limit: 100, offset: 0, with_money: false };
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..10 {
        let started = Instant::now();
        black_box(api::clocks(view, &filter, GroupBy::Body, 100, 0));
        times[0].push(started.elapsed().as_secs_f64() * 1e3);
        let started = Instant::now();
        black_box(api::duties(view, &filter, ask));
        times[1].push(started.elapsed().as_secs_f64() * 1e3);
    }
    let [clocks, duties] = times;
    println!("legal clocks: {}; lists of heads: {}", percentiles(clocks), percentiles(duties));
}

struct Counter(usize);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Warm tiles beside the same stack serving fixed bytes of the same size, in turn.
fn warm(server: &Server, bbox: [f64; 4]) {
    let tiles = squares(bbox, 14, 60);
    let mut connection = Connection::open(&server.host);
    let sizes: Vec<usize> =
        tiles.iter().map(|square| connection.get(&path_of(*square), "gzip").1.len()).collect();
    let mean = sizes.iter().sum::<usize>() / sizes.len();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("runtime");
    let fixed = runtime.block_on(async {
        let body = bytes::Bytes::from(vec![b'x'; mean]);
        let answer = move || {
            let body = body.clone();
            async move { body }
        };
        let app = axum::Router::new().route("/fixed/{z}/{x}/{y}", axum::routing::get(answer));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("bind");
        let address = listener.local_addr().expect("address");
        tokio::spawn(async move { axum::serve(listener, app).await });
        address.to_string()
    });
    let own: Vec<String> = tiles.iter().map(|square| path_of(*square)).collect();
    let same: Vec<String> = own.iter().map(|path| path.replace("/tiles/parcels", "/fixed")).collect();
    for round in 1..=3 {
        let (tiles, bytes) = (wrk(&server.host, &own), wrk(&fixed, &same));
        println!(
            "warm z14 round {round}: {tiles:.0} tiles/s of {mean} bytes; fixed bytes {bytes:.0}/s; ratio {:.2}",
            tiles / bytes
        );
    }
}

fn wrk(host: &str, paths: &[String]) -> f64 {
    let list = paths.iter().map(|path| format!("\"{path}\"")).collect::<Vec<_>>().join(",");
    let script = format!(
        "local p={{{list}}} local i=0\nrequest=function() i=i%#p+1 return wrk.format('GET',p[i],{{['Accept-Encoding']='gzip'}}) end\n"
    );
    let file = std::env::temp_dir().join(format!("matbang-wrk-{}.lua", std::process::id()));
    std::fs::write(&file, script).expect("temporary files");
    let run = Command::new("wrk")
        .args(["-t1", "-c16", "-d4s", "-s"])
        .arg(&file)
        .arg(format!("http://{host}"))
        .output();
    let text = run.map(|run| String::from_utf8_lossy(&run.stdout).into_owned()).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("Requests/sec")).unwrap_or("Requests/sec: 0");
    line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).unwrap_or(f64::NAN)
}
