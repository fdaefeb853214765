//! Parcels' records in the store: what their rows say is worked out here, from the ledger.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};

use super::read;
use crate::{
    domain::{Day, Event, LedgerPosition, ParcelId, Record, Stage},
    store::StoreError,
};

/// Touched parcels from which on one pass over the ledger is quicker than a question for each.
const MANY: usize = 4000;

/// A parcel's events, in order.
pub fn events(sql: &Connection, parcel: ParcelId) -> Result<Vec<Event>, StoreError> {
    read::events(sql, "parcel = ?1 ORDER BY position", i64::from(parcel.0))
}

/// A parcel's record at the end of the ledger.
pub fn of(sql: &Connection, parcel: ParcelId) -> Result<Record, StoreError> {
    Ok(Record::replay(listed(sql, parcel)?, &events(sql, parcel)?))
}

fn listed(sql: &Connection, parcel: ParcelId) -> Result<Option<Day>, StoreError> {
    let find = "SELECT d0 FROM parcels WHERE fid = ?1";
    let day: Option<Option<i64>> =
        sql.prepare_cached(find)?.query_row([parcel.0], |row| row.get(0)).optional()?;
    let day = day.ok_or(StoreError::NoParcel(parcel))?;
    Ok(day.and_then(|day| Day::from_number(day).ok()))
}

/// Gives each parcel that events up to `until` touch to `take`, with its events, in the order of ids.
pub fn each(
    sql: &Connection,
    until: LedgerPosition,
    mut take: impl FnMut(ParcelId, Record) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let select = "SELECT l.position, l.recorded_at, l.day, l.author, l.parcel, l.document, l.body, p.d0
        FROM ledger l CROSS JOIN parcels p ON p.fid = l.parcel
        WHERE l.parcel IS NOT NULL AND l.position <= ?1 ORDER BY l.parcel, l.position";
    let mut statement = sql.prepare(select)?;
    let mut rows = statement.query([i64::try_from(until.0).unwrap_or(i64::MAX)])?;
    let mut current: Option<(ParcelId, Option<Day>)> = None;
    let mut events: Vec<Event> = Vec::new();
    while let Some(row) = rows.next()? {
        let (event, _) = read::event(row)?;
        let Some(parcel) = event.body.parcel else { continue };
        if let Some((id, listed)) = current.filter(|(id, _)| *id != parcel) {
            take(id, Record::replay(listed, &events))?;
            events.clear();
        }
        let listed: Option<i64> = row.get(7)?;
        current = Some((parcel, listed.and_then(|day| Day::from_number(day).ok())));
        events.push(event);
    }
    match current {
        Some((id, listed)) => take(id, Record::replay(listed, &events)),
        None => Ok(()),
    }
}

/// Brings the rows of touched parcels up to the ledger.
pub fn settle(sql: &Connection, touched: &BTreeSet<ParcelId>) -> Result<(), StoreError> {
    if touched.len() < MANY {
        return touched.iter().try_for_each(|id| write(sql, *id, &of(sql, *id)?));
    }
    each(
        sql,
        LedgerPosition(u64::MAX),
        |id, record| {
            if touched.contains(&id) { write(sql, id, &record) } else { Ok(()) }
        },
    )
}

/// Brings all rows up to the ledger.
pub fn settle_all(sql: &Connection) -> Result<(), StoreError> {
    each(sql, LedgerPosition(u64::MAX), |id, record| write(sql, id, &record))
}

/// What the row of a parcel with this record says in its column `marks`.
pub fn marks_text(record: &Record) -> Result<Option<String>, StoreError> {
    let text =
        |marks| serde_json::to_string(marks).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()));
    Ok(if record.marks.is_empty() { None } else { Some(text(&record.marks)?) })
}

fn write(sql: &Connection, id: ParcelId, record: &Record) -> Result<(), StoreError> {
    let update = "UPDATE parcels SET d1 = ?1, d2 = ?2, d3 = ?3, d4 = ?4, d5 = ?5, d6 = ?6, d7 = ?7, d8 = ?8,
        cleared = ?9, money = ?10, version = ?11, ended_on = ?12, marks = ?13 WHERE fid = ?14";
    let day = |stage| record.days.get(stage).map(Day::number);
    let changed = sql.prepare_cached(update)?.execute(params![
        day(Stage::Meeting),
        day(Stage::Notice),
        day(Stage::Inventory),
        day(Stage::PlanPosted),
        day(Stage::PlanApproved),
        day(Stage::Paid),
        day(Stage::RecoveryDecided),
        day(Stage::HandedOver),
        record.days.get(Stage::HandedOver).is_some(),
        record.approved.0 as i64,
        record.version.0 as i64,
        record.marks.ended.map(|day| day.to_string()),
        marks_text(record)?,
        id.0,
    ])?;
    if changed == 0 { Err(StoreError::NoParcel(id)) } else { Ok(()) }
}
