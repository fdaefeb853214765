//! A fabric of any size for measuring: blocks of strips, eight vertices each,
//! no two alike, written through the store like any import.

#![allow(dead_code, reason = "each bench uses a part")]

pub mod served;

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use geo::{GeodesicArea, LineString, MultiPolygon, Polygon};
use matbang::{
    domain::{
        AdminUnit, BlockerKind, Code, Day, EventKind, Level, NewEvent, Parcel, ParcelId, ParcelKey,
        PlanCurve, Project, ProjectKind, SquareMetres, Stage,
    },
    store::{Entry, Transaction, open_or_create},
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// West, south and size of a block in degrees.
const ORIGIN: (f64, f64) = (105.75, 20.35);
const BLOCK: (f64, f64) = (0.0016, 0.0012);
const PROJECTS: usize = 400;
const UNITS: usize = 40;

/// A store with `parcels` parcels under `target/bench`, made once.
pub fn store(parcels: usize) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    std::fs::create_dir_all(&folder).expect("target can be written");
    let path = folder.join(format!("fabric-4-{parcels}.gpkg"));
    if !path.exists() {
        let part = path.with_extension("part");
        let _ = std::fs::remove_file(&part);
        make(&part, parcels);
        std::fs::rename(&part, &path).expect("target can be written");
    }
    path
}

fn make(path: &Path, count: usize) {
    let store = open_or_create(path).expect("store");
    store.change(&mut |change| Ok(fill(change, count))).expect("commit");
}

fn entry() -> Entry {
    let day = Day::parse("2025-01-01").expect("a day");
    Entry { source: "bench".into(), author: "bench".into(), recorded_at: 0, day, units_on: day }
}

/// Units and projects of a fabric of so many parcels.
fn grounds(change: &mut dyn Transaction, count: usize) {
    change.units(&entry(), &(0..UNITS).map(unit).collect::<Vec<_>>()).expect("units");
    let projects: Vec<Project> = (0..PROJECTS).map(|n| project(n, count)).collect();
    change.projects(&entry(), &projects).expect("projects");
}

/// Blocks of a fabric of so many parcels, and how many of them are in a row.
fn size(count: usize) -> (usize, usize) {
    let blocks = count / 36 + 1;
    (blocks, ((blocks as f64 * 1.25).sqrt() as usize).max(1))
}

/// Writes a fabric of so many parcels as lines of GeoJSON, with the importer's own names of columns, and a store with its
/// units and projects.
pub fn as_lines(count: usize, lines: &Path, store: &Path) {
    let opened = open_or_create(store).expect("store");
    opened
        .change(&mut |change| {
            grounds(change, count);
            Ok(true)
        })
        .expect("commit");
    opened.close().expect("close");
    let mut out = BufWriter::new(File::create(lines).expect("target can be written"));
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let (blocks, columns) = size(count);
    let (mut block, mut written, mut parcels) = (0, 0, Vec::new());
    while written < count {
        parcels.clear();
        strips(&mut rng, (block, columns, blocks), written, &mut parcels);
        parcels.truncate(count - written);
        for parcel in &parcels {
            let corners = parcel.geometry.0[0].exterior().0.iter();
            let corners: Vec<String> = corners.map(|c| format!("[{:.7},{:.7}]", c.x, c.y)).collect();
            let ParcelKey { project, unit, sheet, number } = &parcel.key;
            let planned = parcel.planned_day.map_or("null".to_owned(), |day| format!("\"{day}\""));
            writeln!(
                out,
                r#"{{"type":"Feature","properties":{{"du_an":"{project}","ma_xa":"{unit}","so_to":"{sheet}","so_thua":"{number}","loai_dat":"{}","dien_tich":{},"chu_su_dung":"{}","ngay_ban_giao":{planned}}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#,
                parcel.land_use,
                (parcel.geometry.geodesic_area_unsigned() * 10.0).round() / 10.0,
                parcel.holder.as_deref().unwrap_or_default(),
                corners.join(",")
            )
            .expect("target can be written");
        }
        written += parcels.len();
        block += 1;
    }
    out.flush().expect("target can be written");
}

