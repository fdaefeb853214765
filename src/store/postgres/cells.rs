//! Cells of rows: days as dates, geometries as PostGIS takes and gives them, numbers as the engine counts.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use tokio_postgres::{
    Row,
    types::{FromSql, IsNull, ToSql, Type, to_sql_checked},
};

use crate::{
    domain::{Day, LedgerPosition},
    store::StoreError,
};

/// Days from 1970-01-01, where days count from here, to 2000-01-01, where the engine's do.
const EPOCH: i32 = 10_957;

/// A cell of type `date`: days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date(pub i32);

impl From<Day> for Date {
    fn from(day: Day) -> Self {
        Self(i32::from(day.number()))
    }
}

impl Date {
    /// The date that the engine counts so.
    pub fn counted(days: i32) -> Self {
        // "infinity" is the last number.
        Self(days.saturating_add(EPOCH))
    }

    /// The day, if it can be represented.
    pub fn day(self) -> Result<Day, String> {
        Day::from_number(i64::from(self.0)).map_err(|error| error.to_string())
    }
}

impl ToSql for Date {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.put_i32(self.0 - EPOCH);
        Ok(IsNull::No)
    }

    fn accepts(of: &Type) -> bool {
        *of == Type::DATE
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Date {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self::counted(i32::from_be_bytes(raw.try_into()?)))
    }

    fn accepts(of: &Type) -> bool {
        *of == Type::DATE
    }
}

/// A cell whose bytes are as they are sent: WKB for a geometry, text for JSON.
#[derive(Debug)]
pub struct Raw<'a>(pub &'a [u8]);

impl ToSql for Raw<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.put_slice(self.0);
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// WKB with the number of WGS 84 in it, as PostGIS takes it in a copy (EWKB): little-endian only.
///
/// # Errors
/// Text for [`StoreError::Row`] when the bytes are no little-endian WKB.
pub fn ewkb(wkb: &[u8]) -> Result<Vec<u8>, String> {
    let (kind, rest) = match wkb {
        [1, a, b, c, d, rest @ ..] => (u32::from_le_bytes([*a, *b, *c, *d]), rest),
        _ => return Err("is no little-endian WKB".to_owned()),
    };
    let mut bytes = Vec::with_capacity(wkb.len() + 4);
    bytes.push(1);
    bytes.extend_from_slice(&(kind | 0x2000_0000).to_le_bytes());
    bytes.extend_from_slice(&4326u32.to_le_bytes());
    bytes.extend_from_slice(rest);
    Ok(bytes)
}

/// A number of a row as the engine counts.
pub fn signed(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// A position as the engine counts.
pub fn position(position: LedgerPosition) -> i64 {
    i64::try_from(position.0).unwrap_or(i64::MAX)
}

/// A cell.
///
/// # Errors
/// [`StoreError::Backend`] when the column has another type than this program's schema gives it.
pub fn cell<'r, T: FromSql<'r>>(row: &'r Row, column: usize) -> Result<T, StoreError> {
    row.try_get(column).map_err(Into::into)
}

/// A number of a row.
///
/// # Errors
/// As [`cell`].
pub fn number(row: &Row, column: usize) -> Result<u32, StoreError> {
    Ok(cell::<i32>(row, column)?.unsigned_abs())
}

/// A day that may be missing.
///
/// # Errors
/// As [`cell`], and a day out of the range that can be represented.
pub fn day(
    row: &Row,
    table: &'static str,
    column: usize,
    name: &'static str,
) -> Result<Option<Day>, StoreError> {
    let Some(date) = cell::<Option<Date>>(row, column)? else { return Ok(None) };
    date.day().map(Some).map_err(|why| StoreError::Row { table, row: first(row), column: name, why })
}

/// The number in a row's first column, to tell which row it is.
pub fn first(row: &Row) -> i64 {
    let small = || row.try_get::<_, i32>(0).map(i64::from);
    row.try_get::<_, i64>(0).or_else(|_| small()).unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates_of_the_engine() {
        let mut sent = BytesMut::new();
        let day = Day::parse("2000-01-01").unwrap();
        assert!(matches!(Date::from(day).to_sql(&Type::DATE, &mut sent), Ok(IsNull::No)));
        assert_eq!(sent[..], [0; 4]);
        assert_eq!(Date::from_sql(&Type::DATE, &sent).unwrap().day(), Ok(day));
        assert!(Date::from_sql(&Type::DATE, &i32::MAX.to_be_bytes()).unwrap().day().is_err());
    }

    #[test]
    fn wkb_gets_the_number_of_its_reference_system() {
        assert_eq!(ewkb(&[1, 6, 0, 0, 0, 9]).unwrap(), [1, 6, 0, 0, 32, 0xE6, 0x10, 0, 0, 9]);
        assert!(ewkb(&[0, 0, 0, 0, 6]).is_err() && ewkb(&[1]).is_err());
    }
}
