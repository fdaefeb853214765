//! Strangers' files are read in a process of their own.
//!
//! Files come from anyone, and GDAL knows eighty formats: some can name other
//! files, ask other hosts, or grow without end, and a fault in any of them would
//! be a fault of the server. So whatever opens a file runs in a child of this
//! program that can reach nothing else, may use so much memory and time, and
//! sends back plain records through a pipe, where they are checked again.
//!
//! ```text
//! import, server, cli ─► Reader ─ handover (links to the parts) ─ process (start, watch, end)
//!                                      ▲                               │ question
//!                        check, records┘◄────── frames ── child ── confine ── ingest ── GDAL
//! ```
//! It knows nothing of stores, HTTP and command lines. Invariants: this process
//! never opens a stranger's file with GDAL; a reader that is not wanted any more
//! is ended and waited for; nothing that comes back is believed unchecked.

mod check;
mod child;
mod confine;
mod error;
mod findings;
mod handover;
mod limits;
mod parcels;
mod process;
mod protocol;
mod records;
mod shapes;

use std::{
    path::Path,
    sync::{Arc, OnceLock},
};

use geo::MultiPolygon;
use serde_json::{Map, Value};

use crate::{
    domain::{AdminUnit, PackedParcels, Project},
    ingest::{
        Batch, EventTable, LayerOutline, MOST_COLUMNS, Options, ReadProgress, Report, Step, Target, Words,
    },
};
use check::{Check, Doubt};
use findings::Finding;
use handover::Handover;
use parcels::ParcelCheck;
use protocol::{Kind, SentValue, Task, WireOptions};
use records::Transferable;

pub use child::run as run_child;
pub use confine::Confinement;
pub use error::ReadError;
pub use limits::Limits;
pub use process::{COMMAND, Cancellation};

/// Layers of one file.
const MOST_LAYERS: usize = 10_000;

/// Reads files, each in a process of its own.
#[derive(Debug, Clone)]
pub struct Reader {
    limits: Limits,
    seen: Arc<OnceLock<Confinement>>,
}

impl Reader {
    /// Readers within these limits.
    pub fn new(limits: Limits) -> Self {
        Self { limits, seen: Arc::default() }
    }

    /// Starts a reader that reads nothing: which walls stand around it on this machine.
    ///
    /// # Errors
    /// [`ReadError`] when the process can't be started.
    pub fn try_walls(&self) -> Result<Confinement, ReadError> {
        process::ask(
            &self.limits,
            &Handover::empty()?,
            Task::Nothing,
            &Cancellation::default(),
            &mut |_, _| Ok(()),
        )
    }

    /// Which walls stood around the first file that was read; none before.
    pub fn walls(&self) -> Option<&Confinement> {
        self.seen.get()
    }

    fn ask(
        &self,
        file: &Handover,
        task: Task,
        cancellation: &Cancellation,
        take: process::Take<'_>,
    ) -> Result<(), ReadError> {
        let confinement = process::ask(&self.limits, file, task, cancellation, take)?;
        self.seen.get_or_init(|| confinement);
        Ok(())
    }

