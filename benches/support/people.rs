//! People at work: officers who record, maps that ask for tiles, maps that listen.
#![allow(dead_code, reason = "each bench uses a part")]
#![allow(clippy::needless_pass_by_value, reason = "each task has its own")]

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// A number that the environment may say.
pub fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// What came of it.
#[derive(Default)]
struct Tally {
    recorded: AtomicU64,
    conflicts: AtomicU64,
    tiles: AtomicU64,
    heard: AtomicU64,
    errors: Mutex<BTreeMap<String, u64>>,
    write_ms: Mutex<Vec<f64>>,
    tile_ms: Mutex<Vec<f64>>,
}

impl Tally {
    fn error(&self, what: impl AsRef<str>) {
        *self.errors.lock().unwrap().entry(what.as_ref().to_owned()).or_default() += 1;
    }
}

fn percentiles(times: &Mutex<Vec<f64>>) -> String {
    let mut times = times.lock().unwrap().clone();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or(f64::NAN);
    format!("p50 {:.1}  p95 {:.1}  p99 {:.1} ms", at(0.5), at(0.95), at(0.99))
}

/// Opens and closes a blocker of one parcel after another, with the version that it saw last.
async fn writer(
    client: reqwest::Client,
    url: String,
    mut parcels: Vec<(u64, u64)>,
    until: Instant,
    tally: Arc<Tally>,
) {
    let date = today(&client, &url).await;
    for turn in 0usize.. {
        if Instant::now() > until {
            return;
        }
        let at = turn / 2 % parcels.len();
        let (parcel, version) = parcels[at];
        let kind = if turn % 2 == 0 { "blocker_opened" } else { "blocker_closed" };
        let event =
            json!({ "parcel": parcel, "version": version, "kind": kind, "blocker": "graves", "date": date });
        let started = Instant::now();
        let sent = client.post(format!("{url}/api/v1/events")).body(event.to_string()).send().await;
        match sent {
            Ok(reply) if reply.status() == 201 => {
                let body: Value =
                    serde_json::from_slice(&reply.bytes().await.unwrap_or_default()).unwrap_or_default();
                parcels[at].1 = body["events"][0]["version"].as_u64().unwrap_or(0);
                tally.write_ms.lock().unwrap().push(started.elapsed().as_secs_f64() * 1e3);
                tally.recorded.fetch_add(1, Relaxed);
            }
            Ok(reply) if reply.status() == 412 => drop(tally.conflicts.fetch_add(1, Relaxed)),
            Ok(reply) => {
                tally.error(format!("write {}: {}", reply.status(), reply.text().await.unwrap_or_default()));
            }
            Err(error) => tally.error(format!("write: {error}")),
        }
    }
}

async fn today(client: &reqwest::Client, url: &str) -> String {
    let catalog = client.get(format!("{url}/api/v1/catalog")).send().await.unwrap().bytes().await.unwrap();
    let catalog: Value = serde_json::from_slice(&catalog).unwrap();
    matbang::domain::Day::from_number(catalog["today"].as_i64().unwrap()).unwrap().to_string()
}

async fn reader(
    client: reqwest::Client,
    url: String,
    seed: u64,
    pause: Duration,
    until: Instant,
    tally: Arc<Tally>,
) {
    // Tiles over Phủ Lý and around, as a map that is moved about would ask for.
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    while Instant::now() < until {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (x, y) = (13_008 + (state >> 33) % 10, 7_208 + (state >> 40) % 10);
        let started = Instant::now();
        let asked =
            client.get(format!("{url}/tiles/parcels/14/{x}/{y}")).header("accept-encoding", "gzip").send();
        match asked.await {
            Ok(reply) if matches!(reply.status().as_u16(), 200 | 204) => {
                let _ = reply.bytes().await;
                tally.tile_ms.lock().unwrap().push(started.elapsed().as_secs_f64() * 1e3);
                tally.tiles.fetch_add(1, Relaxed);
            }
            Ok(reply) => tally.error(format!("tile {}", reply.status())),
            Err(error) => tally.error(format!("tile: {error}")),
        }
        tokio::time::sleep(pause).await;
    }
}

async fn listener(client: reqwest::Client, url: String, until: Instant, tally: Arc<Tally>) {
    let Ok(mut reply) = client.get(format!("{url}/api/v1/live")).send().await else {
        return tally.error("listen: refused");
    };
    while let Ok(chunk) = tokio::time::timeout_at(until.into(), reply.chunk()).await {
        match chunk {
            Ok(Some(bytes)) => {
                let frames = bytes.windows(5).filter(|window| *window == b"data:").count();
                tally.heard.fetch_add(frames as u64, Relaxed);
            }
            Ok(None) => return tally.error("listen: the stream ended"),
            Err(error) => return tally.error(format!("listen: {error}")),
        }
    }
}

/// Parcels for each writer, none for two.
async fn shares(client: &reqwest::Client, url: &str, writers: usize) -> Vec<Vec<(u64, u64)>> {
    let work =
        client.get(format!("{url}/api/v1/work?limit=2000")).send().await.unwrap().bytes().await.unwrap();
    let work: Value = serde_json::from_slice(&work).unwrap();
    let free = |p: &&Value| p["blockers"].as_array().is_some_and(Vec::is_empty);
    let all = work["parcels"].as_array().unwrap().iter().filter(free);
    let all: Vec<(u64, u64)> =
        all.map(|p| (p["id"].as_u64().unwrap(), p["version"].as_u64().unwrap())).collect();
    all.chunks(all.len() / writers).take(writers).map(<[_]>::to_vec).collect()
}

/// Has so many writers, readers and listeners at work, at one server after the other.
pub async fn crowd(
    urls: &[String],
    seconds: u64,
    (writers, readers, listeners): (u64, u64, u64),
    pause: Duration,
) {
    let tally = Arc::new(Tally::default());
    let client = || reqwest::Client::builder().build().unwrap();
    let until = Instant::now() + Duration::from_secs(seconds) + Duration::from_millis(listeners);
    let mut tasks = tokio::task::JoinSet::new();
    let mut turns = urls.iter().cycle().cloned();
    let mut url = || turns.next().unwrap_or_default();
    for _ in 0..listeners {
        tasks.spawn(listener(client(), url(), until, Arc::clone(&tally)));
    }
    tokio::time::sleep(Duration::from_millis(listeners)).await;
    if writers > 0 {
        for parcels in shares(&client(), &urls[0], writers as usize).await {
            tasks.spawn(writer(client(), url(), parcels, until, Arc::clone(&tally)));
        }
    }
    for seed in 0..readers {
        tasks.spawn(reader(client(), url(), seed + 1, pause, until, Arc::clone(&tally)));
    }
    while tasks.join_next().await.is_some() {}
    let (recorded, tiles) = (tally.recorded.load(Relaxed), tally.tiles.load(Relaxed));
    let rate = |n: u64| n as f64 / seconds as f64;
    println!("{writers} writers, {readers} tile readers, {listeners} listeners, {seconds} s");
    println!("  events {recorded} ({:.0}/s), {}", rate(recorded), percentiles(&tally.write_ms));
    println!("  tiles  {tiles} ({:.0}/s), {}", rate(tiles), percentiles(&tally.tile_ms));
    println!("  frames heard {}, conflicts {}", tally.heard.load(Relaxed), tally.conflicts.load(Relaxed));
    println!("  errors {:?}", tally.errors.lock().unwrap());
}
