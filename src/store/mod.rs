//! The store: what is durable. Reference tables and the ledger.
//!
//! [`Store`] is the whole of what the rest of the program knows of it; the
//! embedded GeoPackage is one form. Writes are transactions: all or nothing,
//! on disk before they return. It knows nothing of HTTP or the clock.

mod error;
pub mod geopackage;
mod ledger;
mod recording;
mod reshape;
mod verify;

use geo::MultiPolygon;

use crate::{
    atlas::Snapshot,
    domain::{
        AdminUnit, Day, Event, LedgerPosition, NewEvent, Parcel, ParcelId, ParcelRef, Project, ProjectId,
        Record, SquareMetres, UnitId,
    },
};

pub use error::StoreError;
pub use geopackage::{
    GeoPackage,
    accounts::{Access, Directory, SecretHash, Session, Token, TokenScope},
    briefings::{Briefing, KeptBriefing},
};
pub use ledger::{Chain, ChainFault, digest_hex};
pub use recording::{Conflict, Order, Recorded, RecordingError, RowRefusal, Taken, record};
pub use verify::{Finding, Verification};

/// The end of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of events.
    pub position: LedgerPosition,
    /// Hash of the last one; zeros when there is none.
    pub hash: [u8; 32],
}

/// Who writes, when, and from what.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Name of the file or program that the rows come from.
    pub source: String,
    /// Who records.
    pub author: String,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub recorded_at: i64,
    /// Day from which the rows hold: parcels are listed on it.
    pub day: Day,
    /// Day on which the codes of units in the rows were in force: codes come back with new meanings.
    pub units_on: Day,
}

/// What happened after a position.
#[derive(Debug, Clone)]
pub struct News {
    /// Events, in order.
    pub events: Vec<Event>,
    /// The end of the ledger after them.
    pub head: Head,
    /// Records of the parcels that they touch.
    pub records: Vec<(ParcelId, Record)>,
}

/// What a writer needs to know of a parcel.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Number.
    pub id: ParcelId,
    /// Code of its project.
    pub project: String,
    /// Code of the project's procedure.
    pub procedure: String,
    /// Its commune.
    pub unit: UnitId,
    /// Code of the commune.
    pub unit_code: String,
    /// Sheet number.
    pub sheet: String,
    /// Parcel number.
    pub number: String,
    /// Day of its listing.
    pub listed: Option<Day>,
    /// Last position that touched it.
    pub version: LedgerPosition,
}

/// A parcel that takes the place of others.
#[derive(Debug, Clone)]
pub struct Formed {
    /// Sheet number.
    pub sheet: String,
    /// Parcel number.
    pub number: String,
    /// Recovered area.
    pub recovered_area: SquareMetres,
    /// Area of the whole cadastral parcel.
    pub total_area: SquareMetres,
    /// Recovered part in WGS 84 degrees (lon, lat).
    pub geometry: MultiPolygon<f64>,
}

/// What an import wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Rows that are new.
    pub inserted: u32,
    /// Rows that replaced an older state (units and projects).
    pub updated: u32,
    /// Id of the first new row; ids of one import follow each other.
    pub first: u32,
}

/// The answer of a request that may be sent again.
#[derive(Debug, Clone, Copy)]
pub struct KeptAnswer<'a> {
    /// Who asked.
    pub author: &'a str,
    /// Under which key.
    pub key: &'a str,
    /// Digest of what was asked.
    pub digest: &'a [u8],
    /// The answer.
    pub answer: &'a str,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub recorded_at: i64,
}

/// One atomic change of a store. Nothing is kept unless it is committed.
pub trait Transaction {
    /// Adds units, or brings those with the same code and time up to date.
    ///
    /// # Errors
    /// The disk's.
    fn units(&mut self, entry: &Entry, units: &[AdminUnit]) -> Result<Written, StoreError>;

    /// Adds projects, or brings those with the same code up to date.
    ///
    /// # Errors
    /// The disk's.
    fn projects(&mut self, entry: &Entry, projects: &[Project]) -> Result<Written, StoreError>;

    /// Adds parcels. They are listed on the entry's day.
    ///
    /// # Errors
    /// A project or unit that is not there, a parcel that is there already, or the disk's.
    fn parcels(&mut self, entry: &Entry, parcels: &[Parcel]) -> Result<Written, StoreError>;

    /// Appends events.
    ///
    /// # Errors
    /// A parcel that is not there, or the disk's.
    fn append(&mut self, events: &[NewEvent]) -> Result<Head, StoreError>;

