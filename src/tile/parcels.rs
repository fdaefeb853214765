//! The layer of parcels: the one that must be fast.
//!
//! Values that repeat are found by table, not by hash: each column has a table
//! from its small numbers to value numbers, emptied by counting up.

use std::cell::RefCell;

use super::{
    grid::TileId,
    layer::Layer,
    mvt::{Buffers, GeometryKind, LayerWriter, Value},
    shape::GeometryEncoder,
};
use crate::{
    analysis::View,
    domain::{Day, Stage, Standing},
};

/// From a small number to a value's number, for one tile at a time.
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

    fn get(&mut self, key: usize, write: impl FnOnce() -> u32) -> u32 {
        let entry = &mut self.entries[key];
        if entry.0 != self.round {
            *entry = (self.round, write());
        }
        entry.1
    }
}

#[derive(Debug, Default)]
struct Tables {
    round: u32,
    projects: Table,
    units: Table,
    texts: Table,
    land_uses: Table,
    stages: Table,
    laws: Table,
    days: Table,
    bools: Table,
    tags: Vec<u32>,
    encoder: GeometryEncoder,
    buffers: Buffers,
}

thread_local! {
    static TABLES: RefCell<Tables> = RefCell::default();
}

/// Writes the parcels in `tile_id`.
pub fn write(view: &View, tile_id: TileId, tile: &mut Vec<u8>) {
    TABLES.with_borrow_mut(|tables| {
        tables.begin(view);
        let buffers = std::mem::take(&mut tables.buffers);
        let mut layer = LayerWriter::within(buffers, Layer::Parcels.name(), Layer::Parcels.fields());
        for parcel in view.snapshot.parcels_in(tile_id.buffered()) {
            tables.feature(view, parcel, tile_id, &mut layer);
        }
        tables.buffers = layer.finish(tile);
    });
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
    }

    fn feature(&mut self, view: &View, parcel: u32, tile_id: TileId, layer: &mut LayerWriter) {
        let (snapshot, columns, today) = (&view.snapshot, view.snapshot.parcels(), view.today);
        let ended = snapshot.marks(parcel).and_then(|marks| marks.ended);
        // What was taken back on the day of its listing was never there.
        if ended.is_some() && ended <= snapshot.days(parcel).get(Stage::Listed) {
            return;
        }
        let geometry = self.encoder.polygon(columns.arena().shape(parcel as usize), tile_id);
        if geometry.is_empty() {
            return;
        }
        let (project, unit) = (columns.project(parcel), view.unit_of(parcel));
        let (sheet, number) = (columns.sheet_symbol(parcel), columns.number_symbol(parcel));
        let land_use = columns.land_use_symbol(parcel);
        let (law, days) = (snapshot.law_index(parcel), snapshot.days(parcel));
        let project_code = || snapshot.projects()[project].project.code.as_str();
        let unit_code = || snapshot.units()[unit].unit.code.as_str();
        let tags = &mut self.tags;
        tags.clear();
        tags.extend([0, self.projects.get(project, || layer.push_value(Value::Text(project_code())))]);
        tags.extend([1, self.units.get(unit, || layer.push_value(Value::Text(unit_code())))]);
        let mut text = |symbol: u32, layer: &mut LayerWriter| {
            self.texts.get(symbol as usize, || layer.push_value(Value::Text(columns.texts().text(symbol))))
        };
        tags.extend([2, text(sheet, layer), 3, text(number, layer)]);
        let code = columns.land_uses().text(land_use);
        tags.extend([4, self.land_uses.get(land_use as usize, || layer.push_value(Value::Text(code)))]);
        tags.extend([5, layer.push_value(Value::Double(columns.recovered(parcel).get()))]);
        if let Some(stage) = snapshot.stage_on(parcel, today) {
            let number = stage.number();
            tags.extend([6, self.stages.get(number, || layer.push_value(Value::Text(stage.code())))]);
        }
        let name = || snapshot.law().laws()[law].code.as_str();
        tags.extend([7, self.laws.get(law, || layer.push_value(Value::Text(name())))]);
        let states = [
            days.reached(Stage::HandedOver, today),
            snapshot.blocked_on(parcel, today),
            snapshot.overdue_on(parcel, today),
            snapshot.late_on(parcel, today),
        ];
        for (key, yes) in (8..).zip(states) {
            tags.extend([key, self.bools.get(usize::from(yes), || layer.push_value(Value::Bool(yes)))]);
        }
        let dates =
            std::iter::once(snapshot.planned_day(parcel)).chain(Stage::ALL.map(|stage| days.get(stage)));
        let dates = dates.chain([ended]);
        for (key, day) in (12..).zip(dates) {
            if let Some(day) = day.map(Day::number) {
                let value = Value::Int(i64::from(day));
                tags.extend([key, self.days.get(usize::from(day), || layer.push_value(value))]);
            }
        }
        layer.feature(u64::from(columns.id(parcel).0), GeometryKind::Polygon, tags, geometry);
    }
}
