//! Parcels (thửa đất thu hồi): what one project recovers of one cadastral parcel.

use geo::MultiPolygon;

use super::{Code, Day, SquareMetres};

/// What identifies a parcel: project, commune, sheet and parcel number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ParcelKey {
    /// Code of the project that recovers it.
    pub project: Code,
    /// Code of the commune it lies in.
    pub unit: Code,
    /// Số tờ: number of the cadastral sheet.
    pub sheet: String,
    /// Số thửa: parcel number on that sheet, with its sub-number if it has one.
    pub number: String,
}

impl std::fmt::Display for ParcelKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "project {}, commune {}, sheet {}, parcel {}",
            self.project, self.unit, self.sheet, self.number
        )
    }
}

/// A parcel as it is recorded when it comes on a project's list.
#[derive(Debug, Clone, PartialEq)]
pub struct Parcel {
    /// Identity.
    pub key: ParcelKey,
    /// Land-use code, as in LUC or ONT; empty when the file does not say.
    pub land_use: String,
    /// Area of the whole cadastral parcel.
    pub total_area: SquareMetres,
    /// The part of it that the project recovers.
    pub recovered_area: SquareMetres,
    /// Area as the file declares it, kept beside the computed one.
    pub declared_area: Option<SquareMetres>,
    /// Name of the holder. Personal data: stored apart, never in the parcel's row.
    pub holder: Option<String>,
    /// Day by which it is planned to be handed over.
    pub planned_day: Option<Day>,
    /// Recovered part in WGS 84 degrees (lon, lat).
    pub geometry: MultiPolygon<f64>,
}
