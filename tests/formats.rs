//! Exports: the same rows whatever the format and whatever the door, read back by GDAL.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use gdal::{
    Dataset,
    vector::{Feature, LayerAccess},
};
use matbang::{
    analysis::View,
    domain::{Day, law},
    export::{Collection, Crs, Format, Job, Options, Picked},
    query::Personal,
    store,
};
use serde_json::Value;

use crate::harness::{Demo, Server, UNTIL, succeed};

/// Format, end of the file's name, and what GDAL opens.
const FORMATS: [(&str, &str); 9] = [
    ("geojson", "geojson"),
    ("geojsonseq", "geojsonl"),
    ("csv", "csv"),
    ("gpkg", "gpkg"),
    ("fgb", "fgb"),
    ("shp", "shp.zip"),
    ("xlsx", "xlsx"),
    ("kml", "kml"),
    ("parquet", "parquet"),
];

/// Names that Shapefiles shorten.
fn field(format: &str, name: &str) -> String {
    if format == "shp" { name.chars().take(10).collect() } else { name.to_owned() }
}

/// A row as texts that compare across formats: numbers by value, dates by their day.
fn row(format: &str, feature: &Feature<'_>, columns: &[(String, String)]) -> Vec<String> {
    columns
        .iter()
        .map(|(name, kind)| {
            let place = feature.field_index(field(format, name)).unwrap();
            let text = feature.field_as_string(place).unwrap().unwrap_or_default();
            match kind.as_str() {
                "number" | "integer" => {
                    text.parse::<f64>().map_or(String::new(), |number| format!("{number:.6}"))
                }
                "boolean" => matches!(text.as_str(), "1" | "true" | "True" | "TRUE").to_string(),
                "date" => text.chars().take(10).collect::<String>().replace('/', "-"),
                _ => text,
            }
        })
        .collect()
}

type Rows = BTreeMap<u64, (Vec<String>, f64)>;

/// All rows of a file by id, with the area of their shape.
fn read(format: &str, path: &Path, columns: &[(String, String)]) -> Rows {
    let name = path.to_str().unwrap();
    let name = if format == "shp" { format!("/vsizip/{name}") } else { name.to_owned() };
    let dataset = Dataset::open(name).unwrap_or_else(|e| panic!("{format}: {e}"));
    let mut layer = dataset.layer(0).unwrap();
    let mut rows = Rows::new();
    for feature in layer.features() {
        let id = match format {
            "geojson" | "geojsonseq" | "gpkg" => feature.fid().unwrap(),
            "kml" => feature.field_as_double(feature.field_index("id").unwrap()).unwrap().unwrap() as u64,
            _ => feature.field_as_integer64(feature.field_index("id").unwrap()).unwrap().unwrap() as u64,
        };
        let area = feature.geometry().filter(|g| g.has_gdal_ptr()).map_or(0.0, gdal::vector::Geometry::area);
        assert!(rows.insert(id, (row(format, &feature, columns), area)).is_none(), "{format}: {id} twice");
    }
    rows
}

/// The columns of a collection that are shown unasked, with their JSON type.
fn columns(server: &Server, collection: &str) -> Vec<(String, String)> {
    let schema = server.get(&format!("/ogc/collections/{collection}/schema"), &[]).json();
    let page = server.get(&format!("/ogc/collections/{collection}/items?limit=1"), &[]).json();
    let shown = page["features"][0]["properties"].as_object().unwrap();
    let kind = |name: &String| {
        let about = &schema["properties"][name];
        let kind = about["format"].as_str().or(about["type"].as_str()).unwrap();
        (name.clone(), kind.to_owned())
    };
    shown.keys().map(kind).collect()
}

fn same(format: &str, rows: &Rows, wanted: &Rows) {
    assert_eq!(rows.keys().collect::<Vec<_>>(), wanted.keys().collect::<Vec<_>>(), "{format}");
    for (id, (values, area)) in rows {
        let (other, other_area) = &wanted[id];
        assert_eq!(values, other, "{format} {id}");
        let shaped = format != "xlsx";
        assert!(
            !shaped || (area - other_area).abs() <= other_area * 1e-5,
            "{format} {id}: {area} {other_area}"
        );
    }
}

