//! Holders in the database, and the log of looks at them.

use std::collections::HashMap;

use super::{
    PostgreSql,
    cells::{cell, number, signed},
    session::Session,
};
use crate::{
    domain::{HolderId, ParcelId},
    store::{Access, Holders, StoreResult},
};

/// Notes looks, in the order of the parcels.
fn note(sql: &Session<'_>, parcels: &[ParcelId], account: &str, what: &str, at: i64) -> StoreResult<()> {
    let note = "INSERT INTO accesses (at, account, parcel, what)
        SELECT $1, $2, parcel, $3 FROM unnest($4::integer[]) WITH ORDINALITY AS n (parcel, place) ORDER BY place";
    let parcels: Vec<i32> = parcels.iter().map(|parcel| signed(parcel.0)).collect();
    sql.execute(note, &[&at, &account, &what, &parcels]).map(|_| ())
}

fn names(sql: &Session<'_>, parcels: &[ParcelId]) -> StoreResult<HashMap<ParcelId, String>> {
    let find = "SELECT p.fid, h.name FROM parcels p JOIN holders h ON h.fid = p.holder WHERE p.fid = ANY($1)";
    let parcels: Vec<i32> = parcels.iter().map(|parcel| signed(parcel.0)).collect();
    let rows = sql.query(find, &[&parcels])?;
    rows.iter().map(|row| Ok((ParcelId(number(row, 0)?), cell(row, 1)?))).collect()
}

impl Holders for PostgreSql {
    fn holder(&self, parcel: ParcelId, account: &str, at: i64) -> StoreResult<Option<String>> {
        Ok(self.holders_of(&[parcel], account, "holder", at)?.remove(&parcel))
    }

    fn holders_of(
        &self,
        parcels: &[ParcelId],
        account: &str,
        what: &str,
        at: i64,
    ) -> StoreResult<HashMap<ParcelId, String>> {
        self.write(|sql| {
            note(sql, parcels, account, what, at)?;
            names(sql, parcels)
        })
    }

    fn holders_called(&self, called: &dyn Fn(&str) -> bool) -> StoreResult<HashMap<HolderId, String>> {
        self.read(|sql| {
            let mut found = HashMap::new();
            sql.each("SELECT fid, name FROM holders", &[], |row| {
                let name: &str = cell(row, 1)?;
                if called(name) {
                    found.insert(HolderId(number(row, 0)?), name.to_owned());
                }
                Ok(())
            })?;
            Ok(found)
        })
    }

    fn note_accesses(&self, parcels: &[ParcelId], account: &str, what: &str, at: i64) -> StoreResult<()> {
        self.write(|sql| note(sql, parcels, account, what, at))
    }

    fn accesses(&self, most: u32) -> StoreResult<Vec<Access>> {
        self.read(|sql| {
            let select = "SELECT at, account, parcel, what FROM accesses ORDER BY id DESC LIMIT $1";
            let rows = sql.query(select, &[&i64::from(most)])?;
            let access = |row: &tokio_postgres::Row| {
                let (at, account, what) = (cell(row, 0)?, cell(row, 1)?, cell(row, 3)?);
                Ok(Access { at, account, parcel: ParcelId(number(row, 2)?), what })
            };
            rows.iter().map(access).collect()
        })
    }
}
