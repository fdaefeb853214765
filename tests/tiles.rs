//! Tiles over real HTTP, decoded by GDAL's MVT driver, against the geometries in the store.

use std::collections::BTreeMap;

use gdal::{Dataset, DatasetOptions, vector::LayerAccess};
use geo::{BoundingRect, Intersects, Rect, coord};
use matbang::{
    analysis::View,
    atlas::{Snapshot, WorldPoint},
    domain::{Day, EventKind, NewEvent, ParcelId, Stage, law},
    store::{self, Store},
    tile::{Layer, TileId, render, render_mlt},
};
use proptest::prelude::*;

use crate::harness::{self, Demo, Server};

fn open(demo: &Demo) -> std::sync::Arc<dyn Store> {
    store::open(&demo.store()).unwrap()
}

fn address(layer: &str, square: TileId) -> String {
    format!("/tiles/{layer}/{}/{}/{}", square.z(), square.x(), square.y())
}

/// A feature as GDAL decodes it: its bounds in Web Mercator metres, sheet, parcel number, stage, unit.
#[derive(Debug)]
struct Decoded {
    bounds: Rect<f64>,
    sheet: String,
    number: String,
    stage: String,
    unit: String,
}

/// What GDAL finds in a tile of parcels, by id. Each id must come once.
fn decode(folder: &std::path::Path, square: TileId, bytes: &[u8]) -> BTreeMap<u32, Decoded> {
    let mut found = BTreeMap::new();
    if bytes.is_empty() {
        return found;
    }
    let file = folder.join(format!("{}-{}-{}.pbf", square.z(), square.x(), square.y()));
    std::fs::write(&file, bytes).unwrap();
    // The driver would cut the margin off around the tile.
    let clip = "CLIP=NO".to_owned();
    let options =
        [clip, format!("X={}", square.x()), format!("Y={}", square.y()), format!("Z={}", square.z())];
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let open = DatasetOptions {
        open_options: Some(&options),
        allowed_drivers: Some(&["MVT"]),
        ..Default::default()
    };
    let dataset = Dataset::open_ex(&file, open).expect("GDAL opens the tile");
    let mut layer = dataset.layer_by_name("parcels").expect("a layer of parcels");
    let names: Vec<String> = layer.defn().fields().map(|field| field.name()).collect();
    let index = |name: &str| names.iter().position(|other| other == name).expect("the attribute is there");
    let (sheet, number, stage, unit) = (index("sheet"), index("parcel"), index("stage"), index("unit"));
    for feature in layer.features() {
        let id = feature.field_as_integer(index("mvt_id")).unwrap().expect("an id") as u32;
        let envelope = feature.geometry().expect("a geometry").envelope();
        let bounds = Rect::new(
            coord! { x: envelope.MinX, y: envelope.MinY },
            coord! { x: envelope.MaxX, y: envelope.MaxY },
        );
        let text = |at: usize| feature.field_as_string(at).unwrap().unwrap_or_default();
        let decoded = Decoded {
            bounds,
            sheet: text(sheet),
            number: text(number),
            stage: text(stage),
            unit: text(unit),
        };
        assert!(found.insert(id, decoded).is_none(), "parcel {id} is in the tile twice");
    }
    std::fs::remove_file(&file).unwrap();
    found
}

/// Half the side of the Web Mercator square, metres.
const HALF: f64 = 20_037_508.342_789_244;

fn metres(place: WorldPoint) -> (f64, f64) {
    let one = |v: u32| f64::from(v) / 4_294_967_296.0 * 2.0 * HALF;
    (one(place.x) - HALF, HALF - one(place.y))
}

fn square_rect(square: TileId, margin: f64) -> Rect<f64> {
    let side = 2.0 * HALF / f64::from(1u32 << square.z());
    let (west, north) = (f64::from(square.x()) * side - HALF, HALF - f64::from(square.y()) * side);
    let m = margin * side / 4096.0;
    Rect::new(coord! { x: west - m, y: north - side - m }, coord! { x: west + side + m, y: north + m })
}

