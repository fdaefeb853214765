//! The store: what is durable. Reference tables and the ledger.
//!
//! [`Store`] is the whole of what the rest of the program knows of it, part by
//! part; the embedded GeoPackage is one form. Writes are transactions: all or
//! nothing, on disk before they return. It knows nothing of rules, HTTP or the clock.

mod accounts;
mod attached;
mod body;
mod briefing;
mod chunks;
mod error;
mod geopackage;
mod joined;
pub mod ledger;
mod named;
mod postgres;
mod replay;
mod rows;
mod running;
mod shape;
mod shared;
mod states;
mod tables;
mod traits;
mod tries;
mod verify;

use std::{path::Path, sync::Arc};

use geo::MultiPolygon;

use crate::{
    atlas::Snapshot,
    domain::{
        AdminUnit, Day, Event, EventKind, ImportedLayer, LedgerPosition, NewEvent, PackedParcels, Parcel,
        ParcelId, ParcelRef, Project, ProjectId, SquareMetres, UnitId,
    },
};

use ledger::encoding::Seal;

pub use accounts::{
    Access, AccountChange, AccountLog, Directory, Invitation, LAST_CHANGES, MOST_KEYS_OF_ACCOUNT, NewKey,
    SecondFactor, SecretHash, SecurityKey, Session, Token, TokenScope,
};
pub use attached::{Attached, PLAN};
pub use briefing::{Briefing, KeptBriefing, RESTORED_WITHIN_MS};
pub use error::{StoreError, StoreResult};
pub use ledger::{Chain, ChainFault, Line};
pub use shared::{CampaignTexts, KEPT, MOST_OWN, MOST_WAITING, Shared, Sharing, WaitingFile, WaitingImport};
pub use tables::{Cell, Kind, Table, TakeRow, Transfer};
pub use traits::{
    Accounts, Attachments, Briefings, ChangeWork, Holders, Ledger, Load, Maintenance, Record, Store,
};
pub use tries::{Allowance, Tries, Try};
pub use verify::{Finding, Verification};

/// Where a store is: a file, or an address with a scheme.
enum Engine<'a> {
    GeoPackage(&'a Path),
    PostgreSql(&'a str),
}

impl<'a> Engine<'a> {
    fn of(location: &'a Path) -> Result<Self, StoreError> {
        let Some((text, (scheme, _))) =
            location.to_str().and_then(|text| Some((text, text.split_once("://")?)))
        else {
            return Ok(Self::GeoPackage(location));
        };
        match scheme {
            "postgres" | "postgresql" => Ok(Self::PostgreSql(text)),
            _ => {
                let why = format!(
                    "there is no engine \"{scheme}\" in this program; name a GeoPackage file or postgres://…"
                );
                // An address may hold a password.
                Err(StoreError::Open { path: format!("{scheme}://…"), why })
            }
        }
    }
}

/// Opens the store at `place`: a GeoPackage file, or the address of a PostgreSQL database.
///
/// # Errors
/// No such file or database, one that is not a store, or one that can't be read.
pub fn open(location: &Path) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match Engine::of(location)? {
        Engine::GeoPackage(path) => Arc::new(geopackage::GeoPackage::open(path)?),
        Engine::PostgreSql(address) => Arc::new(postgres::PostgreSql::open(address)?),
    })
}

/// Opens the store at `place`, or makes an empty one where none is.
///
/// # Errors
/// As [`open`], or a folder or database that can't be written.
pub fn open_or_create(location: &Path) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match Engine::of(location)? {
        Engine::GeoPackage(path) => Arc::new(geopackage::GeoPackage::open_or_create(path)?),
        Engine::PostgreSql(address) => Arc::new(postgres::PostgreSql::open_or_create(address)?),
    })
}

