//! Checks a store: what `matbang verify` does.
//!
//! The chain is walked event by event; each import's digest is compared with
//! the rows that it sealed; stages, money and `cleared` are worked out from
//! the ledger again; geometries must be valid and as large as recorded.

use std::collections::HashMap;

use geo::{GeodesicArea, Validation};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::{
    Chain, Head, StoreError,
    geopackage::{blob, read, records},
    ledger::{digest_hex, hash_text},
};
use crate::domain::{Day, Event, EventKind, ImportedLayer, Parcel, Procedure, Record, SquareMetres, Stage};

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Table.
    pub table: &'static str,
    /// Row, if it is about one.
    pub row: Option<i64>,
    /// What is wrong.
    pub what: String,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// End of the ledger as it stands in the file.
    pub head: Head,
    /// Administrative units.
    pub units: u64,
    /// Projects.
    pub projects: u64,
    /// Parcels.
    pub parcels: u64,
    /// What is wrong; empty when the store is whole.
    pub findings: Vec<Finding>,
}

/// Findings listed at most; beyond it the store needs its backup, not a longer list.
const MOST: usize = 1000;

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, table: &'static str, row: Option<i64>, what: impl Into<String>) {
        if self.0.len() < MOST {
            self.0.push(Finding { table, row, what: what.into() });
        }
    }
}

pub(super) fn verify(sql: &Connection, procedures: &[Procedure]) -> Result<Verification, StoreError> {
    let mut findings = Findings::default();
    let integrity: String = sql.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if integrity != "ok" {
        findings.add("file", None, integrity);
    }
    let mut statement = sql.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        findings.add(
            "file",
            row.get(1)?,
            format!("a row of {table} names a row of {parent} that is not there"),
        );
    }
    let mut replay = Replay::default();
    chain(sql, &mut replay, &mut findings)?;
    sealed_tables(sql, &replay, &mut findings)?;
    let parcels = parcels(sql, &replay, &mut findings)?;
    let count = |table: &str| -> Result<u64, StoreError> {
        let n: i64 = sql.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        Ok(n.unsigned_abs())
    };
    let (units, projects) = (count("units")?, count("projects")?);
    if findings.0.is_empty()
        && let Err(error) = read::load(sql, Vec::new(), procedures, None)
    {
        findings.add("file", None, error.to_string());
    }
    Ok(Verification { head: read::head(sql)?, units, projects, parcels, findings: findings.0 })
}

/// What the ledger says the tables must hold.
#[derive(Default)]
struct Replay {
    /// Events by parcel.
    events: HashMap<u32, Vec<Event>>,
    /// (first, last, rows, day, digest, position) of each import of parcels.
    imports: Vec<(u32, u32, u32, Day, String, i64)>,
    units: Option<(u32, String)>,
    projects: Option<(u32, String)>,
}

impl Replay {
    fn event(&mut self, event: &Event) {
        match &event.body.kind {
            EventKind::Imported { layer, first, last, rows, digest, .. } => match layer {
                ImportedLayer::Units => self.units = Some((*rows, digest.clone())),
                ImportedLayer::Projects => self.projects = Some((*rows, digest.clone())),
                ImportedLayer::Parcels => {
                    let position = event.position.0 as i64;
                    self.imports.push((*first, *last, *rows, event.body.day, digest.clone(), position));
                }
            },
            _ => {
                if let Some(parcel) = event.body.parcel {
                    self.events.entry(parcel.0).or_default().push(event.clone());
                }
            }
        }
    }
}

fn chain(sql: &Connection, replay: &mut Replay, findings: &mut Findings) -> Result<(), StoreError> {
    let mut chain = Chain::default();
    let mut statement = sql.prepare(
        "SELECT position, recorded_at, day, author, parcel, document, body, kind, previous, hash
         FROM ledger ORDER BY position",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let position: i64 = row.get(0)?;
        let (event, body) = match read::event(row) {
            Ok(read) => read,
            Err(error) => {
                findings.add("ledger", Some(position), error.to_string());
                continue;
            }
        };
        let (Ok(previous), Ok(hash)) = (row.get::<_, Vec<u8>>(8), row.get::<_, [u8; 32]>(9)) else {
            findings.add("ledger", Some(position), "its hash is not 32 bytes");
            continue;
        };
        if let Err(fault) = chain.check(event.position, &event.body, &body, &previous, hash) {
            findings.add("ledger", Some(position), fault.to_string());
        }
        if row.get_ref(7)?.as_str() != Ok(event.body.kind.code()) {
            findings.add("ledger", Some(position), "the column kind does not say what the body says");
        }
        replay.event(&event);
    }
    Ok(())
}

