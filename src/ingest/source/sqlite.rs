//! The schema of an SQLite file, before GDAL runs it.
//!
//! A GeoPackage is a database, and a database may hold more than rows: views
//! and triggers are programs, and a virtual table is another program's door
//! (`VirtualText` reads any file by name). None of them is needed to hand over
//! a layer. What `SQLite` will run is the text of `sqlite_master`, whatever its
//! other columns claim, so the text is judged; it is read by a connection that
//! has no modules and functions of its own and may change nothing.
//!
//! What GDAL and QGIS write themselves stays: R-trees as virtual tables, and
//! triggers that keep an R-tree or a count, or only refuse.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, config::DbConfig, limits::Limit};

use crate::ingest::error::IngestError;

/// What every `SQLite` file begins with.
pub const MAGIC: &[u8] = b"SQLite format 3\0";

/// Entries of a schema, and bytes of one: a GeoPackage of hundreds of layers has some thousand.
const MOST_ENTRIES: usize = 20_000;
const LONGEST_ENTRY: i32 = 1 << 20;

/// Tables that triggers may bring up to date, beside R-trees.
const COUNTS: [&str; 2] = ["gpkg_ogr_contents", "gpkg_contents"];

/// Fails if the schema holds anything but tables, indexes, R-trees and their triggers.
///
/// # Errors
/// [`IngestError`] naming what else the file holds, or when its schema is damaged.
pub fn check(path: &Path) -> Result<(), IngestError> {
    let file = path.display().to_string();
    let entries = entries(path)
        .map_err(|error| IngestError::Damaged { file: file.clone(), cause: error.to_string() })?;
    if entries.len() > MOST_ENTRIES {
        let cause = format!("its schema has more than {MOST_ENTRIES} entries");
        return Err(IngestError::Damaged { file, cause });
    }
    let active = entries.iter().find_map(|(name, sql)| Some((name, activity(sql)?)));
    active.map_or(Ok(()), |(name, what)| {
        let name: String = name.chars().take(60).collect();
        Err(IngestError::Active { file, what: format!("{what} \"{name}\"") })
    })
}

/// Whether the file is as it stands: nothing waits beside it to be brought in.
pub fn is_settled(path: &Path) -> bool {
    // SQLite looks beside the file itself, not beside a link to it.
    let real = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    ["-wal", "-journal"].iter().all(|end| {
        let mut beside = real.clone().into_os_string();
        beside.push(end);
        std::fs::metadata(PathBuf::from(beside)).map_or(true, |found| found.len() == 0)
    })
}

/// The file as one that is only read.
pub fn address(path: &Path) -> String {
    let mut address = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(byte) {
            address.push(char::from(*byte));
        } else {
            address.push('%');
            for digit in [byte >> 4, byte & 15] {
                address.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
    }
    address.push_str("?mode=ro");
    if is_settled(path) {
        address.push_str("&immutable=1");
    }
    address
}

/// Trusts nothing in the schema.
///
/// # Errors
/// A library that knows no such settings.
pub fn defend(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    Ok(())
}

/// Names and texts of the schema's entries.
fn entries(path: &Path) -> rusqlite::Result<Vec<(String, String)>> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(address(path), flags)?;
    defend(&connection)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_ENTRY)?;
    let mut statement =
        connection.prepare("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL LIMIT ?1")?;
    let rows = statement.query_map([MOST_ENTRIES as i64 + 1], |row| {
        let text = |value: rusqlite::types::ValueRef<'_>| match value {
            rusqlite::types::ValueRef::Text(text) | rusqlite::types::ValueRef::Blob(text) => {
                String::from_utf8_lossy(text).into_owned()
            }
            _ => String::new(),
        };
        Ok((text(row.get_ref(0)?), text(row.get_ref(1)?)))
    })?;
    rows.collect()
}

/// What an entry does beside holding rows; none if nothing.
fn activity(sql: &str) -> Option<&'static str> {
    let tokens = tokens(sql);
    let words: Vec<&str> = tokens.iter().map(String::as_str).collect();
    // Anything else is not a statement that SQLite makes something of.
    let (["create", "temp" | "temporary", rest @ ..] | ["create", rest @ ..]) = words.as_slice() else {
        return Some("an unknown entry");
    };
    match rest {
        ["table" | "index", ..] | ["unique", "index", ..] => None,
        ["virtual", "table", rest @ ..] => {
            let module = rest.iter().skip_while(|word| **word != "using").nth(1);
            (module.copied() != Some("rtree")).then_some("the virtual table")
        }
        ["trigger", rest @ ..] => (!is_bookkeeping(rest)).then_some("the trigger"),
        ["view", ..] => Some("the view"),
        _ => Some("an unknown entry"),
    }
}

