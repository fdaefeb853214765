//! The other layers, which are small: features with values, put into columns when all are there.

use std::collections::HashMap;

use super::{
    geometries::Geometries,
    streams::{Columns, column, stream},
};
use crate::tile::{
    grid::{EXTENT, Point},
    mvt::{Keys, Value},
    shape::GeometryKind,
};

/// A value that is kept until its column is written.
#[derive(Debug, Clone, PartialEq)]
enum Kept {
    Text(String),
    Number(f64),
    Bool(bool),
}

/// A layer of features being written.
#[derive(Debug)]
pub struct Table {
    name: &'static str,
    keys: Keys,
    kind: GeometryKind,
    ids: Vec<u64>,
    rows: Vec<Vec<Option<Kept>>>,
    geometries: Geometries,
}

impl Table {
    /// A layer of geometries of one kind whose features have these attributes.
    pub fn new(name: &'static str, keys: Keys, kind: GeometryKind) -> Self {
        Self { name, keys, kind, ids: Vec::new(), rows: Vec::new(), geometries: Geometries::default() }
    }

    /// Adds a feature: its values in the order of the attributes, none for one that it has not.
    pub fn feature<'a>(
        &mut self,
        id: u64,
        values: &[Option<Value<'_>>],
        paths: impl Iterator<Item = (bool, &'a [Point])>,
    ) {
        let kept = |value: &Option<Value<'_>>| {
            value.as_ref().map(|value| match value {
                Value::Text(text) => Kept::Text((*text).to_owned()),
                Value::Double(number) => Kept::Number(*number),
                Value::Int(number) => Kept::Number(*number as f64),
                Value::Bool(yes) => Kept::Bool(*yes),
            })
        };
        self.ids.push(id);
        self.rows.push(values.iter().map(kept).collect());
        self.geometries.push(paths);
    }

    /// Appends the layer to a tile; an empty layer is left out.
    pub fn finish(mut self, tile: &mut Vec<u8>) {
        if self.ids.is_empty() {
            return;
        }
        let mut columns = Columns::default();
        columns.ids(self.ids.iter().copied());
        self.geometries.write(self.kind, &mut columns);
        for (at, (name, _)) in self.keys.iter().enumerate() {
            let all = self.rows.iter().map(|row| row.get(at).and_then(Option::as_ref));
            let Some(first) = all.clone().flatten().next() else { continue };
            let type_of_column = match first {
                Kept::Text(_) => column::STR,
                Kept::Number(_) => column::F64,
                Kept::Bool(_) => column::BOOL,
            };
            columns.attribute(type_of_column, name, all.clone().map(|value| value.is_some()));
            let known = all.flatten();
            match first {
                Kept::Text(_) => texts(&mut columns, known),
                Kept::Number(_) => columns.doubles(known.map(|value| match value {
                    Kept::Number(number) => *number,
                    _ => f64::NAN,
                })),
                Kept::Bool(_) => columns.bits(stream::DATA, known.map(|value| *value == Kept::Bool(true))),
            }
        }
        columns.finish(self.name, EXTENT as u32, tile);
    }
}

fn texts<'a>(columns: &mut Columns, values: impl Iterator<Item = &'a Kept>) {
    let (mut known, mut lengths, mut all) = (HashMap::new(), Vec::new(), Vec::new());
    let mut places = Vec::new();
    for value in values {
        let text = if let Kept::Text(text) = value { text.as_str() } else { "" };
        places.push(*known.entry(text).or_insert_with(|| {
            lengths.push(text.len() as u32);
            all.extend_from_slice(text.as_bytes());
            lengths.len() as u32 - 1
        }));
    }
    columns.dictionary(&lengths, &all, places.into_iter());
}
