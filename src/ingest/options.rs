//! What the caller may decide about reading a file: layer, CRS, encoding, columns.

use geo::{MultiPolygon, Rect};

use super::bounds::Bounds;
use crate::domain::Code;

/// What the records of a file are to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Administrative units.
    Units,
    /// Projects.
    Projects,
    /// Parcels of projects.
    Parcels,
}

impl Target {
    /// The target's word in messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Units => "units",
            Self::Projects => "projects",
            Self::Parcels => "parcels",
        }
    }
}

/// How the bytes of a file's text are to be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Decide by what gives Vietnamese words.
    #[default]
    Auto,
    /// Unicode.
    #[serde(rename = "utf-8")]
    Utf8,
    /// TCVN 5712 VN3, also called ABC: the `.VnTime` fonts.
    Tcvn3,
    /// VNI for Windows: the VNI-Times fonts.
    Vni,
    /// Windows-1258.
    Cp1258,
}

impl Encoding {
    /// The name that `--encoding` takes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Utf8 => "utf-8",
            Self::Tcvn3 => "tcvn3",
            Self::Vni => "vni",
            Self::Cp1258 => "cp1258",
        }
    }

    /// The encoding with this name, in any case, with or without hyphens.
    pub fn from_name(name: &str) -> Option<Self> {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        match plain.to_ascii_lowercase().as_str() {
            "auto" => Some(Self::Auto),
            "utf8" => Some(Self::Utf8),
            "tcvn3" | "abc" | "tcvn" => Some(Self::Tcvn3),
            "vni" => Some(Self::Vni),
            "cp1258" | "windows1258" | "1258" => Some(Self::Cp1258),
            _ => None,
        }
    }
}

/// Where the value of a field comes from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Origin {
    /// A column of the file, by name.
    Column(String),
    /// The same text for every feature: `#` and the text in `--map`.
    Constant(String),
}

/// Fields whose column the caller names: `sheet=SO_TO,number=SO_THUA,unit=#13285`.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Mapping(Vec<(String, Origin)>);

/// Why a text is not a mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// Not `field=column`.
    #[error(
        "\"{0}\" is not a mapping; write field=column pairs separated by commas, or field=#text for a constant, as in sheet=SO_TO,unit=#13285"
    )]
    Format(String),
    /// One field named twice.
    #[error("the field \"{0}\" is mapped twice")]
    Twice(String),
}

impl Mapping {
    /// Reads `field=column,field=#constant`.
    ///
    /// # Errors
    /// Another notation, or a field named twice.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let mut pairs: Vec<(String, Origin)> = Vec::new();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let (field, origin) =
                entry.split_once('=').ok_or_else(|| MappingError::Format(entry.to_owned()))?;
            let (field, origin) = (field.trim(), origin.trim());
            if field.is_empty() || origin.is_empty() || origin == "#" {
                return Err(MappingError::Format(entry.to_owned()));
            }
            if pairs.iter().any(|(known, _)| known == field) {
                return Err(MappingError::Twice(field.to_owned()));
            }
            let origin = origin
                .strip_prefix('#')
                .map_or_else(|| Origin::Column(origin.to_owned()), |text| Origin::Constant(text.to_owned()));
            pairs.push((field.to_owned(), origin));
        }
        Ok(Self(pairs))
    }

    /// Where the caller wants `field` to come from, if the caller says.
    pub fn get(&self, field: &str) -> Option<&Origin> {
        self.0.iter().find(|(known, _)| known == field).map(|(_, origin)| origin)
    }

    /// The fields that the caller named, in order.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(field, _)| field.as_str())
    }
}

/// A commune with its boundary, to place parcels by.
#[derive(Debug, Clone)]
pub struct Commune {
    /// Code on the day of the import.
    pub code: Code,
    /// Name, for the report.
    pub name: String,
    /// Boundary in WGS 84 degrees.
    pub boundary: MultiPolygon<f64>,
}

/// What the caller decides; the default decides nothing.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Name of the layer, for files with several.
    pub layer: Option<String>,
    /// CRS of the coordinates, as in `EPSG:5897`; overrules the file.
    pub crs: Option<String>,
    /// Encoding of the text.
    pub encoding: Encoding,
    /// Columns of fields; overrules the default names.
    pub mapping: Mapping,
    /// Parcels: the project that they all belong to; a project column is then not read.
    pub project: Option<Code>,
    /// Parcels: the commune of those for which the file names none.
    pub unit: Option<Code>,
    /// Parcels: the communes by whose boundaries those are placed for which
    /// neither the file nor the caller names one.
    pub communes: Vec<Commune>,
    /// Drawings: the DGN levels or DXF layers whose lines count; all when empty.
    pub levels: Vec<String>,
    /// Where the data should lie (WGS 84 degrees), as the bounding box of the
    /// known units or projects: helps to detect a missing CRS.
    pub expected_area: Option<Rect<f64>>,
    /// How much of the file is taken.
    pub bounds: Bounds,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_names_columns_and_constants() {
        let mapping = Mapping::parse("sheet=SO TO, unit=#13285").unwrap();
        assert_eq!(mapping.get("sheet"), Some(&Origin::Column("SO TO".into())));
        assert_eq!(mapping.get("unit"), Some(&Origin::Constant("13285".into())));
        assert_eq!(mapping.get("number"), None);
        assert!(matches!(Mapping::parse("sheet"), Err(MappingError::Format(_))));
        assert!(matches!(Mapping::parse("sheet=#"), Err(MappingError::Format(_))));
        assert!(matches!(Mapping::parse("a=b,a=c"), Err(MappingError::Twice(_))));
        assert_eq!(Mapping::parse(""), Ok(Mapping::default()));
    }

    #[test]
    fn encodings_are_named_as_people_name_them() {
        for encoding in [Encoding::Auto, Encoding::Utf8, Encoding::Tcvn3, Encoding::Vni, Encoding::Cp1258] {
            assert_eq!(Encoding::from_name(encoding.name()), Some(encoding));
        }
        assert_eq!(Encoding::from_name("ABC"), Some(Encoding::Tcvn3));
        assert_eq!(Encoding::from_name("latin"), None);
    }
}
