//! Adds the rows of parcels: some ten thousand of an import in one copy, each sealed as it is written.

use std::collections::{HashMap, HashSet};

use tokio_postgres::types::Type;

use super::{
    cells::{Date, Raw, ewkb, number, signed},
    reference,
    session::Session,
};
use crate::{
    domain::{
        Code, Day, HolderId, PackedParcel, PackedParcels, Parcel, ParcelId, ParcelKey, ProjectId,
        SquareMetres, UnitId,
    },
    store::{
        Entry, FormedParcel, NextRun, StoreError, StoreResult,
        ledger::encoding::{self, ParcelRow, Seal},
        named::{Holders, known},
    },
};

/// The numbers of what a parcel's row names.
#[derive(Debug, Clone, Copy)]
struct Numbers {
    id: ParcelId,
    project: ProjectId,
    unit: UnitId,
    holder: Option<HolderId>,
}

/// Parcels that are copied at once.
const AT_ONCE: usize = 20_000;

/// A parcel's row.
type Row<'a> = (Numbers, PackedParcel<'a>);

/// Adds parcels, listed on the entry's day: what seals them, and the number of the first.
///
/// # Errors
/// [`StoreError::NoProject`] or [`StoreError::NoUnit`] when a parcel names one that is not there;
/// [`StoreError::Exists`] when a parcel is there already; [`StoreError::Backend`] when the database refuses.
pub fn import(sql: &Session<'_>, entry: &Entry, next: NextRun<'_>) -> StoreResult<(Seal, u32)> {
    let first = reference::next_number(sql, "parcels")?;
    let mut names = Names::new(sql, entry, first)?;
    let mut seal = Seal::default();
    loop {
        let (mut runs, mut rows) = (Vec::new(), 0);
        while rows < AT_ONCE
            && let Some(run) = next()?
        {
            rows += run.len();
            runs.push(run);
        }
        if rows == 0 {
            return Ok((seal, first));
        }
        add(sql, entry.day, &names.numbered(&runs)?, &mut seal)?;
    }
}

/// Adds rows, unless one of them is there already.
fn add(sql: &Session<'_>, day: Day, rows: &[Row<'_>], seal: &mut Seal) -> StoreResult<()> {
    are_new(sql, rows)?;
    let copy = "COPY parcels (fid, project, unit, sheet, number, land_use, recovered_area, total_area,
        declared_area, holder, planned_on, d0, geom) FROM STDIN (FORMAT binary)";
    let (int, text, real) = (Type::INT4, Type::TEXT, Type::FLOAT8);
    let types = [
        int.clone(),
        int.clone(),
        int.clone(),
        text.clone(),
        text.clone(),
        text,
        real.clone(),
        real.clone(),
        real,
        int,
        Type::DATE,
        Type::DATE,
        Type::BYTEA,
    ];
    let day = Date::from(day);
    sql.copy(copy, &types, &mut |write| {
        for (numbers, parcel) in rows {
            let Numbers { id, project, unit, holder } = *numbers;
            let fault = |why| StoreError::Row { table: "parcels", row: i64::from(id.0), column: "geom", why };
            write(&[
                &signed(id.0),
                &signed(project.0),
                &signed(unit.0),
                &parcel.sheet,
                &parcel.number,
                &parcel.land_use,
                &parcel.recovered.get(),
                &parcel.total.get(),
                &parcel.declared.map(SquareMetres::get),
                &holder.map(|holder| signed(holder.0)),
                &parcel.planned.map(Date::from),
                &day,
                &Raw(&ewkb(parcel.shape).map_err(fault)?),
            ])?;
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
        Ok(())
    })
}

/// Refuses the first parcel that comes twice or is there already: the copy itself would end the transaction.
fn are_new(sql: &Session<'_>, rows: &[Row<'_>]) -> StoreResult<()> {
    let mut own = HashSet::with_capacity(rows.len());
    let twice = rows.iter().position(|(numbers, parcel)| {
        !own.insert((numbers.project.0, numbers.unit.0, parcel.sheet, parcel.number))
    });
    let projects: Vec<i32> = rows.iter().map(|(numbers, _)| signed(numbers.project.0)).collect();
    let units: Vec<i32> = rows.iter().map(|(numbers, _)| signed(numbers.unit.0)).collect();
    let sheets: Vec<&str> = rows.iter().map(|(_, parcel)| parcel.sheet).collect();
    let all: Vec<&str> = rows.iter().map(|(_, parcel)| parcel.number).collect();
    let find = "SELECT n.place::integer FROM unnest($1::integer[], $2::integer[], $3::text[], $4::text[])
        WITH ORDINALITY AS n (project, unit, sheet, number, place)
        WHERE EXISTS (SELECT 1 FROM parcels p WHERE p.project = n.project AND p.unit = n.unit AND p.sheet = n.sheet
        AND p.number = n.number AND CASE WHEN p.ended_on IS NULL THEN 0 ELSE p.fid END = 0)
        ORDER BY n.place LIMIT 1";
    let there = sql.one(find, &[&projects, &units, &sheets, &all])?;
    let there = there.map(|row| number(&row, 0)).transpose()?.map(|index| index as usize - 1);
    let first = twice.into_iter().chain(there).min().and_then(|index| rows.get(index));
    first.map_or(Ok(()), |(numbers, parcel)| {
        let code = |text: &str| {
            let fault = |error: crate::domain::CodeError| StoreError::Row {
                table: "parcels",
                row: i64::from(numbers.id.0),
                column: "project, unit",
                why: error.to_string(),
            };
            Code::new(text).map_err(fault)
        };
        Err(StoreError::Exists(Box::new(ParcelKey {
            project: code(parcel.project)?,
            unit: code(parcel.unit)?,
            sheet: parcel.sheet.to_owned(),
            number: parcel.number.to_owned(),
        })))
    })
}