/// Copies all of one store into another that is empty, in one state, all or nothing: the ledger with its head,
/// accounts, logs, briefings, settings.
///
/// # Errors
/// [`StoreError::NotEmpty`] when `to` holds rows; else an error of reading `from` or of writing `to`; nothing was
/// kept then.
pub fn copy(from: &dyn Store, to: &dyn Store) -> Result<Head, StoreError> {
    to.receive_rows(&mut |take| from.send_rows(take))
}

/// Writes the store of a database to a file by the database's own program, `pg_dump`.
///
/// # Errors
/// A place that is no database; a program that is not there, or what it says.
pub fn dump(location: &Path, file: &Path) -> Result<(), StoreError> {
    postgres::dump(database(location)?, file)
}

/// Brings what [`dump`] wrote into a database, by `pg_restore`, all or nothing.
///
/// # Errors
/// As [`dump`]; a store that is there already.
pub fn bring_back(location: &Path, file: &Path) -> Result<(), StoreError> {
    postgres::bring_back(database(location)?, file)
}

fn database(location: &Path) -> Result<&str, StoreError> {
    match Engine::of(location)? {
        Engine::PostgreSql(address) => Ok(address),
        Engine::GeoPackage(path) => {
            let why = "a copy that ends with .dump is a database's; name one that ends with .gpkg".to_owned();
            Err(StoreError::Open { path: path.display().to_string(), why })
        }
    }
}

/// Whether there is a store at `place`.
///
/// # Errors
/// [`StoreError::Gone`] when the database can't be asked.
pub fn is_there(location: &Path) -> Result<bool, StoreError> {
    match Engine::of(location)? {
        Engine::GeoPackage(path) => Ok(path.exists()),
        Engine::PostgreSql(address) => postgres::PostgreSql::is_there(address),
    }
}

/// Whether nobody else has the store at a place open, so that it may be held for as long as a file is read.
pub fn is_alone(location: &Path) -> bool {
    !is_address(location) && geopackage::is_alone(location)
}

/// Whether a place is the address of a server, with no folder beside it.
pub fn is_address(location: &Path) -> bool {
    location.to_string_lossy().contains("://")
}

/// A place in words, without the password that an address may hold.
pub fn shown(location: &Path) -> String {
    postgres::shown(&location.to_string_lossy())
}

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

impl Entry {
    /// The event that seals the rows of an import.
    fn sealing(&self, layer: ImportedLayer, seal: Seal) -> NewEvent {
        let (first, last, rows, digest) = seal.finish();
        NewEvent {
            parcel: None,
            day: self.day,
            recorded_at: self.recorded_at,
            author: self.author.clone(),
            document: None,
            note: None,
            attachments: Vec::new(),
            kind: EventKind::Imported { layer, source: self.source.clone(), first, last, rows, digest },
        }
    }
}

/// From one snapshot to the next.
#[derive(Debug, Clone)]
pub struct Step {
    /// Events, in order.
    pub events: Vec<Event>,
    /// The snapshot after them.
    pub snapshot: Snapshot,
    /// Parcels whose records changed or that are new.
    pub parcels: Vec<ParcelId>,
    /// Units whose rows changed.
    pub units: Vec<UnitId>,
    /// Projects whose rows changed.
    pub projects: Vec<ProjectId>,
}

/// What a writer needs to know of a parcel.
#[derive(Debug, Clone)]
pub struct ParcelState {
    /// Number.
    pub id: ParcelId,
    /// Code of its project.
    pub project: String,
    /// Land-use code, empty when unknown.
    pub land_use: String,
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
pub struct FormedParcel {
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
pub struct IdempotentAnswer<'a> {
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

/// Gives run after run of parcels; none at the end.
pub type NextRun<'a> = &'a mut dyn FnMut() -> Result<Option<PackedParcels>, StoreError>;

/// One atomic change of a store. Nothing is kept unless it is committed.
///
/// # Errors
/// Of every function, beside what it names itself: [`StoreError::Full`] where the disk takes no more,
/// [`StoreError::Busy`] where another program holds the store for too long, [`StoreError::Row`] for a row that this
/// program could not have written, [`StoreError::Backend`] for all else that the engine refuses. The order, or the
/// change, is to be given up then.
#[allow(clippy::missing_errors_doc, reason = "said once for all")]
pub trait Transaction {
    /// Adds units, or brings those with the same code and time up to date.
    fn units(&mut self, entry: &Entry, units: &[AdminUnit]) -> Result<Written, StoreError>;

