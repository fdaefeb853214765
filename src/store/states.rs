//! States of parcels before their events: what the past is read from.
//!
//! A state is 26 bytes and, where there are any, the marks as JSON: nine days
//! (2 bytes each, 0xFFFF = never), money in đồng (8). Its version, the last
//! event about the parcel before, stands beside it: the states of a position
//! are those whose version is not after it, and whose event is.

use super::StoreError;
use crate::domain::{Day, LedgerPosition, Marks, ParcelId, Record, Stage, StageDays, Vnd};

const FIXED: usize = 26;
const NEVER: u16 = u16::MAX;

/// The bytes of a record, without its version.
///
/// # Errors
/// A `serde_json` error when marks can't be written.
pub fn encode(record: &Record) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = Vec::with_capacity(FIXED);
    for stage in Stage::ALL {
        bytes.extend_from_slice(&record.days.get(stage).map_or(NEVER, Day::number).to_le_bytes());
    }
    bytes.extend_from_slice(&record.approved.0.to_le_bytes());
    if !record.marks.is_empty() {
        serde_json::to_writer(&mut bytes, &record.marks)?;
    }
    Ok(bytes)
}

/// The record that bytes say, as the event `version` left it.
pub fn decode(bytes: &[u8], version: LedgerPosition) -> Result<Record, String> {
    let fixed = bytes.get(..FIXED).ok_or("shorter than a state")?;
    let mut days = StageDays::default();
    for (stage, cell) in Stage::ALL.into_iter().zip(fixed.as_chunks::<2>().0) {
        days.set(stage, Day::from_cell(u16::from_le_bytes(*cell)));
    }
    let money = u64::from_le_bytes(std::array::from_fn(|i| fixed[18 + i]));
    let marks = match &bytes[FIXED..] {
        [] => Marks::default(),
        json => serde_json::from_slice(json).map_err(|e| e.to_string())?,
    };
    Ok(Record { days, approved: Vnd(money), marks, version })
}

/// What the row of a parcel with this record says in its column `marks`.
pub fn marks_text(record: &Record) -> Result<Option<String>, StoreError> {
    let text = |marks| {
        serde_json::to_string(marks).map_err(|e| StoreError::Backend(format!("marks can't be written: {e}")))
    };
    if record.marks.is_empty() { Ok(None) } else { text(&record.marks).map(Some) }
}

/// Whether a parcel is to be sent.
pub type Wanted<'a> = &'a (dyn Fn(ParcelId) -> bool + Sync);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_comes_back_from_its_bytes() {
        let mut record = Record { approved: Vnd(1_500_000), version: LedgerPosition(7), ..Record::default() };
        record.days.set(Stage::Notice, Day::from_number(20_000).ok());
        assert_eq!(encode(&record).unwrap().len(), FIXED);
        assert_eq!(decode(&encode(&record).unwrap(), LedgerPosition(7)), Ok(record.clone()));
        record.marks.ended = Day::from_number(20_100).ok();
        assert_eq!(decode(&encode(&record).unwrap(), LedgerPosition(7)), Ok(record));
        assert!(decode(&[0; 12], LedgerPosition(7)).is_err());
    }
}
