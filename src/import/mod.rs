//! An import from the file to the store: what the store knows is told to the
//! reader, what was read is checked against the store, and written in one
//! transaction, all or nothing.
//!
//! The command line and the web app both go through here. The file itself is opened
//! in a process of its own ([`crate::reader`]). It knows nothing of
//! terminals, HTTP or the clock.

mod checks;
mod directly;
mod illustration;
mod intake;
mod land;
mod place;
mod spool;

use std::{collections::BTreeSet, path::PathBuf};

use geo::{MultiPolygon, Rect, coord};

use crate::{
    atlas::{Extent, Snapshot},
    domain::{AdminUnit, Code, Day, Level, PackedParcels, Project, Scope},
    ingest::{Batch, Commune, Encoding, IntersectRow, Mapping, Options, ReadProgress, Report, Step, Target},
    reader::{Cancellation, ReadError, Reader},
    store::{Entry, Head, Store, StoreError, Transaction, Written},
};
use intake::{Intake, Pass, Taken};
use spool::ParcelSpool;

pub use directly::read_and_store;
pub use illustration::Illustration;
pub use intake::FirstShapes;

/// What is to be imported, and how the file is to be understood.
#[derive(Debug, Clone)]
pub struct Request {
    /// What the records become.
    pub target: Target,
    /// File.
    pub file: PathBuf,
    /// Layer, for files with several.
    pub layer: Option<String>,
    /// CRS of the coordinates, as in `EPSG:5897`; overrules the file.
    pub crs: Option<String>,
    /// Encoding of the text.
    pub encoding: Encoding,
    /// Columns of fields.
    pub mapping: Mapping,
    /// Parcels: the project that recovers them.
    pub project: Option<Code>,
    /// Parcels: the commune of those for which the file names none.
    pub unit: Option<Code>,
    /// Parcels: cut them at the project's boundary.
    pub intersect: bool,
    /// Drawings: levels whose lines count; all when empty.
    pub levels: Vec<String>,
    /// Day from which the rows hold.
    pub day: Day,
}

/// Why an import can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file, or what was said of it.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Parcels need projects.
    #[error("the store holds no projects yet; import units and projects first")]
    NoProjects,
    /// A project that is not there.
    #[error("no project has the code \"{0}\"; import it first with `matbang import projects`")]
    UnknownProject(Code),
    /// Cutting needs a project.
    #[error("--intersect needs --project CODE")]
    NoProject,
    /// Cutting needs a boundary.
    #[error("project {0} has no boundary to cut at; import one with `matbang import projects`")]
    NoBoundary(Code),
    /// Nothing lies inside.
    #[error("none of the parcels lies inside the project's boundary; check project and CRS")]
    NothingInside,
    /// The disk.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ImportError {
    /// A word for the kind of error, which a program can tell apart.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read(error) => error.code(),
            Self::NoProjects => "no_projects",
            Self::UnknownProject(_) => "unknown_project",
            Self::NoProject => "no_project",
            Self::NoBoundary(_) => "no_boundary",
            Self::NothingInside => "nothing_inside",
            Self::Store(_) => "store",
        }
    }
}

/// What was read of a file.
#[derive(Debug)]
pub enum Records {
    /// Administrative units.
    Units(Batch<AdminUnit>),
    /// Projects.
    Projects(Batch<Project>),
    /// Parcels.
    Parcels(Box<ReadParcels>),
}

/// Parcels that were read, and what is known of all of them.
#[derive(Debug)]
pub struct ReadParcels {
    report: Report,
    rows: Vec<IntersectRow>,
    units: BTreeSet<String>,
    shapes: FirstShapes,
    waiting: ParcelSpool,
}

impl ReadParcels {
    /// Codes of the communes of all of them.
    pub fn units(&self) -> &BTreeSet<String> {
        &self.units
    }

    /// The first shapes.
    pub fn shapes(&self) -> &FirstShapes {
        &self.shapes
    }
}

/// What becomes of parcels once they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// They are stored later.
    All,
    /// They were only to be looked at.
    Nothing,
}

impl Records {
    /// How reading went. With a refused feature nothing is to be stored.
    pub fn report(&self) -> &Report {
        match self {
            Self::Units(batch) => &batch.report,
            Self::Projects(batch) => &batch.report,
            Self::Parcels(parcels) => &parcels.report,
        }
    }

    /// What a project recovers of each parcel; empty unless they were cut.
    pub fn recovered(&self) -> &[IntersectRow] {
        match self {
            Self::Parcels(parcels) => &parcels.rows,
            _ => &[],
        }
    }

