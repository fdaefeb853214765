//! `matbang export`: features as GeoJSON, streamed from the atlas.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use serde_json::json;

use super::{Outcome, clock, open};
use crate::{
    analysis::View,
    atlas::Extent,
    domain::Day,
    export::{Collection, write_collection, write_sequence},
    store::Store,
};

/// Options of `matbang export`.
#[derive(Debug, clap::Args)]
pub struct Export {
    /// What to write.
    #[arg(value_enum)]
    layer: LayerName,
    /// Format.
    #[arg(long, value_enum, default_value_t = Format::Geojson)]
    format: Format,
    /// Only what touches this rectangle: west,south,east,north in WGS 84 degrees.
    #[arg(long, value_name = "W,S,E,N", allow_hyphen_values = true, value_parser = bbox)]
    bbox: Option<Edges>,
    /// State as of this day; today if left out.
    #[arg(long, value_name = "DATE", value_parser = Day::parse)]
    as_of: Option<Day>,
    /// File to write; standard output if left out.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum LayerName {
    Projects,
    Parcels,
    Units,
    Fronts,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    Geojson,
    Geojsonseq,
}

/// West, south, east, north; one value to the parser, not four.
#[derive(Debug, Clone, Copy)]
struct Edges([f64; 4]);

fn bbox(text: &str) -> Result<Edges, String> {
    crate::server::bbox(text).map(Edges)
}

pub fn run(data: &Path, options: &Export) -> Outcome {
    let snapshot = Arc::new(open(data)?.load()?);
    let day = options.as_of.map_or_else(clock::today, Ok)?;
    let view = View::new(snapshot, day);
    let collection = match options.layer {
        LayerName::Projects => Collection::Projects,
        LayerName::Parcels => Collection::Parcels,
        LayerName::Units => Collection::Units,
        LayerName::Fronts => Collection::Fronts,
    };
    let indexes = collection.indexes(&view, options.bbox.map(|edges| Extent::from_degrees(edges.0)));
    let count = indexes.len();
    match &options.out {
        None => write(&view, collection, indexes, options.format, std::io::stdout().lock())?,
        Some(path) => {
            // Under another name until it is whole: nobody reads half a file.
            let part = path.with_extension("part");
            let failed = |e: std::io::Error| format!("cannot write {}: {e}", path.display());
            let file = File::create(&part).map_err(failed)?;
            write(&view, collection, indexes, options.format, file)?;
            std::fs::rename(&part, path).map_err(failed)?;
        }
    }
    eprintln!("{count} {} as of {day}, ledger position {}", collection.name(), view.snapshot.position());
    Ok(ExitCode::SUCCESS)
}

fn write(
    view: &View,
    collection: Collection,
    indexes: Vec<u32>,
    format: Format,
    out: impl Write,
) -> Result<(), crate::export::ExportError> {
    let out = BufWriter::with_capacity(1 << 18, out);
    match format {
        Format::Geojson => {
            let members = [("at", json!(view.snapshot.position())), ("as_of", json!(view.today.to_string()))];
            write_collection(view, collection, indexes.into_iter(), &members, out)
        }
        Format::Geojsonseq => write_sequence(view, collection, indexes.into_iter(), out),
    }
}
