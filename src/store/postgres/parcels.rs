//! Adds the rows of parcels: all of an import in one copy, each sealed as it is written.

use std::collections::{HashMap, HashSet};

use tokio_postgres::types::Type;

use super::{
    cells::{Date, Raw, ewkb, number, signed},
    reference,
    session::Session,
};
use crate::{
    domain::{Code, Day, HolderId, Parcel, ParcelId, ParcelKey, ProjectId, SquareMetres, UnitId},
    store::{
        Entry, FormedParcel, StoreError, StoreResult,
        ledger::encoding::{self, ParcelRow, Seal, area_wkb},
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

/// Adds parcels, listed on the entry's day: what seals them, and the number of the first.
///
/// # Errors
/// [`StoreError::NoProject`] or [`StoreError::NoUnit`] when a parcel names one that is not there;
/// [`StoreError::Exists`] when a parcel is there already; [`StoreError::Backend`] when the database refuses.
pub fn import(sql: &Session<'_>, entry: &Entry, parcels: &[Parcel]) -> StoreResult<(Seal, u32)> {
    let first = reference::next_number(sql, "parcels")?;
    let numbers = numbers(sql, entry, parcels, first)?;
    let rows: Vec<_> = numbers.into_iter().zip(parcels).collect();
    Ok((add(sql, entry.day, &rows)?, first))
}

/// Adds rows, unless one of them is there already.
fn add(sql: &Session<'_>, day: Day, rows: &[(Numbers, &Parcel)]) -> StoreResult<Seal> {
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
    let (mut seal, day) = (Seal::default(), Date::from(day));
    sql.copy(copy, &types, &mut |write| {
        for (numbers, parcel) in rows {
            let Numbers { id, project, unit, holder } = *numbers;
            let wkb = area_wkb(&parcel.geometry);
            let fault = |why| StoreError::Row { table: "parcels", row: i64::from(id.0), column: "geom", why };
            write(&[
                &signed(id.0),
                &signed(project.0),
                &signed(unit.0),
                &parcel.key.sheet,
                &parcel.key.number,
                &parcel.land_use,
                &parcel.recovered_area.get(),
                &parcel.total_area.get(),
                &parcel.declared_area.map(SquareMetres::get),
                &holder.map(|holder| signed(holder.0)),
                &parcel.planned_day.map(Date::from),
                &day,
                &Raw(&ewkb(&wkb).map_err(fault)?),
            ])?;
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
                wkb: &wkb,
            };
            seal.row(id.0, |bytes| encoding::parcel(bytes, &row));
        }
        Ok(())
    })?;
    Ok(seal)
}

/// Refuses the first parcel that comes twice or is there already: the copy itself would end the transaction.
fn are_new(sql: &Session<'_>, rows: &[(Numbers, &Parcel)]) -> StoreResult<()> {
    let mut own = HashSet::new();
    let key = |(numbers, parcel): &(Numbers, &Parcel)| {
        (numbers.project.0, numbers.unit.0, parcel.key.sheet.clone(), parcel.key.number.clone())
    };
    let twice = rows.iter().position(|row| !own.insert(key(row)));
    let projects: Vec<i32> = rows.iter().map(|(numbers, _)| signed(numbers.project.0)).collect();
    let units: Vec<i32> = rows.iter().map(|(numbers, _)| signed(numbers.unit.0)).collect();
    let sheets: Vec<&str> = rows.iter().map(|(_, parcel)| parcel.key.sheet.as_str()).collect();
    let all: Vec<&str> = rows.iter().map(|(_, parcel)| parcel.key.number.as_str()).collect();
    let find = "SELECT n.place::integer FROM unnest($1::integer[], $2::integer[], $3::text[], $4::text[])
        WITH ORDINALITY AS n (project, unit, sheet, number, place)
        WHERE EXISTS (SELECT 1 FROM parcels p WHERE p.project = n.project AND p.unit = n.unit AND p.sheet = n.sheet
        AND p.number = n.number AND CASE WHEN p.ended_on IS NULL THEN 0 ELSE p.fid END = 0)
        ORDER BY n.place LIMIT 1";
    let there = sql.one(find, &[&projects, &units, &sheets, &all])?;
    let there = there.map(|row| number(&row, 0)).transpose()?.map(|index| index as usize - 1);
    let first = twice.into_iter().chain(there).min().and_then(|index| rows.get(index));
    first.map_or(Ok(()), |(_, parcel)| Err(StoreError::Exists(Box::new(parcel.key.clone()))))
}

/// The numbers of what each row names; holders are added.
fn numbers(sql: &Session<'_>, entry: &Entry, parcels: &[Parcel], first: u32) -> StoreResult<Vec<Numbers>> {
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
            project: ProjectId(project),
            unit: UnitId(unit),
            holder: parcel.holder.as_deref().map(|name| holders.number(name)),
        });
    }
    holders.add(sql)?;
    Ok(numbers)
}

/// What was looked up once.
fn known<'p>(
    all: &mut HashMap<&'p str, u32>,
    code: &'p str,
    find: impl FnOnce() -> StoreResult<u32>,
) -> StoreResult<u32> {
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
    fn after(sql: &Session<'_>) -> StoreResult<Self> {
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

    fn add(&self, sql: &Session<'_>) -> StoreResult<()> {
        if self.names.is_empty() {
            return Ok(());
        }
        let copy = "COPY holders (fid, name) FROM STDIN (FORMAT binary)";
        sql.copy(copy, &[Type::INT4, Type::TEXT], &mut |write| {
            (self.first..).zip(&self.names).try_for_each(|(number, name)| write(&[&signed(number), name]))
        })
    }
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
    let numbered = |(id, parcel)| (Numbers { id: ParcelId(id), ..parent.numbers }, parcel);
    let rows: Vec<_> = (first..).zip(&made).map(numbered).collect();
    Ok((add(sql, entry.day, &rows)?, first))
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
