//! Adds the rows of parcels: many a statement, each sealed as it is written.
//!
//! Others wait while an import is written. So what a statement costs by itself
//! is shared by several rows, and they are sealed on a thread beside the one
//! that inserts. Parcels come run by run and are let go: memory does not grow
//! with their number, but for the names of holders.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        mpsc::{Receiver, sync_channel},
    },
};

use rusqlite::{CachedStatement, Connection, Statement, params};

use super::{blob, reference};
use crate::{
    domain::{
        Code, Day, HolderId, PackedParcel, PackedParcels, ParcelId, ParcelKey, ProjectId, SquareMetres,
        UnitId,
    },
    store::{
        Entry, NextRun, StoreError,
        ledger::encoding::{self, ParcelRow, Seal},
        named::{Holders, known},
    },
};

/// Rows a statement.
const ROWS: usize = 40;
/// Runs of parcels that may be inserted before they are sealed.
const AHEAD: usize = 16;

const COLUMNS: &str = "INSERT INTO parcels
    (fid, project, unit, sheet, number, land_use, recovered_area, total_area, declared_area, holder, planned_on, d0,
    geom) VALUES ";

/// The numbers of what a parcel's row names.
#[derive(Debug, Clone, Copy)]
pub struct Numbers {
    pub id: ParcelId,
    pub project: ProjectId,
    pub unit: UnitId,
    pub holder: Option<HolderId>,
}

/// A run of parcels, and for each the numbers of its row.
pub struct Numbered {
    pub parcels: PackedParcels,
    pub numbers: Vec<Numbers>,
}

/// A parcel's row.
type Row<'a> = (Numbers, PackedParcel<'a>);

/// Adds parcels, listed on the entry's day: what seals them, and the number of the first.
///
/// # Errors
/// [`StoreError::NoProject`] or [`StoreError::NoUnit`] when a parcel names one that is not there;
/// [`StoreError::Exists`] when a parcel is there already; [`StoreError::Backend`] or [`StoreError::Full`] when the
/// file can't be written.
pub fn import(sql: &Connection, entry: &Entry, next: NextRun<'_>) -> Result<(Seal, u32), StoreError> {
    let first = reference::next_number(sql, "parcels")?;
    let mut names = Names::new(sql, entry.units_on, first)?;
    let mut insert = Inserts::new(sql, entry.day)?;
    let seal = std::thread::scope(|threads| {
        let (send, runs) = sync_channel(AHEAD);
        let sealing = threads.spawn(move || sealed(&runs));
        let mut inserted = Ok(());
        while let (Ok(()), Some(parcels)) = (&inserted, next()?) {
            let run = Arc::new(names.numbered(parcels)?);
            // Who seals ends by a panic only, which goes on below.
            let _ = send.send(Arc::clone(&run));
            inserted = insert.run(&run);
        }
        drop(send);
        let seal = sealing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        inserted.map(|()| seal)
    })?;
    Ok((seal, first))
}

/// What seals all rows of these runs.
fn sealed(runs: &Receiver<Arc<Numbered>>) -> Seal {
    let mut seal = Seal::default();
    runs.iter().for_each(|run| run.seal(&mut seal));
    seal
}

impl Numbered {
    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.numbers.iter().copied().zip(self.parcels.iter())
    }

    /// Adds the rows, as they are written, to what their import seals.
    pub fn seal(&self, seal: &mut Seal) {
        for (Numbers { id, project, unit, holder }, parcel) in self.rows() {
            let row = ParcelRow {
                id,
                project,
                unit,
                sheet: parcel.sheet,
                number: parcel.number,
                land_use: parcel.land_use,
                recovered: parcel.recovered,
                total: parcel.total,
                declared: parcel.declared,
                holder: holder.map(|holder| holder.0),
                planned: parcel.planned,
                wkb: parcel.shape,
            };
            seal.row(id.0, |bytes| encoding::parcel(bytes, &row));
        }
    }
}

/// The statements that add rows.
pub struct Inserts<'c> {
    several: CachedStatement<'c>,
    single: CachedStatement<'c>,
    /// Day of the listing.
    day: Day,
    /// Room for a shape as it is stored.
    blob: Vec<u8>,
}

impl<'c> Inserts<'c> {
    /// Rows that are listed on `day`.
    pub fn new(sql: &'c Connection, day: Day) -> Result<Self, StoreError> {
        let one = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let several = format!("{COLUMNS}{}", vec![one; ROWS].join(", "));
        Ok(Self {
            several: sql.prepare_cached(&several)?,
            single: sql.prepare_cached(&format!("{COLUMNS}{one}"))?,
            day,
            blob: Vec::new(),
        })
    }

    /// Adds rows.
    ///
    /// # Errors
    /// [`StoreError::Exists`] with the first parcel that is there already; [`StoreError::Backend`] or
    /// [`StoreError::Full`] when the file can't be written.
    pub fn run(&mut self, run: &Numbered) -> Result<(), StoreError> {
        let rows: Vec<Row<'_>> = run.rows().collect();
        rows.chunks(ROWS).try_for_each(|rows| self.some(rows))
    }

