//! Adds the rows of parcels: many a statement, each sealed as it is written.
//!
//! Others wait while an import is written. So what a statement costs by itself
//! is shared by several rows, and shapes are encoded and sealed on a thread
//! beside the one that inserts.

use std::{
    collections::HashMap,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
};

use rusqlite::{CachedStatement, Connection, Statement, params};

use super::{blob, reference};
use crate::{
    domain::{Day, HolderId, Parcel, ParcelId, ProjectId, SquareMetres, UnitId},
    store::{
        Entry, StoreError,
        ledger::encoding::{self, ParcelRow, Seal},
    },
};

/// Rows a statement.
const ROWS: usize = 40;
/// Runs of rows that may be encoded before they are inserted.
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

/// A parcel's row.
pub struct Row<'a> {
    pub numbers: Numbers,
    pub parcel: &'a Parcel,
    /// Its shape as it is stored.
    pub geometry: Vec<u8>,
}

/// Adds parcels, listed on the entry's day: what seals them, and the number of the first.
///
/// # Errors
/// [`StoreError::NoProject`] or [`StoreError::NoUnit`] when a parcel names one that is not there;
/// [`StoreError::Exists`] when a parcel is there already; [`StoreError::Backend`] or [`StoreError::Full`] when the
/// file can't be written.
pub fn import(sql: &Connection, entry: &Entry, parcels: &[Parcel]) -> Result<(Seal, u32), StoreError> {
    let first = reference::next_number(sql, "parcels")?;
    let numbers = numbers(sql, entry, parcels, first)?;
    let runs = || parcels.chunks(ROWS).zip(numbers.chunks(ROWS));
    let mut insert = Inserts::new(sql, entry.day)?;
    let seal = std::thread::scope(|threads| {
        let (send, encoded) = sync_channel(AHEAD);
        let sealing = threads.spawn(move || encode(runs(), &send));
        let inserted = insert.all(&encoded);
        // Who encodes must not wait for room after an error.
        drop(encoded);
        let seal = sealing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        inserted.and(seal)
    })?;
    Ok((seal, first))
}

/// Encodes and seals runs of rows, and sends them on as long as somebody takes them.
fn encode<'a>(
    runs: impl Iterator<Item = (&'a [Parcel], &'a [Numbers])>,
    send: &SyncSender<Vec<Row<'a>>>,
) -> Result<Seal, StoreError> {
    let mut seal = Seal::default();
    for (parcels, numbers) in runs {
        let row = |(parcel, numbers): (&'a Parcel, &Numbers)| {
            let row = Row { numbers: *numbers, parcel, geometry: blob::multi_polygon(&parcel.geometry) };
            row.seal(&mut seal).map(|()| row)
        };
        let run = parcels.iter().zip(numbers).map(row).collect::<Result<Vec<_>, _>>()?;
        if send.send(run).is_err() {
            break;
        }
    }
    Ok(seal)
}

impl Row<'_> {
    /// Adds the row, as it is written, to what its import seals.
    pub fn seal(&self, seal: &mut Seal) -> Result<(), StoreError> {
        let Numbers { id, project, unit, holder } = self.numbers;
        let fault = |why| StoreError::Row { table: "parcels", row: i64::from(id.0), column: "geom", why };
        let parcel = self.parcel;
        let row = ParcelRow {
            id,
            project,
            unit,
            sheet: &parcel.key.sheet,
            number: &parcel.key.number,
            land_use: &parcel.land_use,
            recovered: parcel.recovered_area,
            total: parcel.total_area,
            declared: parcel.declared_area,
            holder: holder.map(|holder| holder.0),
            planned: parcel.planned_day,
            wkb: blob::wkb(&self.geometry).map_err(fault)?,
        };
        seal.row(id.0, |bytes| encoding::parcel(bytes, &row));
        Ok(())
    }
}