    /// The layers of the file at `path`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn outline(&self, path: &Path, cancellation: &Cancellation) -> Result<Vec<LayerOutline>, ReadError> {
        let mut layers: Vec<LayerOutline> = Vec::new();
        let file = Handover::new(path)?;
        self.ask(&file, Task::Outline, cancellation, &mut |kind, bytes| match kind {
            Kind::Records => protocol::each(bytes, |layer| {
                layers.push(checked_layer(layer)?);
                if layers.len() > MOST_LAYERS { Err(Doubt("layers without end")) } else { Ok(()) }
            }),
            _ => Ok(()),
        })?;
        Ok(layers)
    }

    /// The events of the table at `path`, in which `words` stand for codes.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn events(
        &self,
        path: &Path,
        layer: Option<&str>,
        words: &Words,
        cancellation: &Cancellation,
    ) -> Result<EventTable, ReadError> {
        let (mut table, mut rows, mut check) =
            (EventTable::default(), Vec::new(), Check::new(self.limits.bounds));
        let file = Handover::new(path)?;
        let task = Task::Events(layer.map(str::to_owned));
        self.ask(&file, task, cancellation, &mut |kind, bytes| match kind {
            Kind::Records => protocol::each(bytes, |row| {
                check.rows(1)?;
                rows.push(event_row(row)?);
                Ok(())
            }),
            Kind::Report => {
                (table.known, table.unknown, table.mixed) =
                    protocol::read(bytes).map_err(|_| Doubt("a table that is none"))?;
                Ok(())
            }
            _ => Ok(()),
        })?;
        Ok(table.with_rows(rows, words))
    }

    /// The administrative units of the file at `path`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn units(
        &self,
        path: &Path,
        options: &Options,
        cancellation: &Cancellation,
        progress: ReadProgress<'_>,
    ) -> Result<Batch<AdminUnit>, ReadError> {
        self.batch(path, WireOptions::new(Target::Units, options, None), cancellation, progress)
    }

    /// The projects of the file at `path`.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn projects(
        &self,
        path: &Path,
        options: &Options,
        cancellation: &Cancellation,
        progress: ReadProgress<'_>,
    ) -> Result<Batch<Project>, ReadError> {
        self.batch(path, WireOptions::new(Target::Projects, options, None), cancellation, progress)
    }

    /// The parcels of the file at `path`, cut at `boundary` if there is one. They go to `taker` as they come; the
    /// report comes at the end.
    ///
    /// # Errors
    /// See [`ReadError`]. Where `taker` takes no more it knows why, and [`ReadError::Left`] is said.
    pub fn parcels(
        &self,
        path: &Path,
        options: &Options,
        boundary: Option<&MultiPolygon<f64>>,
        cancellation: &Cancellation,
        taker: &mut dyn TakeParcels,
    ) -> Result<Report, ReadError> {
        let asked = WireOptions::new(Target::Parcels, options, boundary);
        let file = Handover::new(path)?;
        let fresh = || ParcelCheck::new(Check::new(self.limits.bounds));
        let (mut check, mut findings, mut report, mut sent) = (fresh(), Vec::new(), None, 0);
        let mut is_taken = true;
        let task = Task::Records(Box::new(asked));
        let heard = self.ask(&file, task, cancellation, &mut |kind, bytes| {
            match kind {
                Kind::Records => {
                    let run = check.run(bytes)?;
                    sent += run.len();
                    is_taken = taker.run(run);
                }
                Kind::Anew => {
                    (check, sent, is_taken) = (fresh(), 0, taker.anew());
                    findings.clear();
                }
                Kind::Findings => protocol::each(bytes, |finding| {
                    check.findings(1)?;
                    findings.push(finding);
                    Ok(())
                })?,
                Kind::Report => report = Some(read_report(bytes)?),
                _ => taker.at(protocol::read(bytes).map_err(|_| Doubt("a progress that is none"))?),
            }
            if is_taken { Ok(()) } else { Err(Doubt("nobody takes more")) }
        });
        if !is_taken {
            return Err(ReadError::Left);
        }
        heard?;
        self.whole_report(&file, report, sent, findings)
    }

    fn batch<R: Transferable>(
        &self,
        path: &Path,
        asked: WireOptions,
        cancellation: &Cancellation,
        progress: ReadProgress<'_>,
    ) -> Result<Batch<R>, ReadError> {
        let file = Handover::new(path)?;
        let mut check = Check::new(self.limits.bounds);
        let (mut records, mut features, mut findings, mut report) =
            (Vec::new(), Vec::new(), Vec::new(), None);
        let task = Task::Records(Box::new(asked));
        self.ask(&file, task, cancellation, &mut |kind, bytes| match kind {
            Kind::Records => protocol::each(bytes, |(feature, sent): (String, R::Sent)| {
                check.rows(1)?;
                records.push(R::unpack(sent, &mut check)?);
                features.push(check::name(feature)?);
                Ok(())
            }),
            Kind::Findings => protocol::each(bytes, |finding| {
                check.findings(1)?;
                findings.push(finding);
                Ok(())
            }),
            Kind::Report => {
                report = Some(read_report(bytes)?);
                Ok(())
            }
            Kind::Anew => Err(Doubt("records that come again")),
            _ => {
                progress(protocol::read(bytes).map_err(|_| Doubt("a progress that is none"))?);
                Ok(())
            }
        })?;
        let report = self.whole_report(&file, report, records.len(), findings)?;
        Ok(Batch { records, features, report })
    }

    /// The report with its lists, of so many records.
    fn whole_report(
        &self,
        file: &Handover,
        report: Option<Report>,
        records: usize,
        findings: Vec<Finding>,
    ) -> Result<Report, ReadError> {
        let nonsense =
            |doubt: Doubt| ReadError::Nonsense { file: file.file.clone(), what: doubt.0.to_owned() };
        let mut report = report.ok_or_else(|| nonsense(Doubt("there is no report")))?;
        if report.accepted != records || report.read > self.limits.bounds.rows {
            return Err(nonsense(Doubt("the report counts other records")));
        }
        for finding in findings {
            findings::put(finding, &mut report).map_err(nonsense)?;
        }
        Ok(report)
    }
}

/// Takes parcels as they come.
pub trait TakeParcels {
    /// Takes a run of them; whether more is taken.
    fn run(&mut self, parcels: PackedParcels) -> bool;
    /// Forgets all that was taken, because it comes again; whether more is taken.
    fn anew(&mut self) -> bool;
    /// Hears how far reading is.
    fn at(&mut self, step: Step);
}

fn read_report(bytes: &[u8]) -> Result<Report, Doubt> {
    protocol::read(bytes).map_err(|_| Doubt("a report that is none"))
}

fn checked_layer(layer: LayerOutline) -> Result<LayerOutline, Doubt> {
    if layer.columns.len() > MOST_COLUMNS {
        return Err(Doubt("columns without end"));
    }
    let columns = layer.columns.into_iter().map(check::text).collect::<Result<_, Doubt>>()?;
    Ok(LayerOutline { name: check::text(layer.name)?, crs: check::some_text(layer.crs)?, columns, ..layer })
}

/// Fields of a row as they travel.
type SentRow = (u64, Vec<(String, SentValue)>);

fn event_row((line, fields): SentRow) -> Result<(usize, Map<String, Value>), Doubt> {
    let field = |(name, value): (String, SentValue)| {
        let value = match value {
            SentValue::Text(text) => Value::String(check::text(text)?),
            SentValue::Number(digits) => {
                Value::Number(serde_json::from_str(&digits).map_err(|_| Doubt("a number that is none"))?)
            }
            SentValue::Flag(flag) => Value::Bool(flag),
        };
        Ok((check::name(name)?, value))
    };
    let fields = fields.into_iter().map(field).collect::<Result<Map<String, Value>, Doubt>>()?;
    Ok((usize::try_from(line).map_err(|_| Doubt("a line that is none"))?, fields))
}
