//! Briefings in the database.

use tokio_postgres::Row;

use super::{
    PostgreSql,
    cells::{Date, cell, position},
    read,
};
use crate::{
    domain::LedgerPosition,
    store::{Briefing, Briefings, KeptBriefing, RESTORED_WITHIN_MS, StoreError, StoreResult},
};

const SELECT: &str =
    "SELECT b.code, b.title, b.position, b.as_of, b.body, b.author, b.created_at, b.seal, l.hash
    FROM briefings b LEFT JOIN ledger l ON l.position = b.position
    WHERE b.code NOT IN (SELECT code FROM removed_briefings)";

fn kept(row: &Row) -> StoreResult<KeptBriefing> {
    let fault = |why| StoreError::Row { table: "briefings", row: -1, column: "as_of", why };
    let briefing = Briefing {
        code: cell(row, 0)?,
        title: cell(row, 1)?,
        position: LedgerPosition(cell::<i64>(row, 2)?.unsigned_abs()),
        as_of: cell::<Date>(row, 3)?.day().map_err(fault)?,
        body: cell(row, 4)?,
        author: cell(row, 5)?,
        created_at: cell(row, 6)?,
    };
    let (seal, hash): (Vec<u8>, Option<&[u8]>) = (cell(row, 7)?, cell(row, 8)?);
    let whole = briefing.seal(hash.unwrap_or_default())[..] == seal[..];
    Ok(KeptBriefing { briefing, seal, whole })
}

impl Briefings for PostgreSql {
    fn add_briefing(&self, briefing: &Briefing) -> StoreResult<KeptBriefing> {
        self.write(|sql| {
            let found = read::head_at(sql, briefing.position)?;
            let head = read::head(sql)?.position;
            let found = found.ok_or(StoreError::NoPosition { asked: briefing.position, head })?;
            let seal = briefing.seal(&found.hash).to_vec();
            let insert =
                "INSERT INTO briefings (code, title, position, as_of, body, seal, author, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
            let (at, as_of) = (position(briefing.position), Date::from(briefing.as_of));
            let Briefing { code, title, body, author, created_at, .. } = briefing;
            sql.execute(insert, &[code, title, &at, &as_of, body, &seal, author, created_at])?;
            Ok(KeptBriefing { briefing: briefing.clone(), seal, whole: true })
        })
    }

    fn briefing(&self, code: &str) -> StoreResult<Option<KeptBriefing>> {
        let select = format!("{SELECT} AND b.code = $1");
        self.read(|sql| sql.one(&select, &[&code])?.as_ref().map(kept).transpose())
    }

    fn briefings(&self) -> StoreResult<Vec<KeptBriefing>> {
        let select = format!("{SELECT} ORDER BY b.created_at DESC");
        self.read(|sql| sql.query(&select, &[])?.iter().map(kept).collect())
    }

    fn remove_briefing(&self, code: &str, at: i64) -> StoreResult<()> {
        self.write(|sql| {
            let remove = "INSERT INTO removed_briefings (code, removed_at)
                SELECT code, $2 FROM briefings WHERE code = $1 ON CONFLICT DO NOTHING";
            sql.execute(remove, &[&code, &at])?;
            let forget = "DELETE FROM briefings WHERE code IN (
                SELECT code FROM removed_briefings WHERE removed_at <= $1)";
            sql.execute(forget, &[&(at - RESTORED_WITHIN_MS)]).map(|_| ())
        })
    }

    fn restore_briefing(&self, code: &str, author: Option<&str>, since: i64) -> StoreResult<bool> {
        self.write(|sql| {
            let restore = "DELETE FROM removed_briefings WHERE removed_at > $3 AND code IN (
                SELECT code FROM briefings WHERE code = $1 AND ($2::text IS NULL OR author = $2))";
            Ok(sql.execute(restore, &[&code, &author, &since])? > 0)
        })
    }
}
