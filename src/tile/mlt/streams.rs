//! Columns and streams of a `MapLibre` Tile.

use crate::tile::packed::{varint, varint_len, zigzag, zigzag_long};

/// Types of columns; one more where values may be missing.
pub mod column {
    /// Numbers of 32 bits that name features.
    pub const ID: u8 = 0;
    /// The same of 64 bits.
    pub const LONG_ID: u8 = 2;
    /// Geometries.
    pub const GEOMETRY: u8 = 4;
    /// Yes or no.
    pub const BOOL: u8 = 10;
    /// Whole numbers of 32 bits.
    pub const U32: u8 = 18;
    /// Numbers.
    pub const F64: u8 = 26;
    /// Texts.
    pub const STR: u8 = 28;
    /// What is added where values may be missing.
    pub const OPTIONAL: u8 = 1;
}

/// Types of streams: category in the upper, kind in the lower four bits.
pub mod stream {
    /// Which features have a value.
    pub const PRESENT: u8 = 0x00;
    /// Values.
    pub const DATA: u8 = 0x10;
    /// The texts of a dictionary.
    pub const DICTIONARY: u8 = 0x11;
    /// Places.
    pub const VERTICES: u8 = 0x13;
    /// Which text of the dictionary each feature has.
    pub const STRING_OFFSETS: u8 = 0x22;
    /// Types of geometries.
    pub const TYPES: u8 = 0x30;
    /// Parts of each geometry that has several.
    pub const GEOMETRIES: u8 = 0x31;
    /// Rings of each polygon; of lines, which have none, their places.
    pub const PARTS: u8 = 0x32;
    /// Places of each ring.
    pub const RINGS: u8 = 0x33;
    /// Bytes of each text of a dictionary.
    pub const DICTIONARY_LENGTHS: u8 = 0x36;
}

/// How a stream is written: logical technique in the upper, physical in the lower two bits.
pub mod technique {
    /// As it is.
    pub const PLAIN: u8 = 0;
    const VARINT: u8 = 2;
    /// Whole numbers.
    pub const NUMBERS: u8 = VARINT;
    /// Differences of whole numbers.
    pub const DELTA: u8 = 1 << 5 | VARINT;
    /// Differences of places, x and y in turn.
    pub const BY_COMPONENT: u8 = 2 << 5 | VARINT;
    /// Runs of whole numbers.
    pub const RUNS: u8 = 3 << 5 | VARINT;
    /// Runs of bytes.
    pub const BYTE_RUNS: u8 = 3 << 5;
}

/// The columns of a layer being written; their room is kept.
#[derive(Debug, Default)]
pub struct Columns {
    heads: Vec<u8>,
    data: Vec<u8>,
    count: u64,
    spare: Vec<u8>,
    /// What the stream being written holds.
    pub payload: Vec<u8>,
}

impl Columns {
    /// Forgets all columns.
    pub fn begin(&mut self) {
        self.heads.clear();
        self.data.clear();
        self.count = 0;
    }

    /// Bytes that the room takes.
    pub fn bytes(&self) -> usize {
        self.data.capacity()
    }

    /// Begins a column; those of ids and geometries have no name.
    pub fn column(&mut self, kind: u8, name: Option<&str>) {
        self.count += 1;
        self.heads.push(kind);
        if let Some(name) = name {
            text(&mut self.heads, name);
        }
    }

    /// Says of how many streams a column of texts or geometries is.
    pub fn streams(&mut self, count: u8) {
        self.data.push(count);
    }

    /// Writes the layer.
    pub fn finish(&self, name: &str, extent: u32, tile: &mut Vec<u8>) {
        let mut head = vec![1];
        text(&mut head, name);
        varint(&mut head, u64::from(extent));
        varint(&mut head, self.count);
        let parts = [&head, &self.heads, &self.data];
        varint(tile, parts.iter().map(|part| part.len() as u64).sum());
        parts.iter().for_each(|part| tile.extend_from_slice(part));
    }

    /// A column of ids.
    pub fn ids(&mut self, ids: impl Iterator<Item = u64> + Clone) {
        let short = ids.clone().all(|id| u32::try_from(id).is_ok());
        self.column(if short { column::ID } else { column::LONG_ID }, None);
        self.payload.clear();
        let (mut before, mut count) = (0u64, 0);
        for id in ids {
            // Where ids are short their differences are too.
            let apart = id.wrapping_sub(before).cast_signed();
            varint(&mut self.payload, if short { zigzag(apart as i32).into() } else { zigzag_long(apart) });
            before = id;
            count += 1;
        }
        self.stream(stream::DATA, technique::DELTA, count);
    }

