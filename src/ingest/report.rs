//! The report of an import: what was read, assumed, repaired and refused.
//!
//! It serialises to stable JSON. It never holds a value of a personal field.

use std::collections::BTreeMap;

use super::options::Target;

/// Records read from a file, and how it went. When `report.refused` is not
/// empty the caller stores nothing: an import is all or nothing.
#[derive(Debug, Clone)]
pub struct Batch<T> {
    /// Valid records; those refused are missing.
    pub records: Vec<T>,
    /// The feature that each record comes from, or the first of several.
    pub features: Vec<String>,
    /// How it went.
    pub report: Report,
}

/// How reading a file went. Features are named by the number that `ogrinfo`
/// and QGIS show ("12"), faces built from lines by number and place.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Report {
    /// File name without its folder.
    pub file: String,
    /// Layer read.
    pub layer: String,
    /// GDAL's name of the format.
    pub driver: String,
    /// What the records became.
    pub target: Target,
    /// CRS of the coordinates and how it is known.
    pub crs: CrsReport,
    /// Encoding of the text and how well it fits.
    pub encoding: EncodingReport,
    /// Column, or `#constant`, of each field found.
    pub mapping: BTreeMap<String, String>,
    /// Levels of a drawing; empty for anything else.
    pub levels: Vec<LevelReport>,
    /// Communes found from their boundaries, because the file names none.
    pub located: Vec<Located>,
    /// Parcels placed in a commune that does not hold all of them: warnings.
    pub divided: Vec<Remark>,
    /// Features read from the file.
    pub read: usize,
    /// Records accepted.
    pub accepted: usize,
    /// Geometries repaired.
    pub repaired: Vec<Remark>,
    /// Features refused: with one of these nothing is to be stored.
    pub refused: Vec<Refusal>,
    /// Pairs of parcels that overlap: warnings.
    pub overlaps: Vec<Overlap>,
    /// Declared and recovered areas that differ from the computed ones: warnings.
    pub area_differences: Vec<AreaDifference>,
    /// Features that repeat an identity; each is refused too.
    pub duplicates: usize,
    /// West, south, east, north of all shapes that were read, refused ones too; WGS 84 degrees.
    #[serde(default)]
    #[schemars(with = "Option<(f64, f64, f64, f64)>")]
    pub bounds: Option<[f64; 4]>,
    /// Parcels that lie far from where they should.
    #[serde(default)]
    pub misplaced: Option<Misplaced>,
    /// Everything else worth knowing.
    pub warnings: Vec<String>,
}

/// Parcels that lie far from where they should.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct Misplaced {
    /// Kilometres from their middle.
    pub distance_km: f64,
    /// Code of the project from which; none = from all units, where the project has no place yet.
    pub project: Option<String>,
    /// The zone by which they would lie there.
    pub zone: Option<OtherZone>,
}

/// Another zone of VN-2000 that the coordinates may be in.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct OtherZone {
    /// As `--crs` takes it.
    pub crs: String,
    /// Central meridian, degrees east; the zone is 3 degrees wide.
    pub meridian: f64,
    /// Name of the commune into which they would fall.
    pub unit: Option<String>,
}

impl std::fmt::Display for Misplaced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let from = self
            .project
            .as_ref()
            .map_or_else(|| "all known units".to_owned(), |code| format!("project {code}"));
        write!(f, "the parcels lie {:.0} km from {from}", self.distance_km)?;
        let Some(zone) = &self.zone else { return write!(f, ": check the CRS") };
        let (degrees, minutes) = (zone.meridian.trunc(), (zone.meridian.fract() * 60.0).round());
        write!(f, "; with the central meridian {degrees}°{minutes:02}′ (zone of 3°) they would lie ")?;
        match &zone.unit {
            Some(unit) => write!(f, "in {unit}: ")?,
            None => write!(f, "there: ")?,
        }
        write!(f, "say --crs {}", zone.crs)
    }
}

/// Where the knowledge of the CRS comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
#[serde(rename_all = "lowercase")]
pub enum CrsSource {
    /// The file says so.
    File,
    /// The caller said so.
    Option,
    /// Found out from where the coordinates would lie.
    Detected,
    /// No geometry, no question.
    None,
}

/// Order of the coordinates in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub enum Axes {
    /// Easting or longitude first, as files have it.
    #[serde(rename = "as written")]
    AsWritten,
    /// Northing or latitude first, as surveyors write it.
    #[serde(rename = "swapped")]
    Swapped,
}

/// The CRS of a file's coordinates.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct CrsReport {
    /// How it is known.
    pub source: CrsSource,
    /// EPSG code as in `EPSG:5897`; none for a CRS without one.
    pub code: Option<String>,
    /// Name of the CRS.
    pub name: String,
    /// Order of the coordinates.
    pub axes: Axes,
    /// What the operator should know about it.
    pub note: Option<String>,
}

/// The encoding of a file's text.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct EncodingReport {
    /// Name of the encoding used.
    pub used: String,
    /// Whether the caller chose it.
    pub chosen: bool,
    /// A few texts before and after; never of personal fields.
    pub sample: Vec<Sample>,
    /// Share of the words with Vietnamese letters that are well-formed
    /// syllables, 0 … 1; 1 when there are no such words.
    pub score: f64,
}

/// A text before and after decoding.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct Sample {
    /// As it looks when read as Latin-1.
    pub before: String,
    /// As understood.
    pub after: String,
}

/// A level (DGN) or layer (DXF) of a drawing.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct LevelReport {
    /// Its number or name.
    pub name: String,
    /// Features with lines or areas.
    pub lines: usize,
    /// Texts.
    pub texts: usize,
    /// Whether its lines count.
    pub used: bool,
}

/// A commune in which parcels were placed by its boundary.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct Located {
    /// Code of the commune.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// Parcels placed in it.
    pub parcels: usize,
}

/// Something done to a feature.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct Remark {
    /// The feature.
    pub feature: String,
    /// What and why.
    pub reason: String,
}

/// Why a feature can't be accepted.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[schemars(rename = "FeatureRefusal")]
pub struct Refusal {
    /// The feature.
    pub feature: String,
    /// The field at fault; none when it is the geometry.
    pub field: Option<String>,
    /// Why.
    pub reason: String,
}

/// Two parcels that claim the same land.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct Overlap {
    /// One feature.
    pub a: String,
    /// The other feature.
    pub b: String,
    /// Land claimed by both, m².
    pub area_m2: f64,
}

/// An area of the file that differs from the computed one by over 5 % and 5 m².
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[schemars(inline)]
pub struct AreaDifference {
    /// The feature.
    pub feature: String,
    /// The field: `declared_area` or `recovered_area`.
    #[schemars(extend("enum" = ["declared_area", "recovered_area"]))]
    pub field: String,
    /// As the file says, m².
    pub declared_m2: f64,
    /// On the ellipsoid, m².
    pub computed_m2: f64,
    /// Difference in percent of what the file says.
    pub percent: f64,
}

impl Report {
    /// Notes a refusal.
    pub(super) fn refuse(&mut self, feature: &str, field: Option<&str>, reason: impl Into<String>) {
        self.refused.push(Refusal {
            feature: feature.to_owned(),
            field: field.map(str::to_owned),
            reason: reason.into(),
        });
    }
}
