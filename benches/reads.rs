//! Reads from the atlas by `criterion`: tiles, bbox queries, features.
//! `cargo bench --bench reads`
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a failed measurement stops"
)]
#![allow(missing_docs, reason = "criterion makes public items")]

use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use matbang::{
    analysis::{View, choices},
    atlas::{Extent, WorldPoint},
    domain::{Day, Span, law},
    export::{Collection, write_collection},
    store,
    tile::{Layer, TileId, render, render_mlt},
};

mod support;

fn view() -> View {
    let store = store::open(&support::store(100_000)).expect("store");
    View::new(
        Arc::new(store.load(law(&[]).expect("law").into()).expect("load")),
        Day::parse("2026-06-30").expect("a day"),
    )
}

fn reads(criterion: &mut Criterion) {
    let view = view();
    let place = WorldPoint::from_degrees(105.80, 20.39);
    let mut tile = Vec::new();
    for z in [12, 14, 16] {
        let square = TileId::around(place, z).expect("a square");
        criterion.bench_function(&format!("tile z{z}"), |b| {
            b.iter(|| {
                tile.clear();
                render(&view, &[Layer::Parcels], square, &mut tile);
                tile.len()
            });
        });
    }
    let square = TileId::around(place, 14).expect("a square");
    criterion.bench_function("tile z14 as MLT", |b| {
        b.iter(|| {
            tile.clear();
            render_mlt(&view, &[Layer::Parcels], square, &mut tile);
            tile.len()
        });
    });
    let box_ = Extent::from_degrees([105.79, 20.38, 105.81, 20.40]);
    criterion.bench_function("bbox query", |b| b.iter(|| view.snapshot.parcels_in(box_)));
    criterion.bench_function("figures of 100 000 parcels", |b| {
        b.iter(|| View::new(Arc::clone(&view.snapshot), view.today).ready());
    });
    let some: Vec<u32> = (0..10_000).collect();
    criterion.bench_function("GeoJSON of 10 000 parcels", |b| {
        b.iter(|| write_collection(&view, Collection::Parcels, &some, &mut std::io::sink()));
    });
}

/// 20 km of road, 5 000 parcels on both sides, one in twenty pending, then all of them.
fn fronts(criterion: &mut Criterion) {
    for every in [20u32, 1] {
        let parcel = |n: u32| Span { from: n / 2 * 80, to: n / 2 * 80 + 80 + n % 7 };
        let spans: Vec<Span> = (0..5000).filter(|n| n % every == 0).map(parcel).collect();
        let name = format!("best 1-10 of {} pending parcels on 20 km", spans.len());
        criterion.bench_function(&name, |b| b.iter(|| choices(&spans, 200_000, 5000, 10)));
    }
}

criterion_group! { name = benches; config = Criterion::default().sample_size(20); targets = reads, fronts }
criterion_main!(benches);
