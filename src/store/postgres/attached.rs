//! Who sent scans and photographs, and what they were recorded about.

use super::{
    PostgreSql,
    cells::{cell, number, signed},
    session::Session,
};
use crate::{
    domain::ParcelId,
    store::{Attached, Attachments, StoreResult, verify::Findings},
};

impl Attachments for PostgreSql {
    fn note_upload(&self, file: &str, account: &str, bytes: u64, at: i64) -> StoreResult<()> {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.write(|sql| {
            let note = "INSERT INTO uploads (file, account, bytes, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
            sql.execute(note, &[&file, &account, &bytes, &at]).map(|_| ())
        })
    }

    fn attached(&self, file: &str) -> StoreResult<Attached> {
        self.read(|sql| {
            let senders = sql.query("SELECT account FROM uploads WHERE file = $1", &[&file])?;
            let parcels = sql.query("SELECT parcel FROM attached WHERE file = $1", &[&file])?;
            Ok(Attached {
                senders: senders.iter().map(|row| cell(row, 0)).collect::<StoreResult<_>>()?,
                parcels: parcels
                    .iter()
                    .map(|row| number(row, 0).map(ParcelId))
                    .collect::<StoreResult<_>>()?,
            })
        })
    }

    fn sent_since(&self, account: &str, since: i64) -> StoreResult<u64> {
        let select = "SELECT coalesce(sum(bytes), 0)::bigint FROM uploads WHERE account = $1 AND at > $2";
        self.read(|sql| Ok(cell::<i64>(&sql.row(select, &[&account, &since])?, 0)?.unsigned_abs()))
    }
}

/// Bytes of the files that events about a parcel name, with these: as far as they were noted.
pub fn bytes_with(sql: &Session<'_>, parcel: ParcelId, files: &[String]) -> StoreResult<u64> {
    let select = "SELECT coalesce(sum(largest), 0)::bigint FROM (
        SELECT max(bytes) AS largest FROM uploads WHERE file = ANY($2::text[]) OR file IN (
            SELECT file FROM attached WHERE parcel = $1) GROUP BY file) AS files";
    Ok(cell::<i64>(&sql.row(select, &[&signed(parcel.0), &files])?, 0)?.unsigned_abs())
}

/// Holds what is noted against the ledger.
pub fn check(sql: &Session<'_>, findings: &mut Findings) -> StoreResult<()> {
    let named = "SELECT name, coalesce(parcel, 0) FROM ledger,
        json_array_elements_text(body -> 'attachments') AS n (name)";
    let noted = "SELECT file, parcel FROM attached";
    let count = |one: &str, other: &str| -> StoreResult<i64> {
        cell(&sql.row(&format!("SELECT count(*) FROM ({one} EXCEPT {other}) AS left_over"), &[])?, 0)
    };
    for (left, what) in [
        (count(named, noted)?, "files that events name are not noted here"),
        (count(noted, named)?, "files are noted here that no event names"),
    ] {
        if left > 0 {
            findings.add("attached", None, format!("{left} {what}"));
        }
    }
    Ok(())
}