/// A parcel's polygon in Web Mercator metres.
fn parcel_metres(snapshot: &Snapshot, index: u32) -> geo::MultiPolygon<f64> {
    let shape = snapshot.parcels().arena().shape(index as usize);
    geo::MultiPolygon(
        shape
            .rings()
            .filter(|(hole, _)| !hole)
            .map(|(_, ring)| geo::Polygon::new(ring.iter().map(|place| metres(*place)).collect(), vec![]))
            .collect(),
    )
}

fn check(server: &Server, snapshot: &Snapshot, folder: &std::path::Path, square: TileId) {
    let reply = server.get(&address("parcels", square), &[]);
    assert!(matches!(reply.status, 200 | 204), "{}", reply.status);
    let found = decode(folder, square, &reply.body);
    let (inner, outer) = (square_rect(square, -1.0), square_rect(square, 66.0));
    let unit = inner.width() / 4094.0;
    for index in 0..snapshot.parcels().len() as u32 {
        let parcel = parcel_metres(snapshot, index);
        let bounds = parcel.bounding_rect().unwrap();
        let id = snapshot.parcels().id(index).0;
        let Some(decoded) = found.get(&id) else {
            assert!(!parcel.intersects(&inner), "parcel {id} lies in {square:?} but not in its tile");
            continue;
        };
        assert!(bounds.intersects(&outer), "parcel {id} is in the tile {square:?} but lies elsewhere");
        assert_eq!(decoded.sheet, snapshot.parcels().sheet(index));
        assert_eq!(decoded.number, snapshot.parcels().number(index));
        // The margin is 64 units wide; what crosses it is cut there.
        if geo::Contains::contains(&square_rect(square, 63.0), &bounds) {
            let apart = [
                decoded.bounds.min().x - bounds.min().x,
                decoded.bounds.min().y - bounds.min().y,
                decoded.bounds.max().x - bounds.max().x,
                decoded.bounds.max().y - bounds.max().y,
            ];
            assert!(
                apart.iter().all(|d| d.abs() <= 1.5 * unit),
                "parcel {id} is drawn {apart:?} m off, unit {unit}"
            );
        }
    }
}

