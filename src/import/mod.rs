//! An import from the file to the store: what the store knows is told to the
//! reader, what was read is checked against the store, and written in one
//! transaction, all or nothing.
//!
//! The command line and the web app both go through here. The file itself is opened
//! in a process of its own ([`crate::reader`]). It knows nothing of
//! terminals, HTTP or the clock.

mod checks;
mod illustration;
mod land;
mod place;

use std::path::PathBuf;

use geo::{MultiPolygon, Rect, coord};

use crate::{
    atlas::{Extent, Snapshot},
    domain::{AdminUnit, Code, Day, Level, Parcel, Project},
    ingest::{Batch, Commune, Encoding, IntersectRow, Mapping, Options, ReadProgress, Report, Target},
    reader::{Cancellation, ReadError, Reader},
    store::{Entry, Store, StoreError, Transaction, Written},
};

pub use illustration::Illustration;
pub use land::keep_off;

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
#[derive(Debug, Clone)]
pub enum Records {
    /// Administrative units.
    Units(Batch<AdminUnit>),
    /// Projects.
    Projects(Batch<Project>),
    /// Parcels, and what a project recovers of each if they were cut.
    Parcels(Batch<Parcel>, Vec<IntersectRow>),
}

impl Records {
    /// How reading went. With a refused feature nothing is to be stored.
    pub fn report(&self) -> &Report {
        match self {
            Self::Units(batch) => &batch.report,
            Self::Projects(batch) => &batch.report,
            Self::Parcels(batch, _) => &batch.report,
        }
    }

    /// What a project recovers of each parcel; empty unless they were cut.
    pub fn recovered(&self) -> &[IntersectRow] {
        match self {
            Self::Parcels(_, rows) => rows,
            _ => &[],
        }
    }

    /// Writes the records into an open change.
    ///
    /// # Errors
    /// [`StoreError`] when the store refuses a row or can't be written; then the change must not be committed.
    pub fn write(&self, change: &mut dyn Transaction, entry: &Entry) -> Result<Written, StoreError> {
        match self {
            Self::Units(batch) => change.units(entry, &batch.records),
            Self::Projects(batch) => change.projects(entry, &batch.records),
            Self::Parcels(batch, _) => change.parcels(entry, &batch.records),
        }
    }

    /// Writes the records in a change of their own.
    ///
    /// # Errors
    /// [`StoreError`] when the store refuses a row or can't be written; then nothing was kept.
    pub fn store(
        &self,
        store: &dyn Store,
        entry: &Entry,
    ) -> Result<(Written, crate::store::Head), StoreError> {
        let mut written = Written { inserted: 0, updated: 0, first: 0 };
        let head = store.change(&mut |change| {
            written = self.write(change, entry)?;
            Ok(true)
        })?;
        Ok((written, head))
    }
}

/// Has `reader` read a file and checks it against what is stored; `before` is none when there is no
/// store yet. `progress` is told how far it is.
///
/// # Errors
/// A file that can't be read, or a request that can't be met. Single features that can't be
/// accepted are refused in the report.
pub fn read(
    reader: &Reader,
    request: &Request,
    before: Option<&Snapshot>,
    cancellation: &Cancellation,
    progress: ReadProgress<'_>,
) -> Result<Records, ImportError> {
    let options = options(request, before)?;
    let (file, day) = (&request.file, request.day);
    Ok(match request.target {
        Target::Units => Records::Units(reader.units(file, &options, cancellation, progress)?),
        Target::Projects => Records::Projects(reader.projects(file, &options, cancellation, progress)?),
        Target::Parcels => {
            let cut = before.filter(|_| request.intersect);
            let boundary =
                cut.map(|snapshot| project_boundary(snapshot, request.project.as_ref())).transpose()?;
            let (mut batch, rows) = reader.parcels(file, &options, boundary, cancellation, progress)?;
            if boundary.is_some() && batch.records.is_empty() && batch.report.refused.is_empty() {
                return Err(ImportError::NothingInside);
            }
            if let Some(snapshot) = before {
                batch.report.misplaced = place::misplaced(snapshot, &batch, request.project.as_ref(), day);
                let warning = batch.report.misplaced.as_ref().map(ToString::to_string);
                batch.report.warnings.extend(warning);
                checks::against_store(snapshot, &mut batch, day);
            } else {
                let words = "there is no store yet: codes of projects and communes were not checked";
                batch.report.warnings.push(words.to_owned());
            }
            Records::Parcels(batch, rows)
        }
    })
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
