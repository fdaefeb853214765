//! Rows that are read here are those that GDAL reads, whatever the file holds.

use std::{collections::BTreeMap, path::Path, process::Command};

use proptest::{prelude::*, sample::select};

use crate::ingest::{
    bounds::Bounds,
    flow::Halt,
    source::{Learned, Source, SourceRow, shape::Shape},
};

/// A feature without what a pass may lay out otherwise: the order of its columns.
#[derive(Debug, PartialEq)]
struct Read {
    feature: String,
    cells: BTreeMap<String, String>,
    shape: Shape,
    repaired: Option<String>,
    refused: Option<String>,
}

fn read(source: &Source, row: SourceRow) -> Read {
    let names = source.columns.iter().map(|column| column.name.clone());
    let cells = names.zip(row.cells).filter_map(|(name, cell)| Some((name, plainly(cell?)))).collect();
    Read { feature: row.feature, cells, shape: row.shape, repaired: row.repaired, refused: row.refused }
}

/// A number by its value: the two may write its last digits in other ways.
fn plainly(text: String) -> String {
    let digits = text.contains(['.', 'e']).then(|| text.parse::<f64>().ok()).flatten();
    digits.map_or(text, |number| format!("{number:.11e}"))
}

fn columns(source: &Source) -> Vec<usize> {
    (0..source.columns.len()).collect()
}

/// The features, or why the whole file is refused.
type Outcome = Result<Vec<Read>, String>;

fn outcome(rows: Vec<Read>, all: Result<Vec<String>, Halt>) -> Outcome {
    match all {
        Ok(_) => Ok(rows),
        Err(Halt::File(error)) => Err(error.to_string()),
        Err(Halt::Taker(error)) => Err(error.to_string()),
    }
}

fn by_gdal(path: &Path) -> Outcome {
    let source = Source::open(path, None, &Bounds::UPLOAD).unwrap();
    let mut rows = Vec::new();
    let all = source.each_run_by_gdal(&columns(&source), &Bounds::UPLOAD, &mut |run, _| {
        rows.extend(run.into_iter().map(|row| read(&source, row)));
        Ok(())
    });
    outcome(rows, all)
}

/// None where the file is left to GDAL.
fn directly(path: &Path) -> Option<Outcome> {
    let source = Source::quickly(path, None, &Bounds::UPLOAD).unwrap();
    if source.driver == "GeoJSONSeq" && !source.is_lines() {
        return None;
    }
    let mut rows = Vec::new();
    let all = source.each_run(&columns(&source), &Bounds::UPLOAD, &mut |run, _| {
        rows.extend(run.into_iter().map(|row| read(&source, row)));
        Ok(())
    });
    (!matches!(source.learned(), Learned::Odd)).then(|| outcome(rows, all))
}

const WORDS: [&str; 16] = [
    r#""Nguyễn Văn A""#,
    r#""  blanks  ""#,
    r#""""#,
    r#""12""#,
    r#""12a""#,
    r#""0012""#,
    r#""a\"b\\c\u0110\n""#,
    r#""\ud83d\ude00""#,
    r#""2026-11-24""#,
    r#""2026/11/24""#,
    r#""2026-11-24T07:00:00""#,
    r#""2026-02-30""#,
    r#""07:30""#,
    r#""07:30:15""#,
    r#""2026-11-24T07:00:00+07:00""#,
    r#""x,y;z""#,
];
const WHOLE: [&str; 7] = ["0", "12", "-3", "2147483648", "-0", "9007199254740993", "1200"];
const REAL: [&str; 11] = [
    "5.50",
    "0.1",
    "1e3",
    "-0.25",
    "123456.789",
    "1E-5",
    "12.0",
    "0.30000000000000004",
    "1e21",
    "-0.0",
    "518.1",
];
const DAYS: [&str; 4] = [r#""2026-11-24""#, r#""2026-12-31""#, "null", r#""1999-01-01""#];
const ODD: [&str; 5] = ["true", "false", "null", r#"{"a":[1,"}"]}"#, "[1,2]"];

fn value() -> impl Strategy<Value = BoxedStrategy<&'static str>> {
    let whole = select(&WHOLE[..]).boxed();
    let number = prop_oneof![select(&WHOLE[..]), select(&REAL[..])].boxed();
    let mixed =
        prop_oneof![select(&WORDS[..]), select(&WHOLE[..]), select(&REAL[..]), select(&ODD[..])].boxed();
    let kinds = [
        whole,
        number,
        select(&REAL[..]).boxed(),
        select(&WORDS[..]).boxed(),
        select(&DAYS[..]).boxed(),
        prop_oneof![select(&WHOLE[..]), Just("null"), Just("true")].boxed(),
        mixed,
    ];
    select(kinds.to_vec())
}

const SHAPES: [&str; 11] = [
    r#"{"type":"Polygon","coordinates":[[[105.9,20.5],[105.91,20.5],[105.91,20.51],[105.9,20.51],[105.9,20.5]]]}"#,
    r#"{"coordinates":[[[105.9,20.5],[105.9,20.51],[105.91,20.51],[105.9,20.5]]],"type":"Polygon"}"#,
    r#"{ "type": "Polygon", "coordinates": [ [ [1.059e2, 20.5], [105.91, 20.5], [105.91, 20.51], [105.9, 20.5] ] ] }"#,
    r#"{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[1,2],[2,2],[1,1]]]}"#,
    r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[3,3],[4,3],[4,4],[3,3]]]]}"#,
    r#"{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}"#,
    r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}"#,
    r#"{"type":"Polygon","coordinates":[[[0,0,5],[1,0,5],[1,1,5],[0,0,5]]]}"#,
    r#"{"type":"Polygon","coordinates":[]}"#,
    r#"{"type":"Point","coordinates":[1,2]}"#,
    "null",
];

