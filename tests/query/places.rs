//! Filters and answers in other coordinate systems, and shapes held against GEOS.

use std::collections::BTreeSet;

use gdal::vector::Geometry;
use serde_json::Value;

use super::{WorldPoint, coded, number};

/// A shape of a feature, for GEOS.
fn shape(feature: &Value) -> Geometry {
    Geometry::from_geojson(&feature["geometry"].to_string()).unwrap()
}

type Relation = fn(&Geometry, &Geometry) -> bool;

#[test]
fn spatial_functions_agree_with_geos() {
    let world = WorldPoint::new();
    let all = world.all("parcels");
    let ring = all[700]["geometry"]["coordinates"][0].as_array().unwrap();
    let corner = (ring[0][0].as_f64().unwrap(), ring[0][1].as_f64().unwrap());
    let around = |r: f64| {
        let (x, y) = corner;
        // Off every vertex, so that no coordinate decides by its last digit.
        let (w, s, e, n) = (x - r - 3e-7, y - r * 0.7 - 3e-7, x + r + 4e-7, y + r * 0.9 + 4e-7);
        format!("POLYGON(({w} {s},{e} {s},{} {n},{w} {n},{w} {s}))", e + r / 3.0)
    };
    let own = shape(&all[700]).wkt().unwrap();
    let line = format!(
        "LINESTRING({} {},{} {})",
        corner.0 - 0.01,
        corner.1 - 0.011,
        corner.0 + 0.012,
        corner.1 + 0.01
    );
    let point = format!("POINT({} {})", corner.0, corner.1);
    let relations: [(&str, Relation); 7] = [
        ("S_INTERSECTS", |a, b| a.intersects(b)),
        ("S_DISJOINT", |a, b| a.disjoint(b)),
        ("S_WITHIN", |a, b| a.within(b)),
        ("S_CONTAINS", |a, b| a.contains(b)),
        ("S_TOUCHES", |a, b| a.touches(b)),
        ("S_OVERLAPS", |a, b| a.overlaps(b)),
        ("S_CROSSES", |a, b| a.crosses(b)),
    ];
    let shapes: Vec<_> = all.iter().map(|f| (f["id"].as_u64().unwrap(), shape(f))).collect();
    let mut some = 0;
    for literal in [&around(0.002), &around(0.02), &around(0.2), &own, &line, &point] {
        let geometry = Geometry::from_wkt(literal).unwrap();
        for (name, relation) in relations {
            let wanted: BTreeSet<u64> =
                shapes.iter().filter(|(_, own)| relation(own, &geometry)).map(|(id, _)| *id).collect();
            let filter = format!("{name}(geometry, {literal})");
            assert_eq!(world.found("parcels", &[("filter", &filter)]), wanted, "{filter}");
            some += usize::from(!wanted.is_empty());
            // Seen from the other side, among other conditions, and denied.
            let filter = format!("NOT {name}({literal}, geometry) AND area > 100");
            let wanted: BTreeSet<u64> = shapes
                .iter()
                .zip(&all)
                .filter(|((_, own), f)| !relation(&geometry, own) && number(&f["properties"], "area") > 100.0)
                .map(|((id, _), _)| *id)
                .collect();
            assert_eq!(world.found("parcels", &[("filter", &filter)]), wanted, "{filter}");
        }
    }
    assert!(some > 15, "{some}");
    let equal = world.found("parcels", &[("filter", &format!("S_EQUALS(geometry, {own})"))]);
    assert_eq!(equal, BTreeSet::from([all[700]["id"].as_u64().unwrap()]));
    let bbox = format!("{},{},{},{}", corner.0 - 0.005, corner.1 - 0.005, corner.0 + 0.005, corner.1 + 0.005);
    let boxed = world.found("parcels", &[("bbox", &bbox)]);
    assert_eq!(
        boxed,
        world.found("parcels", &[("filter", &format!("S_INTERSECTS(geometry, BBOX({bbox}))"))])
    );
    assert!(!boxed.is_empty());
}

