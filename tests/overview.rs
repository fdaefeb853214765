//! The overview: parcels, and patches of them where a tile would hold too many to be told apart.

use std::{collections::BTreeMap, sync::Arc};

use geo::{Area, LineString, MultiPolygon, Polygon};
use matbang::{
    analysis::View,
    atlas::WorldPoint,
    domain::{
        AdminUnit, BlockerKind, Code, Day, EventKind, Level, NewEvent, Parcel, ParcelId, ParcelKey,
        PlanCurve, Project, ProjectKind, SquareMetres, Stage, law,
    },
    store::{Entry, Store, open_or_create},
    tile::{Layer, TileId, render, render_mlt},
};

use crate::harness::{self, Server};

/// Parcels a side: 12 100 squares of some 18 m in one place, more than a tile of the overview shows one by one.
const SIDE: usize = 110;
const SOUTH_WEST: (f64, f64) = (105.876, 20.48);
const STEP: f64 = 0.000_17;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn ring(west: f64, south: f64, side: f64) -> LineString<f64> {
    let (east, north) = (west + side, south + side);
    LineString::from(vec![(west, south), (east, south), (east, north), (west, north), (west, south)])
}

fn parcel(number: usize) -> Parcel {
    let (column, row) = (number % SIDE, number / SIDE);
    let (west, south) = (SOUTH_WEST.0 + column as f64 * STEP, SOUTH_WEST.1 + row as f64 * STEP);
    let area = SquareMetres::new(330.0);
    Parcel {
        key: ParcelKey {
            project: Code::new("DA1").unwrap(),
            unit: Code::new("13285").unwrap(),
            sheet: (row + 1).to_string(),
            number: (column + 1).to_string(),
        },
        land_use: "LUC".into(),
        total_area: area,
        recovered_area: area,
        declared_area: None,
        holder: None,
        planned_day: None,
        geometry: MultiPolygon(vec![Polygon::new(ring(west, south, STEP), vec![])]),
    }
}

fn event(parcel: usize, on: Day, kind: EventKind) -> NewEvent {
    NewEvent {
        parcel: Some(ParcelId(parcel as u32 + 1)),
        day: on,
        recorded_at: 0,
        author: "test".into(),
        document: None,
        note: None,
        attachments: Vec::new(),
        kind,
    }
}

/// A store with one dense project; three of four parcels had their meeting on the day of their row.
fn dense(folder: &std::path::Path) -> Arc<dyn Store> {
    let store = open_or_create(&folder.join("dense.gpkg")).unwrap();
    let from = day("2025-01-01");
    let entry =
        Entry { source: "test".into(), author: "test".into(), recorded_at: 0, day: from, units_on: from };
    let unit = AdminUnit {
        code: Code::new("13285").unwrap(),
        name: "Phường thử".into(),
        level: Level::Commune,
        parent: None,
        valid_from: None,
        valid_to: None,
        predecessors: vec![],
        successors: vec![],
        boundary: None,
    };
    let project = Project {
        code: Code::new("DA1").unwrap(),
        name: "Khu thử".into(),
        kind: ProjectKind::ALL[0],
        key: false,
        investor: None,
        body: None,
        procedure: Code::new("law2024").unwrap(),
        required_day: None,
        plan: PlanCurve::parse("2025-01-01=0;2026-12-31=1").unwrap(),
        boundary: None,
        alignment: None,
    };
    let change = |change: &mut dyn matbang::store::Transaction| {
        change.units(&entry, std::slice::from_ref(&unit))?;
        change.projects(&entry, std::slice::from_ref(&project))?;
        change.parcels(&entry, &(0..SIDE * SIDE).map(parcel).collect::<Vec<_>>())?;
        let met = (0..SIDE * SIDE).filter(|number| number % 4 != 0);
        let mut events: Vec<NewEvent> = met
            .map(|number| {
                let on = from.plus(1 + (number / SIDE) as i32);
                event(number, on, EventKind::reached(Stage::ALL[1]))
            })
            .collect();
        events.push(event(5, day("2026-01-01"), EventKind::BlockerOpened { blocker: BlockerKind::Price }));
        change.append(&events)?;
        Ok(true)
    };
    store.change(&mut { change }).unwrap();
    store
}

type Said = BTreeMap<String, String>;

/// The features of each layer in a tile: bounds of what is drawn, and attributes.
fn read(mvt: &[u8]) -> BTreeMap<String, Vec<(geo::Geometry<i32>, Said)>> {
    let layers = mlt_core::mvt::mvt_to_tile_layers(mvt).unwrap();
    let features = |layer: &mlt_core::TileLayer| {
        let one = |feature: &mlt_core::TileFeature| {
            let named = layer.property_names().iter().zip(feature.properties());
            let said = named.map(|(name, value)| (name.clone(), format!("{value:?}")));
            (feature.geometry().clone(), said.filter(|(_, value)| !value.contains("None")).collect())
        };
        layer.features().iter().map(one).collect::<Vec<_>>()
    };
    layers.iter().map(|layer| (layer.name().to_owned(), features(layer))).collect()
}

fn number(said: &Said, name: &str) -> i64 {
    let digits: String = said[name].chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches("64").trim_start_matches("32").parse().unwrap()
}

