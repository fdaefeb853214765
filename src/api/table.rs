//! Parcels as rows, sorted and grouped, and how long parcels stay in each stage.

use schemars::JsonSchema;
use serde::Serialize;

use super::Bbox;
use crate::{
    analysis::{Dwell, Filter, View, dwells as stays, mark_codes},
    domain::{
        Blocker, Code, Day, LedgerPosition, ParcelId, SquareMetres, Standing,
        law::{Act, MarkCode},
    },
    query::{self, Listing},
};

/// A parcel as a row of the table: columns of the collection's items, under the same names.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TableRow {
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
    /// Code of the land use.
    pub r#use: String,
    /// Recovered, m².
    pub area: SquareMetres,
    /// Where it stands; null before its listing.
    pub stage: Option<Standing>,
    /// Since when it stands there.
    pub stage_on: Option<Day>,
    /// Planned day of handover.
    pub planned_on: Option<Day>,
    /// The act that is due next.
    pub due_act: Option<Act>,
    /// Last day of its term.
    pub due_on: Option<Day>,
    /// Kinds of the blockers that are open, between spaces; null where there is none.
    pub blockers: Option<String>,
    /// Marks of the law, between spaces; null where there is none.
    pub marks: Option<String>,
    /// A legal deadline has passed.
    pub overdue: bool,
    /// Its planned day has passed.
    pub late: bool,
    /// Extent.
    pub bbox: Bbox,
}

impl TableRow {
    fn of(view: &View, parcel: u32) -> Self {
        let (snapshot, day) = (&view.snapshot, view.today);
        let own = snapshot.parcel(parcel);
        let stage = snapshot.stage_on(parcel, day);
        let term = snapshot.pressing(parcel, snapshot.law().moment(day));
        let stands = |blocker: &&Blocker| blocker.stands_on(day);
        let blockers = snapshot.blockers(parcel).iter().filter(stands).map(|blocker| blocker.kind.code());
        let marks = mark_codes(snapshot, parcel, day);
        Self {
            id: own.id(),
            project: own.project().project.code.clone(),
            unit: snapshot.units()[view.unit_of(parcel)].unit.code.clone(),
            sheet: own.sheet().to_owned(),
            parcel: own.number().to_owned(),
            r#use: own.land_use().to_owned(),
            area: own.recovered(),
            stage,
            stage_on: stage.and_then(|stage| stage.since(snapshot.days(parcel))),
            planned_on: snapshot.planned_day(parcel),
            due_act: term.map(|term| term.act),
            due_on: term.map(|term| term.due),
            blockers: listed(blockers),
            marks: listed(marks.into_iter().map(MarkCode::code)),
            overdue: snapshot.overdue_on(parcel, day),
            late: snapshot.late_on(parcel, day),
            bbox: Bbox::around(snapshot.parcels().arena().shape(parcel as usize).extent()),
        }
    }
}

/// Codes between spaces; none where there is none.
fn listed<'c>(codes: impl Iterator<Item = &'c str>) -> Option<String> {
    let codes: Vec<&str> = codes.collect();
    if codes.is_empty() { None } else { Some(codes.join(" ")) }
}

/// Rows that belong together, with their subtotals.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Section {
    /// Code of what they have in common.
    pub code: String,
    /// Rows before them.
    pub offset: usize,
    /// Rows.
    pub parcels: usize,
    /// Those handed over.
    pub cleared_parcels: u64,
    /// m².
    pub area: SquareMetres,
    /// m² handed over.
    pub cleared_area: SquareMetres,
    /// Share of the area handed over.
    pub share: f64,
    /// Parcels in whose way a blocker stands.
    pub blocked: u64,
    /// Parcels past a legal deadline.
    pub overdue: u64,
    /// Parcels past their planned day.
    pub late: u64,
}

impl From<&query::Section> for Section {
    fn from(section: &query::Section) -> Self {
        let figures = &section.figures;
        let measures = &figures.progress.measures;
        Self {
            code: section.code.clone(),
            offset: section.offset,
            parcels: section.len,
            cleared_parcels: measures.parcels.done,
            area: measures.area.total,
            cleared_area: measures.area.done,
            share: figures.progress.share,
            blocked: figures.blocked.parcels,
            overdue: figures.overdue.parcels,
            late: figures.late.parcels,
        }
    }
}

/// A window of the rows.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TableWindow {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Day.
    pub as_of: Day,
    /// Rows in all.
    pub total: usize,
    /// Rows left out before those listed.
    pub offset: usize,
    /// Null without `group`.
    pub groups: Option<Vec<Section>>,
    /// Rows.
    pub rows: Vec<TableRow>,
}

/// The `limit` rows of `listing` behind the first `offset`, and its groups if it `is_grouped`.
pub fn table_window(
    view: &View,
    listing: &Listing,
    is_grouped: bool,
    (limit, offset): (usize, usize),
) -> TableWindow {
    let shown = listing.rows.iter().skip(offset).take(limit);
    TableWindow {
        at: view.snapshot.position(),
        as_of: view.today,
        total: listing.rows.len(),
        offset,
        groups: is_grouped.then(|| listing.sections.iter().map(Into::into).collect()),
        rows: shown.map(|parcel| TableRow::of(view, *parcel)).collect(),
    }
}

/// How long parcels stay in each stage.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Dwells {
    /// Position of the ledger.
    pub at: LedgerPosition,
    /// Day.
    pub as_of: Day,
    /// By stage.
    pub stages: Vec<Dwell>,
}

/// How long parcels that `filter` lets through stay in each stage.
pub fn dwells(view: &View, filter: &Filter) -> Dwells {
    let chosen = filter.select(&view.snapshot, view.today);
    Dwells {
        at: view.snapshot.position(),
        as_of: view.today,
        stages: stays(&view.snapshot, &chosen, view.today),
    }
}
