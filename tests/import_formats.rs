//! The formats and fonts that cadastral offices hand out come back as they
//! went in: place, text, count and area.

#![allow(clippy::print_stdout, reason = "its figures are for reading")]

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use crate::harness::{matbang, succeed};
use crate::support::{
    self, CHECK_5897, CHECK_WGS84, HOLDER, converted, metres_between, parcel_row, parcels_csv, square,
};
use geo::{BoundingRect, GeodesicArea};
use matbang::{
    domain::{Parcel, SquareMetres},
    ingest::{self, Batch, Encoding, Options},
};

/// [`HOLDER`] in TCVN3, and the land use NTĐ, as they look when read as Latin-1.
const HOLDER_TCVN3: &str = "NguyÔn V¨n Th\u{AD}êng";
const NTD_TCVN3: &str = "nt®";
/// "Tờ bản đồ số: 12" in TCVN3.
const TITLE_TCVN3: &str = "Tê b¶n ®å sè: 12";

fn parcels(path: &Path, options: &Options) -> Batch<Parcel> {
    ingest::read_parcels(path, options, &mut |_| {}).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")).collect()
}

/// Parcels 1 … count side by side, the first at the check point, in any order.
fn assert_row_of_squares(batch: &Batch<Parcel>, count: usize, what: &str) {
    assert!(batch.report.refused.is_empty(), "{what}: {:?}", batch.report.refused);
    assert!(batch.report.overlaps.is_empty(), "{what}: {:?}", batch.report.overlaps);
    assert_eq!(batch.records.len(), count, "{what}");
    for parcel in &batch.records {
        let area = parcel.geometry.geodesic_area_unsigned();
        assert!((area - 400.0).abs() < 1.0, "{what}: {} has {area} m²", parcel.key);
        assert_eq!(parcel.key.sheet, "12", "{what}");
    }
    let first = batch.records.iter().find(|parcel| parcel.key.number == "1").expect("parcel 1");
    let corner = first.geometry.bounding_rect().unwrap().min();
    let off = metres_between(CHECK_WGS84, (corner.x, corner.y));
    assert!(off < 2.0, "{what}: {off} m off");
}

fn tcvn3_csv(folder: &Path) -> PathBuf {
    let row = |number: &str, east| {
        parcel_row(number, &square(east, 0.0)).replace(HOLDER, HOLDER_TCVN3).replace("luc", NTD_TCVN3)
    };
    parcels_csv(folder, "nguon.csv", &[row("1", 0.0), row("2", 20.0)])
}

fn assert_understood(batch: &Batch<Parcel>, what: &str) {
    assert_eq!(batch.report.encoding.used, "tcvn3", "{what}");
    for parcel in &batch.records {
        assert_eq!((parcel.holder.as_deref(), parcel.land_use.as_str()), (Some(HOLDER), "NTD"), "{what}");
    }
    let sample = &batch.report.encoding.sample;
    assert_eq!(sample.len(), 1, "{what}: only the land use may be shown: {sample:?}");
    assert_eq!((sample[0].before.as_str(), sample[0].after.as_str()), (NTD_TCVN3, "ntđ"), "{what}");
}

#[test]
fn tcvn3_in_a_shapefile_is_understood_whatever_its_code_page_says() {
    let folder = tempfile::tempdir().unwrap();
    let csv = tcvn3_csv(folder.path());
    let options = ["-a_srs", "EPSG:5897", "-lco", "ENCODING=ISO-8859-1"];
    let shp = converted(&csv, "ESRI Shapefile", "thua.shp", &options);
    let raw = std::fs::read(shp.with_extension("dbf")).unwrap();
    let holder = latin1(HOLDER_TCVN3);
    assert!(raw.windows(holder.len()).any(|bytes| bytes == holder), "the table has TCVN3 bytes");
    for code_page in [None, Some("ISO-8859-1"), Some("1252"), Some("UTF-8")] {
        let cpg = shp.with_extension("cpg");
        match code_page {
            Some(name) => std::fs::write(cpg, name).unwrap(),
            None => _ = std::fs::remove_file(cpg),
        }
        let what = format!("code page {code_page:?}");
        let batch = parcels(&shp, &Options::default());
        assert_row_of_squares(&batch, 2, &what);
        assert_understood(&batch, &what);
    }
    let wrong = Options { encoding: Encoding::Cp1258, ..Options::default() };
    assert_ne!(parcels(&shp, &wrong).records[0].holder.as_deref(), Some(HOLDER), "--encoding overrules");
}