#[test]
fn coordinates_of_filters_and_boxes_may_be_of_other_systems() {
    let world = WorldPoint::new();
    let all = world.all("parcels");
    let ring = &all[100]["geometry"]["coordinates"][0][0];
    let (x, y) = (ring[0].as_f64().unwrap(), ring[1].as_f64().unwrap());
    let bbox = |[a, b]: [f64; 2], r: f64| format!("{},{},{},{}", a - r, b - r, a + r, b + r);
    let degrees = world.found("parcels", &[("bbox", &bbox([x, y], 0.001))]);
    assert!(degrees.len() > 1);
    let turned = bbox([y, x], 0.001);
    for crs in ["http://www.opengis.net/def/crs/EPSG/0/4326", "[EPSG:4326]"] {
        assert_eq!(world.found("parcels", &[("bbox", &turned), ("bbox-crs", crs)]), degrees);
    }
    let filter = format!("S_INTERSECTS(geometry, BBOX({turned}))");
    assert_eq!(world.found("parcels", &[("filter", &filter), ("filter-crs", "EPSG:4326")]), degrees);
    // A box of metres around the same corner, by PROJ here.
    let reference = |epsg| {
        let mut reference = gdal::spatial_ref::SpatialRef::from_epsg(epsg).unwrap();
        reference.set_axis_mapping_strategy(gdal::spatial_ref::AxisMappingStrategy::TraditionalGisOrder);
        reference
    };
    let wgs84 = reference(4326);
    for epsg in [3857, 5897, 9210, 3405] {
        let own = reference(epsg);
        let (mut xs, mut ys) = ([x], [y]);
        let there = gdal::spatial_ref::CoordTransform::new(&wgs84, &own).unwrap();
        there.transform_coords(&mut xs, &mut ys, &mut []).unwrap();
        let metres = bbox([xs[0], ys[0]], 100.0);
        let crs = format!("http://www.opengis.net/def/crs/EPSG/0/{epsg}");
        let wanted: BTreeSet<u64> = all
            .iter()
            .filter(|f| {
                let mut own = shape(f);
                own.set_spatial_ref(reference(4326));
                own.transform_inplace(&there).unwrap();
                let [w, s, e, n] = [xs[0] - 100.0, ys[0] - 100.0, xs[0] + 100.0, ys[0] + 100.0];
                own.intersects(&Geometry::bbox(w, s, e, n).unwrap())
            })
            .map(|f| f["id"].as_u64().unwrap())
            .collect();
        assert_eq!(world.found("parcels", &[("bbox", &metres), ("bbox-crs", &crs)]), wanted, "{epsg}");
        assert!(wanted.len() > 3, "{epsg}");
    }
}

#[test]
fn answers_come_in_the_system_that_is_asked_for_with_its_axes() {
    let world = WorldPoint::new();
    let ask = |crs: &str| {
        let path = format!("/ogc/collections/parcels/items?{}", coded(&[("limit", "1"), ("crs", crs)]));
        let reply = world.server.get(&path, &[]);
        assert_eq!(reply.header("content-crs"), format!("<{crs}>"));
        let place = reply.json()["features"][0]["geometry"]["coordinates"][0][0].clone();
        [place[0].as_f64().unwrap(), place[1].as_f64().unwrap()]
    };
    let [lon, lat] = ask("http://www.opengis.net/def/crs/OGC/1.3/CRS84");
    assert_eq!(ask("http://www.opengis.net/def/crs/EPSG/0/4326"), [lat, lon]);
    let listed = world.server.get("/ogc/collections/parcels", &[]).json();
    let listed = listed["crs"].as_array().unwrap();
    assert_eq!(listed.len(), 24);
    for crs in listed.iter().filter_map(Value::as_str).filter(|crs| crs.contains("EPSG")) {
        let epsg: u32 = crs.rsplit('/').next().unwrap().parse().unwrap();
        let own = gdal::spatial_ref::SpatialRef::from_epsg(epsg).unwrap();
        // GDAL's own strategy follows the registry.
        let mut wgs84 = gdal::spatial_ref::SpatialRef::from_epsg(4326).unwrap();
        wgs84.set_axis_mapping_strategy(gdal::spatial_ref::AxisMappingStrategy::TraditionalGisOrder);
        let there = gdal::spatial_ref::CoordTransform::new(&wgs84, &own).unwrap();
        let (mut xs, mut ys) = ([lon], [lat]);
        there.transform_coords(&mut xs, &mut ys, &mut []).unwrap();
        let [a, b] = ask(crs);
        assert!((a - xs[0]).abs() < 2e-3 && (b - ys[0]).abs() < 2e-3, "{crs}: {a} {b} {xs:?} {ys:?}");
    }
}
