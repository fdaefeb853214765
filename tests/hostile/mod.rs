//! Files made to do harm, small and made on the fly, and a look at processes.
#![allow(dead_code, reason = "each test file uses a part")]

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
};

use super::support;

/// What stands in a file that no import may read.
pub const SECRET: &str = "MAT-KHAU-4711";

/// A file beside the others with the secret, in the form of a table.
pub fn secret(folder: &Path) -> PathBuf {
    let path = folder.join("secret.txt");
    std::fs::write(&path, format!("so_to,so_thua\n{SECRET},{SECRET}\n")).unwrap();
    path
}

/// A GeoPackage with parcels, and in its schema a table that is a door to the secret.
pub fn virtual_text(folder: &Path, parcels: &Path) -> PathBuf {
    let secret = secret(folder);
    let file = support::converted(parcels, "GPKG", "leak.gpkg", &["-nln", "parcels"]);
    let door = format!(
        "CREATE VIRTUAL TABLE leak USING VirtualText('{}', 'UTF-8', 1, POINT, DOUBLEQUOTE, ',')",
        secret.display()
    );
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection.execute_batch("PRAGMA writable_schema = ON").unwrap();
    let entry = "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES ('table', 'leak', 'leak', 0, ?1)";
    connection.execute(entry, [door]).unwrap();
    let layer =
        "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('leak', 'attributes', 'leak')";
    connection.execute_batch(layer).unwrap();
    file
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// The corners of a small parcel in degrees, with commas between x and y and spaces between corners.
const RING: &str = "105.9,20.54 105.9002,20.54 105.9002,20.5402 105.9,20.54";

pub fn geojson_with_linked_crs(folder: &Path, host: &str) -> PathBuf {
    let ring: Vec<String> = RING.split(' ').map(|corner| format!("[{corner}]")).collect();
    let text = format!(
        r#"{{"type":"FeatureCollection","crs":{{"type":"link","properties":{{"href":"{host}/crs","type":"proj4"}}}},"features":[{{"type":"Feature","properties":{{"so_to":"12","so_thua":"1"}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}]}}"#,
        ring.join(",")
    );
    written(folder, "linked.geojson", &text)
}

fn gml(schema: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<ogr:FeatureCollection xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://ogr.maptools.org/ {schema}" xmlns:ogr="http://ogr.maptools.org/" xmlns:gml="http://www.opengis.net/gml">
<gml:featureMember><ogr:thua fid="1"><ogr:geometryProperty><gml:Polygon srsName="EPSG:4326"><gml:outerBoundaryIs><gml:LinearRing><gml:coordinates>{RING}</gml:coordinates></gml:LinearRing></gml:outerBoundaryIs></gml:Polygon></ogr:geometryProperty><ogr:so_to>12</ogr:so_to><ogr:so_thua>1</ogr:so_thua></ogr:thua></gml:featureMember>
</ogr:FeatureCollection>"#
    )
}

pub fn gml_with_schema_elsewhere(folder: &Path, host: &str) -> PathBuf {
    written(folder, "located.gml", &gml(&format!("{host}/schema.xsd")))
}

/// With a schema beside it that includes one elsewhere.
pub fn gml_with_including_xsd(folder: &Path, host: &str) -> PathBuf {
    let xsd = format!(
        r#"<?xml version="1.0"?><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:gml="http://www.opengis.net/gml" targetNamespace="http://ogr.maptools.org/"><xs:include schemaLocation="{host}/included.xsd"/><xs:import namespace="http://www.opengis.net/gml" schemaLocation="{host}/gml.xsd"/></xs:schema>"#
    );
    written(folder, "included.xsd", &xsd);
    written(folder, "included.gml", &gml("included.xsd"))
}

/// Ten entities, each ten times the one before.
pub fn entities(folder: &Path, name: &str) -> PathBuf {
    let mut text =
        String::from("<?xml version=\"1.0\"?>\n<!-- a map -->\n<!DOCTYPE a [\n<!ENTITY e0 \"1234567890\">\n");
    for n in 1..10 {
        let before = format!("&e{};", n - 1).repeat(10);
        let line = format!("<!ENTITY e{n} \"{before}\">\n");
        text += &line;
    }
    text.push_str("]>\n");
    let body = if name.ends_with("kml") {
        "<kml xmlns=\"http://www.opengis.net/kml/2.2\"><Placemark><name>&e9;</name></Placemark></kml>"
            .to_owned()
    } else {
        gml("x.xsd").split_once('\n').unwrap().1.replace("<ogr:so_to>12<", "<ogr:so_to>&e9;<")
    };
    written(folder, name, &(text + &body))
}

