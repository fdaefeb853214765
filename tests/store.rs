//! What a store promises. [`suite`] takes a store's factory and is all that a new store must pass;
//! below it are promises of the file alone.

mod kept;
mod people;

use std::{path::Path, sync::Arc, time::Duration};

use matbang::{
    demo::{Entry as Step, Options, province},
    domain::{Day, EventKind, LedgerPosition, NewEvent, ParcelId, Project, Stage, law},
    store::{
        Briefing, Entry, Head, RESTORED_WITHIN_MS, Store, StoreError, ledger::check::Check, open,
        open_or_create,
    },
};
use people::{
    a_code_is_used_once, a_question_is_answered_once_in_its_time,
    a_secret_that_was_replaced_meanwhile_is_not_sealed_over, accounts_change_with_their_log,
    keys_are_few_and_count_upwards, looks_at_holders_are_noted, tries_are_counted_key_by_key,
};

use crate::harness::{Demo, matbang, postgres::Cluster};

fn laws() -> Arc<law::Law> {
    law(&[]).unwrap().into()
}

fn day() -> Day {
    Day::parse("2026-06-30").unwrap()
}

fn entry() -> Entry {
    Entry { source: "t".into(), author: "t".into(), recorded_at: 1, day: day(), units_on: day() }
}

fn event(parcel: ParcelId, stage: Stage) -> NewEvent {
    NewEvent {
        parcel: Some(parcel),
        day: day(),
        recorded_at: 1,
        author: "t".into(),
        document: None,
        note: Some("ghi chú".into()),
        attachments: Vec::new(),
        kind: EventKind::reached(stage),
    }
}

fn append(store: &dyn Store, parcel: u32, stage: Stage) -> Result<Head, StoreError> {
    store.change(&mut |change| change.append(&[event(ParcelId(parcel), stage)]).map(|_| true))
}

/// Fills an empty store with a few parcels; its projects.
fn fill(store: &dyn Store) -> Vec<Project> {
    let made = province(Options { parcels: 100, seed: 1, until: day() }).unwrap();
    let lists = made.entries.iter().filter_map(|step| match step {
        Step::Listed { parcels, .. } => Some(parcels),
        Step::Happened(_) => None,
    });
    let parcels: Vec<_> = lists.flatten().take(20).cloned().collect();
    store
        .change(&mut |change| {
            change.units(&entry(), &made.units)?;
            change.projects(&entry(), &made.projects)?;
            change.parcels(&entry(), &parcels)?;
            Ok(true)
        })
        .unwrap();
    made.projects
}

/// Opens the same store as another process would.
type Again = Box<dyn Fn() -> Arc<dyn Store>>;

/// All promises of a store; `make` gives an empty one, and the same again as another process would open it.
fn suite(make: &dyn Fn() -> (Arc<dyn Store>, Again)) {
    writes_are_all_or_nothing(&*make().0);
    one_order_of_a_group_fails_alone(&*make().0);
    everything_has_a_past(&*make().0);
    the_ledger_is_told_line_by_line_and_any_alteration_is_found(&*make().0);
    accounts_change_with_their_log(&*make().0);
    a_code_is_used_once(&*make().0);
    a_secret_that_was_replaced_meanwhile_is_not_sealed_over(&*make().0);
    keys_are_few_and_count_upwards(&*make().0);
    a_question_is_answered_once_in_its_time(&*make().0);
    looks_at_holders_are_noted(&*make().0);
    tries_are_counted_key_by_key(&*make().0);
    files_are_known_by_who_sent_them_and_what_they_are_about(&*make().0);
    briefings_keep_their_seal(&*make().0);
    let (store, again) = make();
    others_are_told(&*store, &*again());
}

