//! What features say, and which of them are meant.
//!
//! ```text
//! columns (name, kind, unit, how to read it) ─► values ─► exports, HTML, schemas, queryables
//!                    │
//! CQL2 text or JSON ─┴─ compile ─► Filter ─ bind to a view ─► selection (R-tree for spatial parts)
//! ```
//! One description of each collection's columns, from which every format and
//! every document about them is made. It reads the atlas, knows no file and no
//! HTTP, and holds no personal data but what the columns of events marked
//! `personal` read, which are left out for whoever may not see them.

mod area;
mod collection;
mod column;
mod conditions;
mod events;
mod filter;
mod fronts;
mod outline;
mod parcels;
mod personal;
mod projects;
mod rows;
mod select;
mod sort;
mod table;
mod units;
mod value;

pub use area::inside;
pub use collection::Collection;
pub use column::{Column, Kind, Words, words};
pub use conditions::{CONDITION_NAMES, CONDITIONS, Condition, parameter};
pub use filter::{BoundFilter, Filter, FilterError, Language, Speech, ToWgs84};
pub use outline::{Outline, Ring};
pub use personal::Personal;
pub use rows::Rows;
pub use select::{select, select_on};
pub use sort::{Cursor, Key, Sort};
pub use table::{Grouping, Listing, Section, listing};
pub use value::Value;
