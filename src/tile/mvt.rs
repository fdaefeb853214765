//! Writes Mapbox Vector Tiles, version 2.1: protocol buffers by hand, because
//! a tile of ten thousand parcels must be made in a few milliseconds.

use std::collections::HashMap;

/// Kind of a feature's geometry.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub enum GeometryKind {
    /// Point.
    Point = 1,
    /// Line.
    Line = 2,
    /// Polygon.
    Polygon = 3,
}

/// A value of an attribute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Text.
    Text(&'a str),
    /// Number.
    Double(f64),
    /// Whole number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
}

/// What layers are written into; kept between layers, since fresh memory costs
/// more than what is written there.
#[derive(Debug, Default)]
pub struct Buffers {
    values: Vec<u8>,
    features: Vec<u8>,
    feature: Vec<u8>,
}

/// Writes one layer.
#[derive(Debug)]
pub struct LayerWriter {
    name: &'static str,
    keys: &'static [(&'static str, &'static str)],
    value_count: u32,
    known: HashMap<Vec<u8>, u32>,
    feature_count: usize,
    buffers: Buffers,
}

impl LayerWriter {
    /// A layer whose features have these attributes (name, type), named by their rank.
    pub fn new(name: &'static str, keys: &'static [(&'static str, &'static str)]) -> Self {
        Self::within(Buffers::default(), name, keys)
    }

    /// The same, written into `buffers`.
    pub fn within(
        mut buffers: Buffers,
        name: &'static str,
        keys: &'static [(&'static str, &'static str)],
    ) -> Self {
        buffers.values.clear();
        buffers.features.clear();
        Self { name, keys, value_count: 0, known: HashMap::new(), feature_count: 0, buffers }
    }

    /// Writes a value and gives its number, without looking whether it is known.
    pub fn push_value(&mut self, value: Value<'_>) -> u32 {
        let values = &mut self.buffers.values;
        values.push(4 << 3 | 2);
        match value {
            Value::Text(text) => {
                varint(values, (1 + varint_len(text.len() as u64) + text.len()) as u64);
                bytes(values, 1, text.as_bytes());
            }
            Value::Double(number) => {
                values.extend([9, 3 << 3 | 1]);
                values.extend(number.to_le_bytes());
            }
            Value::Int(number) => {
                let number = ((number << 1) ^ (number >> 63)).cast_unsigned();
                varint(values, (1 + varint_len(number)) as u64);
                values.push(6 << 3);
                varint(values, number);
            }
            Value::Bool(yes) => values.extend([2, 7 << 3, u8::from(yes)]),
        }
        self.value_count += 1;
        self.value_count - 1
    }

    /// The number of a value, written once.
    pub fn value(&mut self, value: Value<'_>) -> u32 {
        let start = self.buffers.values.len();
        let number = self.push_value(value);
        let values = &mut self.buffers.values;
        if let Some(known) = self.known.get(&values[start..]) {
            values.truncate(start);
            self.value_count -= 1;
            return *known;
        }
        self.known.insert(values[start..].to_vec(), number);
        number
    }

    /// Writes a feature; `tags` are pairs of key rank and value number.
    pub fn feature(&mut self, id: u64, kind: GeometryKind, tags: &[u32], geometry: &[u32]) {
        let body = &mut self.buffers.feature;
        body.clear();
        body.push(1 << 3);
        varint(body, id);
        packed(body, 2, tags);
        body.extend([3 << 3, kind as u8]);
        packed(body, 4, geometry);
        bytes(&mut self.buffers.features, 2, body);
        self.feature_count += 1;
    }

    /// Appends the layer to a tile and gives the buffers back; an empty layer is left out.
    pub fn finish(self, tile: &mut Vec<u8>) -> Buffers {
        if self.feature_count == 0 {
            return self.buffers;
        }
        let mut head = vec![15 << 3, 2];
        bytes(&mut head, 1, self.name.as_bytes());
        let mut keys = Vec::new();
        self.keys.iter().for_each(|(key, _)| bytes(&mut keys, 3, key.as_bytes()));
        let mut tail = vec![5 << 3];
        varint(&mut tail, super::grid::EXTENT as u64);
        let parts = [&head, &self.buffers.features, &keys, &self.buffers.values, &tail];
        tile.push(3 << 3 | 2);
        varint(tile, parts.iter().map(|part| part.len() as u64).sum());
        tile.reserve(parts.iter().map(|part| part.len()).sum());
        parts.iter().for_each(|part| tile.extend_from_slice(part));
        self.buffers
    }
}

fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// ⌈bits / 7⌉ without a division.
fn varint_len(number: u64) -> usize {
    (64 - (number | 1).leading_zeros() as usize) * 9 / 64 + 1
}

fn bytes(out: &mut Vec<u8>, field: u8, content: &[u8]) {
    out.push(field << 3 | 2);
    varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

fn packed(out: &mut Vec<u8>, field: u8, numbers: &[u32]) {
    out.push(field << 3 | 2);
    let length = numbers.iter().map(|number| varint_len(u64::from(*number))).sum::<usize>();
    varint(out, length as u64);
    let start = out.len();
    out.resize(start + length, 0);
    let mut room = out[start..].iter_mut();
    for &(mut number) in numbers {
        loop {
            let more = number >= 0x80;
            if let Some(byte) = room.next() {
                *byte = number as u8 | if more { 0x80 } else { 0 };
            }
            if !more {
                break;
            }
            number >>= 7;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_reader_finds_what_was_written() {
        let mut layer = LayerWriter::new(
            "parcels",
            &[("use", "String"), ("area", "Number"), ("d1", "Number"), ("cleared", "Boolean")],
        );
        let text = layer.value(Value::Text("đất lúa"));
        let number = layer.value(Value::Double(12.5));
        let day = layer.value(Value::Int(-20_000));
        let yes = layer.value(Value::Bool(true));
        assert_eq!(layer.value(Value::Text("đất lúa")), text);
        layer.feature(7, GeometryKind::Point, &[0, text, 1, number, 2, day, 3, yes], &[9, 50, 34]);
        let mut tile = Vec::new();
        layer.finish(&mut tile);
        let read = mlt_core::mvt::mvt_to_tile_layers(&tile).unwrap();
        let text = format!("{read:?}");
        assert!(text.contains("đất lúa") && text.contains("12.5") && text.contains("-20000"), "{text}");
    }

    #[test]
    fn numbers_take_as_many_bytes_as_was_reckoned() {
        for bits in 0..64 {
            for number in [(1u64 << bits) - 1, 1 << bits] {
                let mut out = Vec::new();
                varint(&mut out, number);
                assert_eq!(varint_len(number), out.len(), "{number}");
            }
        }
    }

    #[test]
    fn a_layer_without_features_is_left_out() {
        let mut tile = Vec::new();
        LayerWriter::new("units", &[]).finish(&mut tile);
        assert!(tile.is_empty());
    }
}