    /// Writes the records into an open change; `progress` hears how many were written.
    ///
    /// # Errors
    /// [`StoreError`] when the store refuses a row or can't be written; then the change must not be committed.
    pub fn write(
        &mut self,
        change: &mut dyn Transaction,
        entry: &Entry,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Written, StoreError> {
        match self {
            Self::Units(batch) => change.units(entry, &batch.records),
            Self::Projects(batch) => change.projects(entry, &batch.records),
            Self::Parcels(parcels) => {
                let (waiting, mut done) = (&mut parcels.waiting, 0);
                waiting.rewind()?;
                change.parcel_runs(entry, &mut || {
                    progress(done);
                    let run = waiting.next()?;
                    done += run.as_ref().map_or(0, |run| run.len() as u64);
                    Ok(run)
                })
            }
        }
    }

    /// Writes the records in a change of their own.
    ///
    /// # Errors
    /// [`StoreError`] when the store refuses a row or can't be written; then nothing was kept.
    pub fn store(
        &mut self,
        store: &dyn Store,
        entry: &Entry,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(Written, Head), StoreError> {
        let mut written = Written { inserted: 0, updated: 0, first: 0 };
        let head = store.change(&mut |change| {
            written = self.write(change, entry, progress)?;
            Ok(true)
        })?;
        Ok((written, head))
    }
}

/// Who asks, and for what the store is.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    /// What is stored; none when there is no store yet.
    pub before: Option<&'a Snapshot>,
    /// The land on which parcels may lie.
    pub mine: &'a Scope,
    /// Ends reading.
    pub cancellation: &'a Cancellation,
}

/// Has `reader` read a file and checks it against what is stored. `progress` is told how far it is.
///
/// # Errors
/// A file that can't be read, or a request that can't be met. Single features that can't be
/// accepted are refused in the report.
pub fn read(
    reader: &Reader,
    request: &Request,
    asker: Asker<'_>,
    keeping: Keeping,
    progress: ReadProgress<'_>,
) -> Result<Records, ImportError> {
    let options = options(request, asker.before)?;
    let (file, cancellation) = (&request.file, asker.cancellation);
    Ok(match request.target {
        Target::Units => Records::Units(reader.units(file, &options, cancellation, progress)?),
        Target::Projects => Records::Projects(reader.projects(file, &options, cancellation, progress)?),
        Target::Parcels => {
            let mut waiting = Waiting { keeping, spool: ParcelSpool::default(), full: Ok(()), progress };
            let read = take_in(reader, request, asker, &options, &mut waiting);
            waiting.full?;
            Records::Parcels(Box::new(ReadParcels { waiting: waiting.spool, ..read? }))
        }
    })
}

/// Parcels that wait to be stored.
struct Waiting<'a> {
    keeping: Keeping,
    spool: ParcelSpool,
    full: Result<(), StoreError>,
    progress: ReadProgress<'a>,
}

impl Pass for Waiting<'_> {
    fn run(&mut self, parcels: PackedParcels) -> bool {
        if self.keeping == Keeping::All {
            let kept = self.spool.push(&parcels);
            self.full = kept.map_err(|error| StoreError::Full(format!("a temporary file: {error}")));
        }
        self.full.is_ok()
    }

    fn anew(&mut self) -> bool {
        self.spool.clear();
        true
    }

    fn at(&mut self, step: Step) {
        (self.progress)(step);
    }
}

/// Reads parcels and hands them on to `pass`.
fn take_in(
    reader: &Reader,
    request: &Request,
    asker: Asker<'_>,
    options: &Options,
    pass: &mut dyn Pass,
) -> Result<ReadParcels, ImportError> {
    let (before, day) = (asker.before, request.day);
    let cut = before.filter(|_| request.intersect);
    let boundary = cut.map(|snapshot| project_boundary(snapshot, request.project.as_ref())).transpose()?;
    let mut intake = Intake::new(before, day, asker.mine, pass);
    let mut report = reader.parcels(&request.file, options, boundary, asker.cancellation, &mut intake)?;
    if boundary.is_some() && report.accepted == 0 && report.refused.is_empty() {
        return Err(ImportError::NothingInside);
    }
    let had = report.warnings.len();
    let taken = intake.finish(&mut report);
    let of_store = report.warnings.split_off(had);
    if let Some(snapshot) = before {
        let project = taken.project.as_ref().or(request.project.as_ref());
        report.misplaced = place::misplaced(snapshot, &report, taken.around, project, day);
        let warning = report.misplaced.as_ref().map(ToString::to_string);
        report.warnings.extend(warning);
    } else {
        let words = "there is no store yet: codes of projects and communes were not checked";
        report.warnings.push(words.to_owned());
    }
    report.warnings.extend(of_store);
    let Taken { rows, units, shapes, .. } = taken;
    Ok(ReadParcels { report, rows, units, shapes, waiting: ParcelSpool::default() })
}

/// What the reader is told; wrong words of the caller are found here, before a long file is read.
fn options(request: &Request, before: Option<&Snapshot>) -> Result<Options, ImportError> {
    if request.target == Target::Parcels && before.is_none() && request.intersect {
        return Err(ImportError::NoProjects);
    }
    if let Some((code, snapshot)) = request.project.as_ref().zip(before)
        && snapshot.project_by_code(code.as_str()).is_none()
    {
        return Err(ImportError::UnknownProject(code.clone()));
    }
    Ok(Options {
        layer: request.layer.clone(),
        crs: request.crs.clone(),
        encoding: request.encoding,
        mapping: request.mapping.clone(),
        project: request.project.clone(),
        unit: request.unit.clone(),
        communes: before.map_or_else(Vec::new, |snapshot| communes(snapshot, request.day)),
        levels: request.levels.clone(),
        expected_area: before.and_then(|snapshot| expected_area(snapshot, request.project.as_ref())),
        ..Options::default()
    })
}

/// The communes in force on `day` whose boundaries are known.
fn communes(snapshot: &Snapshot, day: Day) -> Vec<Commune> {
    let units = snapshot.units().iter().map(|entry| &entry.unit);
    let known = units.filter(|unit| unit.level == Level::Commune && unit.exists_on(day));
    let commune = |unit: &AdminUnit| {
        let boundary = unit.boundary.clone()?;
        Some(Commune { code: unit.code.clone(), name: unit.name.clone(), boundary })
    };
    known.filter_map(commune).collect()
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

/// Where a project's parcels are cut.
fn project_boundary<'a>(
    snapshot: &'a Snapshot,
    project: Option<&Code>,
) -> Result<&'a MultiPolygon<f64>, ImportError> {
    let code = project.ok_or(ImportError::NoProject)?;
    let index = snapshot.project_by_code(code.as_str()).ok_or(ImportError::NoProject)?;
    let boundary = snapshot.projects()[index].project.boundary.as_ref();
    boundary.ok_or_else(|| ImportError::NoBoundary(code.clone()))
}