/// Tile units squared that polygons cover.
fn covered(features: &[(geo::Geometry<i32>, Said)]) -> f64 {
    let polygon = |polygon: &Polygon<i32>| {
        let points = polygon.exterior().0.iter().map(|at| (f64::from(at.x), f64::from(at.y)));
        Polygon::new(points.collect::<LineString<f64>>(), vec![]).unsigned_area()
    };
    let one = |geometry: &geo::Geometry<i32>| match geometry {
        geo::Geometry::Polygon(one) => polygon(one),
        geo::Geometry::MultiPolygon(many) => many.0.iter().map(polygon).sum(),
        other => panic!("{other:?}"),
    };
    features.iter().map(|(geometry, _)| one(geometry)).sum()
}

#[test]
fn where_parcels_are_too_many_patches_stand_for_each_of_them_and_nearer_they_are_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let store = dense(folder.path());
    let snapshot = Arc::new(store.load(law(&[]).unwrap().into()).unwrap());
    let view = View::new(Arc::clone(&snapshot), day("2026-06-30"));
    let middle = WorldPoint::from_degrees(
        SOUTH_WEST.0 + STEP * SIDE as f64 / 2.0,
        SOUTH_WEST.1 + STEP * SIDE as f64 / 2.0,
    );
    let drawn = |layer: Layer, z: u8| {
        let mut tile = Vec::new();
        render(&view, &[layer], TileId::around(middle, z).unwrap(), &mut tile);
        tile
    };
    let (all, overview) = (read(&drawn(Layer::Parcels, 13)), read(&drawn(Layer::Overview, 13)));
    assert_eq!(all["parcels"].len(), SIDE * SIDE, "the tile holds all of them");
    assert_eq!(overview.keys().collect::<Vec<_>>(), ["patches"]);
    let patches = &overview["patches"];
    assert!(patches.len() < SIDE * SIDE / 8, "{} patches", patches.len());
    let told: i64 = patches.iter().map(|(_, said)| number(said, "parcels")).sum();
    assert_eq!(told, (SIDE * SIDE) as i64, "each parcel belongs to one patch");
    assert_eq!(patches.iter().map(|(_, said)| number(said, "blocked_parcels")).sum::<i64>(), 1);
    // Units of patches are four of parcels a side.
    let (of_all, of_patches) = (covered(&all["parcels"]), covered(patches) * 16.0);
    assert!((of_patches / of_all - 1.0).abs() < 0.01, "{of_patches} of {of_all}");
    // Three of four had their meeting by the row's day: half of a patch's land had it by the day of one of its rows.
    let first = i64::from(day("2025-01-02").number());
    for (_, said) in patches {
        let met = number(said, "d1");
        assert!((first..first + SIDE as i64).contains(&met), "{met}");
        assert!(!said.contains_key("d2"), "{said:?}");
    }

    assert_eq!(drawn(Layer::Overview, 16), drawn(Layer::Parcels, 16), "near they are parcels");
    let sparse = TileId::around(WorldPoint::from_degrees(SOUTH_WEST.0, SOUTH_WEST.1), 15).unwrap();
    let (mut one, mut other) = (Vec::new(), Vec::new());
    render_mlt(&view, &[Layer::Overview], sparse, &mut one);
    render_mlt(&view, &[Layer::Parcels], sparse, &mut other);
    assert_eq!(one, other, "where they are few as well");
}

#[test]
fn the_overview_is_served_small_told_of_and_retired_by_events() {
    let folder = tempfile::tempdir().unwrap();
    let store = dense(folder.path());
    let server = Server::start(&folder.path().join("dense.gpkg"));
    let middle = WorldPoint::from_degrees(SOUTH_WEST.0 + 0.009, SOUTH_WEST.1 + 0.009);
    let square = TileId::around(middle, 13).unwrap();
    let path = format!("/tiles/overview/{}/{}/{}", square.z(), square.x(), square.y());
    let small = server.get(&format!("{path}.mlt"), &[("accept-encoding", "zstd")]);
    assert_eq!(small.header("content-type"), "application/vnd.maplibre-tile");
    let whole = server.get(&path.replace("overview", "parcels"), &[("accept-encoding", "zstd")]);
    assert!(small.body.len() * 5 < whole.body.len(), "{} of {}", small.body.len(), whole.body.len());
    let tiles = server.get("/tiles/overview", &[]).json();
    let held: Vec<_> = tiles["vector_layers"].as_array().unwrap().iter().map(|layer| &layer["id"]).collect();
    assert_eq!(held, ["parcels", "patches"]);
    assert_eq!(server.get("/tiles/parcels,overview/13/0/0", &[]).status, 400);

    let before = server.get(&path, &[]);
    let said = |reply: &harness::Reply| {
        let patches = read(&reply.body).remove("patches").unwrap();
        patches.iter().map(|(_, said)| number(said, "blocked_parcels")).sum::<i64>()
    };
    assert_eq!(said(&before), 1);
    let blocker = EventKind::BlockerOpened { blocker: BlockerKind::Price };
    let event = event(SIDE * SIDE / 2, day("2026-02-01"), blocker);
    let head = store.change(&mut |change| change.append(std::slice::from_ref(&event)).map(|_| true)).unwrap();
    Server::wait(|| server.get("/tiles", &[]).json()["at"] == head.position.0);
    assert_eq!(said(&server.get(&path, &[])), 2);
}
