//! Events as programs send them: read, judged, sealed.
#![no_main]
#![allow(clippy::expect_used, missing_docs, reason = "a target ends by panicking")]

mod support;

use libfuzzer_sys::fuzz_target;
use matbang::{
    domain::{Change, Draft, Event, EventKind, LedgerPosition, NewEvent, ParcelId, judge},
    store::ledger::encoding::{self, Bytes},
};
use serde_json::{Map, Value};

fuzz_target!(|text: &str| {
    let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(text) else { return };
    read(&fields);
});

fn read(fields: &Map<String, Value>) {
    let Ok(draft) = Draft::read(fields) else { return };
    let Change::Event(kind) = draft.change else { return };
    if let (EventKind::MoneyPaid { amount } | EventKind::MoneyApproved { amount }, Some(written)) =
        (&kind, fields.get("amount").and_then(Value::as_u64))
    {
        assert_eq!(amount.0, written, "an amount is what is written");
    }
    let body = NewEvent {
        parcel: Some(ParcelId(1)),
        day: draft.day,
        recorded_at: 0,
        author: "an".to_owned(),
        document: draft.document,
        note: draft.note,
        attachments: draft.attachments,
        kind,
    };
    let seal = |body: &NewEvent| {
        let mut bytes = Bytes::default();
        encoding::event(&mut bytes, &[0; 32], LedgerPosition(1), body);
        bytes.as_slice().to_vec()
    };
    let kept = serde_json::to_string(&body.kind).expect("a kind is written");
    let again: EventKind = serde_json::from_str(&kept).expect("what was written is read");
    assert_eq!(again, body.kind);
    assert_eq!(seal(&body), seal(&NewEvent { kind: again, ..body.clone() }));
    let event = Event { position: LedgerPosition(1), body };
    drop(judge(&support::laws(), Some(support::today().plus(-400)), &[], &event, support::today()));
}
