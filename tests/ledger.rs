//! Whatever is recorded, in whatever order, the store, its load and its replay
//! at any position say what a naive reading of the events says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use matbang::{
    demo::{Entry as Step, Options, province},
    domain::{
        BlockerKind, Change, Day, Draft, Event, EventKind, LedgerPosition, ParcelId, ParcelRef, Stage, Vnd,
        procedures,
    },
    store::{Entry, GeoPackage, Order, RecordingError, Store, record},
};
use proptest::prelude::*;

fn today() -> Day {
    Day::parse("2026-06-30").unwrap()
}

/// A store with the demo's units, projects and first parcels, and nothing that happened.
fn empty(folder: &std::path::Path) -> (GeoPackage, Vec<(ParcelId, Day)>) {
    let mut store = GeoPackage::open_or_create(&folder.join("l.gpkg"), procedures(&[]).unwrap()).unwrap();
    let made = province(Options { parcels: 100, seed: 1, until: today() }).unwrap();
    let entry =
        |day| Entry { source: "t".into(), author: "t".into(), recorded_at: 0, day, units_on: today() };
    let mut change = store.begin().unwrap();
    change.units(&entry(today()), &made.units).unwrap();
    change.projects(&entry(today()), &made.projects).unwrap();
    let mut parcels = Vec::new();
    for step in made.entries {
        if let Step::Listed { day, parcels: listed, .. } = step {
            let written = change.parcels(&entry(day), &listed[..1]).unwrap();
            parcels.push((ParcelId(written.first), day));
        }
    }
    change.commit().unwrap();
    parcels.truncate(3);
    (store, parcels)
}

/// What someone tries to record: parcel, kind, days after the listing, which of the earlier events.
type Try = (usize, u8, i32, usize);

fn kind(of: u8, target: Option<LedgerPosition>) -> Option<EventKind> {
    let kinds = [BlockerKind::Price, BlockerKind::Graves];
    Some(match of {
        0..=8 => EventKind::StageReached { stage: Stage::ALL[usize::from(of).max(1)] },
        9 | 10 => EventKind::BlockerOpened { blocker: kinds[usize::from(of - 9)] },
        11 | 12 => EventKind::BlockerClosed { blocker: kinds[usize::from(of - 11)] },
        13 => EventKind::EarlyHandover,
        14 => EventKind::MoneyApproved { amount: Vnd(5_000) },
        15 => EventKind::MoneyPaid { amount: Vnd(3_000) },
        16 => EventKind::ParcelWithdrawn,
        17 => EventKind::Correction { corrects: target?, by: None },
        18 => EventKind::Correction {
            corrects: target?,
            by: Some(Box::new(EventKind::StageReached { stage: Stage::Notice })),
        },
        _ => EventKind::Correction {
            corrects: target?,
            by: Some(Box::new(EventKind::BlockerOpened { blocker: BlockerKind::Price })),
        },
    })
}

fn attempt(store: &mut GeoPackage, parcel: (ParcelId, Day), (_, of, after, which): Try) -> bool {
    let history = store.history(parcel.0).unwrap();
    let target = (!history.is_empty()).then(|| history[which % history.len()].position);
    let Some(kind) = kind(of, target) else { return false };
    let draft = Draft {
        parcel: Some(ParcelRef::Id(parcel.0)),
        version: None,
        day: parcel.1.plus(after),
        document: None,
        note: None,
        attachments: Vec::new(),
        change: Change::Event(kind),
    };
    let (laws, drafts) = (procedures(&[]).unwrap(), [(1, Ok(draft))]);
    let mut change = store.begin().unwrap();
    let order = Order {
        drafts: &drafts,
        author: "t",
        recorded_at: 1,
        today: today(),
        procedures: &laws,
        may_write: &|_| true,
        attached: &|_| true,
        dry_run: false,
        request: None,
    };
    match record(change.as_mut(), &order) {
        Ok(_) => change.commit().is_ok(),
        Err(RecordingError::Refused(_)) => false,
        Err(error) => panic!("{error}"),
    }
}

