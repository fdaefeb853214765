//! Writing: one transaction, sealed by the ledger.
//!
//! Every import leaves an event whose digest covers the rows it wrote: for
//! parcels the new rows, for units and projects, which later imports may
//! bring up to date, the whole table.

use std::collections::{BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension, Transaction as Sql, TransactionBehavior, params};

use geo::MultiPolygon;

use super::{blob, form, questions, read, records};
use crate::{
    domain::{
        AdminUnit, Day, Event, EventKind, ImportedLayer, NewEvent, Parcel, ParcelId, ParcelRef, Project,
        ProjectId, SquareMetres, Succession, UnitId,
    },
    store::{
        Chain, Entry, Facts, Formed, Head, KeptAnswer, StoreError, Transaction, Written,
        verify::{ParcelDigest, table_digest},
    },
};

/// An open change.
pub struct Write<'a> {
    sql: Sql<'a>,
    chain: Chain,
    imported: bool,
    touched: BTreeSet<ParcelId>,
}

impl<'a> Write<'a> {
    pub(super) fn begin(connection: &'a mut Connection) -> Result<Self, StoreError> {
        let sql = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let head = read::head(&sql)?;
        Ok(Self {
            sql,
            chain: Chain::at(head.position, head.hash),
            imported: false,
            touched: BTreeSet::new(),
        })
    }

    fn seal(
        &mut self,
        entry: &Entry,
        layer: ImportedLayer,
        seal: (u32, u32, u32, String),
    ) -> Result<(), StoreError> {
        self.imported = true;
        let (first, last, rows, digest) = seal;
        let kind = EventKind::Imported { layer, source: entry.source.clone(), first, last, rows, digest };
        let event = NewEvent {
            parcel: None,
            day: entry.day,
            recorded_at: entry.recorded_at,
            author: entry.author.clone(),
            document: None,
            note: None,
            attachments: Vec::new(),
            kind,
        };
        self.append(&[event]).map(|_| ())
    }

    fn unit_row(&self, unit: &AdminUnit) -> Result<Option<i64>, StoreError> {
        let same_time = "SELECT fid FROM units WHERE code = ?1 AND level = ?2
            AND (valid_to IS NULL OR ?3 IS NULL OR valid_to >= ?3)
            AND (valid_from IS NULL OR ?4 IS NULL OR valid_from <= ?4)
            ORDER BY valid_from IS NULL, fid";
        let found = self.sql.query_row(
            same_time,
            params![unit.code.as_str(), unit.level.code(), text(unit.valid_from), text(unit.valid_to)],
            |row| row.get(0),
        );
        Ok(found.optional()?)
    }
}

fn text(day: Option<Day>) -> Option<String> {
    day.map(|day| day.to_string())
}

fn count(written: &mut Written, row: Option<i64>, new: i64) {
    if row.is_some() {
        written.updated += 1;
    } else {
        if written.inserted == 0 {
            written.first = new as u32;
        }
        written.inserted += 1;
    }
}

const UPSERT_UNIT: &str = "INSERT INTO units
    (fid, code, name, level, parent_code, valid_from, valid_to, predecessor_codes, successor_codes, geom)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
    ON CONFLICT (fid) DO UPDATE SET name = excluded.name,
    parent_code = coalesce(excluded.parent_code, parent_code),
    valid_from = coalesce(excluded.valid_from, valid_from), valid_to = coalesce(excluded.valid_to, valid_to),
    predecessor_codes = iif(excluded.predecessor_codes = '', predecessor_codes, excluded.predecessor_codes),
    successor_codes = iif(excluded.successor_codes = '', successor_codes, excluded.successor_codes),
    geom = coalesce(excluded.geom, geom) RETURNING fid";

const UPSERT_PROJECT: &str = "INSERT INTO projects
    (code, name, kind, key_project, investor, body, procedure, required_on, plan, geom)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, key_project = excluded.key_project,
    investor = coalesce(excluded.investor, investor), body = coalesce(excluded.body, body),
    procedure = excluded.procedure, required_on = coalesce(excluded.required_on, required_on),
    plan = iif(excluded.plan = '', plan, excluded.plan), geom = coalesce(excluded.geom, geom) RETURNING fid";

pub(super) const INSERT_PARCEL: &str = "INSERT INTO parcels
    (project, unit, sheet, number, land_use, recovered_area, total_area, declared_area, holder, planned_on, d0, geom)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";

const INSERT_EVENT: &str = "INSERT INTO ledger
    (position, recorded_at, day, author, parcel, document, kind, body, previous, hash)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

