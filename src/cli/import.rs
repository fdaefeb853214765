//! `matbang import`: units, projects and parcels from files. All or nothing.

use std::{
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Mutex, PoisonError},
};

use super::{
    Outcome, StoreLocation, clock, import_events, import_report as report,
    output::say,
    progress_bar::Progress,
    reading::{Reading, warn_of_lack},
};
use crate::{
    api::{ImportOutcome, ImportReport, ImportStored},
    domain::{Code, Day, Scope},
    import::{self, Asker, ImportError, Keeping, Records, Request},
    ingest::{Encoding, Mapping, Step, Target},
    reader::Cancellation,
    store::{self, Entry, Head, Written},
};

/// Options of `matbang import`.
#[allow(clippy::doc_markdown, reason = "shown as help, where backticks are noise")]
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Import {
    /// What the file holds.
    #[arg(value_enum)]
    what: What,
    /// Shapefile, GeoPackage, GeoJSON, FlatGeobuf, KML, MapInfo, DXF, DGN v7, CSV or whatever GDAL/OGR reads.
    file: PathBuf,
    /// Layer, for files with several.
    #[arg(long)]
    layer: Option<String>,
    /// CRS of the coordinates, as in EPSG:5897; overrules the file.
    #[arg(long, value_name = "EPSG:CODE")]
    crs: Option<String>,
    /// Encoding of the text: utf-8, tcvn3, vni, cp1258 or auto.
    #[arg(long, default_value = "auto", value_parser = encoding)]
    encoding: Encoding,
    /// Parcels: code of the project that recovers them, where the file has no column for it.
    #[arg(long, value_name = "CODE", value_parser = Code::new)]
    project: Option<Code>,
    /// Parcels: code of the commune, where the file names none; without it they are placed by
    /// the communes' boundaries.
    #[arg(long, value_name = "CODE", value_parser = Code::new)]
    unit: Option<Code>,
    /// Parcels: cut them at the project's boundary. Lists those recovered, whole or in part, with
    /// the recovered area of each; what lies outside is left out.
    #[arg(long, requires = "project")]
    intersect: bool,
    /// DGN levels or DXF layers whose lines bound parcels; all if left out. --dry-run lists them.
    #[arg(long = "level", value_name = "NAME,…", value_delimiter = ',')]
    levels: Vec<String>,
    /// Columns of fields, as in sheet=SO_TO,number=SO_THUA; #text is the same for every feature.
    #[arg(long, default_value = "", value_name = "FIELD=COLUMN,…", value_parser = Mapping::parse, hide_default_value = true)]
    map: Mapping,
    /// Day from which the rows hold; parcels are listed on it. Today if left out.
    #[arg(long, value_name = "DATE", value_parser = Day::parse)]
    day: Option<Day>,
    /// Read, check and report; store nothing.
    #[arg(long)]
    dry_run: bool,
    /// Write the report as JSON to this file.
    #[arg(long, value_name = "FILE.json")]
    report: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: Reading,
}

const EXAMPLES: &str = "\
Begin with --dry-run: it shows what was understood and stores nothing. Then units, projects, parcels:
  matbang import units xa.csv
  matbang import projects du-an.geojson
  matbang import parcels thua.shp --project DA01 --dry-run
  matbang import parcels to12.dgn --project DA01 --crs EPSG:5897 --level 10 --map sheet=#12
What a project recovers of a whole cadastral map, with the recovered area of each parcel:
  matbang import parcels ban-do.gpkg --project DA01 --intersect --dry-run --report thu-hoi.json

Status: 0 done, 1 refused or failed and nothing stored, 2 wrong usage.";

#[derive(Debug, Clone, Copy, PartialEq, clap::ValueEnum)]
enum What {
    /// Administrative units: code, name, level, and boundary if there is one.
    Units,
    /// Projects: code, name; areas are boundaries, lines alignments.
    Projects,
    /// Parcels that projects recover: sheet, number, commune, project, area.
    Parcels,
    /// Events of parcels, from CSV, XLSX or ODS: project, sheet, parcel, stage or kind, date, document.
    Events,
}

fn encoding(name: &str) -> Result<Encoding, &'static str> {
    Encoding::from_name(name).ok_or("choose one of utf-8, tcvn3, vni, cp1258, auto")
}

pub fn run(location: &StoreLocation, options: &Import) -> Outcome {
    let outcome = import(location, options);
    match outcome {
        Err(error) if error.downcast_ref::<ImportError>().is_some_and(wrong_usage) => {
            eprintln!("matbang: {error}");
            Ok(ExitCode::from(2))
        }
        other => other,
    }
}

fn wrong_usage(error: &ImportError) -> bool {
    matches!(error, ImportError::Read(error) if error.is_wrong_usage())
}