/// Units, projects and parcels, without events.
fn listed(change: &mut dyn Transaction, count: usize) -> bool {
    grounds(change, count);
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut parcels = Vec::with_capacity(count);
    let (blocks, columns) = size(count);
    let mut block = 0;
    while parcels.len() < count {
        strips(&mut rng, (block, columns, blocks), 0, &mut parcels);
        block += 1;
    }
    parcels.truncate(count);
    change.parcels(&entry(), &parcels).expect("parcels");
    true
}

fn fill(change: &mut dyn Transaction, count: usize) -> bool {
    listed(change, count);
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    for id in 1..=count as u32 {
        let reached = rng.random_range(0..9);
        let events: Vec<NewEvent> =
            Stage::ALL[1..=reached].iter().map(|stage| event(id, *stage, &mut rng)).collect();
        change.append(&events).expect("events");
    }
    true
}

/// As [`store`], with nine events about each parcel in the order of their days, so that those of any
/// time are scattered over the province.
pub fn storied(parcels: usize) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    std::fs::create_dir_all(&folder).expect("target can be written");
    let path = folder.join(format!("storied-2-{parcels}.gpkg"));
    if !path.exists() {
        let part = path.with_extension("part");
        let _ = std::fs::remove_file(&part);
        let store = open_or_create(&part).expect("store");
        store
            .change(&mut |change| {
                listed(change, parcels);
                for round in 0..9u32 {
                    for n in 0..parcels as u64 {
                        // Multiples of a prime go through all parcels in no order of place.
                        let id = (n * 7_919_999 % parcels as u64) as u32 + 1;
                        let day = 20_100 + i64::from(round) * 60 + (n * 59 / parcels as u64) as i64;
                        let kind = match round {
                            8 => EventKind::BlockerOpened { blocker: BlockerKind::Price },
                            _ => EventKind::reached(Stage::ALL[round as usize + 1]),
                        };
                        change.append(&[happened(id, day, kind)])?;
                    }
                }
                Ok(true)
            })
            .expect("commit");
        store.close().expect("close");
        std::fs::rename(&part, &path).expect("target can be written");
    }
    path
}

/// A copy of a store that may be written.
pub fn copy(path: &Path) -> PathBuf {
    let copy = path.with_extension("copy.gpkg");
    // What a measurement that was ended has left is of another copy.
    for left in ["copy.gpkg-wal", "copy.gpkg-shm"] {
        let _ = std::fs::remove_file(path.with_extension(left));
    }
    std::fs::copy(path, &copy).expect("target can be written");
    // What is measured does not wait for the system to write back the copy.
    std::fs::File::open(&copy).and_then(|file| file.sync_all()).expect("target can be written");
    copy
}

/// So many parcels that are not in the store of [`storied`], of its first project; their sheets begin with `sheet`.
pub fn more(count: usize, sheet: &str) -> Vec<Parcel> {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let (mut parcels, mut block) = (Vec::new(), 0);
    while parcels.len() < count {
        strips(&mut rng, (block, 40, 1600), 0, &mut parcels);
        block += 1;
    }
    parcels.truncate(count);
    for parcel in &mut parcels {
        parcel.key.sheet = format!("{sheet}{}", parcel.key.sheet);
        parcel.key.project = Code::new("P0000").expect("a code");
    }
    parcels
}

fn event(id: u32, stage: Stage, rng: &mut ChaCha8Rng) -> NewEvent {
    let day = 20_100 + stage.number() as i64 * 60 + rng.random_range(0..50);
    happened(id, day, EventKind::reached(stage))
}

pub fn happened(id: u32, day: i64, kind: EventKind) -> NewEvent {
    NewEvent {
        parcel: Some(ParcelId(id)),
        day: Day::from_number(day).expect("a day"),
        recorded_at: day * 86_400_000,
        author: "bench".into(),
        document: None,
        note: None,
        attachments: Vec::new(),
        kind,
    }
}

fn unit(number: usize) -> AdminUnit {
    AdminUnit {
        code: unit_code(number),
        name: format!("Phường đo tốc độ {number}"),
        level: Level::Commune,
        parent: None,
        valid_from: None,
        valid_to: None,
        predecessors: vec![],
        successors: vec![],
        boundary: None,
    }
}

