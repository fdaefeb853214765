//! Layers of parcels and patches.

use super::{
    geometries::Geometries,
    streams::{Columns, column, stream},
};
use crate::{
    analysis::View,
    domain::SquareMetres,
    tile::{
        drawing::{Drawing, Part},
        pool::Pool,
        rows::{ABSENT, Kind, Schema},
        shape::GeometryKind,
    },
};

static ROOMS: Pool<Room> = Pool::new();
/// A room of more bytes than this is not kept: one large tile must not hold it for ever.
const LARGE: usize = 32 << 20;

/// Writes what is drawn.
pub fn write(view: &View, schema: &Schema, drawing: &Drawing, tile: &mut Vec<u8>) {
    if drawing.len() > 0 {
        ROOMS.with(|room| room.columns.bytes() < LARGE, |room| room.write(view, schema, drawing, tile));
    }
}

/// What a layer is made in.
#[derive(Debug, Default)]
struct Room {
    columns: Columns,
    geometries: Geometries,
    symbols: Vec<u32>,
    dictionary: Dictionary,
}

/// From symbols to their places among those of a column, for one column at a time.
#[derive(Debug, Default)]
struct Dictionary {
    round: u32,
    places: Vec<(u32, u32)>,
    lengths: Vec<u32>,
    texts: Vec<u8>,
}

impl Room {
    fn write(&mut self, view: &View, schema: &Schema, drawing: &Drawing, tile: &mut Vec<u8>) {
        self.columns.begin();
        self.columns.ids(drawing.rows().map(|row| u64::from(row.id)));
        self.geometries.begin();
        drawing.parts().iter().flat_map(Part::shapes).for_each(|shape| self.geometries.push(shape));
        self.geometries.write(GeometryKind::Polygon, &mut self.columns);
        for (key, (kind, (name, _))) in schema.kinds.iter().zip(schema.fields).enumerate() {
            self.symbols.clear();
            self.symbols.extend(drawing.rows().map(|row| row.cells[key]));
            // What no parcel has is no column.
            if self.symbols.iter().any(|symbol| *symbol != ABSENT) {
                self.attribute(view, *kind, name);
            }
        }
        self.columns.finish(schema.name, schema.extent, tile);
    }

    fn attribute(&mut self, view: &View, kind: Kind, name: &str) {
        let (columns, symbols) = (&mut self.columns, &self.symbols);
        let type_of_column = match kind {
            Kind::Area => column::F64,
            Kind::Bool => column::BOOL,
            Kind::Day | Kind::Count => column::U32,
            _ => column::STR,
        };
        columns.attribute(type_of_column, name, symbols.iter().map(|symbol| *symbol != ABSENT));
        let known = symbols.iter().copied().filter(|symbol| *symbol != ABSENT);
        match kind {
            Kind::Area => {
                columns.doubles(known.map(|tenths| SquareMetres::from_tenths(u64::from(tenths)).get()));
            }
            Kind::Bool => columns.bits(stream::DATA, known.map(|symbol| symbol != 0)),
            Kind::Day | Kind::Count => columns.differences(stream::DATA, known),
            _ => {
                self.dictionary.begin();
                known.clone().for_each(|symbol| self.dictionary.take(symbol, || kind.text(view, symbol)));
                let Dictionary { places, lengths, texts, .. } = &self.dictionary;
                columns.dictionary(lengths, texts, known.map(|symbol| places[symbol as usize].1));
            }
        }
    }
}

impl Dictionary {
    fn begin(&mut self) {
        self.round = self.round.wrapping_add(1).max(1);
        self.lengths.clear();
        self.texts.clear();
    }

    fn take<'a>(&mut self, symbol: u32, text: impl FnOnce() -> &'a str) {
        let at = symbol as usize;
        if self.places.len() <= at {
            self.places.resize(at + 1, (0, 0));
        }
        if self.places[at].0 != self.round {
            self.places[at] = (self.round, self.lengths.len() as u32);
            let text = text();
            self.lengths.push(text.len() as u32);
            self.texts.extend_from_slice(text.as_bytes());
        }
    }
}
