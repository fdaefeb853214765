//! Whatever is recorded and imported, in whatever order, the store, its load, each step to the next
//! state and the way back to any position say what a naive reading of the events says.

use std::{collections::BTreeSet, sync::Arc};

use matbang::{
    atlas::Snapshot,
    demo::{Entry as Step, Options, province},
    domain::{
        AdminUnit, BlockerKind, Change, Day, Draft, Event, EventKind, LedgerPosition, Parcel, ParcelId,
        ParcelRef, Part, Project, Stage, Vnd, law,
    },
    recording::{RecordingError, Submission, record},
    store::{Entry, Store, open_or_create},
};
use proptest::prelude::*;

fn today() -> Day {
    Day::parse("2026-06-30").unwrap()
}

fn laws() -> Arc<law::Law> {
    law(&[]).unwrap().into()
}

fn entry(day: Day) -> Entry {
    Entry { source: "t".into(), author: "t".into(), recorded_at: 0, day, units_on: today() }
}

/// A store with the demo's units, projects and first parcels, and nothing that happened.
struct Small {
    store: Arc<dyn Store>,
    parcels: Vec<(ParcelId, Day)>,
    /// Parcels that can still be imported.
    waiting: Vec<Parcel>,
    units: Vec<AdminUnit>,
    projects: Vec<Project>,
}

fn empty(folder: &std::path::Path) -> Small {
    let store = open_or_create(&folder.join("l.gpkg")).unwrap();
    let made = province(Options { parcels: 100, seed: 1, until: today() }).unwrap();
    let (mut parcels, mut waiting) = (Vec::new(), Vec::new());
    let lists = made.entries.into_iter().filter_map(|step| match step {
        Step::Listed { day, parcels, .. } => Some((day, parcels)),
        Step::Happened(_) => None,
    });
    let lists: Vec<_> = lists.collect();
    store
        .change(&mut |change| {
            change.units(&entry(today()), &made.units)?;
            change.projects(&entry(today()), &made.projects)?;
            for (day, listed) in &lists {
                let written = change.parcels(&entry(*day), &listed[..1])?;
                parcels.push((ParcelId(written.first), *day));
                waiting.extend_from_slice(&listed[1..]);
            }
            Ok(true)
        })
        .unwrap();
    parcels.truncate(3);
    Small { store, parcels, waiting, units: made.units, projects: made.projects }
}

/// What someone tries to record: parcel, kind, days after the listing, which of the earlier events.
type Try = (usize, u8, i32, usize);

fn kind(of: u8, target: Option<LedgerPosition>) -> Option<EventKind> {
    let kinds = [BlockerKind::Price, BlockerKind::Graves];
    Some(match of {
        0..=8 => EventKind::reached(Stage::ALL[usize::from(of).max(1)]),
        9 | 10 => EventKind::BlockerOpened { blocker: kinds[usize::from(of - 9)] },
        11 | 12 => EventKind::BlockerClosed { blocker: kinds[usize::from(of - 11)] },
        13 => EventKind::EarlyHandover,
        14 => EventKind::MoneyApproved { amount: Vnd(5_000) },
        15 => EventKind::MoneyPaid { amount: Vnd(3_000) },
        16 => EventKind::ParcelWithdrawn,
        17 => EventKind::Correction { corrects: target?, by: None },
        18 => {
            EventKind::Correction { corrects: target?, by: Some(Box::new(EventKind::reached(Stage::Notice))) }
        }
        _ => EventKind::Correction {
            corrects: target?,
            by: Some(Box::new(EventKind::BlockerOpened { blocker: BlockerKind::Price })),
        },
    })
}

fn order(store: &dyn Store, parcel: Option<ParcelId>, day: Day, what: Change) -> bool {
    let draft = Draft {
        parcel: parcel.map(ParcelRef::Id),
        version: None,
        day,
        document: None,
        note: None,
        attachments: Vec::new(),
        change: what,
    };
    let (laws, drafts) = (laws(), [(1, Ok(draft))]);
    let mut taken = false;
    store
        .change(&mut |change| {
            let order = Submission {
                drafts: &drafts,
                author: "t",
                recorded_at: 1,
                today: today(),
                law: &laws,
                may_write: &|_| true,
                may_plan: &|_| true,
                attached: &|_| true,
                most_attached: u64::MAX,
                dry_run: false,
                request: None,
            };
            taken = match record(change, &order) {
                Ok(_) => true,
                Err(RecordingError::Refused(_)) => false,
                Err(error) => panic!("{error}"),
            };
            Ok(taken)
        })
        .unwrap();
    taken
}

