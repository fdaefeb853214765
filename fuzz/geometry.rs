//! Shapes of the parts of a parcel that is split.
#![no_main]
#![allow(clippy::expect_used, missing_docs, reason = "a target ends by panicking")]

mod support;

use geo::CoordsIter;
use libfuzzer_sys::fuzz_target;
use matbang::{
    domain::{MOST_VERTICES, read_polygons},
    tile::{Layer, TileId, render},
};

fuzz_target!(|text: &str| {
    let Ok(value) = serde_json::from_str(text) else { return };
    let Ok(shape) = read_polygons(&value) else { return };
    assert!(shape.coords_count() <= MOST_VERTICES);
    for polygon in &shape {
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            assert!(ring.is_closed() && ring.0.len() >= 4);
            assert!(ring.coords().all(|c| c.x.abs() <= 180.0 && c.y.abs() <= 90.0));
        }
    }
    // What is taken can be stored, found and drawn.
    let view = support::view_of(std::slice::from_ref(&shape));
    let extent = view.snapshot.parcels().arena().shape(0).extent();
    assert!(!extent.is_empty());
    let mut tile = Vec::new();
    render(&view, &[Layer::Parcels], TileId::new(0, 0, 0).expect("the world"), &mut tile);
});