/// Whether each statement of a trigger keeps an R-tree or a count, or refuses.
fn is_bookkeeping(trigger: &[&str]) -> bool {
    let body: Vec<&str> = trigger.iter().copied().skip_while(|word| *word != "begin").skip(1).collect();
    let Some((&"end", statements)) = body.split_last() else { return false };
    let is_tree = |table: &str| table.starts_with("rtree_");
    statements.split(|word| *word == ";").filter(|statement| !statement.is_empty()).all(|statement| {
        match statement {
            ["select", "raise", ..] => true,
            ["insert", "or", "replace", "into", table, ..]
            | ["insert", "into", table, ..]
            | ["delete", "from", table, ..] => is_tree(table),
            ["update", "or", "replace", table, ..] | ["update", table, ..] => {
                is_tree(table) || COUNTS.contains(table)
            }
            _ => false,
        }
    })
}

/// Words of a statement in lower case, quoted ones without their quotes, and its signs.
/// Comments are left out: to `SQLite` they are white space.
fn tokens(sql: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("--") {
            rest.find('\n').map_or(rest.len(), |end| end + 1)
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.find("*/").map_or(rest.len(), |end| end + 4)
        } else if matches!(first, '"' | '\'' | '`' | '[') {
            let close = if first == '[' { ']' } else { first };
            let (word, length) = quoted(rest, close);
            tokens.push(word.to_lowercase());
            length
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'));
            let word = &rest[..end.unwrap_or(rest.len())];
            tokens.push(word.to_lowercase());
            word.len()
        } else {
            if !first.is_whitespace() && first != '\0' {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// The word in quotes that `text` begins with, and the length of it all; doubled quotes stand for one.
fn quoted(text: &str, close: char) -> (String, usize) {
    let mut word = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != close {
            word.push(c);
        } else if close != ']' && chars.peek().is_some_and(|(_, next)| *next == close) {
            word.push(close);
            chars.next();
        } else {
            return (word, at + c.len_utf8());
        }
    }
    (word, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gdal_writes_is_passive() {
        for sql in [
            "CREATE TABLE \"p\" ( \"fid\" INTEGER PRIMARY KEY, \"geom\" GEOMETRY)",
            "CREATE UNIQUE INDEX i ON p (so_to)",
            "CREATE VIRTUAL TABLE \"rtree_p_geom\" USING rtree(id, minx, maxx, miny, maxy)",
            "CREATE TRIGGER \"rtree_p_geom_update3\" AFTER UPDATE ON \"p\" WHEN OLD.\"fid\" != NEW.\"fid\" BEGIN DELETE FROM \"rtree_p_geom\" WHERE id = OLD.\"fid\"; INSERT OR REPLACE INTO \"rtree_p_geom\" VALUES (NEW.\"fid\",ST_MinX(NEW.\"geom\")); END",
            "CREATE TRIGGER \"trigger_insert_feature_count_p\" AFTER INSERT ON \"p\" BEGIN UPDATE gpkg_ogr_contents SET feature_count = feature_count + 1 WHERE lower(table_name) = lower('p'); END",
            "CREATE TRIGGER 'gpkg_tile_matrix_zoom_level_insert' BEFORE INSERT ON 'gpkg_tile_matrix' FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'insert on table ''gpkg_tile_matrix'' violates; zoom_level') WHERE (NEW.zoom_level < 0); END",
        ] {
            assert_eq!(activity(sql), None, "{sql}");
        }
    }

    #[test]
    fn doors_and_programs_are_seen_behind_comments_and_quotes() {
        for (sql, what) in [
            ("CREATE VIRTUAL TABLE t USING VirtualText('/etc/passwd', 'UTF-8')", "the virtual table"),
            ("create/**/virtual --x\ntable t using [VirtualText]('/etc/passwd')", "the virtual table"),
            ("CREATE VIRTUAL TABLE \"using rtree\" USING fts5(a)", "the virtual table"),
            ("CREATE VIEW v AS SELECT 1", "the view"),
            ("CREATE TEMP VIEW v AS SELECT 1", "the view"),
            ("CREATE TRIGGER x AFTER INSERT ON p BEGIN DELETE FROM gpkg_contents; END", "the trigger"),
            ("CREATE TRIGGER x AFTER INSERT ON p BEGIN SELECT load_extension('x'); END", "the trigger"),
            (
                "CREATE TRIGGER x AFTER INSERT ON p BEGIN UPDATE rtree_p SET a = 1; DELETE FROM p; END",
                "the trigger",
            ),
            ("DROP TABLE p", "an unknown entry"),
        ] {
            assert_eq!(activity(sql), Some(what), "{sql}");
        }
    }
}
