//! Parcels as they come from the reader: each is checked against the store, and handed on.

use std::collections::BTreeSet;

use geo::{MultiPolygon, Rect};

use super::{checks::AgainstStore, land::KeepOff};
use crate::{
    atlas::Snapshot,
    domain::{Code, Day, PackedParcel, PackedParcels, ParcelKey, Scope, wkb},
    ingest::{IntersectRow, Overlap, Refusal, Report, Step},
    reader::TakeParcels,
};

/// Shapes that are kept to be shown; the first ones of a large file are enough to see where it lies.
const MOST_SHAPES: usize = 5000;

/// The first shapes of a file, how many there are, and where all of them lie.
#[derive(Debug, Clone, Default)]
pub struct FirstShapes {
    /// Feature, label and shape of the first.
    pub first: Vec<(String, String, MultiPolygon<f64>)>,
    /// How many there are.
    pub total: usize,
    /// Around all of them.
    pub bounds: Option<Rect<f64>>,
}

impl FirstShapes {
    fn add(&mut self, parcel: &PackedParcel<'_>, bounds: Rect<f64>) {
        self.total += 1;
        self.bounds = Some(self.bounds.map_or(bounds, |sum| joined(sum, bounds)));
        if self.first.len() < MOST_SHAPES
            && let Ok(shape) = wkb::read_area(parcel.shape)
        {
            let label = format!("{}/{}", parcel.sheet, parcel.number);
            self.first.push((parcel.feature.to_owned(), label, shape));
        }
    }
}

/// Hands on what has come.
pub trait Pass {
    /// A run of parcels of which none is refused; whether more is taken.
    fn run(&mut self, parcels: PackedParcels) -> bool;
    /// What was handed on counts no more; whether more is taken.
    fn anew(&mut self) -> bool;
    /// How far it is.
    fn at(&mut self, step: Step);
}

/// What is known of the parcels that came so far.
pub struct Intake<'a> {
    snapshot: Option<&'a Snapshot>,
    day: Day,
    mine: &'a Scope,
    pass: &'a mut dyn Pass,
    found: Found<'a>,
}

/// What was found out about all parcels that came.
struct Found<'a> {
    store: Option<AgainstStore<'a>>,
    land: Option<KeepOff<'a>>,
    refused: Vec<Refusal>,
    overlaps: Vec<Overlap>,
    rows: Vec<IntersectRow>,
    units: BTreeSet<String>,
    shapes: FirstShapes,
    /// Around all that were read, refused ones too, and the project of the first.
    around: Option<Rect<f64>>,
    project: Option<Code>,
    accepted: usize,
}

/// What is left of it at the end.
pub struct Taken {
    /// What a project recovers of each parcel; empty unless they were cut.
    pub rows: Vec<IntersectRow>,
    /// Codes of their communes.
    pub units: BTreeSet<String>,
    /// Shapes to be shown.
    pub shapes: FirstShapes,
    /// Around all that were read.
    pub around: Option<Rect<f64>>,
    /// The project of the first.
    pub project: Option<Code>,
}

impl<'a> Intake<'a> {
    /// Nothing has come. Parcels must not lie on land that is not `mine`.
    pub fn new(snapshot: Option<&'a Snapshot>, day: Day, mine: &'a Scope, pass: &'a mut dyn Pass) -> Self {
        Self { snapshot, day, mine, pass, found: Found::new(snapshot, day, mine) }
    }

    /// All has come: the report says what was found.
    pub fn finish(self, report: &mut Report) -> Taken {
        let Found { store, land: _, refused, overlaps, rows, units, shapes, around, project, accepted } =
            self.found;
        report.refused.extend(refused);
        report.overlaps.extend(overlaps);
        if let Some(store) = store {
            store.warn(&mut report.warnings);
        }
        report.accepted = accepted;
        Taken { rows, units, shapes, around, project }
    }
}

impl<'a> Found<'a> {
    fn new(snapshot: Option<&'a Snapshot>, day: Day, mine: &'a Scope) -> Self {
        Self {
            store: snapshot.map(|snapshot| AgainstStore::new(snapshot, day)),
            land: snapshot.and_then(|snapshot| KeepOff::new(snapshot, day, mine)),
            refused: Vec::new(),
            overlaps: Vec::new(),
            rows: Vec::new(),
            units: BTreeSet::new(),
            shapes: FirstShapes::default(),
            around: None,
            project: None,
            accepted: 0,
        }
    }

    fn parcel(&mut self, parcel: &PackedParcel<'_>) {
        let bounds = wkb::bounds_of_area(parcel.shape).ok().flatten();
        let bounds = bounds.map(|[west, south, east, north]| Rect::new((west, south), (east, north)));
        self.around = self.around.into_iter().chain(bounds).reduce(joined);
        if self.project.is_none() {
            self.project = Code::new(parcel.project).ok();
        }
        let of_store =
            self.store.as_mut().and_then(|store| store.refusal(parcel, bounds, &mut self.overlaps));
        let refusal = of_store.or_else(|| self.land.as_mut()?.refusal(parcel, bounds));
        if let Some(refusal) = refusal {
            self.refused.push(refusal);
            return;
        }
        if !self.units.contains(parcel.unit) {
            self.units.insert(parcel.unit.to_owned());
        }
        if let Some(bounds) = bounds {
            self.shapes.add(parcel, bounds);
        }
        if let (Some((share, whole)), Some(key)) = (parcel.cut, key(parcel)) {
            self.rows.push(IntersectRow {
                position: self.accepted,
                key,
                total_area: parcel.total,
                recovered_area: parcel.recovered,
                share,
                whole,
            });
        }
        self.accepted += 1;
    }
}

/// The key of a parcel, whose codes were looked at when it came.
fn key(parcel: &PackedParcel<'_>) -> Option<ParcelKey> {
    Some(ParcelKey {
        project: Code::new(parcel.project).ok()?,
        unit: Code::new(parcel.unit).ok()?,
        sheet: parcel.sheet.to_owned(),
        number: parcel.number.to_owned(),
    })
}

impl TakeParcels for Intake<'_> {
    fn run(&mut self, parcels: PackedParcels) -> bool {
        parcels.iter().for_each(|parcel| self.found.parcel(&parcel));
        // With a refused one nothing is stored; the others are looked at all the same.
        !self.found.refused.is_empty() || self.pass.run(parcels)
    }

    fn anew(&mut self) -> bool {
        self.found = Found::new(self.snapshot, self.day, self.mine);
        self.pass.anew()
    }

    fn at(&mut self, step: Step) {
        self.pass.at(step);
    }
}

pub(super) fn joined(a: Rect<f64>, b: Rect<f64>) -> Rect<f64> {
    let min = geo::coord! { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) };
    let max = geo::coord! { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) };
    Rect::new(min, max)
}
