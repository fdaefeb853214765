//! Lines of a ledger as a store keeps them, which somebody else may have written: read, sealed, replayed on a parcel.
#![no_main]
#![allow(clippy::expect_used, missing_docs, reason = "a target ends by panicking")]

mod support;

use libfuzzer_sys::fuzz_target;
use matbang::{
    domain::{Event, EventKind, LedgerPosition, NewEvent, ParcelId, judge},
    store::ledger::encoding::{self, Bytes},
};

fn sealed(body: &NewEvent) -> Vec<u8> {
    let mut bytes = Bytes::default();
    encoding::event(&mut bytes, &[7; 32], LedgerPosition(2), body);
    bytes.as_slice().to_vec()
}

fuzz_target!(|text: &str| {
    let Ok(kind) = serde_json::from_str::<EventKind>(text) else { return };
    let body = NewEvent {
        parcel: Some(ParcelId(1)),
        day: support::today(),
        recorded_at: 0,
        author: "an".to_owned(),
        document: None,
        note: None,
        attachments: Vec::new(),
        kind,
    };
    let kept = serde_json::to_string(&body.kind).expect("a kind is written");
    let again: EventKind = serde_json::from_str(&kept).expect("what was written is read");
    assert_eq!(again, body.kind, "a line says the same when it is written again");
    assert_eq!(sealed(&body), sealed(&NewEvent { kind: again, ..body.clone() }));
    // Whoever wrote another author has another seal.
    assert_ne!(sealed(&body), sealed(&NewEvent { author: "anh".to_owned(), ..body.clone() }));
    let event = Event { position: LedgerPosition(2), body };
    drop(judge(&support::laws(), Some(support::today().plus(-400)), &[], &event, support::today()));
});