fn unit_code(number: usize) -> Code {
    Code::new(&(13_285 + number).to_string()).expect("a code")
}

fn project(number: usize, count: usize) -> Project {
    let side = (count as f64 / 36.0 * 1.25).sqrt().max(20.0) / 20.0;
    let (column, row) = (number % 20, number / 20);
    let west = ORIGIN.0 + column as f64 * side * BLOCK.0;
    let south = ORIGIN.1 + row as f64 * side * 0.8 * BLOCK.1;
    let (east, north) = (west + side * BLOCK.0, south + side * 0.8 * BLOCK.1);
    let ring =
        LineString::from(vec![(west, south), (east, south), (east, north), (west, north), (west, south)]);
    Project {
        code: Code::new(&format!("P{number:04}")).expect("a code"),
        name: format!("Dự án đo tốc độ {number}"),
        kind: ProjectKind::ALL[number % 6],
        key: number.is_multiple_of(5),
        investor: None,
        body: Some(format!("Đơn vị đo tốc độ {}", number % 8)),
        procedure: Code::new("law2024").expect("a code"),
        required_day: Day::parse("2026-12-31").ok(),
        plan: PlanCurve::parse("2025-01-01=0;2026-12-31=1").expect("a plan"),
        boundary: Some(MultiPolygon(vec![Polygon::new(ring, vec![])])),
        alignment: None,
    }
}

fn planned(number: usize) -> Day {
    Day::from_number(20_400 + (number % 500) as i64).expect("a day")
}

/// Two rows of strips between paths, each strip with a bow in its long sides.
/// The parcels of a block of a fabric of so many columns and blocks; `before` of them came in other lists.
fn strips(
    rng: &mut ChaCha8Rng,
    (block, columns, blocks): (usize, usize, usize),
    before: usize,
    out: &mut Vec<Parcel>,
) {
    let (column, row) = (block % columns, block / columns);
    let (west, south) = (ORIGIN.0 + column as f64 * BLOCK.0, ORIGIN.1 + row as f64 * BLOCK.1);
    let rows = (blocks / columns).max(1);
    let project = (row * 20 / (rows + 1)).min(19) * 20 + column * 20 / columns;
    for half in 0..2 {
        let low = south + BLOCK.1 * (0.05 + 0.46 * f64::from(half));
        let high = low + BLOCK.1 * 0.43;
        let strips = rng.random_range(14..22);
        let mut line = |n: i32| -> Vec<(f64, f64)> {
            let at = west + BLOCK.0 * (0.04 + 0.92 * f64::from(n) / f64::from(strips));
            let bow = if n == 0 || n == strips { 0.0 } else { rng.random_range(-0.000_01..0.000_01) };
            [0.0, 0.33, 0.66, 1.0]
                .map(|t| (at + if (0.1..0.9).contains(&t) { bow } else { 0.0 }, low + (high - low) * t))
                .to_vec()
        };
        let lines: Vec<_> = (0..=strips).map(&mut line).collect();
        for pair in lines.windows(2) {
            let ring: Vec<_> = pair[0].iter().rev().chain(&pair[1]).copied().collect();
            let geometry = MultiPolygon(vec![Polygon::new(LineString::from(ring), vec![])]);
            let number = before + out.len();
            out.push(Parcel {
                key: ParcelKey {
                    project: Code::new(&format!("P{project:04}")).expect("a code"),
                    unit: unit_code((row * UNITS / (rows + 1)).min(UNITS - 1)),
                    sheet: (number / 1000 + 1).to_string(),
                    number: (number % 1000 + 1).to_string(),
                },
                land_use: ["LUC", "LUC", "LUC", "BHK", "CLN", "ONT"][number % 6].into(),
                total_area: SquareMetres::new(350.0 + (number % 977) as f64 / 10.0),
                recovered_area: SquareMetres::new(350.0 + (number % 977) as f64 / 10.0),
                declared_area: None,
                // A household has up to three strips beside each other.
                holder: Some(format!("Hộ đo tốc độ {}", number * 2 / 3)),
                planned_day: number.is_multiple_of(2).then(|| planned(number)),
                geometry,
            });
        }
    }
}