#[test]
fn every_format_holds_the_same_rows_from_the_command_line_and_from_the_server() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let conditions = [
        ("parcels", "stage IN ('paid','notice') AND area > 150"),
        ("projects", "parcels > 0"),
        ("units", "level = 'commune'"),
    ];
    for (collection, filter) in conditions {
        let columns = columns(&server, collection);
        let mut wanted = None;
        // GDAL of Debian reads no Parquet; tests/clients.rs has readers that do.
        for (format, end) in FORMATS.into_iter().filter(|(format, _)| *format != "parquet") {
            let path = demo.folder().join(format!("{collection}.{end}"));
            let out = path.to_str().unwrap();
            let arguments = [
                "export", collection, "--format", format, "--filter", filter, "--as-of", UNTIL, "--out", out,
            ];
            succeed(&demo.store(), &arguments);
            let rows = read(format, &path, &columns);
            same(format, &rows, wanted.get_or_insert_with(|| rows.clone()));
            let query = form_urlencoded::Serializer::new(String::new())
                .extend_pairs([("f", format), ("filter", filter), ("as_of", UNTIL)])
                .finish();
            let reply = server.get(&format!("/ogc/collections/{collection}/items?{query}"), &[]);
            assert_eq!(reply.status, 200, "{format}: {}", String::from_utf8_lossy(&reply.body));
            let path = demo.folder().join(format!("http-{collection}.{end}"));
            std::fs::write(&path, &reply.body).unwrap();
            same(format, &read(format, &path, &columns), wanted.as_ref().unwrap());
            let name = reply.header("content-disposition").to_owned();
            assert!(name.contains(&format!("matbang-{collection}-")) && name.contains(UNTIL), "{name}");
        }
        assert!(wanted.unwrap().len() > 15, "{collection}");
    }
}

#[test]
fn vietnamese_survives_in_every_format() {
    let demo = Demo::new();
    let mut names: Option<Vec<String>> = None;
    for (format, end) in FORMATS.into_iter().filter(|(format, _)| *format != "parquet") {
        let path = demo.folder().join(format!("projects.{end}"));
        succeed(&demo.store(), &["export", "projects", "--format", format, "--out", path.to_str().unwrap()]);
        let columns = [("name".to_owned(), "string".to_owned())];
        let found: Vec<String> =
            read(format, &path, &columns).into_values().map(|(mut row, _)| row.remove(0)).collect();
        assert!(found.iter().any(|name| name.contains('ư') && name.contains("đ")), "{found:?}");
        assert_eq!(&found, names.get_or_insert_with(|| found.clone()), "{format}");
    }
}

#[test]
fn coordinates_go_out_in_other_systems_longitude_or_easting_first() {
    let demo = Demo::new();
    for (format, end) in [("gpkg", "gpkg"), ("fgb", "fgb"), ("shp", "shp.zip")] {
        let path = demo.folder().join(format!("vn.{end}"));
        let out = path.to_str().unwrap();
        succeed(
            &demo.store(),
            &["export", "parcels", "--format", format, "--crs", "EPSG:9210", "--out", out],
        );
        let name = if format == "shp" { format!("/vsizip/{out}") } else { out.to_owned() };
        let dataset = Dataset::open(name).unwrap();
        let mut layer = dataset.layer(0).unwrap();
        let wkt = layer.spatial_ref().unwrap().to_wkt().unwrap();
        assert!(wkt.contains("VN") && wkt.contains("105.75"), "{format}: {wkt}");
        // Square metres on the ground, give or take what a zone stretches and a tenth.
        for feature in layer.features().take(200) {
            let area = feature.field_as_double(feature.field_index("area").unwrap()).unwrap().unwrap();
            let drawn = feature.geometry().unwrap().area();
            assert!((drawn - area).abs() < area * 2e-3 + 1.0, "{format}: {drawn} {area}");
        }
    }
}

#[test]
fn csv_tells_places_in_three_ways_and_marks_itself_for_excel() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let get = |more: &str| {
        let path = format!("/ogc/collections/parcels/items?f=csv&limit=3{more}");
        String::from_utf8(server.get(&path, &[]).body).unwrap()
    };
    let header = |text: &str| text.lines().next().unwrap().to_owned();
    assert!(header(&get("")).ends_with(",WKT") && get("").contains("POLYGON((105."));
    assert!(header(&get("&geom=lonlat")).ends_with(",lon,lat") && get("&geom=lonlat").contains(",105."));
    assert!(header(&get("&geom=none")).ends_with(",handed_over_on"));
    assert!(get("&bom=true").starts_with("\u{feff}id,") && get("").starts_with("id,"));
    assert_eq!(get("").lines().count(), 4);
}

