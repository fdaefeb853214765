//! What a feature of each collection says.

use geojson::{Feature, GeometryValue, JsonObject, feature::Id};
use serde_json::{Value, json};

use super::fronts;
use crate::{
    analysis::View,
    atlas::Extent,
    domain::{Day, ParcelId, Stage, Succession},
};

/// A collection of features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collection {
    /// Projects.
    Projects,
    /// Parcels.
    Parcels,
    /// Administrative units.
    Units,
    /// Stretches of the alignments of linear projects.
    Fronts,
}

impl Collection {
    /// All collections.
    pub const ALL: [Self; 4] = [Self::Projects, Self::Parcels, Self::Units, Self::Fronts];

    /// The name in addresses and commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Projects => "projects",
            Self::Parcels => "parcels",
            Self::Units => "units",
            Self::Fronts => "fronts",
        }
    }

    /// The collection with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|collection| collection.name() == name)
    }

    /// Number of features.
    pub fn len(self, view: &View) -> usize {
        match self {
            Self::Projects => view.snapshot.projects().len(),
            Self::Parcels => view.snapshot.parcels().len(),
            Self::Units => view.snapshot.units().len(),
            Self::Fronts => view.fronts.iter().map(Vec::len).sum(),
        }
    }

    /// Indexes of the features that touch `extent`, rising; all without one.
    pub fn indexes(self, view: &View, extent: Option<Extent>) -> Vec<u32> {
        let Some(extent) = extent else { return (0..self.len(view) as u32).collect() };
        match self {
            Self::Projects => view.snapshot.projects_in(extent),
            Self::Parcels => view.snapshot.parcels_in(extent),
            Self::Units => view.snapshot.units_in(extent),
            Self::Fronts => fronts::within(view, extent),
        }
    }

    /// The id of the feature at `index`; ids rise with the index.
    pub fn id(self, view: &View, index: u32) -> u32 {
        match self {
            Self::Projects => view.snapshot.projects()[index as usize].id.0,
            Self::Parcels => view.snapshot.parcels().id(index).0,
            Self::Units => view.snapshot.units()[index as usize].id.0,
            Self::Fronts => fronts::id(view, index),
        }
    }

    /// The index of the feature with this id.
    pub fn find(self, view: &View, id: u32) -> Option<u32> {
        match self {
            Self::Parcels => view.snapshot.parcels().find(ParcelId(id)),
            _ => (0..self.len(view) as u32).find(|index| self.id(view, *index) == id),
        }
    }

    /// The extent of all features; none when there is none.
    pub fn extent(self, view: &View) -> Option<[f64; 4]> {
        let join = |extents: &mut dyn Iterator<Item = Extent>| extents.fold(Extent::EMPTY, Extent::join);
        let projects = || view.snapshot.projects().iter();
        let extent = match self {
            Self::Projects => join(&mut projects().map(|entry| entry.extent)),
            Self::Fronts => join(&mut projects().filter(|e| e.length_m.is_some()).map(|entry| entry.extent)),
            Self::Parcels => {
                join(&mut projects().filter(|e| !e.parcels.is_empty()).map(|entry| entry.extent))
            }
            Self::Units => join(&mut view.snapshot.units().iter().map(|entry| entry.extent)),
        };
        (!extent.is_empty()).then(|| extent.to_degrees())
    }
}

/// The feature at `index`, with its state on the view's day.
pub fn feature(view: &View, collection: Collection, index: u32) -> Feature {
    let (properties, geometry) = match collection {
        Collection::Projects => project(view, index as usize),
        Collection::Parcels => parcel(view, index),
        Collection::Units => unit(view, index as usize),
        Collection::Fronts => fronts::feature(view, index),
    };
    let properties = match properties {
        Value::Object(properties) => properties,
        _ => JsonObject::new(),
    };
    Feature {
        bbox: None,
        geometry: geometry.map(geojson::Geometry::new),
        id: Some(Id::Number(collection.id(view, index).into())),
        properties: Some(properties),
        foreign_members: None,
    }
}

