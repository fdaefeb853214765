//! Parcels' records in the store: what their rows say is worked out here, from the ledger.

use rusqlite::{Connection, OptionalExtension, params};

use super::read;
use crate::{
    domain::{Day, Event, ParcelId, Record, Stage},
    store::{StoreError, states::marks_text},
};

/// A parcel's events, in order.
pub fn events(sql: &Connection, parcel: ParcelId) -> Result<Vec<Event>, StoreError> {
    read::events(sql, "parcel = ?1 ORDER BY position", i64::from(parcel.0))
}

/// A parcel's record at the end of the ledger.
pub fn of(sql: &Connection, parcel: ParcelId) -> Result<Record, StoreError> {
    Ok(Record::replay(listed(sql, parcel)?, &events(sql, parcel)?))
}

/// The day of a parcel's listing.
pub fn listed(sql: &Connection, parcel: ParcelId) -> Result<Option<Day>, StoreError> {
    let find = "SELECT d0 FROM parcels WHERE fid = ?1";
    let day: Option<Option<i64>> =
        sql.prepare_cached(find)?.query_row([parcel.0], |row| row.get(0)).optional()?;
    let day = day.ok_or(StoreError::NoParcel(parcel))?;
    Ok(day.and_then(|day| Day::from_number(day).ok()))
}

/// Brings a parcel's row up to its record.
pub fn write(sql: &Connection, id: ParcelId, record: &Record) -> Result<(), StoreError> {
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
