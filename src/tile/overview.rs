//! What of parcels is drawn in a tile: all of them, or patches where they are too many to be told apart.

use super::{
    drawing::Drawing,
    grid::TileId,
    layer::Layer,
    patches::{Gathering, MOST, NEAR},
    pool::Pool,
    rows::{PARCELS, PATCHES, Schema},
};
use crate::analysis::View;

static ROOMS: Pool<Room> = Pool::new();
/// A room of more bytes than this is not kept: one large tile must not hold it for ever.
const LARGE: usize = 64 << 20;

/// What is drawn in.
#[derive(Debug, Default)]
struct Room {
    drawing: Drawing,
    gathering: Gathering,
}

/// Draws the layer of parcels or the overview, and writes what was drawn, layer by layer.
pub fn draw(view: &View, layer: Layer, tile_id: TileId, mut write: impl FnMut(&Schema, &mut Drawing)) {
    let work = |room: &mut Room| {
        room.drawing.read(view, tile_id);
        if layer == Layer::Overview && tile_id.z() < NEAR && room.drawing.len() > MOST {
            room.gathering.gather(&room.drawing);
            write(&PATCHES, &mut room.gathering.patches);
            write(&PARCELS, &mut room.gathering.rest);
        } else {
            write(&PARCELS, &mut room.drawing);
        }
    };
    ROOMS.with(|room| room.drawing.bytes() + room.gathering.patches.bytes() < LARGE, work);
}