/// Cells, shape and number of a feature.
type Drawn = (Vec<Option<&'static str>>, &'static str, Option<usize>);

fn line((number, (cells, shape, id)): (usize, Drawn)) -> String {
    let cells = cells.into_iter().enumerate();
    let cells = cells.filter_map(|(column, cell)| Some(format!(r#""c{column}":{}"#, cell?)));
    let properties: Vec<String> = std::iter::once(format!(r#""so":{number}"#)).chain(cells).collect();
    let properties = properties.join(",");
    let id = id.map_or(String::new(), |id| format!(r#""id":{},"#, id * 20 + number));
    format!(r#"{{"type":"Feature",{id}"properties":{{{properties}}},"geometry":{shape}}}"#) + "\n"
}

/// Lines of features whose columns each are of one kind, or of all.
fn lines() -> impl Strategy<Value = String> {
    let feature = |kinds: Vec<BoxedStrategy<&'static str>>| {
        let cells: Vec<_> = kinds.into_iter().map(|kind| prop::option::weighted(0.9, kind)).collect();
        let shape = prop_oneof![3 => Just(SHAPES[0]), 2 => select(&SHAPES[..])];
        (cells, shape, prop::option::weighted(0.1, 100_usize..200))
    };
    let columns = prop::collection::vec(value(), 1..6);
    let features = columns.prop_flat_map(move |kinds| prop::collection::vec(feature(kinds), 2..12));
    features.prop_map(|features| features.into_iter().enumerate().map(line).collect())
}

fn ogr2ogr(format: &str, to: &Path, from: &Path, options: &[&str]) -> bool {
    let mut command = Command::new("ogr2ogr");
    command.args(["-f", format]).args(options).arg(to).arg(from);
    command.output().expect("ogr2ogr runs").status.success()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_read_as_gdal_reads_them(text in lines()) {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        let from = file("a.geojsonl");
        std::fs::write(&from, &text).unwrap();
        if let Some(rows) = directly(&from) {
            prop_assert_eq!(rows, by_gdal(&from), "lines:\n{}", text);
        }
        let package = file("a.gpkg");
        prop_assert!(ogr2ogr("GPKG", &package, &from, &["-unsetFid"]));
        prop_assert_eq!(directly(&package).unwrap(), by_gdal(&package), "GeoPackage of:\n{}", text);
        let shapes = file("a.shp");
        let only_areas = ["-skipfailures", "-nlt", "POLYGON", "-where", "OGR_GEOMETRY LIKE '%POLYGON'"];
        if ogr2ogr("ESRI Shapefile", &shapes, &from, &only_areas) && file("a.shx").exists() && !by_gdal_is_empty(&shapes) {
            prop_assert_eq!(directly(&shapes).unwrap(), by_gdal(&shapes), "Shapefile of:\n{}", text);
        }
    }
}

fn by_gdal_is_empty(path: &Path) -> bool {
    gdal::Dataset::open(path)
        .is_ok_and(|dataset| gdal::vector::LayerAccess::feature_count(&dataset.layer(0).unwrap()) == 0)
}
