//! Holders in the store, and the log of looks at them.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, params};

use super::GeoPackage;
use crate::{
    domain::{HolderId, ParcelId},
    store::{Access, Holders, StoreError},
};

const FIND: &str = "SELECT h.name FROM parcels p JOIN holders h ON h.fid = p.holder WHERE p.fid = ?1";
const NOTE: &str = "INSERT INTO accesses (at, account, parcel, what) VALUES (?1, ?2, ?3, ?4)";

impl Holders for GeoPackage {
    fn holder(&self, parcel: ParcelId, account: &str, at: i64) -> Result<Option<String>, StoreError> {
        self.write(|sql| {
            sql.prepare_cached(NOTE)?.execute(params![at, account, parcel.0, "holder"])?;
            Ok(sql.prepare_cached(FIND)?.query_row([parcel.0], |row| row.get(0)).optional()?)
        })
    }

    fn holders_of(
        &self,
        parcels: &[ParcelId],
        account: &str,
        what: &str,
        at: i64,
    ) -> Result<HashMap<ParcelId, String>, StoreError> {
        self.write(|sql| {
            let mut found = HashMap::new();
            for parcel in parcels {
                sql.prepare_cached(NOTE)?.execute(params![at, account, parcel.0, what])?;
                let name = sql.prepare_cached(FIND)?.query_row([parcel.0], |row| row.get(0)).optional()?;
                found.extend(name.map(|name| (*parcel, name)));
            }
            Ok(found)
        })
    }

    fn holders_called(&self, called: &dyn Fn(&str) -> bool) -> Result<HashMap<HolderId, String>, StoreError> {
        self.read(|sql| {
            let mut statement = sql.prepare_cached("SELECT fid, name FROM holders")?;
            let mut rows = statement.query([])?;
            let mut found = HashMap::new();
            while let Some(row) = rows.next()? {
                let name = row.get_ref(1)?.as_str().unwrap_or_default();
                if called(name) {
                    found.insert(HolderId(row.get(0)?), name.to_owned());
                }
            }
            Ok(found)
        })
    }

    fn note_accesses(
        &self,
        parcels: &[ParcelId],
        account: &str,
        what: &str,
        at: i64,
    ) -> Result<(), StoreError> {
        self.write(|sql| {
            for parcel in parcels {
                sql.prepare_cached(NOTE)?.execute(params![at, account, parcel.0, what])?;
            }
            Ok(())
        })
    }

    fn accesses(&self, most: u32) -> Result<Vec<Access>, StoreError> {
        self.read(|sql| {
            let select = "SELECT at, account, parcel, what FROM accesses ORDER BY id DESC LIMIT ?1";
            let mut statement = sql.prepare_cached(select)?;
            let rows = statement.query_map([most], |row| {
                let (at, account, what) = (row.get(0)?, row.get(1)?, row.get(3)?);
                Ok(Access { at, account, parcel: ParcelId(row.get(2)?), what })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