/// A workbook whose one sheet has a header of a table and this many equal rows.
pub fn xlsx(folder: &Path, name: &str, rows: usize) -> PathBuf {
    let path = folder.join(name);
    let mut archive = zip::ZipWriter::new(File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    let (office, package) = (
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://schemas.openxmlformats.org/package/2006",
    );
    let sheets = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let link = |target: &str, kind: &str| {
        format!(
            r#"<?xml version="1.0"?><Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/{kind}" Target="{target}"/></Relationships>"#
        )
    };
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let parts = [
        (
            "[Content_Types].xml",
            format!(
                r#"<?xml version="1.0"?><Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{sheets}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{sheets}.worksheet+xml"/></Types>"#
            ),
        ),
        ("_rels/.rels", link("xl/workbook.xml", "officeDocument")),
        (
            "xl/workbook.xml",
            format!(
                r#"<?xml version="1.0"?><workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#
            ),
        ),
        ("xl/_rels/workbook.xml.rels", link("worksheets/sheet1.xml", "worksheet")),
    ];
    for (part, text) in parts {
        archive.start_file(part, options).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    write!(archive, r#"<?xml version="1.0"?><worksheet xmlns="{main}"><sheetData><row>"#).unwrap();
    for column in ["so_to", "so_thua", "ghi_chu"] {
        write!(archive, r#"<c t="inlineStr"><is><t>{column}</t></is></c>"#).unwrap();
    }
    archive.write_all(b"</row>").unwrap();
    let thousand = "<row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>".repeat(1000);
    for _ in 0..rows / 1000 {
        archive.write_all(thousand.as_bytes()).unwrap();
    }
    archive.write_all(b"</sheetData></worksheet>").unwrap();
    archive.finish().unwrap();
    path
}

/// Numbers as chance would have them, the same each time.
fn chance() -> impl FnMut() -> f64 {
    let mut state = 7_u64;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A drawing of so many lines across a square kilometre, and one text.
pub fn random_lines(folder: &Path, lines: usize) -> PathBuf {
    let mut next = chance();
    let (east, north) = support::CHECK_5897;
    let mut text = String::from("0\nSECTION\n2\nENTITIES\n");
    for _ in 0..lines {
        let [a, b, c, d] = [next(), next(), next(), next()].map(|share| share * 1000.0);
        let line = format!("10\n{}\n20\n{}\n11\n{}\n21\n{}\n", east + a, north + b, east + c, north + d);
        text = text + "0\nLINE\n8\n0\n" + &line;
    }
    let title = format!("0\nTEXT\n8\n0\n10\n{east}\n20\n{north}\n40\n2\n1\n12\n0\nENDSEC\n0\nEOF\n");
    written(folder, "random.dxf", &(text + &title))
}

/// So many parcels in one place, each with sixty corners.
pub fn same_place(folder: &Path, parcels: usize) -> PathBuf {
    let (east, north) = support::CHECK_5897;
    let corner = |n: u32| {
        let angle = f64::from(n % 60) / 60.0 * std::f64::consts::TAU;
        (east + 20.0 * angle.cos(), north + 20.0 * angle.sin())
    };
    let ring = support::wkt(&(0..=60).map(corner).collect::<Vec<_>>());
    let rows: Vec<String> = (0..parcels).map(|n| support::parcel_row(&n.to_string(), &ring)).collect();
    support::parcels_csv(folder, "same.csv", &rows)
}

/// Makes this thread, and what it starts, live on a kernel that does not know a call.
pub fn forget_call(call: i64) {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
    let rules = [(call, Vec::new())].into_iter().collect();
    let unknown = SeccompAction::Errno(libc::ENOSYS as u32);
    let processor = std::env::consts::ARCH.try_into().unwrap();
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, unknown, processor).unwrap();
    let program: BpfProgram = filter.try_into().unwrap();
    seccompiler::apply_filter(&program).unwrap();
}

/// State and parent of a process.
fn stat(process: u32) -> Option<(char, u32)> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut rest = text.rsplit_once(')')?.1.split_whitespace();
    Some((rest.next()?.chars().next()?, rest.next()?.parse().ok()?))
}

/// Processes that another has started, those among them too that ended and were not waited for.
pub fn children(parent: u32) -> Vec<u32> {
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    numbers.filter(|process| stat(*process).is_some_and(|(_, of)| of == parent)).collect()
}

/// Whether a process still runs.
pub fn lives(process: u32) -> bool {
    stat(process).is_some_and(|(state, _)| !matches!(state, 'Z' | 'X'))
}
