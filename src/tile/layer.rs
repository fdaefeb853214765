//! The layers of tiles: their names, zooms and attributes.

use super::{grid::MAX_ZOOM, shape::GeometryKind};

const PROJECT_FIELDS: [(&str, &str); 16] = [
    ("code", "String"),
    ("name", "String"),
    ("kind", "String"),
    ("key", "Boolean"),
    ("investor", "String"),
    ("body", "String"),
    ("share", "Number"),
    ("planned", "Number"),
    ("behind", "Number"),
    ("complete", "Boolean"),
    ("linear", "Boolean"),
    ("parcels", "Number"),
    ("cleared", "Number"),
    ("area", "Number"),
    ("cleared_area", "Number"),
    ("required", "Number"),
];

/// Attributes of parcels.
pub(super) const PARCEL_FIELDS: [(&str, &str); 23] = [
    ("project", "String"),
    ("unit", "String"),
    ("sheet", "String"),
    ("parcel", "String"),
    ("use", "String"),
    ("area", "Number"),
    ("stage", "String"),
    ("law", "String"),
    ("cleared", "Boolean"),
    ("blocked", "Boolean"),
    ("overdue", "Boolean"),
    ("late", "Boolean"),
    ("planned", "Number"),
    ("d0", "Number"),
    ("d1", "Number"),
    ("d2", "Number"),
    ("d3", "Number"),
    ("d4", "Number"),
    ("d5", "Number"),
    ("d6", "Number"),
    ("d7", "Number"),
    ("d8", "Number"),
    ("ended", "Number"),
];

/// Attributes of patches: of each act the day on which it had come for half of their land.
pub(super) const PATCH_FIELDS: [(&str, &str); 15] = [
    ("project", "String"),
    ("unit", "String"),
    ("parcels", "Number"),
    ("blocked_parcels", "Number"),
    ("overdue_parcels", "Number"),
    ("late_parcels", "Number"),
    ("d0", "Number"),
    ("d1", "Number"),
    ("d2", "Number"),
    ("d3", "Number"),
    ("d4", "Number"),
    ("d5", "Number"),
    ("d6", "Number"),
    ("d7", "Number"),
    ("d8", "Number"),
];

/// A layer of tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Layer {
    /// Administrative units of today, polygons.
    Units,
    /// Projects, polygons.
    Projects,
    /// Projects, one point inside each.
    ProjectPoints,
    /// Alignments of linear projects, lines.
    Alignments,
    /// Stretches of alignments that are workable, clear or blocked, lines.
    Fronts,
    /// Chainage marks along them, points.
    Chainage,
    /// Parcels, polygons.
    Parcels,
    /// For maps: parcels, and where a tile would hold too many to be told apart, patches of them, polygons.
    Overview,
}

impl Layer {
    /// All that say something of their own, from the ground up.
    pub const ALL: [Self; 7] = [
        Self::Units,
        Self::Projects,
        Self::ProjectPoints,
        Self::Alignments,
        Self::Fronts,
        Self::Chainage,
        Self::Parcels,
    ];

    /// The name in addresses and tiles.
    pub fn name(self) -> &'static str {
        match self {
            Self::Units => "units",
            Self::Projects => "projects",
            Self::ProjectPoints => "project_points",
            Self::Alignments => "alignments",
            Self::Fronts => "fronts",
            Self::Chainage => "chainage",
            Self::Parcels => "parcels",
            Self::Overview => "overview",
        }
    }

    /// All that can be asked for.
    pub fn served() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().chain([Self::Overview])
    }

    /// The layers that its tiles hold: names and attributes.
    pub fn held(self) -> Vec<(&'static str, &'static [(&'static str, &'static str)])> {
        match self {
            Self::Overview => vec![("parcels", &PARCEL_FIELDS), ("patches", &PATCH_FIELDS)],
            own => vec![(own.name(), own.fields())],
        }
    }

    /// The layer with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::served().find(|layer| layer.name() == name)
    }

    /// First and last zoom with features.
    pub fn zooms(self) -> (u8, u8) {
        match self {
            Self::Units => (0, 16),
            Self::Projects | Self::ProjectPoints | Self::Alignments | Self::Fronts => (0, MAX_ZOOM),
            Self::Chainage | Self::Parcels => (10, MAX_ZOOM),
            Self::Overview => (12, MAX_ZOOM),
        }
    }

    /// Whether it has features at zoom `z`.
    pub fn shows_at(self, z: u8) -> bool {
        let (first, last) = self.zooms();
        (first..=last).contains(&z)
    }

    /// Whether a tile of zoom `z` may hold very many features.
    pub fn is_large_at(self, z: u8) -> bool {
        matches!(self, Self::Parcels | Self::Overview) && z < 14
    }

    /// What its features are.
    pub(super) fn geometry(self) -> GeometryKind {
        match self {
            Self::Units | Self::Projects | Self::Parcels | Self::Overview => GeometryKind::Polygon,
            Self::Alignments | Self::Fronts => GeometryKind::Line,
            Self::ProjectPoints | Self::Chainage => GeometryKind::Point,
        }
    }

    /// Names of the attributes with their type in `TileJSON` words.
    pub fn fields(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Units => {
                &[("code", "String"), ("name", "String"), ("level", "String"), ("share", "Number")]
            }
            Self::Projects | Self::ProjectPoints => &PROJECT_FIELDS,
            Self::Alignments => &[
                ("code", "String"),
                ("name", "String"),
                ("kind", "String"),
                ("key", "Boolean"),
                ("length", "Number"),
            ],
            Self::Fronts => &[
                ("project", "String"),
                ("state", "String"),
                ("label", "String"),
                ("from", "Number"),
                ("to", "Number"),
                ("length", "Number"),
                ("parcels", "Number"),
                ("gain", "Number"),
                ("rank", "Number"),
            ],
            Self::Chainage => {
                &[("code", "String"), ("label", "String"), ("metres", "Number"), ("major", "Boolean")]
            }
            Self::Parcels | Self::Overview => &PARCEL_FIELDS,
        }
    }
}