impl Transaction for Write<'_> {
    fn units(&mut self, entry: &Entry, units: &[AdminUnit]) -> Result<Written, StoreError> {
        let mut written = Written { inserted: 0, updated: 0, first: 0 };
        for unit in units {
            let row = self.unit_row(unit)?;
            let new: i64 = self.sql.prepare_cached(UPSERT_UNIT)?.query_row(
                params![
                    row,
                    unit.code.as_str(),
                    unit.name,
                    unit.level.code(),
                    unit.parent.as_ref().map(AsRef::<str>::as_ref),
                    text(unit.valid_from),
                    text(unit.valid_to),
                    Succession::write_list(&unit.predecessors),
                    Succession::write_list(&unit.successors),
                    unit.boundary.as_ref().map(blob::multi_polygon),
                ],
                |row| row.get(0),
            )?;
            count(&mut written, row, new);
        }
        let seal = table_digest(&self.sql, ImportedLayer::Units)?;
        self.seal(entry, ImportedLayer::Units, seal)?;
        Ok(written)
    }

    fn projects(&mut self, entry: &Entry, projects: &[Project]) -> Result<Written, StoreError> {
        let mut written = Written { inserted: 0, updated: 0, first: 0 };
        for project in projects {
            let code = project.code.as_str();
            let find = "SELECT fid FROM projects WHERE code = ?1";
            let row: Option<i64> = self.sql.query_row(find, [code], |row| row.get(0)).optional()?;
            let new: i64 = self.sql.prepare_cached(UPSERT_PROJECT)?.query_row(
                params![
                    code,
                    project.name,
                    project.kind.code(),
                    project.key,
                    project.investor,
                    project.body,
                    project.procedure.as_str(),
                    text(project.required_day),
                    project.plan.write(),
                    project.boundary.as_ref().map(blob::multi_polygon),
                ],
                |row| row.get(0),
            )?;
            if let Some(line) = &project.alignment {
                let sql = "INSERT INTO alignments (fid, code, name, geom) VALUES (?1, ?2, ?3, ?4)
                    ON CONFLICT (fid) DO UPDATE SET name = excluded.name, geom = excluded.geom";
                self.sql.execute(sql, params![new, code, project.name, blob::line_string(line)])?;
            }
            count(&mut written, row, new);
        }
        let seal = table_digest(&self.sql, ImportedLayer::Projects)?;
        self.seal(entry, ImportedLayer::Projects, seal)?;
        Ok(written)
    }

    fn parcels(&mut self, entry: &Entry, parcels: &[Parcel]) -> Result<Written, StoreError> {
        let mut keys = Keys::default();
        let mut holders: HashMap<&str, i64> = HashMap::new();
        let mut digest = ParcelDigest::default();
        let mut first = 0;
        for parcel in parcels {
            let holder = match parcel.holder.as_deref() {
                Some(name) => Some(holder_row(&self.sql, &mut holders, name)?),
                None => None,
            };
            let project = keys.project(&self.sql, parcel.key.project.as_str())?;
            let unit = keys.unit(&self.sql, parcel.key.unit.as_str(), entry.units_on)?;
            let geometry = blob::multi_polygon(&parcel.geometry);
            let inserted = self.sql.prepare_cached(INSERT_PARCEL)?.insert(params![
                project,
                unit,
                parcel.key.sheet,
                parcel.key.number,
                parcel.land_use,
                parcel.recovered_area.get(),
                parcel.total_area.get(),
                parcel.declared_area.map(crate::domain::SquareMetres::get),
                holder,
                text(parcel.planned_day),
                entry.day.number(),
                geometry,
            ]);
            let row = inserted.map_err(|error| refused(error, parcel))?;
            if first == 0 {
                first = row as u32;
            }
            digest.row(row, project, unit, parcel, holder, &geometry);
        }
        if parcels.is_empty() {
            return Ok(Written { inserted: 0, updated: 0, first: 0 });
        }
        let rows = parcels.len() as u32;
        self.seal(entry, ImportedLayer::Parcels, (first, first + rows - 1, rows, digest.finish()))?;
        Ok(Written { inserted: rows, updated: 0, first })
    }

    fn append(&mut self, events: &[NewEvent]) -> Result<Head, StoreError> {
        for event in events {
            let body = read::body_text(event).map_err(|e| StoreError::Row {
                table: "ledger",
                row: self.chain.position().0 as i64 + 1,
                column: "body",
                why: e.to_string(),
            })?;
            let previous = self.chain.hash();
            let hash = self.chain.append(event, &body);
            let inserted = self.sql.prepare_cached(INSERT_EVENT)?.execute(params![
                self.chain.position().0 as i64,
                event.recorded_at,
                event.day.number(),
                event.author,
                event.parcel.map(|parcel| parcel.0),
                event.document,
                event.kind.code(),
                body,
                previous,
                hash,
            ]);
            match (inserted, event.parcel) {
                (Ok(_), parcel) => self.touched.extend(parcel),
                (Err(error), Some(parcel)) if is_constraint(&error) => {
                    return Err(StoreError::NoParcel(parcel));
                }
                (Err(error), _) => return Err(error.into()),
            }
        }
        Ok(self.head())
    }

    fn head(&self) -> Head {
        Head { position: self.chain.position(), hash: self.chain.hash() }
    }

    fn find(&mut self, parcel: &ParcelRef) -> Result<Vec<Facts>, StoreError> {
        questions::find(&self.sql, parcel)
    }

    fn history(&mut self, parcel: ParcelId) -> Result<Vec<Event>, StoreError> {
        records::events(&self.sql, parcel)
    }

    fn project(&mut self, code: &str) -> Result<Option<(ProjectId, Vec<UnitId>)>, StoreError> {
        questions::project(&self.sql, code)
    }

    fn shape(
        &mut self,
        parcel: ParcelId,
    ) -> Result<(MultiPolygon<f64>, SquareMetres, SquareMetres), StoreError> {
        questions::shape(&self.sql, parcel)
    }

    fn form(&mut self, entry: &Entry, parent: ParcelId, parcels: &[Formed]) -> Result<Written, StoreError> {
        let seal = form::form(&self.sql, entry, parent, parcels)?;
        let written = Written { inserted: seal.2, updated: 0, first: seal.0 };
        self.seal(entry, ImportedLayer::Parcels, seal)?;
        Ok(written)
    }

    fn answer(&mut self, author: &str, key: &str) -> Result<Option<(Vec<u8>, String)>, StoreError> {
        questions::answer(&self.sql, author, key)
    }

    fn keep_answer(&mut self, kept: &KeptAnswer<'_>) -> Result<(), StoreError> {
        questions::keep_answer(&self.sql, kept)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO settings (name, value) VALUES (?1, ?2)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.sql.execute(sql, [name, value])?;
        Ok(())
    }

    fn commit(self: Box<Self>) -> Result<Head, StoreError> {
        records::settle(&self.sql, &self.touched)?;
        if self.imported {
            read::bound_contents(&self.sql)?;
        }
        let head = self.head();
        self.sql.commit()?;
        Ok(head)
    }
}