    /// Adds projects, or brings those with the same code up to date.
    fn projects(&mut self, entry: &Entry, projects: &[Project]) -> Result<Written, StoreError>;

    /// Adds the parcels that `next` gives run by run, until it gives none, as one import. They are listed on the
    /// entry's day.
    ///
    /// # Errors
    /// Besides: a project or unit that is not there, a parcel that is there already; the error of `next`.
    fn parcel_runs(&mut self, entry: &Entry, next: NextRun<'_>) -> Result<Written, StoreError>;

    /// Adds parcels. They are listed on the entry's day.
    ///
    /// # Errors
    /// As [`Transaction::parcel_runs`].
    fn parcels(&mut self, entry: &Entry, parcels: &[Parcel]) -> Result<Written, StoreError> {
        let mut runs = PackedParcels::runs_of(parcels);
        self.parcel_runs(entry, &mut || Ok(runs.next()))
    }

    /// Appends events.
    ///
    /// # Errors
    /// Besides: a parcel that is not there.
    fn append(&mut self, events: &[NewEvent]) -> Result<Head, StoreError>;

    /// The end of the ledger inside this change.
    fn head(&self) -> Head;

    /// The parcels that are meant: none, one, or several when the reference is not clear.
    fn find(&mut self, parcel: &ParcelRef) -> Result<Vec<ParcelState>, StoreError>;

    /// A parcel's events, in order.
    fn history(&mut self, parcel: ParcelId) -> Result<Vec<Event>, StoreError>;

    /// The project with this code and the communes of its parcels.
    fn project(&mut self, code: &str) -> Result<Option<(ProjectId, Vec<UnitId>)>, StoreError>;

    /// A parcel's recovered part and area, and the area of the whole parcel.
    ///
    /// # Errors
    /// Besides: [`StoreError::NoParcel`] where there is none, [`StoreError::Row`] for a shape that can't be read.
    fn shape(
        &mut self,
        parcel: ParcelId,
    ) -> Result<(MultiPolygon<f64>, SquareMetres, SquareMetres), StoreError>;

    /// Bytes of the files that events about a parcel name, with these, as far as they were noted.
    fn bytes_attached(&mut self, parcel: ParcelId, files: &[String]) -> Result<u64, StoreError>;

    /// Adds parcels that take the place of `parent`, with its project, commune, use and holder.
    ///
    /// # Errors
    /// Besides: [`StoreError::Exists`] when a number is there already.
    fn form(
        &mut self,
        entry: &Entry,
        parent: ParcelId,
        parcels: &[FormedParcel],
    ) -> Result<Written, StoreError>;

    /// The digest and answer of an earlier request of `author` under `key`.
    fn answer(&mut self, author: &str, key: &str) -> Result<Option<(Vec<u8>, String)>, StoreError>;

    /// Keeps the answer of a request, and forgets those of more than a week before `recorded_at`.
    fn keep_answer(&mut self, kept: &IdempotentAnswer<'_>) -> Result<(), StoreError>;

    /// Keeps a setting.
    fn set(&mut self, name: &str, value: &str) -> Result<(), StoreError>;

    /// Brings what is worked out from the ledger up to it, so that questions inside the change see it.
    fn settle(&mut self) -> Result<(), StoreError>;

    /// Begins one order among several of this change.
    fn open_order(&mut self) -> Result<(), StoreError>;

    /// Keeps what the order has written.
    fn keep_order(&mut self) -> Result<(), StoreError>;

    /// Gives up what the order has written; what came before it stays.
    fn drop_order(&mut self) -> Result<(), StoreError>;
}