/// Tries what a number says: an event about a parcel, or a change of what events are about.
fn attempt(small: &mut Small, (which, of, after, target): Try) {
    let (id, listed) = small.parcels[which % small.parcels.len()];
    let day = listed.plus(after);
    match of {
        20 => {
            // A re-import that renames a commune and moves a project's pledge.
            let number = small.units.len();
            let unit = &mut small.units[target % number];
            unit.name = format!("Tên mới {target}");
            let rename = unit.clone();
            small
                .store
                .change(&mut |change| {
                    change.units(&entry(today()), std::slice::from_ref(&rename)).map(|_| true)
                })
                .unwrap();
        }
        21 => {
            let number = small.projects.len();
            let project = &mut small.projects[target % number];
            project.name = format!("Dự án {target}");
            let renamed = project.clone();
            small
                .store
                .change(&mut |change| {
                    change.projects(&entry(today()), std::slice::from_ref(&renamed)).map(|_| true)
                })
                .unwrap();
        }
        22 => {
            let project = small.projects[target % small.projects.len()].code.to_string();
            order(&*small.store, None, today(), Change::Plan { project, plan: None, required: Some(day) });
        }
        23 => {
            let Some(parcel) = small.waiting.pop() else { return };
            let mut first = 0;
            small
                .store
                .change(&mut |change| {
                    first = change.parcels(&entry(listed), std::slice::from_ref(&parcel))?.first;
                    Ok(true)
                })
                .unwrap();
            small.parcels.push((ParcelId(first), listed));
        }
        24 => split(small, id, day),
        _ => {
            let history = small.store.history(id).unwrap();
            let target = (!history.is_empty()).then(|| history[target % history.len()].position);
            if let Some(kind) = kind(of, target) {
                order(&*small.store, Some(id), day, Change::Event(kind));
            }
        }
    }
}

/// Cuts a parcel in two at the middle of its box.
fn split(small: &mut Small, id: ParcelId, day: Day) {
    use geo::{BooleanOps, BoundingRect, Rect, coord};
    let snapshot = small.store.load(laws()).unwrap();
    let index = snapshot.parcels().find(id).unwrap();
    let shape = snapshot.parcels().arena().shape(index as usize).to_geo();
    let bounds = shape.bounding_rect().unwrap();
    let middle = f64::midpoint(bounds.min().x, bounds.max().x);
    let half = |from: f64, to: f64| {
        let side =
            Rect::new(coord! { x: from, y: bounds.min().y - 1.0 }, coord! { x: to, y: bounds.max().y + 1.0 });
        shape.intersection(&geo::MultiPolygon(vec![side.to_polygon()]))
    };
    let halves = [half(bounds.min().x - 1.0, middle), half(middle, bounds.max().x + 1.0)];
    let number = |n: usize| format!("{id}-{n}-{}", small.parcels.len());
    let parts: Vec<Part> = (1..)
        .zip(halves)
        .map(|(n, geometry)| Part { number: number(n), sheet: None, recovered_area: None, geometry })
        .collect();
    if order(&*small.store, Some(id), day, Change::Split(parts)) {
        let last = small.store.load(laws()).unwrap();
        let count = last.parcels().len() as u32;
        let listed = small.parcels.iter().find(|(known, _)| *known == id).unwrap().1;
        small.parcels.extend((count - 2..count).map(|index| (last.parcels().id(index), listed)));
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
            EventKind::StageReached { stage, .. } => drop(stages.entry(*stage).or_insert(on)),
            EventKind::EarlyHandover => drop(stages.entry(Stage::HandedOver).or_insert(on)),
            EventKind::BlockerOpened { blocker } if on <= day => drop(standing.insert(blocker.code())),
            EventKind::BlockerClosed { blocker } if on <= day => drop(standing.remove(blocker.code())),
            EventKind::ParcelWithdrawn | EventKind::ParcelSplit { .. } if on <= day => counts = false,
            EventKind::ParcelFormed { .. } if on > day => counts = false,
            _ => {}
        }
    }
    (stages.into_iter().collect(), standing, counts)
}

