//! `matbang import`: units, projects and parcels from files. All or nothing.

use std::{
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
};

use geo::{MultiPolygon, Rect, coord};

use super::{Outcome, clock, import_report as report, open, open_or_create, progress_bar::Progress};
use crate::{
    atlas::{Extent, Snapshot},
    domain::{Code, Day, Parcel},
    ingest::{Batch, Encoding, Mapping, Options, intersect, read_parcels, read_projects, read_units},
    store::{Entry, Store, Written},
};

/// Options of `matbang import`.
#[derive(Debug, clap::Args)]
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
    /// Parcels: code of the commune, where the file has no column for it.
    #[arg(long, value_name = "CODE", value_parser = Code::new)]
    unit: Option<Code>,
    /// Parcels: cut them at the project's boundary; what lies outside is not recovered.
    #[arg(long, requires = "project")]
    intersect: bool,
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

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum What {
    Units,
    Projects,
    Parcels,
}

fn encoding(name: &str) -> Result<Encoding, &'static str> {
    Encoding::from_name(name).ok_or("choose one of utf-8, tcvn3, vni, cp1258, auto")
}

pub fn run(data: &Path, options: &Import) -> Outcome {
    let day = options.day.map_or_else(clock::today, Ok)?;
    // A store is made only once there is something to write.
    let before = if data.exists() { Some(open(data)?.load()?) } else { None };
    let reading = Options {
        layer: options.layer.clone(),
        crs: options.crs.clone(),
        encoding: options.encoding,
        mapping: options.map.clone(),
        project: options.project.clone(),
        unit: options.unit.clone(),
        expected_area: before.as_ref().and_then(|snapshot| expected_area(snapshot, options.project.as_ref())),
    };
    let mut bar = Progress::new(&format!("reading {}", options.file.display()));
    let mut tell = |done, total| bar.at(done, total);
    match options.what {
        What::Units => {
            let batch = read_units(&options.file, &reading, &mut tell)?;
            bar.end();
            finish(data, options, batch, &[], |change, entry, records| change.units(entry, records), day)
        }
        What::Projects => {
            let batch = read_projects(&options.file, &reading, &mut tell)?;
            bar.end();
            finish(data, options, batch, &[], |change, entry, records| change.projects(entry, records), day)
        }
        What::Parcels => {
            let mut batch = read_parcels(&options.file, &reading, &mut tell)?;
            bar.end();
            let Some(snapshot) = before else {
                return Err("the store holds no projects yet; import units and projects first".into());
            };
            let rows = if options.intersect { cut(&snapshot, options, &mut batch)? } else { Vec::new() };
            report::against_store(&snapshot, &mut batch, day);
            finish(data, options, batch, &rows, |change, entry, records| change.parcels(entry, records), day)
        }
    }
}

/// Where the data should lie: the project's boundary, else all that is known.
fn expected_area(snapshot: &Snapshot, project: Option<&Code>) -> Option<Rect<f64>> {
    let named = project.and_then(|code| snapshot.project_by_code(code.as_str()));
    let extent =
        match named.map(|index| snapshot.projects()[index].extent).filter(|extent| !extent.is_empty()) {
            Some(extent) => extent,
            None => {
                let units = snapshot.units().iter().map(|entry| entry.extent);
                let projects = snapshot.projects().iter().map(|entry| entry.extent);
                units.chain(projects).fold(Extent::EMPTY, Extent::join)
            }
        };
    let [west, south, east, north] = (!extent.is_empty()).then(|| extent.to_degrees())?;
    Some(Rect::new(coord! { x: west, y: south }, coord! { x: east, y: north }))
}

/// Keeps what the project recovers of the parcels.
fn cut(
    snapshot: &Snapshot,
    options: &Import,
    batch: &mut Batch<Parcel>,
) -> Result<Vec<crate::ingest::IntersectRow>, Box<dyn Error>> {
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
    let index = snapshot.project_by_code(code).ok_or_else(|| {
        format!("no project has the code \"{code}\"; import it first with `matbang import projects`")
    })?;
    let boundary = snapshot.projects()[index].project.boundary.as_ref();
    Ok(boundary.ok_or_else(|| {
        format!("project {code} has no boundary to cut at; import one with `matbang import projects`")
    })?)
}

/// Reports, and stores when nothing was refused.
fn finish<T>(
    data: &Path,
    options: &Import,
    batch: Batch<T>,
    rows: &[crate::ingest::IntersectRow],
    write: impl FnOnce(
        &mut dyn crate::store::Transaction,
        &Entry,
        &[T],
    ) -> Result<Written, crate::store::StoreError>,
    day: Day,
) -> Outcome {
    let refused = batch.report.refused.len();
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
    if let Some(path) = &options.report {
        std::fs::write(path, &json).map_err(|e| format!("cannot write {}: {e}", path.display()))?;
    }
    if options.json {
        println!("{json}");
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