fn sealed_tables(sql: &Connection, replay: &Replay, findings: &mut Findings) -> Result<(), StoreError> {
    let layers = [
        ("units", ImportedLayer::Units, &replay.units),
        ("projects", ImportedLayer::Projects, &replay.projects),
    ];
    for (table, layer, sealed) in layers {
        let (_, _, rows, digest) = table_digest(sql, layer)?;
        match sealed {
            Some(sealed) if *sealed == (rows, digest) => {}
            None if rows == 0 => {}
            _ => {
                findings.add(table, None, "the rows are not those that the last import sealed in the ledger");
            }
        }
    }
    Ok(())
}

/// SHA-256 over all columns of a table's rows, in order: (first row, last row, rows, digest).
pub(super) fn table_digest(
    sql: &Connection,
    layer: ImportedLayer,
) -> Result<(u32, u32, u32, String), StoreError> {
    let select = match layer {
        ImportedLayer::Units => read::UNITS,
        ImportedLayer::Projects => read::PROJECTS,
        ImportedLayer::Parcels => "SELECT * FROM parcels ORDER BY fid",
    };
    let mut statement = sql.prepare(select)?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let (mut hasher, mut first, mut last, mut number) = (Sha256::new(), 0, 0, 0);
    while let Some(row) = rows.next()? {
        last = row.get(0)?;
        if number == 0 {
            first = last;
        }
        number += 1;
        for column in 0..columns {
            match row.get_ref(column)? {
                rusqlite::types::ValueRef::Blob(bytes) => {
                    hasher.update((bytes.len() as u32).to_le_bytes());
                    hasher.update(bytes);
                }
                other => hash_text(&mut hasher, &format!("{:?}", rusqlite::types::Value::try_from(other))),
            }
        }
    }
    Ok((first, last, number, digest_hex(&hasher.finalize())))
}

/// SHA-256 over what an import wrote about parcels.
#[derive(Default)]
pub(super) struct ParcelDigest(Sha256);

impl ParcelDigest {
    pub fn row(
        &mut self,
        row: i64,
        project: i64,
        unit: i64,
        parcel: &Parcel,
        holder: Option<i64>,
        geometry: &[u8],
    ) {
        let declared = parcel.declared_area.map(SquareMetres::get);
        let areas = (parcel.recovered_area.get(), parcel.total_area.get(), declared);
        let planned = parcel.planned_day.map(|day| day.to_string());
        let texts = (parcel.key.sheet.as_str(), parcel.key.number.as_str(), parcel.land_use.as_str());
        self.columns([row, project, unit, holder.unwrap_or(0)], texts, areas, planned.as_deref(), geometry);
    }

    fn columns(
        &mut self,
        numbers: [i64; 4],
        (sheet, number, land_use): (&str, &str, &str),
        (recovered, total, declared): (f64, f64, Option<f64>),
        planned: Option<&str>,
        geometry: &[u8],
    ) {
        let hasher = &mut self.0;
        numbers.iter().for_each(|number| hasher.update(number.to_le_bytes()));
        for text in [sheet, number, land_use, planned.unwrap_or_default()] {
            hash_text(hasher, text);
        }
        for area in [recovered, total, declared.unwrap_or(-1.0)] {
            hasher.update(area.to_le_bytes());
        }
        hasher.update((geometry.len() as u32).to_le_bytes());
        hasher.update(geometry);
    }

    pub fn finish(self) -> String {
        digest_hex(&self.0.finalize())
    }
}

const PARCELS: &str =
    "SELECT fid, project, unit, coalesce(holder, 0), sheet, number, land_use, recovered_area,
    total_area, declared_area, planned_on, geom, cleared, money, d0, d1, d2, d3, d4, d5, d6, d7, d8,
    version, ended_on, marks FROM parcels ORDER BY fid";

