//! `matbang tiles`: all layers as one `PMTiles` archive, for a CDN or an object store.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use pmtiles::{PmTilesWriter, TileCoord, TileType};
use serde_json::json;

use super::{Outcome, StoreLocation, clock, progress_bar::Progress};
use crate::{
    analysis::View,
    api::province_bbox,
    atlas::Extent,
    domain::Day,
    server::vector_layers,
    tile::{Layer, TileId, render},
};

/// Tiles that are made before they are written: what is held in memory.
const AT_ONCE: usize = 256;

/// Options of `matbang tiles`.
#[derive(Debug, clap::Args)]
pub struct Tiles {
    /// Deepest zoom; clients draw deeper ones from it.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u8).range(0..=18))]
    max_zoom: u8,
    /// State as of this day; today if left out.
    #[arg(long, value_name = "DATE", value_parser = Day::parse)]
    as_of: Option<Day>,
    /// Archive to write.
    #[arg(long, value_name = "FILE.pmtiles")]
    out: PathBuf,
}

pub fn run(order: &StoreLocation, options: &Tiles) -> Outcome {
    let store = order.open()?;
    let day = options.as_of.map_or_else(clock::today, Ok)?;
    let view = View::new(Arc::new(order.load(&*store)?), day);
    let edges = province_bbox(&view).ok_or("there is nothing in the store that could be drawn")?.0;
    let tile_ids = tile_ids(Extent::from_degrees(edges), options.max_zoom);
    let [west, south, east, north] = edges;
    let metadata = json!({
        "name": "matbang",
        "vector_layers": vector_layers(&Layer::ALL),
        "as_of": day.to_string(),
        "at": view.snapshot.position(),
    });
    // Under another name until it is whole: nobody reads half a file.
    let part = options.out.with_extension("part");
    let failed = |e: std::io::Error| format!("cannot write {}: {e}", options.out.display());
    let mut archive = PmTilesWriter::new(TileType::Mvt)
        .min_zoom(0)
        .max_zoom(options.max_zoom)
        .bounds(west, south, east, north)
        .center(f64::midpoint(west, east), f64::midpoint(south, north))
        .center_zoom(10.min(options.max_zoom))
        .metadata(metadata.to_string())
        .create(File::create(&part).map_err(failed)?)?;
    let (mut progress, mut written) = (Progress::new("tiles"), 0);
    for (run, some) in tile_ids.chunks(AT_ONCE).enumerate() {
        for (tile_id, tile) in some.iter().zip(made(&view, some)) {
            if !tile.is_empty() {
                archive.add_tile(TileCoord::new(tile_id.z(), tile_id.x(), tile_id.y())?, &tile)?;
                written += 1;
            }
        }
        progress.at((run * AT_ONCE + some.len()) as u64, Some(tile_ids.len() as u64));
    }
    archive.finalize()?;
    note_leaves(&part).map_err(failed)?;
    std::fs::rename(&part, &options.out).map_err(failed)?;
    progress.end();
    let bytes = std::fs::metadata(&options.out).map_err(failed)?.len();
    eprintln!("{written} tiles, {bytes} bytes, as of {day}, ledger position {}", view.snapshot.position());
    Ok(ExitCode::SUCCESS)
}

/// Byte of the header that says where leaf directories begin; their length follows (PMTiles 3, 3.1).
const LEAVES: usize = 40;
/// Byte of the header that says where the tiles begin.
const TILES: usize = 56;

/// Has an archive without leaf directories say where they would begin, before its tiles: the library writes 0, where
/// the header lies, and `pmtiles verify` refuses that.
fn note_leaves(path: &Path) -> std::io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let mut header = [0; TILES + 8];
    file.read_exact(&mut header)?;
    if header[LEAVES..LEAVES + 16] == [0; 16] {
        file.seek(SeekFrom::Start(LEAVES as u64))?;
        file.write_all(&header[TILES..])?;
    }
    Ok(())
}

/// All tiles that the extent touches, in the order of the archive.
fn tile_ids(extent: Extent, max_zoom: u8) -> Vec<TileId> {
    let mut all: Vec<TileId> = (0..=max_zoom).flat_map(|zoom| TileId::touching(extent, zoom)).collect();
    let order = |tile_id: &TileId| {
        TileCoord::new(tile_id.z(), tile_id.x(), tile_id.y())
            .map_or(u64::MAX, |tile| pmtiles::TileId::from(tile).value())
    };
    all.sort_by_cached_key(order);
    all
}

/// These tiles, made on all processors.
fn made(view: &View, tile_ids: &[TileId]) -> Vec<Vec<u8>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut tiles: Vec<Vec<u8>> = tile_ids.iter().map(|_| Vec::new()).collect();
    let step = tile_ids.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        for (tile_ids, tiles) in tile_ids.chunks(step).zip(tiles.chunks_mut(step)) {
            scope.spawn(move || {
                for (tile_id, tile) in tile_ids.iter().zip(tiles) {
                    render(view, &Layer::ALL, *tile_id, tile);
                }
            });
        }
    });
    tiles
}
