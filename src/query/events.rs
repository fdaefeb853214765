//! What events of the ledger say. Amounts, documents, notes and authors are
//! personal: they are read only where whoever asks may record.

use super::{
    column::{Column, Kind},
    personal::Personal,
    rows::Rows,
    value::Value,
};
use crate::domain::{BlockerKind, Branch, Event, EventKind, Scope, Stage};

fn event<'a>(rows: &Rows<'a>, index: u32) -> &'a Event {
    &rows.events[index as usize]
}

/// What happened: of a correction, what it puts in place.
fn effective<'a>(rows: &Rows<'a>, index: u32) -> &'a EventKind {
    match &event(rows, index).body.kind {
        EventKind::Correction { by: Some(by), .. } => by,
        kind => kind,
    }
}

/// The parcel, by index, that an event is about.
pub fn parcel(rows: &Rows<'_>, index: u32) -> Option<u32> {
    rows.view.snapshot.parcels().find(event(rows, index).body.parcel?)
}

fn of_parcel<'a>(rows: &Rows<'a>, index: u32, read: impl FnOnce(u32) -> Value<'a>) -> Value<'a> {
    parcel(rows, index).map_or(Value::Null, read)
}

fn personal<'a>(rows: &Rows<'a>, index: u32, read: impl FnOnce(&'a Event) -> Value<'a>) -> Value<'a> {
    let snapshot = &rows.view.snapshot;
    let unit = parcel(rows, index).map(|parcel| snapshot.parcel(parcel).unit().id);
    let allowed = match (rows.personal, unit) {
        (Personal::In(scope), Some(unit)) => scope.holds(unit),
        (Personal::In(Scope::Everywhere), None) => true,
        _ => false,
    };
    if allowed { read(event(rows, index)) } else { Value::Null }
}

fn stages() -> Vec<&'static str> {
    Stage::ALL.map(Stage::code).to_vec()
}

fn blockers() -> Vec<&'static str> {
    BlockerKind::ALL.map(BlockerKind::code).to_vec()
}

fn branches() -> Vec<&'static str> {
    Branch::ALL.map(Branch::code).to_vec()
}

/// The columns.
pub const COLUMNS: &[Column] = &[
    Column::new("date", Kind::Day, |rows, index| Value::Day(event(rows, index).body.day)),
    Column::new("recorded_at", Kind::Moment, |rows, index| {
        Value::Moment(event(rows, index).body.recorded_at)
    }),
    Column::new("kind", Kind::Text, |rows, index| Value::text(event(rows, index).body.kind.code())),
    Column::new("stage", Kind::Text, |rows, index| match effective(rows, index) {
        EventKind::StageReached { stage, .. } => Value::text(stage.code()),
        EventKind::EarlyHandover => Value::text(Stage::HandedOver.code()),
        _ => Value::Null,
    })
    .coded(stages),
    Column::new("blocker", Kind::Text, |rows, index| match effective(rows, index) {
        EventKind::BlockerOpened { blocker } | EventKind::BlockerClosed { blocker } => {
            Value::text(blocker.code())
        }
        _ => Value::Null,
    })
    .coded(blockers),
    Column::new("branch", Kind::Text, |rows, index| match effective(rows, index) {
        EventKind::BranchEntered { branch } | EventKind::BranchLeft { branch } => Value::text(branch.code()),
        _ => Value::Null,
    })
    .coded(branches),
    Column::new("planned_on", Kind::Day, |rows, index| match effective(rows, index) {
        EventKind::PlannedDateChanged { planned } => Value::Day(*planned),
        _ => Value::Null,
    }),
    Column::new("corrects", Kind::Integer, |rows, index| match &event(rows, index).body.kind {
        EventKind::Correction { corrects, .. } => super::projects::count(corrects.0),
        _ => Value::Null,
    }),
    Column::new("parcel_id", Kind::Integer, |rows, index| {
        event(rows, index).body.parcel.map_or(Value::Null, |parcel| Value::Integer(parcel.0.into()))
    }),
    Column::new("project", Kind::Text, |rows, index| {
        let snapshot = &rows.view.snapshot;
        of_parcel(rows, index, |parcel| Value::text(snapshot.parcel(parcel).project().project.code.as_str()))
    }),
    Column::new("unit", Kind::Text, |rows, index| {
        let snapshot = &rows.view.snapshot;
        of_parcel(rows, index, |parcel| {
            Value::text(snapshot.units()[usize::from(rows.units[parcel as usize])].unit.code.as_str())
        })
    }),
    Column::new("sheet", Kind::Text, |rows, index| {
        of_parcel(rows, index, |parcel| Value::text(rows.view.snapshot.parcels().sheet(parcel)))
    }),
    Column::new("parcel", Kind::Text, |rows, index| {
        of_parcel(rows, index, |parcel| Value::text(rows.view.snapshot.parcels().number(parcel)))
    }),
    Column::new("amount", Kind::Integer, |rows, index| {
        personal(rows, index, |_| match effective(rows, index) {
            EventKind::MoneyApproved { amount } | EventKind::MoneyPaid { amount } => {
                super::projects::count(amount.0)
            }
            _ => Value::Null,
        })
    })
    .unit("[VND]")
    .personal(),
    Column::new("document", Kind::Text, |rows, index| {
        personal(rows, index, |event| Value::maybe(event.body.document.as_deref()))
    })
    .personal(),
    Column::new("note", Kind::Text, |rows, index| {
        personal(rows, index, |event| Value::maybe(event.body.note.as_deref()))
    })
    .personal(),
    Column::new("author", Kind::Text, |rows, index| {
        personal(rows, index, |event| Value::text(&event.body.author))
    })
    .personal(),
];