fn text(day: Option<Day>) -> Option<String> {
    day.map(|day| day.to_string())
}

fn parcel(view: &View, index: u32) -> (Value, Option<GeometryValue>) {
    let (snapshot, columns, today) = (&view.snapshot, view.snapshot.parcels(), view.today);
    let days = snapshot.days(index);
    let mut properties = json!({
        "project": snapshot.projects()[columns.project(index)].project.code.as_str(),
        "unit": snapshot.units()[columns.unit(index)].unit.code.as_str(),
        "sheet": columns.sheet(index),
        "parcel": columns.number(index),
        "use": columns.land_use(index),
        "area": columns.recovered(index),
        "total_area": columns.total(index),
        "declared_area": columns.declared(index),
        "stage": snapshot.stage_on(index, today),
        "law": snapshot.procedure(index).code().as_str(),
        "cleared": days.reached(Stage::HandedOver, today),
        "blocked": snapshot.blocked_on(index, today),
        "overdue": snapshot.overdue_on(index, today),
        "late": snapshot.late_on(index, today),
        "planned_on": text(snapshot.planned_day(index)),
    });
    for stage in Stage::ALL {
        properties[format!("{}_on", stage.code())] = json!(text(days.get(stage)));
    }
    let shape = columns.arena().shape(index as usize).to_geo();
    (properties, geometry(&shape))
}

fn project(view: &View, index: usize) -> (Value, Option<GeometryValue>) {
    let entry = &view.snapshot.projects()[index];
    let (project, figures) = (&entry.project, &view.projects[index]);
    let measures = &figures.progress.measures;
    let properties = json!({
        "code": project.code.as_str(),
        "name": project.name,
        "kind": project.kind,
        "key": project.key,
        "investor": project.investor,
        "body": project.body,
        "procedure": project.procedure.as_str(),
        "required_on": text(project.required_day),
        "area": measures.area.total,
        "cleared_area": measures.area.done,
        "share": figures.progress.share,
        "planned_share": figures.progress.planned_share,
        "days_ahead": figures.progress.days_ahead,
        "parcels": measures.parcels.total,
        "cleared_parcels": measures.parcels.done,
        "blocked_parcels": figures.blocked.parcels,
        "overdue_parcels": figures.overdue.parcels,
        "late_parcels": figures.late.parcels,
        "length_m": entry.length_m,
    });
    (properties, project.boundary.as_ref().and_then(geometry))
}

fn unit(view: &View, index: usize) -> (Value, Option<GeometryValue>) {
    let unit = &view.snapshot.units()[index].unit;
    let figures = &view.units[index];
    let properties = json!({
        "code": unit.code.as_str(),
        "name": unit.name,
        "level": unit.level,
        "parent": unit.parent.as_ref().map(AsRef::<str>::as_ref),
        "valid_from": text(unit.valid_from),
        "valid_to": text(unit.valid_to),
        "predecessors": Succession::write_list(&unit.predecessors),
        "successors": Succession::write_list(&unit.successors),
        "parcels": figures.progress.measures.parcels.total,
        "area": figures.progress.measures.area.total,
        "share": figures.progress.share,
    });
    (properties, unit.boundary.as_ref().and_then(geometry))
}

/// Polygons of one part are written as a Polygon; right-hand rule as RFC 7946 wants it, at 10⁻⁷ degrees.
fn geometry(shape: &geo::MultiPolygon<f64>) -> Option<GeometryValue> {
    use geo::orient::{Direction, Orient};
    let rounded = geo::MapCoords::map_coords(shape, |c| geo::Coord { x: round(c.x), y: round(c.y) });
    let shape = rounded.orient(Direction::Default);
    match &shape.0[..] {
        [] => None,
        [polygon] => Some(GeometryValue::from(polygon)),
        _ => Some(GeometryValue::from(&shape)),
    }
}

fn round(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}
