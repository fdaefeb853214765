//! Tiles of any shapes: what is written is a tile by the specification (Mapbox Vector Tile 2.1), each parcel in it once.
#![no_main]
#![allow(clippy::expect_used, missing_docs, reason = "a target ends by panicking")]

mod support;

use std::collections::BTreeSet;

use geo::{Coord, LineString, MultiPolygon, Polygon};
use libfuzzer_sys::fuzz_target;
use matbang::tile::{Layer, TileId, render};

fuzz_target!(|input: (u8, Vec<Vec<(i16, i16)>>)| {
    let (z, shapes) = input;
    let shapes: Vec<MultiPolygon<f64>> = shapes
        .into_iter()
        .filter(|ring| ring.len() >= 3)
        .take(64)
        .map(|ring| {
            let corner =
                |(x, y): (i16, i16)| Coord { x: 105.9 + f64::from(x) / 1e4, y: 20.5 + f64::from(y) / 1e4 };
            let ring: LineString<f64> = ring.into_iter().map(corner).collect();
            MultiPolygon(vec![Polygon::new(ring, Vec::new())])
        })
        .collect();
    if shapes.is_empty() {
        return;
    }
    let view = support::view_of(&shapes);
    let place = view.snapshot.parcels().arena().shape(0).vertices()[0];
    let Some(tile_id) = TileId::around(place, z % 20) else { return };
    let mut tile = Vec::new();
    render(&view, &Layer::ALL, tile_id, &mut tile);
    for (field, layer) in Message(&tile) {
        assert_eq!(field, 3, "a tile holds layers only");
        check_layer(layer, shapes.len());
    }
});

/// The fields of a protocol buffer: numbers as their bytes, what has a length as its content.
struct Message<'a>(&'a [u8]);

fn varint(bytes: &mut &[u8]) -> u64 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let (first, rest) = bytes.split_first().expect("a number ends");
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return value;
        }
        shift += 7;
        assert!(shift < 64, "a number of at most 64 bits");
    }
}

impl<'a> Iterator for Message<'a> {
    type Item = (u64, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let key = varint(&mut self.0);
        let content = match key & 7 {
            0 => {
                let before = self.0;
                varint(&mut self.0);
                &before[..before.len() - self.0.len()]
            }
            1 => self.0.split_off(..8).expect("eight bytes"),
            2 => {
                let length = usize::try_from(varint(&mut self.0)).expect("a length");
                self.0.split_off(..length).expect("as long as it says")
            }
            5 => self.0.split_off(..4).expect("four bytes"),
            other => panic!("no type of field: {other}"),
        };
        Some((key >> 3, content))
    }
}

fn numbers(mut packed: &[u8]) -> Vec<u64> {
    let mut all = Vec::new();
    while !packed.is_empty() {
        all.push(varint(&mut packed));
    }
    all
}

fn check_layer(layer: &[u8], most: usize) {
    let count = |wanted: u64| Message(layer).filter(|(field, _)| *field == wanted).count() as u64;
    let (keys, values) = (count(3), count(4));
    let name = Message(layer).find(|(field, _)| *field == 1).map(|(_, name)| name).expect("a name");
    let mut ids = BTreeSet::new();
    for (_, feature) in Message(layer).filter(|(field, _)| *field == 2) {
        let mut kind = 0;
        for (field, content) in Message(feature) {
            match field {
                1 => assert!(ids.insert(numbers(content)[0]), "a feature stands once in a layer"),
                2 => numbers(content).chunks(2).for_each(|pair| {
                    assert!(pair[0] < keys && pair[1] < values, "a tag names a key and a value");
                }),
                3 => kind = numbers(content)[0],
                4 => check_geometry(kind, &numbers(content)),
                other => panic!("no field of a feature: {other}"),
            }
        }
    }
    assert!(name != b"parcels" || ids.len() <= most, "no more parcels than there are");
}

/// Commands with their parameters; rings are closed and have three corners.
fn check_geometry(kind: u64, mut commands: &[u64]) {
    let mut corners = 0;
    while let Some((command, rest)) = commands.split_first() {
        let (id, count) = (command & 7, command >> 3);
        let parameters = if id == 7 { 0 } else { 2 * count as usize };
        assert!(count > 0 && rest.len() >= parameters, "a command has its parameters");
        match id {
            1 => corners = 1,
            2 => corners += count,
            7 => {
                assert!(kind == 3 && count == 1 && corners >= 3, "a ring is closed once, with three corners")
            }
            other => panic!("no command: {other}"),
        }
        commands = &rest[parameters..];
    }
}
