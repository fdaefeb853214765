//! Types and rules of land clearance: units, projects, parcels, stages, events.
//!
//! Pure: no I/O, no clock, no HTTP. A value that exists is valid, because its
//! constructor checked it. Words are the glossary's: a *parcel* is the part of
//! a cadastral parcel that one project recovers, a *stage* is where it stands
//! in the legal procedure, *cleared* means handed over.

mod account;
mod asked;
mod calendar;
mod campaign;
mod chainage;
mod code;
mod day;
mod draft;
mod event;
mod fields;
mod habits;
mod hex;
mod ids;
mod language;
pub mod law;
mod measure;
mod number;
mod packed;
mod parcel;
mod period;
mod plain;
mod polygon;
mod project;
mod record;
mod reference;
mod refusal;
mod rules;
mod stage;
mod text;
mod unit;
pub mod wkb;
mod zones;

pub use account::{Account, Action, Grant, Role, Scope};
pub use calendar::{Calendar, CalendarError};
pub use campaign::{
    Award, Awarded, Campaign, CampaignError, CampaignGroup, CampaignScope, CampaignText, Contestants,
    Criterion, Measure, Pledge,
};
pub use chainage::{Span, chainage_label};
pub use code::{Code, CodeError};
pub use day::{Day, DayError};
pub use draft::{Change, Draft, ParcelRef, Part};
pub use event::{BlockerKind, Branch, Event, EventKind, ImportedLayer, NewEvent};
pub use habits::Habits;
pub use hex::{hex, unhex};
pub use ids::{HolderId, LedgerPosition, ParcelId, ProjectId, UnitId};
pub use language::Language;
pub use measure::{SquareMetres, Vnd};
pub use number::{Decimal, Habit, NumberColumn, NumberError, NumberReading, Quantity};
pub use packed::{NoParcels, PackedParcel, PackedParcels};
pub use parcel::{Parcel, ParcelKey};
pub use period::{Period, PeriodError, PeriodKind};
pub use plain::plain;
pub use polygon::{MOST_VERTICES, read_polygons};
pub use project::{PlanCurve, PlanError, Project, ProjectKind};
pub use record::{Blocker, BranchStay, InForce, Marks, Record, in_force};
pub use reference::{Vocabulary, calendar, campaign_text, campaigns, law, law_with, vocabulary};
pub use refusal::Refusal;
pub use rules::judge;
pub use stage::{Stage, StageDays, Standing};
pub use unit::{AdminUnit, Level, Succession, SuccessionError, SuccessionExtent};
pub use zones::{ZONES, Zone};

/// Text of one concept in the two languages of the product.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Label {
    /// Vietnamese, the first language.
    pub vi: String,
    /// English, the second.
    pub en: String,
}