#[test]
fn tcvn3_in_mapinfo_files_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    let csv = tcvn3_csv(folder.path());
    for name in ["thua.tab", "thua.mif"] {
        let file = converted(&csv, "MapInfo File", name, &["-a_srs", "EPSG:5897", "-lco", "ENCODING=CP1252"]);
        let batch = parcels(&file, &Options::default());
        assert_row_of_squares(&batch, 2, name);
        assert_understood(&batch, name);
    }
}

#[test]
fn tcvn3_in_a_csv_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    let csv = tcvn3_csv(folder.path());
    let bytes = latin1(&std::fs::read_to_string(&csv).unwrap());
    std::fs::write(&csv, bytes).unwrap();
    let batch = parcels(&csv, &Options { crs: Some("EPSG:5897".into()), ..Options::default() });
    assert_row_of_squares(&batch, 2, "csv");
    assert_understood(&batch, "csv");
}

/// A drawing of 3 × 2 parcels whose boundaries are drawn once, across several
/// parcels, with number and land use inside, a title, and a house on a level
/// of its own that cuts parcel 1 in two. Points are metres from the check point.
struct Sketch {
    lines: Vec<(&'static str, Vec<(f64, f64)>)>,
    texts: Vec<(&'static str, (f64, f64), String)>,
}

impl Sketch {
    fn new() -> Self {
        let mut lines = Vec::new();
        for north in [0.0, 20.0, 40.0] {
            lines.push(("10", vec![(0.0, north), (60.0, north)]));
        }
        for east in [0.0, 20.0, 40.0, 60.0] {
            lines.push(("10", vec![(east, 0.0), (east, 40.0)]));
        }
        lines.push(("20", vec![(0.0, 10.0), (20.0, 10.0)]));
        let mut texts = vec![("30", (10.0, 80.0), TITLE_TCVN3.to_owned())];
        for index in 0..6_u32 {
            let (east, north) = (f64::from(index % 3) * 20.0 + 5.0, f64::from(index / 3) * 20.0 + 4.0);
            texts.push(("13", (east, north), (index + 1).to_string()));
            texts.push(("13", (east, north + 3.0), if index < 3 { "ONT" } else { "NT§" }.to_owned()));
        }
        Self { lines, texts }
    }

    /// Through `ogr2ogr`, from a table of lines and texts.
    fn dgn(&self, folder: &Path) -> PathBuf {
        let place = |(east, north): &(f64, f64)| format!("{} {}", CHECK_5897.0 + east, CHECK_5897.1 + north);
        let mut table = String::from("Level,Text,WKT\n");
        for (level, points) in &self.lines {
            let points: Vec<String> = points.iter().map(place).collect();
            writeln!(table, "{level},,\"LINESTRING({})\"", points.join(",")).unwrap();
        }
        for (level, point, text) in &self.texts {
            writeln!(table, "{level},{text},\"POINT({})\"", place(point)).unwrap();
        }
        let csv = folder.join("ban-ve.csv");
        std::fs::write(&csv, latin1(&table)).unwrap();
        converted(&csv, "DGN", "to12.dgn", &["-oo", "AUTODETECT_TYPE=YES"])
    }

    /// By hand: only what a drawing needs.
    fn dxf(&self, folder: &Path) -> PathBuf {
        let mut text = String::from("0\nSECTION\n2\nENTITIES\n");
        let (x, y) = CHECK_5897;
        for (layer, points) in &self.lines {
            for ends in points.windows(2) {
                let end = |code: u32, (east, north): (f64, f64)| {
                    format!("{}\n{}\n{}\n{}", code, x + east, code + 10, y + north)
                };
                let (from, to) = (end(10, ends[0]), end(11, ends[1]));
                write!(text, "0\nLINE\n8\nL{layer}\n{from}\n{to}\n").unwrap();
            }
        }
        for (layer, (east, north), words) in &self.texts {
            let (east, north) = (x + east, y + north);
            write!(text, "0\nTEXT\n8\nL{layer}\n10\n{east}\n20\n{north}\n40\n1.5\n1\n{words}\n").unwrap();
        }
        text += "0\nENDSEC\n0\nEOF\n";
        let path = folder.join("to12.dxf");
        std::fs::write(&path, latin1(&text)).unwrap();
        path
    }
}

fn drawing_options(levels: &[&str]) -> Options {
    let code = |text: &str| Some(matbang::domain::Code::new(text).unwrap());
    Options {
        crs: Some("EPSG:5897".into()),
        project: code("DA01"),
        unit: code("13285"),
        levels: levels.iter().map(|level| (*level).to_owned()).collect(),
        ..Options::default()
    }
}

#[test]
fn boundaries_drawn_once_become_parcels_with_their_texts() {
    let folder = tempfile::tempdir().unwrap();
    let sketch = Sketch::new();
    for (file, level) in [(sketch.dgn(folder.path()), "10"), (sketch.dxf(folder.path()), "l10")] {
        let what = file.display().to_string();
        let batch = parcels(&file, &drawing_options(&[level]));
        assert_row_of_squares(&batch, 6, &what);
        let mut found: Vec<(&str, &str)> =
            batch.records.iter().map(|p| (p.key.number.as_str(), p.land_use.as_str())).collect();
        found.sort_unstable();
        let expected = [("1", "ONT"), ("2", "ONT"), ("3", "ONT"), ("4", "NTD"), ("5", "NTD"), ("6", "NTD")];
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn lines_of_other_levels_cut_parcels_unless_the_levels_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = Sketch::new().dxf(folder.path());
    let all = parcels(&file, &drawing_options(&[]));
    let first = all.records.iter().find(|parcel| parcel.key.number == "1").unwrap();
    assert!((first.geometry.geodesic_area_unsigned() - 200.0).abs() < 1.0);
    assert!(all.report.warnings.iter().any(|w| w.starts_with("1 of the areas")), "{:?}", all.report.warnings);
    let levels: Vec<_> =
        all.report.levels.iter().map(|level| (level.name.as_str(), level.lines, level.texts)).collect();
    assert_eq!(levels, [("L10", 7, 0), ("L13", 0, 12), ("L20", 1, 0), ("L30", 0, 1)]);
}

#[test]
fn closed_polylines_of_a_drawing_become_parcels() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::from("0\nSECTION\n2\nENTITIES\n");
    for number in 1..=3_u32 {
        let east = f64::from(number - 1) * 20.0;
        let corners = &support::square_5897(east, 0.0)[..4];
        write!(text, "0\nLWPOLYLINE\n8\nRANH\n100\nAcDbPolyline\n90\n4\n70\n1\n").unwrap();
        for (x, y) in corners {
            write!(text, "10\n{x}\n20\n{y}\n").unwrap();
        }
        let (x, y) = (corners[0].0 + 8.0, corners[0].1 + 8.0);
        write!(text, "0\nTEXT\n8\nSO\n10\n{x}\n20\n{y}\n40\n1\n1\nLUC {number}/400.0\n").unwrap();
    }
    text += "0\nENDSEC\n0\nEOF\n";
    let path = folder.path().join("to12.dxf");
    std::fs::write(&path, text).unwrap();
    let mapping = ingest::Mapping::parse("sheet=#12").unwrap();
    let batch = parcels(&path, &Options { mapping, ..drawing_options(&[]) });
    assert_row_of_squares(&batch, 3, "closed polylines");
    assert!(batch.records.iter().all(|parcel| parcel.declared_area.map(SquareMetres::get) == Some(400.0)));
}

#[test]
fn a_drawing_goes_through_the_command_line_with_its_levels() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store.gpkg");
    std::fs::write(folder.path().join("xa.csv"), "code,name,level\n13285,Xã Đồng Du,commune\n").unwrap();
    std::fs::write(folder.path().join("da.csv"), "code,name\nDA01,Đường vành đai\n").unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    succeed(&store, &["import", "units", &path("xa.csv")]);
    succeed(&store, &["import", "projects", &path("da.csv")]);
    Sketch::new().dgn(folder.path());
    let file = path("to12.dgn");
    let import = ["import", "parcels", &file, "--project", "DA01", "--unit", "13285", "--crs", "EPSG:5897"];
    let dry = succeed(&store, &[&import[..], &["--dry-run"]].concat());
    for words in ["level     10: 7 lines, 0 texts", "level     20: 1 lines", "project=#DA01", "tcvn3"] {
        assert!(dry.contains(words), "\"{words}\" is missing:\n{dry}");
    }
    let wrong = matbang(&store, &[&import[..], &["--level", "11"]].concat());
    assert_eq!(wrong.status.code(), Some(1));
    let told = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(told.contains("no level \"11\"") && told.contains("10 (7 lines, 0 texts)"), "{told}");
    let wrong = matbang(&store, &[&import[..], &["--level", "20"]].concat());
    let told = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(told.contains("has a parcel number inside") && told.contains("--level"), "{told}");
    succeed(&store, &[&import[..], &["--level", "10,20", "--dry-run"]].concat());
    succeed(&store, &[&import[..], &["--level", "10"]].concat());
    let state: serde_json::Value = serde_json::from_str(&succeed(&store, &["verify", "--json"])).unwrap();
    assert_eq!((&state["parcels"], &state["whole"]), (&6.into(), &true.into()));
}

#[test]
fn a_shapefile_in_the_store_is_whole() {
    // Its outer rings run clockwise, which must not reach the store.
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store.gpkg");
    std::fs::write(folder.path().join("xa.csv"), "code,name,level\n13285,Xã Đồng Du,commune\n").unwrap();
    std::fs::write(folder.path().join("da.csv"), "code,name\nDA01,Đường vành đai\n").unwrap();
    for (what, name) in [("units", "xa.csv"), ("projects", "da.csv")] {
        succeed(&store, &["import", what, folder.path().join(name).to_str().unwrap()]);
    }
    let csv = parcels_csv(folder.path(), "n.csv", &[parcel_row("1", &square(0.0, 0.0))]);
    let shp = converted(&csv, "ESRI Shapefile", "thua.shp", &["-a_srs", "EPSG:5897"]);
    succeed(&store, &["import", "parcels", shp.to_str().unwrap()]);
    let state: serde_json::Value = serde_json::from_str(&succeed(&store, &["verify", "--json"])).unwrap();
    assert_eq!((&state["parcels"], &state["whole"]), (&1.into(), &true.into()));
}

/// VN-2000 whose datum nobody named: it is known by meridian, scale and ellipsoid. A system that a GeoJSON names is
/// its own.
#[test]
fn a_system_that_a_file_tells_in_its_own_way_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<String> =
        (0..2).map(|n| parcel_row(&(n + 1).to_string(), &square(f64::from(n) * 20.0, 0.0))).collect();
    let csv = parcels_csv(folder.path(), "nguon.csv", &rows);
    let shp = converted(&csv, "ESRI Shapefile", "thua.shp", &["-a_srs", "EPSG:5897"]);
    for (name, datum) in [("GCS_User_Defined", "D_User_Defined"), ("unknown", "unknown")] {
        let prj = format!(
            "PROJCS[\"User_Defined\",GEOGCS[\"{name}\",DATUM[\"{datum}\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],\
             PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],\
             PARAMETER[\"False_Easting\",500000.0],PARAMETER[\"False_Northing\",0.0],\
             PARAMETER[\"Central_Meridian\",105.0],PARAMETER[\"Scale_Factor\",0.9999],\
             PARAMETER[\"Latitude_Of_Origin\",0.0],UNIT[\"Meter\",1.0]]"
        );
        std::fs::write(shp.with_extension("prj"), prj).unwrap();
        let batch = parcels(&shp, &Options::default());
        assert_row_of_squares(&batch, 2, datum);
        assert_eq!(batch.report.crs.code.as_deref(), Some("EPSG:5897"), "{datum}");
    }
    let told = ["-a_srs", "EPSG:5897", "-lco", "RFC7946=NO"];
    let plain = converted(&csv, "GeoJSON", "thua.geojson", &told);
    let moved = folder.path().join("utm.geojson");
    let (from, to) = (plain.to_str().unwrap(), moved.to_str().unwrap());
    support::ogr2ogr(&["-f", "GeoJSON", "-t_srs", "EPSG:3405", "-lco", "RFC7946=NO", to, from]);
    let batch = parcels(&moved, &Options::default());
    assert_row_of_squares(&batch, 2, "a crs member");
    assert_eq!(batch.report.crs.code.as_deref(), Some("EPSG:3405"));
}

