//! The bytes that are sealed (docs/ledger.md, version 1).
//!
//! Numbers are little-endian; a text or geometry has its length (4 bytes) in
//! front; what may be missing begins with 0 or 1; a list begins with its
//! number of items. Geometries are WKB (OGC 06-103r4), little-endian, WGS 84
//! degrees. Days are counted from 1970-01-01.

use geo::{LineString, MultiPolygon};
use sha2::{Digest, Sha256};
use wkb::writer::{WriteOptions, write_line_string, write_multi_polygon};

use crate::domain::{
    AdminUnit, Day, EventKind, LedgerPosition, NewEvent, ParcelId, Project, ProjectId, SquareMetres,
    Succession, UnitId, law::ActDetails,
};

/// Version of the encoding, the first byte of every event.
pub const VERSION: u8 = 1;

/// What an import wrote about a parcel.
#[derive(Debug, Clone, PartialEq)]
pub struct ParcelRow<'a> {
    /// Number.
    pub id: ParcelId,
    /// Number of its project.
    pub project: ProjectId,
    /// Number of its commune.
    pub unit: UnitId,
    /// Sheet number.
    pub sheet: &'a str,
    /// Parcel number.
    pub number: &'a str,
    /// Land-use code or empty.
    pub land_use: &'a str,
    /// Recovered area.
    pub recovered: SquareMetres,
    /// Area of the whole cadastral parcel.
    pub total: SquareMetres,
    /// Area as the file declared it.
    pub declared: Option<SquareMetres>,
    /// Number of its holder.
    pub holder: Option<u32>,
    /// Planned day of handover.
    pub planned: Option<Day>,
    /// Its shape as WKB.
    pub wkb: &'a [u8],
}

/// Collects bytes.
#[derive(Debug, Default)]
pub struct Bytes(Vec<u8>);

impl Bytes {
    /// What was collected.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    fn number32(&mut self, number: u32) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn number64(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn blob(&mut self, bytes: &[u8]) {
        self.number32(bytes.len() as u32);
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &str) {
        self.blob(text.as_bytes());
    }

    fn maybe<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.0.push(u8::from(value.is_some()));
        if let Some(value) = value {
            write(self, value);
        }
    }

    fn day(&mut self, day: Day) {
        self.0.extend_from_slice(&day.number().to_le_bytes());
    }

    fn area(&mut self, area: SquareMetres) {
        self.0.extend_from_slice(&area.get().to_le_bytes());
    }

    fn details(&mut self, details: &ActDetails) {
        let fields = details.fields();
        self.number32(fields.len() as u32);
        for (name, value) in fields {
            self.text(name);
            self.text(&value);
        }
    }

    fn parcels(&mut self, parcels: &[ParcelId]) {
        self.number32(parcels.len() as u32);
        parcels.iter().for_each(|parcel| self.number32(parcel.0));
    }
}

/// WKB of an area.
pub fn area_wkb(polygons: &MultiPolygon<f64>) -> Vec<u8> {
    let mut wkb = Vec::new();
    // Writing to memory does not fail.
    let _ = write_multi_polygon(&mut wkb, polygons, &WriteOptions::default());
    wkb
}

/// WKB of a line.
pub fn line_wkb(line: &LineString<f64>) -> Vec<u8> {
    let mut wkb = Vec::new();
    let _ = write_line_string(&mut wkb, line, &WriteOptions::default());
    wkb
}

/// The bytes of a unit's row.
pub fn unit(bytes: &mut Bytes, id: UnitId, unit: &AdminUnit) {
    bytes.number32(id.0);
    bytes.text(unit.code.as_str());
    bytes.text(&unit.name);
    bytes.text(unit.level.code());
    bytes.maybe(unit.parent.as_ref(), |bytes, parent| bytes.text(parent.as_str()));
    bytes.maybe(unit.valid_from, Bytes::day);
    bytes.maybe(unit.valid_to, Bytes::day);
    bytes.text(&Succession::write_list(&unit.predecessors));
    bytes.text(&Succession::write_list(&unit.successors));
    bytes.maybe(unit.boundary.as_ref(), |bytes, boundary| bytes.blob(&area_wkb(boundary)));
}

/// The bytes of a project's row.
pub fn project(bytes: &mut Bytes, id: ProjectId, project: &Project) {
    bytes.number32(id.0);
    bytes.text(project.code.as_str());
    bytes.text(&project.name);
    bytes.text(project.kind.code());
    bytes.0.push(u8::from(project.key));
    bytes.maybe(project.investor.as_deref(), Bytes::text);
    bytes.maybe(project.body.as_deref(), Bytes::text);
    bytes.text(project.procedure.as_str());
    bytes.maybe(project.required_day, Bytes::day);
    bytes.text(&project.plan.write());
    bytes.maybe(project.boundary.as_ref(), |bytes, boundary| bytes.blob(&area_wkb(boundary)));
    bytes.maybe(project.alignment.as_ref(), |bytes, line| bytes.blob(&line_wkb(line)));
}

