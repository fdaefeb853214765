//! What those who keep the server look at: the ledger's end, signed heads, health.

use schemars::JsonSchema;
use serde::Serialize;

use super::EventCode;
use crate::{
    atlas::Snapshot,
    domain::{BlockerKind, Code, Day, Event, LedgerPosition, ParcelId, hex, law::Act},
    store::{Finding, Verification, ledger::witness::SignedHead},
};

/// The parcel that an event is about.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct LedgerParcel {
    /// Number.
    pub id: ParcelId,
    /// Sheet.
    pub sheet: String,
    /// Number on the sheet.
    pub parcel: String,
    /// Code of the project.
    pub project: Code,
}

/// An event of the ledger, without notes: they may name people.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LedgerEvent {
    /// Its position.
    pub position: LedgerPosition,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub recorded_at: i64,
    /// Day on which it took effect.
    pub day: Day,
    /// Who recorded it.
    pub author: String,
    /// What it tells.
    pub kind: EventCode,
    /// The act that it tells, a stage too.
    pub step: Option<Act>,
    /// The blocker that it is about.
    pub blocker: Option<BlockerKind>,
    /// Reference of the document behind it.
    pub document: Option<String>,
    /// The parcel that it is about.
    pub parcel: Option<LedgerParcel>,
}

impl LedgerEvent {
    fn of(snapshot: &Snapshot, event: Event) -> Self {
        let body = event.body;
        let parcel = body.parcel.and_then(|id| snapshot.parcels().find(id)).map(|index| {
            let own = snapshot.parcel(index);
            LedgerParcel {
                id: own.id(),
                sheet: own.sheet().to_owned(),
                parcel: own.number().to_owned(),
                project: own.project().project.code.clone(),
            }
        });
        Self {
            position: event.position,
            recorded_at: body.recorded_at,
            day: body.day,
            author: body.author,
            kind: (&body.kind).into(),
            step: body.kind.act().map(|(act, _)| act),
            blocker: body.kind.blocker(),
            document: body.document,
            parcel,
        }
    }
}

/// The last events of the ledger.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct LedgerPage {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Newest first.
    pub events: Vec<LedgerEvent>,
}

impl LedgerPage {
    /// Of these events.
    pub fn of(snapshot: &Snapshot, events: Vec<Event>) -> Self {
        Self {
            at: snapshot.position(),
            events: events.into_iter().map(|event| LedgerEvent::of(snapshot, event)).collect(),
        }
    }
}

/// The hash of the ledger at a position.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HeadAt {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// The position asked about.
    pub position: LedgerPosition,
    /// Hash of the ledger there, hexadecimal.
    #[schemars(regex(pattern = "^[0-9a-f]{64}$"))]
    pub head: String,
}

/// Signed ends of the ledger.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Heads {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Ed25519 public key, hexadecimal.
    pub key: Option<String>,
    /// Newest first.
    pub heads: Vec<SignedHead>,
}

/// How the server is.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Condition {
    /// Version of the program.
    pub version: &'static str,
    /// Milliseconds since 1970-01-01T00:00Z.
    pub started_at: i64,
    /// Position that is shown.
    pub at: LedgerPosition,
    /// Position of the store.
    pub stored_at: LedgerPosition,
    /// Hash of the ledger there, hexadecimal.
    pub head: String,
    /// Parcels.
    pub parcels: usize,
    /// Projects.
    pub projects: usize,
    /// Units.
    pub units: usize,
    /// Bytes of the store.
    pub store_bytes: u64,
    /// Bytes of the atlas.
    pub atlas_bytes: usize,
    /// Accounts.
    pub accounts: usize,
    /// Sessions.
    pub sessions: usize,
}

/// What checking a store found.
#[derive(Debug, Clone, Serialize)]
pub struct Verified {
    /// Nothing is wrong.
    pub whole: bool,
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Hash of the ledger there, hexadecimal.
    pub head: String,
    /// Administrative units.
    pub units: u64,
    /// Projects.
    pub projects: u64,
    /// Parcels.
    pub parcels: u64,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

impl From<Verification> for Verified {
    fn from(found: Verification) -> Self {
        Self {
            whole: found.findings.is_empty(),
            at: found.head.position,
            head: hex(&found.head.hash),
            units: found.units,
            projects: found.projects,
            parcels: found.parcels,
            findings: found.findings,
        }
    }
}