/// The statements that add rows.
pub struct Inserts<'c> {
    several: CachedStatement<'c>,
    single: CachedStatement<'c>,
    /// Day of the listing.
    day: Day,
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
        })
    }

    fn all(&mut self, runs: &Receiver<Vec<Row<'_>>>) -> Result<(), StoreError> {
        runs.iter().try_for_each(|run| self.run(&run))
    }

    /// Adds rows.
    ///
    /// # Errors
    /// [`StoreError::Exists`] with the first parcel that is there already; [`StoreError::Backend`] or
    /// [`StoreError::Full`] when the file can't be written.
    pub fn run(&mut self, rows: &[Row<'_>]) -> Result<(), StoreError> {
        if rows.len() == ROWS {
            for (index, row) in (1..).step_by(13).zip(rows) {
                bind(&mut self.several, index, row, self.day)?;
            }
            match self.several.raw_execute() {
                Ok(_) => return Ok(()),
                // Nothing of the run was added: one by one, to tell which it is.
                Err(error) if is_constraint(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        for row in rows {
            bind(&mut self.single, 1, row, self.day)?;
            self.single.raw_execute().map_err(|error| {
                if is_constraint(&error) {
                    StoreError::Exists(Box::new(row.parcel.key.clone()))
                } else {
                    error.into()
                }
            })?;
        }
        Ok(())
    }
}

/// Binds a row's thirteen cells from the parameter at `place` on.
fn bind(statement: &mut Statement<'_>, index: usize, row: &Row<'_>, day: Day) -> rusqlite::Result<()> {
    let (numbers, parcel) = (row.numbers, row.parcel);
    let mut index = index..;
    let mut put = |cell: &dyn rusqlite::ToSql| {
        index.next().map_or(Ok(()), |index| statement.raw_bind_parameter(index, cell))
    };
    put(&numbers.id.0)?;
    put(&numbers.project.0)?;
    put(&numbers.unit.0)?;
    put(&parcel.key.sheet)?;
    put(&parcel.key.number)?;
    put(&parcel.land_use)?;
    put(&parcel.recovered_area.get())?;
    put(&parcel.total_area.get())?;
    put(&parcel.declared_area.map(SquareMetres::get))?;
    put(&numbers.holder.map(|holder| holder.0))?;
    put(&parcel.planned_day.map(|day| day.to_string()))?;
    put(&day.number())?;
    put(&row.geometry)
}

/// The numbers of what each row names; holders are added.
fn numbers(
    sql: &Connection,
    entry: &Entry,
    parcels: &[Parcel],
    first: u32,
) -> Result<Vec<Numbers>, StoreError> {
    let (mut projects, mut units) = (HashMap::new(), HashMap::new());
    let mut holders = Holders::after(sql)?;
    let mut numbers = Vec::with_capacity(parcels.len());
    for (id, parcel) in (first..).zip(parcels) {
        let (project, unit) = (parcel.key.project.as_str(), parcel.key.unit.as_str());
        let project = known(&mut projects, project, || {
            reference::project_number(sql, project)?.ok_or_else(|| StoreError::NoProject(project.to_owned()))
        })?;
        // The unit that has the code on the day, else the last one that had it.
        let unit = known(&mut units, unit, || {
            let number = reference::unit_number(sql, unit, entry.units_on)?;
            number.ok_or_else(|| StoreError::NoUnit(unit.to_owned()))
        })?;
        numbers.push(Numbers {
            id: ParcelId(id),
            project: ProjectId(project as u32),
            unit: UnitId(unit as u32),
            holder: parcel.holder.as_deref().map(|name| holders.number(name)),
        });
    }
    holders.add(sql)?;
    Ok(numbers)
}

/// What was looked up once.
fn known<'p>(
    all: &mut HashMap<&'p str, i64>,
    code: &'p str,
    find: impl FnOnce() -> Result<i64, StoreError>,
) -> Result<i64, StoreError> {
    if let Some(number) = all.get(code) {
        return Ok(*number);
    }
    let number = find()?;
    all.insert(code, number);
    Ok(number)
}

/// The holders of an import. A name is one holder within it; the same name in another may be another person.
struct Holders<'p> {
    first: u32,
    names: Vec<&'p str>,
    numbers: HashMap<&'p str, HolderId>,
}

impl<'p> Holders<'p> {
    /// Behind those that are there.
    fn after(sql: &Connection) -> Result<Self, StoreError> {
        let first = reference::next_number(sql, "holders")?;
        Ok(Self { first, names: Vec::new(), numbers: HashMap::new() })
    }

    fn number(&mut self, name: &'p str) -> HolderId {
        let next = HolderId(self.first + self.names.len() as u32);
        *self.numbers.entry(name).or_insert_with(|| {
            self.names.push(name);
            next
        })
    }

    fn add(&self, sql: &Connection) -> Result<(), StoreError> {
        let several = format!("INSERT INTO holders (fid, name) VALUES {}", vec!["(?, ?)"; ROWS].join(", "));
        let mut several = sql.prepare_cached(&several)?;
        let mut single = sql.prepare_cached("INSERT INTO holders (fid, name) VALUES (?1, ?2)")?;
        let mut number = self.first;
        let (runs, rest) = self.names.as_chunks::<ROWS>();
        for run in runs {
            for (index, name) in (1..).step_by(2).zip(run) {
                several.raw_bind_parameter(index, number)?;
                several.raw_bind_parameter(index + 1, name)?;
                number += 1;
            }
            several.raw_execute()?;
        }
        for name in rest {
            single.execute(params![number, name])?;
            number += 1;
        }
        Ok(())
    }
}

/// Whether a row breaks a rule of its table.
pub fn is_constraint(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation)
}
