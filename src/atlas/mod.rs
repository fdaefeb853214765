//! The atlas: everything that reads need, in memory, immutable.
//!
//! ```text
//! Chunks ── join ──► Builder ── finish ──► Snapshot ── Revision ──► later or earlier Snapshot (shares what is the same)
//!                        ├ units, projects        small tables
//!                        ├ Parcels (columns)      what an import wrote, in blocks that are shared
//!                        ├ Arena                  their vertices in world units
//!                        ├ R-trees (rstar)        parcels, projects, units, shared
//!                        └ Pages                  what events change: days, money, marks
//! ```
//! It knows nothing of files, HTTP or the clock: whoever asks says the day.
//! Vertices are [`WorldPoint`]s, so that a tile is a shift away.

mod arena;
mod builder;
mod chunk;
mod columns;
mod error;
mod feet;
mod holder_index;
mod index;
mod pages;
mod parcel;
mod parcels;
mod project;
mod revision;
mod snapshot;
mod succession;
mod symbols;
mod tables;
mod territory;
mod world;

pub use arena::{Arena, Shape};
pub use builder::Builder;
pub use chunk::{Chunk, ParcelRow};
pub use columns::Shapes;
pub use error::BuildError;
pub use holder_index::HolderIndex;
pub use index::Index;
pub use pages::State;
pub use parcel::ParcelEntry;
pub use parcels::Parcels;
pub use project::{ProjectEntry, UnitEntry};
pub use revision::Revision;
pub use snapshot::Snapshot;
pub use symbols::Symbols;
pub use world::{Extent, WorldPoint};
