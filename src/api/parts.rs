//! What several answers have in common.

use geo::InteriorPoint;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    analysis::{Tally, View, stage_tallies},
    atlas::Extent,
    domain::{
        Code, Day, Label, LedgerPosition, ParcelId, Span, SquareMetres, Stage, Standing, chainage_label,
    },
};

/// West, south, east, north; WGS 84 degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(with = "(f64, f64, f64, f64)")]
pub struct Bbox(pub [f64; 4]);

impl Bbox {
    /// Of an extent that holds something, as a parcel's does.
    pub fn around(extent: Extent) -> Self {
        Self(extent.to_degrees())
    }

    /// Of an extent; none where nothing is inside.
    pub fn of(extent: Extent) -> Option<Self> {
        (!extent.is_empty()).then(|| Self(extent.to_degrees()))
    }
}

/// Longitude, latitude; WGS 84 degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[schemars(with = "(f64, f64)")]
pub struct Point(pub [f64; 2]);

impl Point {
    /// A point inside a shape; none where it has no inside.
    pub fn within(shape: &geo::MultiPolygon<f64>) -> Option<Self> {
        shape.interior_point().map(|point| Self([point.x(), point.y()]))
    }
}

/// A code and what it is called.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Coded {
    /// Code.
    pub code: String,
    /// What it is called.
    pub name: Label,
}

/// What a parcel is called, and where it stands.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ParcelBrief {
    /// Number.
    pub id: ParcelId,
    /// Code of the project.
    pub project: Code,
    /// Code of the unit in which it lies on the day.
    pub unit: Code,
    /// Sheet.
    pub sheet: String,
    /// Number on the sheet.
    pub parcel: String,
    /// Recovered, m².
    pub area: SquareMetres,
    /// Where it stands; null before its listing.
    pub stage: Option<Standing>,
    /// A blocker stands in its way.
    pub blocked: bool,
    /// A legal deadline has passed.
    pub overdue: bool,
}

impl ParcelBrief {
    /// Of the parcel at `index`, on the view's day.
    pub fn of(view: &View, index: u32) -> Self {
        let (snapshot, own) = (&view.snapshot, view.snapshot.parcel(index));
        Self {
            id: own.id(),
            project: own.project().project.code.clone(),
            unit: snapshot.units()[view.unit_of(index)].unit.code.clone(),
            sheet: own.sheet().to_owned(),
            parcel: own.number().to_owned(),
            area: own.recovered(),
            stage: snapshot.stage_on(index, view.today),
            blocked: snapshot.blocked_on(index, view.today),
            overdue: snapshot.overdue_on(index, view.today),
        }
    }

    /// Of the parcels at `indices`.
    pub fn all(view: &View, indices: &[u32]) -> Vec<Self> {
        indices.iter().map(|index| Self::of(view, *index)).collect()
    }
}

/// Which project an answer is about.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AboutProject {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Day.
    pub as_of: Day,
    /// Code of the project.
    pub project: Code,
    /// Its name.
    pub name: String,
}

impl AboutProject {
    /// The project at `index`.
    pub fn of(view: &View, index: usize) -> Self {
        let project = &view.snapshot.projects()[index].project;
        Self {
            at: view.snapshot.position(),
            as_of: view.today,
            project: project.code.clone(),
            name: project.name.clone(),
        }
    }
}

/// Part of an alignment.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Stretch {
    /// Chainage, as in Km1+500.
    pub from: String,
    /// Chainage of its end.
    pub to: String,
    /// Metres from the alignment's start.
    pub from_m: f64,
    /// Metres from the alignment's start to its end.
    pub to_m: f64,
    /// Metres.
    pub length_m: f64,
}

impl From<Span> for Stretch {
    fn from(span: Span) -> Self {
        let [from, to] = span.metres();
        Self {
            from: chainage_label(from),
            to: chainage_label(to),
            from_m: from,
            to_m: to,
            length_m: metres(span.length()),
        }
    }
}

/// Metres of decimetres.
pub(super) fn metres(decimetres: u32) -> f64 {
    f64::from(decimetres) / 10.0
}

/// Parcels that stand at one place of the scale.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct StageTally {
    /// Where they stand.
    pub stage: Standing,
    /// Parcels and area.
    #[serde(flatten)]
    pub tally: Tally,
}

/// `parcels` by where they stand on `day`.
pub(super) fn stages(view: &View, parcels: &[u32], day: Day) -> Vec<StageTally> {
    let tallies = stage_tallies(&view.snapshot, parcels, day).into_iter();
    tallies.map(|(stage, tally)| StageTally { stage, tally }).collect()
}

/// First and last day that the time slider shows: the first listing, and whichever is later of today and the last
/// planned day.
pub(super) fn time_span(view: &View) -> (Day, Day) {
    let snapshot = &view.snapshot;
    let parcels = 0..snapshot.parcels().len() as u32;
    let listed = parcels.clone().filter_map(|parcel| snapshot.days(parcel).get(Stage::Listed));
    let first = listed.min().unwrap_or(view.today).min(view.today);
    let planned = parcels.filter_map(|parcel| snapshot.planned_day(parcel)).max();
    (first, planned.unwrap_or(view.today).max(view.today))
}

/// Where projects, else units, lie.
pub fn province_bbox(view: &View) -> Option<Bbox> {
    let units = view.snapshot.units().iter().filter(|entry| entry.unit.exists_on(view.today));
    let projects = view.snapshot.projects().iter().map(|entry| entry.extent);
    Bbox::of(units.map(|entry| entry.extent).chain(projects).fold(Extent::EMPTY, Extent::join))
}
