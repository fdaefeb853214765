//! Vector tiles from a view: no disk, no query, no trigonometry.
//!
//! ```text
//! grid (which square) ─► layers (what lies there: R-tree) ─► shape (tile units, clip) ─► mvt
//!                        overview ─► drawing ─► patches ─► outline                  └─► parcels, mlt
//! ```
//! A tile is a pure function of view, layers and square. Parcels are never
//! dropped, from z10 on; what is too thin for a tile unit is drawn one unit wide.

mod clip;
mod commands;
mod drawing;
mod grid;
mod layer;
mod layers;
mod mlt;
mod mvt;
mod outline;
mod overview;
mod packed;
mod parcels;
mod patches;
mod pool;
mod rows;
mod shape;

pub use grid::{EXTENT, MAX_ZOOM, TileId};
pub use layer::Layer;
pub use pool::Pool;

use crate::analysis::View;
use mvt::{LayerWriter, Value};
use shape::Pen;

/// Appends the Mapbox Vector Tile of `layers` in `tile_id` to `tile`; nothing when nothing lies there.
pub fn render(view: &View, layers: &[Layer], tile_id: TileId, tile: &mut Vec<u8>) {
    for layer in shown(layers, tile_id) {
        if matches!(layer, Layer::Parcels | Layer::Overview) {
            overview::draw(view, layer, tile_id, |schema, drawing| {
                parcels::write(view, schema, drawing, tile);
            });
        } else {
            let mut written = LayerWriter::new(layer.name(), layer.fields(), layer.geometry());
            layers::fill(view, layer, tile_id, &mut written);
            written.finish(tile);
        }
    }
}

/// The same as a `MapLibre` Tile.
pub fn render_mlt(view: &View, layers: &[Layer], tile_id: TileId, tile: &mut Vec<u8>) {
    for layer in shown(layers, tile_id) {
        if matches!(layer, Layer::Parcels | Layer::Overview) {
            overview::draw(view, layer, tile_id, |schema, drawing| {
                mlt::write(view, schema, drawing, tile);
            });
        } else {
            let mut written = mlt::Table::new(layer.name(), layer.fields(), layer.geometry());
            layers::fill(view, layer, tile_id, &mut written);
            written.finish(tile);
        }
    }
}

fn shown(layers: &[Layer], tile_id: TileId) -> impl Iterator<Item = Layer> + '_ {
    layers.iter().copied().filter(move |layer| layer.shows_at(tile_id.z()))
}

impl layers::Features for LayerWriter {
    fn feature(&mut self, id: u64, values: &[Option<Value<'_>>], pen: &Pen) {
        self.feature(id, values, pen.paths());
    }
}

impl layers::Features for mlt::Table {
    fn feature(&mut self, id: u64, values: &[Option<Value<'_>>], pen: &Pen) {
        self.feature(id, values, pen.paths());
    }
}