#[test]
fn the_form_is_negotiated() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let path = "/ogc/collections/projects/items";
    for (accept, kind) in [
        ("application/geo+json", "application/geo+json"),
        ("*/*", "application/geo+json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/geopackage+sqlite3", "application/geopackage+sqlite3"),
        ("application/vnd.flatgeobuf", "application/vnd.flatgeobuf"),
    ] {
        assert_eq!(server.get(path, &[("accept", accept)]).header("content-type"), kind);
    }
    // f is stronger.
    let reply = server.get(&format!("{path}?f=csv"), &[("accept", "text/html")]);
    assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8");
    let page = server.get(path, &[("accept", "text/html")]);
    let html = String::from_utf8(page.body.clone()).unwrap();
    assert!(html.contains("<table>") && html.contains("Tên dự án") && !html.contains("<script"));
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
}

#[test]
fn html_pages_link_to_each_other_and_load_nothing() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let (mut waiting, mut seen) = (vec!["/ogc?f=html".to_owned()], std::collections::BTreeSet::new());
    while let Some(path) = waiting.pop() {
        if seen.len() > 60 || !seen.insert(path.clone()) {
            continue;
        }
        let reply = server.get(&path, &[]);
        assert_eq!(reply.status, 200, "{path}");
        if !reply.header("content-type").starts_with("text/html") {
            continue;
        }
        let html = String::from_utf8(reply.body).unwrap();
        assert!(!html.contains("<script") && !html.contains("src="), "{path}");
        for part in html.split("href=\"").skip(1) {
            let href = part.split('"').next().unwrap().replace("&amp;", "&");
            let own = href.strip_prefix(&server.url).unwrap_or(&href).to_owned();
            if own.starts_with("/ogc") && !own.contains("/items/") {
                waiting.push(own);
            }
        }
    }
    assert!(seen.len() > 40, "{seen:?}");
}

#[test]
fn documents_of_the_standard_hang_together() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let landing = server.get("/ogc", &[]).json();
    let href = |rel: &str| -> PathBuf {
        let links = landing["links"].as_array().unwrap();
        let link = links.iter().find(|link| link["rel"] == rel).unwrap_or_else(|| panic!("no {rel}"));
        link["href"].as_str().unwrap().strip_prefix(&server.url).unwrap().into()
    };
    for rel in
        ["service-desc", "conformance", "data", "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"]
    {
        assert_eq!(server.get(href(rel).to_str().unwrap(), &[]).status, 200, "{rel}");
    }
    let api = server.get("/ogc/api", &[]);
    assert_eq!(api.header("content-type"), "application/vnd.oai.openapi+json;version=3.0");
    assert_eq!(api.json()["openapi"], "3.0.3");
    let collections = server.get("/ogc/collections", &[]).json();
    for collection in collections["collections"].as_array().unwrap() {
        let id = collection["id"].as_str().unwrap();
        let page = server.get(&format!("/ogc/collections/{id}/items?limit=5"), &[]).json();
        let queryables = server.get(&format!("/ogc/collections/{id}/queryables"), &[]).json();
        let schema = server.get(&format!("/ogc/collections/{id}/schema"), &[]).json();
        assert_eq!(schema["properties"]["geometry"]["x-ogc-role"], "primary-geometry");
        for feature in page["features"].as_array().unwrap() {
            for (name, value) in feature["properties"].as_object().unwrap() {
                let about = &schema["properties"][name];
                assert_eq!(about["type"], queryables["properties"][name]["type"], "{id}.{name}");
                let kind = match value {
                    Value::Null => continue,
                    Value::Bool(_) => "boolean",
                    Value::Number(number) if number.is_f64() || about["type"] == "number" => "number",
                    Value::Number(_) => "integer",
                    _ => "string",
                };
                assert_eq!(about["type"], kind, "{id}.{name}");
                let codes = about["enum"].as_array();
                assert!(codes.is_none_or(|codes| codes.contains(value)), "{id}.{name}: {value}");
            }
        }
    }
}

