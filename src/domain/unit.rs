//! Administrative units (đơn vị hành chính) and how they succeed each other.

use geo::MultiPolygon;

use super::{Code, Day};

/// The level of an administrative unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Tỉnh, thành phố trực thuộc trung ương.
    Province,
    /// Huyện, thị xã, thành phố thuộc tỉnh; abolished on 1 July 2025.
    District,
    /// Xã, phường, thị trấn.
    Commune,
}

impl Level {
    /// All levels, the largest first.
    pub const ALL: [Self; 3] = [Self::Province, Self::District, Self::Commune];

    /// The level's code in files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::District => "district",
            Self::Commune => "commune",
        }
    }

    /// The level with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Province, Self::District, Self::Commune].into_iter().find(|level| level.code() == code)
    }
}

/// How much of a unit went to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuccessionExtent {
    /// All of it.
    Full,
    /// A part of it; which parcels is a question of place.
    Partial,
}

/// One unit's link to the unit before or after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// Code of the other unit, on the other side of the reform's date.
    pub code: Code,
    /// How much went over.
    pub extent: SuccessionExtent,
}

/// Why a list of successions can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a list of successions; write code:full or code:partial, separated by \";\"")]
pub struct SuccessionError(pub String);

impl Succession {
    /// Reads `13285:partial;13366:full`.
    ///
    /// # Errors
    /// An entry without a code or with another word than `full` or `partial`.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, SuccessionError> {
        text.split(';')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .map(|entry| {
                let error = || SuccessionError(text.to_owned());
                let (code, extent) = entry.split_once(':').ok_or_else(error)?;
                let extent = match extent.trim() {
                    "full" => SuccessionExtent::Full,
                    "partial" => SuccessionExtent::Partial,
                    _ => return Err(error()),
                };
                Ok(Self { code: Code::new(code).map_err(|_| error())?, extent })
            })
            .collect()
    }

    /// The text that [`Succession::parse_list`] reads.
    pub fn write_list(successions: &[Self]) -> String {
        let entry = |s: &Self| {
            let extent = match s.extent {
                SuccessionExtent::Full => "full",
                SuccessionExtent::Partial => "partial",
            };
            format!("{}:{extent}", s.code)
        };
        successions.iter().map(entry).collect::<Vec<_>>().join(";")
    }
}

/// An administrative unit between two dates. Its code alone does not name it:
/// codes come back with new meanings after a reform.
#[derive(Debug, Clone, PartialEq)]
pub struct AdminUnit {
    /// Official code.
    pub code: Code,
    /// Official name with its kind, as in "Phường Phủ Lý".
    pub name: String,
    /// Level.
    pub level: Level,
    /// Code of the unit above it at that time.
    pub parent: Option<Code>,
    /// First day of existence; none = before the records begin.
    pub valid_from: Option<Day>,
    /// Last day of existence; none = exists.
    pub valid_to: Option<Day>,
    /// Units before it.
    pub predecessors: Vec<Succession>,
    /// Units after it.
    pub successors: Vec<Succession>,
    /// Boundary in WGS 84 degrees (lon, lat).
    pub boundary: Option<MultiPolygon<f64>>,
}

impl AdminUnit {
    /// Whether the unit existed on `day`.
    pub fn exists_on(&self, day: Day) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn successions_are_read_and_written() {
        let list = Succession::parse_list("13285:partial;13294:full").unwrap();
        assert_eq!(list.len(), 2);
        assert_eq!(list[0].extent, SuccessionExtent::Partial);
        assert_eq!(Succession::write_list(&list), "13285:partial;13294:full");
        assert!(Succession::parse_list("").unwrap().is_empty());
        assert!(Succession::parse_list("13285").is_err());
        assert!(Succession::parse_list("13285:half").is_err());
    }
}