/// What a parcel's event says in the end, following what corrects it.
fn said<'a>(events: &'a [&Event], event: &'a Event) -> Option<(Day, u64, &'a EventKind)> {
    let corrects = |other: &&&Event| matches!(other.body.kind, EventKind::Correction { corrects, .. } if corrects == event.position);
    if let Some(by) = events.iter().find(corrects) {
        return said(events, by);
    }
    match &event.body.kind {
        EventKind::Correction { by: None, .. } => None,
        EventKind::Correction { by: Some(by), .. } => Some((event.body.day, event.position.0, by)),
        kind => Some((event.body.day, event.position.0, kind)),
    }
}

/// Naive: (days of the stages, kinds of blockers standing on `day`, whether it counts on `day`).
fn naive(events: &[&Event], day: Day) -> (Vec<(Stage, Day)>, BTreeSet<&'static str>, bool) {
    let roots = events.iter().filter(|event| !matches!(event.body.kind, EventKind::Correction { .. }));
    let mut all: Vec<_> = roots.filter_map(|event| said(events, event)).collect();
    all.sort_by_key(|(day, position, _)| (*day, *position));
    let (mut stages, mut standing, mut counts) = (std::collections::BTreeMap::new(), BTreeSet::new(), true);
    for (on, _, kind) in all {
        match kind {
            EventKind::StageReached { stage } => drop(stages.insert(*stage, on)),
            EventKind::EarlyHandover => drop(stages.insert(Stage::HandedOver, on)),
            EventKind::BlockerOpened { blocker } if on <= day => drop(standing.insert(blocker.code())),
            EventKind::BlockerClosed { blocker } if on <= day => drop(standing.remove(blocker.code())),
            EventKind::ParcelWithdrawn if on <= day => counts = false,
            _ => {}
        }
    }
    (stages.into_iter().collect(), standing, counts)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(24), ..ProptestConfig::default() })]
    #[test]
    fn any_day_and_position_is_answered_as_by_a_naive_replay(
        tries in prop::collection::vec((0usize..3, 0u8..20, -5i32..400, 0usize..40), 10..60),
        asked in 0i32..420,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (mut store, parcels) = empty(folder.path());
        let start = store.head().unwrap().position.0;
        for one in tries {
            attempt(&mut store, parcels[one.0], one);
        }
        let end = store.head().unwrap().position.0;
        let events = store.events_after(LedgerPosition(0)).unwrap();
        let loaded = store.load().unwrap();
        for at in [start, u64::midpoint(start, end), end] {
            let snapshot = store.load_at(LedgerPosition(at)).unwrap();
            for (parcel, listed) in &parcels {
                let day = listed.plus(asked);
                let own: Vec<&Event> =
                    events.iter().filter(|e| e.position.0 <= at && e.body.parcel == Some(*parcel)).collect();
                let (stages, standing, counts) = naive(&own, day);
                let index = snapshot.parcels().find(*parcel).unwrap();
                let days = snapshot.days(index);
                let found: Vec<_> =
                    Stage::ALL[1..].iter().filter_map(|stage| Some((*stage, days.get(*stage)?))).collect();
                prop_assert_eq!(found, stages);
                prop_assert_eq!(snapshot.exists_on(index, day), counts);
                let now: BTreeSet<_> =
                    snapshot.blockers(index).iter().filter(|b| b.stands_on(day)).map(|b| b.kind.code()).collect();
                prop_assert_eq!(&now, &standing);
                prop_assert_eq!(snapshot.blocked_on(index, day), counts && !standing.is_empty());
                if at == end {
                    prop_assert_eq!(loaded.days(index), days);
                    prop_assert_eq!(loaded.marks(index), snapshot.marks(index));
                    prop_assert_eq!(loaded.version(index), snapshot.version(index));
                }
            }
        }
        prop_assert!(store.verify().unwrap().findings.is_empty());
    }
}