#[test]
fn tiles_have_the_standards_addresses_too() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let tileset = server.get("/ogc/collections/parcels/tiles/WebMercatorQuad", &[]).json();
    let template = tileset["links"].as_array().unwrap().iter().find(|link| link["rel"] == "item").unwrap();
    let template = template["href"].as_str().unwrap().strip_prefix(&server.url).unwrap().to_owned();
    let filled = |row: &str, col: &str| {
        template.replace("{tileMatrix}", "12").replace("{tileRow}", row).replace("{tileCol}", col)
    };
    let corner = &tileset["boundingBox"]["lowerLeft"];
    let (lon, lat) = (corner[0].as_f64().unwrap() + 0.1, corner[1].as_f64().unwrap() + 0.1);
    let side = 4096.0;
    let col = ((lon + 180.0) / 360.0 * side) as u32;
    let row = ((1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * side) as u32;
    let own = server.get(&filled(&row.to_string(), &col.to_string()), &[]);
    let xyz = server.get(&format!("/tiles/parcels/12/{col}/{row}"), &[]);
    assert_eq!((own.status, &own.body), (200, &xyz.body));
    assert_eq!(own.header("content-type"), "application/vnd.mapbox-vector-tile");
    for (path, status) in [
        ("/ogc/tiles", 200),
        ("/ogc/tiles/WebMercatorQuad?f=tilejson", 200),
        ("/ogc/tiles/WebMercatorQuad/8/112/203", 200),
        ("/ogc/tileMatrixSets/WebMercatorQuad", 200),
        ("/ogc/tileMatrixSets/Mars", 404),
        ("/ogc/collections/events/tiles", 404),
        ("/ogc/tiles/WebMercatorQuad/8/x/203", 400),
        ("/ogc/tiles/WebMercatorQuad/2/9/9", 404),
    ] {
        assert_eq!(server.get(path, &[]).status, status, "{path}");
    }
    let set = server.get("/ogc/tileMatrixSets/WebMercatorQuad", &[]).json();
    assert_eq!(set["tileMatrices"][3]["matrixWidth"], 8);
    let json = server.get("/ogc/collections/parcels/tiles/WebMercatorQuad?f=tilejson", &[]).json();
    assert!(json["tiles"][0].as_str().unwrap().ends_with("/WebMercatorQuad/{z}/{y}/{x}"));
}

#[test]
fn more_rows_than_an_excel_sheet_holds_are_refused_before_a_byte_is_written() {
    const SHEET: usize = 1_048_576;
    let demo = Demo::new();
    let store = store::open(&demo.store()).unwrap();
    let view = View::new(
        std::sync::Arc::new(store.load(law(&[]).unwrap().into()).unwrap()),
        Day::parse(UNTIL).unwrap(),
    );
    let job = |columns: usize| Job {
        view: &view,
        collection: Collection::Projects,
        columns: Collection::Projects.columns().iter().take(columns).collect(),
        crs: Crs::default(),
        personal: &Personal::Nowhere,
        options: Options::default(),
    };
    // The first row names the columns.
    let mut out = Vec::new();
    let error = job(1).write(Format::Xlsx, Picked::Indexes(&vec![0; SHEET]), &mut out).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("1048575") && text.contains("csv"), "{text}");
    assert!(out.is_empty());
    let count = job(1).write(Format::Xlsx, Picked::Indexes(&vec![0; SHEET - 1]), &mut out).unwrap();
    assert_eq!(count, SHEET - 1);
    assert!(out.starts_with(b"PK"));
}