/// What reports and maps say of units and projects: names and pledges.
fn words(snapshot: &Snapshot) -> (Vec<String>, Vec<(String, Option<Day>)>) {
    let units = snapshot.units().iter().map(|entry| entry.unit.name.clone());
    let project =
        |entry: &Arc<matbang::atlas::ProjectEntry>| (entry.project.name.clone(), entry.project.required_day);
    (units.collect(), snapshot.projects().iter().map(project).collect())
}

/// Whether two snapshots say the same of everything.
fn same(a: &Snapshot, b: &Snapshot) -> Result<(), TestCaseError> {
    prop_assert_eq!((a.position(), a.head(), a.parcels().len()), (b.position(), b.head(), b.parcels().len()));
    prop_assert_eq!(words(a), words(b));
    for (one, two) in a.projects().iter().zip(b.projects()) {
        prop_assert_eq!((&one.parcels, &one.units, one.extent), (&two.parcels, &two.units, two.extent));
    }
    for index in 0..a.parcels().len() as u32 {
        prop_assert_eq!(a.parcels().id(index), b.parcels().id(index));
        prop_assert_eq!(a.days(index), b.days(index));
        prop_assert_eq!(a.money(index), b.money(index));
        prop_assert_eq!(a.marks(index), b.marks(index));
        prop_assert_eq!(a.version(index), b.version(index));
        let extent = a.parcels().arena().shape(index as usize).extent();
        prop_assert_eq!(a.parcels_in(extent), b.parcels_in(extent));
    }
    Ok(())
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(24)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]
    #[test]
    fn any_day_and_position_is_answered_as_by_a_naive_replay(
        tries in prop::collection::vec((0usize..9, 0u8..25, -5i32..400, 0usize..40), 10..60),
        asked in 0i32..420,
        back in 0usize..60,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut small = empty(folder.path());
        let store = Arc::clone(&small.store);
        let mut shown = store.load(laws()).unwrap();
        let mut before = vec![shown.clone()];
        for one in tries {
            attempt(&mut small, one);
            if let Some(step) = store.step(&shown).unwrap() {
                shown = step.snapshot;
                before.push(shown.clone());
            }
        }
        let events = store.events_after(LedgerPosition(0), 100_000).unwrap();
        // What was followed step by step is what is loaded at once.
        same(&shown, &store.load(laws()).unwrap())?;
        // Each earlier state is found again as it was shown then.
        let then = &before[back % before.len()];
        same(&store.past(&shown, then.position()).unwrap(), then)?;
        let (start, end) = (before[0].position().0, shown.position().0);
        for at in [start, u64::midpoint(start, end), end] {
            let snapshot = store.past(&shown, LedgerPosition(at)).unwrap();
            for (parcel, listed) in &small.parcels {
                let day = listed.plus(asked);
                let own: Vec<&Event> =
                    events.iter().filter(|e| e.position.0 <= at && e.body.parcel == Some(*parcel)).collect();
                let Some(index) = snapshot.parcels().find(*parcel) else {
                    prop_assert!(own.is_empty());
                    continue;
                };
                let (stages, standing, counts) = naive(&own, day);
                let days = snapshot.days(index);
                let found: Vec<_> =
                    Stage::ALL[1..].iter().filter_map(|stage| Some((*stage, days.get(*stage)?))).collect();
                prop_assert_eq!(found, stages);
                prop_assert_eq!(snapshot.exists_on(index, day), counts);
                let now: BTreeSet<_> =
                    snapshot.blockers(index).iter().filter(|b| b.stands_on(day)).map(|b| b.kind.code()).collect();
                prop_assert_eq!(&now, &standing);
                prop_assert_eq!(snapshot.blocked_on(index, day), counts && !standing.is_empty());
            }
        }
        let found = store.verify(laws()).unwrap().findings;
        prop_assert!(found.is_empty(), "{:?}", found);
    }
}

#[test]
fn an_event_before_the_day_of_a_correction_falls_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut small = empty(folder.path());
    // The meeting was in truth a blocker a month later; then another blocker of the first day comes in.
    for one in [(1, 1, 0, 0), (1, 19, 34, 0), (1, 10, 0, 0)] {
        attempt(&mut small, one);
    }
    assert_eq!(small.store.history(small.parcels[1].0).unwrap().len(), 3);
    assert_eq!(small.store.verify(laws()).unwrap().findings, []);
}
