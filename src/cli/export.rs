//! `matbang export`: features in any format, streamed from the atlas.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use serde_json::json;

use super::{Outcome, StoreLocation, clock};
use crate::{
    analysis::View,
    domain::{self, Day, LedgerPosition, Scope, hex, vocabulary},
    export::{Collection, Crs, CsvShape, ExportError, Format, Job, Options, People, Picked, Reprojector},
    query::{Column, Filter, Language, Personal, Rows, Sort, select},
    store::{Head, Store, StoreError},
};

/// Events that are read at once.
const EVENTS_AT_ONCE: usize = 4096;

/// Options of `matbang export`.
#[derive(Debug, clap::Args)]
pub struct Export {
    /// What to write: projects, parcels, units, fronts or events; or ledger, as lines that others can check.
    #[arg(value_parser = layer)]
    layer: Layer,
    /// Format: geojson, geojsonseq, csv, gpkg, fgb, parquet, shp (zip), xlsx or kml; if left out, the one that the
    /// file's name ends with, geojson on standard output.
    #[arg(long, value_parser = format)]
    format: Option<Format>,
    /// Only features for which this CQL2 condition holds (text, or JSON if it begins with {).
    #[arg(long, value_name = "CQL2")]
    filter: Option<String>,
    /// Only what touches this rectangle: west,south,east,north in WGS 84 degrees.
    #[arg(long, value_name = "W,S,E,N", allow_hyphen_values = true, value_parser = bbox)]
    bbox: Option<Edges>,
    /// CRS of the coordinates that are written, as in EPSG:5897.
    #[arg(long, default_value = "CRS84", value_parser = Crs::parse)]
    crs: Crs,
    /// Columns to write, by commas; all but those that repeat the project's or unit's if left out.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    properties: Vec<String>,
    /// Columns to sort by, by commas, with - before those that fall.
    #[arg(long, value_name = "NAMES", allow_hyphen_values = true)]
    sortby: Option<String>,
    /// CSV: shapes as wkt, as lonlat of their middle, or none.
    #[arg(long, default_value = "wkt", value_parser = CsvShape::parse)]
    geom: CsvShape,
    /// CSV: begin with a byte order mark, by which Excel knows UTF-8.
    #[arg(long)]
    bom: bool,
    /// CSV and Excel: as people read it, in this language (vi or en): heads and names in words, a total.
    #[arg(long, value_name = "LANG", value_parser = language)]
    words: Option<domain::Language>,
    /// State as of this day; today if left out.
    #[arg(long, value_name = "DATE", value_parser = Day::parse)]
    as_of: Option<Day>,
    /// File to write; standard output if left out.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// West, south, east, north; one value to the parser, not four.
#[derive(Debug, Clone, Copy)]
struct Edges([f64; 4]);

fn bbox(text: &str) -> Result<Edges, String> {
    crate::server::bbox(text).map(Edges)
}

/// What can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layer {
    /// Features or events, in any format.
    Features(Collection),
    /// The ledger with the rows that it seals, JSON lines (docs/ledger.md).
    Ledger,
}

fn layer(text: &str) -> Result<Layer, String> {
    let known = || Collection::ALL.map(Collection::name).join(", ");
    match Collection::from_name(text) {
        Some(collection) => Ok(Layer::Features(collection)),
        None if text == "ledger" => Ok(Layer::Ledger),
        None => Err(format!("there is no layer \"{text}\"; these are: {}, ledger", known())),
    }
}

fn language(code: &str) -> Result<domain::Language, String> {
    domain::Language::from_code(code).ok_or_else(|| "write vi or en".to_owned())
}

fn format(text: &str) -> Result<Format, String> {
    let known = || Format::ALL.map(Format::name).join(", ");
    Format::from_name(text).ok_or_else(|| format!("\"{text}\" is not a format; these are: {}", known()))
}

pub fn run(location: &StoreLocation, options: &Export) -> Outcome {
    let store = location.open()?;
    let Layer::Features(collection) = options.layer else {
        let head = to_target(options, |out| Ok(ledger(&*store, out)?))?;
        eprintln!("ledger up to position {}, head {}", head.position, hex(&head.hash));
        return Ok(ExitCode::SUCCESS);
    };
    let format = options.format()?;
    let snapshot = Arc::new(location.load(&*store)?);
    let day = options.as_of.map_or_else(clock::today, Ok)?;
    let view = View::new(snapshot, day);
    let count = to_target(options, |out| write(&*store, (&view, collection), (options, format), out))?;
    let position = view.snapshot.position();
    eprintln!("{count} {} as of {day}, ledger position {position}", collection.name());
    Ok(ExitCode::SUCCESS)
}

impl Export {
    /// The format that is asked for, or meant by the file's name.
    fn format(&self) -> Result<Format, String> {
        match (self.format, &self.out) {
            (Some(format), _) => Ok(format),
            (None, None) => Ok(Format::GeoJson),
            (None, Some(path)) => Format::of_file(path).ok_or_else(|| {
                let known = Format::ALL.map(Format::name).join(", ");
                format!("{} does not say which format is meant; add --format, one of {known}", path.display())
            }),
        }
    }
}

