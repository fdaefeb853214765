//! Who sent scans and photographs, and what they were recorded about.

use rusqlite::{Connection, params};

use super::GeoPackage;
use crate::{
    domain::{NewEvent, ParcelId},
    store::{Attached, Attachments, PLAN, StoreError, StoreResult, verify::Findings},
};

fn bytes(number: i64) -> u64 {
    number.unsigned_abs()
}

impl Attachments for GeoPackage {
    fn note_upload(&self, file: &str, account: &str, bytes: u64, at: i64) -> StoreResult<()> {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.write(|sql| {
            let note = "INSERT OR IGNORE INTO uploads (file, account, bytes, at) VALUES (?1, ?2, ?3, ?4)";
            sql.execute(note, params![file, account, bytes, at])?;
            Ok(())
        })
    }

    fn attached(&self, file: &str) -> StoreResult<Attached> {
        self.read(|sql| {
            let mut senders = sql.prepare_cached("SELECT account FROM uploads WHERE file = ?1")?;
            let senders = senders.query_map([file], |row| row.get(0))?.collect::<Result<_, _>>()?;
            let mut parcels = sql.prepare_cached("SELECT parcel FROM attached WHERE file = ?1")?;
            let parcels = parcels.query_map([file], |row| Ok(ParcelId(row.get(0)?)))?;
            Ok(Attached { senders, parcels: parcels.collect::<Result<_, _>>()? })
        })
    }

    fn sent_since(&self, account: &str, since: i64) -> StoreResult<u64> {
        let select = "SELECT coalesce(sum(bytes), 0) FROM uploads WHERE account = ?1 AND at > ?2";
        self.read(|sql| {
            Ok(bytes(sql.prepare_cached(select)?.query_row(params![account, since], |row| row.get(0))?))
        })
    }
}

/// Bytes of the files that events about a parcel name, with these: as far as they were noted.
pub fn bytes_with(sql: &Connection, parcel: ParcelId, files: &[String]) -> StoreResult<u64> {
    let select = "SELECT coalesce(sum(largest), 0) FROM (
        SELECT max(bytes) AS largest FROM uploads WHERE file IN (
            SELECT file FROM attached WHERE parcel = ?1 UNION SELECT value FROM json_each(?2)) GROUP BY file)";
    let files = serde_json::to_string(files).map_err(|e| StoreError::Backend(e.to_string()))?;
    Ok(bytes(sql.prepare_cached(select)?.query_row(params![parcel.0, files], |row| row.get(0))?))
}

/// Notes what an event names.
pub fn follow(sql: &Connection, event: &NewEvent) -> StoreResult<()> {
    for file in &event.attachments {
        let note = "INSERT OR IGNORE INTO attached (file, parcel) VALUES (?1, ?2)";
        sql.prepare_cached(note)?.execute(params![file, event.parcel.unwrap_or(PLAN).0])?;
    }
    Ok(())
}

/// What the ledger names.
const NAMED: &str =
    "SELECT DISTINCT n.value, coalesce(l.parcel, 0) FROM ledger l, json_each(l.body, '$.attachments') n
    WHERE instr(l.body, '\"attachments\"') > 0";

/// Holds what is noted against the ledger.
pub fn check(sql: &Connection, findings: &mut Findings) -> StoreResult<()> {
    let noted = "SELECT file, parcel FROM attached";
    let count = |one: &str, other: &str| -> StoreResult<i64> {
        let select = format!("SELECT count(*) FROM ({one} EXCEPT {other})");
        Ok(sql.query_row(&select, [], |row| row.get(0))?)
    };
    for (left, what) in [
        (count(NAMED, noted)?, "files that events name are not noted here"),
        (count(noted, NAMED)?, "files are noted here that no event names"),
    ] {
        if left > 0 {
            findings.add("attached", None, format!("{left} {what}"));
        }
    }
    Ok(())
}
