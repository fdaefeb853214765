//! The formats.

use super::people::People;

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// GeoJSON (RFC 7946).
    GeoJson,
    /// GeoJSON, one feature a line.
    GeoJsonSeq,
    /// Comma-separated values (RFC 4180).
    Csv,
    /// GeoPackage 1.3.
    GeoPackage,
    /// FlatGeobuf 3 with index.
    FlatGeobuf,
    /// GeoParquet 1.1.
    Parquet,
    /// Shapefile in a zip archive.
    Shapefile,
    /// Excel.
    Xlsx,
    /// KML 2.2.
    Kml,
}

/// How CSV tells where a feature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CsvShape {
    /// Well-known text of the whole shape.
    #[default]
    Wkt,
    /// Longitude and latitude of the middle of its extent.
    LonLat,
    /// Not at all.
    None,
}

impl CsvShape {
    /// Reads `wkt`, `lonlat` or `none`.
    ///
    /// # Errors
    /// Text for a person when the word is none of them.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "wkt" => Ok(Self::Wkt),
            "lonlat" => Ok(Self::LonLat),
            "none" => Ok(Self::None),
            other => Err(format!("\"{other}\" is not offered; use wkt, lonlat or none")),
        }
    }
}

/// What is particular to formats.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// CSV: how shapes are shown.
    pub csv_shape: CsvShape,
    /// CSV: begin with a byte order mark, by which Excel knows UTF-8.
    pub csv_bom: bool,
    /// CSV and Excel: as people read it, not programs.
    pub people: Option<Box<People>>,
    /// GeoJSON: members beside the features.
    pub members: Vec<(&'static str, serde_json::Value)>,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 9] = [
        Self::GeoJson,
        Self::GeoJsonSeq,
        Self::Csv,
        Self::GeoPackage,
        Self::FlatGeobuf,
        Self::Parquet,
        Self::Shapefile,
        Self::Xlsx,
        Self::Kml,
    ];

    /// The name in `f=` and `--format`.
    pub fn name(self) -> &'static str {
        match self {
            Self::GeoJson => "geojson",
            Self::GeoJsonSeq => "geojsonseq",
            Self::Csv => "csv",
            Self::GeoPackage => "gpkg",
            Self::FlatGeobuf => "fgb",
            Self::Parquet => "parquet",
            Self::Shapefile => "shp",
            Self::Xlsx => "xlsx",
            Self::Kml => "kml",
        }
    }

    /// The format with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The format that a file's name ends with, as in "thua.parquet"; nothing where it ends with none of them.
    pub fn of_file(path: &std::path::Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        match ending.as_str() {
            "json" => Some(Self::GeoJson),
            "geojsonl" | "geojsons" | "ndjson" => Some(Self::GeoJsonSeq),
            "geoparquet" => Some(Self::Parquet),
            "zip" => Some(Self::Shapefile),
            // A Shapefile is several files; here it is one archive.
            "shp" => None,
            ending => Self::from_name(ending),
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::GeoJson => "application/geo+json",
            Self::GeoJsonSeq => "application/geo+json-seq",
            Self::Csv => "text/csv; charset=utf-8",
            Self::GeoPackage => "application/geopackage+sqlite3",
            Self::FlatGeobuf => "application/vnd.flatgeobuf",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Shapefile => "application/zip",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Kml => "application/vnd.google-earth.kml+xml",
        }
    }

    /// The end of file names.
    pub fn extension(self) -> &'static str {
        match self {
            Self::GeoJsonSeq => "geojsonl",
            Self::Shapefile => "shp.zip",
            other => other.name(),
        }
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::GeoJson => "GeoJSON",
            Self::GeoJsonSeq => "GeoJSONSeq",
            Self::Csv => "CSV",
            Self::GeoPackage => "GeoPackage",
            Self::FlatGeobuf => "FlatGeobuf",
            Self::Parquet => "GeoParquet",
            Self::Shapefile => "Shapefile",
            Self::Xlsx => "Excel",
            Self::Kml => "KML",
        }
    }

    /// Whether the format has WGS 84 only.
    pub fn is_wgs84_only(self) -> bool {
        self == Self::Kml
    }
}
