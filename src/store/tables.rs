//! All that a store holds, table by table, in cells that know no engine: what is
//! told when a store moves into another.

use super::{Head, StoreError};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number of a row.
    Small,
    /// A position, an instant, an amount.
    Big,
    /// A measure.
    Real,
    /// Text.
    Text,
    /// JSON.
    Json,
    /// A day that the file writes as text.
    Date,
    /// A day that the file counts.
    Counted,
    /// Yes or no.
    Bool,
    /// Bytes.
    Bytes,
    /// A `MultiPolygon`, as WKB.
    Area,
    /// A `LineString`, as WKB.
    Line,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A number; of days since 1970-01-01 where the column holds days.
    Number(i64),
    /// A measure.
    Real(f64),
    /// Text or JSON.
    Text(String),
    /// Yes or no.
    Bool(bool),
    /// Bytes; WKB where the column holds a geometry.
    Bytes(Vec<u8>),
}

/// A table that a store keeps, in whichever engine.
#[derive(Debug)]
pub struct Table {
    /// Name.
    pub name: &'static str,
    /// Columns.
    pub columns: &'static [(&'static str, Kind)],
    /// Columns by which its rows are sent in order.
    pub order: &'static str,
}

use Kind::{Area, Big, Bool, Bytes, Counted, Date, Json, Line, Real, Small, Text};

/// All tables, each behind those that its rows name.
pub(super) const TABLES: [Table; 25] = [
    Table {
        name: "units",
        columns: &[
            ("fid", Small),
            ("code", Text),
            ("name", Text),
            ("level", Text),
            ("parent_code", Text),
            ("valid_from", Date),
            ("valid_to", Date),
            ("predecessor_codes", Text),
            ("successor_codes", Text),
            ("geom", Area),
            ("since", Big),
        ],
        order: "fid",
    },
    Table {
        name: "units_past",
        columns: &[
            ("fid", Small),
            ("code", Text),
            ("name", Text),
            ("level", Text),
            ("parent_code", Text),
            ("valid_from", Date),
            ("valid_to", Date),
            ("predecessor_codes", Text),
            ("successor_codes", Text),
            ("geom", Area),
            ("since", Big),
            ("until", Big),
        ],
        order: "fid, since",
    },
    Table {
        name: "projects",
        columns: &[
            ("fid", Small),
            ("code", Text),
            ("name", Text),
            ("kind", Text),
            ("key_project", Bool),
            ("investor", Text),
            ("body", Text),
            ("procedure", Text),
            ("required_on", Date),
            ("plan", Text),
            ("geom", Area),
            ("since", Big),
        ],
        order: "fid",
    },
    Table {
        name: "projects_past",
        columns: &[
            ("fid", Small),
            ("code", Text),
            ("name", Text),
            ("kind", Text),
            ("key_project", Bool),
            ("investor", Text),
            ("body", Text),
            ("procedure", Text),
            ("required_on", Date),
            ("plan", Text),
            ("geom", Area),
            ("alignment", Line),
            ("since", Big),
            ("until", Big),
        ],
        order: "fid, since",
    },
    Table {
        name: "alignments",
        columns: &[("fid", Small), ("code", Text), ("name", Text), ("geom", Line)],
        order: "fid",
    },
    Table { name: "holders", columns: &[("fid", Small), ("name", Text)], order: "fid" },
    Table {
        name: "parcels",
        columns: &[
            ("fid", Small),
            ("project", Small),
            ("unit", Small),
            ("sheet", Text),
            ("number", Text),
            ("land_use", Text),
            ("recovered_area", Real),
            ("total_area", Real),
            ("declared_area", Real),
            ("holder", Small),
            ("planned_on", Date),
            ("cleared", Bool),
            ("d0", Counted),
            ("d1", Counted),
            ("d2", Counted),
            ("d3", Counted),
            ("d4", Counted),
            ("d5", Counted),
            ("d6", Counted),
            ("d7", Counted),
            ("d8", Counted),
            ("money", Big),
            ("geom", Area),
            ("version", Big),
            ("ended_on", Date),
            ("marks", Json),
        ],
        order: "fid",
    },
    Table {
        name: "ledger",
        columns: &[
            ("position", Big),
            ("recorded_at", Big),
            ("day", Counted),
            ("author", Text),
            ("parcel", Small),
            ("document", Text),
            ("kind", Text),
            ("body", Json),
            ("previous", Bytes),
            ("hash", Bytes),
        ],
        order: "position",
    },
    Table {
        name: "prior_states",
        columns: &[("position", Big), ("parcel", Small), ("version", Big), ("state", Bytes)],
        order: "position",
    },
    Table {
        name: "requests",
        columns: &[
            ("author", Text),
            ("key", Text),
            ("digest", Bytes),
            ("answer", Text),
            ("recorded_at", Big),
        ],
        order: "author, key",
    },
    Table {
        name: "accounts",
        columns: &[
            ("id", Small),
            ("name", Text),
            ("full_name", Text),
            ("password", Text),
            ("disabled", Bool),
            ("created_at", Big),
        ],
        order: "id",
    },
    Table { name: "grants", columns: &[("account", Small), ("role", Text), ("unit", Small)], order: "rowid" },
    Table {
        name: "sessions",
        columns: &[("hash", Bytes), ("account", Small), ("created_at", Big), ("seen_at", Big)],
        order: "hash",
    },
    Table {
        name: "tokens",
        columns: &[
            ("id", Small),
            ("hash", Bytes),
            ("account", Small),
            ("name", Text),
            ("scope", Text),
            ("created_at", Big),
            ("expires_at", Big),
            ("revoked", Bool),
        ],
        order: "id",
    },
    Table {
        name: "identities",
        columns: &[("issuer", Text), ("subject", Text), ("account", Small)],
        order: "issuer, subject",
    },
    Table {
        name: "invitations",
        columns: &[("hash", Bytes), ("account", Small), ("expires_at", Big)],
        order: "hash",
    },
    Table {
        name: "second_factors",
        columns: &[("account", Small), ("secret", Bytes), ("confirmed", Bool), ("last_step", Big)],
        order: "account",
    },
    Table { name: "recovery_codes", columns: &[("hash", Bytes), ("account", Small)], order: "hash" },
    Table {
        name: "security_keys",
        columns: &[
            ("id", Small),
            ("account", Small),
            ("credential", Bytes),
            ("public_key", Bytes),
            ("host", Text),
            ("transports", Text),
            ("name", Text),
            ("counter", Big),
            ("added_at", Big),
            ("used_at", Big),
        ],
        order: "id",
    },
    Table {
        name: "account_changes",
        columns: &[("id", Small), ("at", Big), ("author", Text), ("account", Small), ("what", Text)],
        order: "id",
    },
    Table {
        name: "accesses",
        columns: &[("id", Big), ("at", Big), ("account", Text), ("parcel", Small), ("what", Text)],
        order: "id",
    },
    Table {
        name: "uploads",
        columns: &[("file", Text), ("account", Text), ("bytes", Big), ("at", Big)],
        order: "file, account",
    },
    Table { name: "attached", columns: &[("file", Text), ("parcel", Small)], order: "file, parcel" },
    Table {
        name: "briefings",
        columns: &[
            ("code", Text),
            ("title", Text),
            ("position", Big),
            ("as_of", Date),
            ("body", Text),
            ("seal", Bytes),
            ("author", Text),
            ("created_at", Big),
        ],
        order: "code",
    },
    Table { name: "removed_briefings", columns: &[("code", Text), ("removed_at", Big)], order: "code" },
];

