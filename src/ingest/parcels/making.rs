//! Rows become parcels, run by run: what is known of all of them is their keys, their places and what their columns
//! of areas showed.

use geo::MultiPolygon;

use super::{
    areas::AreaColumns, computed_area, differences, divided, located, no_area, note_given, parcel, placed,
};
use crate::ingest::{
    columns::Binding,
    error::IngestError,
    flow::{Halt, Named, ParcelFlow},
    known::{FeatureNames, Known},
    load::{Fields, bounds, joined, keep},
    locate::Communes,
    options::{Options, Target},
    overlaps::Places,
    progress::Step,
    report::Report,
    source::SourceRow,
};

/// Parcels compared between two words about how far it is.
const TOLD: u64 = 20_000;

/// Makes parcels of one file.
pub struct Maker<'a> {
    options: &'a Options,
    binding: &'a Binding,
    communes: Communes<'a>,
    placed_in: Vec<usize>,
    /// As the columns of areas are read, once rows were seen.
    read_by: Option<AreaColumns>,
    /// What all rows so far say of them.
    areas: AreaColumns,
    known: Known,
    names: FeatureNames,
    places: Places,
    seen: Seen,
    report: Report,
    flow: &'a mut dyn ParcelFlow,
}

/// What kinds of geometry came.
#[derive(Debug, Default)]
struct Seen {
    rows: usize,
    areas: bool,
    lines: bool,
    points: bool,
}

impl<'a> Maker<'a> {
    /// Nothing is made yet. `areas` says how columns of areas are read, if that is known already.
    pub fn new(
        (options, binding): (&'a Options, &'a Binding),
        areas: Option<AreaColumns>,
        report: Report,
        flow: &'a mut dyn ParcelFlow,
    ) -> Self {
        Self {
            options,
            binding,
            communes: Communes::new(&options.communes),
            placed_in: vec![0; options.communes.len()],
            read_by: areas,
            areas: AreaColumns::new(binding),
            known: Known::default(),
            names: FeatureNames::default(),
            places: Places::default(),
            seen: Seen::default(),
            report,
            flow,
        }
    }

    /// Makes parcels of a run of rows, which are placed in WGS 84 and whose texts are understood.
    ///
    /// # Errors
    /// [`Halt`] of the flow.
    pub fn take(&mut self, mut rows: Vec<SourceRow>, step: Step) -> Result<(), Halt> {
        self.report.read += rows.len();
        let report = &mut self.report;
        report.bounds = report.bounds.into_iter().chain(bounds(&rows)).reduce(joined);
        rows.retain_mut(|row| keep(row, report));
        for row in &rows {
            self.seen.rows += 1;
            self.seen.areas |= !row.shape.polygons.is_empty();
            self.seen.lines |= !row.shape.lines.is_empty();
            self.seen.points |= !row.shape.points.is_empty();
        }
        let located_in = placed(&self.communes, self.options, self.binding, &rows);
        let areas: Vec<_> = rows.iter().map(computed_area).collect();
        self.areas.see(self.binding, &rows, &areas);
        let columns = self.read_by.get_or_insert_with(|| self.areas.clone());
        let mut made: Vec<Named> = Vec::with_capacity(rows.len());
        for ((mut row, computed), located) in rows.into_iter().zip(areas).zip(located_in) {
            let polygons = std::mem::take(&mut row.shape.polygons);
            if polygons.is_empty() {
                self.report.refuse(&row.feature, None, no_area(&row));
                continue;
            }
            let unit =
                self.options.unit.as_ref().or(located.map(|found| &self.communes.get(found.commune).code));
            match parcel(Fields::new(self.binding, &row), columns, self.options, unit, computed) {
                Err(fault) => self.report.refuse(&row.feature, Some(fault.field), fault.reason),
                Ok(parcel) => {
                    self.report.area_differences.extend(differences(&row.feature, &parcel, computed));
                    if let Some(located) = located {
                        self.placed_in[located.commune] += 1;
                        let commune = self.communes.get(located.commune);
                        self.report.divided.extend(divided(&row.feature, commune, located));
                    }
                    made.push((
                        row.feature,
                        crate::domain::Parcel { geometry: MultiPolygon::new(polygons), ..parcel },
                    ));
                }
            }
        }
        made.retain(|(feature, parcel)| {
            if let Some(first) = self.known.first(&parcel.key, self.names.len() as u32) {
                self.report.duplicates += 1;
                let reason = format!("repeats feature {}: {}", self.names.get(first), parcel.key);
                self.report.refuse(feature, Some("number"), reason);
                return false;
            }
            self.names.push(feature);
            self.places.add(&parcel.geometry);
            true
        });
        self.report.accepted += made.len();
        self.flow.take(made, &mut self.report)?;
        self.flow.at(step)
    }

    /// How columns of areas are to be read, where rows that came later show something else than the first.
    pub fn other_areas(&self) -> Option<AreaColumns> {
        let agree = self.read_by.as_ref().is_none_or(|read| self.areas.agree_with(read));
        (!agree).then(|| self.areas.clone())
    }

    /// Compares all parcels with each other; the whole report, and the flow.
    ///
    /// # Errors
    /// A file without areas; [`Halt`] of the flow.
    pub fn finish(mut self, file: String) -> Result<Report, Halt> {
        self.require_areas(file)?;
        note_given(self.options, &mut self.report);
        self.report.located = located(&self.options.communes, &self.placed_in);
        // Keys were needed while parcels came.
        self.known = Known::default();
        let of = Some(self.places.len() as u64);
        self.flow.at(Step::Checking { done: 0, of })?;
        let (mut told, mut halted) = (0, Ok(()));
        let flow = &mut self.flow;
        let mut done = |done: u64| {
            if done >= told + TOLD && halted.is_ok() {
                told = done;
                halted = flow.at(Step::Checking { done, of });
            }
        };
        self.report.overlaps = self.places.overlaps(&|parcel| self.names.get(parcel), &mut done);
        halted?;
        self.flow.take(Vec::new(), &mut self.report)?;
        Ok(self.report)
    }

    /// What is told of the whole file.
    pub fn report(&mut self) -> &mut Report {
        &mut self.report
    }

    fn require_areas(&self, file: String) -> Result<(), IngestError> {
        if self.seen.rows == 0 || self.seen.areas {
            return Ok(());
        }
        let found = if self.seen.lines {
            "lines that close nothing"
        } else if self.seen.points {
            "points"
        } else {
            "no geometry"
        };
        Err(IngestError::WrongGeometry {
            file,
            layer: self.report.layer.clone(),
            found: found.into(),
            target: Target::Parcels.word(),
            needed: "polygons",
        })
    }
}