/// What the rows of an import name: projects and units that are there, holders that are added.
struct Names<'s, 'c> {
    sql: &'s Session<'c>,
    units_on: Day,
    /// Number of the next row.
    next: u32,
    projects: HashMap<String, u32>,
    units: HashMap<String, u32>,
    holders: Holders,
}

impl<'s, 'c> Names<'s, 'c> {
    fn new(sql: &'s Session<'c>, entry: &Entry, first: u32) -> StoreResult<Self> {
        let holders = Holders::new(reference::next_number(sql, "holders")?);
        let (projects, units) = (HashMap::new(), HashMap::new());
        Ok(Self { sql, units_on: entry.units_on, next: first, projects, units, holders })
    }

    /// Rows with their numbers; new holders are written.
    fn numbered<'p>(&mut self, runs: &'p [PackedParcels]) -> StoreResult<Vec<Row<'p>>> {
        let (mut rows, mut new) = (Vec::new(), Vec::new());
        for parcel in runs.iter().flat_map(PackedParcels::iter) {
            let project = known(&mut self.projects, parcel.project, |code| {
                reference::project_number(self.sql, code)?
                    .ok_or_else(|| StoreError::NoProject(code.to_owned()))
            })?;
            // The unit that has the code on the day, else the last one that had it.
            let unit = known(&mut self.units, parcel.unit, |code| {
                let number = reference::unit_number(self.sql, code, self.units_on)?;
                number.ok_or_else(|| StoreError::NoUnit(code.to_owned()))
            })?;
            let numbers = Numbers {
                id: ParcelId(self.next),
                project: ProjectId(project),
                unit: UnitId(unit),
                holder: parcel.holder.map(|name| self.holders.number(name, &mut new)),
            };
            rows.push((numbers, parcel));
            self.next += 1;
        }
        add_holders(self.sql, &new)?;
        Ok(rows)
    }
}

fn add_holders(sql: &Session<'_>, holders: &[(u32, &str)]) -> StoreResult<()> {
    if holders.is_empty() {
        return Ok(());
    }
    let copy = "COPY holders (fid, name) FROM STDIN (FORMAT binary)";
    sql.copy(copy, &[Type::INT4, Type::TEXT], &mut |write| {
        holders.iter().try_for_each(|(number, name)| write(&[&signed(*number), name]))
    })
}

/// What the new rows take over from the parcel before them.
struct Parent {
    numbers: Numbers,
    key: ParcelKey,
    planned: Option<Day>,
    land_use: String,
}

/// Adds parcels that take the place of another: what seals them, and the number of the first.
///
/// # Errors
/// [`StoreError::Exists`] when a number is there already; [`StoreError::Backend`] when the database refuses.
pub fn form(
    sql: &Session<'_>,
    entry: &Entry,
    parent: ParcelId,
    parts: &[FormedParcel],
) -> StoreResult<(Seal, u32)> {
    let parent = self::parent(sql, parent)?;
    let first = reference::next_number(sql, "parcels")?;
    let made: Vec<Parcel> = parts
        .iter()
        .map(|part| Parcel {
            key: ParcelKey { sheet: part.sheet.clone(), number: part.number.clone(), ..parent.key.clone() },
            land_use: parent.land_use.clone(),
            total_area: part.total_area,
            recovered_area: part.recovered_area,
            declared_area: None,
            holder: None,
            planned_day: parent.planned,
            geometry: part.geometry.clone(),
        })
        .collect();
    let runs: Vec<PackedParcels> = PackedParcels::runs_of(&made).collect();
    let numbered = |(id, parcel)| (Numbers { id: ParcelId(id), ..parent.numbers }, parcel);
    let rows: Vec<Row<'_>> = (first..).zip(runs.iter().flat_map(PackedParcels::iter)).map(numbered).collect();
    let mut seal = Seal::default();
    add(sql, entry.day, &rows, &mut seal)?;
    Ok((seal, first))
}

fn parent(sql: &Session<'_>, id: ParcelId) -> StoreResult<Parent> {
    let find =
        "SELECT p.fid, p.project, p.unit, p.holder, p.planned_on, p.land_use, j.code, u.code FROM parcels p
        JOIN projects j ON j.fid = p.project JOIN units u ON u.fid = p.unit WHERE p.fid = $1";
    let row = sql.one(find, &[&signed(id.0)])?.ok_or(StoreError::NoParcel(id))?;
    let code = |column: usize| {
        let fault = |why: String| StoreError::Row {
            table: "parcels",
            row: i64::from(id.0),
            column: "project, unit",
            why,
        };
        Code::new(super::cells::cell(&row, column)?).map_err(|error| fault(error.to_string()))
    };
    let holder = super::cells::cell::<Option<i32>>(&row, 3)?;
    Ok(Parent {
        numbers: Numbers {
            id,
            project: ProjectId(number(&row, 1)?),
            unit: UnitId(number(&row, 2)?),
            holder: holder.map(|holder| HolderId(holder.unsigned_abs())),
        },
        planned: super::cells::day(&row, "parcels", 4, "planned_on")?,
        land_use: super::cells::cell(&row, 5)?,
        key: ParcelKey { project: code(6)?, unit: code(7)?, sheet: String::new(), number: String::new() },
    })
}
