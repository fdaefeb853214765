//! Rows that the server copies out in its binary form: what reading everything is quickest by.

use std::pin::pin;

use tokio_stream::StreamExt as _;

use super::{cells::Date, session::Session};
use crate::{domain::Day, store::StoreError};

/// How a copy begins; then come flags and what extends them, with its length.
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";

/// The cells of a row, as the server sends them; none where there is nothing.
pub type CopiedCells<'a, const N: usize> = [Option<&'a [u8]>; N];

fn broken(why: &str) -> StoreError {
    StoreError::Backend(format!("rows that were copied cannot be read: {why}"))
}

fn short<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// A row at the beginning of `bytes` and its length; none where it has not come whole.
fn row<const N: usize>(bytes: &[u8]) -> Result<Option<(CopiedCells<'_, N>, usize)>, StoreError> {
    let Some(count) = short(bytes, 0).map(i16::from_be_bytes) else { return Ok(None) };
    if usize::try_from(count) != Ok(N) {
        return Err(broken("another number of cells"));
    }
    let (mut cells, mut at) = ([None; N], 2);
    for cell in &mut cells {
        let Some(length) = short(bytes, at).map(i32::from_be_bytes) else { return Ok(None) };
        at += 4;
        if let Ok(length) = usize::try_from(length) {
            let Some(found) = bytes.get(at..at + length) else { return Ok(None) };
            *cell = Some(found);
            at += length;
        }
    }
    Ok(Some((cells, at)))
}

/// Takes rows out of what comes in pieces.
#[derive(Default)]
struct CopiedRows {
    /// What has come of a row that is not whole yet.
    part: Vec<u8>,
    has_begun: bool,
    is_over: bool,
}

impl CopiedRows {
    fn take<const N: usize>(
        &mut self,
        piece: &[u8],
        take: &mut impl FnMut(&CopiedCells<'_, N>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if self.part.is_empty() {
            // As a rule a piece is a row.
            let read = self.rows(piece, take)?;
            self.part.extend_from_slice(piece.get(read..).unwrap_or_default());
            return Ok(());
        }
        let mut whole = std::mem::take(&mut self.part);
        whole.extend_from_slice(piece);
        let read = self.rows(&whole, take)?;
        whole.drain(..read);
        self.part = whole;
        Ok(())
    }

    /// Takes the rows that are whole; how many bytes they had.
    fn rows<const N: usize>(
        &mut self,
        bytes: &[u8],
        take: &mut impl FnMut(&CopiedCells<'_, N>) -> Result<(), StoreError>,
    ) -> Result<usize, StoreError> {
        let mut at = 0;
        if !self.has_begun {
            let head = SIGNATURE.len() + 4;
            let Some(more) = short(bytes, head).map(u32::from_be_bytes) else { return Ok(0) };
            if !bytes.starts_with(SIGNATURE) {
                return Err(broken("they begin otherwise"));
            }
            at = head + 4 + more as usize;
            if bytes.len() < at {
                return Ok(0);
            }
            self.has_begun = true;
        }
        while let Some(left) = bytes.get(at..).filter(|left| !left.is_empty() && !self.is_over) {
            if left.starts_with(&[0xff, 0xff]) {
                self.is_over = true;
                return Ok(bytes.len());
            }
            let Some((cells, length)) = row(left)? else { break };
            take(&cells)?;
            at += length;
        }
        Ok(at)
    }
}

/// Takes the rows of `select` one by one, as they come.
///
/// # Errors
/// The error of `take`; [`StoreError::Gone`] or [`StoreError::Backend`] when the database can't be read.
pub fn each<const N: usize>(
    sql: &Session<'_>,
    select: &str,
    mut take: impl FnMut(&CopiedCells<'_, N>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let copy = format!("COPY ({select}) TO STDOUT (FORMAT binary)");
    sql.ask(async |client| {
        let mut pieces = pin!(client.copy_out(&copy).await?);
        let mut rows = CopiedRows::default();
        while let Some(piece) = pieces.next().await {
            rows.take(&piece?, &mut take)?;
        }
        if rows.is_over { Ok(()) } else { Err(broken("they end before their end")) }
    })
}

/// A number of four bytes.
pub fn small(cell: Option<&[u8]>) -> Result<i32, StoreError> {
    let cell = cell.and_then(|cell| cell.try_into().ok()).map(i32::from_be_bytes);
    cell.ok_or_else(|| broken("a cell is no integer"))
}

/// A number of eight bytes.
pub fn big(cell: Option<&[u8]>) -> Result<i64, StoreError> {
    let cell = cell.and_then(|cell| cell.try_into().ok()).map(i64::from_be_bytes);
    cell.ok_or_else(|| broken("a cell is no bigint"))
}

/// A measure.
pub fn real(cell: Option<&[u8]>) -> Result<f64, StoreError> {
    let cell = cell.and_then(|cell| cell.try_into().ok()).map(f64::from_be_bytes);
    cell.ok_or_else(|| broken("a cell is no measure"))
}

/// Text.
pub fn text(cell: Option<&[u8]>) -> Result<&str, StoreError> {
    let cell = cell.and_then(|cell| std::str::from_utf8(cell).ok());
    cell.ok_or_else(|| broken("a cell is no text"))
}

/// A day; none where there is nothing.
pub fn day(
    cell: Option<&[u8]>,
    (table, row, column): (&'static str, i64, &'static str),
) -> Result<Option<Day>, StoreError> {
    if cell.is_none() {
        return Ok(None);
    }
    let date = Date::counted(small(cell)?);
    date.day().map(Some).map_err(|why| StoreError::Row { table, row, column, why })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows of a number and a text; the second text is missing.
    fn copied() -> Vec<u8> {
        let mut bytes = SIGNATURE.to_vec();
        bytes.extend([0; 8]);
        bytes.extend([0, 2, 0, 0, 0, 4, 0, 0, 0, 7, 0, 0, 0, 2, b'a', b'b']);
        bytes.extend([0, 2, 0, 0, 0, 4, 0, 0, 0, 8, 0xff, 0xff, 0xff, 0xff]);
        bytes.extend([0xff, 0xff]);
        bytes
    }

    type Found = Vec<(i32, Option<String>)>;

    /// The rows, and whether they have come to their end.
    fn read(pieces: &[&[u8]]) -> Result<(Found, bool), StoreError> {
        let (mut rows, mut found) = (CopiedRows::default(), Vec::new());
        for piece in pieces {
            rows.take(piece, &mut |cells: &CopiedCells<'_, 2>| {
                let name = cells[1].map(|cell| text(Some(cell)).map(str::to_owned)).transpose()?;
                found.push((small(cells[0])?, name));
                Ok(())
            })?;
        }
        Ok((found, rows.is_over))
    }

    #[test]
    fn rows_are_the_same_however_they_are_cut() {
        let (bytes, expected) = (copied(), vec![(7, Some("ab".to_owned())), (8, None)]);
        for cut in 0..bytes.len() {
            let (first, second) = bytes.split_at(cut);
            assert_eq!(read(&[first, second]).unwrap(), (expected.clone(), true), "cut at {cut}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(read(&single).unwrap(), (expected, true));
    }

    #[test]
    fn what_is_cut_off_or_another_is_an_error_or_not_over() {
        let bytes = copied();
        assert!(!read(&[&bytes[..bytes.len() - 2]]).unwrap().1);
        let mut other = bytes.clone();
        other[SIGNATURE.len() + 9] = 3;
        assert!(read(&[&other]).is_err());
        assert!(read(&[b"another beginning of what comes"]).is_err());
    }
}
