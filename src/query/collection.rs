//! The collections of features.

use super::{column::Column, events, fronts, outline::Outline, parcels, projects, rows::Rows, units};
use crate::{analysis::View, atlas::Extent, domain::ParcelId};

/// The tree is worth asking for up to one feature in this many: what it finds must be sorted, and lies
/// all over the memory.
const WORTH_LOOKING_UP: usize = 8;

/// A collection of features.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Collection {
    /// Projects.
    Projects,
    /// Parcels.
    Parcels,
    /// Administrative units.
    Units,
    /// Stretches of the alignments of linear projects.
    Fronts,
    /// Events of the ledger; they come from the store, not from the atlas.
    Events,
}

impl Collection {
    /// All collections.
    pub const ALL: [Self; 5] = [Self::Projects, Self::Parcels, Self::Units, Self::Fronts, Self::Events];

    /// The name in addresses and commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Projects => "projects",
            Self::Parcels => "parcels",
            Self::Units => "units",
            Self::Fronts => "fronts",
            Self::Events => "events",
        }
    }

    /// The collection with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|collection| collection.name() == name)
    }

    /// All columns, in the order of tables.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Projects => projects::COLUMNS,
            Self::Parcels => parcels::COLUMNS,
            Self::Units => units::COLUMNS,
            Self::Fronts => fronts::COLUMNS,
            Self::Events => events::COLUMNS,
        }
    }

    /// The columns from whose days `datetime` is told: one day, or first and last day.
    pub fn temporal(self) -> Option<(&'static str, Option<&'static str>)> {
        match self {
            Self::Projects => Some(("required_on", None)),
            Self::Parcels => Some(("handed_over_on", None)),
            Self::Units => Some(("valid_from", Some("valid_to"))),
            Self::Fronts => None,
            Self::Events => Some(("date", None)),
        }
    }

    /// Whether the shapes are lines rather than areas.
    pub fn is_linear(self) -> bool {
        self == Self::Fronts
    }

    /// Number of features in the view; none of the ledger's events are.
    pub fn len(self, view: &View) -> usize {
        match self {
            Self::Projects => view.snapshot.projects().len(),
            Self::Parcels => view.snapshot.parcels().len(),
            Self::Units => view.snapshot.units().len(),
            Self::Fronts => view.fronts.iter().map(Vec::len).sum(),
            Self::Events => 0,
        }
    }

    /// Indexes of the features that touch `extent`, rising; none where so many may touch it that looking at
    /// each feature costs less than looking them up.
    pub fn indexes(self, view: &View, extent: Extent) -> Option<Vec<u32>> {
        match self {
            Self::Projects => Some(view.snapshot.projects_in(extent)),
            Self::Parcels => view.snapshot.few_parcels_in(extent, self.len(view) / WORTH_LOOKING_UP),
            Self::Units => Some(view.snapshot.units_in(extent)),
            Self::Fronts => Some(fronts::within(view, extent)),
            Self::Events => Some(Vec::new()),
        }
    }

    /// The id of the feature at `index`; ids rise with the index.
    pub fn id(self, rows: &Rows<'_>, index: u32) -> u64 {
        let view = rows.view;
        let id = match self {
            Self::Projects => view.snapshot.projects()[index as usize].id.0,
            Self::Parcels => view.snapshot.parcels().id(index).0,
            Self::Units => view.snapshot.units()[index as usize].id.0,
            Self::Fronts => fronts::id(view, index),
            Self::Events => return rows.events[index as usize].position.0,
        };
        u64::from(id)
    }

    /// The index of the feature of the view with this id.
    pub fn find(self, view: &View, id: u64) -> Option<u32> {
        let rows = Rows::of(view);
        match self {
            Self::Parcels => view.snapshot.parcels().find(ParcelId(u32::try_from(id).ok()?)),
            _ => (0..self.len(view) as u32).find(|index| self.id(&rows, *index) == id),
        }
    }

    /// The extent of all features; none when there is none.
    pub fn extent(self, view: &View) -> Option<[f64; 4]> {
        let join = |extents: &mut dyn Iterator<Item = Extent>| extents.fold(Extent::EMPTY, Extent::join);
        let projects = || view.snapshot.projects().iter();
        let extent = match self {
            Self::Projects => join(&mut projects().map(|entry| entry.extent)),
            Self::Fronts => join(&mut projects().filter(|e| e.length_m.is_some()).map(|entry| entry.extent)),
            Self::Parcels | Self::Events => {
                join(&mut projects().filter(|e| !e.parcels.is_empty()).map(|entry| entry.extent))
            }
            Self::Units => join(&mut view.snapshot.units().iter().map(|entry| entry.extent)),
        };
        (!extent.is_empty()).then(|| extent.to_degrees())
    }

    /// Writes the shape of the feature at `index` into `outline`; whether there is one.
    pub fn outline(self, rows: &Rows<'_>, index: u32, outline: &mut Outline) -> bool {
        let view = rows.view;
        outline.clear();
        match self {
            Self::Parcels => outline.take_shape(view.snapshot.parcels().arena().shape(index as usize)),
            Self::Projects => {
                let boundary = view.snapshot.projects()[index as usize].project.boundary.as_ref();
                boundary.is_some_and(|shape| outline.take_areas(shape))
            }
            Self::Units => {
                let boundary = view.snapshot.units()[index as usize].unit.boundary.as_ref();
                boundary.is_some_and(|shape| outline.take_areas(shape))
            }
            Self::Fronts => outline.take_line(&fronts::line(view, index)),
            Self::Events => events::parcel(rows, index).is_some_and(|parcel| {
                outline.take_shape(view.snapshot.parcels().arena().shape(parcel as usize))
            }),
        }
    }

    /// The extent of the feature at `index`; empty without a shape.
    pub fn extent_of(self, rows: &Rows<'_>, index: u32) -> Extent {
        let snapshot = &rows.view.snapshot;
        match self {
            Self::Parcels => snapshot.parcels().arena().shape(index as usize).extent(),
            Self::Projects => snapshot.project_shape(index as usize).extent(),
            Self::Units => snapshot.unit_shape(index as usize).extent(),
            Self::Fronts => Extent::around(&fronts::line(rows.view, index)),
            Self::Events => events::parcel(rows, index)
                .map_or(Extent::EMPTY, |parcel| snapshot.parcels().arena().shape(parcel as usize).extent()),
        }
    }
}
