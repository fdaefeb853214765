//! Why nothing of a file could be read, and what to do about it.

use super::bounds::Bound;
use super::options::MappingError;

/// Nothing can be read. Each message names the file or field at fault and
/// says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// No such file.
    #[error("{file}: there is no such file; check the path")]
    Missing {
        /// Path as given.
        file: String,
    },
    /// The file can't be opened for reading.
    #[error("{file}: can't be read: {cause}")]
    Unreadable {
        /// Path as given.
        file: String,
        /// The system's words.
        cause: String,
    },
    /// No format that we read.
    #[error(
        "{file}: not a vector data set that can be read ({cause}); Shapefile, GeoPackage, GeoJSON, FlatGeobuf, KML, MapInfo, DXF, DGN v7 and CSV are; check that the file is what its name says"
    )]
    NotADataset {
        /// Path as given.
        file: String,
        /// GDAL's words.
        cause: String,
    },
    /// Shorter than its own header says, or damaged inside.
    #[error("{file}: the file is damaged or cut off ({cause}); fetch it again from its source")]
    Damaged {
        /// Path as given.
        file: String,
        /// What is wrong.
        cause: String,
    },
    /// Several layers and none chosen.
    #[error("{file}: has several layers: {layers}; choose one with --layer NAME")]
    SeveralLayers {
        /// Path as given.
        file: String,
        /// Their names and numbers of features.
        layers: String,
    },
    /// No layer with the name asked for.
    #[error("{file}: has no layer \"{layer}\"; it has: {layers}")]
    NoLayer {
        /// Path as given.
        file: String,
        /// The name asked for.
        layer: String,
        /// Names of those that are there.
        layers: String,
    },
    /// A layer without features.
    #[error("{file}: layer \"{layer}\" has no features; there is nothing to import")]
    Empty {
        /// Path as given.
        file: String,
        /// The layer.
        layer: String,
    },
    /// A `--map` that can't be followed.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// `--map` names a field that the target does not have.
    #[error("--map: {target} have no field \"{field}\"; they have: {fields}")]
    UnknownField {
        /// The target's word.
        target: &'static str,
        /// The name given.
        field: String,
        /// The names that exist.
        fields: String,
    },
    /// `--map` names a column that the file does not have.
    #[error("{file}: --map {field}={column}: there is no column \"{column}\"; the file has: {columns}")]
    UnknownColumn {
        /// Path as given.
        file: String,
        /// The field.
        field: String,
        /// The name given.
        column: String,
        /// The names that exist.
        columns: String,
    },
    /// A field that every record needs has no column.
    #[error(
        "{file}: no column for the required field \"{field}\"; the file has: {columns}; name it with --map {field}=COLUMN{hint}"
    )]
    MissingField {
        /// Path as given.
        file: String,
        /// The field.
        field: &'static str,
        /// The columns that exist.
        columns: String,
        /// Another way out, if there is one.
        hint: &'static str,
    },
    /// `--crs` that GDAL does not know.
    #[error("--crs \"{crs}\" is not a coordinate reference system that is known; write it as EPSG:5897")]
    UnknownCrs {
        /// The name given.
        crs: String,
    },
    /// No CRS in the file, and the coordinates don't tell it.
    #[error("{file}: layer \"{layer}\" has no CRS and {cause}; say it with --crs EPSG:CODE")]
    NoCrs {
        /// Path as given.
        file: String,
        /// The layer.
        layer: String,
        /// What the coordinates told.
        cause: String,
    },
    /// The CRS puts the data outside Vietnam.
    #[error(
        "{file}: layer \"{layer}\": with {crs} the data lie at {place}, outside Vietnam{hint}; say the right system with --crs EPSG:CODE"
    )]
    OutsideVietnam {
        /// Path as given.
        file: String,
        /// The layer.
        layer: String,
        /// The CRS used.
        crs: String,
        /// Longitude and latitude of the corners.
        place: String,
        /// What would fit.
        hint: String,
    },
    /// A ring with absurdly many vertices.
    #[error(
        "{file}: feature {feature} has a ring of {vertices} vertices, more than the {limit} allowed; split or simplify it first"
    )]
    RingTooLong {
        /// Path as given.
        file: String,
        /// The feature.
        feature: String,
        /// Vertices of the ring.
        vertices: usize,
        /// [`super::MAX_RING_VERTICES`].
        limit: usize,
    },
    /// The target needs areas and the layer has none.
    #[error(
        "{file}: layer \"{layer}\" holds {found}, but {target} need {needed}; choose another layer with --layer NAME, or save them as {needed} first"
    )]
    WrongGeometry {
        /// Path as given.
        file: String,
        /// The layer.
        layer: String,
        /// What it holds.
        found: String,
        /// The target's word.
        target: &'static str,
        /// What is needed.
        needed: &'static str,
    },
    /// A drawing whose lines and texts make no parcel.
    #[error(
        "{file}: none of the {faces} areas between the lines has a parcel number inside; name the levels of the boundary lines with --level NAME,…; there are: {levels}"
    )]
    NoParcels {
        /// Path as given.
        file: String,
        /// Closed areas found.
        faces: usize,
        /// The levels with their counts.
        levels: String,
    },
    /// `--level` names a level that the drawing does not have.
    #[error("{file}: has no level \"{level}\"; it has: {levels}")]
    NoLevel {
        /// Path as given.
        file: String,
        /// The name given.
        level: String,
        /// The levels with their counts.
        levels: String,
    },
    /// `--level` for a file that is no drawing.
    #[error(
        "--level names the levels of a DGN or the layers of a DXF drawing, but {file} is {driver}; leave it out"
    )]
    LevelsElsewhere {
        /// Path as given.
        file: String,
        /// GDAL's name of the format.
        driver: String,
    },
    /// More than is taken of one file.
    #[error("{file}: has {}", .bound.words(*.limit))]
    TooMuch {
        /// Path as given.
        file: String,
        /// Of what.
        bound: Bound,
        /// How much is taken.
        limit: u64,
    },
    /// Something in the file does more than hold records.
    #[error(
        "{file}: holds {what}, which can make whoever opens the file do other things than read it; save the layer anew, as in QGIS by Export, Save Features As"
    )]
    Active {
        /// Path as given.
        file: String,
        /// What it is.
        what: String,
    },
    /// The file is no table of events.
    #[error("{file}: {why}")]
    Table {
        /// Path as given.
        file: String,
        /// What is missing.
        why: TableError,
    },
    /// GDAL failed where it should not.
    #[error("{file}: {what}: {cause}")]
    Gdal {
        /// Path as given.
        file: String,
        /// What was being done.
        what: &'static str,
        /// GDAL's words.
        cause: String,
    },
}