/// A DBF keeps ten bytes of a name: of "Số thửa" all but its last letter, of "Loại đất" six and a half letters.
#[test]
fn vietnamese_headings_that_a_dbf_cut_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [parcel_row("1", &square(0.0, 0.0)), parcel_row("2", &square(20.0, 0.0))];
    let csv = parcels_csv(folder.path(), "nguon.csv", &rows);
    let plain =
        converted(&csv, "ESRI Shapefile", "thua.shp", &["-a_srs", "EPSG:5897", "-lco", "ENCODING=UTF-8"]);
    let dbf = plain.with_extension("dbf");
    let mut table = std::fs::read(&dbf).unwrap();
    for (name, heading) in [("so_to", "Số tờ"), ("so_thua", "Số thửa"), ("loai_dat", "Loại đất")]
    {
        let at = table.windows(name.len()).position(|bytes| bytes == name.as_bytes()).unwrap();
        let cut: Vec<u8> = heading.bytes().chain(std::iter::repeat(0)).take(10).collect();
        table[at..at + 10].copy_from_slice(&cut);
    }
    std::fs::write(&dbf, table).unwrap();
    let batch = parcels(&plain, &Options::default());
    assert_row_of_squares(&batch, 2, "cut headings");
    assert!(batch.records.iter().all(|parcel| parcel.land_use == "LUC"), "land uses of cut headings");
}

