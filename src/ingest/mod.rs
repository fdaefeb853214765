//! Reading units, projects and parcels from files of any kind.
//!
//! A file goes in, validated domain records and a report of what was assumed,
//! repaired and refused come out. GDAL reads the formats; understanding the
//! text of Vietnamese 8-bit fonts, the missing CRS and the swapped axes, and
//! building parcels from drawings, happens here. Nothing is stored: this
//! module knows nothing of stores, servers and command lines.
//!
//! Invariants: geometries leave as valid WGS 84 polygons; text leaves as
//! Unicode NFC; values of personal fields appear in records only, never in
//! reports, messages or errors; nothing uncertain is assumed without a warning.
//!
//! GDAL's messages are kept per thread and its options are set per thread, so
//! that several imports may run at once, each on its own thread.

mod area;
mod bounds;
mod columns;
mod crs;
mod error;
mod events;
mod flow;
mod fold;
mod intersect;
mod known;
mod linework;
mod load;
mod locate;
mod options;
mod outline;
mod overlaps;
mod parallel;
mod parcels;
mod progress;
mod projects;
mod report;
mod source;
mod table;
mod text;
mod units;
mod values;
mod words;

pub use bounds::{Bound, Bounds, LONGEST_TEXT, MOST_COLUMNS};
pub use crs::vietnam;
pub use error::{IngestError, TableError};
pub use events::{EventRow, EventTable, read_event_file, read_event_table};
pub use flow::{Halt, Named, ParcelFlow};
pub use intersect::{Cut, IntersectRow};
pub use options::{Commune, Encoding, Mapping, MappingError, Options, Origin, Target};
pub use outline::{FieldOutline, fields, outline};
pub use parcels::{read_parcels, stream_parcels};
pub use progress::{ReadProgress, Step};
pub use projects::read_projects;
pub use report::{
    AreaDifference, Axes, Batch, CrsReport, CrsSource, EncodingReport, LevelReport, Located, Misplaced,
    OtherZone, Overlap, Refusal, Remark, Report, Sample,
};
pub use source::{layer::LayerOutline, shape::MAX_RING_VERTICES};
pub use table::text_of as text_of_table;
pub use units::read_units;
pub use words::Words;