fn import(location: &StoreLocation, options: &Import) -> Outcome {
    let target = match options.what {
        What::Units => Target::Units,
        What::Projects => Target::Projects,
        What::Parcels => Target::Parcels,
        What::Events => return events(location, options),
    };
    let day = options.day.map_or_else(clock::today, Ok)?;
    // A store is made only once there is something to write.
    let before = if location.is_there()? { Some(location.load(&*location.open()?)?) } else { None };
    if target == Target::Parcels && before.is_none() && !options.dry_run {
        return Err(ImportError::NoProjects.into());
    }
    let bar = Mutex::new(Progress::new(&format!("reading {}", options.file.display())));
    let mut progress = |step| shown(&mut bar.lock().unwrap_or_else(PoisonError::into_inner), step);
    let (reader, request) = (options.reading.reader(), request(options, target, day));
    let cancellation = Cancellation::default();
    let asker = Asker { before: before.as_ref(), mine: &Scope::Everywhere, cancellation: &cancellation };
    // What others may write to meanwhile is not held while the file is read.
    let at_once = target == Target::Parcels && !options.dry_run && store::is_alone(&location.data);
    let read = if at_once {
        let store = location.open()?;
        let entry = entry(options, day);
        let mut unwritten = Ok(());
        let mut ready = |records: &Records| {
            unwritten = told_before(options, records);
            bar.lock().unwrap_or_else(PoisonError::into_inner).turn("storing");
            unwritten.is_ok()
        };
        let wish = (&reader, &request);
        let read = import::read_and_store(wish, asker, (&*store, &entry), &mut ready, &mut progress);
        unwritten?;
        read
    } else {
        let keeping = if options.dry_run { Keeping::Nothing } else { Keeping::All };
        import::read(&reader, &request, asker, keeping, &mut progress).map(|records| (records, None))
    };
    warn_of_lack(&reader);
    let (mut records, mut written) = read?;
    let mut bar = bar.into_inner().unwrap_or_else(PoisonError::into_inner);
    if written.is_none() {
        told_before(options, &records)?;
    }
    if !at_once && !options.dry_run && records.report().refused.is_empty() {
        written = Some(stored(location, &mut records, &entry(options, day), &mut bar)?);
    }
    bar.end();
    tell(options, &records, written.as_ref())
}

/// Shows how far reading is.
fn shown(bar: &mut Progress, step: Step) {
    match step {
        Step::Reading { done, of } => bar.at(done, of),
        Step::Checking { done, of } => {
            bar.turn("checking");
            if of.is_some() {
                bar.at(done, of);
            }
        }
    }
}

/// Who stores what, and from when it holds.
fn entry(options: &Import, day: Day) -> Entry {
    let name = options.file.file_name().unwrap_or_default();
    Entry {
        source: name.to_string_lossy().into_owned(),
        author: clock::author(),
        recorded_at: clock::now_millis(),
        day,
        units_on: day,
    }
}

/// Writes the report without what is stored: a report that can't be written must not follow a commit.
fn told_before(options: &Import, records: &Records) -> Result<(), Box<dyn Error>> {
    match &options.report {
        Some(path) => Ok(write_report(path, &to_json(records, None)?)?),
        None => Ok(()),
    }
}

/// Stores what was read.
fn stored(
    location: &StoreLocation,
    records: &mut Records,
    entry: &Entry,
    bar: &mut Progress,
) -> Result<(Written, Head), Box<dyn Error>> {
    let of = records.report().accepted as u64;
    bar.turn("storing");
    let store = location.open_or_create()?;
    Ok(records.store(&*store, entry, &mut |done| bar.at(done, Some(of)))?)
}

fn events(location: &StoreLocation, options: &Import) -> Outcome {
    let reader = options.reading.reader();
    import_events::run(
        location,
        &reader,
        &options.file,
        options.layer.as_deref(),
        options.dry_run,
        options.json,
    )
}

fn request(options: &Import, target: Target, day: Day) -> Request {
    Request {
        target,
        file: options.file.clone(),
        layer: options.layer.clone(),
        crs: options.crs.clone(),
        encoding: options.encoding,
        mapping: options.map.clone(),
        project: options.project.clone(),
        unit: options.unit.clone(),
        intersect: options.intersect,
        levels: options.levels.clone(),
        day,
    }
}

/// How an import went, for programs.
fn to_json(records: &Records, written: Option<&(Written, Head)>) -> Result<String, serde_json::Error> {
    let stored = written.map(|(written, head)| ImportStored::of(written, head));
    serde_json::to_string_pretty(&ImportOutcome { report: ImportReport::of(records), stored })
}

/// Reports what came of it.
fn tell(options: &Import, records: &Records, written: Option<&(Written, Head)>) -> Outcome {
    let (read, rows) = (records.report(), records.recovered());
    let json = to_json(records, written)?;
    if let Some(path) = options.report.as_ref().filter(|_| written.is_some()) {
        write_report(path, &json)?;
    }
    if options.json {
        say!("{json}");
    } else {
        report::print(read, rows, written);
    }
    let refused = read.refused.len();
    if refused > 0 {
        return Err(format!("{refused} of {} features were refused; nothing was stored", read.read).into());
    }
    if options.dry_run {
        eprintln!("dry run: nothing was stored");
    }
    Ok(ExitCode::SUCCESS)
}

fn write_report(path: &Path, json: &str) -> Result<(), String> {
    std::fs::write(path, json).map_err(|e| format!("the report {} can't be written: {e}", path.display()))
}