/// Letters by their numbers, and a number that stands in the middle of its parcel though its text begins elsewhere.
#[test]
fn texts_of_a_drawing_are_read_where_and_as_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let corners = &support::square_5897(0.0, 0.0)[..4];
    let mut text =
        String::from("0\nSECTION\n2\nENTITIES\n0\nLWPOLYLINE\n8\nRANH\n100\nAcDbPolyline\n90\n4\n70\n1\n");
    for (x, y) in corners {
        write!(text, "10\n{x}\n20\n{y}\n").unwrap();
    }
    let (x, y) = (corners[0].0 + 8.0, corners[0].1 + 8.0);
    write!(text, "0\nTEXT\n8\nSO\n10\n0\n20\n0\n40\n1\n1\n1\n72\n1\n11\n{x}\n21\n{y}\n73\n2\n").unwrap();
    let title = r"T\U+1EDD b\U+1EA3n \U+0111\U+1ED3 s\U+1ED1: 12";
    write!(text, "0\nTEXT\n8\nSO\n10\n{x}\n20\n{}\n40\n1\n1\n{title}\n0\nENDSEC\n0\nEOF\n", y + 60.0)
        .unwrap();
    let path = folder.path().join("to.dxf");
    std::fs::write(&path, text).unwrap();
    assert_row_of_squares(&parcels(&path, &drawing_options(&[])), 1, "texts of a drawing");
}

#[test]
fn files_that_only_their_program_reads_are_told_how_to_be_saved() {
    let folder = tempfile::tempdir().unwrap();
    for (name, start, told) in [
        ("a.dwg", &b"AC1027\0\0\0\0"[..], "save it as DXF"),
        ("b.dxf", b"AutoCAD Binary DXF\r\n\x1a\0", "a DXF of text"),
        ("c.dgn", &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "DGN V7 or DXF"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, [start, &[0; 600]].concat()).unwrap();
        let error = ingest::read_parcels(&path, &Options::default(), &mut |_| {}).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
}
