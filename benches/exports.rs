//! The analyst's door with 1 000 000 parcels: filters on the atlas, and every format over HTTP beside
//! `ogr2ogr` from the store's GeoPackage, in one run.
//! `cargo bench --bench exports` (PARCELS=100000 for fewer; `gdal-bin` must be installed)
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a failed measurement stops"
)]
#![allow(missing_docs, reason = "criterion makes public items")]

use std::{
    io::Read,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
    time::Instant,
};

use matbang::{
    analysis::View,
    domain::{Day, law},
    export::Format,
    query::{Collection, Column, Filter, Language, select},
    store,
};

mod support;

use support::served::serve;

const FILTERS: [&str; 10] = [
    "stage = 'paid'",
    "area > 400 AND use = 'LUC'",
    "stage IN ('paid','recovery_decided') AND NOT late",
    "ACCENTI(CASEI(project_name)) LIKE '%do toc do 12%'",
    "area BETWEEN 380 AND 390 OR total_area - area > 1",
    "T_AFTER(handed_over_on, DATE('2026-03-01'))",
    "T_INTERSECTS(INTERVAL(notice_on, paid_on), INTERVAL('2025-06-01','2025-06-30'))",
    "sheet LIKE '12%' AND parcel = '7'",
    "S_INTERSECTS(geometry, BBOX(105.80,20.38,105.85,20.42))",
    "S_WITHIN(geometry, POLYGON((105.78 20.36,105.95 20.40,105.90 20.55,105.80 20.50,105.78 20.36))) AND late",
];

fn main() {
    let parcels: usize = std::env::var("PARCELS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let path = support::store(parcels);
    filters(&path);
    exports(&path);
}

fn filters(path: &Path) {
    let store = store::open(path).expect("store");
    let view = View::new(
        Arc::new(store.load(law(&[]).expect("law").into()).expect("load")),
        Day::parse("2026-06-30").expect("a day"),
    );
    let columns: Vec<&'static Column> = Collection::Parcels.columns().iter().collect();
    println!("| filter | parcels | ms |\n|---|---|---|");
    for text in FILTERS {
        let mut times = Vec::new();
        let mut found = 0;
        for _ in 0..7 {
            let started = Instant::now();
            let filter = Filter::parse(text, Language::Text, &columns, &Some).expect("a filter");
            found = select(&view, Collection::Parcels, &filter).expect("honest filters").len();
            times.push(started.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        println!("| `{text}` | {found} | {:.1} |", times[3]);
    }
}

/// A line of `/proc/PID/status` in megabytes.
fn memory(pid: u32, name: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("Linux");
    let line = status.lines().find(|line| line.starts_with(name)).expect("a line");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).expect("a number") / 1e3
}

fn exports(path: &Path) {
    let (server, _) = serve(path);
    let pid = server.pid();
    let folder = tempfile::tempdir().expect("a folder");
    println!(
        "| format | first byte, ms | seconds | MB | MB/s | server's peak over its {:.0} MB at rest, MB | ogr2ogr from the GeoPackage, seconds | MB |",
        memory(pid, "VmRSS")
    );
    println!("|---|---|---|---|---|---|---|---|");
    for format in Format::ALL {
        let rest = memory(pid, "VmRSS");
        // Resets the peak (proc(5)).
        std::fs::write(format!("/proc/{pid}/clear_refs"), "5").expect("own process");
        let started = Instant::now();
        let address = format!("http://{}/ogc/collections/parcels/items?f={}", server.host, format.name());
        let response = ureq::get(&address).call().expect("an answer");
        let mut body = response.into_body().into_reader();
        let (mut bytes, mut buffer) = (0usize, vec![0; 1 << 20]);
        bytes += body.read(&mut buffer).expect("a body");
        let first = started.elapsed().as_millis();
        loop {
            match body.read(&mut buffer).expect("a body") {
                0 => break,
                count => bytes += count,
            }
        }
        let seconds = started.elapsed().as_secs_f64();
        let peak = memory(pid, "VmHWM") - rest;
        let megabytes = bytes as f64 / 1e6;
        let beside = ogr2ogr(path, folder.path(), format);
        println!(
            "| {} | {first} | {seconds:.1} | {megabytes:.0} | {:.0} | {peak:.0} | {beside} |",
            format.title(),
            megabytes / seconds
        );
    }
}

/// The same rows by `ogr2ogr`: the store's own columns.
fn ogr2ogr(path: &Path, folder: &Path, format: Format) -> String {
    let driver = match format {
        Format::GeoJson => "GeoJSON",
        Format::GeoJsonSeq => "GeoJSONSeq",
        Format::Csv => "CSV",
        Format::GeoPackage => "GPKG",
        Format::FlatGeobuf => "FlatGeobuf",
        Format::Shapefile => "ESRI Shapefile",
        Format::Kml => "KML",
        // Debian's GDAL writes no Parquet; its XLSX driver holds all in memory.
        Format::Parquet | Format::Xlsx => return "not offered | ".to_owned(),
    };
    // With the end of a file's name: without it some drivers make folders.
    let out = folder.join(format!("ogr.{}", format.name()));
    let started = Instant::now();
    let options: &[&str] = if format == Format::Csv { &["-lco", "GEOMETRY=AS_WKT"] } else { &[] };
    let done = Command::new("ogr2ogr")
        .args(["-f", driver])
        .args(options)
        .arg(&out)
        .arg(path)
        .arg("parcels")
        .stderr(Stdio::null())
        .status();
    let seconds = started.elapsed().as_secs_f64();
    if !done.is_ok_and(|status| status.success()) {
        return "failed | ".to_owned();
    }
    let files = std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok);
    let bytes: u64 = files.map(|file| file.metadata().map_or(0, |m| m.len())).sum();
    for file in std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
        let _ = std::fs::remove_file(file.path());
    }
    format!("{seconds:.1} | {:.0}", bytes as f64 / 1e6)
}
