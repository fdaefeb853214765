//! States of parcels before their events: what the past is read from.
//!
//! A state is 34 bytes and, where there are any, the marks as JSON: nine days
//! (2 bytes each, 0xFFFF = never), money in đồng (8), version (8).

use super::StoreError;
use crate::domain::{Day, LedgerPosition, Marks, ParcelId, Record, Stage, StageDays, Vnd};

const FIXED: usize = 34;
const NEVER: u16 = u16::MAX;

/// The bytes of a record.
///
/// # Errors
/// Marks that can't be written as JSON.
pub fn encode(record: &Record) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = Vec::with_capacity(FIXED);
    for stage in Stage::ALL {
        bytes.extend_from_slice(&record.days.get(stage).map_or(NEVER, Day::number).to_le_bytes());
    }
    bytes.extend_from_slice(&record.approved.0.to_le_bytes());
    bytes.extend_from_slice(&record.version.0.to_le_bytes());
    if !record.marks.is_empty() {
        serde_json::to_writer(&mut bytes, &record.marks)?;
    }
    Ok(bytes)
}

/// The record that bytes say.
pub fn decode(bytes: &[u8]) -> Result<Record, String> {
    let fixed = bytes.get(..FIXED).ok_or("shorter than a state")?;
    let mut days = StageDays::default();
    for (stage, cell) in Stage::ALL.into_iter().zip(fixed.as_chunks::<2>().0) {
        days.set(stage, Day::from_cell(u16::from_le_bytes(*cell)));
    }
    let number = |from: usize| u64::from_le_bytes(std::array::from_fn(|i| fixed[from + i]));
    let marks = match &bytes[FIXED..] {
        [] => Marks::default(),
        json => serde_json::from_slice(json).map_err(|e| e.to_string())?,
    };
    Ok(Record { days, approved: Vnd(number(18)), marks, version: LedgerPosition(number(26)) })
}

/// What the row of a parcel with this record says in its column `marks`.
pub fn marks_text(record: &Record) -> Result<Option<String>, StoreError> {
    let text = |marks| {
        serde_json::to_string(marks).map_err(|e| StoreError::Backend(format!("marks can't be written: {e}")))
    };
    if record.marks.is_empty() { Ok(None) } else { text(&record.marks).map(Some) }
}

/// Finds the index of a parcel, if it is to be told of.
pub type Find<'a> = &'a (dyn Fn(ParcelId) -> Option<u32> + Sync);

/// Which indexes came before.
#[derive(Default)]
pub struct Seen(Vec<u64>);

impl Seen {
    /// Whether it comes for the first time.
    pub fn first(&mut self, index: u32) -> bool {
        let (word, bit) = (index as usize / 64, 1u64 << (index % 64));
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        let new = self.0[word] & bit == 0;
        self.0[word] |= bit;
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_comes_back_from_its_bytes() {
        let mut record = Record { approved: Vnd(1_500_000), version: LedgerPosition(7), ..Record::default() };
        record.days.set(Stage::Notice, Day::from_number(20_000).ok());
        assert_eq!(encode(&record).unwrap().len(), FIXED);
        assert_eq!(decode(&encode(&record).unwrap()), Ok(record.clone()));
        record.marks.ended = Day::from_number(20_100).ok();
        assert_eq!(decode(&encode(&record).unwrap()), Ok(record));
        assert!(decode(&[0; 12]).is_err());
    }
}