/// Row numbers by code, looked up once.
#[derive(Default)]
struct Keys {
    projects: HashMap<String, i64>,
    units: HashMap<String, i64>,
}

impl Keys {
    fn project(&mut self, sql: &Sql<'_>, code: &str) -> Result<i64, StoreError> {
        if let Some(row) = self.projects.get(code) {
            return Ok(*row);
        }
        let find = "SELECT fid FROM projects WHERE code = ?1";
        let row = sql.query_row(find, [code], |row| row.get(0)).optional()?;
        let row = row.ok_or_else(|| StoreError::NoProject(code.to_owned()))?;
        self.projects.insert(code.to_owned(), row);
        Ok(row)
    }

    /// The unit that has the code on `day`, else the last one that had it.
    fn unit(&mut self, sql: &Sql<'_>, code: &str, day: Day) -> Result<i64, StoreError> {
        if let Some(row) = self.units.get(code) {
            return Ok(*row);
        }
        let find = "SELECT fid FROM units WHERE code = ?1
            ORDER BY coalesce(valid_from, '') <= ?2 AND coalesce(valid_to, '9') >= ?2 DESC, valid_from DESC LIMIT 1";
        let row = sql.query_row(find, [code, &day.to_string()], |row| row.get(0)).optional()?;
        let row = row.ok_or_else(|| StoreError::NoUnit(code.to_owned()))?;
        self.units.insert(code.to_owned(), row);
        Ok(row)
    }
}

/// A name is one holder within an import; the same name in another import may be another person.
fn holder_row<'n>(
    sql: &Sql<'_>,
    known: &mut HashMap<&'n str, i64>,
    name: &'n str,
) -> Result<i64, StoreError> {
    if let Some(row) = known.get(name) {
        return Ok(*row);
    }
    let row = sql.prepare_cached("INSERT INTO holders (name) VALUES (?1)")?.insert([name])?;
    known.insert(name, row);
    Ok(row)
}

pub(super) fn is_constraint(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation)
}

fn refused(error: rusqlite::Error, parcel: &Parcel) -> StoreError {
    if is_constraint(&error) { StoreError::Exists(Box::new(parcel.key.clone())) } else { error.into() }
}