/// Settings; the number of an engine's own schema is not among those that are given.
pub(super) const SETTINGS: Table =
    Table { name: "settings", columns: &[("name", Text), ("value", Text)], order: "name" };

impl Table {
    /// Names of the columns, with commas between.
    pub fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }
}

/// Takes a row of a table.
pub type TakeRow<'a> = dyn FnMut(&'static Table, Vec<Cell>) -> Result<(), StoreError> + 'a;

/// All that a store holds on its way into another.
///
/// # Errors
/// Each: [`StoreError::Backend`] when the file or the database can't be read or written, [`StoreError::Gone`] when
/// the database can't be reached, [`StoreError::Row`] when a row can't be read back.
pub trait Transfer {
    /// Sends all rows of one state, table by table.
    ///
    /// # Errors
    /// Besides: what `take` gives.
    fn send_rows(&self, take: &mut TakeRow<'_>) -> Result<Head, StoreError>;

    /// Takes all rows that `send` gives, or none; into an empty store only.
    ///
    /// # Errors
    /// Besides: a store that is not empty, what `send` gives, or rows that end elsewhere than was announced.
    fn receive_rows(
        &self,
        send: &mut dyn FnMut(&mut TakeRow<'_>) -> Result<Head, StoreError>,
    ) -> Result<Head, StoreError>;
}

/// The end of the ledger where it was announced to be, or why what was written is given up.
pub(super) fn same(announced: Head, written: Head) -> Result<Head, StoreError> {
    if announced == written {
        return Ok(written);
    }
    let why =
        format!("the copy ends at event {}, not as event {} does", written.position, announced.position);
    Err(StoreError::Backend(why))
}
