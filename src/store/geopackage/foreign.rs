//! What a program of somebody else has put into the file, or taken out of it: triggers and views do things that
//! nobody asked for.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::store::{StoreError, verify::Findings};

type Objects = BTreeMap<(String, String), String>;

/// Triggers, views and virtual tables by kind and name, with their text.
fn objects(sql: &Connection) -> Result<Objects, StoreError> {
    let select =
        "SELECT CASE WHEN type = 'table' THEN 'virtual table' ELSE type END, name, sql FROM sqlite_master
        WHERE type IN ('trigger', 'view') OR sql LIKE 'CREATE VIRTUAL%'";
    let mut statement = sql.prepare(select)?;
    let rows = statement.query_map([], |row| {
        let text: String = row.get(2)?;
        // Programs that rewrite a schema change its spaces.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(((row.get(0)?, row.get(1)?), text))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Holds the file's schema against a new store's.
pub fn check(sql: &Connection, findings: &mut Findings) -> Result<(), StoreError> {
    let fresh = Connection::open_in_memory()?;
    fresh.execute_batch(include_str!("schema.sql"))?;
    let (own, here) = (objects(&fresh)?, objects(sql)?);
    for ((kind, name), text) in &here {
        let what = match own.get(&(kind.clone(), name.clone())) {
            None => format!("the {kind} \"{name}\" was put here by another program"),
            Some(known) if known != text => format!("the {kind} \"{name}\" was altered"),
            Some(_) => continue,
        };
        findings.add("file", None, what);
    }
    for (kind, name) in own.keys().filter(|key| !here.contains_key(*key)) {
        findings.add("file", None, format!("the {kind} \"{name}\" is gone"));
    }
    Ok(())
}
