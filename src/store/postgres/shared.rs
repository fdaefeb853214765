//! What servers share, in tables of the database and by its clock.

use tokio_postgres::Row;

use super::{PostgreSql, cells::cell, session::Session};
use crate::store::{
    CampaignTexts, KEPT, MOST_OWN, MOST_WAITING, Shared, Sharing, StoreResult, WaitingFile, WaitingImport,
};

/// How the names of settings begin that hold campaigns; what follows is the code. Empty: taken away.
const CAMPAIGN: &str = "campaign:";

/// Files that are over and are told at once.
const OVER: i64 = 1000;

impl Sharing for PostgreSql {
    fn shared(&self) -> Option<&dyn Shared> {
        Some(self)
    }
}

fn kept() -> i64 {
    i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX)
}

/// Ends imports by what is told of them.
fn end(sql: &Session<'_>, condition: &str, values: super::session::Values<'_>) -> StoreResult<()> {
    let ended = format!(
        "WITH ended AS (DELETE FROM waiting_imports WHERE {condition} RETURNING id)
        UPDATE waiting_files SET is_over = true WHERE import IN (SELECT id FROM ended)"
    );
    sql.execute(&ended, values).map(|_| ())
}

fn bytes(file: &WaitingFile) -> i64 {
    i64::try_from(file.bytes).unwrap_or(i64::MAX)
}

fn version(sql: &Session<'_>) -> StoreResult<u64> {
    let select = "SELECT coalesce(max(value::bigint), 0) FROM settings WHERE name = 'campaigns'";
    Ok(cell::<i64>(&sql.row(select, &[])?, 0)?.unsigned_abs())
}

impl Shared for PostgreSql {
    fn begin_import(&self, id: &str, author: &str) -> StoreResult<bool> {
        self.write(|sql| {
            // One after the other: two that begin at once see each other.
            sql.row("SELECT pg_advisory_xact_lock(hashtextextended('matbang waiting ' || current_schema(), 0))", &[])?;
            end(sql, "begun_at <= now_ms() - $1", &[&kept()])?;
            let oldest = "id IN (SELECT id FROM waiting_imports WHERE author = $1 ORDER BY begun_at DESC, id OFFSET $2)";
            let own = i64::try_from(MOST_OWN - 1).unwrap_or_default();
            end(sql, oldest, &[&author, &own])?;
            let insert = "INSERT INTO waiting_imports (id, author, begun_at)
                SELECT $1, $2, now_ms() WHERE (SELECT count(*) FROM waiting_imports) < $3";
            let most = i64::try_from(MOST_WAITING).unwrap_or_default();
            Ok(sql.execute(insert, &[&id, &author, &most])? > 0)
        })
    }

    fn waiting_import(&self, id: &str) -> StoreResult<Option<WaitingImport>> {
        self.read(|sql| {
            let select =
                "SELECT author, work FROM waiting_imports WHERE id = $1 AND begun_at > now_ms() - $2";
            let Some(import) = sql.one(select, &[&id, &kept()])? else { return Ok(None) };
            let select =
                "SELECT name, key, bytes FROM waiting_files WHERE import = $1 AND is_there AND NOT is_over";
            let file = |row: &Row| {
                let bytes = cell::<i64>(row, 2)?.unsigned_abs();
                Ok(WaitingFile { name: cell(row, 0)?, key: cell(row, 1)?, bytes })
            };
            let files = sql.query(select, &[&id])?.iter().map(file).collect::<StoreResult<_>>()?;
            Ok(Some(WaitingImport { author: cell(&import, 0)?, work: cell(&import, 1)?, files }))
        })
    }

    fn waiting_bytes(&self, author: &str) -> StoreResult<u64> {
        let select = "SELECT coalesce(sum(f.bytes), 0)::bigint FROM waiting_files f
            JOIN waiting_imports i ON i.id = f.import WHERE i.author = $1 AND NOT f.is_over";
        self.read(|sql| Ok(cell::<i64>(&sql.row(select, &[&author])?, 0)?.unsigned_abs()))
    }