/// What programs of others were told wrong: no word of the system of coordinates, a tree of nothing, weights and
/// rectangles across the antimeridian that did not count, links that forgot the filter.
#[test]
fn what_other_programs_ask_and_read_means_what_they_think_it_means() {
    let demo = Demo::new();
    let server = Server::start(&demo.store());
    let items = "/ogc/collections/parcels/items";
    let get = |query: &str| server.get(&format!("{items}?{query}"), &[]);
    // GDAL 3.6 writes days so.
    let matched = |query: &str| get(query).json()["numberMatched"].as_u64();
    let day = "filter=handed_over_on%20%3E%20";
    assert_eq!(matched(&format!("{day}'2026-03-01T'")), matched(&format!("{day}DATE('2026-03-01')")));
    assert!(matched(&format!("{day}'2026-03-01T'")).is_some());
    assert_eq!(matched("bbox=170,-90,-170,90"), Some(0));
    assert_eq!(matched("filter=S_INTERSECTS(geometry,BBOX(170,-90,-170,90))"), Some(0));
    assert_eq!(matched("bbox=100,-90,-170,90"), matched(""));
    let kind = |accept: &str| {
        let reply = server.get(&format!("{items}?limit=1"), &[("accept", accept)]);
        reply.header("content-type").to_owned()
    };
    assert_eq!(kind("text/html;q=0, application/geo+json"), "application/geo+json");
    assert!(kind("application/geo+json;q=0.1, text/html").starts_with("text/html"));
    let page = String::from_utf8(get("f=html&filter=late&limit=5").body).unwrap();
    assert!(page.contains("items?f=gpkg&amp;filter=late\""), "{page}");
    let empty = demo.folder().join("empty.fgb");
    std::fs::write(&empty, get("f=fgb&filter=1%3D0").body).unwrap();
    assert_eq!(Dataset::open(&empty).unwrap().layer(0).unwrap().feature_count(), 0);
    let metres = String::from_utf8(get("f=csv&geom=lonlat&limit=1&crs=EPSG:5897").body).unwrap();
    assert!(metres.lines().next().unwrap().ends_with(",x,y"), "{metres}");
    let file = demo.folder().join("metres.geojson");
    std::fs::write(&file, get("f=geojson&limit=3&crs=EPSG:5897").body).unwrap();
    let crs = Dataset::open(&file).unwrap().layer(0).unwrap().spatial_ref().unwrap();
    assert_eq!(crs.auth_code().unwrap(), 5897);
}

#[test]
fn a_table_for_people_tells_in_words_what_was_chosen() {
    let demo = Demo::new();
    let head = |words: &str, filter: &str| -> Vec<String> {
        let arguments =
            ["export", "parcels", "--format", "csv", "--words", words, "--as-of", UNTIL, "--filter", filter];
        let table = succeed(&demo.store(), &arguments);
        let lines =
            table.lines().map(|line| line.trim_start_matches('\u{feff}').trim_matches('"').to_owned());
        lines.skip(1).take_while(|line| !line.contains("30/06/2026")).collect()
    };
    for (filter, told) in [
        (
            "unit = '13285' AND overdue_days > 90",
            &["Đơn vị hành chính: Phường Phủ Lý", "Số ngày quá hạn luật định > 90"][..],
        ),
        ("project IN ('DA01', 'X9')", &["Dự án: Đường trục phía Đông, đoạn Lý Nhân - Bình Lục; X9"]),
        (
            "key = TRUE AND (blockers LIKE '%price%' OR blockers LIKE '%graves%') AND NOT late = TRUE",
            &["Dự án trọng điểm", "Vướng mắc: Đơn giá bồi thường hoặc Mồ mả", "không (Chậm kế hoạch)"],
        ),
        (
            "S_INTERSECTS(geometry, POLYGON((105 20, 107 20, 107 21, 105 20))) AND blocked_since IS NULL",
            &["Chạm vùng đã chọn trên bản đồ", "Vướng mắc từ ngày: không có"],
        ),
        ("S_WITHIN(geometry, POLYGON((105 20, 107 20, 107 21, 105 20)))", &["Hình trên bản đồ (s_within)"]),
        (
            "area BETWEEN 10.5 AND 200 AND cleared = FALSE",
            &["Diện tích thu hồi (m²): từ 10,5 đến 200", "không: Đã bàn giao"],
        ),
        ("planned_on >= DATE('2026-02-01')", &["Ngày bàn giao theo kế hoạch ≥ 01/02/2026"]),
    ] {
        assert_eq!(head("vi", filter), told, "{filter}");
    }
    let ids: Vec<String> = (1..=15).map(|n| format!("'{n}'")).collect();
    let long = head("vi", &format!("parcel IN ({})", ids.join(",")));
    assert_eq!(long, ["Số thửa: 1; 10; 11; 12; 13; 14; 15; 2; 3; 4; 5; 6; và 3 giá trị khác"]);
    assert_eq!(head("en", "unit = '13285' OR overdue = TRUE"), ["Unit: Phường Phủ Lý or Overdue by law"]);
}
