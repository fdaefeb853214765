//! `matbang import`: units, projects and parcels from files. All or nothing.

use std::{
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
};

use geo::{MultiPolygon, Rect, coord};

use super::{
    Outcome, clock, import_checks, import_events, import_report as report, open, open_or_create, output::say,
    progress_bar::Progress,
};
use crate::{
    atlas::{Extent, Snapshot},
    domain::{Code, Day, Level, Parcel},
    ingest::{
        Batch, Commune, Encoding, IngestError, IntersectRow, Mapping, Options, intersect, read_parcels,
        read_projects, read_units,
    },
    store::{Entry, Store, Written},
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

pub fn run(data: &Path, options: &Import) -> Outcome {
    let outcome = import(data, options);
    match outcome {
        Err(error) if error.downcast_ref::<IngestError>().is_some_and(IngestError::is_wrong_usage) => {
            eprintln!("matbang: {error}");
            Ok(ExitCode::from(2))
        }
        other => other,
    }
}

fn import(data: &Path, options: &Import) -> Outcome {
    if options.what == What::Events {
        return import_events::run(
            data,
            &options.file,
            options.layer.as_deref(),
            options.dry_run,
            options.json,
        );
    }
    let day = options.day.map_or_else(clock::today, Ok)?;
    // A store is made only once there is something to write.
    let before = if data.exists() && options.what != What::Events { Some(open(data)?.load()?) } else { None };
    let reading = reading(options, before.as_ref(), day)?;
    let mut bar = Progress::new(&format!("reading {}", options.file.display()));
    let mut tell = |done, total| bar.at(done, total);
    match options.what {
        What::Units => {
            let batch = read_units(&options.file, &reading, &mut tell)?;
            bar.end();
            finish(data, options, &batch, &[], |change, entry, records| change.units(entry, records), day)
        }
        What::Events => {
            bar.end();
            let layer = options.layer.as_deref();
            import_events::run(data, &options.file, layer, options.dry_run, options.json)
        }
        What::Projects => {
            let batch = read_projects(&options.file, &reading, &mut tell)?;
            bar.end();
            finish(data, options, &batch, &[], |change, entry, records| change.projects(entry, records), day)
        }
        What::Parcels => {
            let mut batch = read_parcels(&options.file, &reading, &mut tell)?;
            bar.end();
            let rows = if let Some(snapshot) = &before {
                compared(snapshot, options, &mut batch, day)?
            } else {
                let words = "there is no store yet: codes of projects and communes were not checked";
                batch.report.warnings.push(words.to_owned());
                Vec::new()
            };
            finish(data, options, &batch, &rows, |change, entry, records| change.parcels(entry, records), day)
        }
    }
}

/// What the reader is told; wrong words of the caller are found here, before
/// a long file is read.
fn reading(options: &Import, before: Option<&Snapshot>, day: Day) -> Result<Options, Box<dyn Error>> {
    if options.what == What::Parcels && before.is_none() && (!options.dry_run || options.intersect) {
        return Err("the store holds no projects yet; import units and projects first".into());
    }
    if let Some((code, snapshot)) = options.project.as_ref().zip(before)
        && snapshot.project_by_code(code.as_str()).is_none()
    {
        return Err(unknown_project(code).into());
    }
    Ok(Options {
        layer: options.layer.clone(),
        crs: options.crs.clone(),
        encoding: options.encoding,
        mapping: options.map.clone(),
        project: options.project.clone(),
        unit: options.unit.clone(),
        communes: before.map_or_else(Vec::new, |snapshot| communes(snapshot, day)),
        levels: options.levels.clone(),
        expected_area: before.and_then(|snapshot| expected_area(snapshot, options.project.as_ref())),
    })
}

fn unknown_project(code: &Code) -> String {
    format!("no project has the code \"{code}\"; import it first with `matbang import projects`")
}

/// The communes in force on `day` whose boundaries are known.
fn communes(snapshot: &Snapshot, day: Day) -> Vec<Commune> {
    let units = snapshot.units().iter().map(|entry| &entry.unit);
    let known = units.filter(|unit| unit.level == Level::Commune && unit.exists_on(day));
    let commune = |unit: &crate::domain::AdminUnit| {
        let boundary = unit.boundary.clone()?;
        Some(Commune { code: unit.code.clone(), name: unit.name.clone(), boundary })
    };
    known.filter_map(commune).collect()
}

/// Cuts at the project's boundary if asked to, and checks against the store.
fn compared(
    snapshot: &Snapshot,
    options: &Import,
    batch: &mut Batch<Parcel>,
    day: Day,
) -> Result<Vec<IntersectRow>, Box<dyn Error>> {
    let rows = if options.intersect { cut(snapshot, options, batch)? } else { Vec::new() };
    import_checks::against_store(snapshot, batch, day);
    Ok(rows)
}

/// Where the data should lie: the project's boundary, else all that is known.
fn expected_area(snapshot: &Snapshot, project: Option<&Code>) -> Option<Rect<f64>> {
    let named = project.and_then(|code| snapshot.project_by_code(code.as_str()));
    let own = named.map(|index| snapshot.projects()[index].extent).filter(|extent| !extent.is_empty());
    let extent = own.unwrap_or_else(|| {
        let units = snapshot.units().iter().map(|entry| entry.extent);
        let projects = snapshot.projects().iter().map(|entry| entry.extent);
        units.chain(projects).fold(Extent::EMPTY, Extent::join)
    });
    let [west, south, east, north] = (!extent.is_empty()).then(|| extent.to_degrees())?;
    Some(Rect::new(coord! { x: west, y: south }, coord! { x: east, y: north }))
}

/// Keeps what the project recovers of the parcels.
fn cut(
    snapshot: &Snapshot,
    options: &Import,
    batch: &mut Batch<Parcel>,
) -> Result<Vec<IntersectRow>, Box<dyn Error>> {
    let boundary = project_boundary(snapshot, options.project.as_ref())?;
    let (recovered, rows) = intersect(boundary, std::mem::take(&mut batch.records));
    let outside = batch.report.accepted - recovered.len();
    if outside > 0 {
        batch
            .report
            .warnings
            .push(format!("{outside} parcels lie outside the project's boundary and are left out"));
    }
    batch.report.accepted = recovered.len();
    batch.features = rows.iter().map(|row| std::mem::take(&mut batch.features[row.position])).collect();
    batch.records = recovered;
    if batch.records.is_empty() && batch.report.refused.is_empty() {
        return Err("none of the parcels lies inside the project's boundary; check project and CRS".into());
    }
    Ok(rows)
}

fn project_boundary<'a>(
    snapshot: &'a Snapshot,
    project: Option<&Code>,
) -> Result<&'a MultiPolygon<f64>, Box<dyn Error>> {
    let code = project.map(Code::as_str).unwrap_or_default();
    let index = project.and_then(|code| snapshot.project_by_code(code.as_str()));
    let index = index.ok_or("--intersect needs --project CODE")?;
    let boundary = snapshot.projects()[index].project.boundary.as_ref();
    Ok(boundary.ok_or_else(|| {
        format!("project {code} has no boundary to cut at; import one with `matbang import projects`")
    })?)
}

