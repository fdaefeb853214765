//! What officers and viewers see while machines fail: three servers, a primary and a synchronous standby, writers and
//! readers all the while. Nothing acknowledged is lost, and no read is refused.
//!
//! Two rounds each; `ROUNDS=10 cargo test --test failover -- --nocapture --test-threads=1` prints the figures of
//! docs/cluster.md.
#![allow(clippy::print_stdout, reason = "its figures are for reading")]

mod cut;

use std::{
    collections::HashSet,
    path::Path,
    process::Command,
    sync::{
        Mutex, RwLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use cut::Cable;
use serde_json::{Value, json};

use crate::harness::{
    self, Demo, Server, matbang,
    postgres::{Cluster, serve},
    succeed,
};

fn rounds() -> usize {
    std::env::var("ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(2)
}

/// Servers one after the other, as a balancer knows them; one that is being replaced is not asked.
type Servers = [RwLock<Option<Server>>];

/// What was acknowledged, and when the last time.
#[derive(Default)]
struct Ledger {
    acknowledged: Mutex<Vec<(u64, u64)>>,
    last: Mutex<Option<Instant>>,
    /// The longest time between two acknowledgements since it was looked at.
    longest: Mutex<Duration>,
}

impl Ledger {
    fn note(&self, position: u64, parcel: u64) {
        let mut last = self.last.lock().unwrap();
        let now = Instant::now();
        if let Some(last) = *last {
            let mut longest = self.longest.lock().unwrap();
            *longest = longest.max(now - last);
        }
        *last = Some(now);
        self.acknowledged.lock().unwrap().push((position, parcel));
    }

    fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    /// The longest time without an acknowledgement since this was asked before.
    fn pause(&self) -> Duration {
        std::mem::take(&mut *self.longest.lock().unwrap())
    }
}

/// Who records or reads takes breath after each answer: what machines do that fail is to be seen, not how fast they are.
const BREATH: Duration = Duration::from_millis(5);

/// Records on one server after the other until told to stop.
fn write(servers: &Servers, parcel: u64, stop: &AtomicBool, ledger: &Ledger) {
    for turn in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let kind = if turn % 2 == 0 { "blocker_opened" } else { "blocker_closed" };
        let event = json!({ "parcel": parcel, "kind": kind, "blocker": "graves", "date": harness::UNTIL });
        let server = servers[turn % servers.len()].read().unwrap();
        let answer = server.as_ref().and_then(|server| server.try_post("/api/v1/events", &event.to_string()));
        drop(server);
        // What was kept without an answer is refused when it comes again.
        if let Some((201, body)) = answer {
            let body: Value = serde_json::from_slice(&body).unwrap();
            ledger.note(body["events"][0]["position"].as_u64().unwrap(), parcel);
        }
        std::thread::sleep(BREATH);
    }
}

/// The status of an answer: of the server whose turn it is, or of the next one that is there, as a balancer asks.
fn ask(servers: &Servers, turn: usize, question: &str) -> Option<u16> {
    (0..servers.len()).find_map(|next| {
        let server = servers[(turn + next) % servers.len()].read().unwrap();
        server.as_ref()?.try_get(question)
    })
}

/// Reads from one server after the other until told to stop: how many answers, and how many were none.
fn read(servers: &Servers, stop: &AtomicBool, [answered, refused]: &[AtomicUsize; 2]) {
    let questions =
        ["/api/v1/summary", "/tiles/parcels/12/3252/1802", "/ogc/collections/parcels/items?limit=5"];
    for (turn, question) in questions.iter().cycle().enumerate() {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let is_answer = matches!(ask(servers, turn, question), Some(200 | 204));
        answered.fetch_add(usize::from(is_answer), Ordering::Relaxed);
        refused.fetch_add(usize::from(!is_answer), Ordering::Relaxed);
        std::thread::sleep(BREATH);
    }
}

fn parcels(server: &Server, count: usize) -> Vec<u64> {
    let work = server.get("/api/v1/work?limit=500", &[]).json();
    let free = |p: &&Value| p["blockers"].as_array().is_some_and(Vec::is_empty);
    let found = work["parcels"].as_array().unwrap().iter().filter(free).take(count);
    found.map(|p| p["id"].as_u64().unwrap()).collect()
}

/// A primary with the demo, and a standby without which it acknowledges nothing.
fn pair(demo: &Demo) -> (String, [Cluster; 2]) {
    let primary = Cluster::start_new();
    let name = primary.database_named();
    succeed(&demo.store(), &["copy", demo.store().to_str().unwrap(), &primary.address(&name)]);
    let standby = primary.standby();
    (name, [primary, standby])
}

/// The address of a database on both, whichever takes writes.
fn either(name: &str, [one, other]: &[Cluster; 2]) -> String {
    format!(
        "postgres://admin@/{name}?host={}&host={}&target_session_attrs=read-write",
        one.folder().display(),
        other.folder().display()
    )
}

/// Nothing that was acknowledged is missing, and the store is whole.
fn check(cluster: &Cluster, name: &str, ledger: &Ledger) {
    let kept =
        cluster.sql(name, "SELECT position || ' ' || parcel FROM matbang.ledger WHERE kind LIKE 'blocker%'");
    let kept: HashSet<&str> = kept.lines().collect();
    let all = ledger.acknowledged.lock().unwrap();
    let lost: Vec<_> = all.iter().filter(|(at, id)| !kept.contains(&*format!("{at} {id}"))).collect();
    assert!(lost.is_empty(), "{lost:?}");
    let verified = succeed(Path::new(&cluster.address(name)), &["verify", "--json"]);
    let verified: Value = serde_json::from_str(&verified).unwrap();
    assert_eq!(verified["findings"], json!([]));
}

/// Has writers and readers at work on servers while `fails` does what it does.
fn under_load(servers: &Servers, writers: usize, ledger: &Ledger, fails: impl FnOnce()) -> [usize; 2] {
    let parcels = parcels(servers[0].read().unwrap().as_ref().unwrap(), writers);
    let (stop, reads) = (AtomicBool::new(false), [AtomicUsize::new(0), AtomicUsize::new(0)]);
    std::thread::scope(|scope| {
        for parcel in &parcels {
            let (stop, ledger) = (&stop, ledger);
            scope.spawn(move || write(servers, *parcel, stop, ledger));
        }
        scope.spawn(|| read(servers, &stop, &reads));
        // A failed assertion must not leave the others at work for ever.
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(fails));
        stop.store(true, Ordering::Relaxed);
        if let Err(panic) = done {
            std::panic::resume_unwind(panic);
        }
    });
    reads.map(AtomicUsize::into_inner)
}

fn more(ledger: &Ledger, events: usize) {
    let before = ledger.count();
    Server::wait(|| ledger.count() >= before + events);
}

fn three(address: &str, demo: &Demo) -> Vec<RwLock<Option<Server>>> {
    (0..3).map(|_| RwLock::new(Some(serve(address, demo)))).collect()
}

#[test]
fn a_primary_that_dies_takes_nothing_along_and_the_standby_goes_on() {
    let demo = Demo::new();
    let (name, members) = pair(&demo);
    let servers = three(&either(&name, &members), &demo);
    let ledger = Ledger::default();
    let (rounds, mut pauses) = (rounds(), Vec::new());
    let [answered, refused] = under_load(&servers, 6, &ledger, || {
        for round in 0..rounds {
            let (primary, standby) = (&members[round % 2], &members[1 - round % 2]);
            more(&ledger, 60);
            ledger.pause();
            primary.kill();
            standby.promote();
            more(&ledger, 60);
            pauses.push(ledger.pause().as_secs_f64());
            primary.follow_anew(standby);
        }
    });
    pauses.sort_by(f64::total_cmp);
    println!(
        "primary killed {rounds} times: acknowledged {}, lost 0, without writes {:.2} to {:.2} s, \
         reads {answered}, refused {refused}",
        ledger.count(),
        pauses[0],
        pauses[rounds - 1]
    );
    assert_eq!(refused, 0);
    check(&members[rounds % 2], &name, &ledger);
}

#[test]
fn a_server_that_dies_is_missed_by_nobody_who_asks_another() {
    let demo = Demo::new();
    let (name, members) = pair(&demo);
    let address = either(&name, &members);
    let servers = three(&address, &demo);
    let ledger = Ledger::default();
    let (rounds, mut pauses) = (rounds(), Vec::new());
    let [answered, refused] = under_load(&servers, 6, &ledger, || {
        for round in 0..rounds {
            more(&ledger, 60);
            ledger.pause();
            // In the middle of what it is asked.
            let pid = servers[round % 3].read().unwrap().as_ref().unwrap().pid().to_string();
            assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
            more(&ledger, 60);
            pauses.push(ledger.pause().as_secs_f64());
            let another = serve(&address, &demo);
            *servers[round % 3].write().unwrap() = Some(another);
        }
    });
    pauses.sort_by(f64::total_cmp);
    println!(
        "server killed {rounds} times: acknowledged {}, lost 0, without writes at most {:.2} s, \
         reads {answered}, refused {refused}",
        ledger.count(),
        pauses[rounds - 1]
    );
    assert_eq!(refused, 0);
    check(&members[0], &name, &ledger);
}

/// Records under a key: status, and what was answered.
fn record(server: &Server, parcel: u64, key: &str) -> (u16, Value) {
    let event =
        json!({ "parcel": parcel, "kind": "blocker_opened", "blocker": "price", "date": harness::UNTIL });
    let headers = [("content-type", "application/json"), ("idempotency-key", key)];
    let reply = server.send("/api/v1/events", &headers, event.to_string().as_bytes());
    (reply.status, reply.json())
}

fn writes(server: &Server) -> bool {
    server.get("/readyz", &[]).json()["writes"] == true
}

/// How many events about a parcel's price are in the ledger.
fn recorded(cluster: &Cluster, name: &str, parcel: u64) -> u64 {
    let count =
        format!("SELECT count(*) FROM matbang.ledger WHERE parcel = {parcel} AND body::text LIKE '%price%'");
    cluster.sql(name, &count).trim().parse().unwrap()
}

#[test]
fn a_server_that_is_cut_off_says_so_reads_on_and_comes_back() {
    let demo = Demo::new();
    let (name, members) = pair(&demo);
    let cable = Cable::to(members[0].socket());
    let far = format!("postgres://admin@127.0.0.1:{}/{name}?sslmode=disable", cable.port());
    let servers: Vec<_> = [far, either(&name, &members), either(&name, &members)]
        .iter()
        .map(|address| RwLock::new(Some(serve(address, &demo))))
        .collect();
    let id = parcels(servers[0].read().unwrap().as_ref().unwrap(), 20)[19];
    let ledger = Ledger::default();
    for round in 0..rounds() {
        let before = recorded(&members[0], &name, id + round as u64);
        let [answered, refused] = under_load(&servers[1..], 4, &ledger, || {
            let cut_off = servers[0].read().unwrap();
            let cut_off = cut_off.as_ref().unwrap();
            // Nothing is closed: what is sent is never answered.
            cable.cut();
            let began = Instant::now();
            let (status, _) = record(cut_off, id + round as u64, &format!("cut-{round}"));
            let (first, again) = (began.elapsed(), Instant::now());
            assert_eq!(status, 503);
            assert_eq!(record(cut_off, id + round as u64, &format!("cut-{round}")).0, 503);
            println!(
                "cut off: 503 after {:.1} s, then after {:.1} s",
                first.as_secs_f64(),
                again.elapsed().as_secs_f64()
            );
            assert!(!writes(cut_off));
            for question in ["/api/v1/summary", "/tiles/parcels/12/3252/1802"] {
                assert!(matches!(cut_off.get(question, &[]).status, 200 | 204), "{question}");
            }
            more(&ledger, 10);
            cable.mend();
            let mended = Instant::now();
            Server::wait(|| writes(cut_off));
            println!("back {:.1} s after the network", mended.elapsed().as_secs_f64());
            // It was never told that it failed: sent again, it is recorded once.
            let (status, body) = record(cut_off, id + round as u64, &format!("cut-{round}"));
            assert_eq!(status, 201, "{body}");
            let at = body["at"].as_u64().unwrap();
            Server::wait(|| cut_off.get("/readyz", &[]).json()["at"].as_u64().unwrap() >= at);
        });
        println!(
            "the others meanwhile: acknowledged {}, reads {answered}, refused {refused}",
            ledger.count()
        );
        assert_eq!(refused, 0);
        assert_eq!(recorded(&members[0], &name, id + round as u64), before + 1);
    }
    check(&members[0], &name, &ledger);
}

#[test]
fn while_the_standby_is_silent_nobody_waits_for_ever_and_nobody_is_told_a_lie() {
    let demo = Demo::new();
    let (name, members) = pair(&demo);
    let servers = [serve(&either(&name, &members), &demo), serve(&either(&name, &members), &demo)];
    let ids = parcels(&servers[0], 2 * rounds());
    for (round, pair) in ids.chunks(2).enumerate() {
        let key = |n: usize| format!("slow-{round}-{n}");
        let before = [pair[0], pair[1]].map(|parcel| recorded(&members[0], &name, parcel));
        members[1].signal_receiver("STOP");
        let began = Instant::now();
        let (status, _) = record(&servers[0], pair[0], &key(0));
        println!("without a standby: 503 after {:.1} s", began.elapsed().as_secs_f64());
        assert_eq!(status, 503);
        let again = Instant::now();
        // Who comes next is told so at once, also at the other server, and the app shows it.
        assert_eq!(record(&servers[0], pair[0], &key(0)).0, 503);
        println!("the next one: after {:.1} s", again.elapsed().as_secs_f64());
        assert_eq!(record(&servers[1], pair[1], &key(1)).0, 503);
        Server::wait(|| !writes(&servers[0]));
        for server in &servers {
            assert_eq!(server.get("/api/v1/summary", &[]).status, 200);
        }
        // What waits for the standby is shown to nobody.
        assert_eq!(recorded(&members[0], &name, pair[0]), before[0]);
        members[1].signal_receiver("CONT");
        let back = Instant::now();
        for server in &servers {
            Server::wait(|| writes(server));
        }
        println!("writing again {:.1} s after the standby", back.elapsed().as_secs_f64());
        for (n, server) in servers.iter().rev().enumerate() {
            // Sent again to whichever server, each is recorded once.
            Server::wait(|| record(server, pair[n], &key(n)).0 == 201);
            assert_eq!(recorded(&members[0], &name, pair[n]), before[n] + 1);
        }
    }
    let verified = matbang(Path::new(&members[0].address(&name)), &["verify"]);
    assert!(verified.status.success());
}
