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
}

impl Room {
    fn write(&mut self, view: &View, schema: &Schema, drawing: &mut Drawing, tile: &mut Vec<u8>) {
        self.tables.begin(view);
        for part in drawing.parts_mut() {
            part.rows.iter_mut().for_each(|row| self.tables.number(view, schema, row));
        }
        let parts = drawing.parts();
        if self.written.len() < parts.len() {
            self.written.resize_with(parts.len(), Written::default);
        }
        let written = &mut self.written[..parts.len()];
        each(written, |number, written| written.write(schema, &parts[number]));
        let features: Vec<&[u8]> = written.iter().map(|part| &part.features[..]).collect();
        let values = &[self.tables.values.bytes()];
        mvt::layer(tile, (schema.name, schema.extent, schema.fields), &features, values);
    }
}

impl Written {
    fn write(&mut self, schema: &Schema, part: &Part) {
        self.features.clear();
        for (row, rings) in part.rows.iter().zip(part.shapes()) {
            self.tags.begin(schema.kinds.len() * 2);
            for (key, number) in (0..).zip(&row.cells[..schema.kinds.len()]) {
                if *number != ABSENT {
                    self.tags.put(key);
                    self.tags.put(*number);
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

/// Areas below so many tenths of a square metre have a place in the table; of larger ones hardly two are the same.
const SMALL_AREAS: u32 = 1 << 17;

/// A table for each kind, and the values that they lead to.
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
    areas: Table,
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
        self.areas.begin(round, SMALL_AREAS as usize);
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
                Kind::Area if symbol >= SMALL_AREAS => {
                    *cell = values.push(Value::Double(square_metres(symbol)));
                    continue;
                }
                Kind::Area => &mut self.areas,
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
                    Kind::Day | Kind::Count => Value::Int(i64::from(symbol)),
                    Kind::Area => Value::Double(square_metres(symbol)),
                    Kind::Bool => Value::Bool(symbol != 0),
                    _ => Value::Text(kind.text(view, symbol)),
                })
            });
        }
    }
}

fn square_metres(tenths: u32) -> f64 {
    SquareMetres::from_tenths(u64::from(tenths)).get()
}