/// The bytes of a parcel's row.
pub fn parcel(bytes: &mut Bytes, row: &ParcelRow<'_>) {
    bytes.number32(row.id.0);
    bytes.number32(row.project.0);
    bytes.number32(row.unit.0);
    bytes.text(row.sheet);
    bytes.text(row.number);
    bytes.text(row.land_use);
    bytes.area(row.recovered);
    bytes.area(row.total);
    bytes.maybe(row.declared, Bytes::area);
    bytes.maybe(row.holder, Bytes::number32);
    bytes.maybe(row.planned, Bytes::day);
    bytes.blob(row.wkb);
}

/// The bytes of an event behind the hash of the one before it.
pub fn event(bytes: &mut Bytes, previous: &[u8; 32], position: LedgerPosition, event: &NewEvent) {
    bytes.0.push(VERSION);
    bytes.0.extend_from_slice(previous);
    bytes.number64(position.0);
    bytes.0.extend_from_slice(&event.recorded_at.to_le_bytes());
    bytes.day(event.day);
    bytes.text(&event.author);
    bytes.maybe(event.parcel, |bytes, parcel| bytes.number32(parcel.0));
    bytes.maybe(event.document.as_deref(), Bytes::text);
    bytes.maybe(event.note.as_deref(), Bytes::text);
    bytes.number32(event.attachments.len() as u32);
    event.attachments.iter().for_each(|id| bytes.text(id));
    kind(bytes, &event.kind);
}

fn kind(bytes: &mut Bytes, details: &EventKind) {
    bytes.text(details.code());
    match details {
        EventKind::Imported { layer, source, first, last, rows, digest } => {
            bytes.text(layer.code());
            bytes.text(source);
            [first, last, rows].into_iter().for_each(|number| bytes.number32(*number));
            bytes.text(digest);
        }
        EventKind::StageReached { stage, details } => {
            bytes.text(stage.code());
            bytes.details(details);
        }
        EventKind::StepTaken { step, details } => {
            bytes.text(step.code());
            bytes.details(details);
        }
        EventKind::BlockerOpened { blocker } | EventKind::BlockerClosed { blocker } => {
            bytes.text(blocker.code());
        }
        EventKind::MoneyApproved { amount } | EventKind::MoneyPaid { amount } => bytes.number64(amount.0),
        EventKind::EarlyHandover | EventKind::ParcelWithdrawn => {}
        EventKind::BranchEntered { branch } | EventKind::BranchLeft { branch } => bytes.text(branch.code()),
        EventKind::ResettlementAssigned { plot } => bytes.text(plot),
        EventKind::PlannedDateChanged { planned } => bytes.day(*planned),
        EventKind::ParcelSplit { into } => bytes.parcels(into),
        EventKind::ParcelMerged { into } => bytes.number32(into.0),
        EventKind::ParcelFormed { from } => bytes.parcels(from),
        EventKind::PlanChanged { project, plan, required } => {
            bytes.number32(project.0);
            bytes.maybe(plan.as_deref(), Bytes::text);
            bytes.maybe(*required, Bytes::day);
        }
        EventKind::Correction { corrects, by } => {
            bytes.number64(corrects.0);
            bytes.maybe(by.as_deref(), kind);
        }
    }
}

/// SHA-256 over rows in their order.
#[derive(Debug, Default)]
pub struct Seal {
    hasher: Sha256,
    bytes: Bytes,
    rows: u32,
    first: u32,
    last: u32,
}

impl Seal {
    /// Adds a row with this number, whose bytes `write` gives.
    pub fn row(&mut self, number: u32, write: impl FnOnce(&mut Bytes)) {
        self.bytes.0.clear();
        write(&mut self.bytes);
        self.hasher.update(&self.bytes.0);
        self.first = if self.rows == 0 { number } else { self.first };
        self.last = number;
        self.rows += 1;
    }

    /// Number of rows.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Number of the first row.
    pub fn first(&self) -> u32 {
        self.first
    }

    /// (first row, last row, rows, digest as hexadecimal text).
    pub fn finish(self) -> (u32, u32, u32, String) {
        (self.first, self.last, self.rows, crate::domain::hex(&self.hasher.finalize()))
    }
}