    fn announce_file(&self, import: &str, file: &WaitingFile) -> StoreResult<bool> {
        let insert = "INSERT INTO waiting_files (key, import, name, bytes, announced_at)
            SELECT $1, id, $3, $4, now_ms() FROM waiting_imports WHERE id = $2";
        self.write(|sql| Ok(sql.execute(insert, &[&file.key, &import, &file.name, &bytes(file)])? > 0))
    }

    fn settle_file(&self, import: &str, file: &WaitingFile) -> StoreResult<()> {
        self.write(|sql| {
            let others = "UPDATE waiting_files SET is_over = true WHERE import = $1 AND name = $2 AND key <> $3 AND is_there";
            sql.execute(others, &[&import, &file.name, &file.key])?;
            sql.execute("UPDATE waiting_files SET is_there = true WHERE key = $1", &[&file.key]).map(|_| ())
        })
    }

    fn drop_file(&self, import: &str, name: &str) -> StoreResult<()> {
        let over = "UPDATE waiting_files SET is_over = true WHERE import = $1 AND name = $2";
        self.write(|sql| sql.execute(over, &[&import, &name]).map(|_| ()))
    }

    fn note_work(&self, import: &str, at: i64, work: Option<&str>) -> StoreResult<()> {
        let update = "UPDATE waiting_imports SET work = $3, work_at = $2 WHERE id = $1 AND work_at < $2";
        self.count(|sql| sql.execute(update, &[&import, &at, &work]).map(|_| ()))
    }

    fn end_import(&self, id: &str) -> StoreResult<()> {
        self.write(|sql| end(sql, "id = $1", &[&id]))
    }

    fn files_over(&self) -> StoreResult<Vec<String>> {
        // What was announced and never came belongs to a server that has died.
        let select = "SELECT key FROM waiting_files WHERE is_over OR announced_at <= now_ms() - $1 LIMIT $2";
        let rows = self.read(|sql| sql.query(select, &[&(2 * kept()), &OVER]))?;
        rows.iter().map(|row| cell(row, 0)).collect()
    }

    fn forget_files(&self, keys: &[String]) -> StoreResult<()> {
        self.write(|sql| sql.execute("DELETE FROM waiting_files WHERE key = ANY($1)", &[&keys]).map(|_| ()))
    }

    fn campaigns_version(&self) -> StoreResult<u64> {
        self.read(version)
    }

    fn campaign_texts(&self) -> StoreResult<CampaignTexts> {
        self.read(|sql| {
            let select = "SELECT substr(name, length($1::text) + 1), nullif(value, '') FROM settings
                WHERE starts_with(name, $1::text) ORDER BY name";
            let rows = sql.query(select, &[&CAMPAIGN])?;
            let texts =
                rows.iter().map(|row| Ok((cell(row, 0)?, cell(row, 1)?))).collect::<StoreResult<_>>()?;
            Ok(CampaignTexts { version: version(sql)?, texts })
        })
    }

    fn change_campaign(&self, since: u64, code: &str, text: Option<&str>) -> StoreResult<bool> {
        self.write(|sql| {
            sql.execute("INSERT INTO settings VALUES ('campaigns', '0') ON CONFLICT DO NOTHING", &[])?;
            let lock = "SELECT value::bigint FROM settings WHERE name = 'campaigns' FOR UPDATE";
            let now = cell::<i64>(&sql.row(lock, &[])?, 0)?.unsigned_abs();
            if now != since {
                return Ok(false);
            }
            let count = "UPDATE settings SET value = (value::bigint + 1)::text WHERE name = 'campaigns'";
            sql.execute(count, &[])?;
            let put = "INSERT INTO settings (name, value) VALUES ($1, $2)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value";
            sql.execute(put, &[&format!("{CAMPAIGN}{code}"), &text.unwrap_or_default()])?;
            Ok(true)
        })
    }
}