/// Reports, and stores when nothing was refused.
fn finish<T>(
    data: &Path,
    options: &Import,
    batch: &Batch<T>,
    rows: &[IntersectRow],
    write: impl FnOnce(
        &mut dyn crate::store::Transaction,
        &Entry,
        &[T],
    ) -> Result<Written, crate::store::StoreError>,
    day: Day,
) -> Outcome {
    let refused = batch.report.refused.len();
    // Written first without what is stored: a report that can't be written must not follow a commit.
    if let Some(path) = &options.report {
        write_report(path, &report::to_json(&batch.report, rows, None)?)?;
    }
    let written = if options.dry_run || refused > 0 {
        None
    } else {
        let mut store = open_or_create(data)?;
        let mut change = store.begin()?;
        let entry = Entry {
            source: batch.report.file.clone(),
            author: clock::author(),
            recorded_at: clock::now_millis(),
            day,
            units_on: day,
        };
        let written = write(change.as_mut(), &entry, &batch.records)?;
        Some((written, change.commit()?))
    };
    let json = report::to_json(&batch.report, rows, written.as_ref())?;
    if let Some(path) = options.report.as_ref().filter(|_| written.is_some()) {
        write_report(path, &json)?;
    }
    if options.json {
        say!("{json}");
    } else {
        report::print(&batch.report, rows, written.as_ref());
    }
    if refused > 0 {
        return Err(
            format!("{refused} of {} features were refused; nothing was stored", batch.report.read).into()
        );
    }
    if options.dry_run {
        eprintln!("dry run: nothing was stored");
    }
    Ok(ExitCode::SUCCESS)
}

fn write_report(path: &Path, json: &str) -> Result<(), String> {
    std::fs::write(path, json).map_err(|e| format!("the report {} can't be written: {e}", path.display()))
}