#[test]
fn every_parcel_visible_in_a_tile_is_in_it_once() {
    let demo = Demo::new();
    let snapshot = open(&demo).load(law(&[]).unwrap().into()).unwrap();
    let server = Server::start(&demo.store());
    let parcels = snapshot.parcels().len() as u32;
    let mut runner =
        proptest::test_runner::TestRunner::new(ProptestConfig { cases: 120, ..ProptestConfig::default() });
    // Squares around parcels' vertices, so that tile edges cut parcels at every zoom.
    runner
        .run(&(0..parcels, 10u8..=18, any::<prop::sample::Index>()), |(parcel, z, vertex)| {
            let places = snapshot.parcels().arena().shape(parcel as usize).vertices();
            let square = TileId::around(places[vertex.index(places.len())], z).unwrap();
            check(&server, &snapshot, demo.folder(), square);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_tile_tells_the_stage_of_today() {
    let demo = Demo::new();
    let snapshot = open(&demo).load(law(&[]).unwrap().into()).unwrap();
    let server = Server::start(&demo.store());
    let place = snapshot.parcels().arena().shape(7).vertices()[0];
    let square = TileId::around(place, 16).unwrap();
    let found = decode(demo.folder(), square, &server.get(&address("parcels", square), &[]).body);
    let id = snapshot.parcels().id(7).0;
    let api = server.get(&format!("/api/v1/parcels/{id}"), &[]).json();
    assert_eq!(found[&id].stage, api["stage"]);
}

#[test]
fn encodings_and_formats_are_negotiated() {
    let demo = Demo::new();
    let snapshot = open(&demo).load(law(&[]).unwrap().into()).unwrap();
    let server = Server::start(&demo.store());
    let square = TileId::around(snapshot.parcels().arena().shape(0).vertices()[0], 14).unwrap();
    let path = address("parcels", square);
    let plain = server.get(&path, &[]);
    assert_eq!(plain.header("content-type"), "application/vnd.mapbox-vector-tile");
    let zstd = server.get(&path, &[("accept-encoding", "zstd")]);
    assert_eq!(zstd.header("content-encoding"), "zstd");
    assert_eq!(zstd::decode_all(&zstd.body[..]).unwrap(), plain.body);
    let brotli = server.get(&path, &[("accept-encoding", "br")]);
    let mut decoded = Vec::new();
    std::io::copy(&mut brotli::Decompressor::new(&brotli.body[..], 4096), &mut decoded).unwrap();
    assert_eq!(decoded, plain.body);
    let mlt = server.get(&path, &[("accept", "application/vnd.maplibre-tile")]);
    assert_eq!(mlt.header("content-type"), "application/vnd.maplibre-tile");
    let layers = mlt_core::Parser::default().parse_layers(&mlt.body).unwrap();
    assert_eq!(layers.len(), 1);
    assert!(
        mlt.body.len() < plain.body.len(),
        "MLT is smaller: {} against {}",
        mlt.body.len(),
        plain.body.len()
    );
    assert_ne!(mlt.header("etag"), plain.header("etag"));
}

/// What a layer says, whatever format it came in: features in their order, attributes by name.
fn said(layer: &mlt_core::TileLayer) -> Vec<(Option<u64>, String, BTreeMap<String, String>)> {
    let value = |value: &mlt_core::PropValue| {
        let text = format!("{value:?}");
        let (kind, inner) = text.split_once("(Some(")?;
        // A number is the same number whatever column it stands in.
        let number = inner.trim_end_matches(')').parse::<f64>().ok().filter(|_| kind != "Str");
        Some(number.map_or_else(|| format!("{kind} {inner}"), |number| number.to_string()))
    };
    let feature = |feature: &mlt_core::TileFeature| {
        let named = layer.property_names().iter().zip(feature.properties());
        let told = named.filter_map(|(name, one)| Some((name.clone(), value(one)?)));
        (feature.id(), format!("{:?}", feature.geometry()), told.collect())
    };
    layer.features().iter().map(feature).collect()
}

#[test]
fn both_formats_say_the_same_in_every_layer() {
    let demo = Demo::new();
    let store = open(&demo);
    // Also what few have: a parcel of several parts with a hole, and one that ended.
    let snapshot = std::sync::Arc::new(store.load(law(&[]).unwrap().into()).unwrap());
    let view = View::new(std::sync::Arc::clone(&snapshot), Day::parse(harness::UNTIL).unwrap());
    let mut seen = BTreeMap::new();
    for parcel in (0..snapshot.parcels().len() as u32).step_by(97) {
        let place = snapshot.parcels().arena().shape(parcel as usize).vertices()[0];
        for z in [10, 13, 16, 19] {
            let square = TileId::around(place, z).unwrap();
            let (mut mvt, mut mlt) = (Vec::new(), Vec::new());
            render(&view, &Layer::ALL, square, &mut mvt);
            render_mlt(&view, &Layer::ALL, square, &mut mlt);
            let ones = mlt_core::mvt::mvt_to_tile_layers(&mvt).unwrap();
            let mut decoder = mlt_core::Decoder::with_max_size(1 << 30);
            let others = mlt_core::Parser::with_max_size(1 << 30).parse_layers(&mlt).unwrap();
            assert_eq!(ones.len(), others.len());
            for (one, other) in ones.iter().zip(others) {
                let mlt_core::Layer::Tag01(other) = other else { panic!("an unknown layer") };
                let other = other.decode_all(&mut decoder).unwrap().into_tile(&mut decoder).unwrap();
                assert_eq!((one.name(), one.extent()), (other.name(), other.extent()));
                assert_eq!(said(one), said(&other), "{} of {square:?}", one.name());
                *seen.entry(one.name().to_owned()).or_insert(0) += one.features().len();
            }
        }
    }
    assert_eq!(seen.len(), Layer::ALL.len(), "{seen:?}");
    assert!(seen["parcels"] > 1000, "{seen:?}");
}

#[test]
fn nonsense_and_empty_squares_are_told_apart() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    for (path, status) in [
        ("/tiles/parcels/14/0/0", 204),
        ("/tiles/parcels/5/25/14", 204),
        ("/tiles/parcels/2/4/0", 404),
        ("/tiles/parcels/23/0/0", 404),
        ("/tiles/lots/1/0/0", 404),
        ("/tiles/parcels/a/0/0", 400),
        ("/tiles/parcels/1/-1/0", 400),
        ("/tiles/parcels,parcels/1/0/0", 400),
        ("/tiles/parcels/1/0/0?at=x", 400),
        ("/tiles/parcels/1/0/0?at=999999999", 400),
        ("/tiles/parcels/1/0/0?when=1", 400),
    ] {
        let reply = server.get(path, &[]);
        assert_eq!(reply.status, status, "{path}");
        if status >= 400 {
            assert_eq!(reply.header("content-type"), "application/problem+json");
            assert_eq!(reply.json()["status"], status, "{path}");
        }
    }
}

#[test]
fn an_event_retires_the_tiles_that_it_touches_and_no_other() {
    let demo = Demo::new();
    let store = open(&demo);
    let snapshot = store.load(law(&[]).unwrap().into()).unwrap();
    let day = Day::parse(harness::UNTIL).unwrap();
    let columns = snapshot.parcels();
    let pending = (0..columns.len() as u32).find(|p| snapshot.days(*p).cleared_on().is_none()).unwrap();
    let here = columns.arena().shape(pending as usize).vertices()[0];
    let touched = TileId::around(here, 16).unwrap();
    let far = (0..columns.len() as u32)
        .map(|p| TileId::around(columns.arena().shape(p as usize).vertices()[0], 16).unwrap())
        .find(|square| square.x().abs_diff(touched.x()) > 3)
        .unwrap();
    let server = Server::start(&demo.store());
    let (before, elsewhere) =
        (server.get(&address("parcels", touched), &[]), server.get(&address("parcels", far), &[]));
    let tag = |reply: &harness::Reply| reply.header("etag").to_owned();
    let again = server.get(&address("parcels", touched), &[("if-none-match", &tag(&before))]);
    assert_eq!((again.status, again.body.len()), (304, 0));

    let id: ParcelId = columns.id(pending);
    let kind = EventKind::reached(Stage::HandedOver);
    let event = NewEvent {
        parcel: Some(id),
        day,
        recorded_at: 0,
        author: "test".into(),
        document: None,
        note: None,
        attachments: Vec::new(),
        kind,
    };
    let head = store.change(&mut |change| change.append(std::slice::from_ref(&event)).map(|_| true)).unwrap();

    Server::wait(|| server.get("/tiles", &[]).json()["at"] == head.position.0);
    let after = server.get(&address("parcels", touched), &[("if-none-match", &tag(&before))]);
    assert_eq!(after.status, 200);
    assert_eq!(decode(demo.folder(), touched, &after.body)[&id.0].stage, "handed_over");
    let still = server.get(&address("parcels", far), &[("if-none-match", &tag(&elsewhere))]);
    assert_eq!(still.status, 304);
    // What was known before can still be asked for.
    let then = server.get(&format!("{}?at={}", address("parcels", touched), head.position.0 - 1), &[]);
    assert_eq!(tag(&then), tag(&before));
}

#[test]
fn a_tile_names_the_unit_of_the_day_as_the_features_do() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    // A parcel that is recorded under a commune of before the reform, where another one lies.
    let rows = server.get("/api/v1/table?limit=1&as_of=2025-03-31", &[]).json();
    let (old, near) =
        (rows["rows"][0]["unit"].as_str().unwrap(), rows["rows"][0]["id"].as_u64().unwrap() as u32);
    let snapshot = open(&demo).load(law(&[]).unwrap().into()).unwrap();
    let index = snapshot.parcels().find(ParcelId(near)).unwrap();
    let here = snapshot.parcels().arena().shape(index as usize).vertices()[0];
    let (x, y) = here.to_degrees();
    let ring = [(0.0, 0.0), (1e-4, 0.0), (1e-4, 1e-4), (0.0, 1e-4), (0.0, 0.0)];
    let ring: Vec<String> = ring.iter().map(|(dx, dy)| format!("{} {}", x + dx, y + dy)).collect();
    let file = demo.folder().join("thua.csv");
    let text = format!("so_to,so_thua,loai_dat,WKT\n901,1,LUC,\"POLYGON(({}))\"\n", ring.join(","));
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let told = ["--project", "DA20", "--unit", old, "--crs", "EPSG:4326", "--day", "2025-03-01"];
    harness::succeed(&demo.store(), &[&["import", "parcels", file][..], &told].concat());
    let id = snapshot.parcels().id(snapshot.parcels().len() as u32 - 1).0 + 1;
    let item = format!("/ogc/collections/parcels/items/{id}");
    Server::wait(|| server.get(&item, &[]).status == 200);
    let square = TileId::around(here, 15).unwrap();
    let tile = server.get(&address("parcels", square), &[]);
    let unit = decode(demo.folder(), square, &tile.body)[&id].unit.clone();
    assert_eq!(server.get(&item, &[]).json()["properties"]["unit"], unit);
    let standing = snapshot.units().iter().filter(|entry| entry.unit.code.as_str() == unit);
    assert!(
        standing.clone().any(|entry| entry.unit.valid_to.is_none()),
        "{unit} is a unit of today, {old} was one"
    );
    let before = server.get("/ogc/collections/parcels/items?sheet=901&as_of=2025-06-30", &[]).json();
    assert_eq!(before["features"][0]["properties"]["unit"], old);
}

#[test]
fn a_tileset_says_in_which_tiles_there_is_something() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let listed = server.get("/ogc/tiles", &[]).json()["tilesets"][0].clone();
    let own = server.get("/ogc/tiles/WebMercatorQuad", &[]).json();
    assert_eq!(listed["tileMatrixSetLimits"], own["tileMatrixSetLimits"]);
    let limits = own["tileMatrixSetLimits"].as_array().unwrap();
    assert_eq!(limits.len(), 23);
    let templates: Vec<&str> = listed["links"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|link| link["templated"] == true)
        .map(|link| link["href"].as_str().unwrap())
        .collect();
    assert_eq!(templates.len(), 2, "{listed}");
    // Hà Nam lies between 105.76° and 106.17° E, 20.35° and 20.72° N.
    let of = |zoom: &str, name: &str| {
        let limit = limits.iter().find(|limit| limit["tileMatrix"] == zoom).unwrap();
        limit[name].as_u64().unwrap()
    };
    assert_eq!((of("0", "minTileCol"), of("0", "maxTileRow")), (0, 0));
    let columns = ((105.76 + 180.0) / 360.0 * 512.0) as u64..=((106.17 + 180.0) / 360.0 * 512.0) as u64;
    assert!(
        columns.contains(&of("9", "minTileCol")) && columns.contains(&of("9", "maxTileCol")),
        "{limits:?}"
    );
    let tile = |zoom: &str, row: u64, column: u64| {
        server.get(&format!("/ogc/tiles/WebMercatorQuad/{zoom}/{row}/{column}?f=mvt"), &[]).status
    };
    assert_eq!(tile("9", of("9", "minTileRow"), of("9", "minTileCol")), 200);
    // Beyond the buffer of a tile nothing is left.
    assert_eq!(tile("9", of("9", "maxTileRow") + 2, of("9", "minTileCol")), 204);
    assert_eq!(tile("9", of("9", "minTileRow"), of("9", "maxTileCol") + 2), 204);
}
