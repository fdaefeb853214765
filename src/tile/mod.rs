//! Vector tiles from a view: no disk, no query, no trigonometry.
//!
//! ```text
//! grid (which square) ─► layers (what lies there: R-tree) ─► shape (tile units, clip) ─► mvt ─► mlt
//! ```
//! A tile is a pure function of view, layers and square. Parcels are never
//! dropped, from z10 on; what is too thin for a tile unit is drawn one unit wide.

mod clip;
mod grid;
mod layer;
mod layers;
mod mvt;
mod parcels;
mod shape;

pub use grid::{EXTENT, MAX_ZOOM, TileId};
pub use layer::Layer;
pub use layers::render;

/// Why a tile could not be written as MLT.
#[derive(Debug, thiserror::Error)]
#[error("the tile could not be written as MLT: {0}")]
pub struct MltError(#[from] mlt_core::MltError);

/// The tile in MapLibre Tile encoding, from its MVT bytes.
///
/// # Errors
/// What `mlt-core` cannot express; nothing that [`render`] makes is known to be such.
pub fn to_mlt(mvt: &[u8]) -> Result<Vec<u8>, MltError> {
    let mut bytes = Vec::with_capacity(mvt.len());
    for layer in mlt_core::mvt::mvt_to_tile_layers(mvt)? {
        bytes.extend(layer.encode(mlt_core::encoder::EncoderConfig::default())?);
    }
    Ok(bytes)
}