    fn some(&mut self, rows: &[Row<'_>]) -> Result<(), StoreError> {
        if rows.len() == ROWS {
            for (index, row) in (1..).step_by(13).zip(rows) {
                bind(&mut self.several, index, row, self.day, &mut self.blob)?;
            }
            match self.several.raw_execute() {
                Ok(_) => return Ok(()),
                // Nothing of the run was added: one by one, to tell which it is.
                Err(error) if is_constraint(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        for row in rows {
            bind(&mut self.single, 1, row, self.day, &mut self.blob)?;
            self.single.raw_execute().map_err(|error| {
                if is_constraint(&error) {
                    exists(&row.1).unwrap_or_else(|| error.into())
                } else {
                    error.into()
                }
            })?;
        }
        Ok(())
    }
}

/// That a parcel is there already.
fn exists(parcel: &PackedParcel<'_>) -> Option<StoreError> {
    let key = ParcelKey {
        project: Code::new(parcel.project).ok()?,
        unit: Code::new(parcel.unit).ok()?,
        sheet: parcel.sheet.to_owned(),
        number: parcel.number.to_owned(),
    };
    Some(StoreError::Exists(Box::new(key)))
}

/// Binds a row's thirteen cells from the parameter at `place` on.
fn bind(
    statement: &mut Statement<'_>,
    index: usize,
    (numbers, parcel): &Row<'_>,
    day: Day,
    shape: &mut Vec<u8>,
) -> Result<(), StoreError> {
    blob::of_area(parcel.shape, shape).map_err(|why| StoreError::Row {
        table: "parcels",
        row: i64::from(numbers.id.0),
        column: "geom",
        why: why.to_string(),
    })?;
    let mut index = index..;
    let mut put = |cell: &dyn rusqlite::ToSql| {
        index.next().map_or(Ok(()), |index| statement.raw_bind_parameter(index, cell))
    };
    put(&numbers.id.0)?;
    put(&numbers.project.0)?;
    put(&numbers.unit.0)?;
    put(&parcel.sheet)?;
    put(&parcel.number)?;
    put(&parcel.land_use)?;
    put(&parcel.recovered.get())?;
    put(&parcel.total.get())?;
    put(&parcel.declared.map(SquareMetres::get))?;
    put(&numbers.holder.map(|holder| holder.0))?;
    put(&parcel.planned.map(|day| day.to_string()))?;
    put(&day.number())?;
    Ok(put(&shape.as_slice())?)
}

/// What the rows of an import name: projects and units that are there, holders that are added.
struct Names<'c> {
    sql: &'c Connection,
    units_on: Day,
    /// Number of the next row.
    next: u32,
    projects: HashMap<String, i64>,
    units: HashMap<String, i64>,
    holders: Holders,
}

impl<'c> Names<'c> {
    fn new(sql: &'c Connection, units_on: Day, first: u32) -> Result<Self, StoreError> {
        let holders = Holders::new(reference::next_number(sql, "holders")?);
        Ok(Self { sql, units_on, next: first, projects: HashMap::new(), units: HashMap::new(), holders })
    }

    /// A run with the numbers of its rows; new holders are written.
    fn numbered(&mut self, parcels: PackedParcels) -> Result<Numbered, StoreError> {
        let mut numbers = Vec::with_capacity(parcels.len());
        let mut new = Vec::new();
        for parcel in parcels.iter() {
            let project = known(&mut self.projects, parcel.project, |code| {
                let number = reference::project_number(self.sql, code)?;
                number.ok_or_else(|| StoreError::NoProject(code.to_owned()))
            })?;
            // The unit that has the code on the day, else the last one that had it.
            let unit = known(&mut self.units, parcel.unit, |code| {
                let number = reference::unit_number(self.sql, code, self.units_on)?;
                number.ok_or_else(|| StoreError::NoUnit(code.to_owned()))
            })?;
            numbers.push(Numbers {
                id: ParcelId(self.next),
                project: ProjectId(project as u32),
                unit: UnitId(unit as u32),
                holder: parcel.holder.map(|name| self.holders.number(name, &mut new)),
            });
            self.next += 1;
        }
        add_holders(self.sql, &new)?;
        Ok(Numbered { parcels, numbers })
    }
}

fn add_holders(sql: &Connection, holders: &[(u32, &str)]) -> Result<(), StoreError> {
    if holders.is_empty() {
        return Ok(());
    }
    let several = format!("INSERT INTO holders (fid, name) VALUES {}", vec!["(?, ?)"; ROWS].join(", "));
    let mut several = sql.prepare_cached(&several)?;
    let mut single = sql.prepare_cached("INSERT INTO holders (fid, name) VALUES (?1, ?2)")?;
    let (runs, rest) = holders.as_chunks::<ROWS>();
    for run in runs {
        for (index, (number, name)) in (1..).step_by(2).zip(run) {
            several.raw_bind_parameter(index, number)?;
            several.raw_bind_parameter(index + 1, name)?;
        }
        several.raw_execute()?;
    }
    for (number, name) in rest {
        single.execute(params![number, name])?;
    }
    Ok(())
}

/// Whether a row breaks a rule of its table.
pub fn is_constraint(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation)
}