    /// Begins a column of attributes and says which features have one.
    pub fn attribute(&mut self, kind: u8, name: &str, present: impl Iterator<Item = bool> + Clone) {
        let optional = !present.clone().all(|yes| yes);
        self.column(kind | if optional { column::OPTIONAL } else { 0 }, Some(name));
        if kind == column::STR {
            self.streams(3 + u8::from(optional));
        }
        if optional {
            self.bits(stream::PRESENT, present);
        }
    }

    /// Texts as their places in a dictionary of those that occur.
    pub fn dictionary(&mut self, lengths: &[u32], texts: &[u8], places: impl Iterator<Item = u32>) {
        self.numbers(stream::DICTIONARY_LENGTHS, lengths);
        self.differences(stream::STRING_OFFSETS, places);
        self.payload.clear();
        self.payload.extend_from_slice(texts);
        self.stream(stream::DICTIONARY, technique::PLAIN, lengths.len());
    }

    /// Numbers as they are in memory.
    pub fn doubles(&mut self, numbers: impl Iterator<Item = f64>) {
        self.payload.clear();
        numbers.for_each(|number| self.payload.extend_from_slice(&number.to_le_bytes()));
        self.stream(stream::DATA, technique::PLAIN, self.payload.len() / 8);
    }

    /// Whole numbers as they are.
    pub fn numbers(&mut self, kind: u8, numbers: &[u32]) {
        self.payload.clear();
        numbers.iter().for_each(|number| varint(&mut self.payload, u64::from(*number)));
        self.stream(kind, technique::NUMBERS, numbers.len());
    }

    /// Whole numbers as the differences between them.
    pub fn differences(&mut self, kind: u8, numbers: impl Iterator<Item = u32>) {
        self.payload.clear();
        let (mut before, mut count) = (0u32, 0);
        for number in numbers {
            varint(&mut self.payload, u64::from(zigzag(number.wrapping_sub(before).cast_signed())));
            before = number;
            count += 1;
        }
        self.stream(kind, technique::DELTA, count);
    }

    /// The same number so many times.
    pub fn same(&mut self, kind: u8, number: u32, times: usize) {
        let times = times as u64;
        self.data.extend_from_slice(&[kind, technique::RUNS, 2]);
        varint(&mut self.data, (varint_len(times) + varint_len(u64::from(number))) as u64);
        varint(&mut self.data, 1);
        varint(&mut self.data, times);
        varint(&mut self.data, times);
        varint(&mut self.data, u64::from(number));
    }

    /// Yes and no as bits, eight a byte from the lowest on, and runs of these bytes.
    pub fn bits(&mut self, kind: u8, bits: impl Iterator<Item = bool>) {
        self.spare.clear();
        let mut count = 0;
        for bit in bits {
            if count % 8 == 0 {
                self.spare.push(0);
            }
            if let Some(last) = self.spare.last_mut() {
                *last |= u8::from(bit) << (count % 8);
            }
            count += 1;
        }
        self.payload.clear();
        byte_runs(&self.spare, &mut self.payload);
        self.stream(kind, technique::BYTE_RUNS, count);
    }

    /// Writes the payload as a stream of so many values.
    pub fn stream(&mut self, kind: u8, technique: u8, values: usize) {
        self.data.extend_from_slice(&[kind, technique]);
        varint(&mut self.data, values as u64);
        varint(&mut self.data, self.payload.len() as u64);
        self.data.extend_from_slice(&self.payload);
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    varint(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Runs of equal bytes (3 to 130) and of others (1 to 128), as Apache ORC writes them.
fn byte_runs(bytes: &[u8], out: &mut Vec<u8>) {
    let run = |at: usize| bytes[at..].iter().take(130).take_while(|byte| **byte == bytes[at]).count();
    let mut at = 0;
    while at < bytes.len() {
        let equal = run(at);
        if equal >= 3 {
            out.extend_from_slice(&[(equal - 3) as u8, bytes[at]]);
            at += equal;
            continue;
        }
        let from = at;
        while at < bytes.len() && at - from < 128 && run(at) < 3 {
            at += 1;
        }
        out.push((256 - (at - from)) as u8);
        out.extend_from_slice(&bytes[from..at]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_runs(mut bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        while let [control, rest @ ..] = bytes {
            let control = usize::from(*control);
            if control < 128 {
                out.extend(std::iter::repeat_n(rest[0], control + 3));
                bytes = &rest[1..];
            } else {
                out.extend_from_slice(&rest[..256 - control]);
                bytes = &rest[256 - control..];
            }
        }
        out
    }

    proptest! {
        #[test]
        fn runs_are_read_back(runs in prop::collection::vec((0u8..4, 1usize..300), 0..12)) {
            let bytes: Vec<u8> = runs.iter().flat_map(|(byte, times)| std::iter::repeat_n(*byte, *times)).collect();
            let mut out = Vec::new();
            byte_runs(&bytes, &mut out);
            prop_assert_eq!(read_runs(&out), bytes);
        }
    }
}