    /// The end of the ledger inside this change.
    fn head(&self) -> Head;

    /// The parcels that are meant: none, one, or several when the reference is not clear.
    ///
    /// # Errors
    /// The disk's.
    fn find(&mut self, parcel: &ParcelRef) -> Result<Vec<Facts>, StoreError>;

    /// A parcel's events, in order.
    ///
    /// # Errors
    /// The disk's.
    fn history(&mut self, parcel: ParcelId) -> Result<Vec<Event>, StoreError>;

    /// The project with this code and the communes of its parcels.
    ///
    /// # Errors
    /// The disk's.
    fn project(&mut self, code: &str) -> Result<Option<(ProjectId, Vec<UnitId>)>, StoreError>;

    /// A parcel's recovered part and area, and the area of the whole parcel.
    ///
    /// # Errors
    /// The disk's, or a geometry that can't be read.
    fn shape(
        &mut self,
        parcel: ParcelId,
    ) -> Result<(MultiPolygon<f64>, SquareMetres, SquareMetres), StoreError>;

    /// Adds parcels that take the place of `parent`, with its project, commune, use and holder.
    ///
    /// # Errors
    /// A number that is there already, or the disk's.
    fn form(&mut self, entry: &Entry, parent: ParcelId, parcels: &[Formed]) -> Result<Written, StoreError>;

    /// The digest and answer of an earlier request of `author` under `key`.
    ///
    /// # Errors
    /// The disk's.
    fn answer(&mut self, author: &str, key: &str) -> Result<Option<(Vec<u8>, String)>, StoreError>;

    /// Keeps the answer of a request, and forgets those of more than a week before `recorded_at`.
    ///
    /// # Errors
    /// The disk's.
    fn keep_answer(&mut self, kept: &KeptAnswer<'_>) -> Result<(), StoreError>;

    /// Keeps a setting.
    ///
    /// # Errors
    /// The disk's.
    fn set(&mut self, name: &str, value: &str) -> Result<(), StoreError>;

    /// Makes all of it durable.
    ///
    /// # Errors
    /// The disk's; then nothing was kept.
    fn commit(self: Box<Self>) -> Result<Head, StoreError>;
}

/// A store of projects, parcels and their ledger.
pub trait Store: Send {
    /// The end of the ledger.
    ///
    /// # Errors
    /// The disk's.
    fn head(&self) -> Result<Head, StoreError>;

    /// A number that changes whenever another process or this one has committed.
    ///
    /// # Errors
    /// The disk's.
    fn version(&self) -> Result<u64, StoreError>;

    /// Everything at the end of the ledger.
    ///
    /// # Errors
    /// The disk's, or rows that contradict each other.
    fn load(&self) -> Result<Snapshot, StoreError>;

    /// Everything as it was known at `position`, by replay.
    ///
    /// # Errors
    /// A position that the ledger has not reached, the disk's, or rows that contradict each other.
    fn load_at(&self, position: LedgerPosition) -> Result<Snapshot, StoreError>;

    /// Events after `position`, in order.
    ///
    /// # Errors
    /// The disk's.
    fn events_after(&self, position: LedgerPosition) -> Result<Vec<Event>, StoreError>;

    /// At most so many events after `position`, in order.
    ///
    /// # Errors
    /// The disk's.
    fn some_events_after(&self, position: LedgerPosition, most: usize) -> Result<Vec<Event>, StoreError>;

    /// A parcel's events, in order.
    ///
    /// # Errors
    /// The disk's.
    fn history(&self, parcel: ParcelId) -> Result<Vec<Event>, StoreError>;

    /// What happened after `position`, in one look.
    ///
    /// # Errors
    /// The disk's.
    fn news(&self, position: LedgerPosition) -> Result<News, StoreError>;

    /// A setting, if it was set.
    ///
    /// # Errors
    /// The disk's.
    fn setting(&self, name: &str) -> Result<Option<String>, StoreError>;

    /// Begins a change; a second writer waits for the first.
    ///
    /// # Errors
    /// Another writer that does not end, or the disk's.
    fn begin(&mut self) -> Result<Box<dyn Transaction + '_>, StoreError>;

    /// Checks chain, references, geometries, areas and what was worked out from the ledger.
    ///
    /// # Errors
    /// The disk's; what is wrong with the content is a finding, not an error.
    fn verify(&self) -> Result<Verification, StoreError>;
}
