//! Layers of parcels and patches as Mapbox Vector Tiles: those that must be fast.
//!
//! ```text
//! drawing ─► values numbered, one after the other ─► parts: features, on all processors ─► one layer
//! ```
//! Values that repeat are found by table, not by hash: each kind has a table from its small numbers to the numbers of
//! values, emptied by counting up.

use super::{
    commands::Commands,
    drawing::{Drawing, Part, each},
    mvt::{self, Value, Values},
    packed::Packed,
    pool::Pool,
    rows::{ABSENT, Kind, Row, Schema},
    shape::GeometryKind,
};
use crate::{
    analysis::View,
    domain::{SquareMetres, Standing},
};

static ROOMS: Pool<Room> = Pool::new();
/// A room with parts of more features than this is not kept: one large tile must not hold it for ever.
const LARGE: usize = 512;

/// Writes what is drawn, whose cells are numbers of values afterwards.
pub fn write(view: &View, schema: &Schema, drawing: &mut Drawing, tile: &mut Vec<u8>) {
    if drawing.len() > 0 {
        ROOMS.with(|room| room.written.len() < LARGE, |room| room.write(view, schema, drawing, tile));
    }
}

/// What a tile is made in.
#[derive(Debug, Default)]
struct Room {
    tables: Tables,
    written: Vec<Written>,
}

/// The features of a part.
#[derive(Debug, Default)]
struct Written {
    commands: Commands,
    tags: Packed,
    features: Vec<u8>,
    areas: Vec<u8>,
}

impl Room {
    fn write(&mut self, view: &View, schema: &Schema, drawing: &mut Drawing, tile: &mut Vec<u8>) {
        self.tables.begin(view);
        for part in drawing.parts_mut() {
            part.rows.iter_mut().for_each(|row| self.tables.number(view, schema, row));
        }
        let (parts, first_area) = (drawing.parts(), self.tables.values.count());
        if self.written.len() < parts.len() {
            self.written.resize_with(parts.len(), Written::default);
        }
        let written = &mut self.written[..parts.len()];
        each(written, |number, written| written.write(schema, &parts[number], first_area));
        let features: Vec<&[u8]> = written.iter().map(|part| &part.features[..]).collect();
        let common = std::iter::once(self.tables.values.bytes());
        let values: Vec<&[u8]> = common.chain(written.iter().map(|part| &part.areas[..])).collect();
        mvt::layer(tile, (schema.name, schema.extent, schema.fields), &features, &values);
    }
}

impl Written {
    /// Writes the features; areas, of which hardly two are the same, are numbered in their order from `first_area`.
    fn write(&mut self, schema: &Schema, part: &Part, first_area: u32) {
        self.features.clear();
        self.areas.clear();
        let area = schema.kinds.iter().position(|kind| *kind == Kind::Area);
        for ((row, rings), rank) in part.rows.iter().zip(part.shapes()).zip(first_area + part.before..) {
            if let Some(key) = area {
                mvt::double(&mut self.areas, SquareMetres::from_tenths(u64::from(row.cells[key])).get());
            }
            self.tags.begin(schema.kinds.len() * 2);
            for (key, cell) in row.cells[..schema.kinds.len()].iter().enumerate() {
                let number = if Some(key) == area { rank } else { *cell };
                if number != ABSENT {
                    self.tags.put(key as u32);
                    self.tags.put(number);
                }
            }
            let geometry = self.commands.of(GeometryKind::Polygon, rings);
            let id = u64::from(row.id);
            mvt::feature(&mut self.features, id, GeometryKind::Polygon, self.tags.bytes(), geometry);
        }
    }
}

/// From small numbers to values' numbers, for one tile at a time.
#[derive(Debug, Default)]
struct Table {
    round: u32,
    entries: Vec<(u32, u32)>,
}

impl Table {
    fn begin(&mut self, round: u32, size: usize) {
        self.round = round;
        if self.entries.len() < size {
            self.entries.resize(size, (0, 0));
        }
    }

    fn get(&mut self, key: u32, write: impl FnOnce() -> u32) -> u32 {
        if self.entries.len() <= key as usize {
            self.entries.resize(key as usize + 1, (0, 0));
        }
        let entry = &mut self.entries[key as usize];
        if entry.0 != self.round {
            *entry = (self.round, write());
        }
        entry.1
    }
}

/// A table for each kind but areas, and the values that they lead to.
#[derive(Debug, Default)]
struct Tables {
    round: u32,
    projects: Table,
    units: Table,
    texts: Table,
    land_uses: Table,
    stages: Table,
    laws: Table,
    /// Days and numbers of parcels.
    days: Table,
    bools: Table,
    values: Values,
}

impl Tables {
    fn begin(&mut self, view: &View) {
        let (snapshot, parcels) = (&view.snapshot, view.snapshot.parcels());
        self.round = self.round.wrapping_add(1).max(1);
        let round = self.round;
        self.projects.begin(round, snapshot.projects().len());
        self.units.begin(round, snapshot.units().len());
        self.texts.begin(round, parcels.texts().len());
        self.land_uses.begin(round, parcels.land_uses().len());
        self.stages.begin(round, Standing::COUNT);
        self.laws.begin(round, snapshot.law().laws().len());
        self.days.begin(round, usize::from(u16::MAX) + 1);
        self.bools.begin(round, 2);
        self.values.clear();
    }

    /// Puts the numbers of values in the place of what a row says.
    fn number(&mut self, view: &View, schema: &Schema, row: &mut Row) {
        let values = &mut self.values;
        for (cell, kind) in row.cells.iter_mut().zip(schema.kinds) {
            let symbol = *cell;
            if symbol == ABSENT {
                continue;
            }
            let table = match kind {
                Kind::Area => continue,
                Kind::Day | Kind::Count => &mut self.days,
                Kind::Bool => &mut self.bools,
                Kind::Text => &mut self.texts,
                Kind::Project => &mut self.projects,
                Kind::Unit => &mut self.units,
                Kind::LandUse => &mut self.land_uses,
                Kind::Standing => &mut self.stages,
                Kind::Law => &mut self.laws,
            };
            *cell = table.get(symbol, || {
                values.push(match kind {
                    Kind::Day | Kind::Count | Kind::Area => Value::Int(i64::from(symbol)),
                    Kind::Bool => Value::Bool(symbol != 0),
                    _ => Value::Text(kind.text(view, symbol)),
                })
            });
        }
    }
}
