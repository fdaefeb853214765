//! What the past and the following of changes cost: 1 000 000 parcels with 9 000 000 events.
//! `cargo bench --bench past` (PARCELS=100000 for fewer, ONLY=following without the past, VERIFY=1 verifies besides)
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a failed measurement stops"
)]
#![allow(missing_docs, reason = "criterion makes public items")]

use std::{
    hint::black_box,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use matbang::{
    analysis::View,
    atlas::Snapshot,
    domain::{BlockerKind, Day, EventKind, LedgerPosition, ParcelId, ProjectId, law},
    store::{self, Entry, Store, Transaction},
};

mod support;

fn laws() -> Arc<law::Law> {
    law(&[]).expect("law").into()
}

fn ms(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e3
}

fn told(name: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)];
    println!(
        "{name}: p50 {:.1}  p99 {:.1}  most {:.1} ms ({} times)",
        at(0.5),
        at(0.99),
        at(1.0),
        times.len()
    );
}

fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

fn main() {
    let parcels = std::env::var("PARCELS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let made = Instant::now();
    let path = support::copy(&support::storied(parcels));
    let size = std::fs::metadata(&path).map_or(0, |file| file.len() / 1_000_000);
    println!("store of {parcels} parcels ready after {:.1} s: {size} MB", made.elapsed().as_secs_f64());
    let store = store::open(&path).expect("store");
    let started = Instant::now();
    let now = Arc::new(store.load(laws()).expect("load"));
    println!("load: {:.2} s, {:.0} MB resident", started.elapsed().as_secs_f64(), resident());
    if std::env::var("ONLY").is_err() {
        past(&*store, &now);
        beside(&*store, &now);
    }
    let now = following(&*store, now);
    crowded(&*store, now);
    if std::env::var("VERIFY").is_ok() {
        let started = Instant::now();
        let found = store.verify(laws()).expect("verify");
        println!("verify: {:.1} s, {} findings", started.elapsed().as_secs_f64(), found.findings.len());
    }
    store.close().expect("close");
    drop(store);
    let _ = std::fs::remove_file(&path);
}

fn past(store: &dyn Store, now: &Snapshot) {
    let head = now.position().0;
    let before = resident();
    let kept: Vec<_> =
        (0..4).map(|n| store.past(now, LedgerPosition(head - 10_000 - n)).expect("past")).collect();
    println!("held by an earlier state: {:.0} MB", (resident() - before) / 4.0);
    drop(kept);
    let mut times = Vec::new();
    for n in 0..30 {
        let started = Instant::now();
        black_box(store.past(now, LedgerPosition(head - 10_000 - n * 37)).expect("past"));
        times.push(ms(started));
    }
    told("at=N, 10 000 events back", times);
    let mut times = Vec::new();
    for tenth in (0..=9).rev() {
        let started = Instant::now();
        black_box(store.past(now, LedgerPosition(head / 10 * tenth)).expect("past"));
        println!("  at {tenth}/10 of the ledger: {:.0} ms", ms(started));
        times.push(ms(started));
    }
    told("at=N, any N", times);
}

/// A parcel's history while ten earlier positions are made.
fn beside(store: &dyn Store, now: &Snapshot) {
    let (head, done) = (now.position().0, AtomicBool::new(false));
    std::thread::scope(|scope| {
        let makers: Vec<_> = (1..=10)
            .map(|n| scope.spawn(move || drop(store.past(now, LedgerPosition(head - head / 40 * n)))))
            .collect();
        let asking = scope.spawn(|| {
            let mut times = Vec::new();
            for n in 0u32.. {
                if done.load(Ordering::Relaxed) && n > 20 {
                    break;
                }
                let started = Instant::now();
                black_box(
                    store.history(ParcelId(n * 7919 % now.parcels().len() as u32 + 1)).expect("history"),
                );
                times.push(ms(started));
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            times
        });
        makers.into_iter().for_each(|maker| maker.join().expect("past"));
        done.store(true, Ordering::Relaxed);
        told("a parcel's history while ten are made", asking.join().expect("history"));
    });
}

/// What is written is shown: the step, the view, as the follower makes them.
fn following(store: &dyn Store, mut now: Arc<Snapshot>) -> Arc<Snapshot> {
    let mut view = View::new(Arc::clone(&now), today()).ready();
    let mut show = |name: &str, write: &mut dyn FnMut() -> bool| {
        let (mut times, mut figures) = (Vec::new(), Vec::new());
        while write() {
            let started = Instant::now();
            (now, view) = next(store, &now, &view).expect("something has happened");
            times.push(ms(started));
            let started = Instant::now();
            view.warm();
            figures.push(ms(started));
        }
        told(name, times);
        told("  and its figures", figures);
    };
    let mut left = 20;
    show("an event shown", &mut || {
        left -= 1;
        let kind = EventKind::BlockerClosed { blocker: BlockerKind::Price };
        store
            .change(&mut |change| {
                change.append(&[support::happened(left * 31 + 1, 20_720, kind.clone())]).map(|_| true)
            })
            .expect("an event");
        left > 0
    });
    let mut left = 10;
    show("a changed plan shown", &mut || {
        left -= 1;
        let required = Day::from_number(20_800 + i64::from(left)).ok();
        let kind = EventKind::PlanChanged { project: ProjectId(left), plan: None, required };
        let mut event = support::happened(1, 20_720, kind);
        event.parcel = None;
        store
            .change(&mut |change| change.append(std::slice::from_ref(&event)).map(|_| true))
            .expect("a plan");
        left > 1
    });
    let more = support::more(30_000, "m");
    let (mut parts, entry) = (more.chunks(10_000), entry());
    show("10 000 imported parcels shown", &mut || {
        let Some(part) = parts.next() else { return false };
        let started = Instant::now();
        store.change(&mut |change| change.parcels(&entry, part).map(|_| true)).expect("an import");
        println!("  written in {:.0} ms", ms(started));
        true
    });
    now
}

fn today() -> Day {
    Day::parse("2026-10-01").expect("a day")
}

fn entry() -> Entry {
    let day = Day::from_number(20_720).expect("a day");
    Entry { source: "bench".into(), author: "bench".into(), recorded_at: 0, day, units_on: day }
}

/// The next snapshot and view; none when nothing has happened.
fn next(store: &dyn Store, now: &Snapshot, view: &View) -> Option<(Arc<Snapshot>, View)> {
    let started = Instant::now();
    let step = store.step(now).expect("step")?;
    let (next, read) = (Arc::new(step.snapshot), ms(started));
    let (projects, units) = touched(&next, &step.parcels, &step.projects, today());
    let started = Instant::now();
    let shown = view.next(Arc::clone(&next), &projects, &units);
    if step.parcels.len() > 1000 {
        println!("  read in {read:.0} ms, shown {:.0} ms later", ms(started));
    }
    Some((next, shown))
}

/// The position that is shown, for who waits for it.
#[derive(Default)]
struct Shown(Mutex<u64>, Condvar);

impl Shown {
    fn say(&self, position: u64) {
        *self.0.lock().unwrap() = position;
        self.1.notify_all();
    }

    fn wait_for(&self, position: LedgerPosition) {
        drop(self.1.wait_while(self.0.lock().unwrap(), |shown| *shown < position.0).unwrap());
    }
}

/// Other people's events, from being sent to being shown, while 10 000 parcels are imported; a follower shows
/// what is written, as the server's does.
fn crowded(store: &dyn Store, now: Arc<Snapshot>) {
    const PEOPLE: u32 = 4;
    let (shown, importing) = (Shown::default(), AtomicBool::new(false));
    // Events are shown until the last of the people has gone.
    let (done, gone) = (AtomicBool::new(false), AtomicBool::new(false));
    let times: Mutex<[Vec<f64>; 2]> = Mutex::default();
    let more = support::more(50_000, "c");
    std::thread::scope(|scope| {
        let (shown, done, gone, importing, times) = (&shown, &done, &gone, &importing, &times);
        let (warm, to_warm) = std::sync::mpsc::channel::<Arc<View>>();
        scope.spawn(move || {
            while let Ok(view) = to_warm.recv() {
                to_warm.try_iter().last().unwrap_or(view).warm();
            }
        });
        let follower = scope.spawn(move || {
            let (mut now, mut seen) = (now, 0);
            let mut view = Arc::new(View::new(Arc::clone(&now), today()).ready());
            while !gone.load(Ordering::Relaxed) {
                seen = store.wait_for_change(seen, Duration::from_millis(200)).expect("wait");
                if let Some((next, shows)) = next(store, &now, &view) {
                    (now, view) = (next, Arc::new(shows));
                    shown.say(now.position().0);
                    warm.send(Arc::clone(&view)).expect("the warmer");
                }
            }
        });
        let people: Vec<_> = (0..PEOPLE)
            .map(|person| {
                scope.spawn(move || {
                    for turn in 0.. {
                        if done.load(Ordering::Relaxed) {
                            return;
                        }
                        let id = 500_000 + (turn * PEOPLE + person) * 37 % 400_000;
                        let kind = match turn % 2 {
                            0 => EventKind::BlockerOpened { blocker: BlockerKind::Graves },
                            _ => EventKind::BlockerClosed { blocker: BlockerKind::Graves },
                        };
                        let (started, mut beside) = (Instant::now(), importing.load(Ordering::Relaxed));
                        let event = support::happened(id, 20_720, kind);
                        let write = &mut |change: &mut dyn Transaction| {
                            change.append(std::slice::from_ref(&event)).map(|_| true)
                        };
                        shown.wait_for(store.change(write).expect("an event").position);
                        let took = ms(started);
                        beside |= importing.load(Ordering::Relaxed);
                        times.lock().unwrap()[usize::from(beside)].push(took);
                        std::thread::sleep(Duration::from_millis(7));
                    }
                })
            })
            .collect();
        let mut imports = Vec::new();
        for part in more.chunks(10_000) {
            std::thread::sleep(Duration::from_millis(400));
            importing.store(true, Ordering::Relaxed);
            let started = Instant::now();
            let head = store.change(&mut |change| change.parcels(&entry(), part).map(|_| true));
            shown.wait_for(head.expect("an import").position);
            imports.push(ms(started));
            importing.store(false, Ordering::Relaxed);
        }
        done.store(true, Ordering::Relaxed);
        people.into_iter().for_each(|person| person.join().expect("a person"));
        gone.store(true, Ordering::Relaxed);
        follower.join().expect("the follower");
        told("10 000 parcels, from being sent to being shown, beside four people", imports);
    });
    let [alone, beside] = times.into_inner().unwrap();
    told("their events, from being sent to being shown, while nothing is imported", alone);
    told("and while 10 000 parcels are imported", beside);
}

fn touched(now: &Snapshot, parcels: &[ParcelId], rows: &[ProjectId], day: Day) -> (Vec<usize>, Vec<usize>) {
    let lies_in = now.units_on(day);
    let indexes = parcels.iter().filter_map(|id| now.parcels().find(*id));
    let rows = rows.iter().filter_map(|id| now.projects().binary_search_by_key(id, |entry| entry.id).ok());
    let (mut projects, mut units): (Vec<usize>, Vec<usize>) = (rows.collect(), Vec::new());
    let of_rows: Vec<u32> =
        projects.iter().flat_map(|row| now.projects()[*row].parcels.iter().copied()).collect();
    for index in indexes.chain(of_rows) {
        projects.push(now.parcels().project(index));
        units.push(usize::from(lies_in[index as usize]));
    }
    for list in [&mut projects, &mut units] {
        list.sort_unstable();
        list.dedup();
    }
    (projects, units)
}