type Written<T> = Result<T, Box<dyn std::error::Error>>;

/// Writes to the file that is asked for, or to standard output.
fn to_target<T>(options: &Export, write: impl FnOnce(&mut (dyn Write + Send)) -> Written<T>) -> Written<T> {
    let Some(path) = &options.out else {
        let mut out = BufWriter::new(std::io::stdout());
        let written = write(&mut out)?;
        out.flush()?;
        return Ok(written);
    };
    // Under another name until it is whole: nobody reads half a file.
    let part = path.with_extension("part");
    let failed = |e: std::io::Error| format!("cannot write {}: {e}", path.display());
    let mut file = BufWriter::with_capacity(1 << 18, File::create(&part).map_err(failed)?);
    let written = write(&mut file).inspect_err(|_| {
        // What could not be finished is of no use.
        let _ = std::fs::remove_file(&part);
    })?;
    file.flush().map_err(failed)?;
    std::fs::rename(&part, path).map_err(failed)?;
    Ok(written)
}

/// The ledger as JSON lines.
fn ledger(store: &dyn Store, out: &mut (dyn Write + Send)) -> Result<Head, StoreError> {
    store.lines(&mut |line| {
        let failed = |e: std::io::Error| StoreError::Backend(format!("the ledger can't be written out: {e}"));
        serde_json::to_writer(&mut *out, &line.to_json()).map_err(|e| failed(e.into()))?;
        out.write_all(b"\n").map_err(failed)
    })
}

fn write(
    store: &dyn Store,
    (view, collection): (&View, Collection),
    (options, format): (&Export, Format),
    out: &mut (dyn Write + Send),
) -> Written<usize> {
    let known: Vec<&'static Column> = collection.columns().iter().collect();
    let filter = filter(options, &known)?;
    let sort =
        options.sortby.as_deref().map(|text| Sort::parse(text, &known)).transpose()?.unwrap_or_default();
    if format.is_wgs84_only() && options.crs != Crs::Crs84 {
        return Err(format!("{} has WGS 84 only", format.title()).into());
    }
    let members = vec![("at", json!(view.snapshot.position())), ("as_of", json!(view.today.to_string()))];
    let people = match options.words {
        Some(_) if !matches!(format, Format::Csv | Format::Xlsx) => {
            return Err("--words is for csv and xlsx; other formats are for programs".into());
        }
        Some(language) => {
            let illustration = store.setting("illustration")?.as_deref() == Some("true");
            let of = (view, collection);
            Some(Box::new(People::new(language, vocabulary()?, of, &filter, illustration)?))
        }
        None => None,
    };
    // Whoever may read the store's file may read all of it.
    let personal = &Personal::In(Scope::Everywhere);
    let job = Job {
        view,
        collection,
        columns: columns(options, &known)?,
        crs: options.crs,
        personal,
        options: Options { csv_shape: options.geom, csv_bom: options.bom, people, members },
    };
    if collection == Collection::Events {
        let mut ledger =
            |after| store.events_after(after, EVENTS_AT_ONCE).map_err(|e| ExportError::Ledger(e.to_string()));
        let after = LedgerPosition(0);
        let picked = Picked::Events { ledger: &mut ledger, after, filter: &filter, most: usize::MAX };
        return Ok(job.write(format, picked, out)?);
    }
    let mut indexes = select(view, collection, &filter)?;
    sort.head(&Rows::of(view), &mut indexes, usize::MAX);
    Ok(job.write(format, Picked::Indexes(&indexes), out)?)
}

fn filter(options: &Export, known: &[&'static Column]) -> Result<Filter, Box<dyn std::error::Error>> {
    let mut filter = Filter::all();
    if let Some(Edges([west, south, east, north])) = options.bbox {
        filter = filter.and(Filter::touching(geo::Rect::new((west, south), (east, north)).into()));
    }
    if let Some(text) = &options.filter {
        let language = if text.trim_start().starts_with('{') { Language::Json } else { Language::Text };
        let mover = Reprojector::new(Crs::Crs84)?;
        let parsed = Filter::parse(text, language, known, &|c| mover.back(c));
        filter = filter.and(parsed.map_err(|why| format!("--filter: {why}"))?);
    }
    Ok(filter)
}

fn columns(options: &Export, known: &[&'static Column]) -> Result<Vec<&'static Column>, String> {
    if options.properties.is_empty() {
        return Ok(known.iter().copied().filter(|column| !column.on_request && !column.personal).collect());
    }
    let missing = |name: &&String| !known.iter().any(|column| column.name == name.as_str());
    if let Some(name) = options.properties.iter().find(missing) {
        let names: Vec<_> = known.iter().map(|column| column.name).collect();
        return Err(format!("--properties: \"{name}\" is not a column; these are: {}", names.join(", ")));
    }
    if options.words.is_some() {
        // People read them in the order that was asked for.
        let named = |name: &String| known.iter().copied().find(|column| column.name == name.as_str());
        return Ok(options.properties.iter().filter_map(named).collect());
    }
    let wanted = |column: &&&'static Column| options.properties.iter().any(|name| name == column.name);
    Ok(known.iter().filter(wanted).copied().collect())
}