fn parcels(sql: &Connection, replay: &Replay, findings: &mut Findings) -> Result<u64, StoreError> {
    let mut statement = sql.prepare(PARCELS)?;
    let mut rows = statement.query([])?;
    let mut imports = replay.imports.iter().peekable();
    let (mut digest, mut in_import, mut count) = (ParcelDigest::default(), 0, 0);
    while let Some(row) = rows.next()? {
        count += 1;
        let id: i64 = row.get(0)?;
        let number = id as u32;
        while let Some((_, last, sealed, _, seal, position)) =
            imports.peek().filter(|import| import.1 < number)
        {
            check_import(findings, (std::mem::take(&mut digest), in_import), *last, *sealed, seal, *position);
            in_import = 0;
            imports.next();
        }
        let Some((.., day, _, _)) = imports.peek().filter(|import| import.0 <= number) else {
            findings.add("parcels", Some(id), "no import in the ledger wrote this row");
            continue;
        };
        in_import += 1;
        let text = |column: usize| row.get_ref(column).map(|v| v.as_str().unwrap_or_default());
        let geometry = row.get_ref(11)?.as_blob().unwrap_or_default();
        digest.columns(
            [id, row.get(1)?, row.get(2)?, row.get(3)?],
            (text(4)?, text(5)?, text(6)?),
            (row.get(7)?, row.get(8)?, row.get(9)?),
            row.get_ref(10)?.as_str().ok(),
            geometry,
        );
        state(row, number, *day, replay, findings)?;
        shape(id, geometry, (row.get(7)?, row.get(8)?), findings);
    }
    for (_, last, sealed, _, seal, position) in imports {
        check_import(findings, (std::mem::take(&mut digest), in_import), *last, *sealed, seal, *position);
        in_import = 0;
    }
    Ok(count)
}

fn check_import(
    findings: &mut Findings,
    (digest, found): (ParcelDigest, u32),
    last: u32,
    sealed: u32,
    seal: &str,
    position: i64,
) {
    if found != sealed {
        let what = format!("its import wrote {sealed} parcels up to number {last}, {found} are there");
        findings.add("ledger", Some(position), what);
    } else if digest.finish() != seal {
        let what = format!("parcels up to number {last} are not as this import sealed them");
        findings.add("ledger", Some(position), what);
    }
}

fn state(
    row: &rusqlite::Row<'_>,
    number: u32,
    listed: Day,
    replay: &Replay,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let events = replay.events.get(&number).map_or(&[][..], Vec::as_slice);
    let record = Record::replay(Some(listed), events);
    let id = Some(i64::from(number));
    for stage in Stage::ALL {
        let found: Option<i64> = row.get(14 + stage.number())?;
        let expected = record.days.get(stage).map(|day| i64::from(day.number()));
        if found != expected {
            let what = format!("the day of stage \"{}\" is not the ledger's", stage.code());
            findings.add("parcels", id, what);
        }
    }
    if row.get::<_, bool>(12)? != record.days.get(Stage::HandedOver).is_some() {
        findings.add("parcels", id, "cleared does not say what the ledger says");
    }
    if row.get::<_, i64>(13)?.unsigned_abs() != record.approved.0 {
        findings.add("parcels", id, "the money is not the ledger's");
    }
    let (version, ended, marks): (i64, Option<String>, Option<String>) =
        (row.get(23)?, row.get(24)?, row.get(25)?);
    if version.unsigned_abs() != record.version.0 {
        findings.add("parcels", id, "the version is not the last event's position");
    }
    let expected = records::marks_text(&record)?;
    if marks != expected || ended != record.marks.ended.map(|day| day.to_string()) {
        findings.add("parcels", id, "blockers, branches or the end are not the ledger's");
    }
    Ok(())
}

fn shape(id: i64, geometry: &[u8], (recovered, total): (f64, f64), findings: &mut Findings) {
    let polygons = match blob::to_multi_polygon(geometry) {
        Ok(polygons) => polygons,
        Err(why) => return findings.add("parcels", Some(id), format!("geometry: {why}")),
    };
    if let Err(invalid) = polygons.check_validation() {
        findings.add("parcels", Some(id), format!("geometry: {invalid}"));
    }
    let computed = polygons.geodesic_area_signed().abs();
    if recovered > total + 0.05 + total * 0.5 {
        findings.add("parcels", Some(id), format!("recovers {recovered} m² of a parcel of {total} m²"));
    }
    if computed < recovered * 0.5 - 5.0 || computed > recovered * 2.0 + 5.0 {
        findings.add(
            "parcels",
            Some(id),
            format!("recovers {recovered} m² but its geometry has {computed:.1} m²"),
        );
    }
}
