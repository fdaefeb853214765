//! Keeping the database: settings, size, checks, clean stops.

use std::{path::Path, sync::Arc};

use super::{PostgreSql, cells::cell, verify};
use crate::{
    domain::law::Law,
    store::{Maintenance, StoreResult, Verification, copy, geopackage::GeoPackage},
};

impl Maintenance for PostgreSql {
    fn setting(&self, name: &str) -> StoreResult<Option<String>> {
        let select = "SELECT value FROM settings WHERE name = $1";
        self.read(|sql| sql.one(select, &[&name])?.map(|row| cell(&row, 0)).transpose())
    }

    fn size(&self) -> StoreResult<u64> {
        let select = "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
            WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1::text) AND c.relkind = 'r'";
        let schema = &self.pool.address.schema;
        self.read(|sql| Ok(cell::<i64>(&sql.row(select, &[schema])?, 0)?.unsigned_abs()))
    }

    fn verify(&self, law: Arc<Law>) -> StoreResult<Verification> {
        self.read(|sql| verify::verify(&self.pool, sql, law))
    }

    fn copy_to(&self, path: &Path) -> StoreResult<()> {
        let file = GeoPackage::open_or_create(path)?;
        copy(self, &file)?;
        file.close()
    }

    fn takes_changes(&self) -> StoreResult<()> {
        self.pool.ends_changes()
    }

    fn is_read_only(&self) -> bool {
        self.is_standby
    }

    fn close(&self) -> StoreResult<()> {
        self.watch.close();
        self.pool.close_idle();
        Ok(())
    }
}
