//! Writes Mapbox Vector Tiles, version 2.1: protocol buffers by hand, because
//! a tile of ten thousand parcels must be made in a few milliseconds.

use std::collections::HashMap;

use super::{
    commands::Commands,
    grid::Point,
    packed::{Packed, varint, varint_len, zigzag_long},
    shape::GeometryKind,
};

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

/// Names of a layer's attributes with their types in `TileJSON` words.
pub type Keys = &'static [(&'static str, &'static str)];

/// Writes a layer of features.
#[derive(Debug)]
pub struct LayerWriter {
    name: &'static str,
    keys: Keys,
    kind: GeometryKind,
    commands: Commands,
    known: HashMap<Vec<u8>, u32>,
    values: Values,
    tags: Packed,
    features: Vec<u8>,
}

impl LayerWriter {
    /// A layer of geometries of one kind whose features have these attributes.
    pub fn new(name: &'static str, keys: Keys, kind: GeometryKind) -> Self {
        Self {
            name,
            keys,
            kind,
            commands: Commands::default(),
            known: HashMap::new(),
            values: Values::default(),
            tags: Packed::default(),
            features: Vec::new(),
        }
    }

    /// The number of a value, written once.
    fn value(&mut self, value: Value<'_>) -> u32 {
        let start = self.values.bytes.len();
        let number = self.values.push(value);
        let written = &self.values.bytes[start..];
        if let Some(known) = self.known.get(written) {
            self.values.bytes.truncate(start);
            self.values.count -= 1;
            return *known;
        }
        self.known.insert(written.to_vec(), number);
        number
    }

    /// Adds a feature: its values in the order of the attributes, none for one that it has not.
    pub fn feature<'a>(
        &mut self,
        id: u64,
        values: &[Option<Value<'_>>],
        paths: impl Iterator<Item = (bool, &'a [Point])>,
    ) {
        self.tags.begin(values.len() * 2);
        for (key, value) in (0..).zip(values) {
            if let Some(value) = value {
                let number = self.value(*value);
                self.tags.put(key);
                self.tags.put(number);
            }
        }
        let geometry = self.commands.of(self.kind, paths);
        feature(&mut self.features, id, self.kind, self.tags.bytes(), geometry);
    }

    /// Appends the layer to a tile; an empty layer is left out.
    pub fn finish(self, tile: &mut Vec<u8>) {
        if !self.features.is_empty() {
            let extent = super::grid::EXTENT as u32;
            layer(tile, (self.name, extent, self.keys), &[&self.features], &[&self.values.bytes]);
        }
    }
}

/// Values of a layer, in the order of their numbers.
#[derive(Debug, Default)]
pub struct Values {
    bytes: Vec<u8>,
    count: u32,
}

impl Values {
    /// Forgets all values.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.count = 0;
    }

    /// What is written.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Writes a value and gives its number, without looking whether it is known.
    pub fn push(&mut self, value: Value<'_>) -> u32 {
        let values = &mut self.bytes;
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
                let number = zigzag_long(number);
                varint(values, (1 + varint_len(number)) as u64);
                values.push(6 << 3);
                varint(values, number);
            }
            Value::Bool(yes) => values.extend([2, 7 << 3, u8::from(yes)]),
        }
        self.count += 1;
        self.count - 1
    }
}

/// Writes a feature behind `out`; tags and geometry as varints.
pub fn feature(out: &mut Vec<u8>, id: u64, kind: GeometryKind, tags: &[u8], geometry: &[u8]) {
    let field = |content: &[u8]| 1 + varint_len(content.len() as u64) + content.len();
    out.push(2 << 3 | 2);
    varint(out, (1 + varint_len(id) + field(tags) + 2 + field(geometry)) as u64);
    out.push(1 << 3);
    varint(out, id);
    bytes(out, 2, tags);
    out.extend_from_slice(&[3 << 3, kind as u8]);
    bytes(out, 4, geometry);
}

/// Appends a layer of this name, units a side and attributes to a tile, its features and values from several parts.
pub fn layer(
    tile: &mut Vec<u8>,
    (name, extent, keys): (&str, u32, Keys),
    features: &[&[u8]],
    values: &[&[u8]],
) {
    let mut head = vec![15 << 3, 2];
    bytes(&mut head, 1, name.as_bytes());
    let mut names = Vec::new();
    keys.iter().for_each(|(key, _)| bytes(&mut names, 3, key.as_bytes()));
    let mut tail = vec![5 << 3];
    varint(&mut tail, u64::from(extent));
    let ends: [&[u8]; 3] = [&head, &names, &tail];
    let length: usize = ends.iter().chain(features).chain(values).map(|part| part.len()).sum();
    tile.push(3 << 3 | 2);
    varint(tile, length as u64);
    tile.reserve(length);
    tile.extend_from_slice(&head);
    features.iter().for_each(|part| tile.extend_from_slice(part));
    tile.extend_from_slice(&names);
    values.iter().for_each(|part| tile.extend_from_slice(part));
    tile.extend_from_slice(&tail);
}

fn bytes(out: &mut Vec<u8>, field: u8, content: &[u8]) {
    out.push(field << 3 | 2);
    varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_reader_finds_what_was_written() {
        let keys = &[("use", "String"), ("area", "Number"), ("d1", "Number"), ("cleared", "Boolean")];
        let mut layer = LayerWriter::new("parcels", keys, GeometryKind::Point);
        let text = Some(Value::Text("đất lúa"));
        let values = [text, Some(Value::Double(12.5)), Some(Value::Int(-20_000)), Some(Value::Bool(true))];
        layer.feature(7, &values, std::iter::once((false, &[(25, 17)][..])));
        layer.feature(8, &[text, None], std::iter::once((false, &[(26, 17)][..])));
        assert_eq!(layer.values.count, 4, "a value is written once");
        let mut tile = Vec::new();
        layer.finish(&mut tile);
        let read = mlt_core::mvt::mvt_to_tile_layers(&tile).unwrap();
        let text = format!("{read:?}");
        assert!(text.contains("đất lúa") && text.contains("12.5") && text.contains("-20000"), "{text}");
    }

    #[test]
    fn a_layer_without_features_is_left_out() {
        let mut tile = Vec::new();
        LayerWriter::new("units", &[], GeometryKind::Polygon).finish(&mut tile);
        assert!(tile.is_empty());
    }
}
