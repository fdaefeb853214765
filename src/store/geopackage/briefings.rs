//! Briefings in the store.

use rusqlite::{OptionalExtension, Row, params};

use super::{GeoPackage, read};
use crate::{
    domain::{Day, LedgerPosition},
    store::{Briefing, Briefings, KeptBriefing, RESTORED_WITHIN_MS, StoreError},
};

const SELECT: &str =
    "SELECT b.code, b.title, b.position, b.as_of, b.body, b.author, b.created_at, b.seal, l.hash
    FROM briefings b LEFT JOIN ledger l ON l.position = b.position
    WHERE b.code NOT IN (SELECT code FROM removed_briefings)";

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptBriefing> {
    let day: String = row.get(3)?;
    let briefing = Briefing {
        code: row.get(0)?,
        title: row.get(1)?,
        position: LedgerPosition(row.get::<_, i64>(2)?.unsigned_abs()),
        as_of: Day::parse(&day).map_err(|e| {
            rusqlite::Error::FromSqlConversionFailure(3, rusqlite::types::Type::Text, e.into())
        })?,
        body: row.get(4)?,
        author: row.get(5)?,
        created_at: row.get(6)?,
    };
    let (seal, hash): (Vec<u8>, Option<Vec<u8>>) = (row.get(7)?, row.get(8)?);
    let whole = briefing.seal(&hash.unwrap_or_default())[..] == seal[..];
    Ok(KeptBriefing { briefing, seal, whole })
}

impl Briefings for GeoPackage {
    fn add_briefing(&self, briefing: &Briefing) -> Result<KeptBriefing, StoreError> {
        self.write(|sql| {
            let find = "SELECT hash FROM ledger WHERE position = ?1";
            let position = read::signed(briefing.position);
            let hash: Option<Vec<u8>> = sql.query_row(find, [position], |row| row.get(0)).optional()?;
            let head = read::head(sql)?.position;
            let hash = hash.ok_or(StoreError::NoPosition { asked: briefing.position, head })?;
            let seal = briefing.seal(&hash).to_vec();
            let insert =
                "INSERT INTO briefings (code, title, position, as_of, body, seal, author, created_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            let as_of = briefing.as_of.to_string();
            let Briefing { code, title, body, author, created_at, .. } = briefing;
            sql.execute(insert, params![code, title, position, as_of, body, seal, author, created_at])?;
            Ok(KeptBriefing { briefing: briefing.clone(), seal, whole: true })
        })
    }

    fn briefing(&self, code: &str) -> Result<Option<KeptBriefing>, StoreError> {
        let select = format!("{SELECT} AND b.code = ?1");
        self.read(|sql| Ok(sql.query_row(&select, [code], kept).optional()?))
    }

    fn briefings(&self) -> Result<Vec<KeptBriefing>, StoreError> {
        self.read(|sql| {
            let mut statement = sql.prepare_cached(&format!("{SELECT} ORDER BY b.created_at DESC"))?;
            let rows = statement.query_map([], kept)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn remove_briefing(&self, code: &str, at: i64) -> Result<(), StoreError> {
        self.write(|sql| {
            let remove = "INSERT INTO removed_briefings (code, removed_at)
                SELECT code, ?2 FROM briefings WHERE code = ?1 ON CONFLICT DO NOTHING";
            sql.execute(remove, params![code, at])?;
            let forget = "DELETE FROM briefings WHERE code IN (
                SELECT code FROM removed_briefings WHERE removed_at <= ?1)";
            sql.execute(forget, [at - RESTORED_WITHIN_MS])?;
            Ok(())
        })
    }

    fn restore_briefing(&self, code: &str, author: Option<&str>, since: i64) -> Result<bool, StoreError> {
        self.write(|sql| {
            let restore = "DELETE FROM removed_briefings WHERE removed_at > ?3 AND code IN (
                SELECT code FROM briefings WHERE code = ?1 AND (?2 IS NULL OR author = ?2))";
            Ok(sql.execute(restore, params![code, author, since])? > 0)
        })
    }
}