impl IngestError {
    /// All words of [`IngestError::code`].
    pub const CODES: [&str; 26] = [
        "unreadable",
        "not_a_dataset",
        "damaged",
        "layer",
        "empty",
        "mapping",
        "missing_field",
        "unknown_crs",
        "no_crs",
        "outside",
        "ring_too_long",
        "wrong_geometry",
        "no_parcels",
        "level",
        "too_many_rows",
        "too_many_vertices",
        "too_many_lines",
        "too_many_crossings",
        "too_many_findings",
        "unpacks_too_large",
        "too_many_columns",
        "text_too_long",
        "active",
        "table",
        "gdal",
        "memory",
    ];

    /// A word for the kind of error, which a program can tell apart.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } | Self::Unreadable { .. } => "unreadable",
            Self::NotADataset { .. } => "not_a_dataset",
            Self::Damaged { .. } => "damaged",
            Self::SeveralLayers { .. } | Self::NoLayer { .. } => "layer",
            Self::Empty { .. } => "empty",
            Self::Mapping(_) | Self::UnknownField { .. } | Self::UnknownColumn { .. } => "mapping",
            Self::MissingField { .. } => "missing_field",
            Self::UnknownCrs { .. } => "unknown_crs",
            Self::NoCrs { .. } => "no_crs",
            Self::OutsideVietnam { .. } => "outside",
            Self::RingTooLong { .. } => "ring_too_long",
            Self::WrongGeometry { .. } => "wrong_geometry",
            Self::NoParcels { .. } => "no_parcels",
            Self::NoLevel { .. } | Self::LevelsElsewhere { .. } => "level",
            Self::TooMuch { bound, .. } => bound.code(),
            Self::Active { .. } => "active",
            Self::Table { .. } => "table",
            Self::Gdal { .. } => "gdal",
        }
    }

    /// Whether the caller's words are at fault rather than the file.
    pub fn is_wrong_usage(&self) -> bool {
        matches!(
            self,
            Self::Mapping(_)
                | Self::UnknownField { .. }
                | Self::UnknownCrs { .. }
                | Self::LevelsElsewhere { .. }
        )
    }
}

/// Why a text is not a table of events.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// A row can't be split into cells.
    #[error("line {0}: {1}")]
    Row(u64, String),
    /// No column says which parcel.
    #[error(
        "no column names the parcel; there must be \"parcel\", or \"project\", \"sheet\" and \"parcel\" (dự án, số tờ, số thửa)"
    )]
    NoParcel,
    /// No column says when.
    #[error("no column says when it happened; name it \"date\" (ngày)")]
    NoDate,
}