fn writes_are_all_or_nothing(store: &dyn Store) {
    fill(store);
    let before = store.head().unwrap();
    let given_up =
        store.change(&mut |change| change.append(&[event(ParcelId(1), Stage::Notice)]).map(|_| false));
    given_up.unwrap();
    let failed = store.change(&mut |change| {
        change.append(&[event(ParcelId(1), Stage::Notice)])?;
        change.append(&[event(ParcelId(999), Stage::Notice)]).map(|_| true)
    });
    assert!(matches!(failed, Err(StoreError::NoParcel(ParcelId(999)))), "{failed:?}");
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.change(&mut |change| {
            change.append(&[event(ParcelId(1), Stage::Notice)])?;
            panic!("in the middle of a change")
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(store.head().unwrap(), before);
    // Whoever comes after it writes as if nothing had been.
    assert_eq!(append(store, 1, Stage::Notice).unwrap().position.0, before.position.0 + 1);
    assert_eq!(store.history(ParcelId(1)).unwrap().len(), 1);
}

fn one_order_of_a_group_fails_alone(store: &dyn Store) {
    fill(store);
    let head = store
        .change(&mut |change| {
            for (parcel, keep) in [(1, true), (2, false), (3, true)] {
                change.open_order()?;
                change.append(&[event(ParcelId(parcel), Stage::Notice)])?;
                if keep { change.keep_order()? } else { change.drop_order()? }
            }
            Ok(true)
        })
        .unwrap();
    let of = |parcel| store.history(ParcelId(parcel)).unwrap().len();
    assert_eq!((of(1), of(2), of(3)), (1, 0, 1));
    assert_eq!(store.head().unwrap(), head);
    assert_eq!(store.head_at(head.position).unwrap(), Some(head));
    let earlier = store.head_at(LedgerPosition(head.position.0 - 1)).unwrap().unwrap();
    assert_ne!(earlier.hash, head.hash);
    assert_eq!(store.head_at(LedgerPosition(head.position.0 + 1)).unwrap(), None);
    assert_eq!(store.verify(laws()).unwrap().findings, []);
}

fn everything_has_a_past(store: &dyn Store) {
    let mut projects = fill(store);
    let then = store.load(laws()).unwrap();
    let required = then.projects()[0].project.required_day;
    append(store, 1, Stage::Notice).unwrap();
    projects[0].name = "Tên khác".into();
    let elsewhere = projects[1].boundary.clone();
    projects[0].boundary = elsewhere;
    let id = then.projects()[0].id;
    store
        .change(&mut |change| {
            change.projects(&entry(), &projects[..1])?;
            let kind = EventKind::PlanChanged { project: id, plan: None, required: Some(day().plus(99)) };
            change.append(&[NewEvent { parcel: None, kind, ..event(ParcelId(1), Stage::Notice) }])?;
            Ok(true)
        })
        .unwrap();
    let now = store.load(laws()).unwrap();
    let past = store.past(&now, then.position()).unwrap();
    assert_eq!(now.projects()[0].project.name, "Tên khác");
    assert_eq!(now.projects()[0].project.required_day, Some(day().plus(99)));
    assert_eq!(past.projects()[0].project.name, then.projects()[0].project.name);
    assert_eq!(past.projects()[0].project.required_day, required);
    assert_eq!(past.projects()[0].project.boundary, then.projects()[0].project.boundary);
    assert_eq!(past.projects()[0].extent, then.projects()[0].extent);
    assert_eq!((past.position(), past.head()), (then.position(), then.head()));
    assert_eq!(past.days(0), then.days(0));
    assert!(now.days(0) != then.days(0));
    let beyond = LedgerPosition(now.position().0 + 1);
    assert!(matches!(store.past(&now, beyond), Err(StoreError::NoPosition { .. })));
    // Before anything was: nothing.
    let nothing = store.past(&now, LedgerPosition(0)).unwrap();
    assert_eq!((nothing.units().len(), nothing.projects().len(), nothing.parcels().len()), (0, 0, 0));
}

fn the_ledger_is_told_line_by_line_and_any_alteration_is_found(store: &dyn Store) {
    fill(store);
    append(store, 1, Stage::Notice).unwrap();
    let (mut check, mut lines) = (Check::default(), 0);
    let head = store
        .lines(&mut |line| {
            lines += 1;
            assert_eq!(check.take(&line), []);
            Ok(())
        })
        .unwrap();
    assert_eq!((check.chain().position(), check.chain().hash()), (head.position, head.hash));
    assert_eq!(check.unsealed(), 0);
    // A line that is left out, whichever, shows.
    for left_out in 0..lines {
        let (mut check, mut number, mut faults) = (Check::default(), 0, 0);
        store
            .lines(&mut |line| {
                if number != left_out {
                    faults += check.take(&line).len();
                }
                number += 1;
                Ok(())
            })
            .unwrap();
        assert!(faults > 0 || left_out == lines - 1, "line {left_out}");
    }
}

fn files_are_known_by_who_sent_them_and_what_they_are_about(store: &dyn Store) {
    fill(store);
    let naming = |parcel, files: &[&str]| NewEvent {
        attachments: files.iter().map(|file| (*file).to_owned()).collect(),
        ..event(ParcelId(parcel), Stage::Notice)
    };
    let append =
        |events: &[NewEvent]| store.change(&mut |change| change.append(events).map(|_| true)).unwrap();
    store.note_upload("a.jpg", "an", 10, 5).unwrap();
    store.note_upload("a.jpg", "an", 10, 50).unwrap();
    store.note_upload("a.jpg", "binh", 10, 6).unwrap();
    store.note_upload("b.jpg", "an", 7, 8).unwrap();
    append(&[naming(1, &["a.jpg", "b.jpg"]), naming(2, &["a.jpg", "a.jpg"])]);
    let told = |file: &str| {
        let mut known = store.attached(file).unwrap();
        known.senders.sort();
        known.parcels.sort_by_key(|parcel| parcel.0);
        (known.senders, known.parcels.iter().map(|parcel| parcel.0).collect::<Vec<_>>())
    };
    assert_eq!(told("a.jpg"), (vec!["an".to_owned(), "binh".to_owned()], vec![1, 2]));
    assert_eq!(told("b.jpg"), (vec!["an".to_owned()], vec![1]));
    assert_eq!(told("c.jpg"), (Vec::new(), Vec::new()));
    let sent = |since| store.sent_since("an", since).unwrap();
    assert_eq!((sent(0), sent(5), sent(8)), (17, 7, 0), "a file counts once, when it first came");
    let bytes = |parcel, more: &[&str]| {
        let more: Vec<String> = more.iter().map(|file| (*file).to_owned()).collect();
        let mut bytes = 0;
        store
            .change(&mut |change| {
                bytes = change.bytes_attached(ParcelId(parcel), &more)?;
                Ok(false)
            })
            .unwrap();
        bytes
    };
    assert_eq!((bytes(1, &[]), bytes(2, &[]), bytes(3, &[])), (17, 10, 0));
    assert_eq!((bytes(2, &["b.jpg", "a.jpg"]), bytes(3, &["b.jpg", "c.jpg"])), (17, 7));
    // What an order has named that is given up, is not known.
    store
        .change(&mut |change| {
            change.open_order()?;
            change.append(&[naming(2, &["d.jpg"])])?;
            change.drop_order()?;
            Ok(true)
        })
        .unwrap();
    assert_eq!(told("d.jpg"), (Vec::new(), Vec::new()));
    assert_eq!(store.verify(laws()).unwrap().findings, []);
}

fn briefings_keep_their_seal(store: &dyn Store) {
    fill(store);
    let head = store.head().unwrap().position;
    let briefing = Briefing {
        code: "abc".into(),
        title: "Giao ban".into(),
        position: head,
        as_of: day(),
        body: "{}".into(),
        author: "an".into(),
        created_at: 1,
    };
    assert!(store.add_briefing(&briefing).unwrap().whole);
    let kept = store.briefing("abc").unwrap().unwrap();
    assert!(kept.whole && kept.briefing == briefing);
    let ahead = Briefing { code: "d".into(), position: LedgerPosition(head.0 + 1), ..briefing };
    assert!(matches!(store.add_briefing(&ahead), Err(StoreError::NoPosition { .. })));
    assert_eq!(store.briefings().unwrap().len(), 1);
    store.remove_briefing("abc", 1_000).unwrap();
    assert!(store.briefing("abc").unwrap().is_none() && store.briefings().unwrap().is_empty());
    assert!(!store.restore_briefing("abc", Some("binh"), 0).unwrap());
    assert!(!store.restore_briefing("abc", Some("an"), 1_000).unwrap(), "too long ago");
    assert!(store.restore_briefing("abc", Some("an"), 0).unwrap());
    assert!(store.briefing("abc").unwrap().is_some_and(|kept| kept.whole));
    assert!(!store.restore_briefing("abc", None, 0).unwrap());
    // What was removed long ago goes with the next that is removed.
    store.remove_briefing("abc", 1_000).unwrap();
    store.remove_briefing("none", 1_000 + RESTORED_WITHIN_MS).unwrap();
    assert!(!store.restore_briefing("abc", None, 0).unwrap());
}

fn others_are_told(store: &dyn Store, other: &dyn Store) {
    fill(store);
    let seen = other.wait_for_change(0, Duration::ZERO).unwrap();
    assert_eq!(
        other.wait_for_change(seen, Duration::from_millis(120)).unwrap(),
        seen,
        "nothing has happened"
    );
    let shown = other.load(laws()).unwrap();
    let head = append(store, 1, Stage::Notice).unwrap();
    assert_ne!(other.wait_for_change(seen, Duration::from_secs(5)).unwrap(), seen);
    let step = other.step(&shown).unwrap().unwrap();
    assert_eq!(
        (step.snapshot.position(), step.parcels, step.events.len()),
        (head.position, vec![ParcelId(1)], 1)
    );
    assert!(other.step(&step.snapshot).unwrap().is_none());
}

#[test]
fn the_file_is_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let number = std::cell::Cell::new(0);
    suite(&|| {
        number.set(number.get() + 1);
        let path = folder.path().join(format!("{}.gpkg", number.get()));
        let store = open_or_create(&path).unwrap();
        (store, Box::new(move || open(&path).unwrap()))
    });
}

#[test]
fn the_database_is_a_store() {
    let cluster = Cluster::shared();
    suite(&|| {
        let address = cluster.database();
        let store = open_or_create(Path::new(&address)).unwrap();
        (store, Box::new(move || open(Path::new(&address)).unwrap()))
    });
}

#[test]
fn a_state_that_was_altered_is_found_whichever_table_it_is_in() {
    let alterations = [
        "UPDATE parcels SET recovered_area = recovered_area + 1 WHERE fid = 5",
        "UPDATE parcels SET d2 = d2 - 1 WHERE fid = (SELECT min(fid) FROM parcels WHERE d2 NOT NULL)",
        "UPDATE parcels SET sheet = 'x' WHERE fid = 5",
        "UPDATE parcels SET geom = (SELECT geom FROM parcels WHERE fid = 6) WHERE fid = 5",
        "UPDATE projects SET name = name || ' ' WHERE fid = 2",
        "UPDATE projects SET required_on = '2030-01-01' WHERE fid = 2",
        "UPDATE units SET valid_to = NULL WHERE fid = 3",
        "UPDATE prior_states SET state = x'00' WHERE position = (SELECT max(position) FROM prior_states)",
        "DELETE FROM prior_states WHERE position = (SELECT max(position) FROM prior_states)",
        "INSERT INTO units_past SELECT fid, code, name, level, parent_code, valid_from, valid_to, predecessor_codes, successor_codes, geom, 0, 1 FROM units WHERE fid = 4",
        "DROP TRIGGER ledger_never_changes; UPDATE ledger SET author = 'x' WHERE position = 50",
        "DROP TRIGGER ledger_never_changes; UPDATE ledger SET body = replace(body, 'digest\":\"', 'digest\":\"0') WHERE position = 1",
        "DROP TRIGGER ledger_never_changes; UPDATE ledger SET kind = 'x' WHERE position = 50",
    ];
    for sql in alterations {
        let demo = Demo::new();
        let connection = rusqlite::Connection::open(demo.store()).unwrap();
        connection.execute_batch(sql).unwrap();
        assert!(connection.changes() > 0, "{sql}");
        drop(connection);
        assert!(!matbang(&demo.store(), &["verify"]).status.success(), "{sql}");
    }
}
